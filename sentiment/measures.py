"""Figures that say how good scores are. Plain functions over arrays; no figure where it cannot be told (None)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from sentiment.resampling import Interval, interval, resample, share_interval

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

THRESHOLD = 0.5
"""From this score on a text counts as taken for what it is scored for, where no policy says otherwise."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How well scores tell the `positives` among `rows` texts.

    `auc`: probability that a positive scores above a negative. `average_precision`: area under precision over recall.
    `calibration_error`: mean distance between score and share of positives over 15 equal bins (ECE, Guo et al. 2017).
    The intervals hold 95 % of what the figures would be on other texts of the same kind.
    """

    rows: int
    positives: int
    auc: float | None
    average_precision: float | None
    calibration_error: float
    auc_interval: Interval | None
    average_precision_interval: Interval | None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some texts are what they are asked for, with the 95 % interval of their share."""

    hits: int
    texts: int

    @property
    def share(self) -> float:
        """0..1; 0 of nothing."""
        return self.hits / self.texts if self.texts else 0.0

    @property
    def interval(self) -> Interval | None:
        """None of nothing."""
        return share_interval(self.hits, self.texts)


def measure(truth: Mask, scores: Floats) -> Measure | None:
    """All figures at once; None without texts."""
    if not len(truth):
        return None
    drawn = resample(truth, scores) if truth.any() and not truth.all() else None
    return Measure(
        rows=len(truth),
        positives=int(truth.sum()),
        auc=_rounded(auc(truth, scores)),
        average_precision=_rounded(average_precision(truth, scores)),
        calibration_error=round(calibration_error(truth, scores), 4),
        auc_interval=interval(drawn.auc) if drawn else None,
        average_precision_interval=interval(drawn.average_precision) if drawn else None,
    )


def auc(truth: Mask, scores: Floats) -> float | None:
    """Area under the ROC curve by ranks (Mann and Whitney 1947); ties count half. None without both classes."""
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return None
    ranks = rankdata(scores)
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(truth: Mask, scores: Floats) -> float | None:
    """Sum of precision times rise in recall over all thresholds; None without a positive."""
    if not truth.any():
        return None
    order = np.argsort(-scores, kind="stable")
    last_of_ties = np.append(np.diff(scores[order]) != 0, True)
    hits = np.cumsum(truth[order])[last_of_ties]
    seen = (np.flatnonzero(last_of_ties) + 1).astype(np.float64)
    return float((hits / seen * np.diff(hits, prepend=0)).sum() / truth.sum())


_BINS = 15


def calibration_error(truth: Floats | Mask, scores: Floats) -> float:
    """Expected calibration error over 15 equal bins."""
    bins = np.minimum((scores * _BINS).astype(np.intp), _BINS - 1)
    gaps = np.bincount(bins, scores - truth.astype(np.float64), _BINS)
    return float(np.abs(gaps).sum() / len(scores))


def reliability(truth: Mask, scores: Floats, low: float, high: float) -> Share:
    """How many of the texts with a score from `low` to below `high` are positive."""
    near = (scores >= low) & (scores < high)
    return Share(int(truth[near].sum()), int(near.sum()))


def pearson(left: Floats, right: Floats) -> float | None:
    """Correlation, -1..1; None where one side does not vary."""
    if len(left) < 2 or np.ptp(left) == 0 or np.ptp(right) == 0:
        return None
    return float(np.corrcoef(left, right)[0, 1])


def macro_recall(truth: NDArray[np.intp], answers: NDArray[np.intp]) -> float | None:
    """Mean over the classes that occur of the share of their texts that was recognised; None without texts."""
    classes = np.unique(truth)
    if not len(classes):
        return None
    return float(np.mean([(answers[truth == one] == one).mean() for one in classes]))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
