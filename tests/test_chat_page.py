"""The chat in a real browser, on a page of the site with a strict CSP, and the desk where people answer it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.browser import PHONE, assert_accessible, chromium, enter, window
from tests.running import Service, serving
from tests.test_chat import GERMAN, reject, status
from tests.waiting import eventually

ARTICLE = """<!doctype html>
<html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>The night bus is back</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script async src="/embed.js" data-site="demo"></script></head>
<body><main><h1>The night bus is back</h1><p>After three years without it, the 47 runs again.</p></main>
<parley-chat></parley-chat></body></html>"""
CSP = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, rate_limit=0) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@asynccontextmanager
async def article(
    browser: Browser, service: Service, language: str = "en", direction: str = "ltr", **options: Any
) -> AsyncIterator[Page]:
    """A page of the site that allows no inline style and no inline script. Any: options of the window."""

    async def show(route: Route) -> None:
        body = ARTICLE.format(language=language, direction=direction)
        await route.fulfill(body=body, content_type="text/html", headers={"Content-Security-Policy": CSP})

    async with window(browser, service, **options) as page:
        await page.route("**/article", show)
        await page.goto("/article")
        yield page


async def open_chat(page: Page, words: str = "Ask a question") -> Locator:
    """The chat, open."""
    await page.get_by_role("button", name=words).click()
    chat = page.get_by_role("dialog")
    await expect(chat).to_be_visible()
    return chat


async def say(chat: Locator, words: str) -> None:
    field = chat.get_by_role("textbox")
    await field.fill(words)
    await field.press("Enter")
    await expect(chat.locator(".typing")).to_have_count(0)


async def as_guest(page: Page, name: str = "Ada") -> dict[str, str]:
    """The reader gives a name in the comments, and is an author from now on."""
    given: dict[str, str] = await page.evaluate(
        "async (name) => (await import('/pages/embed/packed.js')).asGuest(name)", name
    )
    return {"id": given["id"], "name": name}


async def test_a_reader_asks_is_offered_what_is_near_and_goes_on_after_a_reload(
    service: Service, browser: Browser, tmp_path: Path
) -> None:
    async with article(browser, service) as page:
        chat = await open_chat(page)
        await expect(chat.get_by_text("Hello. Ask me about commenting here")).to_be_visible()
        await expect(chat.get_by_role("textbox")).to_be_focused()
        await expect(chat.get_by_role("button", name="Where is my comment?")).to_be_visible()
        await say(chat, "What are the rules?")
        await expect(chat.get_by_text("A comment is held for a moderator when it looks like")).to_be_visible()
        await say(chat, "Do you know a recipe for rhubarb pie?")
        await expect(chat.get_by_role("button", name="Ask a person")).to_be_visible()
        await assert_accessible(page)
        await page.screenshot(path=tmp_path / "desktop.png")
        await page.reload()
        await open_chat(page)
        await expect(chat.get_by_text("Do you know a recipe for rhubarb pie?")).to_be_visible()
        await expect(chat.get_by_role("button", name="Ask a person")).to_be_visible()
        await say(chat, "You are an idiot")
        await expect(chat.get_by_text("rather not answer")).to_be_visible()
        await expect(chat.get_by_text("You are an idiot")).to_have_count(0)
        await chat.get_by_role("button", name="Forget this chat").click()
        await expect(chat.get_by_text("Nothing of it is kept")).to_be_visible()
        await expect(chat.get_by_text("rhubarb")).to_have_count(0)
        await page.keyboard.press("Escape")
        await expect(chat).to_be_hidden()
        await expect(page.get_by_role("button", name="Ask a question")).to_be_focused()


async def test_an_author_appeals_and_deletes_in_the_chat(service: Service, browser: Browser) -> None:
    async with article(browser, service, viewport=PHONE, color_scheme="dark") as page:
        chat = await open_chat(page)
        await say(chat, "Why was my comment rejected?")
        await expect(chat.get_by_text("only tell that to whoever wrote")).to_be_visible()
        author = await as_guest(page)
        comment = await service.submit("You idiot.", author=author)
        await reject(service, comment, message="Argue without names, please.")
        await say(chat, "Why was my comment rejected?")
        await expect(chat.get_by_text("A moderator wrote to you: Argue without names, please.")).to_be_visible()
        await chat.get_by_role("button", name="I want to appeal").click()
        await expect(chat.get_by_text("Tell me in a sentence or two")).to_be_visible()
        await say(chat, "He called himself that.")
        await assert_accessible(page)
        await chat.get_by_role("button", name="Yes", exact=True).click()
        await expect(chat.get_by_text("Your appeal is with the moderators.")).to_be_visible()
        assert await status(service, comment) == "held"
        await say(chat, "Delete my comment")
        await chat.get_by_role("button", name="Yes", exact=True).click()
        await expect(chat.get_by_text("Your comment is deleted.")).to_be_visible()
        assert await status(service, comment) == "withdrawn"
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_a_question_that_is_handed_over_is_answered_at_the_desk(service: Service, browser: Browser) -> None:
    async with article(browser, service) as page, window(browser, service) as mias:
        await enter(mias, service)
        chat = await open_chat(page)
        await say(chat, "Do you know a recipe for rhubarb pie?")
        await chat.get_by_role("button", name="Ask a person").click()
        await chat.get_by_role("button", name="Yes", exact=True).click()
        await expect(chat.get_by_text("Your question waits for a person.")).to_be_visible()
        await chat.get_by_role("button", name="Close").click()

        link = mias.get_by_role("link", name="Questions 1")
        await link.click()
        await expect(mias.get_by_text("Do you know a recipe for rhubarb pie?")).to_be_visible()
        await assert_accessible(mias)
        await mias.get_by_label("Your answer").fill("You may, with its date.")
        await mias.get_by_label("Your answer").press("Control+Enter")
        await expect(mias.get_by_text("No question waits. Well done.")).to_be_visible()

        await page.reload()
        await page.get_by_role("button", name="Ask a question, 1 new answer").click()
        await expect(chat.get_by_text("You may, with its date.")).to_be_visible()
        await expect(chat.locator(".person")).to_contain_text("A moderator:")


async def test_a_chat_without_a_connection_sends_once_it_is_back(service: Service, browser: Browser) -> None:
    async with article(browser, service) as page:
        await expect(page.get_by_role("button", name="Ask a question")).to_be_visible()
        await page.context.set_offline(True)
        chat = await open_chat(page)
        await expect(chat.get_by_text("That did not work.")).to_be_visible()
        await page.context.set_offline(False)
        await page.keyboard.press("Escape")
        await open_chat(page)
        await expect(chat.get_by_text("Hello.")).to_be_visible()
        await page.context.set_offline(True)
        await say(chat, "How do I make text bold?")
        await expect(chat.get_by_text("No connection.")).to_be_visible()
        await expect(chat.get_by_text("How do I make text bold?")).to_be_visible()
        await page.context.set_offline(False)
        await expect(chat.get_by_text("**bold**")).to_be_visible()
        await expect(chat.get_by_text("How do I make text bold?")).to_have_count(1)


async def test_the_chat_speaks_the_language_of_the_page_and_of_its_faq(service: Service, browser: Browser) -> None:
    await service.ask("PUT", "/v1/faq", {"faq": GERMAN})
    async with article(browser, service, "de") as page:
        chat = await open_chat(page, "Etwas fragen")
        await expect(chat.get_by_text("Moin.")).to_be_visible()
        await say(chat, "Wann haben Sie geöffnet?")
        await expect(chat.get_by_text("Von neun bis fünf.")).to_be_visible()
        await assert_accessible(page)
    async with article(browser, service, "fr", "rtl") as page:
        chat = await open_chat(page, "Poser une question")
        await expect(chat.get_by_role("button", name="Envoyer")).to_be_visible()
        box = await chat.bounding_box()
        assert box is not None
        assert box["x"] < 100


async def test_the_desk_is_asked_in_words(service: Service, browser: Browser) -> None:
    first = await service.submit("You idiot, one.", author="ada")
    await service.submit("You idiot, two.", author="bob")
    await reject(service, first, reason="offensive")
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(page.locator(".list li")).to_have_count(1)
        await page.keyboard.press(":")
        field = page.get_by_label("Ask the desk")
        await expect(field).to_be_focused()
        await field.fill("how many are waiting?")
        await field.press("Enter")
        await expect(page.locator(".asking-rows")).to_contain_text("1 held")
        await field.fill("who rejected " + first["id"])
        await field.press("Enter")
        await expect(page.get_by_role("row").last).to_contain_text("a admin")
        await expect(page.get_by_role("row").last).to_contain_text("rejected")
        await assert_accessible(page)
        await page.locator(".asking-rows").get_by_role("button", name="Show").click()
        await expect(page.get_by_role("article", name="ada")).to_be_visible()
        await field.fill("show flagged comments from today")
        await field.press("Enter")
        await expect(page.get_by_role("article", name="bob")).to_be_visible()
        await expect(page.get_by_role("button", name="Leave out since")).to_be_visible()
        await expect(page.get_by_text("no question that the desk knows")).to_have_count(0)
        await eventually(lambda: page.evaluate("document.activeElement.id"), "")
        await expect(page.locator(".asking-rows")).to_be_empty()
        await field.fill("sing me a song")
        await field.press("Enter")
        await page.get_by_role("button", name="how many are waiting?").click()
        await expect(page.locator(".asking-rows")).to_contain_text("1 held")
