"""What the policy's editor asks and gets: versions, and what another policy would have decided."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from bot.policy import Policy
from bot.store.policies import PolicyVersion
from bot.trial import Trial
from bot.verdict import Decision, Reason
from bot.web.wire.answered import Answered, CommentAnswered, Json, write_comment, write_moment
from bot.web.wire.asked import Asked

MOST_TRIED = 10_000


class TrialAsked(Asked):
    """A policy to be tried on the newest comments of the site; nothing changes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"policy": {"links": 2}, "last": 1000}]})

    policy: Policy
    last: Annotated[int, Field(ge=1, le=MOST_TRIED, description="How many comments.")] = 1000


class VersionPath(Asked):
    """A version of the policy in an address."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1, examples=[1])]


class DifferenceAnswered(Answered):
    """A comment that the two policies decide on differently, with the reasons of each."""

    comment: CommentAnswered
    now: Decision
    now_reasons: list[Reason]
    then: Decision
    then_reasons: list[Reason]


class TrialAnswered(Answered):
    """What the policy in force (`now`) and the one that is tried (`then`) make of the same comments."""

    judged: Annotated[int, Field(ge=0)]
    now: dict[Decision, Annotated[int, Field(ge=0)]]
    then: dict[Decision, Annotated[int, Field(ge=0)]]
    changed: Annotated[int, Field(ge=0, description="How many comments they decide on differently.")]
    differences: Annotated[list[DifferenceAnswered], Field(description="The newest hundred of them.")]


class VersionAnswered(Answered):
    """When a version was saved, and why."""

    version: int
    note: str | None
    created_at: datetime


class VersionsAnswered(Answered):
    """The newest hundred versions, newest first; the first is in force."""

    items: list[VersionAnswered]


class VersionDocumentAnswered(VersionAnswered):
    """A version with its document, as this Parley reads it."""

    policy: Policy


def write_trial(trial: Trial) -> Json:
    """The shape of TrialAnswered."""
    return {
        "judged": trial.judged,
        "now": {decision: trial.now[decision] for decision in Decision},
        "then": {decision: trial.then[decision] for decision in Decision},
        "changed": trial.changed,
        "differences": [
            {
                "comment": write_comment(one.comment),
                "now": one.now.decision,
                "now_reasons": list(one.now.reasons),
                "then": one.then.decision,
                "then_reasons": list(one.then.reasons),
            }
            for one in trial.differences
        ],
    }


def write_version(version: PolicyVersion) -> Json:
    """The shape of VersionAnswered."""
    return {"version": version.version, "note": version.note, "created_at": write_moment(version.created_at)}
