"""What readers report about comments."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "reports",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("comment_id", sa.BigInteger, sa.ForeignKey("comments.id"), nullable=False),
        sa.Column("reporter", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("comment_id", "reporter", name="reports_pkey"),
    )
