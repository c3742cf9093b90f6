"""A model's card: what it learned from, how good it is on texts it never saw, and what it cannot do.

`card.json` is for programs (the classifier checks files against it), `card.md` says the same to people; see cardpage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import sklearn  # type: ignore[import-untyped]

from sentiment.datasets import DataSet, Example, Split
from sentiment.evaluation import Evaluation, Reproduction, Sentiment
from sentiment.features import VERSION
from sentiment.figures import Figures
from sentiment.measures import Share
from sentiment.modelfile import fingerprint
from sentiment.perturbed import Robustness
from sentiment.scores import Attribute
from sentiment.stated import Suite, tallies

LIMITS = (
    "The models know English; a text that is seen to be in another language gets no scores.",
    "They read single comments: what a comment answers to, irony and images are beyond them.",
    (
        "identity_attack has two meanings in its training data: Wikipedia's raters mark few comments, hate data sets "
        "many. Its scores keep their promise at the rate of a comment section, so among texts that attack groups far "
        "more often they are too low."
    ),
    (
        "The sentences written for Parley that the models learn from and those that they are measured on were written "
        "in the same manner, though apart; how the suites come out is more than can be expected of other people's hate."
    ),
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

    What needs finished models to be asked is there once they were `measured`: the sentiment that users get and VADER's
    alone, VADER's published figures `reproduced`, F1 of spans, disguises, texts without an answer, and `stated`, how
    the sentences in corpora/evaluation come out, by suite.
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
    sentiment: Sentiment | None = None
    vader: Sentiment | None = None
    reproduced: Mapping[str, Reproduction] = field(default_factory=dict)
    span_f1: float | None = None
    robustness: Robustness | None = None
    silent: Share | None = None
    stated: Mapping[str, Suite] = field(default_factory=dict)

    def measured(self, evaluation: Evaluation) -> "Card":
        """This card with what the finished models were measured at, which is what `./parley evaluate` says of them."""
        return replace(
            self,
            figures=evaluation.figures,
            sentiment=evaluation.sentiment,
            vader=evaluation.vader,
            reproduced=evaluation.reproduced,
            span_f1=evaluation.span_f1,
            robustness=evaluation.robustness,
            silent=evaluation.silent,
            stated=tallies(evaluation.cases),
        )


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
        recipe=plain(recipe),
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


def plain(value: object) -> Any:
    """A value of dataclasses and enums as JSON has it."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.value if isinstance(value, StrEnum) else value
