"""Signing in at the desk in a real browser: by link, by password, out again; by keyboard, and for screen readers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser import PHONE, assert_accessible, enter, invite, window
from tests.running import Service, serving

PASSWORD = "a long walk by the harbour"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running


async def test_a_link_signs_in_once_and_leaves_the_address(service: Service, browser: Browser) -> None:
    link = await invite(service)
    async with window(browser, service) as page:
        await page.goto(link)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Mia")).to_be_visible()
        assert "link" not in page.url
        await page.reload()
        await expect(page.get_by_role("button", name="Mia")).to_be_visible()
    async with window(browser, service) as page:
        await page.goto(link)
        await page.get_by_role("button", name="Go to the desk").click()
        await expect(page.get_by_role("alert")).to_contain_text("Ask for a new one")


async def test_a_password_is_set_and_signs_in_on_another_browser(service: Service, browser: Browser) -> None:
    async with window(browser, service) as page:
        await enter(page, service)
        await page.get_by_role("button", name="Mia").click()
        await page.get_by_label("Set a password").fill("short")
        await page.get_by_role("button", name="Set", exact=True).click()
        await expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("at least 12 character")
        await page.get_by_label("Set a password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("The password is set")
        await page.get_by_role("button", name="Sign out", exact=True).click()
        await expect(page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    async with window(browser, service) as page:
        await page.goto("/desk")
        await page.get_by_label("Name").fill("Mia")
        await page.get_by_label("Password").fill("not " + PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("do not fit together")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Mia")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_signing_in_is_there_for_everybody(service: Service, browser: Browser, scheme: str) -> None:
    """axe-core has nothing to say about the form, the welcome and the account, on a desktop and on a phone."""
    for viewport in (None, PHONE):
        options = {"color_scheme": scheme} | ({"viewport": viewport} if viewport else {})
        async with window(browser, service, **options) as page:
            await page.goto("/desk")
            await expect(page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
            await assert_accessible(page)
            await enter(page, service)
            await page.get_by_role("button", name="Mia").click()
            await expect(page.get_by_role("heading", name="Your sign-ins")).to_be_visible()
            await assert_accessible(page)
