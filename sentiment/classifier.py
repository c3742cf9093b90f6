"""The learned models: attribute scores, sentiment, and the characters that earned a score.

A model folder holds a card (`card.json`), a vocabulary and one scikit-learn LogisticRegression for each head.
All heads are stacked into one matrix, so one product scores a batch. Their calibration (Platt scaling) is part
of the stored coefficients: an attribute's score is 1 / (1 + exp(-logit)) of a sum over the text's characters.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from sentiment import features, modelfile
from sentiment.evidence import Cases, ledger, shares
from sentiment.features import Occurrences, Vocabulary, Weighed, extract
from sentiment.registry import CARD, ModelUnusable
from sentiment.scores import Attribute, Span
from sentiment.spans import Marked, Marks, earners, words
from sentiment.text import Reading

VOCABULARY = "vocabulary"
SENTIMENT = "sentiment"
TONES = ("neg", "neu", "pos")
"""The classes of the sentiment head, in the order of its coefficients."""

MARKS = "marks"
"""The head that knows what raters mark as toxic; models without it explain scores by contributions alone."""

SHOWN_FROM = 0.3
"""Scores from here up are explained by spans; below, there is little to point at."""
SUSPECTED_FROM = 0.02
"""Below `SHOWN_FROM` and from here up, toxicity is explained by words that raters may well mark, if there are any."""
_MAY_BE_MARKED = 0.15

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Tone:
    """Probabilities of the three sentiment classes; they add up to 1."""

    neg: float
    neu: float
    pos: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What the models say about one text; `spans` explain the scores from `SHOWN_FROM` up, toxicity from lower down."""

    scores: Mapping[Attribute, float]
    tone: Tone
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """Loaded models. `weights` has one row per known feature, one column per attribute, then one per tone."""

    version: str
    attributes: tuple[Attribute, ...]
    vocabulary: Vocabulary
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float64]
    marks: Marks | None

    @classmethod
    def load(cls, folder: Path) -> "Classifier":
        """Reads and checks a model folder; raises ModelUnusable with a sentence where it cannot be trusted or read."""
        card = _card(folder)
        vocabulary = _vocabulary(folder, card.files)
        weights, intercepts = _stacked(folder, card, len(vocabulary.buckets))
        marks = _marks(folder, card.files, len(vocabulary.buckets))
        return cls(card.version, card.attributes, vocabulary, weights, intercepts, marks)

    def find(self, readings: Sequence[Reading]) -> list[Finding]:
        """Scores a batch; a text's answer does not depend on the other texts of the batch."""
        if not readings:
            return []
        occurrences = extract(readings)
        weighed = self.vocabulary.weigh(occurrences)
        logits = (weighed.matrix @ self.weights + self.intercepts).tolist()
        scores = [self._scores(row) for row in logits]
        spans = self._spans(readings, scores, occurrences, weighed)
        tones = [_tone(row[len(self.attributes) :]) for row in logits]
        return [Finding(*found) for found in zip(scores, tones, spans, strict=True)]

    def logits(self, occurrences: Occurrences) -> NDArray[np.float64]:
        """One row per text, one column per attribute, then one per tone."""
        product: NDArray[np.float32] = self.vocabulary.matrix(occurrences) @ self.weights
        return product + self.intercepts

    def contributions(self, reading: Reading) -> NDArray[np.float64]:
        """What each character of the original adds to each logit; with the intercepts the rows add up to the logits."""
        occurrences = extract([reading])
        owned = shares([reading], np.zeros(1, np.intp), occurrences, self.vocabulary.weigh(occurrences))
        columns = np.arange(self.weights.shape[1])
        found = ledger(owned, self.weights, Cases(np.zeros_like(columns), columns))
        return np.diff(found.total.reshape(len(columns), -1)).T

    def _scores(self, logits: list[float]) -> dict[Attribute, float]:
        return {
            attribute: round(1 / (1 + math.exp(-max(-50.0, logit))), _DIGITS)
            for attribute, logit in zip(self.attributes, logits, strict=False)
        }

    def _spans(
        self,
        readings: Sequence[Reading],
        scores: Sequence[Mapping[Attribute, float]],
        occurrences: Occurrences,
        weighed: Weighed,
    ) -> list[tuple[Span, ...]]:
        """The spans of every text, for all scores that are explained at once."""
        limits = [self._explained_from(attribute) for attribute in self.attributes]
        explained = [
            (at, column)
            for at, own in enumerate(scores)
            for column, (score, limit) in enumerate(zip(own.values(), limits, strict=True))
            if score >= limit
        ]
        if not explained:
            return [()] * len(readings)
        text, column = np.array(explained, dtype=np.intp).T
        texts = np.array(list(dict.fromkeys(text.tolist())), dtype=np.intp)
        cases = Cases(texts.searchsorted(text), column)
        known = words([readings[at].original for at in texts.tolist()])
        owned = shares(readings, texts, occurrences, weighed)
        marked = None
        if self.marks:
            decides = column == self.attributes.index(Attribute.TOXICITY)
            shown = np.array([scores[at][self.attributes[place]] >= SHOWN_FROM for at, place in explained])
            marked = Marked(self.marks.likely(known, owned), decides, np.where(shown, 0.0, _MAY_BE_MARKED))
        found = earners(known, cases, ledger(owned, self.weights, cases), marked)
        spans: list[list[Span]] = [[] for _ in readings]
        for case, begin, end, weight in found.rows():
            at, own = explained[case]
            spans[at].append(Span(self.attributes[own], begin, end, weight))
        return [tuple(own) for own in spans]

    def _explained_from(self, attribute: Attribute) -> float:
        return SUSPECTED_FROM if self.marks and attribute is Attribute.TOXICITY else SHOWN_FROM


def _tone(logits: list[float]) -> Tone:
    highest = max(logits)
    powers = [math.exp(logit - highest) for logit in logits]
    total = sum(powers)
    neg, neu, pos = (round(power / total, _DIGITS) for power in powers)
    return Tone(neg, neu, pos)


@dataclass(frozen=True, slots=True)
class _Card:
    """The part of a card that loading needs; `files` has the sha256 of each file by the name of its head."""

    version: str
    attributes: tuple[Attribute, ...]
    files: Mapping[str, str]


def _card(folder: Path) -> _Card:
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        trained_on = str(card["features"])
        if trained_on in features.VERSIONS:
            files = {str(name): str(sha256) for name, sha256 in card["files"].items()}
            return _Card(str(card["version"]), tuple(Attribute(name) for name in card["attributes"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelUnusable(f"The model {folder.name} has no readable card; install the model again.") from error
    raise ModelUnusable(
        f"The model {folder.name} was trained on features {trained_on} and this program reads "
        f"{' or '.join(features.VERSIONS)}; "
        "use a model of this program's version or train again."
    )


def _vocabulary(folder: Path, files: Mapping[str, str]) -> Vocabulary:
    stored = modelfile.load(folder / f"{VOCABULARY}.skops", files.get(VOCABULARY, ""))
    known = np.unpackbits(stored["known"])[: features.BUCKETS]
    return Vocabulary.of(np.flatnonzero(known).astype(np.int32), stored["idf"].astype(np.float32))


def _stacked(folder: Path, card: _Card, size: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """All coefficients and intercepts side by side, filled in head by head to need little room on the way."""
    columns = len(card.attributes) + len(TONES)
    weights = np.empty((size, columns), dtype=np.float32)
    intercepts = np.empty(columns, dtype=np.float64)
    for at, name in enumerate((*card.attributes, SENTIMENT)):
        head = _head(folder, card.files, name, size)
        place = slice(at, at + len(head.coef_))
        weights[:, place], intercepts[place] = head.coef_.T, head.intercept_
    return weights, intercepts


def _marks(folder: Path, files: Mapping[str, str], size: int) -> Marks | None:
    if MARKS not in files:
        return None
    head = _head(folder, files, MARKS, size)
    return Marks(np.ascontiguousarray(head.coef_.T, dtype=np.float32), float(head.intercept_[0]))


def _head(folder: Path, files: Mapping[str, str], name: str, size: int) -> LogisticRegression:
    head = modelfile.load(folder / f"{name}.skops", files.get(name, ""))
    if not isinstance(head, LogisticRegression) or head.coef_.shape[1] != size:
        raise ModelUnusable(f"The model file {name}.skops holds no head for this vocabulary; install the model again.")
    return head
