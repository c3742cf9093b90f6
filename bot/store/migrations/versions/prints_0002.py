"""Prints of comments, by which those that are nearly the same are found; comments from before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "comment_prints",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("print", sa.BigInteger, nullable=False),
        sa.Column("comment_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", "print", "comment_id", name="comment_prints_pkey"),
        sqlite_with_rowid=False,
    )
