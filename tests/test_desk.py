"""The desk in a real browser: one moderator's queue, on the embedded default and on real Redis and PostgreSQL."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from bot.moderator import Role
from tests.browser import PHONE, assert_accessible, enter, window
from tests.desk import open_comment, submit_many, trail, waiting
from tests.running import Service
from tests.waiting import eventually


async def test_a_moderator_sees_why_a_comment_waits(either: Service, browser: Browser) -> None:
    """The words in place with a number, the value against its threshold, thread, author, likes and trail."""
    service = either
    await service.submit("A fair point.", author="bob")
    answered = await service.submit("So I say.", author="bob")
    await service.submit("You utter idiot, go.", author="ada", parent=answered["id"], permalink="https://example.org/1")
    async with window(browser, service) as page:
        await enter(page, service)
        shown = open_comment(page, "ada")
        mark = shown.locator("mark")
        await expect(mark).to_have_text("idiot")
        await expect(mark).to_have_attribute("data-why", "1")
        await expect(shown.get_by_text("It insults someone.")).to_be_visible()
        await expect(shown.get_by_text("0.80, held from 0.60")).to_be_visible()
        await expect(shown.get_by_role("heading", name="It answers")).to_be_visible()
        await expect(shown.get_by_text("A fair point.")).to_be_visible()
        await expect(shown.get_by_role("link", name="1 held")).to_be_visible()
        await expect(shown.get_by_text("The rules: hold")).to_be_visible()
        await expect(shown.get_by_role("link", name="Open on the site")).to_have_attribute("rel", "noopener noreferrer")


async def test_comments_are_approved_and_rejected_with_a_reason_by_single_keys(
    either: Service, browser: Browser
) -> None:
    service = either
    first, second = await submit_many(service, 2)
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(open_comment(page, second["author"]["name"])).to_be_visible()
        await page.keyboard.press("j")
        await expect(open_comment(page, first["author"]["name"])).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.get_by_role("status").filter(has_text="Approved")).to_be_visible()
        await expect(open_comment(page, second["author"]["name"])).to_be_visible()
        await page.keyboard.press("r")
        await expect(page.get_by_role("button", name="A personal attack")).to_be_focused()
        await page.keyboard.press("6")
        await expect(page.get_by_text("Nothing is held. Well done.")).to_be_visible()
        await eventually(lambda: waiting(service), 0)
    assert await trail(service, first) == [("hold", None, None), ("approve", "Mia", None)]
    assert await trail(service, second) == [("hold", None, None), ("reject", "Mia", "off_topic")]


async def test_a_decision_is_taken_back_and_the_trail_tells_both(either: Service, browser: Browser) -> None:
    service = either
    (comment,) = await submit_many(service, 1)
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(open_comment(page, comment["author"]["name"])).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.get_by_role("button", name="Undo")).to_be_visible()
        await page.keyboard.press("u")
        await expect(page.get_by_role("status").filter(has_text="is held again")).to_be_visible()
        await expect(open_comment(page, comment["author"]["name"])).to_be_visible()
        await page.keyboard.press("u")
        await expect(page.get_by_role("status").filter(has_text="nothing to take back")).to_be_visible()
    assert await trail(service, comment) == [("hold", None, None), ("approve", "Mia", None), ("hold", "Mia", "undo")]


async def test_two_hundred_comments_are_decided_by_keyboard_alone(either: Service, browser: Browser) -> None:
    """Signing in included: no mouse is touched, and the next comment is current after every decision."""
    service = either
    comments = await submit_many(service, 200)
    async with window(browser, service) as page:
        await enter(page, service)
        for n in range(200):
            await expect(page.locator("[aria-current=true]")).to_have_count(1)
            if n % 4 == 3:
                await page.keyboard.press("r")
                await expect(page.get_by_role("dialog")).to_be_visible()
                await page.keyboard.press(str(1 + n % 8))
            else:
                await page.keyboard.press("a")
        await expect(page.get_by_text("Nothing is held. Well done.")).to_be_visible()
        await eventually(lambda: waiting(service), 0)
    decided = [(await trail(service, comment))[-1] for comment in comments]
    assert [decision for decision, moderator, _ in decided if moderator == "Mia"].count("reject") == 50


async def test_what_is_looked_at_stands_in_the_address(service: Service, browser: Browser) -> None:
    """A view is shared as a link, kept by name, survives a reload, and is gone back to."""
    await submit_many(service, 3)
    await service.submit("You idiot with the purple hat.", author="eve")
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(page.locator(".list li")).to_have_count(4)
        await page.keyboard.press("/")
        await page.keyboard.type("purple")
        await page.keyboard.press("Enter")
        await expect(page.locator(".list li")).to_have_count(1)
        assert re.search(r"[?&]text=purple", page.url)
        await page.get_by_role("button", name="Keep this view").click()
        await page.reload()
        await expect(page.locator(".list li")).to_have_count(1)
        await page.get_by_role("button", name="Leave out text purple").click()
        await expect(page.locator(".list li")).to_have_count(4)
        await page.go_back()
        await expect(page.locator(".list li")).to_have_count(1)
        await page.get_by_role("button", name="Leave out text purple").click()
        await page.get_by_role("link", name="held, purple").click()
        await expect(page.locator(".list li")).to_have_count(1)
        await page.get_by_label("Status").select_option("approved")
        await expect(page.get_by_text("Nothing here fits.")).to_be_visible()


async def test_reasons_are_counted_and_narrow_the_queue(service: Service, browser: Browser) -> None:
    await submit_many(service, 2)
    await service.ask("PUT", "/v1/policy", {"policy": {"words": {"suspect": ["walrus"]}}})
    await service.submit("A walrus.", author="eve")
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(page.get_by_role("button", name="insult 2")).to_be_visible()
        await page.get_by_role("button", name="suspect word 1").click()
        await expect(page.locator(".list li")).to_have_count(1)
        await expect(page.locator("mark")).to_have_text("walrus")


async def test_a_long_queue_comes_page_by_page_as_it_is_scrolled(service: Service, browser: Browser) -> None:
    """A page that could not be read comes a little later, without anybody asking for it."""
    await submit_many(service, 130)
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(page.locator(".list li")).to_have_count(50)
        await page.route("**/v1/queue?*cursor=*", lambda route: route.abort(), times=1)
        await page.locator(".list li").last.scroll_into_view_if_needed()
        await expect(page.get_by_text("Parley does not answer.")).to_be_attached()
        await expect(page.locator(".list li")).to_have_count(100)
        for _ in range(99):
            await page.keyboard.press("j")
        await expect(page.locator(".list li")).to_have_count(130)
        await expect(page.get_by_text("That is all.")).to_be_attached()


async def test_new_comments_appear_and_decided_ones_go_without_a_reload(service: Service, browser: Browser) -> None:
    first, second = await submit_many(service, 2)
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(page.locator(".list li")).to_have_count(2)
        await service.ask("POST", f"/v1/comments/{first['id']}/decisions", {"decision": "approve"})
        await service.submit("You idiot, too late.", author="eve")
        await expect(page.locator(".list").get_by_text("You idiot, too late.")).to_be_visible()
        await expect(page.locator(".list li")).to_have_count(2)
        await expect(open_comment(page, second["author"]["name"])).to_be_visible()


async def test_a_blurred_text_is_shown_when_it_is_asked_for(service: Service, browser: Browser) -> None:
    """Until then screen readers do not read it either."""
    await service.submit("You idiot.", author="eve")
    async with window(browser, service) as page:
        await enter(page, service)
        await page.keyboard.press("?")
        await page.get_by_label("Blur").select_option("all")
        await page.keyboard.press("Escape")
        text = open_comment(page, "eve").locator(".text")
        await expect(text).to_have_attribute("aria-hidden", "true")
        await expect(page.get_by_role("button", name="Show the text")).to_be_visible()
        await assert_accessible(page)
        await page.keyboard.press("v")
        await expect(text).not_to_have_attribute("aria-hidden", "true")
        await expect(page.locator(".blurred")).to_have_count(0)


async def test_single_keys_can_be_switched_off(service: Service, browser: Browser) -> None:
    """Whoever speaks to their computer may say an "a" by chance."""
    (comment,) = await submit_many(service, 1)
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(open_comment(page, comment["author"]["name"])).to_be_visible()
        await page.keyboard.press("?")
        await page.get_by_label("Single keys").select_option("off")
        await page.keyboard.press("Escape")
        await page.keyboard.press("a")
        await page.get_by_role("button", name="Approve").click()
        await eventually(lambda: waiting(service), 0)
    assert len(await trail(service, comment)) == 2


async def test_what_strangers_write_is_text_and_nothing_else(service: Service, browser: Browser) -> None:
    hostile = "<img src=x onerror=alert(1)> idiot </p><script>alert(2)</script> \N{RIGHT-TO-LEFT OVERRIDE}"
    await service.submit(hostile, author={"id": "<b>e</b>", "name": "<i>Eve</i>"}, permalink="https://example.org/<b>")
    async with window(browser, service) as page:
        await enter(page, service)
        text = await open_comment(page, "<i>Eve</i>").locator(".text").text_content()
        assert text == hostile
        assert await page.locator("img[src=x], b, i").count() == 0


async def test_a_moderator_of_two_sites_chooses_and_never_sees_the_others_comments(
    service: Service, browser: Browser
) -> None:
    await service.submit("You idiot of demo.", author="ada")
    await service.submit("You idiot of other.", author="eve", site="other")
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(page.get_by_label("Site")).to_have_count(0)
        await enter(page, service, site="other", role=Role.ADMIN)
        await expect(page.locator(".list")).to_contain_text("of demo")
        await page.get_by_label("Site").select_option("other")
        await expect(page.locator(".list")).to_contain_text("of other")
        await expect(page.locator(".list")).not_to_contain_text("of demo")
        assert "site=other" in page.url


async def test_a_session_that_ended_leads_to_signing_in(service: Service, browser: Browser) -> None:
    await submit_many(service, 1)
    async with window(browser, service) as page, window(browser, service) as other:
        await enter(page, service)
        await expect(open_comment(page, "author-0")).to_be_visible()
        await enter(other, service)
        await other.get_by_role("button", name="Mia").click()
        await other.get_by_role("button", name="Sign out everywhere").click()
        await expect(other.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    assert await waiting(service) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_the_desk_is_there_for_everybody(service: Service, browser: Browser, scheme: str, size: str) -> None:
    """axe-core has nothing to say about the queue, a comment, and each dialog."""
    await submit_many(service, 3)
    options: dict[str, Any] = {"color_scheme": scheme} | ({"viewport": PHONE} if size == "phone" else {})
    async with window(browser, service, **options) as page:
        await enter(page, service)
        await expect(page.locator(".list li")).to_have_count(3)
        await assert_accessible(page)
        await page.locator(".open").nth(1).click()
        await expect(open_comment(page, "author-1").get_by_role("heading", name="What happened")).to_be_visible()
        await assert_accessible(page)
        for key in ("r", "s", "?"):
            await page.keyboard.press(key)
            await expect(page.get_by_role("dialog")).to_be_visible()
            await assert_accessible(page)
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_on_a_phone_a_comment_covers_the_list_until_it_is_decided(service: Service, browser: Browser) -> None:
    await submit_many(service, 1)
    async with window(browser, service, viewport=PHONE, has_touch=True) as page:
        await enter(page, service)
        approve = page.get_by_role("button", name="Approve")
        await expect(approve).not_to_be_visible()
        await page.locator(".open").tap()
        await page.get_by_role("button", name="Queue").tap()
        await expect(approve).not_to_be_visible()
        await page.locator(".open").tap()
        await approve.tap()
        await expect(page.get_by_text("Nothing is held. Well done.")).to_be_visible()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
