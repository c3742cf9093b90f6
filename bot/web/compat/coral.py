"""Coral's external moderation phase: a signed comment comes in, and a status with flags goes out.

Coral asks last, and only about comments that its own phases left open. An empty answer is no opinion.
As a Perspective endpoint Coral needs nothing of its own: see `perspective`.
"""

from collections.abc import Iterable
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.store import coral, sites
from bot.verdict import Decision, Evidence, Reason, Verdict
from bot.web.guards.answers import Json, answer
from bot.web.guards.bodies import LARGEST_COMMENT, parse_body, read_body
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import TOO_MANY, UNIDENTIFIED, Refusal, write_problem
from bot.web.guards.routes import ForeignRoute
from bot.web.guards.signatures import hexadecimal, is_one_of, several
from sentiment.scores import Attribute

SIGNATURE: Final = "X-Coral-Signature"

_SPAM: Final = frozenset({Reason.DETECTED_SPAM, Reason.DETECTED_LINKS, Reason.DETECTED_SHORT_LINK})
_TOXIC: Final = frozenset(Reason.detected(attribute) for attribute in Attribute) - _SPAM
# Coral's codes for why a comment was rejected, the first that fits.
_CODES: Final = (
    (frozenset({Reason.DETECTED_BANNED_WORD}), "BANNED_WORD"),
    (_SPAM, "SPAM"),
    (frozenset({Reason.DETECTED_THREAT, Reason.DETECTED_IDENTITY_ATTACK, Reason.DETECTED_SEVERE_TOXICITY}), "ABUSIVE"),
)
_OTHER_CODE: Final = "OFFENSIVE"
_STAFF: Final = frozenset({"STAFF", "MODERATOR", "ADMIN"})


class PhaseComment(BaseModel):
    """The comment; `body` is its text, plain or HTML, None where it is a picture alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    body: str | None = None


class PhaseAuthor(BaseModel):
    """Who wrote it; `role` is one of Coral's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str = ""


class PhaseStory(BaseModel):
    """What the comment is about; its id is the thread by which a section of the policy is found."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str


class PhaseAsked(BaseModel):
    """What Coral sends; the comment's text, its story and its author's role are looked at."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "action": "NEW",
                    "comment": {"body": "What a stupid idiot you are!", "parentID": None},
                    "author": {"id": "u-1", "role": "COMMENTER"},
                    "story": {"id": "s-1", "url": "https://news.example/1"},
                    "site": {"id": "n-1"},
                    "tenantID": "t-1",
                    "tenantDomain": "news.example",
                }
            ]
        },
    )

    action: Annotated[str, Field(description="NEW or EDIT.")] = "NEW"
    comment: PhaseComment
    author: PhaseAuthor | None = None
    story: PhaseStory | None = None


class PhaseAnswered(BaseModel):
    """A status for the comment, why it was rejected, flags for moderators, and tags for readers.

    Empty where Parley has no objection to a reader's comment.
    """

    status: str | None = None
    moderationAction: dict[str, object] | None = None  # noqa: N815 - Coral's name
    actions: list[dict[str, str]] = []
    tags: list[str] = []


async def coral_moderate(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """Coral's next step with a comment; nothing is stored."""
    site = request.match_info["site"]
    body = await read_body(request, LARGEST_COMMENT, parts.limits.body_seconds)
    known = await parts.database.read(coral.of, site) if sites.is_name(site) else []
    secrets = [secret.text for secret in known]
    if not is_signed(body, request.headers.get(SIGNATURE, ""), secrets):
        said = f"The header {SIGNATURE} does not fit: give Parley the phase's secret with ./parley coral add SITE."
        raise Refusal(UNIDENTIFIED, said)
    visit.site = site
    await _limit(parts, site)
    asked = parse_body(body, PhaseAsked)
    text = asked.comment.body or ""
    tags = _tags(asked.author)
    if not text.strip():
        return answer(tags)
    (scored,) = await parts.moderation.score(site, [text], thread=None if asked.story is None else asked.story.id)
    return answer(opinion(scored.verdict) | tags)


def _tags(author: PhaseAuthor | None) -> Json:
    """Coral's tag for those who work for the site. FEATURED is an editor's choice, and no machine's."""
    return {"tags": ["STAFF"]} if author is not None and author.role in _STAFF else {}


async def _limit(parts: Parts, site: str) -> None:
    """The limit of a key, for the site as a whole: Coral shows none."""
    per_minute = parts.limits.requests_per_minute
    if per_minute and (wait := await parts.cache.rates.take(f"coral:{site}", per_minute)):
        raise Refusal(TOO_MANY, f"A site may ask {per_minute} times a minute.", retry_after=wait)


def is_signed(body: bytes, header: str, secrets: Iterable[str]) -> bool:
    """Is one of the header's signatures the body's, by one of these secrets?

    Several stand there, separated by commas, while Coral changes from one secret to the next.
    """
    return is_one_of(several(header, ","), [hexadecimal(body, secret) for secret in secrets])


def opinion(verdict: Verdict) -> Json:
    """What Coral is to do with the comment."""
    if verdict.decision is Decision.APPROVE:
        return {}
    flags = [
        {"actionType": "FLAG", "reason": flag}
        for flag, reasons in (("COMMENT_DETECTED_TOXIC", _TOXIC), ("COMMENT_DETECTED_SPAM", _SPAM))
        if not reasons.isdisjoint(verdict.reasons)
    ]
    if verdict.decision is Decision.HOLD:
        return {"status": "SYSTEM_WITHHELD", "actions": flags}
    rejecting = [found for found in verdict.evidence if found.decision is Decision.REJECT]
    reasons = {found.reason for found in rejecting}
    code = next((code for some, code in _CODES if not some.isdisjoint(reasons)), _OTHER_CODE)
    why: Json = {"code": code, "detailedExplanation": "; ".join(dict.fromkeys(map(_sentence, rejecting))) + "."}
    return {
        "status": "REJECTED",
        "moderationAction": {"status": "REJECTED", "rejectionReason": why},
        "actions": flags,
    }


def _sentence(found: Evidence) -> str:
    """One piece of evidence, for moderators."""
    said = found.reason.value.replace("_", " ")
    if found.value is not None and found.threshold is not None:
        said += f", {found.value:.2f} from {found.threshold:g} on"
    if found.span is not None:
        said += f", characters {found.span.begin} to {found.span.end}"
    return said


ROUTES: Final[tuple[ForeignRoute, ...]] = (
    ForeignRoute(
        "POST",
        "/coral/{site}/moderate",
        None,
        coral_moderate,
        write_problem,
        "Coral: an external moderation phase",
        "Takes the key's place: the header `X-Coral-Signature`, by a secret that Parley was given with "
        "`./parley coral add SITE`. What the site's policy, or its section for the story's id, holds is "
        "`SYSTEM_WITHHELD`, what it rejects is `REJECTED` "
        "with a code and an explanation, both with flags; `{}` is no opinion. What the staff write is tagged `STAFF`. "
        "Nothing is stored.",
        {200: PhaseAnswered},
        "application/json",
        PhaseAsked,
    ),
)
