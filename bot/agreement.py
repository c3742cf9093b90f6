"""How two scorers agree on the same texts, and how one's scores are read as the other's.

`ours` are Parley's scores, `theirs` the other's; both 0..1, in the same order.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

FEWEST = 50
"""Texts from which a curve is fitted; fewer tell more about themselves than about the scorers."""

_MOST_POINTS = 40
_TEXTS_PER_POINT = 10
_DIGITS = 6
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Curve:
    """A line that never falls, through points (ours, theirs) with rising `ours`; level before and after them."""

    points: tuple[tuple[float, float], ...]

    def of(self, score: float) -> float:
        """What the other would have said, as far as that can be told from our score."""
        after = bisect_left(self.points, (score,))
        if after == 0:
            return self.points[0][1]
        if after == len(self.points):
            return self.points[-1][1]
        (x0, y0), (x1, y1) = self.points[after - 1], self.points[after]
        return y0 + (y1 - y0) * (score - x0) / (x1 - x0)

    def score_for(self, level: float) -> float | None:
        """The smallest of our scores that reads as `level` or more; None where none does."""
        if level <= self.points[0][1]:
            return 0.0
        for (x0, y0), (x1, y1) in zip(self.points, self.points[1:], strict=False):
            if y1 >= level:
                return x0 + (x1 - x0) * (level - y0) / (y1 - y0)
        return None


def fit(ours: Sequence[float], theirs: Sequence[float]) -> Curve | None:
    """The rising curve that comes closest (least squares over groups of texts); None for fewer texts than `FEWEST`.

    Groups of neighbours are averaged, and groups that would make the curve fall are joined (pool adjacent violators).
    """
    if len(ours) < FEWEST:
        return None
    pairs = sorted(zip(ours, theirs, strict=True))
    size = max(_TEXTS_PER_POINT, -(-len(pairs) // _MOST_POINTS))
    blocks: list[tuple[int, float, float]] = []
    for begin in range(0, len(pairs), size):
        some = pairs[begin : begin + size]
        block = (len(some), _mean(one for one, _ in some), _mean(other for _, other in some))
        while blocks and (blocks[-1][2] >= block[2] or blocks[-1][1] >= block[1]):
            block = _joined(blocks.pop(), block)
        blocks.append(block)
    return Curve(tuple((round(x, _DIGITS), round(y, _DIGITS)) for _, x, y in blocks))


def _joined(one: tuple[int, float, float], other: tuple[int, float, float]) -> tuple[int, float, float]:
    count = one[0] + other[0]
    x, y = ((one[0] * one[axis] + other[0] * other[axis]) / count for axis in (1, 2))
    return count, x, y


def held_out(ours: Sequence[float], theirs: Sequence[float]) -> list[float] | None:
    """Each of our scores as a curve reads it that was fitted on the other texts; None where there are too few.

    What a curve says of the texts that it was fitted on would flatter it.
    """
    read = [0.0] * len(ours)
    for fold in range(_FOLDS):
        others = [place for place in range(len(ours)) if place % _FOLDS != fold]
        curve = fit([ours[place] for place in others], [theirs[place] for place in others])
        if curve is None:
            return None
        for place in range(fold, len(ours), _FOLDS):
            read[place] = curve.of(ours[place])
    return read


def rank_correlation(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    """Spearman's: 1 where both put the texts in the same order; None where one of them gives every text the same."""
    first, second = _ranks(ours), _ranks(theirs)
    middle = (len(first) + 1) / 2
    together = sum((one - middle) * (other - middle) for one, other in zip(first, second, strict=True))
    spread = sqrt(sum((one - middle) ** 2 for one in first) * sum((other - middle) ** 2 for other in second))
    return together / spread if spread else None


def _ranks(scores: Sequence[float]) -> list[float]:
    """Places from 1 in rising order; equal scores share the middle of theirs."""
    ranks = [0.0] * len(scores)
    begin = 0
    for _, same in groupby(sorted(range(len(scores)), key=scores.__getitem__), key=scores.__getitem__):
        places = list(same)
        for place in places:
            ranks[place] = begin + (len(places) + 1) / 2
        begin += len(places)
    return ranks


def difference(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The mean absolute difference."""
    return _mean(abs(one - other) for one, other in zip(ours, theirs, strict=True))


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a threshold decides by one and by the other scorer: how many texts reach it by both, or by one alone."""

    level: float
    texts: int
    both: int
    only_theirs: int
    only_ours: int

    @property
    def changed(self) -> float:
        """The share of texts that are decided otherwise, 0..1."""
        return (self.only_theirs + self.only_ours) / self.texts

    @property
    def theirs(self) -> int:
        """How many texts reach it by the other scorer."""
        return self.both + self.only_theirs

    @property
    def alike(self) -> float:
        """How far the two flag the same texts (the F1 score): 1 for the very same ones, 0 for none in common."""
        flagged = 2 * self.both + self.only_theirs + self.only_ours
        return 2 * self.both / flagged if flagged else 1.0


def decisions(ours: Sequence[float], theirs: Sequence[float], level: float) -> Decisions:
    """What changes at this threshold."""
    reached = [(one >= level, other >= level) for one, other in zip(ours, theirs, strict=True)]
    return Decisions(
        level, len(reached), reached.count((True, True)), reached.count((False, True)), reached.count((True, False))
    )


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers)
