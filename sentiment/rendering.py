"""What Perspective would have said of a text, told from what Parley says of it.

Parley's scores are probabilities that readers agree; Perspective's had a meaning of their own, and thresholds were set
by it. A rendering is a sum for each of Perspective's attributes, learned from texts that Perspective scored: of
Parley's scores and their log-odds, of sentiment, of the text's length and of its words. It belongs to one version of
the models and lies in its folder, with what it is worth on texts that it was not learned from.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path

from sentiment.registry import ModelUnusable
from sentiment.scores import Analysis, Attribute

RENDERING = "perspective.json"

RENDERED = (
    Attribute.TOXICITY,
    Attribute.SEVERE_TOXICITY,
    Attribute.IDENTITY_ATTACK,
    Attribute.INSULT,
    Attribute.PROFANITY,
    Attribute.THREAT,
)
"""What is rendered; every other score is the same in both, because Parley learned it from Perspective or has its own.

These are also the scores that a rendering looks at. Parley learned sexually_explicit from the very texts that
renderings are learned from, so it would seem to tell more of them than it can of others.
"""

WORD = re.compile(r"[^\W\d_]+")
"""One word of a text in lower case."""

_CERTAIN = 8.0
_LENGTHS = (20, 2_000)
_DIGITS = 6


def measures(text: str, analysis: Analysis) -> list[float]:
    """What the sums look at beside words: each score's log-odds and the score, neg, pos, compound, log of the length.

    The analysis must have scores.
    """
    scores = [analysis.scores[attribute] for attribute in RENDERED]
    felt = analysis.sentiment
    tone = [0.0, 0.0, 0.0] if felt is None else [felt.neg, felt.pos, felt.compound]
    shortest, longest = _LENGTHS
    return [*map(_log_odds, scores), *scores, *tone, math.log(min(max(len(text), shortest), longest))]


def words(text: str) -> dict[str, None]:
    """The different words of a text, in their order: so that sums over them come out the same every time."""
    return dict.fromkeys(WORD.findall(text.lower()))


def probability(log_odds: float) -> float:
    """The probability with these log-odds, rounded as scores are."""
    return round(1 / (1 + math.exp(-log_odds)), _DIGITS)


def _log_odds(score: float) -> float:
    if 0 < score < 1:
        return max(-_CERTAIN, min(_CERTAIN, math.log(score / (1 - score))))
    return math.copysign(_CERTAIN, score - 0.5)


@dataclass(frozen=True, slots=True)
class Rendering:
    """One version's sums, in log-odds: `intercepts`, a row of `weights` and a weight in `words` for each attribute.

    Words that a text has share their weight: each counts 1 / sqrt(how many of its different words are known).
    """

    version: str
    intercepts: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    words: Mapping[str, tuple[float, ...]]

    @classmethod
    def load(cls, folder: Path) -> "Rendering | None":
        """The rendering of a model folder; None where the version has none. Raises ModelUnusable."""
        try:
            kept = json.loads((folder / RENDERING).read_text(encoding="utf-8"))
            return cls(
                version=str(kept["model"]),
                intercepts=_row(kept["intercepts"], len(RENDERED)),
                weights=tuple(_row(kept["weights"][name.value], 2 * len(RENDERED) + 4) for name in RENDERED),
                words={str(word): _row(row, len(RENDERED)) for word, row in kept["words"].items()},
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelUnusable(
                f"What the model {folder.name} says in Perspective's place cannot be read; install the model again."
            ) from error

    def of(self, text: str, analysis: Analysis) -> dict[Attribute, float]:
        """All scores of a text, 0..1, as Perspective would have said them; none where the analysis has none."""
        if not analysis.scores:
            return {}
        measured = measures(text, analysis)
        known = [weights for word in words(text) if (weights := self.words.get(word))]
        said = [sum(map(mul, row, measured)) for row in self.weights]
        heard = [sum(column) / math.sqrt(len(known)) for column in zip(*known, strict=True)] or [0.0] * len(said)
        sums = zip(RENDERED, self.intercepts, said, heard, strict=True)
        return {**analysis.scores, **{name: probability(begin + one + other) for name, begin, one, other in sums}}


def _row(kept: Sequence[float], length: int) -> tuple[float, ...]:
    row = tuple(_numbers(kept))
    if len(row) != length:
        raise ValueError(length)
    return row


def _numbers(kept: Sequence[float]) -> Iterator[float]:
    for one in kept:
        number = float(one)
        if not math.isfinite(number):
            raise ValueError(number)
        yield number
