"""A model's card: what it learned from, how good it is on texts it never saw, and what it cannot do.

`card.json` is for programs (the classifier checks files against it), `card.md` says the same to people.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import sklearn  # type: ignore[import-untyped]

from sentiment.classifier import CARD
from sentiment.datasets import DataSet, Example, Split
from sentiment.features import VERSION
from sentiment.figures import AttributeFigures, Figures
from sentiment.modelfile import fingerprint
from sentiment.scorer import Scorer
from sentiment.scores import Attribute
from sentiment.stated import Suite, Tally, judge, stated, tallies

LIMITS = (
    "The models know English. They answer for other languages too, but nobody measured how well.",
    "They read single comments: what a comment answers to, irony and images are beyond them.",
    "identity_attack has two meanings in its training data: Wikipedia's raters mark few comments, hate data sets many.",
    (
        "sexually_explicit has no labels from people here. It is learned from about 800 scores that Perspective gave "
        "in 2018 and from a weak rule (a comment that raters called obscene and that has a sexual word); its figures "
        "are agreement with those two (a score of 0.5 or more), not with readers."
    ),
    (
        "spam is learned from comments on three videos, from text messages and from sentences written for Parley; "
        "other kinds of advertising are less sure."
    ),
    "threat is learned from few examples; threats without words of violence are missed.",
    (
        "The templates that bias is measured on share their words with others that were learned from, so people's own "
        "sentences may be treated less evenly than the gap says."
    ),
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
class Card:
    """Everything a card says. `recipe` holds every choice of the training by name.

    `stated` says how the sentences in corpora/evaluation come out, by suite; empty before the models are there to ask.
    """

    version: str
    features: str
    scikit_learn: str
    recipe: Mapping[str, Any]
    attributes: tuple[str, ...]
    files: Mapping[str, str]
    data: tuple[Provenance, ...]
    figures: Figures
    limits: tuple[str, ...] = LIMITS
    stated: Mapping[str, Suite] = field(default_factory=dict)


def describe(
    version: str,
    recipe: object,
    found: Mapping[DataSet, Path],
    known: Sequence[Example],
    figures: Figures,
    files: Mapping[str, str],
) -> Card:
    """The card of freshly trained models; `known` are the examples that they learned from and were measured on."""
    return Card(
        version=version,
        features=VERSION,
        scikit_learn=sklearn.__version__,
        recipe=_plain(recipe),
        attributes=tuple(Attribute),
        files=dict(files),
        data=tuple(_provenance(dataset, path, known) for dataset, path in found.items()),
        figures=figures,
    )


def _provenance(dataset: DataSet, path: Path, known: Sequence[Example]) -> Provenance:
    texts = {split.value: 0 for split in Split}
    for example in known:
        if example.source == dataset.name:
            texts[example.split] += 1
    return Provenance(dataset.name, dataset.origin, dataset.licence, fingerprint(path), texts)


# --- writing ----------------------------------------------------------------------------------------------------------


def write_card(card: Card, folder: Path) -> None:
    """Writes both cards into a model's folder."""
    (folder / CARD).write_text(json.dumps(_plain(card), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (folder / "card.md").write_text(as_markdown(card), encoding="utf-8")


def write_stated(card: Card, folder: Path) -> None:
    """Writes both cards again with what the models in the folder, now finished, say about corpora/evaluation."""
    outcomes = judge(Scorer.load_from(folder.parent, folder.name), stated())
    write_card(replace(card, stated=tallies(outcomes)), folder)


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
            *(line for name, measured in card.figures.attributes.items() for line in _figure_lines(name, measured)),
            "",
            "Sentiment (the learned models alone), mean share of negative, neutral and positive texts recognised: "
            + ", ".join(f"{source} {recall:.3f}" for source, recall in card.figures.recall.items())
            + ".",
            *_group_lines(card),
            "",
            *stated_lines(card.stated),
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


def _group_lines(card: Card) -> list[str]:
    groups = card.figures.groups
    if groups is None:
        return []
    worst = sorted(groups.rates.items(), key=lambda group: -group[1])[:5]
    return [
        "",
        f"Bias: of {groups.texts} harmless templates about groups of people, none of them learned from, the share that "
        f"gets a toxicity of 0.5 or more differs by at most {groups.gap:.3f} between two groups; highest for "
        + ", ".join(f"*{identity}* {rate:.3f}" for identity, rate in worst)
        + ".",
    ]


STATED = "## What it says about Parley's own sentences"


def stated_lines(suites: Mapping[str, Suite]) -> list[str]:
    """The section about corpora/evaluation, with an empty line behind it; nothing without suites."""
    if not suites:
        return []
    return [
        STATED,
        "",
        (
            "Sentences in corpora/evaluation that no model learned from, by suite (bold) and category. Held: what is "
            "stated about them and true of the models. AUC: how well a score tells those that have something from "
            "those that have nothing, by the better of toxicity and identity_attack where hate is asked for."
        ),
        "",
        "| suite, category | sentences | statements | held | AUC | by |",
        "|---|---:|---:|---:|---:|---|",
        *(
            line
            for name, suite in suites.items()
            for line in (
                _tally_line(f"**{name}**", suite.whole),
                *(_tally_line(category, tally) for category, tally in suite.categories.items()),
            )
        ),
        "",
    ]


def _tally_line(name: str, tally: Tally) -> str:
    best, worth = tally.best or ("", None)
    return f"| {name} | {tally.sentences} | {tally.statements} | {tally.held} | {_shown(worth)} | {best} |"


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _data_line(data: Provenance) -> str:
    counts = " | ".join(str(data.texts[split]) for split in (Split.TRAIN, Split.CALIBRATE, Split.TEST))
    return f"| {data.name} | {data.origin} | {data.licence} | {counts} | `{data.sha256[:12]}` |"
