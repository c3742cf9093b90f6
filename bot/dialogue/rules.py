"""A file made ready: its patterns compiled, its questions known word for word, its model learned."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.dialogue.cues import Cues, cues_of
from bot.dialogue.faq import Faq, Intent, Slot
from bot.dialogue.nearest import Checked, Nearest
from bot.dialogue.patterns import Pattern, compile_pattern
from bot.dialogue.words import LONGEST, Words, plain

_LONGEST_CAUGHT: Final = 200
"""Characters of what somebody said that an answer may repeat."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of an intent."""

    intent: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Fired:
    """The rule that fits first, with what its named groups caught."""

    intent: str
    caught: Mapping[str, str]


class ReadyFaq:
    """A file with all that answering needs. Making one trains the model: seconds for thousands of questions."""

    def __init__(self, faq: Faq) -> None:
        self.faq = faq
        self.intents: tuple[Intent, ...] = faq.all_intents()
        self.by_id = {intent.id: intent for intent in self.intents}
        self.words = Words(faq.language, faq.synonyms)
        self.cues: Cues = cues_of(faq.language)
        self.rules = tuple(
            Rule(intent.id, compile_pattern(source)) for intent in self.intents for source in intent.patterns
        )
        self.small_talk = frozenset(intent.id for intent in faq.small_talk)
        self._reflections = self.cues.reflections if faq.reflections is None else dict(faq.reflections)
        longest_first = sorted(self._reflections, key=len, reverse=True)
        self._reflected = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b") if longest_first else None
        self._values = {
            (intent.id, slot.name): self._values_of(slot) for intent in self.intents for slot in intent.slots
        }
        self.asked = [(question, number) for number, intent in enumerate(self.intents) for question in intent.questions]
        strange = [(question, len(self.intents)) for question in faq.out_of_scope]
        self._word_for_word = self._exact(self.asked)
        questions = self.asked + strange
        self._learned = [text for text, _ in questions], [number for _, number in questions], len(self.intents)
        self.nearest = Nearest.learn(self.words, *self._learned) if self.asked else None

    @property
    def threshold(self) -> float:
        """The confidence from which on a question is answered."""
        if self.faq.threshold is not None:
            return self.faq.threshold
        return self.nearest.threshold if self.nearest else 0.5

    def unseen(self) -> list[Checked]:
        """Each question, answered by a model that has not seen it; without patterns, and not word for word."""
        return self.nearest.unseen(self.words, *self._learned) if self.nearest else []

    def fire(self, text: str) -> Fired | None:
        """The first rule that fits the plain text; all fit the whole of it, with or without its question mark."""
        for rule in self.rules:
            caught = rule.pattern.fits(text)
            if caught is not None:
                return Fired(rule.intent, {name: value[:_LONGEST_CAUGHT].strip() for name, value in caught.items()})
        return None

    def word_for_word(self, text: str) -> str | None:
        """The intent that has this very question, if only one has; order and endings of words matter, case does not."""
        return self._word_for_word.get(self.words.of(text))

    def value(self, intent: str, slot: Slot, text: str) -> str | None:
        """What the text says for a slot: by its pattern, or else the longest of its values' words."""
        if slot.pattern is not None:
            found = compile_pattern(slot.pattern).find(" ".join(text[:LONGEST].split()))
            if found:
                return found[:_LONGEST_CAUGHT]
        stems = self.words.of(text)
        known = self._values[intent, slot.name]
        for length in range(len(stems), 0, -1):
            for at in range(len(stems) - length + 1):
                value = known.get(stems[at : at + length])
                if value is not None:
                    return value
        return None

    def reflect(self, text: str) -> str:
        """What somebody said, turned around: my comment -> your comment."""
        if self._reflected is None:
            return text
        return self._reflected.sub(lambda found: self._reflections[found[0]], text)

    def _values_of(self, slot: Slot) -> dict[tuple[str, ...], str]:
        found: dict[tuple[str, ...], str] = {}
        for value, others in slot.values.items():
            for text in (value.replace("_", " "), *others):
                found.setdefault(self.words.of(text), value)
        found.pop((), None)
        return found

    def _exact(self, asked: list[tuple[str, int]]) -> dict[tuple[str, ...], str]:
        found: dict[tuple[str, ...], set[int]] = {}
        for question, number in asked:
            found.setdefault(self.words.of(question), set()).add(number)
        return {key: self.intents[min(numbers)].id for key, numbers in found.items() if key and len(numbers) == 1}


def said(utterance: str) -> str:
    """An utterance as patterns see it."""
    return plain(utterance)
