"""The policy's editor at the desk: sections with settings of their own, and what authors are told."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from bot.moderator import Role
from tests.browser import PHONE, assert_accessible, enter, window
from tests.running import Service

SECTIONS = [{"name": "sports", "threads": ["/sports/*"], "links": 1}, {"name": "news", "threads": ["news-*"]}]
MESSAGES = [{"reason": "rude", "label": "Rude", "text": "Please be kind."}]


async def test_an_admin_gives_a_section_rules_of_its_own(service: Service, browser: Browser) -> None:
    """By keyboard where it counts; what differs is told, tried, switched on, and taken out again."""
    await service.submit("A walrus.", author="eve", thread="/sports/1")
    await service.submit("A walrus.", author="bob", thread="/news/1")
    async with window(browser, service) as page:
        await enter(page, service, role=Role.ADMIN)
        await page.get_by_role("link", name="Policy").click()
        await page.get_by_role("button", name="Add a section").press("Enter")
        await expect(page.get_by_label("Name of the section")).to_be_focused()
        await page.keyboard.type("sports")
        await expect(page.get_by_role("button", name="Switch it on")).to_be_enabled()
        await page.keyboard.press("Tab")
        await expect(page.get_by_text("section “sports”: threads")).to_be_visible()
        await page.keyboard.type("/sports/*")
        await page.get_by_label("What else differs here").select_option("Words that hold")
        await page.get_by_role("button", name="Set it here").click()
        section = page.get_by_role("group", name="Section 1")
        await section.get_by_label("Held with one of these").fill("walrus")
        await section.get_by_label("Held with one of these").blur()
        await expect(page.get_by_text("sections.sports: none → ")).to_be_visible()
        await page.get_by_label("Try it on a sentence").fill("My walrus")
        await page.get_by_label("In this thread").fill("/sports/7")
        await expect(page.get_by_text("hold: suspect word, by section “sports”")).to_be_visible()
        await page.get_by_role("button", name="Try it on the last").click()
        await expect(page.get_by_text("held 1 (+1)")).to_be_visible()
        await expect(page.get_by_text("eve in /sports/1")).to_be_visible()
        await page.get_by_role("button", name="Switch it on").click()
        await expect(page.get_by_text("Version 2 is in force.").first).to_be_visible()
        saved = (await service.ask("GET", "/v1/policy")).json["policy"]["sections"]
        assert saved == [{"name": "sports", "threads": ["/sports/*"], "words": {"suspect": ["walrus"]}}]
        await page.get_by_role("button", name="Words that hold: as in the rest of the site").click()
        await expect(page.get_by_text('sections.sports.words: {"suspect":["walrus"]} → as the site')).to_be_visible()
        await page.get_by_role("button", name="Remove section 1").click()
        await expect(page.get_by_role("button", name="Add a section")).to_be_focused()
        await page.get_by_role("button", name="Switch it on").click()
        await expect(page.get_by_text("Version 3 is in force.").first).to_be_visible()
    assert (await service.ask("GET", "/v1/policy")).json["policy"]["sections"] == []


async def test_an_admin_writes_what_authors_are_told(service: Service, browser: Browser) -> None:
    async with window(browser, service) as page:
        await enter(page, service, role=Role.ADMIN)
        await page.get_by_role("link", name="Policy").click()
        await page.get_by_role("button", name="Add a reason").click()
        await page.keyboard.type("rude")
        await page.get_by_label("What moderators see").fill("Rude")
        await page.get_by_label("What the author is told").fill("Please be kind.")
        await page.get_by_label("What the author is told").blur()
        await expect(page.get_by_text("messages.rude: none → ")).to_be_visible()
        await page.get_by_role("button", name="Switch it on").click()
        await expect(page.get_by_text("Version 2 is in force.").first).to_be_visible()
        assert (await service.ask("GET", "/v1/policy")).json["policy"]["messages"] == MESSAGES
        await page.get_by_role("button", name="Remove reason 1").click()
        await expect(page.get_by_role("button", name="Add a reason")).to_be_focused()
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_sections_are_there_for_everybody(service: Service, browser: Browser, scheme: str, size: str) -> None:
    await service.ask("PUT", "/v1/policy", {"policy": {"sections": SECTIONS, "messages": MESSAGES}})
    options: dict[str, Any] = {"color_scheme": scheme} | ({"viewport": PHONE} if size == "phone" else {})
    async with window(browser, service, **options) as page:
        await enter(page, service, role=Role.ADMIN)
        await page.get_by_role("link", name="Policy").click()
        await expect(page.get_by_role("group", name="Section 2")).to_be_visible()
        await assert_accessible(page)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= page.viewport_size["width"] if page.viewport_size else True
