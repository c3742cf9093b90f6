"""What breaks round Parley, or Parley itself, while comments come in: nothing that was answered is lost or wrong."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.crowd import comments
from tests.parley import Parley, ask, calling, serving
from tests.servers import Redis

AT_ONCE = 8


async def verdicts(client: aiohttp.ClientSession, texts: list[str], halfway: Callable[[], None]) -> list[Any]:
    """The verdict on each text, asked for several at once; `halfway` happens while they are on their way."""
    turns = asyncio.Semaphore(AT_ONCE)
    answered = 0

    async def score(text: str) -> Any:
        nonlocal answered
        async with turns:
            status, verdict = await ask(client, "POST", "/v1/score", {"text": text})
        assert status == 200, verdict
        answered += 1
        if answered == len(texts) // 2:
            halfway()
        return verdict

    return await asyncio.gather(*map(score, texts))


async def failures(client: aiohttp.ClientSession) -> float:
    """How often Redis was missed, as the metrics tell."""
    async with client.get("/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("parley_redis_failures_total{"))


@pytest.mark.parametrize("fault", ["freeze", "kill"])
async def test_redis_fails_under_load_and_the_verdicts_stay_the_same(
    redis_server: Redis, tmp_path: Path, fault: str
) -> None:
    texts = [body["text"] for body in comments(300)]
    with serving(tmp_path / "parley", redis_url=redis_server.url) as service:
        async with calling(service) as client:
            healthy = await verdicts(client, texts, halfway=lambda: None)
            assert await failures(client) == 0
            broken = await verdicts(
                client, [*texts, *(f"{text} Indeed." for text in texts)], getattr(redis_server, fault)
            )
            assert broken[: len(texts)] == healthy
            assert await failures(client) > 0
            status, state = await ask(client, "GET", "/readyz")
            assert (status, state["redis"]) == (200, "away")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_every_comment_that_got_its_201_survives_sigkill(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    settings = {} if kind == "sqlite" else {"database_url": request.getfixturevalue("postgres_url")}
    with serving(tmp_path / "parley", **settings) as service:
        if kind == "postgresql":
            service.command("sites", "add", "demo")
        async with calling(service) as client:
            acknowledged = await submit_until_killed(client, service, after=150)
        assert len(acknowledged) >= 150
        service.start()
        async with calling(service) as client:
            for comment in acknowledged:
                status, found = await ask(client, "GET", f"/v1/comments/{comment['id']}")
                assert (status, found) == (200, comment)


async def submit_until_killed(client: aiohttp.ClientSession, service: Parley, after: int) -> list[Any]:
    """What was answered with 201 before and while the process was killed."""
    acknowledged: list[Any] = []
    bodies = comments(10_000)
    enough = asyncio.Event()

    async def submit() -> None:
        for body in bodies:
            try:
                status, comment = await ask(client, "POST", "/v1/comments", body)
            except (aiohttp.ClientError, ConnectionError):
                return
            assert status == 201, comment
            acknowledged.append(comment)
            if len(acknowledged) == after:
                enough.set()

    async def kill() -> None:
        await enough.wait()
        await asyncio.to_thread(service.kill)

    await asyncio.gather(kill(), *(submit() for _ in range(AT_ONCE)))
    return acknowledged
