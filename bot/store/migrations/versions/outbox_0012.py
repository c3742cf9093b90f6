"""Webhooks: endpoints with their secrets, events, deliveries and their attempts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Creates the tables."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    document = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    waiting = sa.text("state = 'waiting'")
    op.create_table(
        "endpoints",
        sa.Column("id", number, primary_key=True, autoincrement=False),
        sa.Column("site", sa.String, sa.ForeignKey("sites.name"), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("events", document),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("disabled_because", sa.String),
        sa.Column("disabled_at", sa.BigInteger),
        sa.Column("removed_at", sa.BigInteger),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("lease", number),
        sa.Column("failing_since", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("paused_until", sa.BigInteger),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("endpoints_of_site", "endpoints", ["site", "id"])
    op.create_index("endpoints_by_turn", "endpoints", ["due_at"])
    op.create_table(
        "endpoint_events",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("endpoint_id", number, sa.ForeignKey("endpoints.id"), nullable=False),
        sa.PrimaryKeyConstraint("site", "type", "endpoint_id", name="endpoint_events_pkey"),
    )
    op.create_index("endpoint_events_by_endpoint", "endpoint_events", ["endpoint_id"])
    op.create_table(
        "endpoint_secrets",
        sa.Column("endpoint_id", number, sa.ForeignKey("endpoints.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("endpoint_id", "number", name="endpoint_secrets_pkey"),
    )
    op.create_table(
        "event_sequences",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("comment_id", number, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("site", "comment_id", name="event_sequences_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        sa.Column("id", number, primary_key=True),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("comment_id", number),
        sa.Column("sequence", sa.Integer),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("events_by_time", "events", ["at"])
    op.create_index("events_of_comment", "events", ["comment_id"])
    op.create_table(
        "deliveries",
        sa.Column("id", number, primary_key=True),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("endpoint_id", number, sa.ForeignKey("endpoints.id"), nullable=False),
        sa.Column("event_id", number, sa.ForeignKey("events.id"), nullable=False),
        sa.Column("comment_id", number),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("done_at", sa.BigInteger),
    )
    op.create_index("deliveries_of_site", "deliveries", ["site", "state", "id"])
    op.create_index("deliveries_of_endpoint", "deliveries", ["endpoint_id", "state", "id"])
    op.create_index("deliveries_of_event", "deliveries", ["event_id"])
    for name, columns in (("due", ["endpoint_id", "due_at"]), ("in_line", ["endpoint_id", "comment_id", "id"])):
        op.create_index(f"deliveries_{name}", "deliveries", columns, sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "attempts",
        sa.Column("delivery_id", number, sa.ForeignKey("deliveries.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("site", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("failure", sa.String),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("begin", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="attempts_pkey"),
    )
