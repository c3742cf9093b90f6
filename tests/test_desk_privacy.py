"""What people may ask for, at the desk: an admin exports and erases an author, and shows why a comment was rejected."""

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, expect

from bot.moderator import Role
from tests.browser import PHONE, assert_accessible, enter, window
from tests.running import Service


async def test_an_admin_explains_exports_and_erases(service: Service, browser: Browser) -> None:
    """One journey: a rejection is explained in a letter, all that is kept is handed over, and then it is gone."""
    comment = await service.submit("You idiot, really.", author={"id": "u-17", "name": "Ada L."})
    await service.submit("Another idiot.", author={"id": "u-17", "name": "Ada L."})
    await service.ask("POST", f"/v1/comments/{comment['id']}/reports", {"reporter": "eve", "reason": "offensive"})
    decision = {"decision": "reject", "reason": "personal_attack", "message": "Be kind."}
    await service.ask("POST", f"/v1/comments/{comment['id']}/decisions", decision)
    async with window(browser, service) as page:
        await enter(page, service, role=Role.ADMIN)
        await page.goto(f"/desk?site=demo&status=rejected&comment={comment['id']}")
        shown = page.get_by_role("article", name="Ada L.")
        await expect(shown.get_by_text("reported 1 time")).to_be_visible()
        await shown.get_by_role("button", name="Reasons for the author").click()
        letter = page.get_by_role("textbox", name="To the author")
        statement = await told(service, comment["id"])
        await expect(letter).to_have_value(statement)
        assert "Be kind." in statement
        await assert_accessible(page)
        await page.get_by_role("button", name="Copy").click()
        await expect(page.get_by_text("Copied.")).to_be_visible()
        await page.keyboard.press("Escape")
        async with page.expect_download() as download:
            await shown.get_by_role("button", name="Export").click()
        kept = read(await (await download.value).path())
        assert sorted(one["status"] for one in kept["comments"]) == ["held", "rejected"]
        await shown.get_by_role("button", name="Erase…").click()
        await expect(page.get_by_role("button", name="Cancel")).to_be_focused()
        await assert_accessible(page)
        await page.keyboard.press("Enter")
        assert (await service.ask("GET", f"/v1/comments/{comment['id']}")).json["erased"] is False
        await shown.get_by_role("button", name="Erase…").click()
        await page.get_by_role("button", name="Erase for good").click()
        await expect(page.get_by_role("status").filter(has_text="is erased, with 2 comments")).to_be_visible()
        await expect(page.locator(".list").get_by_text("Ada L.")).to_have_count(0)
        gone = page.get_by_role("article", name="Erased")
        await expect(gone.get_by_text("This comment was erased.")).to_be_visible()
        await expect(gone.get_by_role("button", name="Erase…")).to_have_count(0)
        await assert_accessible(page)
    assert (await service.ask("GET", f"/v1/comments/{comment['id']}")).json["text"] == ""


async def test_a_moderator_explains_but_does_not_erase_and_a_phone_shows_the_letter(
    service: Service, browser: Browser
) -> None:
    comment = await service.submit("You idiot, really.", author="ada")
    await service.ask("POST", f"/v1/comments/{comment['id']}/decisions", {"decision": "reject"})
    async with window(browser, service, viewport=PHONE, color_scheme="dark") as page:
        await enter(page, service)
        await page.goto(f"/desk?site=demo&status=rejected&comment={comment['id']}")
        await page.locator(".open").click()
        await page.get_by_role("button", name="Reasons for the author").click()
        await expect(page.get_by_role("textbox", name="To the author")).to_be_visible()
        await assert_accessible(page)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Erase…")).to_have_count(0)


def read(path: Path) -> Any:
    """The JSON in a file (Any: it is JSON)."""
    return json.loads(path.read_text("utf-8"))


async def told(service: Service, comment: str) -> str:
    """The letter as the API has it."""
    text: str = (await service.ask("GET", f"/v1/comments/{comment}/statement")).json["text"]
    return text
