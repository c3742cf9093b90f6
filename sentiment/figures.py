"""What scores are worth on texts that no model learned from: by attribute, by data set, by group of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentiment.classifier import TONES
from sentiment.datasets import Example, Split, Tone
from sentiment.groups import GroupFigures, on_mentions, on_templates
from sentiment.measures import Mask, Measure, Share, auc, macro_recall, measure, reliability
from sentiment.scores import Attribute

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class AttributeFigures:
    """Figures of one attribute at the natural rate (None without such texts) and by data set.

    `near_80`: how many texts scored from 0.7 to 0.9 readers agreed on, at the natural rate where positives are not
    too few for it, else on all held out texts; calibrated scores make it about four fifths.
    """

    natural: Measure | None
    by_set: Mapping[str, Measure]
    near_80: Share | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one model.

    `recall` is the mean share of negative, neutral and positive texts recognised. `hate`: by data set that labels
    hate, the AUC of either head that a policy asks about it. `groups`: on templates; `mentions`: on people's comments.
    """

    attributes: Mapping[str, AttributeFigures]
    recall: Mapping[str, float]
    hate: Mapping[str, Mapping[str, float]]
    groups: GroupFigures | None
    mentions: GroupFigures | None


def held_out(known: Sequence[Example]) -> list[Example]:
    """The examples that figures are measured on, in their order."""
    return [example for example in known if example.split is Split.TEST]


def figures(examples: Sequence[Example], scores: Floats, tones: Floats) -> Figures:
    """Measures held out examples; a row of `scores` per example and a column per Attribute, of `tones` one per tone."""
    return Figures(
        attributes={
            attribute: _attribute(attribute, examples, scores[:, column]) for column, attribute in enumerate(Attribute)
        },
        recall=recall(examples, tones),
        hate=_hate(examples, scores),
        groups=on_templates(examples, scores),
        mentions=on_mentions(examples, scores),
    )


def plotted(attribute: Attribute, examples: Sequence[Example]) -> Rows:
    """The rows that curves of an attribute are drawn from: the natural sample, or all that know it where it is rare."""
    labelled = [row for row, example in enumerate(examples) if attribute in example.targets]
    natural = [row for row in labelled if examples[row].natural]
    shown = sum(examples[row].targets[attribute] >= 0.5 for row in natural)
    return np.array(natural if shown >= _FEWEST_SHOWN else labelled, np.intp)


_FEWEST_SHOWN = 10


def truths(attribute: Attribute, examples: Sequence[Example], rows: Rows) -> Mask:
    """Whether most readers would agree, of each of the rows."""
    return np.array([examples[row].targets[attribute] >= 0.5 for row in rows.tolist()], np.bool_)


def _attribute(attribute: Attribute, examples: Sequence[Example], scores: Floats) -> AttributeFigures:
    labelled = [row for row, example in enumerate(examples) if attribute in example.targets]
    by_set: dict[str, Measure] = {}
    for source in sorted({examples[row].source for row in labelled}):
        found = _measure(attribute, examples, scores, [row for row in labelled if examples[row].source == source])
        if found and found.auc is not None:
            by_set[source] = found
    natural = [row for row in labelled if examples[row].natural]
    shown = plotted(attribute, examples)
    near = reliability(truths(attribute, examples, shown), scores[shown], *_NEAR_80)
    return AttributeFigures(
        _measure(attribute, examples, scores, natural), by_set, near if near.texts >= _FEWEST_SHOWN else None
    )


_NEAR_80 = (0.7, 0.9)


def _measure(attribute: Attribute, examples: Sequence[Example], scores: Floats, rows: Sequence[int]) -> Measure | None:
    places = np.array(rows, np.intp)
    return measure(truths(attribute, examples, places), scores[places])


_HATE = (Attribute.IDENTITY_ATTACK, Attribute.TOXICITY)


def _hate(examples: Sequence[Example], scores: Floats) -> dict[str, dict[str, float]]:
    """Both heads against what each data set calls hate."""
    labelled = [row for row, example in enumerate(examples) if Attribute.IDENTITY_ATTACK in example.targets]
    by_set: dict[str, dict[str, float]] = {}
    for source in sorted({examples[row].source for row in labelled}):
        rows = np.array([row for row in labelled if examples[row].source == source], np.intp)
        truth = truths(Attribute.IDENTITY_ATTACK, examples, rows)
        for head in _HATE:
            worth = auc(truth, scores[rows, list(Attribute).index(head)])
            if worth is not None:
                by_set.setdefault(source, {})[head] = round(worth, 4)
    return by_set


def recall(examples: Sequence[Example], tones: Floats) -> dict[str, float]:
    """Mean share of negative, neutral and positive texts recognised, by data set; one column per tone."""
    by_set: dict[str, float] = {}
    labelled = [row for row, example in enumerate(examples) if Tone.NEG in example.targets]
    for source in sorted({examples[row].source for row in labelled}):
        rows = [row for row in labelled if examples[row].source == source]
        shares = np.array([[examples[row].targets[Tone(tone)] for tone in TONES] for row in rows])
        share = macro_recall(shares.argmax(axis=1), tones[rows].argmax(axis=1))
        if share is not None:
            by_set[source] = round(share, 4)
    return by_set
