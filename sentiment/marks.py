"""Learns which words raters would mark as toxic, from Civil Comments posts in which they marked them.

The model is one more linear column over the features of the other heads, but of words: a word's log-odds are the sum
over its characters, where each occurrence of a feature (n-grams inside it, the word itself, its pairs with both
neighbours) counts 1, shared evenly by the characters it was read from. `sentiment.spans.Marks` uses it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from sentiment.datasets import DataUnusable, Split, part, rows
from sentiment.evidence import shares, spread
from sentiment.features import Vocabulary, extract
from sentiment.spans import Words, words
from sentiment.text import read

MARKED = "civil_toxic_spans"
"""The data set with the marks."""

_BATCH = 64
_STRENGTH = 0.1
_MARKED_SHARE = 0.5
"""A word counts as marked if raters marked at least this share of its characters."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post and the code points that its raters marked; `split` says what the post is for."""

    text: str
    marked: frozenset[int]
    split: Split


def posts(path: Path) -> Iterator[Post]:
    """The posts of a file; raises DataUnusable for one without marks, even none."""
    for number, row in enumerate(rows(path), start=1):
        try:
            marked = frozenset(int(place) for place in row["spans"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataUnusable(f"{path.name} line {number} has no list of marked characters.") from error
        yield Post(row["text"], marked, part(row))


def learn_marks(known: Sequence[Post], vocabulary: Vocabulary, seed: int) -> LogisticRegression | None:
    """A head with one coefficient per known feature; None where there are no marks to learn from.

    It learns from posts of `Split.TRAIN`, so that it can be measured on the others.
    """
    chosen = [post for post in known if post.split is Split.TRAIN]
    parts = [_words_as_numbers(chosen[at : at + _BATCH], vocabulary) for at in range(0, len(chosen), _BATCH)]
    classes = np.concatenate([classes for _, classes in parts]) if parts else np.zeros(0, dtype=np.bool_)
    if len(np.unique(classes)) < 2:
        return None
    head = LogisticRegression(solver="liblinear", dual=True, C=_STRENGTH, max_iter=100, tol=1e-2, random_state=seed)
    return head.fit(vstack([matrix for matrix, _ in parts], format="csr"), classes.astype(np.int64))


def _words_as_numbers(batch: Sequence[Post], vocabulary: Vocabulary) -> tuple[csr_matrix, NDArray[np.bool_]]:
    """One row per word, one column per known feature; and whether raters marked the word."""
    readings = [read(post.text) for post in batch]
    occurrences = extract(readings)
    owned = shares(readings, np.arange(len(batch)), occurrences, vocabulary.weigh(occurrences))
    known = words([post.text for post in batch])
    start = np.cumsum(owned.lengths) - owned.lengths
    word_of = _word_of_each_character(known, start, int(owned.lengths.sum()))
    size = owned.end - owned.begin
    word = word_of.take(spread(np.repeat(start, np.diff(owned.bounds)) + owned.begin, size))
    inside = np.flatnonzero(word >= 0)
    values = np.repeat(1 / size, size).astype(np.float32)[inside]
    columns = np.repeat(owned.column, size)[inside]
    shape = (len(known.begin), len(vocabulary.buckets))
    marked = np.array([place in post.marked for post in batch for place in range(len(post.text))], dtype=np.bool_)
    share = np.bincount(word_of[word_of >= 0], marked[word_of >= 0], shape[0]) / (known.end - known.begin)
    return csr_matrix((values, (word[inside], columns)), shape=shape), share >= _MARKED_SHARE


def _word_of_each_character(known: Words, start: NDArray[np.intp], room: int) -> NDArray[np.intp]:
    """The number of the word that a character of the texts, laid end to end, belongs to; -1 between words."""
    size = known.end - known.begin
    word_of = np.full(room, -1, dtype=np.intp)
    begin = known.begin + np.repeat(start, np.diff(known.bounds))
    word_of[spread(begin, size)] = np.repeat(np.arange(len(size)), size)
    return word_of
