"""The chat: each site's FAQ in versions, and questions that wait for a person."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Creates the tables."""
    document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "faqs",
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", document, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", "version", name="faqs_pkey"),
    )
    op.create_table(
        "questions",
        sa.Column("id", number, primary_key=True, autoincrement=False),
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("conversation", sa.LargeBinary, nullable=False),
        sa.Column("author_id", sa.String),
        sa.Column("author_name", sa.String),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("moderator", sa.String),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("questions_by_status", "questions", ["site", "status", "id"])
    op.create_index("questions_by_conversation", "questions", ["site", "conversation", "id"])
    op.create_index("questions_by_expiry", "questions", ["expires_at"])
