"""Turns readings into the numbers that the linear models weigh, a whole batch at a time.

A feature is a bucket that n-grams are hashed into: character n-grams (3 to 5 characters, a blank at either end
of a word counts), words and pairs of words, all of the folded view; and the shape of the plain view (capitals, runs of
signs, digits, links, contacts, length). Each occurrence of a feature knows the characters it was read from, so a linear
model's answer is exactly the sum of what single characters contributed to it, plus its intercept.

There is no Python loop over n-grams: a batch is one array of code points, and hashes of all its n-grams are
differences of one running polynomial sum (Rabin and Karp 1987), modulo 2**64.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from sentiment.contacts import find_contacts, link_kinds
from sentiment.shadow import Shadow
from sentiment.text import Reading

VERSION = "ngrams-2"
"""Changes with whatever makes an old model read new numbers; a model states the version it was trained with."""

VERSIONS = ("ngrams-1", "ngrams-2")
"""All that a model may have been trained with: a later version only adds buckets that earlier models do not know."""

CHARACTER_SIZES = (3, 4, 5)

_GROUP_BITS = 20
_SHAPES = 1 << 10
GROUPS = (0, 1 << _GROUP_BITS, 2 << _GROUP_BITS, (2 << _GROUP_BITS) + _SHAPES)
"""First bucket of each group (character n-grams, words, shape) and the end; each group has length 1 in a text."""
BUCKETS = GROUPS[-1]

Integers = NDArray[np.int32]
Hashes = NDArray[np.uint64]
Mask = NDArray[np.bool_]

# --- kinds of characters ----------------------------------------------------------------------------------------------

_BLANK, _LOWER, _UPPER, _DIGIT, _APOSTROPHE, _SIGN, _PICTURE = range(7)
_TABLE_END = 0x20000


def _kind(code: int) -> int:
    character = chr(code)
    if character.isspace():
        return _BLANK
    if character.isupper():
        return _UPPER
    if character.isdigit():
        return _DIGIT
    if character == "'":
        return _APOSTROPHE
    category = unicodedata.category(character)
    if category == "So":
        return _PICTURE
    return _LOWER if category[0] in "LMN" or character == "_" else _SIGN


def _kinds() -> NDArray[np.uint8]:
    """The kind of every code point; above U+3400 only the pictures are told from letters, which is all that matters."""
    table = np.full(_TABLE_END, _LOWER, dtype=np.uint8)
    table[:0x3400] = [_kind(code) for code in range(0x3400)]
    table[0xFE00:0xFFFE] = [_kind(code) for code in range(0xFE00, 0xFFFE)]
    table[0x1F000:0x1FC00] = _PICTURE
    return table


_KINDS = _kinds()

# --- a batch of texts as one array ------------------------------------------------------------------------------------

_EDGE = "\n"


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Texts laid end to end, with a blank before the first and behind each; `start` is where each begins."""

    codes: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    start: Integers
    text: Integers


def _lay_out(shadows: Sequence[Shadow]) -> _Batch:
    joined = _EDGE + "".join([shadow.text + _EDGE for shadow in shadows])
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.array([len(shadow.text) + 1 for shadow in shadows], dtype=np.int32)
    start = np.cumsum(lengths, dtype=np.int32) - lengths + np.int32(1)
    text = np.repeat(np.arange(len(shadows), dtype=np.int32), lengths)
    text = np.concatenate((np.zeros(1, dtype=np.int32), text))
    return _Batch(codes, _KINDS.take(codes, mode="clip"), start, text)


@dataclass(frozen=True, slots=True, eq=False)
class Occurrences:
    """Every feature found in a batch, occurrence by occurrence.

    `text` is the text's place in the batch, `bucket` the feature, [begin, end) its characters in the view it was
    read from: the plain one for shape (bucket >= GROUPS[2]), the folded one for all others.
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


def extract(readings: Sequence[Reading]) -> Occurrences:
    """All features of a batch of texts. A text's own occurrences do not depend on what else is in the batch."""
    folded = _lay_out([reading.folded for reading in readings])
    plain = _lay_out([reading.plain for reading in readings])
    found = [*_ngrams(folded), *_shape(plain), *_links(readings, plain)]
    begin = np.concatenate([one.begin for one in found])
    end = np.concatenate([one.end for one in found])
    bucket = np.concatenate([one.bucket for one in found])
    # Both views have the same texts in the same order, but texts of different length: places are made relative here.
    text = np.concatenate([one.batch.text[one.begin] for one in found])
    start = np.concatenate([one.batch.start[one.batch.text[one.begin]] for one in found])
    return Occurrences(len(readings), text, bucket, begin - start, end - start)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Features at the places [begin, end) of a batch's array."""

    batch: _Batch
    bucket: Integers
    begin: Integers
    end: Integers


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


def _ngrams(batch: _Batch) -> list[_Found]:
    blank = batch.kinds == _BLANK
    codes = np.where(blank, np.uint32(32), batch.codes)
    powers, inverses = _POWERS.up_to(len(codes) + 1)
    # Codes are spread over 64 bits first: without that, neighbouring letters give neighbouring sums.
    spread = (codes.astype(np.uint64) + np.uint64(1)) * _SCRAMBLE
    spread ^= spread >> np.uint64(29)
    total = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(spread * powers[:-1], out=total[1:])
    begin, end = _word_places(batch.kinds)
    word = (total[end] - total[begin]) * inverses[begin]
    pair = np.flatnonzero(batch.text[begin[:-1]] == batch.text[begin[1:]])
    return [
        *(_characters(batch, blank, total, inverses, size) for size in CHARACTER_SIZES),
        _Found(batch, _bucket(word, 1), begin, end),
        _Found(batch, _bucket(word[pair] * _PAIR + word[pair + 1], 1), begin[pair], end[pair + 1]),
    ]


def _bucket(hashes: Hashes, group: int) -> Integers:
    mixed = (hashes ^ (hashes >> np.uint64(32))) * _SCRAMBLE
    return (mixed >> np.uint64(64 - _GROUP_BITS)).astype(np.int32) + np.int32(GROUPS[group])


def _characters(batch: _Batch, blank: Mask, total: Hashes, inverses: Hashes, size: int) -> _Found:
    """n-grams of `size` characters inside one word and the blanks at its ends; the blanks earn nothing themselves."""
    inside = ~blank
    whole = inside[1 : len(inside) - size + 2].copy()
    for offset in range(2, size - 1):
        whole &= inside[offset : len(inside) - size + 1 + offset]
    first = np.flatnonzero(whole[: len(blank) - size + 1]).astype(np.int32)
    hashes = (total[first + size] - total[first]) * inverses[first]
    begin = first + blank[first]
    end = first + np.int32(size) - blank[first + (size - 1)]
    return _Found(batch, _bucket(hashes, 0), begin, end)


def _word_places(kinds: NDArray[np.uint8]) -> tuple[Integers, Integers]:
    """Begin and end of each word: a run of letters and digits with apostrophes inside it, or one picture."""
    letter = (kinds >= _LOWER) & (kinds <= _DIGIT)
    inner = kinds == _APOSTROPHE
    letter[1:-1] |= inner[1:-1] & letter[:-2] & letter[2:]
    picture = kinds == _PICTURE
    begins, ends = letter | picture, letter | picture
    begins[1:] &= ~letter[:-1] | picture[1:]
    ends[:-1] &= ~letter[1:] | picture[:-1]
    return np.flatnonzero(begins).astype(np.int32), (np.flatnonzero(ends) + 1).astype(np.int32)


# --- shape ------------------------------------------------------------------------------------------------------------

_CAPITALS, _NUMBER, _MIXED, _RUN, _LENGTH, _LINK, _CONTACT = range(7)
_DETAILS = 128


def _shape_bucket(kind: int, detail: Integers) -> Integers:
    return np.int32(GROUPS[2] + kind * _DETAILS) + np.minimum(detail, np.int32(_DETAILS - 1)).astype(np.int32)


def _shape(batch: _Batch) -> list[_Found]:
    begin, end = _word_places(batch.kinds)
    size = end - begin
    capitals = _count_between(batch.kinds == _UPPER, begin, end)
    digits = _count_between(batch.kinds == _DIGIT, begin, end)
    shouted = np.flatnonzero((capitals == size) & (size > 1))
    number = np.flatnonzero(digits == size)
    mixed = np.flatnonzero((digits > 0) & (digits < size))
    words = np.bincount(batch.text[begin], minlength=len(batch.start)).astype(np.int32)
    length = np.ceil(2 * np.log2(words + 1)).astype(np.int32)
    finish = np.append(batch.start[1:], np.int32(len(batch.codes))) - np.int32(1)
    some = np.flatnonzero(finish > batch.start)
    return [
        _Found(batch, _shape_bucket(_CAPITALS, np.zeros_like(shouted)), begin[shouted], end[shouted]),
        _Found(batch, _shape_bucket(_NUMBER, size[number]), begin[number], end[number]),
        _Found(batch, _shape_bucket(_MIXED, np.zeros_like(mixed)), begin[mixed], end[mixed]),
        _runs(batch),
        _Found(batch, _shape_bucket(_LENGTH, length[some]), batch.start[some], finish[some]),
    ]


def _count_between(mask: Mask, begin: Integers, end: Integers) -> Integers:
    total = np.zeros(len(mask) + 1, dtype=np.int32)
    np.cumsum(mask, out=total[1:])
    return total[end] - total[begin]


_RUN_LENGTHS = 4


def _runs(batch: _Batch) -> _Found:
    """Runs of one character: two or more of a sign or picture, three or more of a letter or digit."""
    breaks = np.flatnonzero(np.diff(batch.codes)).astype(np.int32) + np.int32(1)
    begin = np.concatenate((np.zeros(1, dtype=np.int32), breaks))
    end = np.append(breaks, np.int32(len(batch.codes)))
    kinds, size = batch.kinds[begin], end - begin
    kept = np.flatnonzero((kinds != _BLANK) & (size >= np.where(kinds >= _APOSTROPHE, 2, 3)))
    begin, end, size = begin[kept], end[kept], size[kept]
    sign = np.minimum(batch.codes[begin], 0x7F).astype(np.int32) & np.int32(31)
    detail = sign * np.int32(_RUN_LENGTHS) + np.minimum(np.log2(size).astype(np.int32), _RUN_LENGTHS) - np.int32(1)
    return _Found(batch, _shape_bucket(_RUN, detail), begin, end)


_LINK_MARK = re.compile(
    r"https?://|www\.|\w\.(?:com|net|org|info|biz|ru|ly|be|gl|co|io|me|tv|xyz|top|site|online|shop|club|link)\b(?!\.?\s*\()",
    re.IGNORECASE,
)
_BETWEEN_BLANKS = re.compile(r"\S+")
_HAS_LINK = re.compile(r"\.\w|://")


def _links(readings: Sequence[Reading], batch: _Batch) -> list[_Found]:
    """Links, as whole words between blanks, with their kind; and other ways to reach whoever wrote the text."""
    found: list[tuple[int, int, int, int]] = []
    for reading, start in zip(readings, batch.start.tolist(), strict=True):
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
    group, detail, begins, ends = np.array(found, dtype=np.int32).T
    return [_Found(batch, np.int32(GROUPS[2]) + group * np.int32(_DETAILS) + detail, begins, ends)]


# --- from occurrences to a matrix -------------------------------------------------------------------------------------

_MOST_COUNTED = 1 << 16
_DAMPED = (1 + np.log(np.arange(1, _MOST_COUNTED + 1))).astype(np.float32)
_ROW_BITS = 21
# Of the buckets' own type: searching for any other would first make a copy of all of them.
_INNER = np.array(GROUPS[1:-1], dtype=np.int32)


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
        known = np.flatnonzero(column >= 0)
        # Each key ends in the number of its occurrence: one sort brings equal ones together and tells where they were.
        bits = np.uint64(len(known).bit_length())
        keys = (occurrences.text.take(known).astype(np.uint64) << np.uint64(_ROW_BITS)) | column.take(known).astype(
            np.uint64
        )
        keys = (keys << bits) | np.arange(len(known), dtype=np.uint64)
        keys.sort()
        order = known.take((keys & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.intp))
        keys >>= bits
        first = np.flatnonzero(np.concatenate((np.ones(min(len(keys), 1), np.bool_), keys[1:] != keys[:-1])))
        counts = np.diff(np.append(first, len(keys)))
        text = (keys[first] >> np.uint64(_ROW_BITS)).astype(np.int32)
        column = (keys[first] & np.uint64((1 << _ROW_BITS) - 1)).astype(np.int32)
        values = _DAMPED.take(counts - 1, mode="clip") * self.idf[column]
        group = np.searchsorted(self.buckets, _INNER).searchsorted(column, side="right")
        part = text * np.int32(len(GROUPS) - 1) + group.astype(np.int32)
        squares = np.bincount(part, weights=values * values, minlength=occurrences.texts * (len(GROUPS) - 1))
        values /= np.sqrt(squares)[part].astype(np.float32)
        ends = np.zeros(occurrences.texts + 1, dtype=np.int32)
        np.cumsum(np.bincount(text, minlength=occurrences.texts), out=ends[1:])
        return Weighed(csr_matrix((values, column, ends), shape=(occurrences.texts, len(self.buckets))), order, counts)


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Texts as numbers, with their evidence: `counts` says how many occurrences made each of the matrix's values.

    `order` is their places among all occurrences, those of the first value first.
    """

    matrix: csr_matrix
    order: NDArray[np.intp]
    counts: NDArray[np.intp]
