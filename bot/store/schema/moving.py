"""What came from other systems, and what speaking for them needs."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from bot.store.schema.columns import Document, Id, Moment, metadata

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
