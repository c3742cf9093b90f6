"""Until when an author's standing holds, and the trail of who decided it and why."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the column and the table."""
    op.add_column("authors", sa.Column("standing_until", sa.BigInteger))
    op.create_table(
        "sanctions",
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("author_id", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("standing", sa.String, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("moderator", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("message", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", "author_id", "number", name="sanctions_pkey"),
    )
