"""What a question looks like to the model: its words, pairs of words, and pieces of its words; weighed by TF-IDF."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from bot.dialogue.words import Words, plain

SHORTEST_PIECE, LONGEST_PIECE = 2, 5


def _pieces(text: str) -> list[str]:
    """Pieces of each word with the blank before and behind it."""
    found = []
    for word in text.split():
        padded = f" {word} "
        for length in range(SHORTEST_PIECE, min(LONGEST_PIECE, len(padded)) + 1):
            found += [padded[at : at + length] for at in range(len(padded) - length + 1)]
    return found


def _word_grams(stems: Sequence[str]) -> list[str]:
    return [*stems, *map(" ".join, pairwise(stems))]


@dataclass(frozen=True, slots=True)
class _Block:
    """One kind of grams: the column of each, its inverse document frequency, and that of a gram never seen."""

    columns: dict[str, int]
    idf: NDArray[np.float64]
    strange: float
    first: int

    def weigh(self, grams: Sequence[str]) -> tuple[list[int], NDArray[np.float64], int]:
        """Columns and weights of the known grams of a text, and how many grams are unknown.

        The weight is (1 + ln count) * idf, as scikit-learn's TfidfVectorizer has it with `sublinear_tf`. All grams of a
        text have length 1 together, the unknown ones too: the more is unknown, the less is left to go by.
        """
        known: list[int] = []
        counts: list[float] = []
        unknown: list[float] = []
        for gram, count in Counter(grams).items():
            column = self.columns.get(gram)
            if column is None:
                unknown.append(1.0 + math.log(count))
            else:
                known.append(column)
                counts.append(1.0 + math.log(count))
        weights = np.array(counts) * self.idf[known]
        strange = np.array(unknown) * self.strange
        length = math.sqrt(float(weights @ weights) + float(strange @ strange))
        return [self.first + column for column in known], weights / length if length else weights, len(unknown)


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as the model sees it; `known` is the share of its grams that the file's questions have too."""

    columns: NDArray[np.intp]
    weights: NDArray[np.float64]
    known: float


class Grams:
    """The grams of the questions that it was learned from, and any text in their terms."""

    def __init__(self, words: Words, blocks: tuple[_Block, ...]) -> None:
        self._words = words
        self._blocks = blocks
        self.width = sum(len(block.idf) for block in blocks)

    @classmethod
    def learn(cls, words: Words, questions: Sequence[str]) -> "tuple[Grams, csr_matrix]":
        """With the questions themselves as a matrix, one row each."""
        from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

        texts = [(words.of(question), plain(question)) for question in questions]
        matrices, blocks = [], []
        first = 0
        for analyzer in (_of_words, _of_pieces):
            vectors = TfidfVectorizer(analyzer=analyzer, sublinear_tf=True)
            matrices.append(vectors.fit_transform(texts))
            blocks.append(_Block(vectors.vocabulary_, vectors.idf_, math.log(1 + len(questions)) + 1, first))
            first += len(vectors.idf_)
        return cls(words, tuple(blocks)), csr_matrix(hstack(matrices))

    def see(self, text: str) -> Seen:
        """The text in terms of the learned grams."""
        columns: list[int] = []
        weights = []
        strangers = 0
        for block, grams in zip(self._blocks, self._grams(text), strict=True):
            found, weight, unknown = block.weigh(grams)
            columns += found
            weights.append(weight)
            strangers += unknown
        known = len(columns) / max(len(columns) + strangers, 1)
        return Seen(np.array(columns, dtype=np.intp), np.concatenate(weights), known)

    def _grams(self, text: str) -> Iterator[list[str]]:
        yield _word_grams(self._words.of(text))
        yield _pieces(plain(text))


def _of_words(text: tuple[Sequence[str], str]) -> list[str]:
    return _word_grams(text[0])


def _of_pieces(text: tuple[Sequence[str], str]) -> list[str]:
    return _pieces(text[1])
