"""What erasing an author means for each table: a few comments at a time, and every step in one transaction.

The author becomes a pseudonym that nothing leads back from. Texts, names, addresses and notes go; places in threads,
statuses, scores, counts and the lines of the audit trail stay. A step that was cut off has not happened, and whoever
comes next goes on where the last one ended: `erasures` knows the author's id until nothing else does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Row, delete, func, literal_column, select, update

from bot.comment import Author, Comment, Status
from bot.event import status_reached
from bot.likeness import Likeness
from bot.store import authors, comments, decisions, kept, outbox, schema, search
from bot.store.counts import Change
from bot.store.documents import write_analysis, write_evidence
from bot.verdict import DecisionSource

ERASED_NAME: Final = "Erased"
_WHY: Final = "author_erased"
_NO_HASH: Final = b""
_comments, _reports, _examples = schema.comments, schema.reports, schema.examples
_erasures, _authors, _sanctions = schema.erasures, schema.authors, schema.sanctions


@dataclass(frozen=True, slots=True)
class Erasure:
    """One author's erasure: who asked for it, how many comments it reached, and when it ended (None: not yet).

    `author` is the id, None once it ended. `pseudonym` is what stands for the author from then on.
    """

    site: str
    pseudonym: str
    author: str | None
    moderator: str
    comments: int
    began_at: datetime
    ended_at: datetime | None


def begin(conn: Connection, site: str, author_id: str, pseudonym: str, moderator: str, now: datetime) -> Erasure | None:
    """Begins an erasure, or finds the one that was begun; None where nothing is kept about the author."""
    open_one = conn.execute(
        select(_erasures).where(_erasures.c.site == site, _erasures.c.author_id == author_id).limit(1)
    ).first()
    if open_one is not None:
        return _read(open_one)
    if not kept.has_traces(conn, site, author_id):
        return None
    authors.introduce(conn, site, [Author(pseudonym, ERASED_NAME)])
    erasure = Erasure(site, pseudonym, author_id, moderator, 0, now, None)
    conn.execute(
        _erasures.insert(),
        {
            "site": site,
            "pseudonym": pseudonym,
            "author_id": author_id,
            "moderator": moderator,
            "comments": 0,
            "began_at": now,
            "ended_at": None,
        },
    )
    return erasure


def open_ones(conn: Connection) -> list[Erasure]:
    """Erasures of every site that were begun and did not end."""
    asked = select(_erasures).where(_erasures.c.ended_at.is_(None)).order_by(_erasures.c.began_at)
    return [_read(row) for row in conn.execute(asked)]


def of(conn: Connection, site: str) -> list[Erasure]:
    """The site's erasures, newest first."""
    asked = select(_erasures).where(_erasures.c.site == site).order_by(_erasures.c.began_at.desc())
    return [_read(row) for row in conn.execute(asked)]


def erase_examples(conn: Connection, erasure: Erasure, after: int, limit: int) -> int | None:
    """Deletes examples that hold a text of the author's, of those whose ids come after that one.

    The id to go on after, None where all were looked at. Where only the context is the author's, only that goes.
    """
    asked = select(_examples.c.id, _examples.c.text, _examples.c.context)
    here = asked.where(_examples.c.site == erasure.site, _examples.c.id > after).order_by(_examples.c.id).limit(limit)
    rows = conn.execute(here).all()
    hashes = {row.id: [Likeness.of(text).text_hash for text in (row.text, *row.context)] for row in rows}
    all_hashes = {one for some in hashes.values() for one in some}
    theirs = kept.written_by(conn, erasure.site, str(erasure.author), all_hashes)
    for row in rows:
        own, *about = (one in theirs for one in hashes[row.id])
        this = _examples.c.id == row.id
        if own:
            conn.execute(delete(_examples).where(this))
        elif any(about):
            left = [text for text, is_theirs in zip(row.context, about, strict=True) if not is_theirs]
            conn.execute(update(_examples).where(this).values(context=left))
    return rows[-1].id if len(rows) == limit else None


def erase_comments(conn: Connection, erasure: Erasure, limit: int, now: datetime) -> int:
    """Erases up to `limit` of the author's comments; how many there were."""
    here = (_comments.c.site == erasure.site, _comments.c.author_id == erasure.author, _any_status())
    # In the order of the index, so that a step costs the same however many there are.
    theirs = select(_comments.c.id).where(*here).order_by(_comments.c.status, _comments.c.id).limit(limit)
    ids = list(conn.scalars(theirs.with_for_update()))
    changes: list[Change] = []
    left: list[Comment] = []
    for found in comments.find_all(conn, erasure.site, ids):
        comment = found
        if comment.status is Status.HELD:
            # There is nothing left to decide on, and a queue of empty comments helps nobody.
            withdrawn = replace(comment, status=Status.WITHDRAWN)
            decisions.note_withdrawal(conn, comment, _WHY, now, DecisionSource.RULE)
            comments.replace(conn, comment, withdrawn)
            comment = withdrawn
            left.append(_anonymous(withdrawn, erasure))
        pseudonymous = _anonymous(comment, erasure)
        changes += [(comment, comment.status, -1), (pseudonymous, comment.status, 1)]
        if not comment.erased:
            _erase_text(conn, comment, now)
        conn.execute(update(_comments).where(_comments.c.id == comment.id).values(author_id=erasure.pseudonym))
    authors.count(conn, erasure.site, changes)
    if ids:
        said = conn.scalar(select(func.count()).select_from(_reports).where(_reports.c.comment_id.in_(ids))) or 0
        authors.count_reports(conn, erasure.site, str(erasure.author), -said)
        authors.count_reports(conn, erasure.site, erasure.pseudonym, said)
        _forget_around(conn, ids)
        outbox.pseudonymise(conn, erasure.pseudonym, ids)
        counted = update(_erasures).where(*_is(erasure)).values(comments=_erasures.c.comments + len(ids))
        conn.execute(counted)
        outbox.tell(conn, *(status_reached(one, now) for one in left))
    return len(ids)


def erase_reports(conn: Connection, erasure: Erasure, limit: int) -> int:
    """Takes the author's name and notes from up to `limit` reports that they made; how many there were."""
    asked = select(_reports.c.comment_id).where(*_made_by(erasure.site, str(erasure.author)))
    ids = list(conn.scalars(asked.order_by(_reports.c.comment_id).limit(limit)))
    if ids:
        these = (*_made_by(erasure.site, str(erasure.author)), _reports.c.comment_id.in_(ids))
        conn.execute(update(_reports).where(*these).values(reporter=erasure.pseudonym, note=None))
    return len(ids)


def finish(conn: Connection, erasure: Erasure, now: datetime) -> bool:
    """Ends the erasure: standing and sanctions go over to the pseudonym, and the id is forgotten.

    False where the author wrote or reported something in the meantime; then nothing changes.
    """
    site, author_id, pseudonym = erasure.site, str(erasure.author), erasure.pseudonym
    of_author = (_authors.c.site == site, _authors.c.author_id == author_id)
    # Who writes a comment holds this row until it is stored, so after this none is under way.
    known = conn.execute(select(_authors).where(*of_author).with_for_update()).first()
    here = (_comments.c.site == site, _comments.c.author_id == author_id, _any_status())
    wrote = conn.execute(select(_comments.c.id).where(*here).limit(1)).first()
    reported = conn.execute(select(_reports.c.comment_id).where(*_made_by(site, author_id)).limit(1)).first()
    if wrote is not None or reported is not None:
        return False
    if known is not None:
        stands_in = (_authors.c.site == site, _authors.c.author_id == pseudonym)
        goes_over = {"standing": known.standing, "standing_until": known.standing_until}
        conn.execute(update(_authors).where(*stands_in).values(goes_over))
        conn.execute(delete(_authors).where(*of_author))
    profiles, votes = schema.profiles, schema.votes
    conn.execute(delete(profiles).where(profiles.c.site == site, profiles.c.author_id == author_id))
    voted = (votes.c.site == site, votes.c.author_id == author_id)
    conn.execute(update(votes).where(*voted).values(author_id=pseudonym))
    asked = schema.questions
    conn.execute(delete(asked).where(asked.c.site == site, asked.c.author_id == author_id))
    of_sanctions = (_sanctions.c.site == site, _sanctions.c.author_id == author_id)
    conn.execute(update(_sanctions).where(*of_sanctions).values(author_id=pseudonym, message=None))
    outbox.pseudonymise_sanctions(conn, site, author_id, pseudonym)
    conn.execute(update(_erasures).where(*_is(erasure)).values(author_id=None, ended_at=now))
    return True


def find(conn: Connection, site: str, pseudonym: str) -> Erasure | None:
    """The erasure of whom the pseudonym stands for."""
    asked = select(_erasures).where(_erasures.c.site == site, _erasures.c.pseudonym == pseudonym)
    row = conn.execute(asked).first()
    return None if row is None else _read(row)


def erase_texts(conn: Connection, found: Sequence[Comment], now: datetime) -> None:
    """Erases what these locked comments say and what was noted about them; who wrote them, and their status, stay."""
    for comment in found:
        _erase_text(conn, comment, now)
    if found:
        _forget_around(conn, [comment.id for comment in found])


def _erase_text(conn: Connection, comment: Comment, now: datetime) -> None:
    search.erase(conn, comment)
    verdict = [replace(found, span=None) for found in comment.verdict.evidence]
    analysis = None if comment.analysis is None else write_analysis(replace(comment.analysis, spans=()))
    gone = {
        "author_name": ERASED_NAME,
        "text": "",
        "text_hash": _NO_HASH,
        "permalink": None,
        "analysis": analysis,
        "evidence": write_evidence(tuple(verdict)),
        "low_print": None,
        "high_print": None,
        "erased_at": now,
    }
    conn.execute(update(_comments).where(_comments.c.id == comment.id).values(gone))


def _forget_around(conn: Connection, ids: Sequence[int]) -> None:
    """What these comments said before they were edited, and what was said about them: readers and moderators quote."""
    trail = schema.decisions
    said = trail.c.note.is_not(None) | trail.c.message.is_not(None)
    conn.execute(update(trail).where(trail.c.comment_id.in_(ids), said).values(note=None, message=None))
    conn.execute(update(_reports).where(_reports.c.comment_id.in_(ids)).values(note=None))
    for table in (schema.idempotency, schema.revisions):
        conn.execute(delete(table).where(table.c.comment_id.in_(ids)))


def _anonymous(comment: Comment, erasure: Erasure) -> Comment:
    author = Author(erasure.pseudonym, ERASED_NAME)
    return replace(comment, submission=replace(comment.submission, author=author, permalink=None))


def _any_status() -> ColumnElement[bool]:
    """Named so that the index by author leads on to the id."""
    return _comments.c.status.in_([literal_column(f"'{status.value}'") for status in Status])


def _made_by(site: str, author_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _reports.c.site == site, _reports.c.reporter == author_id


def _is(erasure: Erasure) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _erasures.c.site == erasure.site, _erasures.c.pseudonym == erasure.pseudonym


def _read(row: Row[str, str, str | None, str, int, datetime, datetime | None]) -> Erasure:
    return Erasure(row.site, row.pseudonym, row.author_id, row.moderator, row.comments, row.began_at, row.ended_at)
