"""Joins what VADER and the learned models say about sentiment into one compound.

Where VADER speaks, the classifier tempers it: VADER counts the words it knows, the classifier has read how people rate
whole sentences of many kinds. The compound is a weighted mean of three voices, each -1..1: VADER's compound, the
difference of VADER's shares (pos - neg) and the difference of the classifier's probabilities (pos - neg). Where VADER
knows no word its two voices are 0, so the third speaks more quietly than together with them.

The weights are learned (`sentiment.tones`) and stored beside the model; a model without them leaves VADER as it is.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment import modelfile
from sentiment.classifier import CARD, Tone
from sentiment.lexicon import LexiconAnswer
from sentiment.registry import ModelUnusable
from sentiment.scores import Cause, Sentiment, Source

TEMPERING = "tempering"
"""The name of the file, without its ending, and in the card."""

THRESHOLD = 0.05
"""From this compound on a text is positive, from its negative on negative (Hutto and Gilbert 2014)."""

_NOTHING_KNOWN = LexiconAnswer(0.0, 1.0, 0.0, 0.0, 0, 0)
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Tempering:
    """Weights of the three voices, none below 0 and 1 together; `silence` (0..1) is the mean that is `THRESHOLD`."""

    compound: float
    shares: float
    tone: float
    silence: float

    @classmethod
    def load(cls, folder: Path) -> "Tempering | None":
        """The weights in a model folder, None where its card names none; raises ModelUnusable where they are broken."""
        sha256 = json.loads((folder / CARD).read_text(encoding="utf-8"))["files"].get(TEMPERING)
        if sha256 is None:
            return None
        stored = modelfile.load(folder / f"{TEMPERING}.skops", sha256)
        try:
            found = cls(*(float(number) for number in stored["weights"]))
        except (TypeError, KeyError, ValueError) as error:
            raise ModelUnusable(
                f"{TEMPERING}.skops of the model {folder.name} has other contents than weights; "
                "install the model again."
            ) from error
        return found

    def dump(self, folder: Path) -> str:
        """Writes the weights into a model folder; returns the file's sha256."""
        weights = np.array([self.compound, self.shares, self.tone, self.silence])
        return modelfile.dump({"weights": weights}, folder / f"{TEMPERING}.skops")

    def mean(self, answer: LexiconAnswer, tone: Tone) -> float:
        """The weighted mean of what the three say, -1..1."""
        shares = answer.pos - answer.neg
        return self.compound * answer.compound + self.shares * shares + self.tone * (tone.pos - tone.neg)

    def sentiment(self, answer: LexiconAnswer, tone: Tone, why: Cause) -> Sentiment:
        """Both voices in one; for `LEXICON_HIT` VADER is the source, else its answer is not heard.

        The shares say the same as the compound: pos - neg is the compound times the share that is not neutral.
        """
        heard = why is Cause.LEXICON_HIT
        known = answer if heard else _NOTHING_KNOWN
        compound = _stretched(self.mean(known, tone), self.silence)
        neutral = (known.neu + tone.neu) / 2 if heard else tone.neu
        pos = round((1 - neutral) * (1 + compound) / 2, _DIGITS)
        neg = round((1 - neutral) * (1 - compound) / 2, _DIGITS)
        source = Source.VADER if heard else Source.CLASSIFIER
        return Sentiment(neg, round(1 - neg - pos, _DIGITS), pos, round(compound, _DIGITS), source, why)


def _stretched(mean: float, silence: float) -> float:
    """A mean as compound: 0 stays 0, 1 stays 1, straight lines between, and `silence` becomes `THRESHOLD`."""
    size = min(1.0, abs(mean))
    if size < silence:
        return math.copysign(THRESHOLD * size / silence, mean)
    return math.copysign(THRESHOLD + (1 - THRESHOLD) * (size - silence) / (1 - silence), mean)
