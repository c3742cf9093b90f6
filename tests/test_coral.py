"""Coral asks Parley in two ways, with the requests that it sends elsewhere: as Perspective, and as an own phase."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.command import parley
from bot.store import coral, examples
from bot.store.keys import Scope
from tests.running import Answer, OneInsult, Service, serving

PHASE = "/coral/demo/moderate"
SECRET = "whs_aVeryLongSecretOfCorals"


class NoModels(OneInsult):
    """Models that fail on every text."""

    def _analyse(self, text: str) -> Any:
        raise MemoryError(len(text))


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on an empty SQLite file, with Coral's secret."""
    async with serving(tmp_path) as running:
        await running.parts.database.write(coral.add, "demo", SECRET, datetime.now(UTC))
        yield running


def request(text: str | None, role: str = "COMMENTER") -> bytes:
    """What Coral sends: JSON with two spaces for people, signed as it is."""
    body = {
        "action": "NEW",
        "comment": {"body": text, "parentID": None},
        "author": {"id": "u-1", "role": role},
        "story": {"id": "s-1", "url": "https://news.example/1"},
        "site": {"id": "n-1"},
        "tenantID": "t-1",
        "tenantDomain": "news.example",
    }
    return json.dumps(body, indent=2).encode()


def signed(body: bytes, *secrets: str) -> str:
    """Coral's header for a body."""
    return ",".join(f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}" for secret in secrets)


async def phase(
    service: Service, text: str | None, signature: str | None = None, path: str = PHASE, role: str = "COMMENTER"
) -> Answer:
    """Asks as Coral's phase does."""
    body = request(text, role)
    headers = {"X-Coral-Signature": signed(body, SECRET) if signature is None else signature}
    return await service.ask("POST", path, scope=None, body=body, headers=headers)


async def test_a_story_is_judged_by_its_section(service: Service) -> None:
    rough = {"name": "rough", "threads": ["s-*"], "attributes": {"insult": None}}
    await service.ask("PUT", "/v1/policy", {"policy": {"sections": [rough]}})
    assert (await phase(service, "You idiot.")).json == {}


@pytest.mark.parametrize("text", ["A fair point.", "", None])
async def test_where_there_is_no_objection_coral_goes_on_by_itself(service: Service, text: str | None) -> None:
    answer = await phase(service, text)
    assert (answer.status, answer.json) == (200, {})


async def test_what_policy_holds_is_withheld_with_a_flag(service: Service) -> None:
    answer = await phase(service, "<p>You idiot.</p>")
    assert answer.json == {
        "status": "SYSTEM_WITHHELD",
        "actions": [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}],
    }


async def test_what_the_staff_write_is_tagged_and_judged_like_everything_else(service: Service) -> None:
    assert (await phase(service, "A fair point.", role="MODERATOR")).json == {"tags": ["STAFF"]}
    assert (await phase(service, "You idiot.", role="STAFF")).json == {
        "status": "SYSTEM_WITHHELD",
        "actions": [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}],
        "tags": ["STAFF"],
    }


@pytest.mark.parametrize(
    ("policy", "code", "flags"),
    [
        ({"attributes": {"insult": {"hold": 0.5, "reject": 0.7}}}, "OFFENSIVE", ["COMMENT_DETECTED_TOXIC"]),
        ({"words": {"banned": ["idiot"]}, "attributes": {"insult": None}}, "BANNED_WORD", []),
    ],
)
async def test_what_policy_rejects_is_rejected_with_the_reason(
    service: Service, policy: object, code: str, flags: list[str]
) -> None:
    await service.ask("PUT", "/v1/policy", {"policy": policy})
    answer = (await phase(service, "You idiot.")).json
    assert (answer["status"], answer["moderationAction"]["status"]) == ("REJECTED", "REJECTED")
    why = answer["moderationAction"]["rejectionReason"]
    assert why["code"] == code
    assert "characters 4 to 9" in why["detailedExplanation"]
    assert [flag["reason"] for flag in answer["actions"]] == flags


async def test_links_are_flagged_as_spam(service: Service) -> None:
    text = " ".join(f"https://{letter}.example" for letter in "abcdef")
    assert (await phase(service, text)).json["actions"] == [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_SPAM"}]


async def test_models_that_are_away_withhold_without_a_claim(tmp_path: Path) -> None:
    async with serving(tmp_path, load=lambda _: NoModels()) as service:
        await service.parts.database.write(coral.add, "demo", SECRET, datetime.now(UTC))
        assert (await phase(service, "Fine.")).json == {"status": "SYSTEM_WITHHELD", "actions": []}


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=00", signed(b"another body", SECRET), "sha1=\u00e4"])
async def test_what_is_not_signed_by_corals_secret_is_refused(service: Service, signature: str) -> None:
    answer = await phase(service, "You idiot.", signature)
    assert (answer.status, answer.json["type"]) == (401, "/reference#problem-unidentified")


@pytest.mark.parametrize("site", ["other", "nobody"])
async def test_a_secret_is_good_for_its_own_site_alone(service: Service, site: str) -> None:
    assert (await phase(service, "You idiot.", path=f"/coral/{site}/moderate")).status == 401


async def test_while_a_secret_is_changed_both_are_good(service: Service) -> None:
    body = request("You idiot.")
    assert (await phase(service, "You idiot.", signed(body, "whs_new", SECRET))).status == 200
    await service.parts.database.write(coral.add, "demo", "whs_new", datetime.now(UTC))
    assert (await phase(service, "You idiot.", signed(body, "whs_new"))).status == 200


async def test_secrets_are_taken_listed_and_forgotten_on_the_command_line(service: Service, tmp_path: Path) -> None:
    async def run(*arguments: str, given: str | None = None) -> str:
        done = await asyncio.to_thread(
            CliRunner().invoke, parley, ["coral", *arguments, "--data", str(tmp_path)], given, catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    await run("add", "demo", given="whs_new\n")
    listed = await run("list", "demo")
    assert [json.loads(line)["number"] for line in listed.splitlines()] == [1, 2]
    assert "whs" not in listed
    await run("remove", "demo", "1")
    assert (await phase(service, "You idiot.")).status == 401


async def test_coral_asks_parley_in_perspectives_place(service: Service) -> None:
    """The requests that Coral's toxicity phase and its moderators' decisions send, word for word."""
    key = await service.token(Scope.SUBMIT)
    body = {
        "comment": {"text": "You idiot."},
        "doNotStore": True,
        "requestedAttributes": {"INSULT": {}},
        "languages": ["en"],
    }
    scored = await service.ask("POST", f"/v1alpha1/comments:analyze?key={key}", body, scope=None)
    assert scored.json["attributeScores"]["INSULT"]["summaryScore"]["value"] == 0.8
    context = {"url": "https://news.example/1", "reply_to_id_Coral_comment_id": "", "Coral_comment_id": "c-1"}
    feedback = {
        "comment": {"text": "You idiot."},
        "context": {"entries": [{"text": json.dumps(context)}]},
        "attributeScores": {"INSULT": {"summaryScore": {"value": 1}}},
        "languages": ["en"],
        "communityId": "Coral:https://news.example",
        "clientToken": "comment:c-1",
    }
    said = await service.ask("POST", f"/v1alpha1/comments:suggestscore?key={key}", feedback, scope=None)
    assert (said.status, said.json["clientToken"]) == (200, "comment:c-1")
    (kept,) = await service.parts.database.read(examples.of, "demo", 0, 10)
    assert (kept.example.labels, kept.example.community) == ({"insult": 1.0}, "Coral:https://news.example")


async def test_discourse_asks_parley_in_perspectives_place(service: Service) -> None:
    """It names no language, and asks for a probability."""
    key = await service.token(Scope.SCORE)
    body = {
        "comment": {"text": "You idiot."},
        "doNotStore": True,
        "sessionId": "https://forum.example_17",
        "requestedAttributes": {"SEVERE_TOXICITY": {"scoreType": "PROBABILITY"}},
    }
    scored = await service.ask("POST", f"/v1alpha1/comments:analyze?key={key}", body, scope=None)
    assert scored.json["attributeScores"]["SEVERE_TOXICITY"]["summaryScore"]["type"] == "PROBABILITY"
