"""The tables, as SQLAlchemy Core sees them. Migrations create them; a test keeps the two the same.

Everything is keyed by site, so that a query without a site cannot be written by accident; except moderators with
their sign-ins, because one person may work several sites.
"""

import datetime as dt

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON, TypeDecorator

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def microseconds(moment: dt.datetime) -> int:
    """How a Moment is stored."""
    return (moment - EPOCH) // _MICROSECOND


def moment(kept: int) -> dt.datetime:
    """What was meant by a stored Moment."""
    return EPOCH + kept * _MICROSECOND


class Moment(TypeDecorator[dt.datetime]):
    """An aware datetime, stored as whole microseconds since 1970 UTC: the same on every database, and sortable."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the base's
        """What the database keeps."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """What was meant."""
        return None if value is None else moment(value)


# SQLite keeps a table in the order of its INTEGER PRIMARY KEY only if the type is spelled exactly so.
Id = BigInteger().with_variant(Integer, "sqlite")
Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

metadata = MetaData()

sites = Table(
    "sites",
    metadata,
    Column("name", String, primary_key=True),
    Column("created_at", Moment, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("name", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    UniqueConstraint("token_hash", name="keys_token_hash"),
    Index("keys_site", "site", "id"),
)

policies = Table(
    "policies",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Document, nullable=False),
    Column("note", Text),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("site", "version", name="policies_pkey"),
)

threads = Table(
    "threads",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("thread", String, nullable=False),
    Column("closed", Boolean, nullable=False),
    PrimaryKeyConstraint("site", "thread", name="threads_pkey"),
)

authors = Table(
    "authors",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("author_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("standing", String, nullable=False),
    Column("standing_until", Moment),
    Column("approved", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    PrimaryKeyConstraint("site", "author_id", name="authors_pkey"),
    # Counters change with every comment: room on the page lets PostgreSQL change a row in place.
    postgresql_with={"fillfactor": 70},
)

sanctions = Table(
    "sanctions",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("author_id", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("standing", String, nullable=False),
    Column("until", Moment),
    Column("moderator", String, nullable=False),
    Column("reason", String),
    Column("message", Text),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("site", "author_id", "number", name="sanctions_pkey"),
)

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
    Index("comments_by_time", "site", "status", "id"),
    Index("comments_by_severity", "site", "status", "severity", "id"),
    Index("comments_by_thread", "site", "thread", "status", "id"),
    # text_hash rides along so that flood and repeat posts are counted from the index alone.
    Index("comments_by_author", "site", "author_id", "status", "id", "text_hash"),
    Index("comments_by_low_print", "site", "low_print", "id"),
    Index("comments_by_high_print", "site", "high_print", "id"),
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

moderators = Table(
    "moderators",
    metadata,
    Column("name", String, primary_key=True),
    Column("password_hash", String),
    Column("created_at", Moment, nullable=False),
)

moderator_roles = Table(
    "moderator_roles",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("moderator", String, ForeignKey("moderators.name"), nullable=False),
    Column("role", String, nullable=False),
    PrimaryKeyConstraint("site", "moderator", name="moderator_roles_pkey"),
    Index("moderator_roles_by_moderator", "moderator"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("moderator", String, ForeignKey("moderators.name"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("sign_in_links_by_moderator", "moderator"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("moderator", String, ForeignKey("moderators.name"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("sessions_by_moderator", "moderator"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", Id, primary_key=True),
    Column("moderator", String, nullable=False),
    Column("event", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("address", String),
    Index("sign_ins_by_moderator", "moderator", "id"),
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

examples = Table(
    "examples",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("source", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("labels", Document, nullable=False),
    Column("spans", Document, nullable=False),
    Column("language", String),
    Column("context", Document, nullable=False),
    Column("community", Text),
    Column("reference", Text),
    Column("created_at", Moment, nullable=False),
    Index("examples_by_time", "site", "id"),
)

usage = Table(
    "usage",
    metadata,
    Column("site", String, nullable=False),
    Column("key_id", BigInteger, nullable=False),
    Column("month", String, nullable=False),
    Column("place", Text, nullable=False),
    Column("spam", Integer, nullable=False),
    Column("ham", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("false_alarm", Integer, nullable=False),
    PrimaryKeyConstraint("site", "key_id", "month", "place", name="usage_pkey"),
    sqlite_with_rowid=False,
)

coral_secrets = Table(
    "coral_secrets",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("site", "number", name="coral_secrets_pkey"),
)

curves = Table(
    "curves",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("attribute", String, nullable=False),
    Column("model", String, nullable=False),
    Column("points", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("site", "attribute", name="curves_pkey"),
)

# The table for text search, comment_words, is of another kind on each database: see search.py and the migration.
