"""Who was erased, and whose shift it is to sweep."""

from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table

from bot.store.schema.columns import Moment, metadata

erasures = Table(
    "erasures",
    metadata,
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("pseudonym", String, nullable=False),
    Column("author_id", String),
    Column("moderator", String, nullable=False),
    Column("comments", Integer, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
    PrimaryKeyConstraint("site", "pseudonym", name="erasures_pkey"),
    Index("erasures_by_author", "site", "author_id"),
)

shifts = Table(
    "shifts",
    metadata,
    Column("work", String, primary_key=True),
    Column("until", Moment, nullable=False),
)
