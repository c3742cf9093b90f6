"""What is kept about an author as one document, and what is answered about an erasure."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field
from pydantic_core import to_json

from bot.comment import Status, write_id
from bot.example import ExampleSource, StoredExample
from bot.privacy import Kept
from bot.question import Question, QuestionStatus
from bot.reporting import ReportReason
from bot.store.authors import AuthorRecord, Sanction
from bot.store.erasure import Erasure
from bot.store.kept import KeptComment, Profile, ReportMade, VoteMade
from bot.verdict import Decision, DecisionSource
from bot.web.wire.answered import (
    Answered,
    AuthorRecordAnswered,
    CommentAnswered,
    Json,
    WrittenId,
    write_author,
    write_comment,
    write_decision,
    write_moment,
    write_sanction,
)


class SanctionKept(Answered):
    """What was decided about the author, without who decided it."""

    standing: str
    until: datetime | None
    reason: str | None
    message: str | None
    at: datetime


class DecisionKept(Answered):
    """A line of a comment's trail, without who decided it; an appeal's `note` is the author's own."""

    decision: Decision
    source: DecisionSource
    reason: str | None
    note: str | None
    message: str | None
    before: Status | None
    after: Status
    at: datetime


class ReportKept(Answered):
    """That a reader reported the comment; neither who it was nor in which words."""

    reason: ReportReason
    at: datetime


class RevisionKept(Answered):
    """What the comment said before it was edited."""

    text: str
    until: datetime


class CommentKept(CommentAnswered):
    """A comment of the author's with its verdict, its trail, how readers reported it, and what it said before."""

    decisions: list[DecisionKept]
    reports: list[ReportKept]
    revisions: list[RevisionKept]


class ReportMadeKept(Answered):
    """A report that the author made about somebody's comment."""

    comment: WrittenId
    reason: ReportReason
    note: str | None
    at: datetime


class VoteKept(Answered):
    """That the author voted for a comment."""

    comment: WrittenId


class QuestionKept(Answered):
    """What the author asked a person in the chat, without who answered."""

    id: WrittenId
    text: str
    status: QuestionStatus
    answer: str | None
    asked_at: datetime
    settled_at: datetime | None
    expires_at: datetime


class ProfileKept(Answered):
    """What the site said of the author for readers to see."""

    avatar: str | None
    role: str | None


class ExampleKept(Answered):
    """A text of the author's, or one that answered it, with what somebody said it is."""

    text: str
    context: list[str]
    labels: dict[str, float]
    source: ExampleSource
    language: str | None
    community: str | None
    reference: str | None
    at: datetime


class ExportAnswered(Answered):
    """Everything that is kept about an author on this site."""

    site: str
    exported_at: datetime
    author: AuthorRecordAnswered
    profile: Annotated[ProfileKept | None, Field(description="null: the site said nothing.")]
    sanctions: list[SanctionKept]
    comments: Annotated[list[CommentKept], Field(description="By status, each the oldest first.")]
    reports_made: list[ReportMadeKept]
    votes: list[VoteKept]
    questions: list[QuestionKept]
    examples: list[ExampleKept]


class ErasedAnswered(Answered):
    """How far an erasure is: one that did not end yet goes on by itself."""

    comments: Annotated[int, Field(ge=0, description="Comments that were erased so far.")]
    pseudonym: Annotated[str | None, Field(description="What stands for the author; null: nothing was kept.")]
    began_at: datetime | None
    ended_at: Annotated[datetime | None, Field(description="null: it is under way, or nothing was kept.")]


_LISTS: Final[dict[type[Kept], str]] = {
    Sanction: "sanctions",
    KeptComment: "comments",
    ReportMade: "reports_made",
    VoteMade: "votes",
    Question: "questions",
    StoredExample: "examples",
}


async def write_export(
    site: str, author: AuthorRecord, profile: Profile | None, everything: AsyncIterator[Kept], now: datetime
) -> AsyncIterator[bytes]:
    """The shape of ExportAnswered in pieces, however much it is; `everything` must come in its order."""
    said = None if profile is None else {"avatar": profile.avatar, "role": profile.role}
    head = {"site": site, "exported_at": write_moment(now), "author": write_author(author, now), "profile": said}
    yield to_json(head)[:-1]
    names = iter(_LISTS.values())
    name, first = next(names), True
    yield f',"{name}":['.encode()
    async for one in everything:
        while _LISTS[type(one)] != name:
            name, first = next(names), True
            yield f'],"{name}":['.encode()
        yield (b"" if first else b",") + to_json(_write_kept(one), inf_nan_mode="null")
        first = False
    for name in names:
        yield f'],"{name}":['.encode()
    yield b"]}"


def _write_kept(one: Kept) -> Json:
    match one:
        case Sanction():
            return _without(write_sanction(one), "moderator")
        case KeptComment():
            return {
                **write_comment(one.comment),
                "decisions": [_without(write_decision(line), "moderator", "comment") for line in one.trail],
                "reports": [{"reason": said.reason, "at": write_moment(said.at)} for said in one.reports],
                "revisions": [{"text": was.text, "until": write_moment(was.until)} for was in one.revisions],
            }
        case ReportMade():
            made = one.report
            return {
                "comment": write_id(one.comment),
                "reason": made.reason,
                "note": made.note,
                "at": write_moment(made.at),
            }
        case VoteMade():
            return {"comment": write_id(one.comment)}
        case Question():
            return {
                "id": write_id(one.id),
                "text": one.text,
                "status": one.status,
                "answer": one.answer,
                "asked_at": write_moment(one.asked_at),
                "settled_at": one.settled_at and write_moment(one.settled_at),
                "expires_at": write_moment(one.expires_at),
            }
        case StoredExample():
            example = one.example
            return {
                "text": example.text,
                "context": list(example.context),
                "labels": dict(example.labels),
                "source": example.source,
                "language": example.language,
                "community": example.community,
                "reference": example.reference,
                "at": write_moment(one.at),
            }


def _without(written: Json, *names: str) -> Json:
    return {name: value for name, value in written.items() if name not in names}


def write_erasure(erasure: Erasure | None) -> Json:
    """The shape of ErasedAnswered."""
    if erasure is None:
        return {"comments": 0, "pseudonym": None, "began_at": None, "ended_at": None}
    return {
        "comments": erasure.comments,
        "pseudonym": erasure.pseudonym,
        "began_at": write_moment(erasure.began_at),
        "ended_at": erasure.ended_at and write_moment(erasure.ended_at),
    }
