"""What a ticket is still good for, and the one decision that it allows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.comment import DecisionRecord, Status
from bot.event import DisabledBecause
from bot.moderation import Review
from bot.review import AlreadyDecided
from bot.store import notices
from bot.store.decisions import NoSuchComment
from bot.store.endpoints import NoSuchEndpoint
from bot.store.notices import Notice, Subject
from bot.ticket import Sealed, Ticket
from bot.verdict import Decision, DecisionSource
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import NOT_FOUND, TOO_MANY, Refusal

A_MINUTE: Final = 300
"""Requests with tickets that may come from one address; behind a proxy that is everybody."""

DECISIONS: Final = (Decision.APPROVE, Decision.REJECT)
NOT_FROM_HERE: Final = (
    "This comment was rejected from here before its author appealed, so somebody else decides on the appeal."
)
DONE: Final = {Decision.APPROVE: "approved", Decision.REJECT: "rejected", Decision.HOLD: "held"}


@dataclass(frozen=True, slots=True)
class Presented:
    """A ticket that Parley sealed, who has it, and its comment as it stands (None: it is gone)."""

    notice: Notice
    ticket: Ticket
    subject: Subject | None
    now: datetime

    @property
    def is_open(self) -> bool:
        """Can it be decided?"""
        return self.closed_because is None

    @property
    def is_over(self) -> bool:
        """Is it settled for good, whatever time it is?"""
        return (
            self.subject is None
            or len(self.subject.trail) != self.ticket.lines
            or self.subject.comment.status is not Status.HELD
        )

    @property
    def closed_because(self) -> str | None:
        """Why there is nothing to decide, in a sentence; None where there is."""
        if self.subject is None:
            return "The comment is gone."
        comment, trail = self.subject.comment, self.subject.trail
        if comment.status is Status.WITHDRAWN:
            return "The comment was withdrawn."
        if len(trail) != self.ticket.lines:
            return who_decided(trail[-1])
        if comment.status is not Status.HELD:
            return f"The comment is {comment.status} and waits for nobody."
        if self.now >= self.ticket.until:
            return "This link was good for seven days, and these are over. The comment still waits at the desk."
        return None


def who_decided(line: DecisionRecord) -> str:
    """What somebody decided, in a sentence."""
    when = f"on {said(line.at)}"
    if line.moderator is not None:
        return f"{line.moderator} {DONE[line.decision]} the comment {when}."
    if line.source is DecisionSource.APPEAL:
        return f"The author appealed {when}, after this notice was written."
    return f"Since this notice was written, the rules {DONE[line.decision]} the comment anew {when}."


def said(at: datetime) -> str:
    """A moment for people anywhere."""
    return f"{at:%d %B %Y at %H:%M} UTC".lstrip("0")


async def limit(request: web.Request, parts: Parts) -> None:
    """A Refusal where too much comes from one address; before anything is asked of the store."""
    wait = await parts.cache.rates.take(f"tickets from {request.remote or 'unknown'}", A_MINUTE)
    if wait:
        raise Refusal(TOO_MANY, "Too many requests. Wait a moment, then try again.", retry_after=wait)


async def find(parts: Parts, visit: Visit, text: str) -> Presented:
    """What the ticket is about; a Refusal that tells nothing where Parley did not seal it or its notice is gone."""
    sealed, now = Sealed.read(text), datetime.now(UTC)
    if sealed is None:
        raise _unknown()
    try:
        notice = await parts.database.read(notices.anywhere, sealed.ticket.endpoint, now)
    except NoSuchEndpoint as error:
        raise _unknown() from error
    site = notice.endpoint.site
    if not sealed.is_of(site, notice.secrets) or notice.endpoint.disabled_because is DisabledBecause.ADMIN:
        raise _unknown()
    visit.site = site
    return Presented(
        notice, sealed.ticket, await parts.database.read(notices.subject, site, sealed.ticket.comment), now
    )


def _unknown() -> Refusal:
    return Refusal(NOT_FOUND, "This link is not, or no longer, one that Parley knows. The desk has all that waits.")


async def decide(parts: Parts, presented: Presented, decision: Decision, note: str | None = None) -> bool:
    """Decides; False where somebody was faster, or the comment is gone.

    Raises NeedsAnother and StoreUnavailable; then nothing changes.
    """
    review = Review(decision, Status.HELD, presented.notice.moderator, note=note, lines=presented.ticket.lines)
    try:
        await parts.moderation.review(presented.notice.endpoint.site, presented.ticket.comment, review)
    except (AlreadyDecided, NoSuchComment):
        return False
    return True
