"""Where comments of other systems come from, what is known of them, and what edited comments said before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Creates the tables."""
    document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "sources",
        sa.Column("id", number, primary_key=True, autoincrement=False),
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("token_hash", name="sources_token_hash"),
    )
    op.create_index("sources_site", "sources", ["site", "id"])
    op.create_table(
        "source_secrets",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("source_id", sa.BigInteger, sa.ForeignKey("sources.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "number", name="source_secrets_pkey"),
    )
    op.create_table(
        "arrivals",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("source_id", sa.BigInteger, nullable=False),
        sa.Column("external", sa.LargeBinary, nullable=False),
        sa.Column("comment_id", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger),
        sa.PrimaryKeyConstraint("source_id", "external", name="arrivals_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "seen_deliveries",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("source_id", sa.BigInteger, nullable=False),
        sa.Column("delivery", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "delivery", name="seen_deliveries_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("seen_deliveries_by_age", "seen_deliveries", ["at"])
    op.create_table(
        "revisions",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("comment_id", sa.BigInteger, sa.ForeignKey("comments.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("severity", sa.Float(53), nullable=False),
        sa.Column("analysis", document),
        sa.Column("evidence", document, nullable=False),
        sa.Column("model", sa.String),
        sa.Column("policy", sa.Integer, nullable=False),
        sa.Column("section", sa.Text),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("comment_id", "number", name="revisions_pkey"),
    )
