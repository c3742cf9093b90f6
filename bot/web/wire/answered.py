"""What Parley answers with. The models are the contract; the functions write the same shapes without the models.

Checking our own answers again with pydantic would cost more than judging a remembered text, so answers are plain
dictionaries, and a test holds every one of them against its model. Enum members go in as their `_value_`: an encoder
takes eight times as long over the members themselves.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from bot.comment import Comment, DecisionRecord, Standing, Status, write_id
from bot.policy import Policy
from bot.store.authors import AuthorRecord, Sanction
from bot.verdict import Decision, DecisionSource, Evidence, Reason, Verdict
from bot.web.wire.asked import ID_PATTERN, ThreadState
from sentiment.registry import Summary
from sentiment.scores import Analysis, Attribute, Cause, Source

# Any: JSON on its way out; its shape is the model that stands above each function.
Json = dict[str, Any]

Probability = Annotated[float, Field(ge=0, le=1)]
Offset = Annotated[int, Field(ge=0, description="Code points from the beginning of the text.")]
WrittenId = Annotated[str, Field(pattern=ID_PATTERN)]


class Answered(BaseModel):
    """Anything Parley sends."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SentimentAnswered(Answered):
    """Shares of negative, neutral and positive, the whole as -1..1, who answered (VADER or the classifier) and why."""

    neg: Probability
    neu: Probability
    pos: Probability
    compound: Annotated[float, Field(ge=-1, le=1)]
    source: Source
    cause: Cause


class SpanAnswered(Answered):
    """The characters [begin, end) that earned an attribute `weight` of its log-odds."""

    attribute: Attribute
    begin: Offset
    end: Offset
    weight: float


class PlaceAnswered(Answered):
    """The characters [begin, end)."""

    begin: Offset
    end: Offset


class EvidenceAnswered(Answered):
    """What one rule found and asks for; `value` was measured, `threshold` is what it was measured against."""

    reason: Reason
    decision: Decision
    attribute: Attribute | None
    value: float | None
    threshold: float | None
    span: PlaceAnswered | None


class ScoreAnswered(Answered):
    """A text's scores, and what the site's policy makes of them. A signal that is missing is absent, never 0."""

    scores: Annotated[
        dict[Attribute, Probability],
        Field(
            description="A probability 0..1 that a reader would agree, for each attribute; empty for a blank text "
            "and for one in a language that the models did not learn."
        ),
    ]
    sentiment: SentimentAnswered | None
    language: Annotated[str, Field(description="ISO 639-1, or `und` where it cannot be told.")]
    spans: list[SpanAnswered]
    decision: Decision
    reasons: list[Reason]
    evidence: list[EvidenceAnswered]
    model_version: Annotated[
        str | None, Field(description="The version of the models that scored; null while none answers.")
    ]
    policy_version: int
    section: Annotated[str | None, Field(description="The policy's section that judged; null: none.")]


class ScoresAnswered(Answered):
    """One score for each text, in the order asked."""

    results: list[ScoreAnswered]


class AuthorAnswered(Answered):
    """Who wrote it, as the site knows them."""

    id: str
    name: str


class CommentAnswered(ScoreAnswered):
    """A stored comment: `decision` is what the rules made of it on arrival, `status` where it stands now."""

    id: WrittenId
    site: str
    thread: str
    parent: WrittenId | None
    permalink: str | None
    author: AuthorAnswered
    text: Annotated[str, Field(description="Empty where it is `erased`.")]
    erased: Annotated[
        bool, Field(description="Was it erased? It keeps its place in the thread, so that answers make sense.")
    ]
    created_at: datetime
    edited_at: Annotated[datetime | None, Field(description="When its author last changed the text; null: never.")]
    status: Status
    severity: Annotated[Probability, Field(description="How urgent it is for a moderator.")]


class CommentsAnswered(Answered):
    """A page of comments; `next` is the cursor of the page after it, null on the last one."""

    items: list[CommentAnswered]
    next: str | None


class AuthorRecordAnswered(Answered):
    """An author with what moderators decided about them; withdrawn comments count nowhere."""

    id: str
    name: str
    standing: Standing
    until: Annotated[datetime | None, Field(description="When the author is `ordinary` again; null: no end.")]
    approved: Annotated[int, Field(ge=0)]
    held: Annotated[int, Field(ge=0)]
    rejected: Annotated[int, Field(ge=0)]
    reported: Annotated[int, Field(ge=0, description="How often readers reported any of their comments.")]


class SanctionAnswered(Answered):
    """What a moderator decided about an author; `message` is for the author."""

    standing: Standing
    until: datetime | None
    moderator: str
    reason: str | None
    message: str | None
    at: datetime


class SanctionsAnswered(Answered):
    """The newest twenty of what moderators decided about an author, newest first."""

    items: list[SanctionAnswered]


class ThreadAnswered(Answered):
    """Whether a thread takes comments."""

    thread: str
    state: ThreadState


class TotalsAnswered(Answered):
    """How many comments of the site have the status asked for, whatever the other conditions say."""

    all: Annotated[int, Field(ge=0)]
    by_reason: dict[Reason, Annotated[int, Field(ge=0)]]


class QueueAnswered(CommentsAnswered):
    """A page of the queue. It may hold fewer than `limit` comments and still have a `next`: go on until null."""

    totals: TotalsAnswered


class DecisionAnswered(Answered):
    """One line of a comment's audit trail; the first is the rules' own."""

    comment: WrittenId
    decision: Decision
    source: DecisionSource
    moderator: Annotated[str | None, Field(description="The name of the key that decided; null for a rule.")]
    reason: str | None
    note: str | None
    message: Annotated[str | None, Field(description="What the author is to be told.")]
    before: Status | None
    after: Status
    at: datetime


class DecidedAnswered(Answered):
    """The comment as it stands now, and the decision that brought it there."""

    comment: CommentAnswered
    decision: DecisionAnswered


class DecisionsAnswered(Answered):
    """Every decision on a comment, oldest first."""

    items: list[DecisionAnswered]


class PolicyAnswered(Answered):
    """The policy in force; version 0 is the one that Parley comes with."""

    version: int
    policy: Policy


class FieldAnswered(Answered):
    """One wrong field, named as in the request: `author.name`, `texts[3]`, `limit`."""

    field: str
    message: str


class ProblemAnswered(Answered):
    """What went wrong, as RFC 9457 writes it."""

    type: str
    title: str
    status: int
    detail: str
    request_id: Annotated[str, Field(description="Quote it when asking for help; the logs hold the same.")]
    errors: Annotated[list[FieldAnswered] | None, Field(description="Every wrong field, where fields are wrong.")] = (
        None
    )
    decided: Annotated[DecisionAnswered | None, Field(description="The decision that came first.")] = None


class TrainedOnAnswered(Answered):
    """How many texts a version learned from, out of how many data sets."""

    texts: Annotated[int, Field(ge=0)]
    sets: Annotated[int, Field(ge=0)]


class ModelAnswered(Answered):
    """A version of the models; it never changes."""

    version: str
    current: Annotated[bool, Field(description="Is it the one that scores where a request names none?")]
    features: Annotated[str, Field(description="The version of what it reads in a text.")]
    attributes: list[str]
    trained_on: TrainedOnAnswered
    auc: Annotated[
        dict[str, Probability | None],
        Field(
            description="Area under the ROC curve for each attribute on texts that were held out, at the natural rate "
            "where that was measured, else on the largest data set; null where it was not measured."
        ),
    ]
    size: Annotated[int, Field(ge=0, description="Bytes on disk.")]


class ModelsAnswered(Answered):
    """The versions of the models that can be asked by name, newest first."""

    items: list[ModelAnswered]


class StateAnswered(Answered):
    """How this process does."""

    status: Annotated[str, Field(description="`ready`, `degraded` (works, but something is away) or `unready`.")]
    store: str
    redis: Annotated[str, Field(description="`absent` (none is set), `up` or `away`.")]
    model: Annotated[str, Field(description="`warm`, `warming` or `away` (comments are held meanwhile).")]
    model_version: str | None


class AliveAnswered(Answered):
    """This process runs."""

    status: str


def write_score(analysis: Analysis | None, verdict: Verdict) -> Json:
    """The shape of ScoreAnswered."""
    if analysis is None:
        said: Json = {"scores": {}, "sentiment": None, "language": "und", "spans": []}
    else:
        sentiment = analysis.sentiment
        said = {
            "scores": {attribute._value_: score for attribute, score in analysis.scores.items()},
            "sentiment": sentiment
            and {
                "neg": sentiment.neg,
                "neu": sentiment.neu,
                "pos": sentiment.pos,
                "compound": sentiment.compound,
                "source": sentiment.source._value_,
                "cause": sentiment.cause._value_,
            },
            "language": analysis.language,
            "spans": [
                {"attribute": span.attribute._value_, "begin": span.begin, "end": span.end, "weight": span.weight}
                for span in analysis.spans
            ],
        }
    said["decision"] = verdict.decision._value_
    said["reasons"] = [reason._value_ for reason in verdict.reasons]
    said["evidence"] = [_write_evidence(found) for found in verdict.evidence]
    said["model_version"] = verdict.model
    said["policy_version"] = verdict.policy
    said["section"] = verdict.section
    return said


def _write_evidence(found: Evidence) -> Json:
    return {
        "reason": found.reason._value_,
        "decision": found.decision._value_,
        "attribute": found.attribute and found.attribute._value_,
        "value": found.value,
        "threshold": found.threshold,
        "span": found.span and {"begin": found.span.begin, "end": found.span.end},
    }


def write_comment(comment: Comment) -> Json:
    """The shape of CommentAnswered."""
    submission = comment.submission
    return {
        "id": write_id(comment.id),
        "site": comment.site,
        "thread": submission.thread,
        "parent": None if submission.parent is None else write_id(submission.parent),
        "permalink": submission.permalink,
        "author": {"id": submission.author.id, "name": submission.author.name},
        "text": submission.text,
        "erased": comment.erased,
        "created_at": write_moment(comment.created_at),
        "edited_at": comment.edited_at and write_moment(comment.edited_at),
        "status": comment.status._value_,
        "severity": comment.verdict.severity,
        **write_score(comment.analysis, comment.verdict),
    }


def write_author(record: AuthorRecord, now: datetime) -> Json:
    """The shape of AuthorRecordAnswered, with the standing that is in force."""
    standing = record.standing.in_force(record.until, now)
    until = record.until if standing is record.standing else None
    return {
        "id": record.author.id,
        "name": record.author.name,
        "standing": standing,
        "until": until and write_moment(until),
        "approved": record.approved,
        "held": record.held,
        "rejected": record.rejected,
        "reported": record.reported,
    }


def write_sanction(sanction: Sanction) -> Json:
    """The shape of SanctionAnswered."""
    return {
        "standing": sanction.standing,
        "until": sanction.until and write_moment(sanction.until),
        "moderator": sanction.moderator,
        "reason": sanction.reason,
        "message": sanction.message,
        "at": write_moment(sanction.at),
    }


def write_decision(record: DecisionRecord) -> Json:
    """The shape of DecisionAnswered."""
    return {
        "comment": write_id(record.comment),
        "decision": record.decision,
        "source": record.source,
        "moderator": record.moderator,
        "reason": record.reason,
        "note": record.note,
        "message": record.message,
        "before": record.before,
        "after": record.after,
        "at": write_moment(record.at),
    }


def write_model(model: Summary, current: str | None) -> Json:
    """The shape of ModelAnswered."""
    return {
        "version": model.version,
        "current": model.version == current,
        "features": model.features,
        "attributes": list(model.attributes),
        "trained_on": {"texts": model.texts, "sets": model.sets},
        "auc": dict(model.auc),
        "size": model.size,
    }


def write_moment(moment: datetime) -> str:
    """RFC 3339 in UTC, as `2026-11-23T12:00:00.123Z`."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
