"""What telling and delivering costs grows with what is due, not with what is stored."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from bot.bench import hooks
from bot.delivery import Answer, DeliveryState, Health, judge
from bot.event import status_reached
from bot.signature import Scheme, Secret
from bot.store import deliveries, endpoints, outbox, turns
from bot.store.database import Database
from bot.store.deliveries import DeliveryFilter, Replay
from bot.store.endpoints import Wanted
from bot.store.prepared import driver_of
from bot.store.turns import Posted, Room

# A table read from its beginning, or all that one site has of it.
READS_ALL = re.compile(
    r"SCAN (deliveries|events|attempts|endpoint_secrets|endpoints)\b|INDEX \w+ \(site=\?\)$", re.MULTILINE
)


def everything(conn: Connection, now: datetime) -> None:
    """All that a courier, a desk and a broom ask of the store."""
    turns.outlook(conn)
    (turn,) = turns.take(conn, now, now, 5, Room(well=5, failing=5, parcels=5))
    answer = Answer(200, None, 1)
    posted = [Posted(parcel, now, answer, judge(answer, 1, Health(), now, 0)) for parcel in turn.parcels]
    turns.give_back(conn, turn, posted, now)
    outbox.tell(conn, status_reached(hooks.comment(100), now))
    deliveries.page(conn, "demo", DeliveryFilter(), None, 20)
    deliveries.page(conn, "demo", DeliveryFilter(1, DeliveryState.FAILED), None, 20)
    deliveries.attempts(conn, "demo", turn.parcels[0].delivery)
    deliveries.replay_some(conn, "demo", 1, Replay(DeliveryState.DELIVERED), 3, now)
    endpoints.waiting(conn, [1])
    outbox.sweep(conn, now, 50)


async def test_no_question_reads_all_that_is_stored(tmp_path: Path) -> None:
    plans: list[str] = []

    def work(conn: Connection) -> None:
        now = datetime.now(UTC)
        wanted = Wanted("https://example.org/", "", None)
        endpoints.add(conn, "demo", 1, wanted, Secret(Scheme.V1, b"s" * 32), now)
        for number in range(20):
            hooks.tell(conn, hooks.comment(number), 1)

        # Any: what SQLAlchemy calls it with.
        def explain(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:  # noqa: FBT001
            row = parameters[0] if many else parameters
            said = driver_of(conn).execute(f"EXPLAIN QUERY PLAN {statement}", row).fetchall()
            plans.append(statement + "\n" + "\n".join(line[3] for line in said))

        event.listen(conn, "before_cursor_execute", explain)
        everything(conn, now + timedelta(hours=1))
        event.remove(conn, "before_cursor_execute", explain)

    database = await Database.open(None, tmp_path)
    await database.write(work)
    await database.close()
    assert len(plans) > 20
    assert [plan for plan in plans if READS_ALL.search(plan)] == []


async def test_a_site_without_endpoints_writes_nothing(database: Database) -> None:
    def told(conn: Connection) -> int:
        outbox.tell(conn, status_reached(hooks.comment(1), datetime.now(UTC)))
        return outbox.sweep(conn, datetime.now(UTC) + timedelta(days=1), 10)

    assert await database.write(told) == 0
