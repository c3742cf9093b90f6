"""Text search: the words of a comment, and where each database keeps them.

SQLite keeps them in an FTS5 table, PostgreSQL in a tsvector with a GIN index. Both hold exactly the tokens made
here, so that both find the same. Besides the words of the text, each comment carries one place token (site and
status, marked by an underscore that no word has), so that the index alone finds "held comments of this site with
these words". Whoever changes `words` must fill the table again in a migration: SQLite's table does not keep the
text and forgets a comment only if it is told the same tokens again.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, String, Table, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from bot.comment import Comment, Status
from bot.store.prepared import Prepared

_LONGEST_WORD = 64
# Scripts without spaces between words: each character stands for itself.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")

_postgres = MetaData()
words_table = Table(
    "comment_words",
    _postgres,
    Column("comment_id", BigInteger, primary_key=True, autoincrement=False),
    Column("site", String, nullable=False),
    Column("status", String, nullable=False),
    Column("words", TSVECTOR, nullable=False),
    Index("comment_words_by_time", "site", "status", "comment_id"),
    Index("comment_words_by_word", "words", postgresql_using="gin", postgresql_with={"gin_pending_list_limit": 256}),
)

_ADD = Prepared(
    {
        "sqlite": text("INSERT INTO comment_words (rowid, words) VALUES (:id, :words)"),
        "postgresql": text(
            "INSERT INTO comment_words (comment_id, site, status, words)"
            " VALUES (:id, :site, :status, CAST(CAST(:words AS text) AS tsvector))"
        ),
    }
)
_FORGET = Prepared(
    {
        "sqlite": text("INSERT INTO comment_words (comment_words, rowid, words) VALUES ('delete', :id, :words)"),
        "postgresql": text("DELETE FROM comment_words WHERE comment_id = :id"),
    }
)


def words(written: str) -> list[str]:
    """Each word once, in the order of the text: case, accents and width folded; underscores and signs separate."""
    folded = written.casefold()
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded)
        bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
        folded = unicodedata.normalize("NFC", bare)
    return list(dict.fromkeys(word[:_LONGEST_WORD] for word in _WORD.findall(folded)))


def place(site: str, status: Status) -> str:
    """The token that stands for a site and a status."""
    return f"_{site}_{status.value}"


def indexed(comment: Comment, status: Status) -> str:
    """All tokens of a comment with that status, as both databases take them."""
    return " ".join((place(comment.site, status), *words(comment.submission.text)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word that a comment must have, or with `open_end` the beginning of one."""

    word: str
    open_end: bool


def wanted(query: str) -> list[Wanted]:
    """The words that a query asks for, all of them; `*` at the end of a word stands for any ending."""
    asked: list[Wanted] = []
    for part in query.split():
        found = words(part)
        asked += [Wanted(word, part.endswith("*") and word is found[-1]) for word in found]
    return asked


def sqlite_query(site: str, status: Status, asked: list[Wanted]) -> str:
    """FTS5's MATCH for the comments there that have every wanted word."""
    terms = (f'"{one.word}"' + ("*" if one.open_end else "") for one in asked)
    return " AND ".join((f'"{place(site, status)}"', *terms))


def postgres_query(site: str, status: Status, asked: list[Wanted]) -> str:
    """The same as a tsquery."""
    terms = (f"'{one.word}'" + (":*" if one.open_end else "") for one in asked)
    return " & ".join((f"'{place(site, status)}'", *terms))


def add(conn: Connection, added: Sequence[Comment]) -> None:
    """Makes comments findable."""
    _add(conn, [(comment, comment.status) for comment in added])


def move(conn: Connection, comment: Comment, after: Status) -> None:
    """Makes a comment findable under its new status only."""
    forget(conn, comment)
    _add(conn, [(comment, after)])


def forget(conn: Connection, comment: Comment) -> None:
    """Makes a comment unfindable, by the words that it still has."""
    _FORGET.run(conn, {"id": comment.id, "words": indexed(comment, comment.status)})


def _add(conn: Connection, added: Sequence[tuple[Comment, Status]]) -> None:
    _ADD.run_all(
        conn,
        [
            {"id": comment.id, "site": comment.site, "status": status.value, "words": indexed(comment, status)}
            for comment, status in added
        ],
    )
