"""What Slack sends when somebody presses a button of a notice, verified by Slack's signature.

https://docs.slack.dev/authentication/verifying-requests-from-slack and
https://docs.slack.dev/reference/interaction-payloads/block_actions-payload. Slack wants an answer within three
seconds; what became of the button is posted to its `response_url` after that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import blocks
from bot.comment import read_id
from bot.review import NeedsAnother
from bot.store import notices
from bot.store.endpoints import NoSuchEndpoint
from bot.store.notices import Notice
from bot.verdict import Decision
from bot.web.guards.bodies import LARGEST_COMMENT, read_body
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import INVALID, NOT_FOUND, UNIDENTIFIED, Refusal, write_problem
from bot.web.guards.routes import ForeignRoute
from bot.web.guards.signatures import hexadecimal, is_fresh, is_one_of
from bot.web.notices.deciding import DECISIONS, DONE, NOT_FROM_HERE, decide, find, limit

_LONGEST_NAME: Final = 80


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _User(_Sent):
    id: str = ""
    username: str = ""


class _Action(_Sent):
    action_id: str
    block_id: str = ""
    value: str = ""


class _Shown(_Sent):
    # Any: Slack's blocks, which are sent back as they came.
    blocks: list[dict[str, Any]] = []


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a button, in a sentence; is there nothing left to decide?"""

    sentence: str
    is_over: bool


class _Pressed(_Sent):
    type: str
    user: _User = _User()
    actions: Annotated[list[_Action], Field(max_length=10)] = []
    message: _Shown = _Shown()
    response_url: str = ""


async def press(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """200 at once; the message in Slack says what became of it a moment later."""
    await limit(request, parts)
    body = await read_body(request, LARGEST_COMMENT, parts.limits.body_seconds)
    notice = await _notice(parts, request.match_info["endpoint"])
    verify(body, request.headers, notice.reach.slack_secret or "", datetime.now(UTC))
    visit.site = notice.endpoint.site
    pressed = _read(body)
    action = pressed.actions[0] if pressed.type == "block_actions" and pressed.actions else None
    decision = next((one for one in DECISIONS if action is not None and one.value == action.action_id), None)
    if action is not None and decision is not None:
        outcome = await _decide(parts, visit, notice, pressed.user, action, decision)
        if pressed.response_url:
            shown = blocks.decided(pressed.message.blocks, action.block_id, outcome.sentence)
            parts.crier.follow_up(pressed.response_url, shown if outcome.is_over else blocks.told(outcome.sentence))
    return web.Response(headers={"Cache-Control": "no-store", "Server": "parley"})


def verify(body: bytes, headers: Mapping[str, str], secret: str, now: datetime) -> None:
    """A Refusal unless Slack signed this body, and just now."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    message = f"v0:{stamp}:".encode("utf-8", "replace") + body
    given = headers.get("X-Slack-Signature", "")
    if not secret or not is_one_of([given], [hexadecimal(message, secret, "v0=")]):
        raise Refusal(UNIDENTIFIED, "The header X-Slack-Signature does not fit the body and the notice's secret.")
    if not is_fresh(stamp, now):
        raise Refusal(UNIDENTIFIED, "The header X-Slack-Request-Timestamp is more than five minutes away from now.")


async def _notice(parts: Parts, written: str) -> Notice:
    number = read_id(written)
    try:
        if number is not None:
            return await parts.database.read(notices.anywhere, number, datetime.now(UTC))
    except NoSuchEndpoint:
        pass
    raise Refusal(NOT_FOUND, "There is no such notice; ./parley notices list SITE shows them.")


def _read(body: bytes) -> _Pressed:
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    try:
        return _Pressed.model_validate_json(fields.get("payload", [""])[0])
    except ValidationError as error:
        raise Refusal(INVALID, "The form must have the field payload, with JSON as Slack writes it.") from error


async def _decide(
    parts: Parts, visit: Visit, notice: Notice, user: _User, action: _Action, decision: Decision
) -> _Outcome:
    try:
        presented = await find(parts, visit, action.value)
    except Refusal as refused:
        return _Outcome(refused.detail, is_over=False)
    if presented.notice.endpoint.id != notice.endpoint.id:
        return _Outcome("This button belongs to another notice.", is_over=False)
    if presented.is_open:
        who = (user.username or user.id or "Somebody")[:_LONGEST_NAME].replace("\0", "")
        try:
            if await decide(parts, presented, decision, f"By {who} in Slack."):
                return _Outcome(f"{who} {DONE[decision]} the comment.", is_over=True)
        except NeedsAnother:
            return _Outcome(NOT_FROM_HERE, is_over=False)
        presented = await find(parts, visit, action.value)
    return _Outcome(presented.closed_because or "Try again.", is_over=presented.is_over)


ROUTES: Final = (ForeignRoute("POST", "/notices/slack/{endpoint}", None, press, write_problem, "", "", {}),)
