"""Sites, and what belongs to each as a whole: keys, policies, threads, authors."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.schema.columns import Document, Id, Moment, metadata

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
    Column("reported", Integer, nullable=False, server_default="0"),
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
