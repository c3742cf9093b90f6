"""What people decide about stored comments: compare and set, with an audit trail that only grows."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from bot import review
from bot.comment import Comment, DecisionRecord, Status
from bot.event import appeal_decided, appeal_opened, decision_made, status_reached
from bot.store import authors, comments, counts, moderators, outbox, schema, search, tallies
from bot.store.documents import check_storable
from bot.store.promised import appeal_days
from bot.verdict import Decision, DecisionSource, Evidence, Reason

_decisions = schema.decisions
_APPEALED = "appealed"
_comments = schema.comments
_reasons = schema.comment_reasons


@dataclass
class NoSuchComment(LookupError):
    """The site has no comment with that id."""

    comment_id: int

    def __str__(self) -> str:
        return "The site has no such comment."


_OF = (
    select(_decisions)
    .where(_decisions.c.comment_id == bindparam("comment_id"), _decisions.c.site == bindparam("site"))
    .order_by(_decisions.c.number)
)
_SET_STATUS = (
    update(_comments)
    .where(
        _comments.c.id == bindparam("comment_id"),
        _comments.c.site == bindparam("of_site"),
        _comments.c.status == bindparam("before"),
    )
    .values(status=bindparam("after"))
)
_MOVE_REASON = (
    update(_reasons)
    .where(
        _reasons.c.site == bindparam("of_site"),
        _reasons.c.status == bindparam("before"),
        _reasons.c.reason == bindparam("of_reason"),
        _reasons.c.comment_id == bindparam("of_comment"),
    )
    .values(status=bindparam("after"))
)


def record(
    conn: Connection,
    site: str,
    comment_id: int,
    decision: Decision,
    expected: Status,
    source: DecisionSource,
    moderator: str | None,
    reason: str | None,
    note: str | None,
    now: datetime,
    message: str | None = None,
    canned: Callable[[str], str | None] = lambda _: None,
    lines: int | None = None,
    seen: review.Edition | None = None,
) -> tuple[Comment, DecisionRecord]:
    """Decides on a comment that the moderator saw as `expected`; the comment as it is now, and the line of the trail.

    `lines` is how long the trail was that they saw, where nothing may have been decided since (None: no matter),
    `seen` which text (None: no matter).
    Without a `message`, the author is told what `canned` has for the comment's thread.

    Raises NoSuchComment, review.AlreadyDecided for whoever comes second, review.Edited, review.NoSuchTransition,
    review.NeedsAnother for an appeal against the same moderator's decision, and ValueError for a NUL character or a
    lone surrogate.
    """
    check_storable(moderator, reason, note, message)
    comments.lock(conn, site, comment_id)
    comment = _find(conn, site, comment_id)
    trail = _read_trail(conn, site, comment_id)
    message = canned(comment.submission.thread) if message is None else message
    if lines is not None and len(trail) != lines:
        raise review.AlreadyDecided(comment, trail[-1])
    after = review.decide(comment, trail[-1], decision, expected, seen)
    against = review.appealed_against(comment, trail)
    if against is not None and source is DecisionSource.MODERATOR:
        if against.moderator == moderator and moderators.are_several(conn, site):
            raise review.NeedsAnother
        source = DecisionSource.APPEAL
    step: dict[str, str | int] = {"before": comment.status.value, "after": after.value, "of_site": site}
    if conn.execute(_SET_STATUS, step | {"comment_id": comment_id}).rowcount == 0:
        raise review.AlreadyDecided(_find(conn, site, comment_id), _read_trail(conn, site, comment_id)[-1])
    line = DecisionRecord(comment_id, decision, source, moderator, reason, note, comment.status, after, now, message)
    reasons = comment.verdict.reasons
    if reasons:
        conn.execute(_MOVE_REASON, [step | {"of_comment": comment_id, "of_reason": name.value} for name in reasons])
    search.move(conn, comment, after)
    changes = [(comment, comment.status, -1), (comment, after, 1)]
    authors.count(conn, site, changes)
    # Last, because these are the rows that other writers wait for; everywhere in this order.
    _append(conn, comment, trail, line)
    counts.count(conn, site, changes)
    decided = _find(conn, site, comment_id)
    events = [decision_made(decided, line), status_reached(decided, now)]
    outbox.tell(conn, *events, *([] if against is None else [appeal_decided(decided, line)]))
    return decided, line


def record_many(
    conn: Connection,
    site: str,
    ids: Sequence[int],
    decision: Decision,
    expected: Status,
    moderator: str,
    reason: str | None,
    note: str | None,
    now: datetime,
    message: str | None = None,
    canned: Callable[[str], str | None] = lambda _: None,
) -> list[int]:
    """The same moderator's decision on each; the ids of those that were `expected` and exist. Others stay as they are.

    Raises ValueError for a NUL character or a lone surrogate.
    """
    decided: list[int] = []
    # Always in one order, so that two who decide on the same comments do not wait for each other.
    for comment_id in sorted(ids):
        # Refused before anything of it is written.
        with suppress(review.ReviewError, NoSuchComment):
            by = DecisionSource.MODERATOR
            record(conn, site, comment_id, decision, expected, by, moderator, reason, note, now, message, canned)
            decided.append(comment_id)
    return decided


def note_hold(conn: Connection, comment: Comment, reason: str, now: datetime) -> None:
    """Adds the line of a hold by the rules to the trail of a locked comment, which `comment` was until then."""
    trail = _read_trail(conn, comment.site, comment.id)
    line = DecisionRecord(
        comment.id, Decision.HOLD, DecisionSource.RULE, None, reason, None, comment.status, Status.HELD, now
    )
    _append(conn, comment, trail, line)


def note_edit(conn: Connection, before: Comment, after: Comment, now: datetime, source: DecisionSource) -> None:
    """Adds the line of what the rules made of a locked comment's new text."""
    trail = _read_trail(conn, before.site, before.id)
    line = DecisionRecord(
        before.id,
        after.verdict.decision,
        source,
        None,
        review.EDITED,
        None,
        before.status,
        after.status,
        now,
    )
    _append(conn, before, trail, line)


def note_withdrawal(conn: Connection, comment: Comment, reason: str, now: datetime, source: DecisionSource) -> None:
    """Adds the line of a locked comment, which `comment` was until then, that is gone without a moderator's word."""
    trail = _read_trail(conn, comment.site, comment.id)
    line = DecisionRecord(
        comment.id, Decision.REJECT, source, None, reason, None, comment.status, Status.WITHDRAWN, now
    )
    _append(conn, comment, trail, line)


def appeal(
    conn: Connection,
    site: str,
    comment_id: int,
    author: str,
    note: str,
    now: datetime,
) -> Comment:
    """The author asks to look again: the comment is held, and its trail has what they say.

    Raises NoSuchComment, review.CannotAppeal, and ValueError for a NUL character or a lone surrogate.
    """
    check_storable(author, note)
    comments.lock(conn, site, comment_id)
    comment, trail = _find(conn, site, comment_id), _read_trail(conn, site, comment_id)
    if comment.erased:
        raise NoSuchComment(comment_id)
    after = review.appeal(comment, trail, author, appeal_days(conn, comment, trail), now)
    found = Evidence(Reason.POLICY_APPEALED, Decision.HOLD)
    verdict = replace(comment.verdict, evidence=(*comment.verdict.evidence, found))
    appealed = replace(comment, status=after, verdict=verdict)
    line = DecisionRecord(
        comment_id, Decision.HOLD, DecisionSource.APPEAL, None, _APPEALED, note, comment.status, after, now
    )
    _append(conn, comment, trail, line)
    comments.replace(conn, comment, appealed)
    outbox.tell(conn, appeal_opened(appealed, now), status_reached(appealed, now))
    return appealed


def of(conn: Connection, site: str, comment_id: int) -> list[DecisionRecord]:
    """The audit trail, oldest first; empty where the site has no such comment."""
    return _read_trail(conn, site, comment_id)


def of_many(conn: Connection, site: str, ids: Sequence[int]) -> dict[int, list[DecisionRecord]]:
    """The audit trail of each of these comments, oldest first."""
    trails: dict[int, list[DecisionRecord]] = {number: [] for number in ids}
    asked = select(_decisions).where(_decisions.c.comment_id.in_(ids), _decisions.c.site == site)
    for row in conn.execute(asked.order_by(_decisions.c.comment_id, _decisions.c.number)):
        trails[row.comment_id].append(_read(row))
    return trails


def _find(conn: Connection, site: str, comment_id: int) -> Comment:
    comment = comments.find(conn, site, comment_id)
    if comment is None:
        raise NoSuchComment(comment_id)
    return comment


def _append(conn: Connection, comment: Comment, trail: list[DecisionRecord], line: DecisionRecord) -> None:
    """Adds a line to the comment's trail, and to the site's numbers what follows from it."""
    conn.execute(
        _decisions.insert(),
        {
            "site": comment.site,
            "comment_id": line.comment,
            "number": len(trail) + 1,
            "decision": line.decision.value,
            "source": line.source.value,
            "moderator": line.moderator,
            "reason": line.reason,
            "note": line.note,
            "message": line.message,
            "before": None if line.before is None else line.before.value,
            "after": line.after.value,
            "at": line.at,
        },
    )
    tallies.count_line(conn, comment, trail, line)


def _read_trail(conn: Connection, site: str, comment_id: int) -> list[DecisionRecord]:
    return [_read(row) for row in conn.execute(_OF, {"comment_id": comment_id, "site": site})]


def _read(row: Row[*tuple[Any, ...]]) -> DecisionRecord:
    return DecisionRecord(
        comment=row.comment_id,
        decision=Decision(row.decision),
        source=DecisionSource(row.source),
        moderator=row.moderator,
        reason=row.reason,
        note=row.note,
        before=None if row.before is None else Status(row.before),
        after=Status(row.after),
        at=row.at,
        message=row.message,
    )
