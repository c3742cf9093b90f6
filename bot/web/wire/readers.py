"""What a site sends on behalf of its readers and authors: reports of comments, and appeals."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from bot.comment import Status, write_id
from bot.reporting import Report, ReportReason
from bot.store.reports import Reported
from bot.web.wire.answered import Answered, Json, WrittenId, write_moment
from bot.web.wire.asked import WITHOUT_NUL, Asked, Name, without_nul

Note = Annotated[
    str | None,
    Field(max_length=2000, json_schema_extra=WITHOUT_NUL),
    AfterValidator(lambda note: note if note is None else without_nul(note)),
]


class ReportAsked(Asked):
    """A reader's report of a comment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reporter": "u-23", "reason": "offensive"}]})

    reporter: Annotated[Name, Field(description="The reader, by the site's own id: each counts once for a comment.")]
    reason: ReportReason
    note: Note = None


class ReportedAnswered(Answered):
    """Where the comment stands after a report."""

    comment: WrittenId
    status: Status
    readers: Annotated[int, Field(ge=0, description="How many readers reported it.")]
    counted: Annotated[bool, Field(description="False where this reader had reported it before.")]


class ReportAnswered(Answered):
    """What one reader said about a comment."""

    reporter: str
    reason: ReportReason
    note: str | None
    at: datetime


class ReportsAnswered(Answered):
    """The newest fifty reports of a comment, newest first."""

    items: list[ReportAnswered]


class AppealAsked(Asked):
    """An author's request to look again at their rejected comment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"author": "u-17", "note": "It was meant as a joke."}]})

    author: Annotated[Name, Field(description="The author, by the site's own id.")]
    note: Annotated[
        str,
        Field(min_length=1, max_length=2000, json_schema_extra=WITHOUT_NUL, description="Why they think so."),
        AfterValidator(without_nul),
    ]


def write_reported(reported: Reported) -> Json:
    """The shape of ReportedAnswered."""
    return {
        "comment": write_id(reported.comment.id),
        "status": reported.comment.status,
        "readers": reported.readers,
        "counted": reported.counted,
    }


def write_report(report: Report) -> Json:
    """The shape of ReportAnswered."""
    return {
        "reporter": report.reporter,
        "reason": report.reason,
        "note": report.note,
        "at": write_moment(report.at),
    }
