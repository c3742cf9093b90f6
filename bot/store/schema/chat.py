"""What the chat needs: a site's FAQ in versions, and the questions that were handed over to a person."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, Text

from bot.store.schema.columns import Document, Id, Moment, metadata

faqs = Table(
    "faqs",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Document, nullable=False),
    Column("note", Text),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("site", "version", name="faqs_pkey"),
)

questions = Table(
    "questions",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    # The hash of the secret that only the asker's browser has: it brings the answer back to them, and to nobody else.
    Column("conversation", LargeBinary, nullable=False),
    Column("author_id", String),
    Column("author_name", String),
    Column("text", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("answer", Text),
    Column("moderator", String),
    Column("asked_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("expires_at", Moment, nullable=False),
    Index("questions_by_status", "site", "status", "id"),
    Index("questions_by_conversation", "site", "conversation", "id"),
    Index("questions_by_expiry", "expires_at"),
)
