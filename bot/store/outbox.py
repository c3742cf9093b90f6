"""The outbox: events are written in the transaction of what they tell, for every endpoint that wants to hear of it.

Whoever changes something that sites hear of calls `tell` last in its transaction, because from then on it has the
turns of the endpoints, which other writers wait for. A site without endpoints pays for one look into an index.
"""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, case, delete, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.delivery import DeliveryState
from bot.event import Event, EventType, body
from bot.store import schema
from bot.store.documents import dumps
from bot.store.prepared import Prepared

_endpoints = schema.endpoints
_events = schema.events
_deliveries = schema.deliveries
_wanted = schema.endpoint_events
_sequences = schema.event_sequences

WAITING: Final = _deliveries.c.state == literal_column(f"'{DeliveryState.WAITING.value}'")
"""Literally, so that SQLite knows it for the condition of its partial indexes."""

EVERY_TYPE: Final = "*"
"""Stands in `endpoint_events` for an endpoint that wants to hear of everything."""

_MESSAGE: Final = "evt_"

_ANYBODY: Final = Prepared(
    select(_wanted.c.endpoint_id).where(_wanted.c.site == bindparam("site")).limit(literal_column("1"))
)
_RECEIVERS: Final = select(_wanted.c.type, _wanted.c.endpoint_id).where(
    _wanted.c.site == bindparam("site"), _wanted.c.type.in_(bindparam("types", expanding=True))
)
_IN_LINE: Final = select(_deliveries.c.endpoint_id).where(
    _deliveries.c.endpoint_id.in_(bindparam("endpoints", expanding=True)),
    _deliveries.c.comment_id == bindparam("comment"),
    WAITING,
)
_resting = _endpoints.c.paused_until > bindparam("now", type_=schema.Moment)
_soon = case((_resting, _endpoints.c.paused_until), else_=bindparam("now", type_=schema.Moment))
_ROUSE: Final = (
    update(_endpoints)
    .where(_endpoints.c.id == bindparam("endpoint"))
    .values(
        due_at=case(
            # Whoever has the turn looks again when it ends; the disabled and the removed have none.
            (
                _endpoints.c.lease.is_not(None)
                | _endpoints.c.disabled_at.is_not(None)
                | _endpoints.c.removed_at.is_not(None),
                _endpoints.c.due_at,
            ),
            (_endpoints.c.due_at <= _soon, _endpoints.c.due_at),
            else_=_soon,
        )
    )
)


def tell(conn: Connection, *events: Event) -> None:
    """Writes events of one site, in their order, for its endpoints that want them; nothing where there are none.

    For events of a comment that comment must be locked, so that their sequence is the order of what happened.
    """
    if not events or _ANYBODY.run(conn, {"site": events[0].site}) is None:
        return
    wanted = _receivers(conn, events[0].site, {event.type for event in events})
    if wanted:
        rouse(conn, {endpoint for some in wanted.values() for endpoint in some}, max(event.at for event in events))
    for event in events:
        receivers = wanted.get(event.type, set()) | wanted.get(EVERY_TYPE, set())
        if receivers:
            _write(conn, event, receivers)


def tell_one(conn: Connection, event: Event, endpoint: int) -> int:
    """Writes an event for one endpoint, whatever it wants to hear of; the delivery's id."""
    rouse(conn, [endpoint], event.at)
    of_it = select(_deliveries.c.id).where(_deliveries.c.event_id == _write(conn, event, [endpoint]))
    delivery: int = conn.execute(of_it).scalar_one()
    return delivery


def rouse(conn: Connection, endpoints: Collection[int], now: datetime) -> None:
    """Something is due at these endpoints; until the transaction ends nobody else gives or takes their turns."""
    # Always in one order, so that two who rouse the same endpoints do not wait for each other.
    conn.execute(_ROUSE, [{"endpoint": endpoint, "now": now} for endpoint in sorted(endpoints)])


def in_line(conn: Connection, endpoints: Iterable[int], comment: int | None) -> set[int]:
    """At which of these endpoints an event of the comment waits already."""
    if comment is None:
        return set()
    return set(conn.scalars(_IN_LINE, {"endpoints": list(endpoints), "comment": comment}))


def sweep(conn: Connection, before: datetime, most: int) -> int:
    """Forgets up to `most` of the oldest events from before that moment, with deliveries and attempts; how many.

    What still waits at an endpoint that is asked is kept.
    """
    waiting = (
        select(_deliveries.c.id)
        .join(_endpoints, _endpoints.c.id == _deliveries.c.endpoint_id)
        .where(_deliveries.c.event_id == _events.c.id, WAITING)
        .where(_endpoints.c.disabled_at.is_(None), _endpoints.c.removed_at.is_(None))
        .exists()
    )
    old = select(_events.c.id).where(_events.c.at < before, ~waiting).order_by(_events.c.at).limit(most)
    ids = list(conn.scalars(old))
    of_these = select(_deliveries.c.id).where(_deliveries.c.event_id.in_(ids))
    conn.execute(delete(schema.attempts).where(schema.attempts.c.delivery_id.in_(of_these)))
    conn.execute(delete(_deliveries).where(_deliveries.c.event_id.in_(ids)))
    conn.execute(delete(_events).where(_events.c.id.in_(ids)))
    return len(ids)


def _receivers(conn: Connection, site: str, types: set[EventType]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    asked = {"site": site, "types": [EVERY_TYPE, *(one.value for one in types)]}
    for row in conn.execute(_RECEIVERS, asked):
        found.setdefault(row.type, set()).add(row.endpoint_id)
    return found


def _write(conn: Connection, event: Event, receivers: Collection[int]) -> int:
    """Stores the event with its deliveries; the id of the event."""
    comment = None if event.comment is None else event.comment.id
    sequence = None if comment is None else _next_of(conn, event.site, comment)
    event_id: int = conn.execute(
        _events.insert().returning(_events.c.id),
        {
            "site": event.site,
            "type": event.type.value,
            "message_id": _MESSAGE + secrets.token_hex(16),
            "comment_id": comment,
            "sequence": sequence,
            "body": dumps(body(event, sequence)),
            "at": event.at,
        },
    ).scalar_one()
    behind = in_line(conn, receivers, comment)
    conn.execute(
        _deliveries.insert(),
        [
            {
                "site": event.site,
                "endpoint_id": endpoint,
                "event_id": event_id,
                "comment_id": comment,
                "state": DeliveryState.WAITING.value,
                "tries": 0,
                "attempts": 0,
                "due_at": None if endpoint in behind else event.at,
            }
            for endpoint in sorted(receivers)
        ],
    )
    return event_id


def _next_of(conn: Connection, site: str, comment: int) -> int:
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_sequences)
    counted = insert.on_conflict_do_update(
        index_elements=["site", "comment_id"], set_={"last": _sequences.c.last + 1}
    ).returning(_sequences.c.last)
    number: int = conn.execute(counted, {"site": site, "comment_id": comment, "last": 1}).scalar_one()
    return number
