"""What readers asked a person in the chat, as moderators see and answer it."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, Field

from bot.comment import read_id, write_id
from bot.question import Question, QuestionStatus
from bot.web.wire.answered import Answered, Json, WrittenId, write_moment
from bot.web.wire.asked import WITHOUT_NUL, Asked, CommentId, PageQuery, without_nul

LONGEST_ANSWER: Final = 2000


class QuestionsQuery(PageQuery):
    """Which questions."""

    status: QuestionStatus = QuestionStatus.WAITING


class QuestionPath(Asked):
    """A question in an address."""

    question: CommentId

    @property
    def number(self) -> int:
        """The id as the store knows it."""
        return read_id(self.question) or 0


def _not_blank(text: str | None) -> str | None:
    if text is not None and not text.strip():
        raise ValueError("must not be blank; null closes the question without an answer")
    return text if text is None else without_nul(text)


class QuestionAsked(Asked):
    """What becomes of a question: an answer for its reader, or null to close it without one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "Yes: write to the editors."}]})

    answer: Annotated[
        Annotated[str, Field(min_length=1, max_length=LONGEST_ANSWER, json_schema_extra=WITHOUT_NUL)] | None,
        AfterValidator(_not_blank),
        Field(description="Plain text, which appears in the reader's chat."),
    ]


class AskerAnswered(Answered):
    """Who asked, as the site knows them."""

    id: str
    name: str


class QuestionAnswered(Answered):
    """A question that a reader handed over to a person; it is forgotten at `expires_at`."""

    id: WrittenId
    text: str
    author: Annotated[AskerAnswered | None, Field(description="Null for a reader whom the site does not know.")]
    status: QuestionStatus
    answer: str | None
    moderator: Annotated[str | None, Field(description="Who answered or closed it.")]
    asked_at: datetime
    settled_at: datetime | None
    expires_at: datetime


class QuestionsAnswered(Answered):
    """A page of questions: those that wait oldest first, others newest first. `waiting` counts up to a thousand."""

    items: list[QuestionAnswered]
    next: str | None
    waiting: Annotated[int, Field(ge=0)]


def write_question(question: Question) -> Json:
    """The shape of QuestionAnswered."""
    author = question.author
    return {
        "id": write_id(question.id),
        "text": question.text,
        "author": None if author is None else {"id": author.id, "name": author.name},
        "status": question.status,
        "answer": question.answer,
        "moderator": question.moderator,
        "asked_at": write_moment(question.asked_at),
        "settled_at": question.settled_at and write_moment(question.settled_at),
        "expires_at": write_moment(question.expires_at),
    }
