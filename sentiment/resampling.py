"""95 % intervals by resampling: how far a figure would move had other texts of the same kind been held out.

The Poisson bootstrap (Hanley and MacGibbon 2006): in each draw a text counts as often as a Poisson number of mean 1
says. Draws hang on the number of texts alone, so two models measured on the same texts are compared draw by draw.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Scores = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

Interval = tuple[float, float]
"""From the 2.5th to the 97.5th hundredth of what a figure may be."""

_DRAWS = 300
_AT_ONCE = 30
_SEED = 1


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """One figure for each draw; NaN for a draw without both classes."""

    auc: Floats
    average_precision: Floats


def resample(truth: Mask, scores: Scores) -> Resampled:
    """Area under the ROC curve and average precision of every draw."""
    order = np.argsort(-scores, kind="stable")
    last_of_ties = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    figures = [_figures(counts[:, order], truth[order], last_of_ties) for counts in _draws(len(truth))]
    return Resampled(*(np.concatenate(one) for one in zip(*figures, strict=True)))


def _draws(rows: int) -> Iterator[NDArray[np.int64]]:
    """Batches of draws: how often each text counts, one row per draw."""
    generator = np.random.default_rng(_SEED)
    for _ in range(_DRAWS // _AT_ONCE):
        yield generator.poisson(1, (_AT_ONCE, rows))


def _figures(counts: NDArray[np.int64], truth: Mask, last_of_ties: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Both figures of some draws; columns are texts by falling score."""
    hits = np.cumsum(counts * truth, axis=1)[:, last_of_ties].astype(np.float64)
    seen = np.cumsum(counts, axis=1)[:, last_of_ties]
    misses = seen - hits
    new_hits, new_misses = np.diff(hits, prepend=0), np.diff(misses, prepend=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        areas = ((hits - new_hits / 2) * new_misses).sum(axis=1) / (hits[:, -1] * misses[:, -1])
        precisions = (hits / np.maximum(seen, 1) * new_hits).sum(axis=1) / hits[:, -1]
    return areas, precisions


def interval(values: Floats) -> Interval | None:
    """Where 95 % of the draws lie; None where hardly a draw has a figure."""
    told = values[np.isfinite(values)]
    if len(told) < _DRAWS // 2:
        return None
    low, high = np.percentile(told, (2.5, 97.5)).tolist()
    return round(low, 4), round(high, 4)


def share_interval(hits: int, of: int) -> Interval | None:
    """95 % interval of a share (Wilson 1927); None of nothing."""
    if not of:
        return None
    z = 1.96
    share, spread = hits / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    reach = (z / (1 + spread)) * float(np.sqrt(share * (1 - share) / of + spread / (4 * of)))
    return round(max(0.0, middle - reach), 4), round(min(1.0, middle + reach), 4)
