"""Texts laid end to end as one array of code points, so that a whole batch is read at once; and the words in it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int32]
Places = NDArray[np.intp]

# --- kinds of characters ----------------------------------------------------------------------------------------------

BLANK, LOWER, UPPER, DIGIT, APOSTROPHE, SIGN, PICTURE = range(7)
_TABLE_END = 0x20000


def _kind(code: int) -> int:
    character = chr(code)
    if character.isspace():
        return BLANK
    if character.isupper():
        return UPPER
    if character.isdigit():
        return DIGIT
    if character == "'":
        return APOSTROPHE
    category = unicodedata.category(character)
    if category == "So":
        return PICTURE
    return LOWER if category[0] in "LMN" or character == "_" else SIGN


def _table() -> NDArray[np.uint8]:
    """The kind of every code point; above U+3400 only the pictures are told from letters, which is all that matters."""
    table = np.full(_TABLE_END, LOWER, dtype=np.uint8)
    table[:0x3400] = [_kind(code) for code in range(0x3400)]
    table[0xFE00:0xFFFE] = [_kind(code) for code in range(0xFE00, 0xFFFE)]
    table[0x1F000:0x1FC00] = PICTURE
    return table


_KINDS = _table()


def kinds(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The kind of each character."""
    return _KINDS.take(codes, mode="clip")


# --- a batch as one array ---------------------------------------------------------------------------------------------

_EDGE = "\n"
AHEAD = 3
"""So many blanks at least stand behind the last view's own: whoever looks a few characters ahead finds them."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Views of the same texts, one view of all texts after the other, with a blank before the first and behind each.

    One view of one text is a stretch; stretch `s` shows text `s % texts`. `start` is where each stretch begins,
    `stretch` the one that each character but the first belongs to. `views` is where each view begins, and the end.
    """

    texts: int
    codes: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    start: Places
    stretch: Integers
    views: tuple[int, ...]


def lay_out(*views: Sequence[str]) -> Batch:
    """Each view holds as many strings as there are texts."""
    stretches = [text for view in views for text in view]
    joined = _EDGE.join(("", *stretches, *[""] * (AHEAD + 1)))
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, stretches), dtype=np.intp, count=len(stretches)) + 1
    after = lengths.cumsum() + 1
    stretch = np.repeat(np.arange(len(stretches), dtype=np.int32), lengths)
    texts = len(views[0])
    ends = after[texts - 1 :: texts].tolist() if texts else [1] * len(views)
    return Batch(texts, codes, kinds(codes), after - lengths, stretch, (1, *ends))


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Begin and end of every word, and the stretch it is in; `views` tells which are the first of each view."""

    begin: Places
    end: Places
    stretch: Integers
    views: tuple[int, ...]

    def of(self, view: int) -> "Words":
        """Those of one view alone."""
        own = slice(self.views[view], self.views[view + 1])
        return Words(self.begin[own], self.end[own], self.stretch[own], (0, own.stop - own.start))


def words(batch: Batch) -> Words:
    """A word is a run of letters and digits with apostrophes inside it, or one picture."""
    letter = batch.kinds - np.uint8(LOWER) <= np.uint8(DIGIT - LOWER)
    quote = (batch.kinds == APOSTROPHE).nonzero()[0]
    letter[quote] = letter.take(quote - 1) & letter.take(quote + 1)
    # In turns: a letter with none before it begins a word, and what is none with one before it ends it.
    edges = (letter[1:] != letter[:-1]).nonzero()[0] + 1
    begin, end = edges[::2], edges[1::2]
    pictures = (batch.kinds == PICTURE).nonzero()[0]
    if len(pictures):
        begin = np.sort(np.concatenate((begin, pictures)))
        end = np.sort(np.concatenate((end, pictures + 1)))
    views = tuple(begin.searchsorted(batch.views).tolist())
    return Words(begin, end, batch.stretch.take(begin - 1), views)
