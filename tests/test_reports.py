"""Readers report comments: each counts once, many make a comment urgent, enough of them hold it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.comment import Status
from bot.reporting import ReportReason, judge
from bot.store.database import Database
from bot.store.keys import Scope
from bot.verdict import Decision, Reason
from tests.running import Answer, Service, serving
from tests.stored import stored, verdict


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url) as running:
        yield running


async def report(service: Service, comment: Any, reporter: str, reason: str = "offensive", **more: object) -> Answer:
    """A reader's report, as the site's own server sends it."""
    asked = {"reporter": reporter, "reason": reason} | more
    return await service.ask("POST", f"/v1/comments/{comment['id']}/reports", asked, scope=Scope.SUBMIT)


async def totals(service: Service, status: str = "held") -> Any:
    """The counts of the queue."""
    return (await service.ask("GET", f"/v1/queue?status={status}")).json["totals"]


async def test_enough_readers_hold_a_published_comment(service: Service) -> None:
    comment = await service.submit("A fair point.", author="bob")
    answers = [await report(service, comment, f"reader-{n}", "spam") for n in range(3)]
    assert [(answer.status, answer.json["status"], answer.json["readers"]) for answer in answers] == [
        (201, "approved", 1),
        (201, "approved", 2),
        (201, "held", 3),
    ]
    assert await totals(service) == {"all": 1, "by_reason": {"reported_spam": 1}}
    assert (await totals(service, "approved"))["all"] == 0
    (held,) = (await service.ask("GET", "/v1/queue?reason=reported_spam&sort=severity")).json["items"]
    assert held["severity"] == pytest.approx(0.7)
    assert [(found["value"], found["threshold"]) for found in held["evidence"]] == [(3, 3)]
    trail = (await service.ask("GET", f"/v1/comments/{comment['id']}/decisions")).json["items"]
    assert [(line["decision"], line["source"], line["reason"]) for line in trail[1:]] == [("hold", "rule", "reported")]
    assert (await service.ask("GET", "/v1/authors/bob")).json["held"] == 1


async def test_one_reader_cannot_count_twice(service: Service) -> None:
    comment = await service.submit("A fair point.")
    answers = [await report(service, comment, "reader-1", reason) for reason in ("spam", "spam", "illegal")]
    assert [(answer.status, answer.json["counted"], answer.json["readers"]) for answer in answers] == [
        (201, True, 1),
        (200, False, 1),
        (200, False, 1),
    ]
    assert (await service.ask("GET", f"/v1/comments/{comment['id']}")).json["status"] == "approved"


async def test_of_many_readers_at_once_each_counts(service: Service) -> None:
    comment = await service.submit("A fair point.")
    await asyncio.gather(*(report(service, comment, f"reader-{n % 6}") for n in range(12)))
    assert await totals(service) == {"all": 1, "by_reason": {"reported_offensive": 1}}
    stored_now = (await service.ask("GET", f"/v1/comments/{comment['id']}")).json
    assert [found["value"] for found in stored_now["evidence"]] == [6]


async def test_one_report_of_something_illegal_suffices(service: Service) -> None:
    comment = await service.submit("A fair point.")
    answer = await report(service, comment, "reader-1", "illegal", note="It shows my address.")
    assert answer.json["status"] == "held"
    (said,) = (await service.ask("GET", f"/v1/comments/{comment['id']}/reports")).json["items"]
    assert (said["reporter"], said["reason"], said["note"]) == ("reader-1", "illegal", "It shows my address.")


async def test_reports_make_a_held_comment_more_urgent(service: Service) -> None:
    calm = await service.submit("You idiot, calm.", author="bob")
    urgent = await service.submit("You idiot, urgent.", author="eve")
    for n in range(5):
        await report(service, urgent, f"reader-{n}")
    await service.submit("You idiot, later.", author="ada")
    items = (await service.ask("GET", "/v1/queue?sort=severity")).json["items"]
    assert items[0]["id"] == urgent["id"]
    assert items[0]["reasons"] == ["detected_insult", "reported_offensive"]
    assert calm["id"] in [item["id"] for item in items]


async def test_what_a_moderator_has_looked_at_is_not_held_again_for_the_same_reports(service: Service) -> None:
    comment = await service.submit("A fair point.")
    for n in range(3):
        await report(service, comment, f"reader-{n}")
    await service.ask("POST", f"/v1/comments/{comment['id']}/decisions", {"decision": "approve"})
    assert (await report(service, comment, "reader-3")).json["status"] == "approved"
    for n in (4, 5):
        answer = await report(service, comment, f"reader-{n}")
    assert answer.json["status"] == "held"
    await service.ask("POST", f"/v1/comments/{comment['id']}/decisions", {"decision": "reject"})
    assert (await report(service, comment, "reader-6")).json["status"] == "rejected"
    assert await totals(service) == {"all": 0, "by_reason": {}}


async def test_a_policy_says_how_many_reports_hold_a_comment(service: Service) -> None:
    await service.ask("PUT", "/v1/policy", {"policy": {"reports": 1}})
    first = await service.submit("A fair point.")
    assert (await report(service, first, "reader-1")).json["status"] == "held"
    await service.ask("PUT", "/v1/policy", {"policy": {"reports": None}})
    second = await service.submit("Another fair point.")
    assert (await report(service, second, "reader-1", "illegal")).json["status"] == "approved"


async def test_a_comment_of_another_site_cannot_be_reported(service: Service) -> None:
    comment = await service.submit("A fair point.")
    asked = {"reporter": "reader-1", "reason": "spam"}
    answer = await service.ask("POST", f"/v1/comments/{comment['id']}/reports", asked, site="other")
    assert answer.status == 404


@pytest.mark.parametrize(
    "asked", [{}, {"reporter": "r"}, {"reporter": "", "reason": "spam"}, {"reporter": "r", "reason": "ugly"}]
)
async def test_what_is_no_report_is_refused(service: Service, asked: dict[str, object]) -> None:
    comment = await service.submit("A fair point.")
    answer = await service.ask("POST", f"/v1/comments/{comment['id']}/reports", asked)
    assert answer.status == 422


async def test_reports_stand_beside_what_the_rules_found_and_never_calm_anything(database: Database) -> None:
    comment = await stored(database, judged=verdict(Decision.APPROVE, Reason.DETECTED_SPAM, severity=0.97))
    once = judge(comment, {ReportReason.OTHER: 1}, {ReportReason.OTHER: 1}, hold=2)
    assert (once.status, once.verdict.severity) == (Status.APPROVED, 0.97)
    twice = judge(once, {ReportReason.OTHER: 2}, {ReportReason.OTHER: 2}, hold=2)
    assert twice.verdict.reasons == (Reason.DETECTED_SPAM, Reason.REPORTED_OTHER)
    assert (twice.status, twice.verdict.decision) == (Status.HELD, Decision.APPROVE)
