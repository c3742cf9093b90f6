"""A site's FAQ as a document, YAML or JSON: the only place that a reply's words come from."""

import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bot.dialogue.patterns import PatternRefused, compile_pattern

NAME_PATTERN = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
TEXT_PATTERN = r"^[^\x00]*\S[^\x00]*$"
MOST_QUESTIONS = 50_000
"""In all of a file: what still trains in well under a minute."""

Name = Annotated[str, Field(max_length=200, pattern=NAME_PATTERN)]
SlotName = Annotated[str, Field(max_length=50, pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, Field(max_length=4000, pattern=TEXT_PATTERN)]
Question = Annotated[str, Field(max_length=1000, pattern=TEXT_PATTERN)]
Probability = Annotated[float, Field(ge=0, le=1)]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _pattern(given: str) -> str:
    try:
        compile_pattern(given)
    except PatternRefused as refused:
        raise ValueError(str(refused)) from refused
    return given


def names_in(template: str) -> frozenset[str]:
    """The names in braces of a template; raises ValueError where the braces do not match or hold more than a name."""
    found = set()
    for _, name, spec, conversion in Formatter().parse(template):
        if name is not None:
            if spec or conversion or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise ValueError(f"has {{{name}}}, but braces take only the name of a slot; write {{{{ for a brace")
            found.add(name)
    return frozenset(found)


class Slot(_Document):
    """Something that an answer needs to know: found in what is said, asked for, or given by the service."""

    name: SlotName
    values: dict[Name, tuple[Question, ...]] = Field(
        default_factory=dict, max_length=500, description="Each value with other words for it."
    )
    pattern: Annotated[str, Field(max_length=1000)] | None = Field(
        default=None, description="What a value looks like; its first group is the value, or all of it."
    )
    ask: Text | None = Field(default=None, description="The question for it; without one the slot may stay empty.")
    text: bool = Field(default=False, description="Whatever is answered to `ask` is the value.")
    answers: dict[Name, Text] = Field(default_factory=dict, description="What is answered instead, by value.")

    @field_validator("pattern")
    @classmethod
    def _is_pattern(cls, given: str | None) -> str | None:
        return None if given is None else _pattern(given)

    @model_validator(mode="after")
    def _can_be_filled(self) -> Self:
        if unknown := sorted(set(self.answers) - set(self.values)):
            raise ValueError(f"has answers for values that it does not have: {', '.join(unknown)}")
        if self.text and self.ask is None:
            raise ValueError("takes any text, so it needs `ask`, the question for it")
        return self


class Outcome(_Document):
    """What is said when an action has ended one way; `asks` names the slot that is asked for with it."""

    text: Text
    asks: SlotName | None = None


class Intent(_Document):
    """One thing that people ask, with the questions that mean it and its answer."""

    id: Name
    questions: tuple[Question, ...] = Field(default=(), max_length=5000)
    patterns: tuple[Annotated[str, Field(max_length=1000)], ...] = Field(default=(), max_length=200)
    answer: Text | Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]
    follow_up: Text | None = Field(default=None, description="Said after the answer.")
    slots: tuple[Slot, ...] = Field(default=(), max_length=20)
    confirm: Text | None = Field(default=None, description="Asked before the actions; only after a yes they happen.")
    actions: tuple[Name, ...] = Field(default=(), max_length=5, description="What the service is to do.")
    outcomes: dict[Name, Text | Outcome] = Field(
        default_factory=dict, description="What is said when an action has ended that way."
    )

    @field_validator("patterns")
    @classmethod
    def _are_patterns(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(_pattern, given))

    @model_validator(mode="after")
    def _can_be_asked_and_said(self) -> Self:
        if not self.questions and not self.patterns:
            raise ValueError("has neither questions nor patterns, so nobody can ask it")
        slots = [slot.name for slot in self.slots]
        if len(set(slots)) < len(slots):
            raise ValueError("has two slots of the same name")
        captured = {name for pattern in self.patterns for name in compile_pattern(pattern).names}
        asked_for = [one.asks for one in self.outcomes.values() if isinstance(one, Outcome) and one.asks]
        if unknown := sorted(set(asked_for) - set(slots)):
            raise ValueError(f"asks for slots that it does not have: {', '.join(unknown)}")
        known = captured | set(slots)
        for where, text in self.templates():
            try:
                missing = names_in(text) - known
            except ValueError as wrong:
                raise ValueError(f"{where} {wrong}") from wrong
            if missing and not where.startswith("outcomes"):
                raise ValueError(f"{where} needs {', '.join(sorted(missing))}, which no slot and no pattern is named")
        return self

    def answers(self) -> tuple[str, ...]:
        """The ways to answer; a conversation takes them in turn."""
        return (self.answer,) if isinstance(self.answer, str) else self.answer

    def outcome(self, name: str) -> Outcome | None:
        """What is said when an action ended that way."""
        found = self.outcomes.get(name)
        return Outcome(text=found) if isinstance(found, str) else found

    def templates(self) -> Iterator[tuple[str, str]]:
        """Every text that may be said, with where it stands."""
        yield from (("answer", text) for text in self.answers())
        yield from ((name, text) for name in ("follow_up", "confirm") if (text := getattr(self, name)) is not None)
        for slot in self.slots:
            if slot.ask is not None:
                yield f"slots.{slot.name}.ask", slot.ask
            yield from ((f"slots.{slot.name}.answers.{value}", text) for value, text in slot.answers.items())
        for name in self.outcomes:
            found = self.outcome(name)
            if found is not None:
                yield f"outcomes.{name}", found.text


class Phrases(_Document):
    """What is said beside the answers; a file in another language says all of it."""

    suggestions: Text = "Did you mean one of these?"
    hand_over_offer: Text = "Shall I pass your question on to a person?"
    handed_over: Text = "I pass your question on to a person. The answer will come here."
    understood: Text = "All right."
    cancelled: Text = "All right, I leave it as it is."
    yes_or_no: Text = "Please answer yes or no."
    nothing_to_repeat: Text = "I have not said anything yet."
    try_again: Text = "Then please say it in other words."
    abuse: Text = "I would rather not answer that. Ask me something about this site and I will help."


class Faq(_Document):
    """All that the chat of a site knows and says."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
    intents: tuple[Intent, ...] = Field(min_length=1, max_length=2000)
    fallback: Text
    small_talk: tuple[Intent, ...] = Field(default=(), max_length=200)
    out_of_scope: tuple[Question, ...] = Field(
        default=(), max_length=10_000, description="What people ask and the chat must not answer."
    )
    synonyms: dict[Question, tuple[Question, ...]] = Field(
        default_factory=dict, max_length=2000, description="A word, and the words that mean the same."
    )
    reflections: dict[Question, Question] | None = Field(
        default=None, description="How what was said is turned around: my -> your. Null: English ones."
    )
    threshold: Probability | None = Field(
        default=None, description="The confidence from which on a question is answered. Null: learned from the file."
    )
    phrases: Phrases = Phrases()
    words: Annotated[dict[Name, Text], Field(max_length=300)] = Field(
        default_factory=dict,
        description="What the chat says of comments, appeals and the like, by name; else what Parley comes with.",
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        ids = Counter(intent.id for intent in self.all_intents())
        if twice := sorted(name for name, count in ids.items() if count > 1):
            raise ValueError(f"has more than one intent of the name {', '.join(twice)}")
        if sum(len(intent.questions) for intent in self.all_intents()) > MOST_QUESTIONS:
            raise ValueError(f"has more than {MOST_QUESTIONS:,} questions")
        return self

    def all_intents(self) -> tuple[Intent, ...]:
        """What is asked, then small talk."""
        return self.intents + self.small_talk
