"""What other people's tools bring: labelled examples, how often keys ask, Coral's secrets, curves to read scores by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Creates the tables."""
    document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "examples",
        sa.Column("id", number, primary_key=True, autoincrement=False),
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("labels", document, nullable=False),
        sa.Column("spans", document, nullable=False),
        sa.Column("language", sa.String),
        sa.Column("context", document, nullable=False),
        sa.Column("community", sa.Text),
        sa.Column("reference", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("examples_by_time", "examples", ["site", "id"])
    op.create_table(
        "usage",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("key_id", sa.BigInteger, nullable=False),
        sa.Column("month", sa.String, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("spam", "ham", "missed", "false_alarm")),
        sa.PrimaryKeyConstraint("site", "key_id", "month", "place", name="usage_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "coral_secrets",
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", "number", name="coral_secrets_pkey"),
    )
    op.create_table(
        "curves",
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("attribute", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("points", document, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", "attribute", name="curves_pkey"),
    )
