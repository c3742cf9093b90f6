"""What is answered to an utterance, from a ready FAQ alone."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from math import log, sqrt

from bot.dialogue.faq import Faq, Intent

_LEAST = 0.5
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with what it rests on; `intent` is None where the bot declines."""

    text: str
    intent: str | None
    confidence: float
    suggestions: tuple[str, ...]
    actions: tuple[str, ...]


class ReadyFaq:
    """An FAQ made ready to be asked."""

    def __init__(self, faq: Faq) -> None:
        self.faq = faq
        asked = [(intent, question, _words(question)) for intent in faq.intents for question in intent.questions]
        seen = Counter(word for _, _, words in asked for word in set(words))
        self._weight = {word: 1 + log(len(asked) / number) for word, number in seen.items()}
        self._asked: list[tuple[Intent, str, dict[str, float]]] = [(i, q, self._vector(w)) for i, q, w in asked]

    def _vector(self, words: list[str]) -> dict[str, float]:
        rare = max(self._weight.values(), default=1.0)
        raw = {word: number * self._weight.get(word, rare) for word, number in Counter(words).items()}
        size = sqrt(sum(value * value for value in raw.values())) or 1.0
        return {word: value / size for word, value in raw.items()}

    def nearest(self, utterance: str) -> list[tuple[float, Intent, str]]:
        """Intents by how near their nearest question is, the nearest first."""
        vector = self._vector(_words(utterance))
        best: dict[str, tuple[float, Intent, str]] = {}
        for intent, question, other in self._asked:
            near = sum(value * other.get(word, 0.0) for word, value in vector.items())
            if intent.id not in best or near > best[intent.id][0]:
                best[intent.id] = (near, intent, question)
        return sorted(best.values(), key=lambda one: -one[0])


def _words(text: str) -> list[str]:
    return [word[:6] for word in _WORD.findall(text.casefold())]


def reply(faq: ReadyFaq, utterance: str, now: datetime) -> Reply:  # noqa: ARG001
    """The answer of the nearest question, or the fallback with the three nearest."""
    found = faq.nearest(utterance)
    near, intent, _ = found[0]
    if near < _LEAST:
        return Reply(faq.faq.fallback, None, near, tuple(question for _, _, question in found[:3]), ())
    return Reply(intent.answer, intent.id, near, (), intent.actions)
