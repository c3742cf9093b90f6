"""Slack's buttons decide, when Slack signed them just now; and the message then says who decided."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.comment import write_id
from bot.store.notices import Notice
from bot.web.guards.problems import Refusal
from bot.web.notices.pressing import verify
from tests.receivers import Receiver, receiving
from tests.running import Answer, Service, serving
from tests.test_notice_links import link, status
from tests.test_telling import add

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
# The example of https://docs.slack.dev/authentication/verifying-requests-from-slack
DOCUMENTED = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
STAMP = 1531420618
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url, webhook_allow="127.0.0.1") as running:
        yield running


def headers(body: bytes, *, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    """As Slack signs, by the words of its documentation."""
    stamp = str(int((at or datetime.now(UTC)).timestamp()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }


def pressed(ticket: str, action: str, response_url: str, blocks: list[Any]) -> bytes:
    """What Slack sends when somebody presses a button."""
    block = next((one["block_id"] for one in blocks if one["type"] == "actions"), "")
    payload = {
        "type": "block_actions",
        "user": {"id": "U2CERLKJA", "username": "kaja", "team_id": "T1DC2JH3J"},
        "api_app_id": "A02",
        "container": {"type": "message", "is_ephemeral": False},
        "trigger_id": "12466734323.1395872398",
        "message": {"type": "message", "text": "Parley", "blocks": blocks},
        "response_url": response_url,
        "actions": [{"type": "button", "block_id": block, "action_id": action, "value": ticket}],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


async def send(service: Service, notice: Notice, body: bytes, signed: dict[str, str]) -> Answer:
    return await service.ask(
        "POST", f"/notices/slack/{write_id(notice.endpoint.id)}", scope=None, headers=signed, body=body
    )


async def slack(service: Service, receiver: Receiver, site: str = "demo") -> Notice:
    return await add(service.parts.database, receiver, slack_secret=SECRET, site=site)


def test_slacks_documented_example_verifies_and_nothing_else() -> None:
    at = datetime.fromtimestamp(STAMP, UTC)
    given = {"X-Slack-Request-Timestamp": str(STAMP), "X-Slack-Signature": SIGNATURE}
    verify(DOCUMENTED, given, SECRET, at)
    verify(DOCUMENTED, given, SECRET, at + timedelta(minutes=5))
    wrong: list[tuple[bytes, dict[str, str], str, datetime]] = [
        (DOCUMENTED + b" ", given, SECRET, at),
        (DOCUMENTED, given, SECRET[:-1], at),
        (DOCUMENTED, given, "", at),
        (DOCUMENTED, given, SECRET, at + timedelta(minutes=5, seconds=1)),
        (DOCUMENTED, given, SECRET, at - timedelta(minutes=5, seconds=1)),
        (DOCUMENTED, given | {"X-Slack-Request-Timestamp": str(STAMP + 1)}, SECRET, at),
        (DOCUMENTED, given | {"X-Slack-Signature": SIGNATURE.replace("v0=", "v1=")}, SECRET, at),
        (DOCUMENTED, {}, SECRET, at),
    ]
    for body, some, secret, now in wrong:
        with pytest.raises(Refusal):
            verify(body, some, secret, now)


async def test_a_button_decides_and_the_message_says_who_did(service: Service) -> None:
    async with receiving() as receiver:
        notice = await slack(service, receiver)
        comment = await service.submit("You idiot, Rumpelstiltskin.")
        (told,) = await receiver.until_got(1)
        blocks = told.json["blocks"]
        ticket = next(block for block in blocks if block["type"] == "actions")["elements"][0]["value"]
        body = pressed(ticket, "approve", receiver.url, blocks)
        assert (await send(service, notice, body, headers(body))).status == 200
        assert await status(service, comment) == "approved"
        update = (await receiver.until_got(2))[1].json
        assert update["replace_original"] is True
        assert "actions" not in {block["type"] for block in update["blocks"]}
        assert "kaja approved the comment." in json.dumps(update)
        trail = (await service.ask("GET", f"/v1/comments/{comment['id']}/decisions")).json["items"]
        assert (trail[-1]["moderator"], trail[-1]["note"]) == ("notice ops", "By kaja in Slack.")

        replayed = await send(service, notice, body.replace(b"approve", b"reject"), headers(body))
        assert replayed.status == 401
        again = pressed(ticket, "reject", receiver.url, blocks)
        assert (await send(service, notice, again, headers(again))).status == 200
        assert "notice ops approved the comment" in json.dumps((await receiver.until_got(3))[2].json)
        assert await status(service, comment) == "approved"


async def test_what_slack_did_not_sign_just_now_decides_nothing(service: Service) -> None:
    async with receiving() as receiver:
        notice = await slack(service, receiver)
        comment = await service.submit()
        ticket = (await link(service, notice, comment)).removeprefix("/notices/")
        body = pressed(ticket, "approve", receiver.url, [])
        stale = headers(body, at=datetime.now(UTC) - timedelta(minutes=6))
        wrong = [headers(body, secret="another"), headers(body + b"&"), stale, {}]
        for signed in wrong:
            assert (await send(service, notice, body, signed)).status == 401
        assert await status(service, comment) == "held"


async def test_a_button_is_good_for_its_own_notice_and_site_only(service: Service) -> None:
    async with receiving() as receiver:
        mine, others = await slack(service, receiver), await slack(service, receiver, "other")
        comment = await service.submit()
        ticket = (await link(service, mine, comment)).removeprefix("/notices/")
        body = pressed(ticket, "approve", receiver.url, [])
        assert (await send(service, others, body, headers(body))).status == 200
        await receiver.until(lambda seen: any("belongs to another notice" in got.body.decode() for got in seen.got))
        assert await status(service, comment) == "held"


async def test_what_is_no_button_is_acknowledged_and_what_is_no_payload_refused(service: Service) -> None:
    async with receiving() as receiver:
        notice = await slack(service, receiver)
        comment = await service.submit()
        ticket = (await link(service, notice, comment)).removeprefix("/notices/")
        look = pressed(ticket, "look", receiver.url, [])
        assert (await send(service, notice, look, headers(look))).status == 200
        for junk in (b"", b"payload=", b"payload=%7B", b"payload=[]", b"\xff\xfe"):
            assert (await send(service, notice, junk, headers(junk))).status == 422, junk
        plain = await add(service.parts.database, receiver)
        assert (await send(service, plain, look, headers(look))).status == 401
        assert await status(service, comment) == "held"


async def test_a_button_whose_answer_leads_inside_is_not_answered(tmp_path: Path) -> None:
    """The decision stands; nothing is posted to an address that the fence forbids."""
    async with serving(tmp_path) as service, receiving() as receiver:
        notice = await slack(service, receiver)
        comment = await service.submit()
        ticket = (await link(service, notice, comment)).removeprefix("/notices/")
        body = pressed(ticket, "reject", receiver.url, [])
        assert (await send(service, notice, body, headers(body))).status == 200
        assert await status(service, comment) == "rejected"
        await service.parts.crier.close()
        assert receiver.got == []
