"""What authors do to their own comments: another text, judged anew, or taken back; with a line in the trail."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, update

from bot import editing
from bot.comment import Comment, DecisionRecord, History
from bot.likeness import Likeness
from bot.store import comments, decisions, schema, search
from bot.store.comments import Windows
from bot.store.decisions import NoSuchComment
from bot.store.documents import check_storable, write_analysis
from bot.verdict import Decision, DecisionSource, Verdict
from sentiment.scores import Analysis

_comments = schema.comments
EDITED = "edited"
WITHDRAWN = "withdrawn"


def edit(
    conn: Connection,
    site: str,
    comment_id: int,
    author: str,
    text: str,
    analysis: Analysis | None,
    windows: Windows,
    minutes: int,
    judge: Callable[[History], Verdict],
    now: datetime,
) -> Comment:
    """Another text for the author's comment, with everything that follows from judging it; `judge` must be pure.

    Raises NoSuchComment, editing.CannotEdit, and ValueError for a NUL character or a lone surrogate.
    """
    check_storable(text)
    before, trail = _locked(conn, site, comment_id)
    editing.check_edit(before, trail, author, minutes, now)
    if text == before.submission.text:
        return before
    likeness = Likeness.of(text)
    counted = comments.read_history(conn, site, replace(before.submission, text=text), likeness, windows, now)
    after = editing.edited(before, trail, text, judge(_without_itself(counted, before, likeness)))
    # The old words go while the comment still has them; `replace` then moves what is found by the new ones.
    search.forget(conn, before)
    renamed = replace(before, submission=after.submission)
    search.add(conn, [renamed])
    comments.replace(conn, renamed, after)
    low, high = likeness.prints or (None, None)
    changed: dict[str, object] = {
        "text": text,
        "text_hash": likeness.text_hash,
        "low_print": low,
        "high_print": high,
        "analysis": None if analysis is None else write_analysis(analysis),
        "decision": after.verdict.decision.value,
        "model": after.verdict.model,
        "policy": after.verdict.policy,
        "edited_at": now,
    }
    conn.execute(update(_comments).where(_comments.c.id == comment_id, _comments.c.site == site).values(changed))
    _note(conn, before, after, after.verdict.decision, EDITED, now, len(trail) + 1)
    return replace(after, analysis=analysis)


def withdraw(conn: Connection, site: str, comment_id: int, author: str, now: datetime) -> Comment:
    """Takes the author's comment back. Raises NoSuchComment and editing.CannotEdit."""
    before, trail = _locked(conn, site, comment_id)
    after = editing.withdrawn(before, author)
    comments.replace(conn, before, after)
    _note(conn, before, after, Decision.REJECT, WITHDRAWN, now, len(trail) + 1)
    return after


def _locked(conn: Connection, site: str, comment_id: int) -> tuple[Comment, list[DecisionRecord]]:
    comments.lock(conn, site, comment_id)
    comment = comments.find(conn, site, comment_id)
    if comment is None:
        raise NoSuchComment(comment_id)
    return comment, decisions.of(conn, site, comment_id)


def _without_itself(counted: History, before: Comment, likeness: Likeness) -> History:
    """The comment stands in the author's history already, and is no repetition of itself."""
    own = Likeness.of(before.submission.text)
    same = own.text_hash == likeness.text_hash
    alike = own.prints is not None and likeness.prints is not None and not set(own.prints).isdisjoint(likeness.prints)
    return replace(
        counted,
        recent=max(0, counted.recent - 1),
        repeats=max(0, counted.repeats - same),
        likes=max(0, counted.likes - alike),
    )


def _note(
    conn: Connection, before: Comment, after: Comment, decision: Decision, reason: str, now: datetime, number: int
) -> None:
    line = DecisionRecord(
        before.id, decision, DecisionSource.AUTHOR, None, reason, None, before.status, after.status, now
    )
    decisions.append(conn, before.site, line, number)
