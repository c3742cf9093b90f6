"""Questions that readers handed over to a person: each waits, is answered or closed once, and is forgotten in time.

What has expired is not shown to anybody any more, and is deleted by `forget` a little later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, select

from bot.comment import Author
from bot.question import Question, QuestionStatus
from bot.store import schema
from bot.store.documents import check_storable

_questions = schema.questions
MOST_COUNTED: Final = 1000
MOST_OF_ONE: Final = 20
"""Questions of one conversation that are shown to its reader, the newest."""

_TOGETHER = 1000


@dataclass
class NoSuchQuestion(LookupError):
    """The site has no such question, or no longer."""

    question: int

    def __str__(self) -> str:
        return "The site has no such question; it may have expired."


@dataclass
class AlreadySettled(Exception):
    """Somebody answered or closed the question before; nothing changed."""

    question: Question

    def __str__(self) -> str:
        return f"This question is already {self.question.status}, by {self.question.moderator}."


def add(conn: Connection, site: str, conversation: bytes, question: Question) -> None:
    """Hands a question over; `conversation` is the hash of its reader's secret.

    Raises ValueError for a NUL character or a lone surrogate.
    """
    author = question.author
    check_storable(question.text, *(() if author is None else (author.id, author.name)))
    conn.execute(
        _questions.insert(),
        {
            "id": question.id,
            "site": site,
            "conversation": conversation,
            "author_id": None if author is None else author.id,
            "author_name": None if author is None else author.name,
            "text": question.text,
            "status": question.status.value,
            "answer": question.answer,
            "moderator": question.moderator,
            "asked_at": question.asked_at,
            "settled_at": question.settled_at,
            "expires_at": question.expires_at,
        },
    )


def settle(
    conn: Connection, site: str, question_id: int, answer: str | None, moderator: str, now: datetime
) -> Question:
    """A moderator's answer, or with None their leaving it at that; the question as it is now.

    Raises NoSuchQuestion, AlreadySettled for whoever comes second, and ValueError for a NUL character or a lone
    surrogate.
    """
    check_storable(answer, moderator)
    status = QuestionStatus.CLOSED if answer is None else QuestionStatus.ANSWERED
    changed = conn.execute(
        _questions.update()
        .where(*_here(site, now), _questions.c.id == question_id)
        .where(_questions.c.status == QuestionStatus.WAITING.value)
        .values(status=status.value, answer=answer, moderator=moderator, settled_at=now)
    )
    question = find(conn, site, question_id, now)
    if question is None:
        raise NoSuchQuestion(question_id)
    if changed.rowcount == 0:
        raise AlreadySettled(question)
    return question


def withdraw(conn: Connection, site: str, conversation: bytes) -> int:
    """Deletes all that one conversation asked; how many questions it were."""
    where = (_questions.c.site == site, _questions.c.conversation == conversation)
    return conn.execute(_questions.delete().where(*where)).rowcount


def find(conn: Connection, site: str, question_id: int, now: datetime) -> Question | None:
    """The site's question; None where there is none, or it has expired."""
    row = conn.execute(select(_questions).where(*_here(site, now), _questions.c.id == question_id)).first()
    return None if row is None else _read(row)


def page(
    conn: Connection, site: str, status: QuestionStatus, after: int | None, limit: int, now: datetime
) -> list[Question]:
    """Questions of that status after the one with that id: those that wait oldest first, settled ones newest first."""
    asked = select(_questions).where(*_here(site, now), _questions.c.status == status.value).limit(limit)
    if status is QuestionStatus.WAITING:
        beyond, order = _questions.c.id > (after or 0), _questions.c.id.asc()
    else:
        beyond, order = _questions.c.id < (2**63 - 1 if after is None else after), _questions.c.id.desc()
    return [_read(row) for row in conn.execute(asked.where(beyond).order_by(order))]


def waiting(conn: Connection, site: str, now: datetime) -> int:
    """How many questions wait; counted up to a thousand."""
    asked = select(_questions.c.id).where(*_here(site, now), _questions.c.status == QuestionStatus.WAITING.value)
    return conn.scalar(select(func.count()).select_from(asked.limit(MOST_COUNTED).subquery())) or 0


def of(conn: Connection, site: str, conversation: bytes, now: datetime) -> Sequence[Question]:
    """The newest questions of one conversation, oldest first."""
    asked = select(_questions).where(*_here(site, now), _questions.c.conversation == conversation)
    rows = conn.execute(asked.order_by(_questions.c.id.desc()).limit(MOST_OF_ONE)).all()
    return [_read(row) for row in reversed(rows)]


def asked_by(conn: Connection, site: str, author: str, after: int, limit: int) -> list[Question]:
    """Up to `limit` questions of the author's whose ids come after that one, whatever became of them."""
    here = (_questions.c.site == site, _questions.c.author_id == author, _questions.c.id > after)
    return [_read(row) for row in conn.execute(select(_questions).where(*here).order_by(_questions.c.id).limit(limit))]


def forget(conn: Connection, now: datetime) -> int:
    """Deletes up to a thousand expired questions of all sites; how many it were."""
    expired = select(_questions.c.id).where(_questions.c.expires_at <= now).limit(_TOGETHER)
    return conn.execute(_questions.delete().where(_questions.c.id.in_(expired))).rowcount


def _here(site: str, now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _questions.c.site == site, _questions.c.expires_at > now


def _read(row: Row[*tuple[Any, ...]]) -> Question:
    return Question(
        id=row.id,
        text=row.text,
        author=None if row.author_id is None else Author(row.author_id, row.author_name),
        status=QuestionStatus(row.status),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        answer=row.answer,
        moderator=row.moderator,
        settled_at=row.settled_at,
    )
