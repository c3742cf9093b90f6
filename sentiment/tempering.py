"""Joins what VADER and the learned models say about sentiment into one compound.

Where VADER speaks, the classifier tempers it: VADER counts the words it knows, the classifier has read how people rate
whole sentences of many kinds. The compound is a weighted mean of three voices, each -1..1: VADER's compound, the
difference of VADER's shares (pos - neg) and the difference of the classifier's probabilities (pos - neg). Where VADER
knows no word its two voices are 0, so the third speaks more quietly than together with them.

A mean in the silence, which is the wider the more neutral the classifier finds a text, is brought near 0: hardly any
text is exactly neutral, so who asks for three tones needs room between the other two.

The weights are learned (`sentiment.tones`) and stored beside the model; a model without them leaves VADER as it is.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment import modelfile
from sentiment.classifier import Tone
from sentiment.lexicon import LexiconAnswer
from sentiment.registry import CARD, ModelUnusable
from sentiment.scores import Cause, Sentiment, Source

TEMPERING = "tempering"
"""The name of the file, without its ending, and in the card."""

THRESHOLD = 0.05
"""From this compound on a text is positive, from its negative on negative (Hutto and Gilbert 2014)."""

_NOTHING_KNOWN = LexiconAnswer(0.0, 1.0, 0.0, 0.0, 0, 0)
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Tempering:
    """Weights of the three voices, none below 0 and 1 together; means below `silence` (0..1) are neutral."""

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

    def _mean(self, answer: LexiconAnswer, tone: Tone) -> float:
        """The weighted mean of what the three say, -1..1."""
        shares = answer.pos - answer.neg
        return self.compound * answer.compound + self.shares * shares + self.tone * (tone.pos - tone.neg)

    def sentiment(self, answer: LexiconAnswer, tone: Tone, why: Cause) -> Sentiment:
        """Both voices in one; for `LEXICON_HIT` VADER is the source, else its answer is not heard.

        The shares say the same as the compound: pos - neg is the compound times the share that is not neutral.
        """
        heard = why is Cause.LEXICON_HIT
        known = answer if heard else _NOTHING_KNOWN
        compound = _hushed(self._mean(known, tone), self.silence * (1 - _USUALLY_NEUTRAL + tone.neu))
        neutral = (known.neu + tone.neu) / 2 if heard else tone.neu
        pos = round((1 - neutral) * (1 + compound) / 2, _DIGITS)
        neg = round((1 - neutral) * (1 - compound) / 2, _DIGITS)
        source = Source.VADER if heard else Source.CLASSIFIER
        return Sentiment(neg, round(1 - neg - pos, _DIGITS), pos, round(compound, _DIGITS), source, why)


def _hushed(mean: float, silence: float) -> float:
    """The mean itself, and within the silence so much of it that the compound stays below the threshold."""
    return mean if abs(mean) >= silence else mean * min(1.0, THRESHOLD / silence)


_USUALLY_NEUTRAL = 0.4
"""The probability that the classifier gives neutrality in the mean; there a silence is as wide as learned."""
