"""Endpoints: where a site wants to hear of events, of which ones, and the secrets that messages are signed with.

Secrets are stored as they are, because signing takes them; whoever can read the database can sign in Parley's name.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from bot.delivery import Health
from bot.event import DisabledBecause, EventType, endpoint_disabled
from bot.signature import Secret
from bot.store import outbox, schema
from bot.store.documents import check_storable

_endpoints = schema.endpoints
_secrets = schema.endpoint_secrets
_wanted = schema.endpoint_events
_deliveries = schema.deliveries

KEPT: Final = timedelta(hours=24)
"""How long messages are still signed with a secret after another of its scheme took its place."""

MOST: Final = 1000
"""Endpoints of one site."""

COUNTED_UP_TO: Final = 1000


class EndpointState(StrEnum):
    """Is the endpoint sent anything?"""

    ENABLED = "enabled"
    DISABLED = "disabled"


class EndpointKind(StrEnum):
    """Who listens there: a program that takes signed events, people by Apprise, or people in Slack with buttons."""

    WEBHOOK = "webhook"
    NOTICE = "notice"
    SLACK = "slack"


@dataclass
class NoSuchEndpoint(LookupError):
    """The site has no endpoint with that id."""

    endpoint: int

    def __str__(self) -> str:
        return "The site has no such endpoint."


@dataclass
class EndpointDisabled(Exception):
    """Nothing is sent to the endpoint."""

    endpoint: int

    def __str__(self) -> str:
        return "The endpoint is disabled; enable it first."


@dataclass
class TooManyEndpoints(Exception):
    """The site has as many endpoints as a site can have."""

    def __str__(self) -> str:
        return f"A site has up to {MOST} endpoints; remove one first."


@dataclass
class AddressOfPeople(Exception):
    """Where people are reached is what an operator says on the command line."""

    def __str__(self) -> str:
        return "must stay as it is: this is a notice; ./parley notices add gives one another address"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an endpoint is: `events` are the types that it wants to hear of, None for all there are or will be.

    `url` is where a webhook is sent; of a notice's address it is what may be shown.
    """

    url: str
    description: str
    events: tuple[EventType, ...] | None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A site's endpoint as it stands. `disabled_because` is None where it is enabled."""

    id: int
    site: str
    kind: EndpointKind
    wanted: Wanted
    created_at: datetime
    disabled_because: DisabledBecause | None
    disabled_at: datetime | None
    health: Health
    paused_until: datetime | None

    @property
    def state(self) -> EndpointState:
        """Is it sent anything?"""
        return EndpointState.ENABLED if self.disabled_because is None else EndpointState.DISABLED


@dataclass(frozen=True, slots=True)
class Kept:
    """A secret of an endpoint by its number; messages are signed with it until `expires_at` (None: no end)."""

    number: int
    secret: Secret
    created_at: datetime
    expires_at: datetime | None


def add(
    conn: Connection,
    site: str,
    endpoint_id: int,
    wanted: Wanted,
    secret: Secret,
    now: datetime,
    kind: EndpointKind = EndpointKind.WEBHOOK,
) -> Endpoint:
    """Adds an endpoint with its first secret.

    Raises TooManyEndpoints, and ValueError for a NUL character or a lone surrogate.
    """
    check_storable(wanted.url, wanted.description)
    here = (_endpoints.c.site == site, _endpoints.c.removed_at.is_(None))
    if (conn.scalar(select(func.count()).select_from(_endpoints).where(*here)) or 0) >= MOST:
        raise TooManyEndpoints
    row = {"id": endpoint_id, "site": site, "kind": kind.value, "created_at": now, "failures": 0}
    conn.execute(_endpoints.insert(), row | _columns(wanted))
    _subscribe(conn, site, endpoint_id, wanted.events)
    _keep(conn, site, endpoint_id, 1, secret, now)
    return find(conn, site, endpoint_id)


def of(conn: Connection, site: str) -> list[Endpoint]:
    """The site's endpoints, oldest first."""
    asked = select(_endpoints).where(_endpoints.c.site == site, _endpoints.c.removed_at.is_(None))
    return [_read(row) for row in conn.execute(asked.order_by(_endpoints.c.id))]


def find(conn: Connection, site: str, endpoint_id: int) -> Endpoint:
    """The site's endpoint with that id. Raises NoSuchEndpoint."""
    row = conn.execute(select(_endpoints).where(*_here(site, endpoint_id))).first()
    if row is None:
        raise NoSuchEndpoint(endpoint_id)
    return _read(row)


def waiting(conn: Connection, endpoints: Iterable[int]) -> dict[int, int]:
    """How many deliveries wait at each of these; counted up to a thousand."""
    counts = {}
    for endpoint in endpoints:
        here = select(_deliveries.c.id).where(_deliveries.c.endpoint_id == endpoint, outbox.WAITING)
        counted = select(func.count()).select_from(here.limit(COUNTED_UP_TO).subquery())
        counts[endpoint] = conn.scalar(counted) or 0
    return counts


def change(
    conn: Connection,
    site: str,
    endpoint_id: int,
    to: Callable[[Wanted], Wanted],
    state: EndpointState | None,
    now: datetime,
) -> Endpoint:
    """Makes the endpoint what `to` makes of it, and enables or disables it (None: neither).

    What waits for it goes to the new URL.

    Raises NoSuchEndpoint, AddressOfPeople, and ValueError for a NUL character or a lone surrogate.
    """
    _lock(conn, site, endpoint_id)
    found = find(conn, site, endpoint_id)
    wanted = to(found.wanted)
    if found.kind is not EndpointKind.WEBHOOK and wanted.url != found.wanted.url:
        raise AddressOfPeople
    check_storable(wanted.url, wanted.description)
    conn.execute(update(_endpoints).where(*_here(site, endpoint_id)).values(_columns(wanted)))
    changed = find(conn, site, endpoint_id)
    if changed.state is EndpointState.ENABLED:
        _unsubscribe(conn, endpoint_id)
        _subscribe(conn, site, endpoint_id, wanted.events)
    if state is EndpointState.ENABLED:
        return _enable(conn, changed, now)
    return changed if state is None else disable(conn, site, endpoint_id, DisabledBecause.ADMIN, now)


def _enable(conn: Connection, found: Endpoint, now: datetime) -> Endpoint:
    """Sends to the locked endpoint again, what waited for it first."""
    site, endpoint_id = found.site, found.id
    if found.state is EndpointState.ENABLED:
        return found
    values = {"disabled_because": None, "disabled_at": None, "failing_since": None, "failures": 0, "paused_until": None}
    conn.execute(update(_endpoints).where(*_here(site, endpoint_id)).values(values))
    _subscribe(conn, site, endpoint_id, found.wanted.events)
    # What they waited behind may have been forgotten in the meantime.
    before = _deliveries.alias("before")
    first = (
        ~select(before.c.id)
        .where(before.c.endpoint_id == endpoint_id, before.c.comment_id == _deliveries.c.comment_id)
        .where(before.c.state == _deliveries.c.state, before.c.id < _deliveries.c.id)
        .exists()
    )
    conn.execute(
        update(_deliveries).where(_deliveries.c.endpoint_id == endpoint_id, outbox.WAITING, first).values(due_at=now)
    )
    outbox.rouse(conn, [endpoint_id], now)
    return find(conn, site, endpoint_id)


def disable(conn: Connection, site: str, endpoint_id: int, because: DisabledBecause, now: datetime) -> Endpoint:
    """Sends nothing more to the endpoint, and tells the site's others; what waits goes on waiting.

    Raises NoSuchEndpoint.
    """
    _lock(conn, site, endpoint_id)
    found = find(conn, site, endpoint_id)
    if found.state is EndpointState.DISABLED:
        return found
    values = {"disabled_because": because.value, "disabled_at": now, "due_at": None, "lease": None}
    conn.execute(update(_endpoints).where(*_here(site, endpoint_id)).values(values))
    _unsubscribe(conn, endpoint_id)
    outbox.tell(conn, endpoint_disabled(site, endpoint_id, found.wanted.url, because, now))
    return find(conn, site, endpoint_id)


def remove(conn: Connection, site: str, endpoint_id: int, now: datetime) -> None:
    """Forgets the endpoint, with its secrets at once and with its deliveries in time. Raises NoSuchEndpoint."""
    _lock(conn, site, endpoint_id)
    find(conn, site, endpoint_id)
    values = {"removed_at": now, "due_at": None, "lease": None}
    conn.execute(update(_endpoints).where(*_here(site, endpoint_id)).values(values))
    _unsubscribe(conn, endpoint_id)
    conn.execute(delete(_secrets).where(_secrets.c.endpoint_id == endpoint_id))
    conn.execute(delete(schema.notices).where(schema.notices.c.endpoint_id == endpoint_id))


def rotate(conn: Connection, site: str, endpoint_id: int, secret: Secret, now: datetime) -> Kept:
    """Signs with this secret as well from now on, and with others of its scheme for 24 hours more.

    Raises NoSuchEndpoint.
    """
    _lock(conn, site, endpoint_id)
    find(conn, site, endpoint_id)
    before = _all_secrets(conn, [endpoint_id])[endpoint_id]
    for kept in before:
        ends = now + KEPT
        if kept.secret.scheme is secret.scheme and (kept.expires_at is None or kept.expires_at > ends):
            conn.execute(
                update(_secrets)
                .where(_secrets.c.endpoint_id == endpoint_id, _secrets.c.number == kept.number)
                .values(expires_at=ends)
            )
    over = (_secrets.c.endpoint_id == endpoint_id, _secrets.c.expires_at <= now)
    conn.execute(delete(_secrets).where(*over))
    number = max((kept.number for kept in before), default=0) + 1
    _keep(conn, site, endpoint_id, number, secret, now)
    return Kept(number, secret, now, None)


def secrets(conn: Connection, endpoints: Collection[int], now: datetime) -> dict[int, list[Kept]]:
    """What messages to each of these endpoints are signed with now, the newest first."""
    return {
        endpoint: [kept for kept in some if kept.expires_at is None or kept.expires_at > now]
        for endpoint, some in _all_secrets(conn, endpoints).items()
    }


def _lock(conn: Connection, site: str, endpoint_id: int) -> None:
    """Until the transaction ends nobody else changes the endpoint. SQLite has one writer, so there it is so already."""
    if conn.dialect.name != "sqlite":
        conn.execute(select(_endpoints.c.id).where(*_here(site, endpoint_id)).with_for_update())


def _all_secrets(conn: Connection, endpoints: Collection[int]) -> dict[int, list[Kept]]:
    found: dict[int, list[Kept]] = {endpoint: [] for endpoint in endpoints}
    asked = select(_secrets).where(_secrets.c.endpoint_id.in_(list(endpoints))).order_by(_secrets.c.number.desc())
    for row in conn.execute(asked):
        found[row.endpoint_id].append(Kept(row.number, Secret.read(row.text), row.created_at, row.expires_at))
    return found


def _keep(conn: Connection, site: str, endpoint_id: int, number: int, secret: Secret, now: datetime) -> None:
    row = {"endpoint_id": endpoint_id, "number": number, "site": site, "text": secret.text, "created_at": now}
    conn.execute(_secrets.insert(), row)


def _subscribe(conn: Connection, site: str, endpoint_id: int, events: Sequence[EventType] | None) -> None:
    types = [outbox.EVERY_TYPE] if events is None else sorted({one.value for one in events})
    rows = [{"site": site, "type": name, "endpoint_id": endpoint_id} for name in types]
    if rows:
        conn.execute(_wanted.insert(), rows)


def _unsubscribe(conn: Connection, endpoint_id: int) -> None:
    conn.execute(delete(_wanted).where(_wanted.c.endpoint_id == endpoint_id))


def _columns(wanted: Wanted) -> dict[str, object]:
    events = None if wanted.events is None else [one.value for one in wanted.events]
    return {"url": wanted.url, "description": wanted.description, "events": events}


def _here(site: str, endpoint_id: int) -> tuple[ColumnElement[bool], ...]:
    return _endpoints.c.id == endpoint_id, _endpoints.c.site == site, _endpoints.c.removed_at.is_(None)


def _read(row: Row[*tuple[Any, ...]]) -> Endpoint:
    events = None if row.events is None else tuple(EventType(name) for name in row.events)
    return Endpoint(
        id=row.id,
        site=row.site,
        kind=EndpointKind(row.kind),
        wanted=Wanted(row.url, row.description, events),
        created_at=row.created_at,
        disabled_because=None if row.disabled_because is None else DisabledBecause(row.disabled_because),
        disabled_at=row.disabled_at,
        health=Health(row.failing_since, row.failures),
        paused_until=row.paused_until,
    )
