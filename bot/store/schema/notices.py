"""What an endpoint has that is people: where they are, what they are told and how often."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from bot.store.schema.columns import Id, metadata

notices = Table(
    "notices",
    metadata,
    Column("endpoint_id", Id, ForeignKey("endpoints.id"), primary_key=True, autoincrement=False),
    Column("site", String, nullable=False),
    Column("name", String, nullable=False),
    # With the secrets in it; what may be shown of it stands in the endpoint's url.
    Column("address", Text, nullable=False),
    Column("rest_seconds", Integer, nullable=False),
    Column("shows_text", Boolean, nullable=False),
    Column("slack_secret", String),
)
