"""What the author of a comment is told about a decision."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("decisions", sa.Column("message", sa.Text))
