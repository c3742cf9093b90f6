"""What happens at a site is told to its endpoints: in the transaction of what happened, in order, at least once."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.receivers import Receiver, receiving, says
from tests.running import Service, serving


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Parley that may call this machine, once on each kind of database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url, webhook_allow="127.0.0.1") as running:
        yield running


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


async def add(service: Service, receiver: Receiver, *events: str, site: str = "demo") -> Any:
    """An endpoint at the receiver, as the service answered it."""
    asked = {"url": receiver.url, "events": list(events) or None}
    made = await service.ask("POST", "/v1/endpoints", asked, site=site)
    assert made.status == 201, made.text
    return made.json


async def test_the_life_of_a_comment_is_told_in_order(service: Service, receiver: Receiver) -> None:
    await add(service, receiver)
    comment = await service.submit("You idiot.", author="eve")
    decisions = f"/v1/comments/{comment['id']}/decisions"
    reported = {"reporter": "u-1", "reason": "offensive", "note": "Rude."}
    await service.ask("POST", f"/v1/comments/{comment['id']}/reports", reported)
    await service.ask("POST", decisions, {"decision": "reject", "note": "For us only.", "message": "Be kind."})
    await service.ask("POST", f"/v1/comments/{comment['id']}/appeals", {"author": "eve", "note": "It was a joke."})
    await service.ask("POST", decisions, {"decision": "approve"})
    got = await receiver.until_got(9)
    assert receiver.types == [
        "comment.held",
        "comment.reported",
        "decision.made",
        "comment.rejected",
        "appeal.opened",
        "comment.held",
        "decision.made",
        "comment.approved",
        "appeal.decided",
    ]
    assert [one.json["data"]["sequence"] for one in got] == list(range(1, 10))
    assert len({one.headers["webhook-id"] for one in got}) == 9
    assert got[2].json["data"]["decision"]["message"] == "Be kind."
    for secret in ("idiot", "For us only", "It was a joke", "Rude."):
        assert not any(secret.encode() in one.body for one in got)


async def test_endpoints_hear_of_what_they_asked_for_and_of_their_own_site(service: Service) -> None:
    async with AsyncExitStack() as open_:
        held, authors, other = [await open_.enter_async_context(receiving()) for _ in range(3)]
        await add(service, held, "comment.held")
        await add(service, authors, "author.sanctioned")
        await add(service, other, site="other")
        await service.submit("Fine.")
        await service.submit("You idiot.")
        await service.ask("PUT", "/v1/authors/eve", {"standing": "banned", "reason": "spam"})
        await service.submit("Elsewhere.", site="other")
        await held.until_got(1)
        await authors.until_got(1)
        await other.until_got(1)
        assert (held.types, authors.types, other.types) == (
            ["comment.held"],
            ["author.sanctioned"],
            ["comment.approved"],
        )
        assert authors.got[0].json["data"]["standing"] == "banned"


async def test_what_is_not_taken_comes_again_under_the_same_id(service: Service, receiver: Receiver) -> None:
    receiver.answer = says(500)
    endpoint = await add(service, receiver)
    await service.submit("Fine.")
    await receiver.until_got(1)
    receiver.answer = says(204)
    await service.ask("POST", f"/v1/endpoints/{endpoint['id']}/replay", {"state": "waiting"})
    first, second = (await receiver.until_got(2))[:2]
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
