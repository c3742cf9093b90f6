"""Notices: endpoints that are people, reached through chat programs and e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"


def upgrade() -> None:
    """Every endpoint until now is a webhook."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.add_column("endpoints", sa.Column("kind", sa.String, nullable=False, server_default="webhook"))
    op.create_table(
        "notices",
        sa.Column("endpoint_id", number, sa.ForeignKey("endpoints.id"), primary_key=True, autoincrement=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("rest_seconds", sa.Integer, nullable=False),
        sa.Column("shows_text", sa.Boolean, nullable=False),
        sa.Column("slack_secret", sa.String),
    )
