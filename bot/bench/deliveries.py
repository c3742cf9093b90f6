"""Deliveries: how soon they arrive while others' endpoints hang, how many a second, and that SIGKILL loses none."""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from bot.bench import hooks
from bot.bench.children import BenchError, child, end, free_port, until_ready
from bot.bench.figures import Better, Figure
from bot.signature import Scheme, Secret
from bot.store import endpoints
from bot.store.database import Database
from bot.store.endpoints import Wanted

LONGEST_DELAY: Final = 1.0
FEWEST_A_SECOND: Final = 500.0
_PATIENCE = 300.0
_LOOKS = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is sent: endpoints, of which a tenth hangs; events a second; events of each part; kills."""

    endpoints: int = 1000
    per_second: float = 200
    delayed: int = 6000
    quick: int = 10_000
    killed: int = 10_000
    kills: int = 8
    killed_endpoints: int = 50


def steps() -> int:
    """How many steps `measure` takes."""
    return 3


def measure(plan: Plan, folder: Path, step: Callable[[], object]) -> Iterator[Figure]:
    """The three figures, on an SQLite file. Raises BenchError."""
    for part in (_delay, _throughput, _loss):
        place = folder / part.__name__
        place.mkdir()
        yield part(plan, place)
        step()


def _delay(plan: Plan, folder: Path) -> Figure:
    dead = plan.endpoints // 10
    with _receiver(folder) as port:
        asyncio.run(_add_endpoints(folder, port, plan.endpoints, dead))
        with _sender(folder, plan.endpoints, plan.delayed, plan.per_second):
            # Endpoint n gets every n-th event, and the first tenth of them never answers.
            expected = sum(1 + number % plan.endpoints > dead for number in range(plan.delayed))
            seen = _until(port, expected)
    details = {"slowest percent": seen["slowest_percent"], "deliveries": expected, "dead endpoints": dead}
    name = f"delay beside {dead} of {plan.endpoints} endpoints that hang"
    return Figure(name, seen["median"], "s", LONGEST_DELAY, Better.LOWER, details=details)


def _throughput(plan: Plan, folder: Path) -> Figure:
    with _receiver(folder) as port:
        asyncio.run(_add_endpoints(folder, port, plan.endpoints, 0))
        asyncio.run(_tell(folder, plan.endpoints, plan.quick))
        with _sender(folder, plan.endpoints, 0, 0) as process:
            seen = _until(port, plan.quick)
            busy = _busy(process.pid)
    seconds = seen["last"] - seen["first"]
    details = {"deliveries": plan.quick, "seconds": seconds, "seconds of a processor": busy}
    return Figure(
        "deliveries by one courier", plan.quick / seconds, "/s", FEWEST_A_SECOND, Better.HIGHER, details=details
    )


def _loss(plan: Plan, folder: Path) -> Figure:
    chance = random.Random(1)
    with _receiver(folder) as port:
        asyncio.run(_add_endpoints(folder, port, plan.killed_endpoints, 0))
        for _ in range(plan.kills):
            with _sender(folder, plan.killed_endpoints, plan.killed, 1000) as process:
                # In the middle of its work: it has told some more, and is delivering them.
                _wait(partial(_told_more, folder, len(_told(folder))))
                time.sleep(chance.uniform(0.05, 0.5))
                process.kill()
        # What the killed had in hand is free again when their leases are over.
        with _sender(folder, plan.killed_endpoints, plan.killed, 1000), suppress(BenchError):
            _wait(lambda: len(_told(folder)) >= plan.killed and _told(folder) <= set(_ask(port)["comments"]))
        told, seen = _told(folder), _ask(port)
    lost = len(told - set(seen["comments"]))
    details = {"events": len(told), "kills": plan.kills, "sent twice": seen["arrived"] - len(seen["comments"])}
    return Figure("events lost to SIGKILL", lost, "", 0, Better.LOWER, details=details)


@contextmanager
def _receiver(folder: Path) -> Iterator[int]:
    port = free_port()
    with child([sys.executable, "-m", "bot.bench.hooks", "receive", str(port)], folder) as process:
        until_ready(process, port, folder)
        yield port


@contextmanager
def _sender(folder: Path, many_endpoints: int, many: int, per_second: float) -> Iterator["subprocess.Popen[bytes]"]:
    words = [sys.executable, "-m", "bot.bench.hooks", "send", str(folder)]
    with child([*words, str(many_endpoints), str(many), str(per_second)], folder) as process:
        yield process
        end(process)


async def _add_endpoints(folder: Path, port: int, many: int, dead: int) -> None:
    database = await Database.open(None, folder)

    def add(conn: Connection) -> None:
        for number in range(1, many + 1):
            wanted = Wanted(f"http://127.0.0.1:{port}/{'dead' if number <= dead else 'well'}/{number}", "", None)
            endpoints.add(conn, hooks.SITE, number, wanted, Secret(Scheme.V1, b"s" * 32), datetime.now(UTC))

    await database.write(add)
    await database.close()


async def _tell(folder: Path, many_endpoints: int, many: int) -> None:
    database = await Database.open(None, folder)

    def tell(conn: Connection) -> None:
        for number in range(many):
            hooks.tell(conn, hooks.comment(number), 1 + number % many_endpoints)

    await database.write(tell)
    await database.close()


def _busy(pid: int) -> float:
    """Seconds that the process kept a processor busy, its start included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# Any: the receiver's JSON.
def _ask(port: int) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/seen", timeout=_PATIENCE) as answer:
        seen: dict[str, Any] = json.load(answer)
        return seen


def _until(port: int, many: int) -> dict[str, Any]:
    _wait(lambda: len(_ask(port)["comments"]) >= many)
    return _ask(port)


def _told(folder: Path) -> set[str]:
    """The comments whose events are committed, as their teller wrote them down."""
    book = folder / "told"
    return set(book.read_text().split()) if book.exists() else set()


def _told_more(folder: Path, than: int) -> bool:
    return len(_told(folder)) > than


def _wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise BenchError(f"Not everything was delivered within {_PATIENCE:g} seconds.")
        time.sleep(_LOOKS)
