"""`python -m tests.pictures` takes the pictures of the desk for the README, with the models that Parley ships."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from playwright.async_api import Browser, expect

from bot.moderator import Role
from bot.verdict import Decision, Evidence, Reason, Verdict
from bot.web import pages
from sentiment.scores import Attribute
from tests.browser import PHONE, chromium, enter, window
from tests.builders import analysis
from tests.running import Service, serving
from tests.stored import decided, stored

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


async def count(service: Service) -> None:
    """A month of a lively site: what came in, what was held, and who decided on it when."""
    database, now, chance = service.parts.database, datetime.now(UTC), Random(4)
    for day in range(1, 30):
        begin = now - timedelta(days=day)
        for number in range(chance.randint(14, 26)):
            at, score = begin + timedelta(minutes=31 * number), chance.betavariate(0.5, 1.3)
            measured = analysis(insult=score, toxicity=min(1.0, score * chance.uniform(0.9, 1.2)), spam=score**3)
            found = Evidence(Reason.DETECTED_INSULT, Decision.HOLD, Attribute.INSULT, score, 0.6)
            asks = Decision.HOLD if score >= 0.6 else Decision.APPROVE
            judged = Verdict(asks, (found,) if asks is Decision.HOLD else (), score, "2026.11-3", 1)
            comment = await stored(database, f"Comment {day} {number}.", judged, scored=measured, at=at)
            if asks is Decision.HOLD and chance.random() < 0.93:
                decision = Decision.REJECT if chance.random() < score - 0.1 else Decision.APPROVE
                waited = at + timedelta(minutes=chance.lognormvariate(3, 1.4))
                who = chance.choice(("Mia", "Mia", "Ben", "Omar"))
                await decided(database, comment, decision, moderator=who, at=min(waited, now))


async def take_numbers(browser: Browser, service: Service) -> None:
    """The page of the numbers, as far as a screen shows it."""
    async with window(browser, service, viewport={"width": 1280, "height": 1108}) as page:
        await enter(page, service, role=Role.ADMIN)
        await page.get_by_role("link", name="Numbers").click()
        await expect(page.get_by_role("img", name="What came in")).to_be_visible()
        await page.screenshot(path=FOLDER / "numbers.png")


async def main() -> None:
    """All pictures."""
    with tempfile.TemporaryDirectory() as folder:
        async with serving(Path(folder), load=None) as service, chromium() as browser:
            await fill(service)
            await take(browser, service, "desk.png", viewport={"width": 1280, "height": 800})
            await take(browser, service, "desk-phone.png", viewport=PHONE, color_scheme="dark")
            await count(service)
            await take_numbers(browser, service)


if __name__ == "__main__":
    asyncio.run(main())
