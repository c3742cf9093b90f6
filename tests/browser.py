"""A real browser: Debian's chromium, driven by Playwright. What its console complains about fails the test."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from bot.moderator import Role
from bot.signing import give_link
from bot.token import Token
from tests.running import Service

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
expect.set_options(timeout=15_000)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser of the test's own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def attached(address: str) -> AsyncIterator[Browser]:
    """The browser that runs there; what was opened in it is closed at the end."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(address)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def window(browser: Browser, service: Service, **options: Any) -> AsyncIterator[Page]:
    """A window with cookies of its own, on the service's address; at the end nothing may have gone wrong in it.

    Any: what Playwright's new_context takes.
    """
    context = await browser.new_context(base_url=service.url(""), locale="en-GB", **({"viewport": DESKTOP} | options))
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.extend(_complaints(message)))
    yield page
    await context.close()
    assert not wrong, wrong


def _complaints(message: ConsoleMessage) -> list[str]:
    # A refused request is an answer like any other to the page, which the browser tells all the same.
    refused = "Failed to load resource" in message.text
    return [message.text] if message.type in ("error", "warning") and not refused else []


async def invite(service: Service, name: str = "Mia", site: str = "demo", role: Role = Role.MODERATOR) -> str:
    """The address of a link that signs a moderator in."""
    token = Token.fresh()
    await service.parts.database.write(give_link, site, name, role, token.hash, datetime.now(UTC))
    return f"/desk#link={token.text}"


async def enter(
    page: Page, service: Service, name: str = "Mia", site: str = "demo", role: Role = Role.MODERATOR
) -> None:
    """Signs the moderator in at this window."""
    await page.goto(await invite(service, name, site, role))
    await page.get_by_role("button", name="Go to the desk").click()
    await expect(page.get_by_role("button", name=name)).to_be_visible()


async def assert_accessible(page: Page) -> None:
    """axe-core finds nothing to complain about in what is shown now."""
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
