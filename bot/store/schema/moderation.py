"""Comments, and what readers and moderators say about them.

The table for text search, comment_words, is of another kind on each database: see search.py and the migration.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from bot.store.schema.columns import Document, Id, Moment, metadata

comments = Table(
    "comments",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("thread", String, nullable=False),
    Column("parent", BigInteger),
    Column("author_id", String, nullable=False),
    Column("author_name", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_hash", LargeBinary, nullable=False),
    Column("permalink", Text),
    Column("created_at", Moment, nullable=False),
    Column("status", String, nullable=False),
    Column("decision", String, nullable=False),
    Column("severity", Float(53), nullable=False),
    Column("analysis", Document),
    Column("evidence", Document, nullable=False),
    Column("model", String),
    Column("policy", Integer, nullable=False),
    Column("low_print", BigInteger),
    Column("high_print", BigInteger),
    # Of a reply: the comment that its branch of the thread begins with.
    Column("root", BigInteger),
    Column("votes", Integer, nullable=False, server_default="0"),
    Column("edited_at", Moment),
    Index("comments_by_time", "site", "status", "id"),
    Index("comments_by_severity", "site", "status", "severity", "id"),
    Index("comments_by_thread", "site", "thread", "status", "id"),
    # text_hash rides along so that flood and repeat posts are counted from the index alone.
    Index("comments_by_author", "site", "author_id", "status", "id", "text_hash"),
    Index("comments_by_low_print", "site", "low_print", "id"),
    Index("comments_by_high_print", "site", "high_print", "id"),
    Index("comments_by_root", "site", "thread", "root", "id"),
    Index("comments_by_votes", "site", "thread", "root", "votes", "id"),
)

comment_reasons = Table(
    "comment_reasons",
    metadata,
    Column("site", String, nullable=False),
    Column("status", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("comment_id", BigInteger, nullable=False),
    Column("severity", Float(53), nullable=False),
    PrimaryKeyConstraint("site", "status", "reason", "comment_id", name="comment_reasons_pkey"),
    Index("comment_reasons_by_severity", "site", "status", "reason", "severity", "comment_id"),
    sqlite_with_rowid=False,
)

decisions = Table(
    "decisions",
    metadata,
    Column("site", String, nullable=False),
    Column("comment_id", BigInteger, ForeignKey("comments.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("decision", String, nullable=False),
    Column("source", String, nullable=False),
    Column("moderator", String),
    Column("reason", String),
    Column("note", Text),
    Column("message", Text),
    Column("before", String),
    Column("after", String, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("comment_id", "number", name="decisions_pkey"),
    sqlite_with_rowid=False,
)

queue_counts = Table(
    "queue_counts",
    metadata,
    Column("site", String, nullable=False),
    Column("status", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("site", "status", "reason", "shard", name="queue_counts_pkey"),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": 30},
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("site", String, nullable=False),
    Column("key", String, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("comment_id", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("site", "key", name="idempotency_pkey"),
    Index("idempotency_by_age", "created_at"),
    sqlite_with_rowid=False,
)

reports = Table(
    "reports",
    metadata,
    Column("site", String, nullable=False),
    Column("comment_id", BigInteger, ForeignKey("comments.id"), nullable=False),
    Column("reporter", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("note", Text),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("comment_id", "reporter", name="reports_pkey"),
)

claims = Table(
    "claims",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("moderator", String, nullable=False),
    Column("comment_id", BigInteger),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    PrimaryKeyConstraint("site", "moderator", name="claims_pkey"),
)
