"""What scores are worth on texts that no model learned from: by attribute, by data set, by group of people."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentiment.classifier import TONES
from sentiment.datasets import Example, Split, Tone
from sentiment.measures import Mask, Measure, false_positive_gap, macro_recall, measure
from sentiment.scores import Attribute

Floats = NDArray[np.float64]

THRESHOLD = 0.5
"""From this score on a text counts as taken for toxic where groups are compared."""


@dataclass(frozen=True, slots=True)
class AttributeFigures:
    """Figures of one attribute at the natural rate (None without such texts) and by data set."""

    natural: Measure | None
    by_set: Mapping[str, Measure]


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """False positive rates of toxicity on harmless templates about groups of people, and the widest gap between two."""

    texts: int
    gap: float
    rates: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one model. `recall` is the mean share of negative, neutral and positive texts recognised."""

    attributes: Mapping[str, AttributeFigures]
    recall: Mapping[str, float]
    groups: GroupFigures | None


def held_out(known: Sequence[Example]) -> list[Example]:
    """The examples that figures are measured on, in their order."""
    return [example for example in known if example.split is Split.TEST]


def figures(examples: Sequence[Example], scores: Floats, tones: Floats) -> Figures:
    """Measures held out examples; a row of `scores` per example and a column per Attribute, of `tones` one per tone."""
    return Figures(
        attributes={
            attribute: _attribute(attribute, examples, scores[:, column]) for column, attribute in enumerate(Attribute)
        },
        recall=_recall(examples, tones),
        groups=_groups(examples, scores[:, list(Attribute).index(Attribute.TOXICITY)]),
    )


def _attribute(attribute: Attribute, examples: Sequence[Example], scores: Floats) -> AttributeFigures:
    labelled = [row for row, example in enumerate(examples) if attribute in example.targets]
    by_set: dict[str, Measure] = {}
    for source in sorted({examples[row].source for row in labelled}):
        found = _measure(attribute, examples, scores, [row for row in labelled if examples[row].source == source])
        if found and found.auc is not None:
            by_set[source] = found
    natural = [row for row in labelled if examples[row].natural]
    return AttributeFigures(_measure(attribute, examples, scores, natural), by_set)


def _measure(attribute: Attribute, examples: Sequence[Example], scores: Floats, rows: Sequence[int]) -> Measure | None:
    truth = np.array([examples[row].targets[attribute] >= 0.5 for row in rows], np.bool_)
    return measure(truth, scores[list(rows)])


def _recall(examples: Sequence[Example], tones: Floats) -> dict[str, float]:
    by_set: dict[str, float] = {}
    labelled = [row for row, example in enumerate(examples) if Tone.NEG in example.targets]
    for source in sorted({examples[row].source for row in labelled}):
        rows = [row for row in labelled if examples[row].source == source]
        shares = np.array([[examples[row].targets[Tone(tone)] for tone in TONES] for row in rows])
        recall = macro_recall(shares.argmax(axis=1), tones[rows].argmax(axis=1))
        if recall is not None:
            by_set[source] = round(recall, 4)
    return by_set


_TEMPLATES = "identity_templates"
_IDENTITY = re.compile(r"being (\w+)(?: and (\w+))? is \w+\Z", re.IGNORECASE)
_FEWEST = 10


def _groups(examples: Sequence[Example], toxicity: Floats) -> GroupFigures | None:
    """Groups are the identities that the templates name ("Being taoist is kind")."""
    taken: dict[str, list[bool]] = {}
    texts = 0
    for example, score in zip(examples, toxicity.tolist(), strict=True):
        if example.source != _TEMPLATES or example.targets.get(Attribute.TOXICITY) != 0:
            continue
        found = _IDENTITY.match(example.text)
        if found:
            texts += 1
            for identity in filter(None, found.groups()):
                taken.setdefault(identity.lower(), []).append(score >= THRESHOLD)
    groups: dict[str, Mask] = {
        identity: np.array(marks, np.bool_) for identity, marks in sorted(taken.items()) if len(marks) >= _FEWEST
    }
    gap = false_positive_gap(groups)
    if gap is None:
        return None
    rates = {identity: round(float(wrong.mean()), 4) for identity, wrong in groups.items()}
    return GroupFigures(texts, round(gap, 4), rates)
