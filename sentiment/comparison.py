"""Two versions on the same held out texts: which figures differ by more than chance, which verdicts would change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentiment.datasets import Example
from sentiment.evaluation import Sheet
from sentiment.figures import truths
from sentiment.measures import auc, average_precision
from sentiment.resampling import Interval, interval, resample
from sentiment.scores import Attribute

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both versions; `difference` is the first's minus the second's, paired draw by draw."""

    attribute: Attribute
    source: str
    texts: int
    figure: str
    first: float
    second: float
    interval: Interval | None

    @property
    def difference(self) -> float:
        """Above 0 where the first is better."""
        return self.first - self.second

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Texts that one version takes over a threshold and the other does not; `right` counts those that readers back."""

    attribute: Attribute
    threshold: float
    only_first: int
    only_first_right: int
    only_second: int
    only_second_right: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A text on two sides of a threshold."""

    attribute: Attribute
    text: str
    positive: bool
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """`first` and `second` are versions; `moved` has the texts whose scores of an attribute are furthest apart."""

    first: str
    second: str
    differences: tuple[Difference, ...]
    disagreements: tuple[Disagreement, ...]
    moved: tuple[Moved, ...]


def compare(first: Sheet, second: Sheet, thresholds: Mapping[Attribute, float]) -> Comparison:
    """Compares sheets of the same examples; a text is over an attribute's threshold from that score on."""
    differences: list[Difference] = []
    disagreements: list[Disagreement] = []
    moved: list[Moved] = []
    for column, attribute in enumerate(Attribute):
        scores = first.scores[:, column], second.scores[:, column]
        for source, rows in _sources(attribute, first.examples):
            differences += _differences(attribute, source, truths(attribute, first.examples, rows), scores, rows)
        if attribute in thresholds:
            found, texts = _disagreement(attribute, first.examples, scores, thresholds[attribute])
            disagreements.append(found)
            moved += texts
    return Comparison(first.version, second.version, tuple(differences), tuple(disagreements), tuple(moved))


def _sources(attribute: Attribute, examples: Sequence[Example]) -> Iterator[tuple[str, Rows]]:
    """The natural sample, then every data set that knows the attribute."""
    labelled = [row for row, example in enumerate(examples) if attribute in example.targets]
    yield "natural rate", np.array([row for row in labelled if examples[row].natural], np.intp)
    for source in sorted({examples[row].source for row in labelled}):
        yield source, np.array([row for row in labelled if examples[row].source == source], np.intp)


def _differences(
    attribute: Attribute, source: str, truth: NDArray[np.bool_], scores: tuple[Floats, Floats], rows: Rows
) -> Iterator[Difference]:
    if not truth.any() or truth.all():
        return
    left, right = scores[0][rows], scores[1][rows]
    drawn = resample(truth, left), resample(truth, right)
    for name, worth, draws in (
        ("AUC", auc, drawn[0].auc - drawn[1].auc),
        ("AP", average_precision, drawn[0].average_precision - drawn[1].average_precision),
    ):
        one, other = worth(truth, left), worth(truth, right)
        if one is not None and other is not None:
            span = interval(draws)
            yield Difference(attribute, source, len(rows), name, round(one, 4), round(other, 4), span)


_MOVED = 6


def _disagreement(
    attribute: Attribute, examples: Sequence[Example], scores: tuple[Floats, Floats], threshold: float
) -> tuple[Disagreement, list[Moved]]:
    rows = np.array([row for row, example in enumerate(examples) if _counts(attribute, example)], np.intp)
    left, right = scores[0][rows], scores[1][rows]
    truth = truths(attribute, examples, rows)
    only_left, only_right = (left >= threshold) & (right < threshold), (right >= threshold) & (left < threshold)
    found = Disagreement(
        attribute,
        threshold,
        int(only_left.sum()),
        int((only_left & truth).sum()),
        int(only_right.sum()),
        int((only_right & truth).sum()),
    )
    furthest = np.argsort(-np.abs(left - right) * (only_left | only_right), kind="stable")[:_MOVED].tolist()
    return found, [
        Moved(attribute, examples[rows[at]].text, bool(truth[at]), float(left[at]), float(right[at]))
        for at in furthest
        if only_left[at] or only_right[at]
    ]


def _counts(attribute: Attribute, example: Example) -> bool:
    """Templates are many and alike; they would outvote what people wrote."""
    return attribute in example.targets and example.source != "identity_templates"
