"""The main job, on real sockets and with the real models: comments in, verdicts out, the held ones to a moderator."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.crowd import comments
from tests.parley import Parley, ask, calling, serving

COUNT = 500
AT_ONCE = 16


@pytest.fixture(params=["sqlite", "postgresql-redis-2-workers"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Parley]:
    """Parley as it comes, and as a site runs it that has outgrown one process."""
    settings = {}
    if request.param != "sqlite":
        settings["database_url"] = request.getfixturevalue("postgres_url")
        settings["redis_url"] = request.getfixturevalue("redis_url")
        settings["workers"] = "2"
    with serving(tmp_path / "parley", **settings) as running:
        if request.param != "sqlite":
            running.command("sites", "add", "demo")
        yield running


async def submit_all(client: aiohttp.ClientSession, bodies: list[dict[str, str]]) -> list[Any]:
    """Submits the comments, several at once; every one is stored."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def submit(body: dict[str, str]) -> Any:
        async with turns:
            status, comment = await ask(client, "POST", "/v1/comments", body)
        assert status == 201, comment
        return comment

    return await asyncio.gather(*map(submit, bodies))


async def whole_queue(client: aiohttp.ClientSession) -> tuple[list[Any], Any]:
    """Every page of the queue, and the totals."""
    items: list[Any] = []
    address = "/v1/queue?limit=17"
    while True:
        status, page = await ask(client, "GET", address)
        assert status == 200, page
        items += page["items"]
        if page["next"] is None:
            return items, page["totals"]
        address = f"/v1/queue?limit=17&cursor={page['next']}"


async def test_five_hundred_comments_from_arrival_to_decision_and_over_a_restart(service: Parley) -> None:
    bodies = list(comments(COUNT))
    async with calling(service) as client:
        stored = await submit_all(client, bodies)
        assert [comment["text"] for comment in stored] == [body["text"] for body in bodies]
        held = {comment["id"] for comment in stored if comment["status"] == "held"}
        assert len(held) > COUNT / 25
        assert all(comment["reasons"] and comment["evidence"] for comment in stored if comment["status"] != "approved")

        waiting, totals = await whole_queue(client)
        assert {comment["id"] for comment in waiting} == held
        assert [comment["id"] for comment in waiting] == sorted(held, reverse=True)
        assert totals["all"] == len(held)
        for reason, count in totals["by_reason"].items():
            assert count == sum(reason in comment["reasons"] for comment in waiting)

        decided = {}
        for number, comment in enumerate(waiting[:20]):
            path = f"/v1/comments/{comment['id']}/decisions"
            decision = "approve" if number % 2 else "reject"
            status, answer = await ask(client, "POST", path, {"decision": decision, "note": "read it"})
            assert status == 201, answer
            decided[comment["id"]] = answer["comment"]["status"]
            status, problem = await ask(client, "POST", path, {"decision": decision})
            assert status == 409
            assert problem["decided"]["moderator"] == "Mia"

    service.stop()
    service.start()

    async with calling(service) as client:
        waiting, totals = await whole_queue(client)
        assert {comment["id"] for comment in waiting} == held - set(decided)
        assert totals["all"] == len(held) - len(decided)
        for before in stored:
            status, comment = await ask(client, "GET", f"/v1/comments/{before['id']}")
            assert status == 200
            assert comment == before | {"status": decided.get(before["id"], before["status"])}
        for comment_id in decided:
            _, trail = await ask(client, "GET", f"/v1/comments/{comment_id}/decisions")
            assert [line["source"] for line in trail["items"]] == ["rule", "moderator"]
            assert trail["items"][1]["note"] == "read it"
        published = {comment["id"] for comment in stored if comment["status"] == "approved"}
        published |= {comment_id for comment_id, status in decided.items() if status == "approved"}
        assert await whole_threads(client) == published


async def whole_threads(client: aiohttp.ClientSession) -> set[str]:
    """The ids of what readers see."""
    seen: set[str] = set()
    for thread in range(7):
        address = f"/v1/threads/article-{thread}/comments?limit=50"
        cursor = ""
        while True:
            _, page = await ask(client, "GET", address + cursor)
            seen |= {comment["id"] for comment in page["items"]}
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
    return seen


async def test_no_word_of_a_comment_reaches_the_log(service: Parley) -> None:
    async with calling(service) as client:
        await submit_all(client, list(comments(30)))
        await ask(client, "POST", "/v1/comments", {"thread": "t", "author": "a", "text": 5, "shopkeepers": 1})
    for word in ("shopkeepers", "offside", "recipe", "idiot", "parley_"):
        assert word not in "\n".join(line for line in service.log.splitlines() if line.startswith("{"))
