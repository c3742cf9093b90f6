"""A model's card: what it learned from, how good it is on texts it never saw, and what it cannot do.

`card.json` is for programs (the classifier checks files against it), `card.md` says the same to people.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import sklearn  # type: ignore[import-untyped]
from numpy.typing import NDArray

from sentiment import features
from sentiment.classifier import CARD, TONES
from sentiment.datasets import DataSet, Example, Split
from sentiment.measures import Measure, macro_recall, measure
from sentiment.modelfile import fingerprint
from sentiment.scores import Attribute

LIMITS = (
    "The models know English. They answer for other languages too, but nobody measured how well.",
    "They read single comments: what a comment answers to, irony and images are beyond them.",
    "identity_attack has two meanings in its training data: Wikipedia's raters mark few comments, hate data sets many.",
    (
        "sexually_explicit has no labels from people here. It is learned from about 800 scores that Perspective gave "
        "in 2018 and from a weak rule (a comment that raters called obscene and that has a sexual word); its figures "
        "are agreement with those two (a score of 0.5 or more), not with readers."
    ),
    "spam is learned from comments on three videos and from text messages; other kinds of advertising are less sure.",
    "Calibration holds for comments like those on Wikipedia talk pages; elsewhere 0.8 may mean more or less than 80 %.",
)


@dataclass(frozen=True, slots=True)
class Provenance:
    """A data set as it was used: the sha256 of its file and how many of its texts went where."""

    name: str
    origin: str
    licence: str
    sha256: str
    texts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AttributeFigures:
    """Figures of one attribute on held out texts: at the natural rate (None without such texts), and by data set."""

    natural: Measure | None
    by_set: Mapping[str, Measure]


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a card says. `recipe` holds every choice of the training by name."""

    version: str
    features: str
    scikit_learn: str
    recipe: Mapping[str, Any]
    attributes: tuple[str, ...]
    files: Mapping[str, str]
    data: tuple[Provenance, ...]
    figures: Mapping[str, AttributeFigures]
    sentiment: Mapping[str, float]
    limits: tuple[str, ...] = LIMITS


def describe(
    version: str,
    recipe: object,
    found: Mapping[DataSet, Path],
    known: Sequence[Example],
    logits: NDArray[np.float64],
    files: Mapping[str, str],
) -> Card:
    """The card of freshly trained models. `logits` has one column per attribute, then one per tone."""
    held_out = [row for row, example in enumerate(known) if example.split is Split.TEST]
    return Card(
        version=version,
        features=features.VERSION,
        scikit_learn=sklearn.__version__,
        recipe=_plain(recipe),
        attributes=tuple(Attribute),
        files=dict(files),
        data=tuple(_provenance(dataset, path, known) for dataset, path in found.items()),
        figures={
            attribute: _figures(attribute, known, held_out, 1 / (1 + np.exp(-logits[:, column])))
            for column, attribute in enumerate(Attribute)
        },
        sentiment=_sentiment_figures(known, held_out, logits[:, len(Attribute) :]),
    )


def _provenance(dataset: DataSet, path: Path, known: Sequence[Example]) -> Provenance:
    texts = {split.value: 0 for split in Split}
    for example in known:
        if example.source == dataset.name:
            texts[example.split] += 1
    return Provenance(dataset.name, dataset.origin, dataset.licence, fingerprint(path), texts)


def _figures(
    attribute: Attribute, known: Sequence[Example], held_out: Sequence[int], scores: NDArray[np.float64]
) -> AttributeFigures:
    labelled = [row for row in held_out if attribute in known[row].targets]
    by_set: dict[str, Measure] = {}
    for source in sorted({known[row].source for row in labelled}):
        figures = _measure(attribute, known, [row for row in labelled if known[row].source == source], scores)
        if figures and figures.auc is not None:
            by_set[source] = figures
    return AttributeFigures(_measure(attribute, known, [row for row in labelled if known[row].natural], scores), by_set)


def _measure(
    attribute: Attribute, known: Sequence[Example], rows: Sequence[int], scores: NDArray[np.float64]
) -> Measure | None:
    truth = np.array([known[row].targets[attribute] >= 0.5 for row in rows], np.bool_)
    return measure(truth, scores[list(rows)])


def _sentiment_figures(
    known: Sequence[Example], held_out: Sequence[int], logits: NDArray[np.float64]
) -> dict[str, float]:
    """Macro recall of the likeliest tone, by data set."""
    figures: dict[str, float] = {}
    labelled = [row for row in held_out if TONES[0] in known[row].targets]
    for source in sorted({known[row].source for row in labelled}):
        rows = [row for row in labelled if known[row].source == source]
        truth = np.array([np.argmax([known[row].targets[tone] for tone in TONES]) for row in rows], np.intp)  # type: ignore[index]
        recall = macro_recall(truth, logits[rows].argmax(axis=1))
        if recall is not None:
            figures[source] = round(recall, 4)
    return figures


# --- writing ----------------------------------------------------------------------------------------------------------


def write_card(card: Card, folder: Path) -> None:
    """Writes both cards into a model's folder."""
    (folder / CARD).write_text(json.dumps(_plain(card), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (folder / "card.md").write_text(as_markdown(card), encoding="utf-8")


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.value if isinstance(value, StrEnum) else value


def as_markdown(card: Card) -> str:
    """The card for people."""
    return "\n".join(
        [
            f"# Model {card.version}",
            "",
            (
                f"Linear models (scikit-learn {card.scikit_learn}, LogisticRegression with Platt scaling worked in) "
        f"over features `{card.features}`. The files are skops archives; `card.json` names the sha256 of each."
            ),
            "",
            "## How good it is",
            "",
            (
                "On texts that were held out from training. AUC: probability that a positive text scores above a "
                "negative one. AP: average precision. ECE: expected calibration error. *natural* is a sample in which "
                "positives are as rare as they were on the site."
            ),
            "",
            "| attribute | texts from | texts | positive | AUC | AP | ECE |",
            "|---|---|---:|---:|---:|---:|---:|",
            *(line for attribute, figures in card.figures.items() for line in _figure_lines(attribute, figures)),
            "",
            "Sentiment: mean share of negative, neutral and positive texts recognised, "
            + ", ".join(f"{source} {recall:.3f}" for source, recall in card.sentiment.items())
            + ".",
            "",
            "## What it learned from",
            "",
            "| data set | origin | licence | trained on | calibrated on | tested on | sha256 |",
            "|---|---|---|---:|---:|---:|---|",
            *(_data_line(data) for data in card.data if any(data.texts.values())),
            "",
            "A text belongs to the same part in every form that differs in case and punctuation only.",
            "",
            "## What it cannot do",
            "",
            *(f"- {limit}" for limit in card.limits),
            "",
            "## How it was trained",
            "",
            "```json",
            json.dumps(_plain(card.recipe), indent=2, sort_keys=True),
            "```",
            "",
        ]
    )


def _figure_lines(attribute: str, figures: AttributeFigures) -> list[str]:
    measured = ([("natural", figures.natural)] if figures.natural else []) + list(figures.by_set.items())
    return [
        f"| {attribute} | {source} | {one.rows} | {one.positives} | {_shown(one.auc)} | "
        f"{_shown(one.average_precision)} | {_shown(one.calibration_error)} |"
        for source, one in measured
    ]


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _data_line(data: Provenance) -> str:
    counts = " | ".join(str(data.texts[split]) for split in (Split.TRAIN, Split.CALIBRATE, Split.TEST))
    return f"| {data.name} | {data.origin} | {data.licence} | {counts} | `{data.sha256[:12]}` |"
