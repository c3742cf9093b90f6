"""`python -m tests.pictures` takes the pictures of the desk for the README, with the models that Parley ships."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, expect

from bot.moderator import Role
from bot.web import pages
from tests.browser import PHONE, chromium, enter, window
from tests.running import Service, serving

FOLDER = Path(pages.__file__).parent
THREAD = "the-night-bus-is-back"
BEFORE = (
    ("Mo", "Finally! My daughter works late at the hospital, and this makes me sleep better."),
    ("Iris", "Who pays for it after the first year?"),
)
HELD = (
    ("Hal", "This is bullshit and you know it."),
    ("Eve", "Oh come on, you clown. Nobody believes a single word of this garbage."),
    ("Bob", "Oh shut up, moron, nobody asked you."),
    ("Cy", "Earn money from home, visit www.easy-cash.biz and http://win-now.top and http://free-money.club"),
    ("Lou", "Das ist doch alles Unsinn, was hier steht, und das wissen Sie auch ganz genau."),
    ("Ada", "What a stupid idea by stupid people. You are all idiots."),
    ("Dee", "The mayor is an 1d!0t and everyone in this f.u.c.k.i.n.g town knows it"),
)


async def fill(service: Service) -> None:
    """A small site with something of everything."""
    for author, text in (*BEFORE, *HELD):
        await service.submit(text, author=author, thread=THREAD, permalink="https://gazette.example.org/night-bus")
    published = (await service.ask("GET", f"/v1/threads/{THREAD}/comments")).json["items"]
    for reader in ("u-7", "u-12", "u-40"):
        asked = {"reporter": reader, "reason": "off_topic"}
        await service.ask("POST", f"/v1/comments/{published[0]['id']}/reports", asked)


async def take(browser: Browser, service: Service, name: str, **options: Any) -> None:
    """The desk with one comment open."""
    async with window(browser, service, **options) as page, window(browser, service) as other:
        await enter(other, service, "Ben")
        await expect(other.locator("[aria-current=true]")).to_have_count(1)
        await enter(page, service, role=Role.ADMIN)
        await page.locator(".open", has_text="stupid idea").click()
        await expect(page.get_by_role("heading", name="What happened")).to_be_visible()
        await expect(page.get_by_text("Ben is here", exact=True).first).to_be_attached()
        await page.screenshot(path=FOLDER / name)


async def main() -> None:
    """Both pictures."""
    with tempfile.TemporaryDirectory() as folder:
        async with serving(Path(folder), load=None) as service, chromium() as browser:
            await fill(service)
            await take(browser, service, "desk.png", viewport={"width": 1280, "height": 800})
            await take(browser, service, "desk-phone.png", viewport=PHONE, color_scheme="dark")


if __name__ == "__main__":
    asyncio.run(main())
