"""Webhooks at the desk, in a real browser: an admin adds an endpoint, sees how it does, and sends events again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.moderator import Role
from bot.signature import Secret, verify
from tests.browser import PHONE, assert_accessible, chromium, enter, window
from tests.builders import NOON
from tests.receivers import receiving, says
from tests.running import Service, serving


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley that may call this machine."""
    async with serving(tmp_path, rate_limit=0, webhook_allow="127.0.0.1") as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


async def test_an_admin_adds_tries_and_mends_an_endpoint(service: Service, browser: Browser) -> None:
    async with receiving() as receiver, window(browser, service) as page:
        await enter(page, service, role=Role.ADMIN)
        await page.get_by_role("link", name="Webhooks").click()
        await expect(page.get_by_text("Nothing was sent yet.")).to_be_visible()
        await page.get_by_text("Add an endpoint").click()
        await page.get_by_label("Address").fill("https://10.0.0.1/hook")
        await page.get_by_role("button", name="Add it").click()
        await expect(page.get_by_role("alert")).to_contain_text("must not lead into a private network")
        await page.get_by_label("Address").fill(receiver.url)
        await page.get_by_label("What it is for").fill("The forum")
        await page.get_by_label("Everything").uncheck()
        await page.get_by_label("A comment is held").check()
        await page.get_by_role("button", name="Add it").click()
        secret = Secret.read(await page.locator(".secret code").inner_text())
        await assert_accessible(page)
        await page.get_by_role("button", name="I kept it").click()
        await expect(page.get_by_text("Hears of comment.held.")).to_be_visible()

        await page.get_by_role("button", name=f"Ping {receiver.url}").click()
        await expect(page.get_by_text(f"{receiver.url} answered 200 after")).to_be_visible()
        (got,) = receiver.got
        assert verify(
            [secret], got.headers, got.body, NOON.fromtimestamp(int(got.headers["webhook-timestamp"]), NOON.tzinfo)
        )

        receiver.answer = says(410)
        await service.submit("You idiot.")
        await receiver.until_got(2)
        await page.reload()
        await expect(page.get_by_text("It answered that it is gone (410).")).to_be_visible()
        await page.get_by_role("link", name="Queue").click()
        await page.get_by_role("link", name="Webhooks 1 disabled").click()
        await page.get_by_role("button", name=f"Enable {receiver.url}").click()
        await expect(page.get_by_role("link", name="Webhooks", exact=True)).to_be_visible()
        receiver.answer = says(200)
        await page.get_by_role("listitem").filter(has_text="comment.held").get_by_text("Given up").click()
        await expect(page.get_by_label("Attempts")).to_contain_text("answered 410")
        await assert_accessible(page)
        await page.get_by_role("button", name="Send comment.held again").click()
        await receiver.until_got(3)
        await expect(page.get_by_label("Attempts")).to_contain_text("answered 200")
    assert receiver.types == ["ping", "comment.held", "comment.held"]


async def test_it_fits_a_phone_in_the_dark_and_is_no_place_for_moderators(service: Service, browser: Browser) -> None:
    async with receiving(says(500)) as receiver:
        await service.ask("POST", "/v1/endpoints", {"url": receiver.url})
        await service.submit("You idiot.")
        await receiver.until_got(1)
        async with window(browser, service, viewport=PHONE, color_scheme="dark") as page:
            await enter(page, service, role=Role.ADMIN)
            await page.get_by_role("link", name="Webhooks").click()
            await expect(page.get_by_text("Failing since")).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
            await assert_accessible(page)
        async with window(browser, service) as page:
            await enter(page, service, "Ben")
            await expect(page.get_by_role("link", name="Policy")).to_be_visible()
            await expect(page.get_by_role("link", name="Webhooks")).to_have_count(0)
