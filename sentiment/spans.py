"""From what single characters contributed to the words a person would point at."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST = 8
"""No score is explained by more ranges than a person would read."""

_WORD = re.compile(r"\S+")
_OUTER = "\"'“”‘’()[]{}<>.,;:!?…*_-–— "
_TELLING_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Earner:
    """The characters [begin, end) of a text and what they add to a logit."""

    begin: int
    end: int
    weight: float


def earners(text: str, contributions: NDArray[np.float64]) -> list[Earner]:
    """The words that earned a score, neighbours merged, in the order of the text.

    `contributions` has one value per character. A word is named if it adds at least a fifth of what the
    strongest word adds; a text without such a word has no earners.
    """
    total = np.concatenate((np.zeros(1), np.cumsum(contributions)))
    words = [_earner(text, found.start(), found.end(), total) for found in _WORD.finditer(text)]
    strongest = max((word.weight for word in words), default=0.0)
    if strongest <= 0:
        return []
    telling = [word for word in words if word.weight >= _TELLING_SHARE * strongest]
    strongest_first = sorted(_merged(text, telling, total), key=lambda word: -word.weight)[:MOST]
    return sorted(strongest_first, key=lambda word: word.begin)


def _earner(text: str, begin: int, end: int, total: NDArray[np.float64]) -> Earner:
    """The word without the punctuation round it; a word of punctuation only stays whole."""
    core = text[begin:end].strip(_OUTER)
    if core:
        begin = text.index(core, begin)
        end = begin + len(core)
    return Earner(begin, end, float(total[end] - total[begin]))


def _merged(text: str, words: list[Earner], total: NDArray[np.float64]) -> list[Earner]:
    merged: list[Earner] = []
    for word in words:
        begin = word.begin
        if merged and not text[merged[-1].end : begin].strip():
            begin = merged.pop().begin
        merged.append(Earner(begin, word.end, float(total[word.end] - total[begin])))
    return merged
