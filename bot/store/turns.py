"""Turns: which courier delivers to which endpoint now.

An endpoint's turn is given to one courier at a time, for as long as a lease. So its events keep their order, and
however many wait for one endpoint, it takes no more than one turn from the others. A courier that died holds its turns
until its lease is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, update

from bot.delivery import Answer, DeliveryState, Health, Outcome
from bot.signature import Secret
from bot.store import endpoints, schema
from bot.store.endpoints import EndpointKind
from bot.store.outbox import WAITING

_endpoints = schema.endpoints
_events = schema.events
_deliveries = schema.deliveries
_attempts = schema.attempts

TOLD_TOGETHER: Final = 1000
"""Events that one letter to people stands for; where more wait, the next letter follows soon."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that is due: its body, and how often it was tried since it was last asked for."""

    delivery: int
    comment: int | None
    message_id: str
    body: str
    tries: int


@dataclass(frozen=True, slots=True)
class Turn:
    """An endpoint, its parcels in the order of their events, and the lease that the turn is held by."""

    endpoint: int
    site: str
    kind: EndpointKind
    url: str
    health: Health
    secrets: tuple[Secret, ...]
    parcels: tuple[Parcel, ...]
    lease: int


@dataclass(frozen=True, slots=True)
class Posted:
    """An attempt that was made: when, what the endpoint answered, and what follows from that."""

    parcel: Parcel
    at: datetime
    answer: Answer
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Outlook:
    """When the next turn is due (None: never), and whether there is any endpoint that is asked."""

    next: datetime | None
    anybody: bool


@dataclass(frozen=True, slots=True)
class Room:
    """How many turns a courier can take: of endpoints that do well, and of those that took nothing last time.

    `parcels` is how many it takes for one webhook; one that fails is tried with a single one. People are told of
    up to `TOLD_TOGETHER` at once, however they do.
    """

    well: int
    failing: int
    parcels: int


_NEXT: Final = select(func.min(_deliveries.c.due_at)).where(
    _deliveries.c.endpoint_id == bindparam("endpoint"), WAITING, _deliveries.c.due_at.is_not(None)
)
_PARCELS: Final = (
    select(_deliveries.c.id, _deliveries.c.comment_id, _deliveries.c.tries, _events.c.message_id, _events.c.body)
    .join(_events, _events.c.id == _deliveries.c.event_id)
    .where(
        _deliveries.c.endpoint_id == bindparam("endpoint"),
        WAITING,
        _deliveries.c.due_at <= bindparam("now", type_=schema.Moment),
    )
    .order_by(_deliveries.c.due_at, _deliveries.c.id)
    .limit(bindparam("most"))
)
_LEASE: Final = (
    update(_endpoints)
    .where(_endpoints.c.id == bindparam("endpoint"))
    .values(lease=bindparam("of_lease"), due_at=bindparam("until", type_=schema.Moment))
)
_GIVE_BACK: Final = (
    update(_endpoints)
    .where(_endpoints.c.id == bindparam("endpoint"))
    .values(
        lease=None,
        due_at=bindparam("next", type_=schema.Moment),
        failing_since=bindparam("since", type_=schema.Moment),
        failures=bindparam("times"),
        paused_until=bindparam("until", type_=schema.Moment),
    )
)
_SETTLE: Final = (
    update(_deliveries)
    .where(_deliveries.c.id == bindparam("delivery"), WAITING)
    .values(
        state=bindparam("after"),
        tries=_deliveries.c.tries + 1,
        attempts=bindparam("number"),
        due_at=bindparam("next", type_=schema.Moment),
        done_at=bindparam("done", type_=schema.Moment),
    )
)
_first = _deliveries.alias("first")
_MOVE_UP: Final = (
    update(_deliveries)
    .where(
        _deliveries.c.id
        == select(func.min(_first.c.id))
        .where(
            _first.c.endpoint_id == bindparam("endpoint"),
            _first.c.comment_id == bindparam("comment"),
            _first.c.state == WAITING.right,
        )
        .scalar_subquery(),
        _deliveries.c.due_at.is_(None),
    )
    .values(due_at=bindparam("now", type_=schema.Moment))
)


def outlook(conn: Connection) -> Outlook:
    """When something is due at any endpoint of any site."""
    anybody = conn.execute(select(schema.endpoint_events.c.endpoint_id).limit(1)).first() is not None
    return Outlook(conn.scalar(select(func.min(_endpoints.c.due_at))), anybody)


def take(
    conn: Connection, now: datetime, until: datetime, lease: int, room: Room, only: int | None = None
) -> list[Turn]:
    """Takes the turns that are due, the longest due first, for no longer than `until`; as many as there is room for.

    `only` is an endpoint whose turn alone is wanted.
    """
    turns = []
    for most, failing, parcels in ((room.well, False, room.parcels), (room.failing, True, 1)):
        due = conn.execute(_due(now, most, only, failing=failing)).all() if most > 0 else []
        if not due:
            continue
        ids = [row.id for row in due]
        conn.execute(_LEASE, [{"endpoint": endpoint, "of_lease": lease, "until": until} for endpoint in ids])
        signing = endpoints.secrets(conn, ids, now)
        for row in due:
            kind = EndpointKind(row.kind)
            asked = {"endpoint": row.id, "now": now, "most": parcels if kind is EndpointKind.WEBHOOK else TOLD_TOGETHER}
            found = tuple(
                Parcel(one.id, one.comment_id, one.message_id, one.body, one.tries)
                for one in conn.execute(_PARCELS, asked)
            )
            health = Health(row.failing_since, row.failures)
            with_these = tuple(kept.secret for kept in signing[row.id])
            turn = Turn(row.id, row.site, kind, row.url, health, with_these, found, lease)
            if found:
                turns.append(turn)
            else:
                _give_back(conn, turn, health, None)
    return turns


def give_back(conn: Connection, turn: Turn, posted: Sequence[Posted], now: datetime) -> None:
    """Records what was posted, in the order of the answers, and gives the turn back.

    Also where the lease was over and another courier has the turn: what was posted was posted.
    """
    row = conn.execute(_held(turn.endpoint)).first()
    if row is None:
        return
    _record(conn, turn, posted, now)
    if row.lease != turn.lease:
        return
    last = posted[-1].outcome if posted else None
    _give_back(conn, turn, last.health if last else turn.health, last.paused_until if last else None)
    because = next((one.outcome.disabled for one in posted if one.outcome.disabled), None)
    if because is not None:
        endpoints.disable(conn, turn.site, turn.endpoint, because, now)


def _due(now: datetime, most: int, only: int | None, *, failing: bool) -> Select[*tuple[Any, ...]]:
    does: ColumnElement[bool] = (
        _endpoints.c.failing_since.is_not(None) if failing else _endpoints.c.failing_since.is_(None)
    )
    columns = ("id", "site", "kind", "url", "failing_since", "failures")
    return (
        select(*(_endpoints.c[name] for name in columns))
        .where(_endpoints.c.due_at <= now, does, *([] if only is None else [_endpoints.c.id == only]))
        .order_by(_endpoints.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )


def _held(endpoint: int) -> Select[int | None]:
    # Locked before anything is read: what others told this endpoint in the meantime is seen by what follows.
    here = (_endpoints.c.id == endpoint, _endpoints.c.removed_at.is_(None))
    return select(_endpoints.c.lease).where(*here).with_for_update()


def _record(conn: Connection, turn: Turn, posted: Sequence[Posted], now: datetime) -> None:
    if not posted:
        return
    ids = [one.parcel.delivery for one in posted]
    asked = select(_deliveries.c.id, _deliveries.c.attempts).where(_deliveries.c.id.in_(ids))
    before = {row.id: row.attempts for row in conn.execute(asked)}
    # Whoever took over a turn may have given a delivery up, and time may have forgotten it.
    known = [one for one in posted if one.parcel.delivery in before]
    numbers = {one.parcel.delivery: before[one.parcel.delivery] + 1 for one in known}
    if not known:
        return
    conn.execute(_attempts.insert(), [_attempt(turn, one, numbers[one.parcel.delivery]) for one in known])
    conn.execute(
        _SETTLE,
        [
            {
                "delivery": one.parcel.delivery,
                "after": one.outcome.state.value,
                "number": numbers[one.parcel.delivery],
                "next": one.outcome.due_at,
                "done": None if one.outcome.state is DeliveryState.WAITING else now,
            }
            for one in known
        ],
    )
    settled = {one.parcel.comment for one in known if one.outcome.state is not DeliveryState.WAITING} - {None}
    if settled:
        conn.execute(_MOVE_UP, [{"endpoint": turn.endpoint, "comment": one, "now": now} for one in settled])


def _attempt(turn: Turn, one: Posted, number: int) -> dict[str, object]:
    return {
        "delivery_id": one.parcel.delivery,
        "number": number,
        "site": turn.site,
        "at": one.at,
        "status": one.answer.status,
        "failure": None if one.answer.failure is None else one.answer.failure.value,
        "milliseconds": one.answer.milliseconds,
        "begin": one.answer.begin,
    }


def _give_back(conn: Connection, turn: Turn, health: Health, paused_until: datetime | None) -> None:
    due: datetime | None = conn.scalar(_NEXT, {"endpoint": turn.endpoint})
    if due is not None and paused_until is not None:
        due = max(due, paused_until)
    conn.execute(
        _GIVE_BACK,
        {
            "endpoint": turn.endpoint,
            "next": due,
            "since": health.failing_since,
            "times": health.failures,
            "until": paused_until,
        },
    )
