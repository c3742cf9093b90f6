"""The words of the hand-over: what a reader asked a person in the chat, and what came back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.comment import Author


class QuestionStatus(StrEnum):
    """Where a question stands; a closed one was left without an answer."""

    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that waits for a moderator, or did. `author` is None for a reader whom the site does not know.

    `moderator` answered or closed it at `settled_at`; both are None while it waits. It is forgotten at `expires_at`.
    """

    id: int
    text: str
    author: Author | None
    status: QuestionStatus
    asked_at: datetime
    expires_at: datetime
    answer: str | None = None
    moderator: str | None = None
    settled_at: datetime | None = None
