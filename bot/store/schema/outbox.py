"""What other systems are told: endpoints with their secrets, events, and how the delivery of each event went."""

from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table, Text, text

from bot.store.schema.columns import Document, Id, Moment, metadata

_WAITING = text("state = 'waiting'")

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("site", String, ForeignKey("sites.name"), nullable=False),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("events", Document),
    Column("created_at", Moment, nullable=False),
    Column("disabled_because", String),
    Column("disabled_at", Moment),
    Column("removed_at", Moment),
    # Whose turn it is: when something is due there, or, while a courier has it, when that courier counts as dead.
    Column("due_at", Moment),
    Column("lease", Id),
    Column("failing_since", Moment),
    Column("failures", Integer, nullable=False),
    Column("paused_until", Moment),
    Column("kind", String, nullable=False, server_default="webhook"),
    Index("endpoints_of_site", "site", "id"),
    Index("endpoints_by_turn", "due_at"),
    postgresql_with={"fillfactor": 70},
)

endpoint_events = Table(
    "endpoint_events",
    metadata,
    Column("site", String, nullable=False),
    Column("type", String, nullable=False),
    Column("endpoint_id", Id, ForeignKey("endpoints.id"), nullable=False),
    PrimaryKeyConstraint("site", "type", "endpoint_id", name="endpoint_events_pkey"),
    Index("endpoint_events_by_endpoint", "endpoint_id"),
)

endpoint_secrets = Table(
    "endpoint_secrets",
    metadata,
    Column("endpoint_id", Id, ForeignKey("endpoints.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("site", String, nullable=False),
    Column("text", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    PrimaryKeyConstraint("endpoint_id", "number", name="endpoint_secrets_pkey"),
)

event_sequences = Table(
    "event_sequences",
    metadata,
    Column("site", String, nullable=False),
    Column("comment_id", Id, nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("site", "comment_id", name="event_sequences_pkey"),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String, nullable=False),
    Column("type", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("comment_id", Id),
    Column("sequence", Integer),
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("events_by_time", "at"),
    Index("events_of_comment", "comment_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String, nullable=False),
    Column("endpoint_id", Id, ForeignKey("endpoints.id"), nullable=False),
    Column("event_id", Id, ForeignKey("events.id"), nullable=False),
    Column("comment_id", Id),
    Column("state", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    # NULL while an earlier event of the same comment waits at the same endpoint.
    Column("due_at", Moment),
    Column("done_at", Moment),
    Index("deliveries_of_site", "site", "state", "id"),
    Index("deliveries_of_endpoint", "endpoint_id", "state", "id"),
    Index("deliveries_of_event", "event_id"),
    Index("deliveries_due", "endpoint_id", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    Index("deliveries_in_line", "endpoint_id", "comment_id", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery_id", Id, ForeignKey("deliveries.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("site", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("status", Integer),
    Column("failure", String),
    Column("milliseconds", Integer, nullable=False),
    Column("begin", Text, nullable=False),
    PrimaryKeyConstraint("delivery_id", "number", name="attempts_pkey"),
)
