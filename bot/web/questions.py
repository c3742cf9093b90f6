"""Questions that readers handed over to a person in the chat: listed, answered, closed."""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.comment import read_id, write_id
from bot.store import questions
from bot.store.cursor import BadCursor
from bot.store.keys import Scope
from bot.web.guards.answers import answer
from bot.web.guards.problems import NOT_FOUND, QUESTION_SETTLED
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.questions import (
    QuestionAnswered,
    QuestionAsked,
    QuestionPath,
    QuestionsAnswered,
    QuestionsQuery,
    write_question,
)


async def list_questions(ask: Ask[None, QuestionsQuery, None]) -> web.Response:
    """A page of questions. The cursor is the id of the last question seen."""
    asked, site, now = ask.query, ask.key.site, datetime.now(UTC)
    after = None if asked.cursor is None else read_id(asked.cursor)
    if asked.cursor is not None and after is None:
        raise BadCursor
    database = ask.parts.database
    found = await database.read(questions.page, site, asked.status, after, asked.limit + 1, now)
    return answer(
        {
            "items": [write_question(question) for question in found[: asked.limit]],
            "next": write_id(found[asked.limit - 1].id) if len(found) > asked.limit else None,
            "waiting": await database.read(questions.waiting, site, now),
        }
    )


async def settle_question(ask: Ask[QuestionAsked, None, QuestionPath]) -> web.Response:
    """Answers or closes it; 409 for whoever comes second."""
    settled = await ask.parts.database.write(
        questions.settle, ask.key.site, ask.path.number, ask.body.answer, ask.key.name, datetime.now(UTC)
    )
    ask.parts.live.changed(ask.key.site)
    return answer(write_question(settled))


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/questions",
        Group.CHAT,
        Scope.MODERATE,
        list_questions,
        "List the questions that readers asked a person",
        "Those that wait, by default. A question is forgotten, answered or not, after the policy's "
        "`chat.question_days`.",
        {200: QuestionsAnswered},
        query=QuestionsQuery,
    ),
    Route(
        "PUT",
        "/v1/questions/{question}",
        Group.CHAT,
        Scope.MODERATE,
        settle_question,
        "Answer a question, or close it",
        "The answer appears in the reader's chat, also when they come back later. The key's name stands beside it for "
        "other moderators; readers do not see it. Whoever comes second gets 409.",
        {200: QuestionAnswered},
        body=QuestionAsked,
        path=QuestionPath,
        refuses=(NOT_FOUND, QUESTION_SETTLED),
    ),
)
