"""What a site's numbers are made of."""

from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, String, Table

from bot.store.schema.columns import metadata

tallies = Table(
    "tallies",
    metadata,
    Column("site", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("day", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("bucket", Integer, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("site", "kind", "day", "name", "bucket", "shard", name="tallies_pkey"),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": 50},
)
