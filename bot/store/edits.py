"""What authors do to their own comments: another text, judged anew under the same id, or taken back.

What a comment said before is kept, and the trail has a line of it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from bot import editing, review
from bot.comment import FIRST_STATUS, Comment, History, Status, first_id_at
from bot.event import status_reached
from bot.likeness import Likeness
from bot.store import comments, decisions, outbox, schema, search
from bot.store.comments import Windows
from bot.store.decisions import NoSuchComment
from bot.store.documents import check_storable, write_analysis, write_evidence
from bot.verdict import Decision, DecisionSource, Evidence, Reason, Verdict
from sentiment.scores import Analysis

_comments = schema.comments
_revisions = schema.revisions
WITHDRAWN = "withdrawn"


def edit(
    conn: Connection,
    before: Comment,
    text: str,
    analysis: Analysis | None,
    likeness: Likeness,
    windows: Windows,
    judge: Callable[[History], Verdict],
    now: datetime,
    source: DecisionSource = DecisionSource.RULE,
) -> Comment:
    """Gives a locked comment another text, judges it, and writes a line of its trail; the comment as it is then.

    `source` is AUTHOR where the author did it here, RULE where another system tells of it. What people said about the
    comment stays among its evidence. What is withdrawn stays as it is.

    Raises ValueError for a NUL character or a lone surrogate.
    """
    if before.status is Status.WITHDRAWN or text == before.submission.text:
        return before
    check_storable(text)
    _keep_revision(conn, before, now)
    submission = replace(before.submission, text=text)
    # A comment is no repeat and no flood of itself.
    _set(conn, before, text_hash=b"", low_print=None, high_print=None)
    history = comments.read_history(conn, before.site, submission, likeness, windows, now)
    if before.id >= first_id_at(now - windows.flood):
        history = replace(history, recent=max(0, history.recent - 1))
    verdict = judge(history)
    if review.needs_person(before, decisions.of(conn, before.site, before.id)):
        found = Evidence(Reason.POLICY_EDITED, Decision.HOLD)
        held = Decision.HOLD if verdict.decision is Decision.APPROVE else verdict.decision
        verdict = replace(verdict, decision=held, evidence=(*verdict.evidence, found))
    verdict = replace(verdict, evidence=(*verdict.evidence, *editing.said_by_people(before)))
    after = replace(
        before,
        submission=submission,
        status=FIRST_STATUS[verdict.decision],
        analysis=analysis,
        verdict=verdict,
        # As exactly as moments are written, so that callers can say which text they saw.
        edited_at=now.replace(microsecond=now.microsecond // 1000 * 1000),
    )
    low, high = likeness.prints or (None, None)
    _set(
        conn,
        before,
        text=text,
        text_hash=likeness.text_hash,
        low_print=low,
        high_print=high,
        analysis=None if analysis is None else write_analysis(analysis),
        decision=verdict.decision.value,
        model=verdict.model,
        policy=verdict.policy,
        section=verdict.section,
        edited_at=after.edited_at,
    )
    decisions.note_edit(conn, before, after, now, source)
    search.reword(conn, before, submission.text)
    comments.replace(conn, replace(before, submission=submission), after)
    if after.status is not before.status:
        outbox.tell(conn, status_reached(after, now))
    return after


def edit_own(
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
    """The same for the author's comment, for as many minutes as the policy says; `judge` must be pure.

    Raises NoSuchComment, editing.CannotEdit, and ValueError for a NUL character or a lone surrogate.
    """
    before = _locked(conn, site, comment_id)
    editing.check_edit(before, decisions.of(conn, site, comment_id), author, minutes, now)
    return edit(conn, before, text, analysis, Likeness.of(text), windows, judge, now, DecisionSource.AUTHOR)


def withdraw(conn: Connection, site: str, comment_id: int, author: str, now: datetime) -> Comment:
    """Takes the author's comment back. Raises NoSuchComment and editing.CannotEdit."""
    before = _locked(conn, site, comment_id)
    after = editing.withdrawn(before, author)
    decisions.note_withdrawal(conn, before, WITHDRAWN, now, DecisionSource.AUTHOR)
    comments.replace(conn, before, after)
    outbox.tell(conn, status_reached(after, now))
    return after


def _locked(conn: Connection, site: str, comment_id: int) -> Comment:
    comments.lock(conn, site, comment_id)
    comment = comments.find(conn, site, comment_id)
    if comment is None or comment.erased:
        raise NoSuchComment(comment_id)
    return comment


def _set(conn: Connection, comment: Comment, **changed: object) -> None:
    conn.execute(
        update(_comments).where(_comments.c.id == comment.id, _comments.c.site == comment.site).values(changed)
    )


def _keep_revision(conn: Connection, comment: Comment, now: datetime) -> None:
    number = select(func.count()).where(_revisions.c.comment_id == comment.id, _revisions.c.site == comment.site)
    verdict = comment.verdict
    conn.execute(
        _revisions.insert(),
        {
            "site": comment.site,
            "comment_id": comment.id,
            "number": (conn.scalar(number) or 0) + 1,
            "text": comment.submission.text,
            "decision": verdict.decision.value,
            "severity": verdict.severity,
            "analysis": None if comment.analysis is None else write_analysis(comment.analysis),
            "evidence": write_evidence(verdict.evidence),
            "model": verdict.model,
            "policy": verdict.policy,
            "section": verdict.section,
            "until": now,
        },
    )
