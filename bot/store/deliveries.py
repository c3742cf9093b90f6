"""Deliveries with every attempt that was made: found again by page, and asked for once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, literal_column, select, union_all, update

from bot.delivery import Answer, DeliveryState, Failure
from bot.event import EventType, ping
from bot.store import endpoints, outbox, schema
from bot.store.cursor import Position, read_cursor, write_cursor
from bot.store.endpoints import EndpointDisabled, EndpointState

_deliveries = schema.deliveries
_events = schema.events
_attempts = schema.attempts

REPLAYED_TOGETHER: Final = 200


@dataclass
class NoSuchDelivery(LookupError):
    """The site has no delivery with that id."""

    delivery: int

    def __str__(self) -> str:
        return "The site has no such delivery; after 30 days they are forgotten."


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: its number from 1, when it was made, and what was answered."""

    number: int
    at: datetime
    answer: Answer


@dataclass(frozen=True, slots=True)
class Told:
    """The event of a delivery. `message_id` is what receivers know it by, `body` what they are sent."""

    type: EventType
    message_id: str
    comment: int | None
    sequence: int | None
    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to one endpoint.

    `due_at` is None where it is done, or waits for an earlier event of the same comment.
    """

    id: int
    endpoint: int
    event: Told
    state: DeliveryState
    attempts: int
    due_at: datetime | None
    done_at: datetime | None
    last: Attempt | None


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries; all that is given must hold."""

    endpoint: int | None = None
    state: DeliveryState | None = None
    type: EventType | None = None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Deliveries, newest first; `next` is the cursor to go on with, None at the end."""

    deliveries: tuple[Delivery, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Replay:
    """Which deliveries of an endpoint to send again: in this state, of events in [since, until)."""

    state: DeliveryState = DeliveryState.FAILED
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many were asked for again, and after which delivery to go on; None at the end."""

    count: int
    after: int | None


def page(conn: Connection, site: str, wanted: DeliveryFilter, cursor: str | None, limit: int) -> DeliveryPage:
    """The next `limit` deliveries after the cursor. Raises BadCursor, and NoSuchEndpoint for another site's.

    A filter by type looks at a window of deliveries: a page may hold fewer, even none, and have a cursor to go on.
    """
    if wanted.endpoint is not None:
        endpoints.find(conn, site, wanted.endpoint)
    question = f"deliveries {site} {wanted!r}"
    before = None if cursor is None else read_cursor(cursor, question).id
    window = limit if wanted.type is None else _WINDOW
    ids = list(conn.scalars(_newest(site, wanted, before, window + 1)))
    seen = ids[:window]
    found = [one for one in _read_all(conn, site, seen) if wanted.type in (None, one.event.type)]
    more = len(ids) > window
    if len(found) > limit:
        found, more = found[:limit], True
        seen = [found[-1].id]
    return DeliveryPage(tuple(found), write_cursor(Position(0.0, seen[-1]), question) if more else None)


def find(conn: Connection, site: str, delivery: int) -> Delivery:
    """The site's delivery with that id. Raises NoSuchDelivery."""
    found = _read_all(conn, site, [delivery])
    if not found:
        raise NoSuchDelivery(delivery)
    return found[0]


def attempts(conn: Connection, site: str, delivery: int) -> list[Attempt]:
    """Every attempt of a delivery, oldest first."""
    here = (_attempts.c.delivery_id == delivery, _attempts.c.site == site)
    return [_read_attempt(row) for row in conn.execute(select(_attempts).where(*here).order_by(_attempts.c.number))]


def replay(conn: Connection, site: str, delivery: int, now: datetime) -> Delivery:
    """Sends the event to the endpoint once more, with the whole schedule before it.

    Raises NoSuchDelivery, NoSuchEndpoint and EndpointDisabled.
    """
    found = find(conn, site, delivery)
    _require_enabled(conn, site, found.endpoint)
    outbox.rouse(conn, [found.endpoint], now)
    _again(conn, found.endpoint, [(found.id, found.event.comment)], now)
    return find(conn, site, delivery)


def replay_some(
    conn: Connection, site: str, endpoint: int, wanted: Replay, after: int | None, now: datetime
) -> Replayed:
    """The same for the next two hundred of an endpoint's, oldest first, that come after that delivery.

    Raises NoSuchEndpoint and EndpointDisabled.
    """
    _require_enabled(conn, site, endpoint)
    asked = select(_deliveries.c.id, _deliveries.c.comment_id).where(
        _deliveries.c.endpoint_id == endpoint, _deliveries.c.state == wanted.state.value
    )
    if after is not None:
        asked = asked.where(_deliveries.c.id > after)
    if wanted.since is not None or wanted.until is not None:
        asked = asked.join(_events, _events.c.id == _deliveries.c.event_id)
        asked = asked if wanted.since is None else asked.where(_events.c.at >= wanted.since)
        asked = asked if wanted.until is None else asked.where(_events.c.at < wanted.until)
    some = [(row.id, row.comment_id) for row in conn.execute(asked.order_by(_deliveries.c.id).limit(REPLAYED_TOGETHER))]
    if some:
        outbox.rouse(conn, [endpoint], now)
        _again(conn, endpoint, some, now)
    return Replayed(len(some), some[-1][0] if len(some) == REPLAYED_TOGETHER else None)


def send_ping(conn: Connection, site: str, endpoint: int, now: datetime) -> Delivery:
    """Sends a ping. Raises NoSuchEndpoint and EndpointDisabled."""
    _require_enabled(conn, site, endpoint)
    return find(conn, site, outbox.tell_one(conn, ping(site, endpoint, now), endpoint))


_WINDOW: Final = 500


def _require_enabled(conn: Connection, site: str, endpoint: int) -> None:
    if endpoints.find(conn, site, endpoint).state is EndpointState.DISABLED:
        raise EndpointDisabled(endpoint)


def _again(conn: Connection, endpoint: int, some: Sequence[tuple[int, int | None]], now: datetime) -> None:
    for delivery, comment in some:
        # What waits for an earlier event of its comment goes on waiting; anything else is due now.
        here = (_deliveries.c.id == delivery, ~(outbox.WAITING & _deliveries.c.due_at.is_(None)))
        earlier = comment is not None and _has_earlier(conn, endpoint, comment, delivery)
        values = {"state": DeliveryState.WAITING.value, "tries": 0, "done_at": None, "due_at": None if earlier else now}
        conn.execute(update(_deliveries).where(*here).values(values))


def _has_earlier(conn: Connection, endpoint: int, comment: int, delivery: int) -> bool:
    here = (_deliveries.c.endpoint_id == endpoint, _deliveries.c.comment_id == comment, _deliveries.c.id < delivery)
    return conn.execute(select(_deliveries.c.id).where(*here, outbox.WAITING).limit(1)).first() is not None


def _newest(site: str, wanted: DeliveryFilter, before: int | None, limit: int) -> Select[int]:
    here: list[ColumnElement[bool]] = [
        _deliveries.c.site == site if wanted.endpoint is None else _deliveries.c.endpoint_id == wanted.endpoint,
        *([] if before is None else [_deliveries.c.id < before]),
    ]
    # The newest of each state, so that the index is walked and not read; then the newest of these.
    of_state = [
        select(_deliveries.c.id)
        .where(*here, _deliveries.c.state == state.value)
        .order_by(_deliveries.c.id.desc())
        .limit(limit)
        .subquery()
        for state in ([wanted.state] if wanted.state else DeliveryState)
    ]
    some = union_all(*map(select, of_state)).subquery()
    return select(some.c.id).order_by(some.c.id.desc()).limit(limit)


def _read_all(conn: Connection, site: str, ids: Sequence[int]) -> list[Delivery]:
    if not ids:
        return []
    told = select(_deliveries, _events.c.type, _events.c.message_id, _events.c.sequence, _events.c.at, _events.c.body)
    asked = told.join(_events, _events.c.id == _deliveries.c.event_id).outerjoin(
        _attempts,
        (_attempts.c.delivery_id == _deliveries.c.id) & (_attempts.c.number == _deliveries.c.attempts),
    )
    asked = asked.add_columns(
        _attempts.c.number,
        _attempts.c.at.label("tried_at"),
        _attempts.c.status,
        _attempts.c.failure,
        _attempts.c.milliseconds,
        _attempts.c.begin,
    )
    # Not the bare column: SQLite would take an index that begins with the site, and read all that the site has.
    here = (_deliveries.c.id.in_(list(ids)), _deliveries.c.site.concat(literal_column("''")) == site)
    return [_read(row) for row in conn.execute(asked.where(*here).order_by(_deliveries.c.id.desc()))]


def _read(row: Row[*tuple[Any, ...]]) -> Delivery:
    return Delivery(
        id=row.id,
        endpoint=row.endpoint_id,
        event=Told(EventType(row.type), row.message_id, row.comment_id, row.sequence, row.at, row.body),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        done_at=row.done_at,
        last=None if row.number is None else Attempt(row.number, row.tried_at, _answer(row)),
    )


def _read_attempt(row: Row[*tuple[Any, ...]]) -> Attempt:
    return Attempt(row.number, row.at, _answer(row))


def _answer(row: Row[*tuple[Any, ...]]) -> Answer:
    failure = None if row.failure is None else Failure(row.failure)
    return Answer(row.status, failure, row.milliseconds, row.begin)
