"""A notice's link decides once, on a page that a person sees; whoever only looks changes nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from bot.comment import read_id
from bot.event import DisabledBecause
from bot.moderator import Role
from bot.signature import Secret
from bot.store import endpoints, notices
from bot.store.notices import Notice
from bot.ticket import GOOD_FOR, Ticket
from tests.browser import PHONE, assert_accessible, chromium, enter, invite, window
from tests.receivers import Receiver
from tests.running import Answer, Service, serving
from tests.test_telling import SECRET, add

NOWHERE = Receiver("http://127.0.0.1:9/hook")


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url, webhook_allow="127.0.0.1") as running:
        yield running


async def notice_of(service: Service, site: str = "demo") -> Notice:
    return await add(service.parts.database, NOWHERE, site=site)


async def link(
    service: Service,
    notice: Notice,
    comment: Any,
    *,
    site: str = "demo",
    good_for: timedelta = GOOD_FOR,
    secret: Secret = SECRET,
    lines: int = 1,
) -> str:
    """The address in a notice about the comment as it stands."""
    number = read_id(comment["id"])
    assert number is not None
    until = datetime.now(UTC) + good_for
    return "/notices/" + Ticket(notice.endpoint.id, number, lines, until).sealed(site, secret)


async def look(service: Service, address: str) -> Answer:
    return await service.ask("GET", address, scope=None)


async def choose(service: Service, address: str, decision: str = "approve") -> Answer:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return await service.ask("POST", address, scope=None, headers=headers, body=f"decision={decision}".encode())


async def status(service: Service, comment: Any, site: str = "demo") -> str:
    found = (await service.ask("GET", f"/v1/comments/{comment['id']}", site=site)).json
    return str(found["status"])


async def test_a_link_shows_the_comment_and_one_press_decides(service: Service) -> None:
    comment = await service.submit("You <b>idiot</b>.", author="ada")
    address = await link(service, await notice_of(service), comment)
    page = await look(service, address)
    assert page.status == 200
    assert "You &lt;b&gt;idiot&lt;/b&gt;." in page.text
    assert "insult 0.80" in page.text
    done = await choose(service, address)
    assert (done.status, done.headers["Location"]) == (303, address)
    assert await status(service, comment) == "approved"
    trail = (await service.ask("GET", f"/v1/comments/{comment['id']}/decisions")).json["items"]
    assert (trail[-1]["moderator"], trail[-1]["source"]) == ("notice ops", "moderator")
    after = await look(service, address)
    assert "notice ops approved the comment" in after.text
    assert "<form" not in after.text


async def test_a_link_preview_changes_nothing(service: Service) -> None:
    comment = await service.submit()
    address = await link(service, await notice_of(service), comment)
    for _ in range(3):
        for method in ("GET", "HEAD", "OPTIONS"):
            await service.ask(method, address + "?decision=approve", scope=None)
    assert await status(service, comment) == "held"
    page = await look(service, address)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_link_decides_once(service: Service) -> None:
    comment = await service.submit()
    address = await link(service, await notice_of(service), comment)
    assert (await choose(service, address, "reject")).status == 303
    again = await choose(service, address, "approve")
    assert again.status == 409
    assert "notice ops rejected the comment" in again.text
    assert await status(service, comment) == "rejected"


async def test_whoever_was_faster_is_named(service: Service) -> None:
    comment = await service.submit()
    address = await link(service, await notice_of(service), comment)
    await service.ask("POST", f"/v1/comments/{comment['id']}/decisions", {"decision": "reject"})
    page = await look(service, address)
    assert "a admin rejected the comment" in page.text
    assert (await choose(service, address)).status == 409
    assert await status(service, comment) == "rejected"


async def test_a_comment_that_was_held_anew_needs_a_new_link(service: Service) -> None:
    """Two decisions later it is held once more, and the old link still decides nothing."""
    comment = await service.submit()
    address = await link(service, await notice_of(service), comment)
    decisions = f"/v1/comments/{comment['id']}/decisions"
    await service.ask("POST", decisions, {"decision": "approve"})
    await service.ask("POST", decisions, {"decision": "hold", "expected_status": "approved"})
    assert await status(service, comment) == "held"
    assert (await choose(service, address)).status == 409
    assert await status(service, comment) == "held"
    assert (await choose(service, await link(service, await notice_of(service), comment, lines=3))).status == 303


async def test_an_old_link_says_so(service: Service) -> None:
    comment = await service.submit()
    address = await link(service, await notice_of(service), comment, good_for=timedelta(seconds=-1))
    page = await look(service, address)
    assert "good for seven days" in page.text and "<form" not in page.text
    assert (await choose(service, address)).status == 409
    assert await status(service, comment) == "held"


async def test_what_parley_did_not_seal_tells_nothing(service: Service) -> None:
    comment = await service.submit("Rumpelstiltskin, you idiot.")
    notice = await notice_of(service)
    good = await link(service, notice, comment)
    wrong = [
        good[:-2] + ("AA" if good[-2:] != "AA" else "BB"),
        await link(service, notice, comment, secret=Secret(SECRET.scheme, b"x" * 32)),
        await link(service, notice, comment, site="other"),
        await link(service, await notice_of(service, "other"), comment, site="demo"),
        "/notices/junk",
        "/notices/" + "A" * 500,
    ]
    for address in wrong:
        page = await look(service, address)
        assert page.status == 404, address
        assert page.headers["Content-Type"].startswith("text/html")
        assert "Rumpelstiltskin" not in page.text
        assert (await choose(service, address)).status == 404
    assert await status(service, comment) == "held"


async def test_another_sites_notice_has_no_way_to_this_sites_comment(service: Service) -> None:
    """It is sealed well, for a comment that its own site does not have."""
    comment = await service.submit("Rumpelstiltskin, you idiot.")
    address = await link(service, await notice_of(service, "other"), comment, site="other")
    page = await look(service, address)
    assert "The comment is gone." in page.text and "Rumpelstiltskin" not in page.text
    assert (await choose(service, address)).status == 409
    assert await status(service, comment) == "held"


async def test_links_end_with_their_notice(service: Service) -> None:
    comment = await service.submit()
    database, now = service.parts.database, datetime.now(UTC)
    for end in ("remove", "disable"):
        notice = await notice_of(service)
        address = await link(service, notice, comment)
        if end == "remove":
            await database.write(endpoints.remove, "demo", notice.endpoint.id, now)
        else:
            await database.write(endpoints.disable, "demo", notice.endpoint.id, DisabledBecause.ADMIN, now)
        assert (await look(service, address)).status == 404
        assert (await choose(service, address)).status == 404
    assert await status(service, comment) == "held"


async def test_an_appeal_against_what_was_rejected_from_here_is_for_somebody_else(service: Service) -> None:
    await invite(service, "Mia")
    await invite(service, "Noah")
    comment = await service.submit(author="ada")
    notice = await notice_of(service)
    assert (await choose(service, await link(service, notice, comment), "reject")).status == 303
    appeal = {"author": "ada", "note": "I was quoting."}
    assert (await service.ask("POST", f"/v1/comments/{comment['id']}/appeals", appeal)).status == 201
    address = await link(service, notice, comment, lines=3)
    assert "I was quoting." in (await look(service, address)).text
    refused = await choose(service, address)
    assert refused.status == 409 and "somebody else decides" in refused.text
    assert await status(service, comment) == "held"


async def test_only_the_two_decisions_are_taken(service: Service) -> None:
    comment = await service.submit()
    address = await link(service, await notice_of(service), comment)
    for decision in ("hold", "", "approve&decision=reject", "x" * 2000):
        assert (await choose(service, address, decision)).status in (413, 422)
    assert await status(service, comment) == "held"


async def test_the_api_shows_a_notice_without_its_secrets_and_leaves_its_address_alone(service: Service) -> None:
    notice = await notice_of(service)
    listed = await service.ask("GET", "/v1/endpoints")
    assert [(one["kind"], one["url"]) for one in listed.json["items"]] == [("notice", "json://127.0.0.1/****")]
    assert "127.0.0.1:9" not in listed.text
    one = f"/v1/endpoints/{listed.json['items'][0]['id']}"
    moved = await service.ask("PATCH", one, {"url": "https://93.184.216.34/hook"})
    assert (moved.status, moved.json["errors"][0]["field"]) == (422, "url")
    assert (await service.ask("PATCH", one, {"events": ["appeal.opened"]})).json["events"] == ["appeal.opened"]
    assert (await service.parts.database.read(notices.find, "demo", notice.endpoint.id, datetime.now(UTC))).reach == (
        notice.reach
    )


async def test_too_much_from_one_address_is_told_to_wait(service: Service) -> None:
    seen: set[int] = set()
    for _ in range(40):
        answers = await asyncio.gather(*(look(service, "/notices/junk") for _ in range(50)))
        seen |= {answer.status for answer in answers}
        if 429 in seen:
            break
    assert seen == {404, 429}


async def test_a_person_decides_on_a_phone_without_scripts(tmp_path: Path) -> None:
    async with serving(tmp_path, webhook_allow="127.0.0.1") as service, chromium() as browser:
        comment = await service.submit(
            "You are an idiot, and so is everybody who reads this.\n\nGood bye.", author="ada"
        )
        address = await link(service, await notice_of(service), comment)
        async with window(browser, service, viewport=PHONE, java_script_enabled=True) as page:
            await page.goto(address)
            await expect(page.get_by_role("heading", name="Approve or reject?")).to_be_visible()
            await assert_accessible(page)
            await page.keyboard.press("Tab")
            for _ in range(8):
                if await page.evaluate("document.activeElement.value") == "approve":
                    break
                await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await expect(page.get_by_text("notice ops approved the comment")).to_be_visible()
            await assert_accessible(page)
            await page.reload()
            await expect(page.get_by_role("heading", name="Nothing to decide")).to_be_visible()
        async with window(browser, service, viewport=PHONE, java_script_enabled=False, color_scheme="dark") as page:
            await page.goto("/notices/junk")
            await expect(page.get_by_text("not, or no longer, one that Parley knows")).to_be_visible()
        assert await status(service, comment) == "approved"


async def test_an_admin_sees_at_the_desk_who_is_told_and_changes_what_of(tmp_path: Path) -> None:
    async with serving(tmp_path, webhook_allow="127.0.0.1") as service, chromium() as browser:
        await notice_of(service)
        async with window(browser, service) as page:
            await enter(page, service, role=Role.ADMIN)
            await page.get_by_role("link", name="Webhooks").click()
            card = page.locator("li.card")
            await expect(card.get_by_role("heading", name="json://127.0.0.1/****")).to_be_visible()
            await expect(card.get_by_text("People are told in words.")).to_be_visible()
            await expect(card.get_by_role("button", name="New secret")).to_have_count(0)
            await card.get_by_text("Change", exact=True).click()
            await expect(card.get_by_label("Address")).to_be_disabled()
            await card.get_by_label("A reader reports a comment").uncheck()
            await assert_accessible(page)
            await card.get_by_role("button", name="Save").click()
            await expect(card.get_by_text("Hears of comment.held, appeal.opened.")).to_be_visible()
