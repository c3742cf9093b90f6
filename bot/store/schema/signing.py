"""Moderators and their sign-ins. One person may work several sites, so most of it belongs to none."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, PrimaryKeyConstraint, String, Table

from bot.store.schema.columns import Id, Moment, metadata

moderators = Table(
    "moderators",
    metadata,
    Column("name", String, primary_key=True),
    Column("password_hash", String),
    Column("created_at", Moment, nullable=False),
)

moderator_roles = Table(
    "moderator_roles",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("moderator", String, ForeignKey("moderators.name"), nullable=False),
    Column("role", String, nullable=False),
    PrimaryKeyConstraint("site", "moderator", name="moderator_roles_pkey"),
    Index("moderator_roles_by_moderator", "moderator"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("moderator", String, ForeignKey("moderators.name"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("sign_in_links_by_moderator", "moderator"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("moderator", String, ForeignKey("moderators.name"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("sessions_by_moderator", "moderator"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", Id, primary_key=True),
    Column("moderator", String, nullable=False),
    Column("event", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("address", String),
    Index("sign_ins_by_moderator", "moderator", "id"),
)
