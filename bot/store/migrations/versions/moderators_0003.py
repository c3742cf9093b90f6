"""Moderators with their roles, the links they sign in by, their sessions, and the trail of their sign-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "moderators",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("password_hash", sa.String),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "moderator_roles",
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("moderator", sa.String, sa.ForeignKey("moderators.name"), nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("site", "moderator", name="moderator_roles_pkey"),
    )
    op.create_index("moderator_roles_by_moderator", "moderator_roles", ["moderator"])
    op.create_table(
        "sign_in_links",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("moderator", sa.String, sa.ForeignKey("moderators.name"), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("sign_in_links_by_moderator", "sign_in_links", ["moderator"])
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("moderator", sa.String, sa.ForeignKey("moderators.name"), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.create_index("sessions_by_moderator", "sessions", ["moderator"])
    op.create_table(
        "sign_ins",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("moderator", sa.String, nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("address", sa.String),
    )
    op.create_index("sign_ins_by_moderator", "sign_ins", ["moderator", "id"])
