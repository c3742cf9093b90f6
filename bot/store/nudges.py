"""How often authors were asked to think again, and what they did then: one row for each site and day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import schema

_nudges = schema.nudges


class Outcome(StrEnum):
    """A nudge was shown; then its comment was edited before it was posted, or posted as it was."""

    SHOWN = "shown"
    EDITED = "edited"
    ANYWAY = "anyway"


@dataclass(frozen=True, slots=True)
class Nudges:
    """The counts of one day (UTC). Who left without posting is in none but `shown`."""

    day: date
    shown: int
    edited: int
    anyway: int


def count(conn: Connection, site: str, day: date, outcome: Outcome) -> None:
    """One more."""
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_nudges)
    row = {"site": site, "day": day, **{one.value: int(one is outcome) for one in Outcome}}
    column = _nudges.c[outcome.value]
    conn.execute(insert.on_conflict_do_update(index_elements=["site", "day"], set_={column.name: column + 1}), row)


def since(conn: Connection, site: str, day: date) -> list[Nudges]:
    """The site's days from that one on, oldest first; days without any are left out."""
    asked = select(_nudges).where(_nudges.c.site == site, _nudges.c.day >= day).order_by(_nudges.c.day)
    return [Nudges(row.day, row.shown, row.edited, row.anyway) for row in conn.execute(asked)]
