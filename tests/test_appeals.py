"""An author may ask once to look again, for some days; whoever rejected the comment leaves it to somebody else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.moderator import Role
from bot.review import CannotAppeal, NeedsAnother
from bot.store import comments, decisions, moderators
from bot.store.database import Database
from bot.store.keys import Scope
from bot.verdict import Decision, DecisionSource
from tests.builders import NOON
from tests.running import Answer, Service, serving
from tests.stored import decided, stored, verdict

SAID = "It was a quotation, as the article has it."


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url) as running:
        yield running


async def rejected(service: Service) -> Any:
    """A comment of ada's that a moderator rejected (Any: it is JSON)."""
    comment = await service.submit("You idiot.", author="ada")
    await decide(service, comment, "reject")
    return comment


async def decide(service: Service, comment: Any, decision: str, scope: Scope = Scope.ADMIN) -> Answer:
    """A decision by the key of that scope, which is called `a SCOPE`."""
    return await service.ask("POST", f"/v1/comments/{comment['id']}/decisions", {"decision": decision}, scope=scope)


async def appeal(service: Service, comment: Any, author: str = "ada", **more: object) -> Answer:
    """The author's appeal, as the site's own server sends it."""
    asked = {"author": author, "note": SAID} | more
    return await service.ask("POST", f"/v1/comments/{comment['id']}/appeals", asked, scope=Scope.SUBMIT)


async def test_an_appealed_comment_waits_again_with_what_its_author_says(service: Service) -> None:
    comment = await rejected(service)
    answer = await appeal(service, comment)
    assert (answer.status, answer.json["status"]) == (201, "held")
    queue = (await service.ask("GET", "/v1/queue?reason=policy_appealed")).json
    assert [item["id"] for item in queue["items"]] == [comment["id"]]
    assert queue["totals"]["by_reason"] == {"detected_insult": 1, "policy_appealed": 1}
    line = (await service.ask("GET", f"/v1/comments/{comment['id']}/decisions")).json["items"][-1]
    assert (line["decision"], line["source"], line["moderator"], line["note"]) == ("hold", "appeal", None, SAID)


async def test_an_appeal_is_decided_by_somebody_else_where_there_are_two(service: Service) -> None:
    comment = await rejected(service)
    await appeal(service, comment)
    for name in ("a admin", "a moderate"):
        now = datetime.now(UTC)
        await service.parts.database.write(moderators.add, "demo", name, Role.MODERATOR, now)
    refused = await decide(service, comment, "reject")
    assert (refused.status, refused.json["type"]) == (409, "/reference#problem-needs_another")
    done = await decide(service, comment, "approve", Scope.MODERATE)
    assert (done.status, done.json["decision"]["source"]) == (201, "appeal")


async def test_who_works_alone_decides_on_appeals_too(service: Service) -> None:
    comment = await rejected(service)
    await appeal(service, comment)
    assert (await decide(service, comment, "reject")).status == 201


async def test_an_appeal_is_heard_once(service: Service) -> None:
    comment = await rejected(service)
    await appeal(service, comment)
    await decide(service, comment, "reject")
    again = await appeal(service, comment)
    assert (again.status, again.json["type"]) == (409, "/reference#problem-no_appeal")
    assert "appealed before" in again.json["detail"]


async def test_only_the_author_appeals_and_only_where_something_was_rejected(service: Service) -> None:
    comment = await service.submit("You idiot.", author="ada")
    assert "This comment is held" in (await appeal(service, comment)).json["detail"]
    await decide(service, comment, "reject")
    assert "Only the author" in (await appeal(service, comment, "eve")).json["detail"]
    assert (await appeal(service, comment, note="")).status == 422


async def test_a_site_may_take_no_appeals(service: Service) -> None:
    await service.ask("PUT", "/v1/policy", {"policy": {"appeal_days": None}})
    comment = await rejected(service)
    assert "takes no appeals" in (await appeal(service, comment)).json["detail"]


async def test_whoever_was_told_of_an_appeal_has_it_whatever_becomes_of_the_policy(service: Service) -> None:
    comment = await rejected(service)
    await service.ask("PUT", "/v1/policy", {"policy": {"appeal_days": None}})
    assert (await appeal(service, comment)).status == 201


async def test_an_appeal_comes_within_the_days_of_the_policy(database: Database) -> None:
    comment = await stored(database, judged=verdict(Decision.REJECT))
    late = NOON + timedelta(days=14)
    with pytest.raises(CannotAppeal, match="14 days"):
        await database.write(decisions.appeal, "demo", comment.id, "ada", SAID, late)
    in_time = late - timedelta(seconds=1)
    held = await database.write(decisions.appeal, "demo", comment.id, "ada", SAID, in_time)
    assert held == await database.read(comments.find, "demo", comment.id)


async def test_many_decisions_at_once_leave_ones_own_appeals_to_others(database: Database) -> None:
    for name in ("grace", "mia"):
        await database.write(moderators.add, "demo", name, Role.MODERATOR, NOON)
    comment = await stored(database)
    await decided(database, comment, Decision.REJECT, moderator="grace")
    held = await database.write(decisions.appeal, "demo", comment.id, "ada", SAID, NOON)
    with pytest.raises(NeedsAnother):
        await decided(database, held, Decision.APPROVE, moderator="grace")
    many = ("demo", [comment.id], Decision.APPROVE, held.status)
    assert await database.write(decisions.record_many, *many, "grace", None, None, NOON) == []
    assert await database.write(decisions.record_many, *many, "mia", None, None, NOON) == [comment.id]
    last = (await database.read(decisions.of, "demo", comment.id))[-1]
    assert (last.source, last.moderator) == (DecisionSource.APPEAL, "mia")
