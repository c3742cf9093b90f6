"""What moderators decide about authors and threads holds from the next comment on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.keys import Scope
from tests.running import Service, serving


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running


async def test_a_banned_authors_comments_are_rejected_until_the_ban_is_lifted(service: Service) -> None:
    await service.ask("PUT", "/v1/authors/eve", {"standing": "banned"})
    rejected = await service.submit("Fine words.", author="eve")
    assert (rejected["status"], rejected["reasons"]) == ("rejected", ["policy_author_banned"])
    lifted = await service.ask("PUT", "/v1/authors/eve", {"standing": "ordinary"})
    assert (lifted.json["standing"], lifted.json["rejected"]) == ("ordinary", 1)
    assert (await service.submit("Other words.", author="eve"))["status"] == "approved"


async def test_a_trusted_author_may_repeat_themselves(service: Service) -> None:
    await service.ask("PUT", "/v1/authors/ada", {"standing": "trusted"})
    assert [(await service.submit("Bump.", author="ada"))["status"] for _ in range(2)] == ["approved"] * 2


async def test_a_closed_thread_takes_no_comments_and_others_do(service: Service) -> None:
    await service.ask("PUT", "/v1/threads/news%2Fold", {"state": "closed"})
    assert (await service.ask("GET", "/v1/threads/news%2Fold")).json == {"thread": "news/old", "state": "closed"}
    late = await service.submit("Too late?", thread="news/old")
    assert (late["status"], late["reasons"]) == ("rejected", ["policy_thread_closed"])
    assert (await service.submit("In time.", thread="news/new"))["status"] == "approved"
    await service.ask("PUT", "/v1/threads/news%2Fold", {"state": "open"})
    assert (await service.submit("Again.", thread="news/old"))["status"] == "approved"


@pytest.mark.parametrize(
    ("standing", "status", "reason"),
    [
        ("held", "held", "policy_author_held"),
        ("suspended", "rejected", "policy_author_suspended"),
        ("banned", "rejected", "policy_author_banned"),
        ("shadow_banned", "rejected", "policy_author_shadow_banned"),
    ],
)
async def test_what_was_decided_about_an_author_decides_about_their_next_comment(
    service: Service, standing: str, status: str, reason: str
) -> None:
    asked = {"standing": standing, "until": "2080-01-01T00:00:00Z"}
    assert (await service.ask("PUT", "/v1/authors/eve", asked)).json["until"] == "2080-01-01T00:00:00.000Z"
    comment = await service.submit("Fine words.", author="eve")
    assert (comment["status"], comment["reasons"]) == (status, [reason])


async def test_a_standing_whose_end_has_come_is_the_ordinary_one(service: Service) -> None:
    over = {"standing": "suspended", "until": "2026-01-01T00:00:00Z"}
    author = (await service.ask("PUT", "/v1/authors/eve", over)).json
    assert (author["standing"], author["until"]) == ("ordinary", None)
    assert (await service.submit("Fine words.", author="eve"))["status"] == "approved"


async def test_a_suspension_needs_an_end(service: Service) -> None:
    answer = await service.ask("PUT", "/v1/authors/eve", {"standing": "suspended"})
    assert answer.status == 422
    assert "an author who is out for good is banned" in answer.text


async def test_the_trail_of_an_author_tells_who_decided_what_and_what_they_are_told(service: Service) -> None:
    told = "You posted the same advertisement five times. You can write again in a week."
    asked = {"standing": "suspended", "until": "2080-01-01T00:00:00Z", "reason": "spam", "message": told}
    await service.ask("PUT", "/v1/authors/eve", asked)
    await service.ask("PUT", "/v1/authors/eve", {"standing": "ordinary"})
    lifted, suspended = (await service.ask("GET", "/v1/authors/eve/sanctions")).json["items"]
    assert (lifted["standing"], lifted["until"], lifted["message"]) == ("ordinary", None, None)
    assert (suspended["standing"], suspended["moderator"], suspended["reason"]) == ("suspended", "a admin", "spam")
    assert suspended["message"] == told


@pytest.mark.parametrize("address", ["/v1/authors/eve", "/v1/threads/article-1"])
async def test_only_moderators_may_ask_and_change(service: Service, address: str) -> None:
    body = {"standing": "banned"} if "authors" in address else {"state": "closed"}
    assert (await service.ask("GET", address, scope=Scope.SUBMIT)).status == 403
    assert (await service.ask("PUT", address, body, scope=Scope.SUBMIT)).status == 403


@pytest.mark.parametrize("body", [{}, {"standing": "evil"}, {"standing": "banned", "why": "spam"}])
async def test_a_standing_that_nobody_has_is_refused_by_name(service: Service, body: dict[str, str]) -> None:
    answer = await service.ask("PUT", "/v1/authors/eve", body)
    assert answer.status == 422
    assert answer.json["errors"][0]["field"] in {"standing", "why"}
