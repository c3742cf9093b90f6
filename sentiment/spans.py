"""The words of a comment that earned its scores, as a person would point at them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentiment.evidence import Cases, Floats, Ledger, Places, Shares, bounds_of, ledger, spread

MOST = 8
"""No score is explained by more ranges than a person would read."""

# --- words ------------------------------------------------------------------------------------------------------------

_PUNCTUATION = "\"'“”‘’()[]{}<>.,;:!?…*_-–—"
_INNER, _OUTER, _BLANK = range(3)
_TABLE_END = 0x3400
"""No blank or punctuation mark stands behind it."""


def _kinds() -> NDArray[np.uint8]:
    kinds = np.full(_TABLE_END, _INNER, dtype=np.uint8)
    kinds[[code for code in range(_TABLE_END) if chr(code).isspace()]] = _BLANK
    kinds[[ord(mark) for mark in _PUNCTUATION]] = _OUTER
    return kinds


_KINDS = _kinds()


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of some texts, text by text: `bounds` tell where each text's begin, [begin, end) are its characters.

    `joined` says that nothing but blanks stands between a word and the one before it in its text.
    """

    bounds: Places
    begin: Places
    end: Places
    joined: NDArray[np.bool_]


def words(texts: Sequence[str]) -> Words:
    """What stands between blanks, without the punctuation round it."""
    joined = "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _KINDS.take(codes, mode="clip")
    blanks = (kinds == _BLANK).cumsum()
    inner = (kinds == _INNER).nonzero()[0]
    run = blanks.take(inner)
    new = np.ones(len(inner) + 1, dtype=np.bool_)
    np.not_equal(run[1:], run[:-1], out=new[1:-1])
    first = new[:-1].nonzero()[0]
    begin, end = inner.take(first), inner.take(new[1:].nonzero()[0]) + 1
    start = bounds_of(np.array([len(text) + 1 for text in texts], dtype=np.intp))
    bounds = begin.searchsorted(start)
    near = np.zeros(len(begin), dtype=np.bool_)
    run = run.take(first)
    np.equal(begin[1:] - end[:-1], run[1:] - run[:-1], out=near[1:])
    near[bounds[:-1][bounds[:-1] < len(near)]] = False
    offset = start[:-1].repeat(bounds[1:] - bounds[:-1])
    return Words(bounds, begin - offset, end - offset, near)


# --- what is named ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """Characters [begin, end) that earned the score of a case, and what they add to its logit, in the texts' order."""

    case: Places
    begin: Places
    end: Places
    weight: Floats

    def rows(self) -> Iterator[tuple[int, int, int, float]]:
        """One range after the other: case, begin, end, weight with four digits."""
        columns = (self.case, self.begin, self.end, self.weight.round(4))
        return zip(*(column.tolist() for column in columns), strict=True)


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What raters would mark as toxic, learned from words that they marked (see `sentiment.marks`).

    The log-odds that they mark a word are `intercept` and what its characters add to it: an occurrence of a feature
    adds its entry in `weights`, one row per feature and a single column, shared by the characters it was read from.
    """

    weights: NDArray[np.float32]
    intercept: float

    def likely(self, known: Words, shares: Shares) -> Floats:
        """The probability that raters mark it, for each word of the texts whose shares these are."""
        texts = np.arange(len(shares.lengths))
        found = ledger(shares.even(), self.weights, Cases(texts, np.zeros_like(texts)))
        logits = found.earned(texts.repeat(known.bounds[1:] - known.bounds[:-1]), known.begin, known.end)
        likely: Floats = 1 / (1 + np.exp(-np.maximum(logits + self.intercept, -_SURE)))
        return likely


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """How `likely` raters are to mark each word as toxic.

    `decides` tells for each case whether that alone chooses among the words that add to its score, and `least` how
    likely a word must be then.
    """

    likely: Floats
    decides: NDArray[np.bool_]
    least: Floats


_TELLING_SHARE = 0.4
_LIKELY_SHARE = 0.5
"""Both chosen on Civil Comments posts where raters marked what is toxic: 0.1 more or less agrees as well."""
_SURE = 50.0
"""No log-odds are lower, so that none is too low for the exponential function."""
_UNMARKED = 0.1
"""What is added to the likelihood of a mark before it scales a contribution: few words of a threat or of spam are ones
that raters mark as toxic, and they are still its evidence."""


def earners(known: Words, cases: Cases, ledger: Ledger, marked: Marked | None = None) -> Ranges:
    """The words that earned the score of each case, neighbours merged; where no word adds anything there are none.

    A word is named if it adds at least two fifths of what the strongest word adds. Where marks are known they scale
    what words add, or decide: then those are named that are at least half as likely to be marked as the likeliest.
    """
    many = (known.bounds[1:] - known.bounds[:-1]).take(cases.text)
    word = spread(known.bounds.take(cases.text), many)
    case = np.arange(len(many)).repeat(many)
    strength = ledger.earned(case, known.begin.take(word), known.end.take(word))
    share = np.full(len(many), _TELLING_SHARE)
    if marked:
        likely = marked.likely.take(word)
        scaled = strength * (likely + _UNMARKED)
        strength = np.where(marked.decides.take(case), likely * (strength > 0), scaled)
        share = np.where(marked.decides, _LIKELY_SHARE, _TELLING_SHARE)
    strongest = np.zeros(len(many))
    np.maximum.at(strongest, case, strength)
    needed = np.maximum(share * strongest, marked.least) if marked else share * strongest
    telling = ((strength >= needed.take(case)) & (strength > 0)).nonzero()[0]
    return _few(_merged(known, word.take(telling), case.take(telling), ledger), len(many))


def _merged(known: Words, word: Places, case: Places, ledger: Ledger) -> Ranges:
    """Words of a case with nothing but blanks between them become one range."""
    apart = np.ones(len(word) + 1, dtype=np.bool_)
    apart[1:-1] = (word[1:] != word[:-1] + 1) | (case[1:] != case[:-1]) | ~known.joined.take(word[1:])
    bounds = apart.nonzero()[0]
    first, last = bounds[:-1], bounds[1:] - 1
    case, begin, end = case.take(first), known.begin.take(word.take(first)), known.end.take(word.take(last))
    return Ranges(case, begin, end, ledger.earned(case, begin, end))


def _few(ranges: Ranges, cases: int) -> Ranges:
    """The strongest `MOST` of each case."""
    if len(ranges.case) <= MOST or np.bincount(ranges.case, minlength=cases).max() <= MOST:
        return ranges
    order = np.lexsort((-ranges.weight, ranges.case))
    case = ranges.case.take(order)
    rank = np.arange(len(order)) - case.searchsorted(case)
    kept = np.sort(order[rank < MOST])
    return Ranges(ranges.case[kept], ranges.begin[kept], ranges.end[kept], ranges.weight[kept])
