"""Which section of the policy judged a comment."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Adds the column; the comments before were judged by the site's own rules."""
    op.add_column("comments", sa.Column("section", sa.Text))
