"""Turns readings into the numbers that the linear models weigh, a whole batch at a time.

A feature is a bucket that n-grams are hashed into: character n-grams (3 to 5 characters, a blank at either end
of a word counts), words, pairs of words, and what is said about groups of people (see `sentiment.masks`), all of the
folded view; and the shape of the plain view (capitals, runs of signs, digits, links, contacts, length). Each occurrence
of a feature knows the characters it was read from, so a linear model's answer is exactly the sum of what single
characters contributed to it, plus its intercept.

There is no Python loop over n-grams: a batch is one array of code points, and hashes of all its n-grams are
differences of one running polynomial sum (Rabin and Karp 1987), modulo 2**64.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from sentiment import layout
from sentiment.contacts import find_contacts, link_kinds
from sentiment.layout import APOSTROPHE, BLANK, DIGIT, UPPER, Batch, Integers, Places, Words
from sentiment.masks import Masks, people
from sentiment.text import Reading

VERSION = "ngrams-2"
"""Changes with whatever makes an old model read new numbers; a model states the version it was trained with."""

VERSIONS = ("ngrams-1", "ngrams-2")
"""All that a model may have been trained with: a later version only adds buckets that earlier models do not know."""

CHARACTER_SIZES = (3, 4, 5)

_GROUP_BITS = 20
_SHAPES = 1 << 10
GROUPS = (0, 1 << _GROUP_BITS, 2 << _GROUP_BITS, (2 << _GROUP_BITS) + _SHAPES, (3 << _GROUP_BITS) + _SHAPES)
"""First bucket of each group (character n-grams, words, shape, masked) and the end; each has length 1 in a text."""
CHARACTERS, WORDS, SHAPE, MASKED = range(4)
BUCKETS = GROUPS[-1]

Hashes = NDArray[np.uint64]
Mask = NDArray[np.bool_]

FOLDED, PLAIN = range(2)
"""The views that a batch is laid out in; those before `PLAIN` are hashed."""


@dataclass(frozen=True, slots=True, eq=False)
class Occurrences:
    """Every feature found in a batch, occurrence by occurrence.

    `text` is the text's place in the batch, `bucket` the feature, [begin, end) its characters in the view it was
    read from: the plain one for the group `SHAPE`, the folded one for all others.
    """

    texts: int
    text: Integers
    bucket: Integers
    begin: Integers
    end: Integers

    def of(self, text: int) -> "Occurrences":
        """The occurrences of one text alone, as a batch of one."""
        own = np.flatnonzero(self.text == text)
        return Occurrences(1, np.zeros(len(own), np.int32), self.bucket[own], self.begin[own], self.end[own])


class _Found(NamedTuple):
    """Features at the places [begin, end) of a batch's array."""

    bucket: Integers
    begin: Places | Integers
    end: Places | Integers


class _Hashed(NamedTuple):
    """N-grams at the places [begin, end), which are to become buckets of a group."""

    group: int
    hashes: Hashes
    begin: Places | Integers
    end: Places | Integers


def extract(readings: Sequence[Reading]) -> Occurrences:
    """All features of a batch of texts. A text's own occurrences do not depend on what else is in the batch."""
    batch = layout.lay_out([one.folded.text for one in readings], [one.plain.text for one in readings])
    words = layout.words(batch)
    sums = _sums(batch)
    hashed = [_characters(batch, sums), *_phrases(words.of(FOLDED), sums)]
    shaped = [*_shape(batch, words.of(PLAIN)), *_links(readings, batch)]
    found: list[_Hashed | _Found] = [*hashed, *shaped]
    bucket = np.concatenate([_buckets(hashed), *(one.bucket for one in shaped)])
    begin = np.concatenate([one.begin for one in found])
    end = np.concatenate([one.end for one in found])
    stretch = batch.stretch.take(begin - 1)
    start = batch.start.take(stretch)
    text = stretch % np.int32(max(1, batch.texts))
    return Occurrences(batch.texts, text, bucket, (begin - start).astype(np.int32), (end - start).astype(np.int32))


# --- n-grams ----------------------------------------------------------------------------------------------------------

_BASE = 0x9E3779B97F4A7C15
_BASE_INVERSE = pow(_BASE, -1, 1 << 64)
_SCRAMBLE = np.uint64(0xFF51AFD7ED558CCD)
_PAIR = np.uint64(0xC4CEB9FE1A85EC53)


class _Powers:
    """Powers of the polynomial's base and of its inverse modulo 2**64, as many as the longest batch so far needed."""

    def __init__(self) -> None:
        self._both = self._of(1 << 14)

    @staticmethod
    def _of(size: int) -> tuple[Hashes, Hashes]:
        powers = np.full((2, size), 1, dtype=np.uint64)
        powers[0, 1:], powers[1, 1:] = _BASE, _BASE_INVERSE
        risen = np.multiply.accumulate(powers, axis=1)
        return risen[0], risen[1]

    def up_to(self, size: int) -> tuple[Hashes, Hashes]:
        both = self._both
        if len(both[0]) < size:
            self._both = both = self._of(1 << (size - 1).bit_length())
        return both[0][:size], both[1][:size]


_POWERS = _Powers()


class _Sums(NamedTuple):
    """The running sum of a batch's characters, each times its power of the base; one more than there are characters."""

    total: Hashes
    inverses: Hashes

    def hashes(self, begin: Places, end: Places) -> Hashes:
        """One for what stands in each [begin, end), wherever it stands."""
        hashes: Hashes = (self.total.take(end) - self.total.take(begin)) * self.inverses.take(begin)
        return hashes


def _spread(codes: NDArray[np.uint32]) -> Hashes:
    """Codes over 64 bits: without that, neighbouring letters would give neighbouring sums. All blanks are one."""
    spread = np.where(layout.kinds(codes) == BLANK, np.uint32(32), codes).astype(np.uint64) + np.uint64(1)
    spread *= _SCRAMBLE
    spread ^= spread >> np.uint64(29)
    return spread


_SPREAD = _spread(np.arange(0x10000, dtype=np.uint32))


def _sums(batch: Batch) -> _Sums:
    size = batch.views[PLAIN] + layout.AHEAD
    powers, inverses = _POWERS.up_to(size + 1)
    codes = batch.codes[:size]
    spread = _SPREAD.take(codes) if codes.max() < len(_SPREAD) else _spread(codes)
    spread *= powers[:-1]
    total = np.zeros(size + 1, dtype=np.uint64)
    np.cumsum(spread, out=total[1:])
    return _Sums(total, inverses)


def _buckets(hashed: Sequence[_Hashed]) -> Integers:
    hashes = np.concatenate([one.hashes for one in hashed])
    mixed = hashes >> np.uint64(32)
    mixed ^= hashes
    mixed *= _SCRAMBLE
    mixed >>= np.uint64(64 - _GROUP_BITS)
    firsts = np.array([GROUPS[one.group] for one in hashed], dtype=np.int32)
    return mixed.astype(np.int32) + firsts.repeat([len(one.hashes) for one in hashed])


def _characters(batch: Batch, sums: _Sums) -> _Hashed:
    """n-grams of characters inside one word and the blanks at its ends; the blanks earn nothing themselves.

    One row for each size, one column for each character of the folded views that it may begin at.
    """
    places = batch.views[PLAIN] - 1
    shape = len(CHARACTER_SIZES), places
    whole, hashes = np.empty(shape, dtype=np.bool_), np.empty(shape, dtype=np.uint64)
    inside = batch.kinds[: places + 1 + layout.AHEAD] != BLANK
    within = np.True_
    for row, size in enumerate(CHARACTER_SIZES):
        within = np.logical_and(within, inside[size - 2 : size - 2 + places], out=whole[row])
        np.subtract(sums.total[size : size + places], sums.total[:places], out=hashes[row])
    hashes *= sums.inverses[:places]
    found = whole.ravel().nonzero()[0]
    many = np.count_nonzero(whole, axis=1)
    begin = found - _ROWS.repeat(many) * places
    end = begin + _SIZES.repeat(many)
    outside = ~inside
    hashes = hashes.ravel().take(found)
    return _Hashed(CHARACTERS, hashes, begin + outside.take(begin), end - outside.take(end - 1))


_ROWS = np.arange(len(CHARACTER_SIZES))
_SIZES = np.array(CHARACTER_SIZES)


def _phrases(words: Words, sums: _Sums) -> list[_Hashed]:
    """Words, pairs of words that follow each other in one text, and what is said about people."""
    hashes = sums.hashes(words.begin, words.end)
    pair = (words.stretch[1:] == words.stretch[:-1]).nonzero()[0]
    pairs = hashes.take(pair) * _PAIR + hashes.take(pair + 1)
    return [
        _Hashed(WORDS, hashes, words.begin, words.end),
        _Hashed(WORDS, pairs, words.begin.take(pair), words.end.take(pair + 1)),
        *(_Hashed(MASKED, *phrases) for phrases in _MASKS.phrases(words, hashes)),
    ]


def _masks() -> Masks:
    named = people()
    batch = layout.lay_out(list(named), [""] * len(named))
    words = layout.words(batch).of(FOLDED)
    hashes = _sums(batch).hashes(words.begin, words.end).tolist()
    return Masks.of(dict(zip(hashes, named.values(), strict=True)))


_MASKS = _masks()


# --- shape ------------------------------------------------------------------------------------------------------------

_CAPITALS, _NUMBER, _MIXED, _RUN, _LENGTH, _LINK, _CONTACT = range(7)
_DETAILS = 128


def _shape_bucket(kind: int | Places, detail: Places) -> Integers:
    return (detail + (kind * _DETAILS + GROUPS[SHAPE])).astype(np.int32)


_NONE = _Found(np.zeros(0, np.int32), np.zeros(0, np.intp), np.zeros(0, np.intp))


def _shape(batch: Batch, words: Words) -> list[_Found]:
    return [_letters(batch, words), _runs(batch), _lengths(batch, words)]


_MARKS = np.array([[UPPER], [DIGIT]], dtype=np.uint8)


def _letters(batch: Batch, words: Words) -> _Found:
    """Words of capitals, numbers, and words with digits in them."""
    begin, end = words.begin, words.end
    first = batch.views[PLAIN]
    kinds = batch.kinds[first - 1 :]
    capital = kinds == UPPER
    if not (capital[1:] & capital[:-1]).any() and not (kinds == DIGIT).any():
        return _NONE
    total = (kinds == _MARKS).cumsum(axis=1, dtype=np.int32)
    capitals, digits = total.take(end - first, axis=1) - total.take(begin - first, axis=1)
    size = end - begin
    told = ((digits > 0) | ((capitals == size) & (size > 1))).nonzero()[0]
    begin, end, size, digits = begin.take(told), end.take(told), size.take(told), digits.take(told)
    number = digits == size
    kind = np.where(number, _NUMBER, np.where(digits > 0, _MIXED, _CAPITALS))
    return _Found(_shape_bucket(kind, np.minimum(size, _DETAILS - 1) * number), begin, end)


def _lengths(batch: Batch, words: Words) -> _Found:
    """The whole of a text, told by how many words it has."""
    many = np.bincount(words.stretch, minlength=(PLAIN + 1) * batch.texts).tolist()
    begins = [*batch.start[PLAIN * batch.texts :].tolist(), batch.views[-1]]
    some = [
        (math.ceil(2 * math.log2(words + 1)), begin, after - 1)
        for words, (begin, after) in zip(many[PLAIN * batch.texts :], pairwise(begins), strict=True)
        if after - begin > 1
    ]
    if not some:
        return _NONE
    length, begin, end = np.array(some, dtype=np.intp).T
    return _Found(_shape_bucket(_LENGTH, length), begin, end)


_RUN_LENGTHS = 4


def _runs(batch: Batch) -> _Found:
    """Runs of one character: two or more of a sign or picture, three or more of a letter or digit."""
    begin = batch.views[PLAIN]
    codes, kinds = batch.codes[begin:], batch.kinds[begin:-2]
    twice = codes[1:] == codes[:-1]
    sign = kinds >= APOSTROPHE
    told = (twice[:-1] & (sign | twice[1:]) & (kinds != BLANK)).nonzero()[0]
    if not len(told):
        return _NONE
    first = _firsts(told - np.arange(len(told)))
    size = _sizes(first, len(told))
    first = told.take(first)
    size += 2 - sign.take(first)
    code = np.minimum(codes.take(first), np.uint32(0x7F)).astype(np.intp) & 31
    detail = code * _RUN_LENGTHS + np.minimum(np.log2(size).astype(np.intp), _RUN_LENGTHS) - 1
    return _Found(_shape_bucket(_RUN, detail), begin + first, begin + first + size)


def _firsts(values: NDArray[np.generic]) -> Places:
    """Where another value stands than before."""
    first = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first.nonzero()[0]


def _sizes(starts: Places, end: int) -> Places:
    """How many there are from each start to the next, and from the last to the end."""
    sizes = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=sizes[:-1])
    sizes[-1:] = end - starts[-1:]
    return sizes


_LINK_MARK = re.compile(
    r"https?://|www\.|\w\.(?:com|net|org|info|biz|ru|ly|be|gl|co|io|me|tv|xyz|top|site|online|shop|club|link)\b(?!\.?\s*\()",
    re.IGNORECASE,
)
_BETWEEN_BLANKS = re.compile(r"\S+")
_HAS_LINK = re.compile(r"[.:](?:(?<=\.)\w|(?<=:)//)")


def _links(readings: Sequence[Reading], batch: Batch) -> list[_Found]:
    """Links, as whole words between blanks, with their kind; and other ways to reach whoever wrote the text."""
    found: list[tuple[int, int, int, int]] = []
    for reading, start in zip(readings, batch.start[PLAIN * batch.texts :].tolist(), strict=True):
        text = reading.plain.text
        found.extend((_CONTACT, one.kind, start + one.begin, start + one.end) for one in find_contacts(text))
        if not _HAS_LINK.search(text):
            continue
        for word in _BETWEEN_BLANKS.finditer(text):
            begin, end = word.span()
            if _LINK_MARK.search(text, begin, end):
                kinds = [(_LINK, 0), *((_CONTACT, kind) for kind in link_kinds(text, begin, end))]
                found.extend((group, kind, start + begin, start + end) for group, kind in kinds)
    if not found:
        return []
    group, detail, begins, ends = np.array(found, dtype=np.intp).T
    return [_Found(_shape_bucket(group, detail), begins, ends)]


# --- from occurrences to a matrix -------------------------------------------------------------------------------------

_MOST_COUNTED = 1 << 16
_DAMPED = (1 + np.log(np.arange(1, _MOST_COUNTED + 1))).astype(np.float32)
_ROW_BITS = 21
# Of the buckets' own type: searching for any other would first make a copy of all of them.
_FIRST = np.array(GROUPS[:-1], dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The buckets that a model knows, in rising order, and how telling each is (inverse document frequency).

    `columns` maps each of BUCKETS to its column in the matrix, -1 where the model does not know it.
    """

    buckets: Integers
    idf: NDArray[np.float32]
    columns: Integers

    @classmethod
    def of(cls, buckets: Integers, idf: NDArray[np.float32]) -> "Vocabulary":
        """`buckets` rise and are below BUCKETS; `idf` has one value for each."""
        columns = np.full(BUCKETS, -1, dtype=np.int32)
        columns[buckets] = np.arange(len(buckets), dtype=np.int32)
        return cls(buckets, idf, columns)

    def matrix(self, occurrences: Occurrences) -> csr_matrix:
        """One row per text, one column per known bucket, float32.

        A value is (1 + ln count) * idf, and the values of each group of features in a text have the length 1.
        """
        return self.weigh(occurrences).matrix

    def weigh(self, occurrences: Occurrences) -> "Weighed":
        """The matrix, and which occurrences made each of its values."""
        column = self.columns.take(occurrences.bucket)
        known = (column >= 0).nonzero()[0]
        keys = occurrences.text.take(known).astype(np.int64)
        keys <<= _ROW_BITS
        keys |= column.take(known)
        order = _order(keys, occurrences.texts)
        keys = keys.take(order)
        first = _firsts(keys)
        keys = keys.take(first)
        counts = _sizes(first, len(order))
        column = (keys & ((1 << _ROW_BITS) - 1)).astype(np.int32)
        values = _DAMPED.take(counts - 1, mode="clip") * self.idf.take(column)
        parts = keys.searchsorted(self._parts(occurrences.texts))
        sizes = _sizes(parts, len(keys))
        part = np.arange(len(sizes)).repeat(sizes)
        length = np.sqrt(np.bincount(part, weights=values * values, minlength=len(sizes))).astype(np.float32)
        values /= length.take(part)
        ends = np.concatenate((parts[:: len(_FIRST)], [len(keys)])).astype(np.int32)
        matrix = csr_matrix((values, column, ends), shape=(occurrences.texts, len(self.buckets)))
        return Weighed(matrix, known.take(order), counts)

    def _parts(self, texts: int) -> NDArray[np.int64]:
        """The key that each group of each text begins with."""
        groups = self.buckets.searchsorted(_FIRST)
        return (np.arange(texts)[:, np.newaxis] << _ROW_BITS | groups).ravel()


def _order(keys: NDArray[np.int64], texts: int) -> Places:
    """The order of keys. Those of a usual batch have 32 bits, which NumPy sorts in two halves in linear time."""
    if texts <= 1 << (32 - _ROW_BITS):
        halves = keys.astype("<i8", copy=False).view(np.uint16)
        return np.lexsort((halves[::4], halves[1::4]))
    return keys.argsort(kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Texts as numbers, with their evidence: `counts` says how many occurrences made each of the matrix's values.

    `order` is their places among all occurrences, those of the first value first.
    """

    matrix: csr_matrix
    order: NDArray[np.intp]
    counts: NDArray[np.intp]
