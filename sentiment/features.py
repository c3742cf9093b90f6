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
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from sentiment.contacts import find_contacts, link_kinds
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
Places = NDArray[np.intp]
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
    """All views of all texts, laid end to end: every text's folded view, then every text's plain one.

    A blank stands before the first and behind each, and a few more at the end. Each view of a text is a stretch:
    `start` is where it begins, `stretch` the number of the one that each character but the first belongs to. `plain` is
    where the first of the plain ones begins.
    """

    codes: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    start: Places
    stretch: Integers
    plain: int


def _lay_out(readings: Sequence[Reading]) -> _Batch:
    texts = [*(reading.folded.text for reading in readings), *(reading.plain.text for reading in readings)]
    joined = _EDGE.join(("", *texts, "", "", "", ""))
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, texts), dtype=np.intp, count=len(texts)) + 1
    start = np.cumsum(lengths) - lengths + 1
    stretch = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
    plain = 1 + int(lengths[: len(readings)].sum())
    return _Batch(codes, _KINDS.take(codes, mode="clip"), start, stretch, plain)


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


class _Found(NamedTuple):
    """Features at the places [begin, end) of a batch's array."""

    bucket: Integers
    begin: Places
    end: Places


def extract(readings: Sequence[Reading]) -> Occurrences:
    """All features of a batch of texts. A text's own occurrences do not depend on what else is in the batch."""
    batch = _lay_out(readings)
    words = _words(batch)
    found = [_ngrams(batch, words), *_shape(batch, words), *_links(readings, batch)]
    bucket = np.concatenate([one.bucket for one in found])
    begin = np.concatenate([one.begin for one in found])
    end = np.concatenate([one.end for one in found])
    stretch = batch.stretch.take(begin - 1)
    start = batch.start.take(stretch)
    text = stretch % np.int32(max(1, len(readings)))
    return Occurrences(len(readings), text, bucket, (begin - start).astype(np.int32), (end - start).astype(np.int32))


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """Begin and end of every word of a batch and the stretch it is in; those from `plain` on are in a plain view."""

    begin: Places
    end: Places
    stretch: Integers
    plain: int


def _words(batch: _Batch) -> _Words:
    """A word is a run of letters and digits with apostrophes inside it, or one picture."""
    letter = batch.kinds - np.uint8(_LOWER) <= np.uint8(_DIGIT - _LOWER)
    quote = np.flatnonzero(batch.kinds == _APOSTROPHE)
    letter[quote] = letter.take(quote - 1) & letter.take(quote + 1)
    # What is a letter and has none before it begins a word, what is none and has one before it ends it, in turns.
    edges = np.flatnonzero(letter[1:] != letter[:-1]) + 1
    begin, end = edges[::2], edges[1::2]
    pictures = np.flatnonzero(batch.kinds == _PICTURE)
    if len(pictures):
        begin = np.sort(np.concatenate((begin, pictures)))
        end = np.sort(np.concatenate((end, pictures + 1)))
    return _Words(begin, end, batch.stretch.take(begin - 1), int(begin.searchsorted(batch.plain)))


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


def _ngrams(batch: _Batch, words: _Words) -> _Found:
    """n-grams of characters, words, and pairs of words that follow each other, of the folded views."""
    size = batch.plain + CHARACTER_SIZES[-1] - 2
    blank = batch.kinds[:size] == _BLANK
    powers, inverses = _POWERS.up_to(size + 1)
    # Codes are spread over 64 bits first: without that, neighbouring letters give neighbouring sums.
    spread = (np.where(blank, np.uint32(32), batch.codes[:size]).astype(np.uint64) + np.uint64(1)) * _SCRAMBLE
    spread ^= spread >> np.uint64(29)
    spread *= powers[:-1]
    total = np.zeros(size + 1, dtype=np.uint64)
    np.cumsum(spread, out=total[1:])
    hashes, begins, ends = _characters(blank, total, inverses, batch.plain - 1)
    begin, end = words.begin[: words.plain], words.end[: words.plain]
    word = (total.take(end) - total.take(begin)) * inverses.take(begin)
    pair = np.flatnonzero(words.stretch[1 : words.plain] == words.stretch[: max(0, words.plain - 1)])
    pairs = word.take(pair) * _PAIR + word.take(pair + 1)
    bucket = _buckets(np.concatenate((hashes, word, pairs)))
    bucket[len(hashes) :] += np.int32(GROUPS[1])
    return _Found(
        bucket,
        np.concatenate((begins, begin, begin.take(pair))),
        np.concatenate((ends, end, end.take(pair + 1))),
    )


def _buckets(hashes: Hashes) -> Integers:
    """A bucket of the first group for each hash."""
    mixed = hashes >> np.uint64(32)
    mixed ^= hashes
    mixed *= _SCRAMBLE
    mixed >>= np.uint64(64 - _GROUP_BITS)
    return mixed.astype(np.int32)


def _characters(blank: Mask, total: Hashes, inverses: Hashes, places: int) -> tuple[Hashes, Integers, Integers]:
    """n-grams of characters inside one word and the blanks at its ends; the blanks earn nothing themselves.

    One begins at each of the first `places` characters, in each size, if it is of one word. Hashes, begins and ends.
    """
    shape = len(CHARACTER_SIZES), places
    whole, hashes = np.empty(shape, dtype=np.bool_), np.empty(shape, dtype=np.uint64)
    begins, ends = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
    inside = ~blank
    here = np.arange(len(blank), dtype=np.int32)
    begins[:] = (here + blank)[:places]
    behind = here + inside
    within = np.True_
    for row, size in enumerate(CHARACTER_SIZES):
        within = np.logical_and(within, inside[size - 2 : size - 2 + places], out=whole[row])
        np.subtract(total[size : size + places], total[:places], out=hashes[row])
        ends[row] = behind[size - 1 : size - 1 + places]
    hashes *= inverses[:places]
    found = np.flatnonzero(whole)
    return hashes.ravel().take(found), begins.ravel().take(found), ends.ravel().take(found)


# --- shape ------------------------------------------------------------------------------------------------------------

_CAPITALS, _NUMBER, _MIXED, _RUN, _LENGTH, _LINK, _CONTACT = range(7)
_DETAILS = 128


def _shape_bucket(kind: int | Integers, detail: int | Integers) -> Integers:
    return np.int32(GROUPS[2]) + np.asarray(kind * _DETAILS + np.minimum(detail, _DETAILS - 1), dtype=np.int32)


def _shape(batch: _Batch, words: _Words) -> list[_Found]:
    return [_letters(batch, words), _runs(batch), _lengths(batch, words)]


_MARKS = np.array([[_UPPER], [_DIGIT]], dtype=np.uint8)


def _letters(batch: _Batch, words: _Words) -> _Found:
    """Words of capitals, numbers, and words with digits in them."""
    begin, end = words.begin[words.plain :], words.end[words.plain :]
    kinds = batch.kinds[batch.plain - 1 :]
    total = np.cumsum(kinds == _MARKS, axis=1, dtype=np.int32)
    capitals, digits = total.take(end - batch.plain, axis=1) - total.take(begin - batch.plain, axis=1)
    size = end - begin
    told = np.flatnonzero((digits > 0) | ((capitals == size) & (size > 1)))
    begin, end, size, digits = begin.take(told), end.take(told), size.take(told), digits.take(told)
    number = digits == size
    kind = np.where(number, _NUMBER, np.where(digits > 0, _MIXED, _CAPITALS))
    return _Found(_shape_bucket(kind, size * number), begin, end)


def _lengths(batch: _Batch, words: _Words) -> _Found:
    """The whole of a text, told by how many words it has."""
    texts = len(batch.start) // 2
    many = np.bincount(words.stretch[words.plain :] - texts, minlength=texts)
    begin = batch.start[texts:]
    end = np.concatenate((begin[1:], [len(batch.codes) - 3])) - 1
    some = np.flatnonzero(end > begin)
    length = np.ceil(2 * np.log2(many.take(some) + 1))
    return _Found(_shape_bucket(_LENGTH, length.astype(np.int32)), begin.take(some), end.take(some))


_RUN_LENGTHS = 4


def _runs(batch: _Batch) -> _Found:
    """Runs of one character: two or more of a sign or picture, three or more of a letter or digit."""
    codes = batch.codes[batch.plain :]
    same = np.flatnonzero(codes[1:] == codes[:-1])
    first = _firsts(same - np.arange(len(same)))
    size = np.diff(first, append=len(same)) + 1
    begin = same.take(first) + batch.plain
    kinds = batch.kinds.take(begin)
    kept = np.flatnonzero((kinds != _BLANK) & (size >= np.where(kinds >= _APOSTROPHE, 2, 3)))
    begin, size = begin.take(kept), size.take(kept)
    sign = np.minimum(batch.codes.take(begin), np.uint32(0x7F)).astype(np.int32) & 31
    detail = sign * _RUN_LENGTHS + np.minimum(np.log2(size).astype(np.int32), _RUN_LENGTHS) - 1
    return _Found(_shape_bucket(_RUN, detail), begin, begin + size)


def _firsts(values: NDArray[np.generic]) -> Places:
    """Where another value stands than before."""
    first = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return np.flatnonzero(first)


_LINK_MARK = re.compile(
    r"https?://|www\.|\w\.(?:com|net|org|info|biz|ru|ly|be|gl|co|io|me|tv|xyz|top|site|online|shop|club|link)\b(?!\.?\s*\()",
    re.IGNORECASE,
)
_BETWEEN_BLANKS = re.compile(r"\S+")
_HAS_LINK = re.compile(r"[.:](?:(?<=\.)\w|(?<=:)//)")


def _links(readings: Sequence[Reading], batch: _Batch) -> list[_Found]:
    """Links, as whole words between blanks, with their kind; and other ways to reach whoever wrote the text."""
    found: list[tuple[int, int, int, int]] = []
    for reading, start in zip(readings, batch.start[len(readings) :].tolist(), strict=True):
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
        known = np.flatnonzero(column >= 0)
        column, text = column.take(known), occurrences.text.take(known)
        order = _order(text, column, occurrences.texts)
        keys = text.take(order).astype(np.int64) << _ROW_BITS
        keys |= column.take(order)
        first = _firsts(keys)
        keys = keys.take(first)
        counts = np.diff(first, append=len(order))
        column = (keys & ((1 << _ROW_BITS) - 1)).astype(np.int32)
        values = _DAMPED.take(counts - 1, mode="clip") * self.idf.take(column)
        sizes = np.diff(keys.searchsorted(self._parts(occurrences.texts)), append=len(keys))
        part = np.repeat(np.arange(len(sizes)), sizes)
        length = np.sqrt(np.bincount(part, weights=values * values, minlength=len(sizes))).astype(np.float32)
        values /= length.take(part)
        ends = np.zeros(occurrences.texts + 1, dtype=np.int32)
        np.cumsum(sizes.reshape(occurrences.texts, -1).sum(axis=1), out=ends[1:])
        matrix = csr_matrix((values, column, ends), shape=(occurrences.texts, len(self.buckets)))
        return Weighed(matrix, known.take(order), counts)

    def _parts(self, texts: int) -> NDArray[np.int64]:
        """The key that each group of each text begins with."""
        groups = self.buckets.searchsorted(_FIRST)
        return (np.arange(texts)[:, np.newaxis] << _ROW_BITS | groups).ravel()


def _order(text: Integers, column: Integers, texts: int) -> Places:
    """The order of texts and, inside each, of columns. In pieces of 16 bits, which NumPy sorts in linear time."""
    high = column >> 16
    if texts << (_ROW_BITS - 16) <= 1 << 16:
        return np.lexsort(((column & 0xFFFF).astype(np.uint16), (text << (_ROW_BITS - 16) | high).astype(np.uint16)))
    return np.lexsort((column, text))


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Texts as numbers, with their evidence: `counts` says how many occurrences made each of the matrix's values.

    `order` is their places among all occurrences, those of the first value first.
    """

    matrix: csr_matrix
    order: NDArray[np.intp]
    counts: NDArray[np.intp]
