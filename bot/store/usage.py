"""How often each key asked for each of its site's places, month by month; Akismet's clients ask for these numbers."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import schema
from bot.store.documents import check_storable

_usage = schema.usage
_KEY = ("site", "key_id", "month", "place")


class Counted(StrEnum):
    """What is counted: checks by their answer, and what people said was answered wrongly."""

    SPAM = "spam"
    HAM = "ham"
    MISSED = "missed"
    FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True)
class Usage:
    """The counts of a key at one place in one month, as `2026-11`."""

    place: str
    spam: int
    ham: int
    missed: int
    false_alarm: int

    @property
    def calls(self) -> int:
        """All that was asked."""
        return self.spam + self.ham + self.missed + self.false_alarm


_COUNTS = tuple(_usage.c[counted.value] for counted in Counted)
_OF = (
    select(_usage.c.place, *_COUNTS)
    .where(
        _usage.c.site == bindparam("site"),
        _usage.c.key_id == bindparam("key_id"),
        _usage.c.month == bindparam("month"),
    )
    .order_by(_usage.c.place)
)
_TOTAL = select(func.coalesce(func.sum(sum(_COUNTS[1:], start=_COUNTS[0])), 0)).where(
    _usage.c.site == bindparam("site"),
    _usage.c.key_id == bindparam("key_id"),
    _usage.c.month == bindparam("month"),
)


def count(conn: Connection, site: str, key_id: int, month: str, place: str, counted: Counted) -> None:
    """One more of these."""
    check_storable(place)
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_usage)
    row = {"site": site, "key_id": key_id, "month": month, "place": place}
    conn.execute(
        insert.on_conflict_do_update(
            index_elements=_KEY, set_={counted.value: _usage.c[counted.value] + insert.excluded[counted.value]}
        ),
        row | dict.fromkeys((one.value for one in Counted), 0) | {counted.value: 1},
    )


def of(conn: Connection, site: str, key_id: int, month: str) -> list[Usage]:
    """The counts of a key in a month, by place."""
    return [Usage(*row) for row in conn.execute(_OF, {"site": site, "key_id": key_id, "month": month})]


def total(conn: Connection, site: str, key_id: int, month: str) -> int:
    """How often the key asked in that month, at any place."""
    return int(conn.scalar(_TOTAL, {"site": site, "key_id": key_id, "month": month}) or 0)
