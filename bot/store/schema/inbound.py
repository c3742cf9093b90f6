"""Where comments of other systems come from, and what is known of them; and what edited comments said before."""

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
    UniqueConstraint,
)

from bot.store.schema.columns import Document, Id, Moment, metadata

sources = Table(
    "sources",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("system", String, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("token_hash", name="sources_token_hash"),
    Index("sources_site", "site", "id"),
)

source_secrets = Table(
    "source_secrets",
    metadata,
    Column("site", String, nullable=False),
    Column("source_id", BigInteger, ForeignKey("sources.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("source_id", "number", name="source_secrets_pkey"),
)

arrivals = Table(
    "arrivals",
    metadata,
    Column("site", String, nullable=False),
    Column("source_id", BigInteger, nullable=False),
    Column("external", LargeBinary, nullable=False),
    Column("comment_id", BigInteger, nullable=False),
    Column("revision", BigInteger),
    PrimaryKeyConstraint("source_id", "external", name="arrivals_pkey"),
    sqlite_with_rowid=False,
)

seen_deliveries = Table(
    "seen_deliveries",
    metadata,
    Column("site", String, nullable=False),
    Column("source_id", BigInteger, nullable=False),
    Column("delivery", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("source_id", "delivery", name="seen_deliveries_pkey"),
    Index("seen_deliveries_by_age", "at"),
    sqlite_with_rowid=False,
)

revisions = Table(
    "revisions",
    metadata,
    Column("site", String, nullable=False),
    Column("comment_id", BigInteger, ForeignKey("comments.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("decision", String, nullable=False),
    Column("severity", Float(53), nullable=False),
    Column("analysis", Document),
    Column("evidence", Document, nullable=False),
    Column("model", String),
    Column("policy", Integer, nullable=False),
    Column("section", Text),
    Column("until", Moment, nullable=False),
    PrimaryKeyConstraint("comment_id", "number", name="revisions_pkey"),
)
