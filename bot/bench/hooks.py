"""The two processes of the benchmark of deliveries: `receive` takes webhooks, `send` tells events and delivers them.

    python -m bot.bench.hooks receive PORT
    python -m bot.bench.hooks send FOLDER ENDPOINTS MANY PER_SECOND

`send` writes the id of each comment to FOLDER/told once its event is committed, so whoever kills it knows what it owes.
"""

import asyncio
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from aiohttp import web
from sqlalchemy import Connection

from bot.apprising import Apprising
from bot.comment import Author, Comment, Status, Submission, mint_id, write_id
from bot.courier import Courier
from bot.crier import Crier
from bot.event import status_reached
from bot.fence import Fence, read_networks
from bot.posting import Posting
from bot.store import outbox
from bot.store.database import Database
from bot.verdict import Decision, Verdict

SITE = "demo"
_TOGETHER = 20


class _Receiver:
    """Takes what comes to /well, and never answers what comes to /dead."""

    def __init__(self) -> None:
        self._delays: list[float] = []
        self._arrived: list[float] = []
        self._seen: set[str] = set()

    async def well(self, request: web.Request) -> web.Response:
        """One message."""
        told = await request.json()
        now = time.time()
        self._arrived.append(now)
        self._seen.add(told["data"]["comment"]["id"])
        self._delays.append(now - datetime.fromisoformat(told["timestamp"]).timestamp())
        return web.Response()

    async def dead(self, request: web.Request) -> web.Response:
        """One message, for ever."""
        await request.read()
        await asyncio.Event().wait()
        raise AssertionError("nothing is answered here")

    async def seen(self, _: web.Request) -> web.Response:
        """What arrived until now; delays and moments in seconds."""
        delays = sorted(self._delays) or [0.0]
        found = {
            "arrived": len(self._arrived),
            "first": min(self._arrived, default=0.0),
            "last": max(self._arrived, default=0.0),
            "median": statistics.median(delays),
            "slowest_percent": delays[int(len(delays) * 0.99)],
            "comments": sorted(self._seen),
        }
        return web.json_response(found)


async def receive(port: int) -> None:
    """Until it is ended."""
    receiver = _Receiver()
    app = web.Application()
    app.router.add_post("/well/{number}", receiver.well)
    app.router.add_post("/dead/{number}", receiver.dead)
    app.router.add_get("/seen", receiver.seen)

    async def ready(_: web.Request) -> web.Response:
        return web.Response()

    app.router.add_get("/readyz", ready)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=2048).start()
    await asyncio.Event().wait()


async def send(folder: Path, endpoints: int, many: int, per_second: float) -> None:
    """Tells `many` events, each to the next of the endpoints 1..n, and delivers until it is ended."""
    database = await Database.open(None, folder)
    fence = Fence(read_networks("127.0.0.1"))
    posting = Posting(fence)
    courier = Courier(database, posting, Crier(database, posting, Apprising(fence.allowed), "http://127.0.0.1"))
    told = folder / "told"
    before = len(told.read_text().splitlines()) if told.exists() else 0
    courier.start()
    began = time.monotonic()
    with told.open("a") as book:
        for first in range(before, many, _TOGETHER):
            numbers = range(first, min(many, first + _TOGETHER))
            comments = [comment(number) for number in numbers]
            # One transaction for each, as for comments that arrive together.
            await asyncio.gather(
                *(
                    database.write(tell, one, 1 + number % endpoints)
                    for one, number in zip(comments, numbers, strict=True)
                )
            )
            book.writelines(f"{write_id(one.id)}\n" for one in comments)
            book.flush()
            courier.stir()
            if per_second:
                await asyncio.sleep(max(0.0, (first + _TOGETHER - before) / per_second - (time.monotonic() - began)))
    await asyncio.Event().wait()


def tell(conn: Connection, comment: Comment, endpoint: int) -> None:
    """Tells one endpoint where a comment stands."""
    outbox.tell_one(conn, status_reached(comment, comment.created_at), endpoint)


def comment(number: int) -> Comment:
    """A comment that was approved just now."""
    now = datetime.now(UTC)
    submission = Submission("article-1", "", Author("u-1", "u-1"))
    verdict = Verdict(Decision.APPROVE, (), 0.0, None, 1)
    return Comment(mint_id(now, number), SITE, submission, Status.APPROVED, now, None, verdict)


if __name__ == "__main__":
    if sys.argv[1] == "receive":
        uvloop.run(receive(int(sys.argv[2])))
    else:
        uvloop.run(send(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])))
