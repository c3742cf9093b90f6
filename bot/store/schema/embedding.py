"""What the widget needs: seals of passes, keys of sites, what readers see of authors, votes, and how nudges went."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from bot.store.schema.columns import Moment, metadata

seals = Table(
    "seals",
    metadata,
    Column("site", String, ForeignKey("sites.name"), primary_key=True),
    Column("secret", String, nullable=False),
    Column("created_at", Moment, nullable=False),
)

site_keys = Table(
    "site_keys",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("algorithm", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("site", "number", name="site_keys_pkey"),
)

profiles = Table(
    "profiles",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("author_id", String, nullable=False),
    Column("avatar", Text),
    Column("role", String),
    PrimaryKeyConstraint("site", "author_id", name="profiles_pkey"),
)

votes = Table(
    "votes",
    metadata,
    Column("site", String, nullable=False),
    Column("comment_id", BigInteger, ForeignKey("comments.id"), nullable=False),
    Column("author_id", String, nullable=False),
    PrimaryKeyConstraint("comment_id", "author_id", name="votes_pkey"),
    Index("votes_by_author", "site", "author_id", "comment_id"),
)

nudges = Table(
    "nudges",
    metadata,
    Column("site", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("edited", Integer, nullable=False),
    Column("anyway", Integer, nullable=False),
    PrimaryKeyConstraint("site", "day", name="nudges_pkey"),
)
