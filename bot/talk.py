"""A conversation in the chat as it is kept: what was said, what can be chosen, and where an errand stands. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter, ValidationError

from bot.dialogue.conversation import Conversation
from bot.errands import Errand
from bot.question import Question, QuestionStatus

MOST_LINES: Final = 60
"""Lines that are kept; older ones are forgotten."""

LONGEST_UTTERANCE: Final = 1000


class ChatClosed(Exception):
    """The site has no chat; nothing was stored."""

    def __str__(self) -> str:
        return "This site answers no questions in a chat."


@dataclass
class SaysTooMuch(Exception):
    """Too many turns in a short time."""

    wait: float

    def __str__(self) -> str:
        return "That is a lot at once. Wait a moment, then go on."


class Speaker(StrEnum):
    """Who said a line; a person is a moderator who answered."""

    READER = "reader"
    BOT = "bot"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody said. `id` stays the same and is nobody else's in this conversation."""

    id: str
    speaker: Speaker
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader may say next by one press: `say` is what is then sent."""

    say: str
    label: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation after `turns` turns. `author` is the id of whom it belongs to, None while nobody was known.

    `dialogue` is what the dialogue remembers, `open_question` what would be handed over.
    """

    turns: int = 0
    author: str | None = None
    lines: tuple[Line, ...] = ()
    choices: tuple[Choice, ...] = ()
    errand: Errand | None = None
    open_question: str = ""
    dialogue: Conversation = field(default_factory=Conversation)

    def belongs_to(self, author: str | None) -> bool:
        """May somebody with this id (None: nobody that is known) go on with it?"""
        return self.author is None or self.author == author

    def heard(self, said: str, answers: Iterable[str], now: datetime) -> "Talk":
        """The same with a reader's line and what the bot answered."""
        turn = self.turns + 1
        new = [Line(f"{turn}", Speaker.READER, said, now)]
        new += [Line(f"{turn}.{number}", Speaker.BOT, text, now) for number, text in enumerate(answers, 1)]
        return replace(self, turns=turn, lines=(*self.lines, *new)[-MOST_LINES:])


_TALK: Final = TypeAdapter(Talk)


def write_talk(talk: Talk) -> bytes:
    """The conversation as it is kept."""
    return _TALK.dump_json(talk, exclude_defaults=True)


def read_talk(kept: bytes) -> Talk | None:
    """What `write_talk` wrote; None where another version of Parley wrote something else."""
    try:
        return _TALK.validate_json(kept)
    except ValidationError:
        return None


def with_answers(lines: tuple[Line, ...], questions: Iterable[Question], closed: str) -> tuple[Line, ...]:
    """The lines with what moderators answered, each in its place in time; `closed` is said for a closed question."""
    answered = [
        Line(f"q{question.id}", Speaker.PERSON, closed if question.answer is None else question.answer, at)
        for question in questions
        if question.status is not QuestionStatus.WAITING and (at := question.settled_at) is not None
    ]
    return tuple(sorted((*lines, *answered), key=lambda line: line.at))
