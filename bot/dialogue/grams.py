"""What a question looks like to the model: its words, pairs of them, pieces of them; weighed by TF-IDF."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from bot.dialogue.words import Words, plain

SHORTEST_PIECE, LONGEST_PIECE = 2, 5
MOST_PAIRED = 40
"""Words of an utterance that are paired: 780 pairs."""
_PAIRS_COUNT = 0.7
"""The length of a text's pairs, where its words and its pieces have 1 each."""


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


def _pairs(stems: Sequence[str]) -> list[str]:
    """Every two words of a text, wherever they stand: what "card" and "abroad" mean together no single word says."""
    return [f"{one}|{other}" for one, other in combinations(sorted(set(stems))[:MOST_PAIRED], 2)]


_Text = tuple[Sequence[str], str]
"""A text's stems, and the text itself in plain letters."""
_Analyzer = Callable[[_Text], list[str]]


def _words_of(text: _Text) -> list[str]:
    return _word_grams(text[0])


def _pieces_of(text: _Text) -> list[str]:
    return _pieces(text[1])


def _pairs_of(text: _Text) -> list[str]:
    return _pairs(text[0])


_KINDS: Final[tuple[tuple[_Analyzer, float], ...]] = ((_words_of, 1.0), (_pieces_of, 1.0), (_pairs_of, _PAIRS_COUNT))


@dataclass(frozen=True, slots=True)
class _Block:
    """One kind of grams: the column of each, its inverse document frequency, and that of a gram never seen."""

    analyzer: _Analyzer
    columns: dict[str, int]
    idf: NDArray[np.float64]
    strange: float
    first: int
    length: float

    def weigh(self, grams: Sequence[str]) -> tuple[list[int], NDArray[np.float64], int]:
        """Columns and weights of the known grams of a text, and how many grams are unknown.

        The weight is (1 + ln count) * idf, as scikit-learn's TfidfVectorizer has it with `sublinear_tf`. All grams of a
        text have one length together, the unknown ones too: the more is unknown, the less is left to go by.
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
        return [self.first + column for column in known], weights * (self.length / (length or 1.0)), len(unknown)


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
        self.words = len(blocks[0].idf) if blocks and blocks[0].analyzer is _words_of else 0

    @classmethod
    def learn(cls, words: Words, questions: Sequence[str]) -> "tuple[Grams, csr_matrix]":
        """With the questions themselves as a matrix, one row each."""
        from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

        texts = [(words.of(question), plain(question)) for question in questions]
        matrices, blocks = [], []
        first = 0
        for analyzer, length in _KINDS:
            vectors = TfidfVectorizer(analyzer=analyzer, sublinear_tf=True)
            try:
                matrices.append(vectors.fit_transform(texts) * length)
            except ValueError:  # no question has such a gram
                continue
            strange = math.log(1 + len(questions)) + 1
            blocks.append(_Block(analyzer, vectors.vocabulary_, vectors.idf_, strange, first, length))
            first += len(vectors.idf_)
        rows = csr_matrix(hstack(matrices)) if matrices else csr_matrix((len(questions), 0))
        return cls(words, tuple(blocks)), rows

    def see(self, text: str) -> Seen:
        """The text in terms of the learned grams."""
        columns: list[int] = []
        weights = [np.zeros(0)]
        strangers = 0
        looked_at = (self._words.of(text), plain(text))
        for block in self._blocks:
            found, weight, unknown = block.weigh(block.analyzer(looked_at))
            columns += found
            weights.append(weight)
            strangers += unknown
        known = len(columns) / max(len(columns) + strangers, 1)
        return Seen(np.array(columns, dtype=np.intp), np.concatenate(weights), known)
