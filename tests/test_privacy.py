"""What a person may ask of a site, over the API and from the command line: all that is kept, and its erasure."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.command import parley
from bot.comment import Author, read_id
from bot.identity import Identity
from bot.store import comments, sealing, votes
from bot.store.keys import Scope
from bot.web.wire.privacy import ExportAnswered
from tests.running import Service, serving
from tests.stored import handed_over

INSULT = "You idiot, says the brontophile."


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url, rate_limit=0) as running:
        yield running


async def live(service: Service) -> tuple[Any, Any]:
    """A rejected and appealed comment of ada's that was reported, and one of grace's that ada reported (Any: JSON)."""
    theirs = await service.submit(INSULT, author={"id": "ada", "name": "Ada L."})
    others = await service.submit("A fair point.", author="grace", parent=None)
    decision = {"decision": "reject", "reason": "offensive", "note": "Seen.", "message": "Be kind."}
    await service.ask("POST", f"/v1/comments/{theirs['id']}/decisions", decision, scope=Scope.MODERATE)
    await service.ask("POST", f"/v1/comments/{theirs['id']}/appeals", {"author": "ada", "note": "A quotation."})
    for comment, reporter in ((theirs, "eve"), (others, "ada")):
        asked = {"reporter": reporter, "reason": "offensive", "note": f"Says {reporter}."}
        await service.ask("POST", f"/v1/comments/{comment['id']}/reports", asked)
    database, shown = service.parts.database, Identity(Author("ada", "Ada L."), None, "editor")
    await database.write(sealing.introduce, "demo", shown)
    await database.write(votes.vote, "demo", read_id(others["id"]) or 0, "ada")
    await handed_over(service)
    await service.ask("PUT", "/v1/authors/ada", {"standing": "held", "message": "Wait."}, scope=Scope.MODERATE)
    return theirs, others


async def test_an_export_holds_everything_and_names_nobody_else(service: Service) -> None:
    theirs, others = await live(service)
    answer = await service.ask("GET", "/v1/authors/ada/export")
    assert answer.status == 200
    ExportAnswered.model_validate(answer.json)
    kept = answer.json
    assert (kept["author"]["name"], kept["author"]["reported"], kept["author"]["standing"]) == ("Ada L.", 1, "held")
    (comment,) = kept["comments"]
    assert (comment["id"], comment["text"], comment["scores"]) == (theirs["id"], INSULT, theirs["scores"])
    trail = [(line["decision"], line["source"], line["note"], line["message"]) for line in comment["decisions"]]
    assert trail == [
        ("hold", "rule", None, None),
        ("reject", "moderator", "Seen.", "Be kind."),
        ("hold", "appeal", "A quotation.", None),
    ]
    assert [said["reason"] for said in comment["reports"]] == ["offensive"]
    assert [sanction["message"] for sanction in kept["sanctions"]] == ["Wait."]
    (made,) = kept["reports_made"]
    assert (made["comment"], made["note"]) == (others["id"], "Says ada.")
    assert kept["examples"] == []
    assert kept["votes"] == [{"comment": others["id"]}]
    assert kept["profile"] == {"avatar": None, "role": "editor"}
    (question,) = kept["questions"]
    assert (question["text"], question["status"], question["answer"]) == ("May I quote you?", "waiting", None)
    assert not any(f'"{name}"' in answer.text for name in ("eve", "a moderate", "a admin"))


async def test_an_export_of_whom_nobody_knows_is_empty(service: Service) -> None:
    kept = (await service.ask("GET", "/v1/authors/nobody/export")).json
    lists = ("comments", "sanctions", "reports_made", "votes", "questions", "examples")
    assert [kept[name] for name in lists] == [[]] * 6
    assert kept["profile"] is None


async def test_many_comments_come_in_pieces(service: Service) -> None:
    """More than one page of them, of several statuses, each once."""
    sent = [await service.submit(f"Number {n}, {'idiot' if n % 2 else 'friend'}.") for n in range(205)]
    kept = (await service.ask("GET", "/v1/authors/ada/export")).json
    assert sorted(comment["id"] for comment in kept["comments"]) == sorted(comment["id"] for comment in sent)


async def test_an_erased_author_is_gone_from_every_answer(service: Service) -> None:
    theirs, others = await live(service)
    answer = await service.ask("DELETE", "/v1/authors/ada")
    assert (answer.status, answer.json["comments"], answer.json["ended_at"] is None) == (200, 1, False)
    comment = (await service.ask("GET", f"/v1/comments/{theirs['id']}")).json
    assert (comment["erased"], comment["text"], comment["status"]) == (True, "", "withdrawn")
    assert comment["author"] == {"id": answer.json["pseudonym"], "name": "Erased"}
    assert comment["scores"] == theirs["scores"]
    context = (await service.ask("GET", f"/v1/comments/{others['id']}/context")).text
    assert "ada" not in context
    assert (await service.ask("GET", "/v1/queue")).json["totals"]["all"] == 0
    again = await service.ask("DELETE", "/v1/authors/ada")
    assert (again.status, again.json["pseudonym"]) == (200, None)
    asked = {"decision": "approve", "expected_status": "withdrawn"}
    decided = await service.ask("POST", f"/v1/comments/{theirs['id']}/decisions", asked)
    assert (decided.status, decided.json["detail"]) == (409, "This comment was erased; it keeps its status.")


async def test_only_an_admin_exports_and_erases(service: Service) -> None:
    await live(service)
    for method, address in (("GET", "/v1/authors/ada/export"), ("DELETE", "/v1/authors/ada")):
        assert (await service.ask(method, address, scope=Scope.MODERATE)).status == 403


async def test_no_policy_is_tried_on_what_was_erased(service: Service) -> None:
    for author in ("ada", "grace"):
        await service.submit(INSULT, author=author)
    await service.ask("DELETE", "/v1/authors/ada")
    trial = (await service.ask("POST", "/v1/policy/try", {"policy": {"words": {"banned": ["idiot"]}}})).json
    assert (trial["judged"], trial["changed"]) == (1, 1)
    assert [text for _, text in await service.parts.database.read(comments.texts, "demo", 0, 10)] == [INSULT]


async def test_readers_still_see_that_an_answer_answered_something(service: Service) -> None:
    asked = await service.submit("What a fine day it is.", author="ada")
    await service.submit("It is indeed.", author="grace", parent=asked["id"])
    await service.ask("DELETE", "/v1/authors/ada")
    thread = (await service.ask("GET", "/v1/threads/article-1/comments")).json["items"]
    assert [(one["text"], one["erased"], one["parent"]) for one in thread] == [
        ("", True, None),
        ("It is indeed.", False, asked["id"]),
    ]


async def test_a_process_forgets_the_texts_that_it_remembered(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        await service.submit(INSULT)
        await service.ask("POST", "/v1/score", {"text": INSULT})
        policy = await service.parts.moderation.policy("demo")
        assert service.parts.remembered is not None
        assert service.parts.remembered.get("demo", INSULT, policy, "one-insult") is not None
        await service.ask("DELETE", "/v1/authors/ada")
        assert service.parts.remembered.get("demo", INSULT, policy, "one-insult") is None


async def test_the_reports_of_an_author_are_counted(service: Service) -> None:
    theirs, _ = await live(service)
    second = await service.submit("Another idiot.")
    for reporter in ("eve", "bob", "bob"):
        asked = {"reporter": reporter, "reason": "spam"}
        await service.ask("POST", f"/v1/comments/{second['id']}/reports", asked)
    context = (await service.ask("GET", f"/v1/comments/{theirs['id']}/context")).json
    assert context["author"]["reported"] == 3


async def test_the_command_exports_and_erases(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        await live(service)
    data = ("--data", str(tmp_path))
    exported = await run("authors", "export", "demo", "ada", *data)
    assert [comment["text"] for comment in json.loads(exported.stdout)["comments"]] == [INSULT]
    refused = await run("authors", "erase", "demo", "ada", *data, stdin="n\n")
    assert (refused.exit_code, "Statuses, scores, counts" in refused.output) == (1, True)
    erased = await run("authors", "erase", "demo", "ada", "--yes", *data)
    assert json.loads(erased.stdout)["comments"] == 1
    nobody = await run("authors", "erase", "demo", "ada", "--yes", *data)
    assert (nobody.exit_code, "keeps nothing about" in nobody.output) == (2, True)
    (line,) = (await run("authors", "erased", "demo", *data)).stdout.splitlines()
    assert json.loads(line)["pseudonym"] == json.loads(erased.stdout)["pseudonym"]


async def run(*arguments: str, stdin: str | None = None) -> Result:
    """The command in a thread of its own, since it brings its own event loop."""
    return await asyncio.to_thread(CliRunner().invoke, parley, arguments, input=stdin)
