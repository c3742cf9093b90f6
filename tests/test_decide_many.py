"""One decision on many comments: counted before, each with its own line, and what others decided is passed over."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.running import Service, serving


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url) as running:
        yield running


async def submit_some(service: Service, number: int) -> list[str]:
    """The ids of that many held comments, oldest first."""
    return [(await service.submit(f"You idiot {n}.", author=f"author-{n}"))["id"] for n in range(number)]


async def test_a_dry_run_counts_and_changes_nothing(service: Service) -> None:
    ids = await submit_some(service, 3)
    await service.ask("POST", f"/v1/comments/{ids[0]}/decisions", {"decision": "approve"})
    would = await service.ask("POST", "/v1/decisions", {"decision": "reject", "comments": ids, "dry_run": True})
    assert would.json == {"dry_run": True, "decided": ids[1:], "passed_over": 1, "more": False}
    assert (await service.ask("GET", "/v1/queue")).json["totals"]["all"] == 2


async def test_each_comment_gets_its_line_and_what_was_decided_is_passed_over(service: Service) -> None:
    ids = await submit_some(service, 3)
    await service.ask("POST", f"/v1/comments/{ids[0]}/decisions", {"decision": "approve"})
    asked = {"decision": "reject", "comments": [*ids, ids[1]], "reason": "spam", "note": "A wave."}
    done = await service.ask("POST", "/v1/decisions", asked)
    assert (sorted(done.json["decided"]), done.json["passed_over"]) == (ids[1:], 1)
    trail = (await service.ask("GET", f"/v1/comments/{ids[2]}/decisions")).json["items"][-1]
    assert (trail["decision"], trail["reason"], trail["note"]) == ("reject", "spam", "A wave.")
    assert (await service.ask("GET", f"/v1/comments/{ids[0]}")).json["status"] == "approved"
    assert (await service.ask("GET", "/v1/queue")).json["totals"] == {"all": 0, "by_reason": {}}
    assert (await service.ask("GET", "/v1/queue?status=rejected")).json["totals"]["all"] == 2


async def test_the_queues_filters_say_which_comments_are_meant(service: Service) -> None:
    await submit_some(service, 2)
    purple = await service.submit("You purple idiot.", author="eve")
    asked = {"decision": "approve", "matching": {"text": "purple"}}
    assert (await service.ask("POST", "/v1/decisions", asked)).json["decided"] == [purple["id"]]
    back = {"decision": "hold", "matching": {"status": "approved", "author": "eve"}}
    assert (await service.ask("POST", "/v1/decisions", back)).json["decided"] == [purple["id"]]
    assert (await service.ask("GET", "/v1/queue")).json["totals"]["all"] == 3


async def test_comments_of_another_site_are_passed_over(service: Service) -> None:
    ids = await submit_some(service, 2)
    which: tuple[dict[str, object], ...] = ({"comments": ids}, {"matching": {}})
    for asked in which:
        answer = await service.ask("POST", "/v1/decisions", asked | {"decision": "reject"}, site="other")
        assert answer.json["decided"] == []
    assert (await service.ask("GET", "/v1/queue")).json["totals"]["all"] == 2


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"decision": "reject"},
        {"decision": "reject", "comments": []},
        {"decision": "reject", "comments": ["nonsense"]},
        {"decision": "reject", "comments": ["0saf962ahe87v"], "matching": {}},
        {"decision": "reject", "matching": {"limit": 5}},
    ],
)
async def test_what_does_not_say_which_comments_is_refused(service: Service, asked: dict[str, object]) -> None:
    assert (await service.ask("POST", "/v1/decisions", asked)).status == 422
