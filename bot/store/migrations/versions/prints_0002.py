"""Prints of comments, by which those that are nearly the same are found; comments from before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the columns, each with its index."""
    for name in ("low_print", "high_print"):
        op.add_column("comments", sa.Column(name, sa.BigInteger))
        op.create_index(f"comments_by_{name}", "comments", ["site", name, "id"])
