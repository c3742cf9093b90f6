"""People are told through Apprise itself, in few messages, and of nothing that is over. The clock decides, not time."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Connection

from bot.apprising import Apprising, BadReach
from bot.apprising.__main__ import _Guard, fitted
from bot.comment import Comment, mint_id
from bot.courier import Courier
from bot.crier import SHORTEST_REST, Crier
from bot.delivery import DeliveryState, Failure
from bot.event import EventType
from bot.fence import Fence, read_networks
from bot.likeness import Likeness
from bot.notice import USUALLY, Item, Letter
from bot.posting import Posting
from bot.signature import Scheme, Secret
from bot.store import comments, deliveries, endpoints, notices
from bot.store.database import Database
from bot.store.deliveries import DeliveryFilter
from bot.store.endpoints import Wanted
from bot.store.notices import Notice, Reach
from bot.store.turns import TOLD_TOGETHER
from tests.builders import NOON, submission
from tests.receivers import Receiver, receiving, says
from tests.stored import WINDOWS, decided, stored, verdict
from tests.waiting import eventually

HERE = Fence(read_networks("127.0.0.1"))
SECRET = Secret(Scheme.V1, b"s" * 32)
LETTER = Letter(
    "Parley, demo: news", "1 ping.", (Item("This is a test.", None, None, None),), 0, "https://parley.example/desk"
)
DIGEST = timedelta(minutes=30)
_numbers = count(1)


class Clock:
    """Stands still, and goes ahead when a test says so."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        self._began = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self._began + self.ahead


@asynccontextmanager
async def telling(database: Database, clock: Clock) -> AsyncIterator[Courier]:
    posting = Posting(HERE, within=5)
    crier = Crier(database, posting, Apprising(HERE.allowed), "https://parley.example", clock=clock)
    courier = Courier(database, posting, crier, clock=clock)
    courier.start()
    try:
        yield courier
    finally:
        await courier.close()
        await crier.close()
        await posting.close()


async def add(
    database: Database,
    receiver: Receiver,
    *,
    rest: timedelta = SHORTEST_REST,
    shows_text: bool = True,
    site: str = "demo",
    slack_secret: str | None = None,
    events: tuple[EventType, ...] = USUALLY,
) -> Notice:
    """A notice that reaches a receiver: by Apprise's `json://`, or as Slack."""
    address = receiver.url if slack_secret is not None else receiver.url.replace("http://", "json://")
    reach = Reach("ops", address, rest, shows_text, slack_secret)
    wanted = Wanted("json://127.0.0.1/****", "Notice ops", events)
    return await database.write(notices.add, site, next(_numbers), wanted, reach, SECRET, datetime.now(UTC))


async def states(database: Database, notice: Notice) -> list[DeliveryState]:
    page = await database.read(deliveries.page, "demo", DeliveryFilter(notice.endpoint.id), None, 200)
    return [one.state for one in page.deliveries]


async def is_paused(database: Database, notice: Notice) -> bool:
    found = await database.read(endpoints.find, notice.endpoint.site, notice.endpoint.id)
    return found.paused_until is not None


def message(receiver: Receiver, number: int) -> str:
    text: str = receiver.got[number].json["message"]
    return text


async def test_a_held_comment_is_told_at_once_by_apprise(database: Database) -> None:
    async with receiving() as receiver, telling(database, Clock()):
        notice = await add(database, receiver)
        await stored(database, "Rumpelstiltskin.")
        (got,) = await receiver.until_got(1)
        assert got.json["title"] == "Parley, demo: 1 comment asks for a decision"
        assert "“Rumpelstiltskin.”" in got.json["message"]
        assert re.search(r"Approve or reject: https://parley\.example/notices/[\w-]+\n", got.json["message"])
        await eventually(lambda: states(database, notice), [DeliveryState.DELIVERED])


async def test_a_digest_rests_by_the_clock_and_then_tells_all_at_once(database: Database) -> None:
    clock = Clock()
    async with receiving() as receiver, telling(database, clock) as courier:
        notice = await add(database, receiver, rest=DIGEST)
        await stored(database, "The first.")
        await receiver.until_got(1)
        await eventually(lambda: is_paused(database, notice), True)
        for number in range(12):
            await stored(database, f"Number {number}.", verdict(severity=number / 20))
        clock.ahead = DIGEST - timedelta(seconds=30)
        courier.stir()
        async with receiving() as other:
            # Whoever is told after them has been told, and they were not.
            await add(database, other)
            await stored(database, "The last.")
            await other.until_got(1)
        assert len(receiver.got) == 1
        clock.ahead = DIGEST + timedelta(seconds=30)
        await receiver.until_got(2)
        assert receiver.got[1].json["title"] == "Parley, demo: 13 comments ask for a decision"
        assert "“Number 11.”" in message(receiver, 1) and "“Number 0.”" not in message(receiver, 1)
        assert message(receiver, 1).startswith("13 held comments.")
        assert message(receiver, 1).endswith("And 3 more: https://parley.example/desk")


async def test_what_is_over_when_it_would_be_told_is_not_told(database: Database) -> None:
    clock = Clock()
    async with receiving() as receiver, telling(database, clock):
        notice = await add(database, receiver, rest=DIGEST)
        await stored(database, "The first.")
        await receiver.until_got(1)
        await eventually(lambda: is_paused(database, notice), True)
        await decided(database, await stored(database, "Decided in time."))
        clock.ahead = DIGEST + timedelta(seconds=30)
        await eventually(lambda: states(database, notice), [DeliveryState.DELIVERED] * 2)
        await stored(database, "Another.")
        await receiver.until_got(2)
        assert "Decided in time" not in message(receiver, 1)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_flood_is_few_letters_and_a_digest_does_not_fall_behind(database: Database) -> None:
    """A thousand in one letter; the others soon after it, and not a whole rest later."""
    clock = Clock()
    async with receiving() as receiver, telling(database, clock) as courier:
        notice = await add(database, receiver, rest=DIGEST)
        await stored(database, "The first.")
        await receiver.until_got(1)
        await eventually(lambda: is_paused(database, notice), True)
        for begin in range(0, 1200, 100):
            await database.write(_hold, range(begin, begin + 100))
        clock.ahead = DIGEST + timedelta(seconds=1)
        await receiver.until_got(2)
        assert message(receiver, 1).startswith(f"{TOLD_TOGETHER} held comments.")
        assert message(receiver, 1).endswith("And 990 more: https://parley.example/desk")
        await eventually(lambda: _waiting(database, notice), 200)
        clock.ahead += SHORTEST_REST + timedelta(seconds=1)
        courier.stir()
        await receiver.until_got(3)
        assert message(receiver, 2).startswith("200 held comments.")
        await eventually(lambda: _waiting(database, notice), 0)
        assert len(receiver.got) == 3


def _hold(conn: Connection, numbers: range) -> None:
    """As many held comments in one transaction."""
    for number in numbers:
        text = f"Number {number}."
        arrived, likeness = submission(text, author="ada", thread="article-1"), Likeness.of(text)
        ident = mint_id(NOON, 1_000_000 + number)
        comments.record(conn, "demo", arrived, ident, None, likeness, WINDOWS, lambda _: verdict(), None, NOON)


async def _waiting(database: Database, notice: Notice) -> int:
    return (await database.read(endpoints.waiting, [notice.endpoint.id]))[notice.endpoint.id]


async def test_what_is_not_taken_is_tried_again_as_one(database: Database) -> None:
    clock = Clock()
    async with receiving(says(503)) as receiver, telling(database, clock) as courier:
        notice = await add(database, receiver)
        first: Comment = await stored(database, "The first.")
        await receiver.until_got(1)
        await eventually(lambda: is_paused(database, notice), True)
        found = await database.read(deliveries.page, "demo", DeliveryFilter(notice.endpoint.id), None, 9)
        last = found.deliveries[0].last
        assert last is not None
        assert (last.answer.status, last.answer.begin) == (503, "")
        await stored(database, "The second.")
        receiver.answer = says(200)
        clock.ahead = timedelta(minutes=1)
        courier.stir()
        await receiver.until_got(2)
        assert message(receiver, 1).startswith("2 held comments.")
        assert await database.read(comments.find, "demo", first.id) == first
        await eventually(lambda: states(database, notice), [DeliveryState.DELIVERED] * 2)


async def test_a_notice_hears_of_its_own_site_only(database: Database) -> None:
    async with receiving() as receiver, telling(database, Clock()):
        await add(database, receiver, site="other")
        await stored(database, "Not for them.")
        await stored(database, "For them.", site="other")
        await receiver.until_got(1)
        assert receiver.got[0].json["title"].startswith("Parley, other:")
        assert "Not for them" not in message(receiver, 0)


async def test_in_slack_there_are_buttons(database: Database) -> None:
    async with receiving() as receiver, telling(database, Clock()):
        await add(database, receiver, slack_secret="8f742231b10e8888abcd99yyyzzz85a5", shows_text=False)
        await stored(database, "Rumpelstiltskin.")
        (got,) = await receiver.until_got(1)
        actions = next(block for block in got.json["blocks"] if block["type"] == "actions")
        assert [button["action_id"] for button in actions["elements"]] == ["approve", "reject", "look"]
        assert b"Rumpelstiltskin" not in got.body


async def test_apprise_reaches_only_what_the_fence_permits() -> None:
    async with receiving() as receiver:
        url = receiver.url.replace("http://", "json://")
        shut = await Apprising(()).send(url, LETTER)
        assert shut is not None and shut.failure is Failure.FORBIDDEN_ADDRESS
        named = await Apprising(()).send(url.replace("127.0.0.1", "localhost"), LETTER)
        assert named is not None and named.failure is Failure.FORBIDDEN_ADDRESS
        assert receiver.got == []
        let = await Apprising(HERE.allowed).send(url, LETTER)
        assert let is not None and let.took
        assert [got.json["title"] for got in receiver.got] == [LETTER.title]


def test_the_process_that_sends_touches_nothing_else() -> None:
    guard = _Guard(HERE)
    guard("socket.connect", (None, ("127.0.0.1", 80)))
    guard("socket.sendto", (None, None))
    guard("open", ("/etc/ssl/certs", "r", os.O_RDONLY))
    refused: list[tuple[str, tuple[object, ...]]] = [
        ("socket.connect", (None, ("169.254.169.254", 80))),
        ("socket.connect", (None, ("::ffff:10.0.0.1", 80, 0, 0))),
        ("socket.connect", (None, "/run/docker.sock")),
        ("socket.connect", (None, ("intranet", 80))),
        ("socket.sendto", (None, ("10.0.0.1", 514))),
        ("open", ("/tmp/x", "w", 0)),
        ("open", ("/tmp/x", None, os.O_RDWR | os.O_CREAT)),
        ("subprocess.Popen", ("sh", [], None, None)),
        ("os.system", (b"true",)),
        ("syslog.syslog", (6, "hello")),
    ]
    for event, arguments in refused:
        with pytest.raises(PermissionError):
            guard(event, arguments)


async def test_other_services_of_apprise_are_spoken_as_well() -> None:
    """Mattermost, which has a shape of its own."""
    async with receiving() as receiver:
        url = receiver.url.replace("http://", "mmost://").removesuffix("/hook") + "/3ccdd113474722377935511fc85d3dd4"
        answer = await Apprising(HERE.allowed).send(url, LETTER)
        assert answer is not None and answer.took
        assert "This is a test." in receiver.got[0].json["text"]


async def test_what_hangs_is_killed() -> None:
    over = asyncio.Event()

    async def hang(*_: object) -> None:
        await over.wait()

    async with receiving(hang) as receiver:  # type: ignore[arg-type] # it never answers
        answer = await Apprising(HERE.allowed, within=1.5).send(receiver.url.replace("http://", "json://"), LETTER)
        over.set()
    assert answer is not None and answer.failure is Failure.TIMEOUT


async def test_nothing_acts_on_this_machine() -> None:
    schemes = "dbus gio glib gnome kde macosx qt syslog windows blink1 SysLog".split()
    refused = await asyncio.gather(*(_refusal(f"{scheme}://") for scheme in schemes))
    assert set(refused) == {"must lead to somebody else's service, not to the machine that Parley runs on"}


async def test_what_is_no_url_of_apprises_is_refused() -> None:
    for url in ("nonsense://a", "file:///etc/passwd", "not a url", "json://"):
        assert (await _refusal(url)).startswith("must be a URL of Apprise's"), url


async def _refusal(url: str) -> str:
    with pytest.raises(BadReach) as refused:
        await Apprising(HERE.allowed).describe(url)
    return str(refused.value)


async def test_what_is_shown_of_a_url_holds_no_secret() -> None:
    urls = {
        "tgram://123456789:abcdefghijklmnopqrstuvwxyz123456789/12315544/": ("Telegram", "tgram://1...9/…"),
        "jsons://user:password@hooks.example:8443/a/secret?x=secret": (
            "JSON",
            "jsons://user:****@hooks.example:8443/…",
        ),
        "mmosts://chat.example/3ccdd113474722377935511fc85d3dd4": ("Mattermost", "mmosts://chat.example/…"),
    }
    for url, (service, shown) in urls.items():
        described = await Apprising(()).describe(url)
        assert (described.service, described.shown) == (service, shown)


def test_a_letter_holds_as_many_items_as_there_is_room_for() -> None:
    asked = {"lead": "40 held comments.", "items": ["x" * 100] * 10, "more": 30, "foot": "https://parley.example/desk"}
    for room in range(0, 1400, 7):
        assert len(fitted(asked, room)) <= room
    assert fitted(asked, 5000).count("x" * 100) == 10
    assert fitted(asked, 500).endswith("And 36 more: https://parley.example/desk")
    assert fitted(asked | {"items": ["x"], "more": 0}, 500).endswith("x\n\nhttps://parley.example/desk")
