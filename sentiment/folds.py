"""Cross-validation: the training repeated on other parts of the data, so that figures come with the luck of the parts.

A text's place, which every form of it shares, decides its fold, so no fold is measured on what it learned from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import t as student

from sentiment.datasets import MEASURED_ONLY, Example, Split, place_of
from sentiment.resampling import Interval
from sentiment.training import Progress, Recipe, learn


@dataclass(frozen=True, slots=True)
class Folded:
    """A figure in every fold; `interval` holds its mean with 95 % (Student's t over the folds)."""

    values: tuple[float, ...]
    mean: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class FoldFigures:
    """Area under the ROC curve and average precision of an attribute."""

    auc: Folded
    average_precision: Folded


def cross_validate(
    known: Sequence[Example], folds: int, recipe: Recipe, progress: Progress
) -> dict[tuple[str, str], FoldFigures]:
    """By attribute and data set ("natural rate" is one) where every fold could be measured; trains `folds` times."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for fold in range(folds):

        def told(stage: str, done: int, total: int, number: int = fold + 1) -> None:
            progress(f"Fold {number} of {folds}: {stage}", done, total)

        figures = learn(_dealt(known, fold, folds), recipe, told).figures
        for attribute, measured in figures.attributes.items():
            for source, one in {"natural rate": measured.natural, **measured.by_set}.items():
                if one and one.auc is not None and one.average_precision is not None:
                    found.setdefault((str(attribute), source), []).append((one.auc, one.average_precision))
    return {key: _figures(values) for key, values in found.items() if len(values) == folds}


def _dealt(known: Sequence[Example], fold: int, folds: int) -> list[Example]:
    """The examples with this fold as what is measured; what else was held out for that is learned from."""
    return [example if example.weight == MEASURED_ONLY else _turned(example, fold, folds) for example in known]


def _turned(example: Example, fold: int, folds: int) -> Example:
    if place_of(example.text) % folds == fold:
        return replace(example, split=Split.TEST)
    return replace(example, split=Split.TRAIN) if example.split is Split.TEST else example


def _figures(values: Sequence[tuple[float, float]]) -> FoldFigures:
    aucs, precisions = zip(*values, strict=True)
    return FoldFigures(_folded(aucs), _folded(precisions))


def _folded(values: Sequence[float]) -> Folded:
    mean = float(np.mean(values))
    reach = float(student.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return Folded(tuple(values), round(mean, 4), (round(max(0.0, mean - reach), 4), round(min(1.0, mean + reach), 4)))
