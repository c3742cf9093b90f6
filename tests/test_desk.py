"""The desk in a real browser: a moderator's journeys, on the embedded default and on real Redis and PostgreSQL."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from bot.moderator import Role
from tests.browser import PHONE, assert_accessible, chromium, enter, window
from tests.running import Service, serving
from tests.waiting import eventually


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley as it starts on a bare machine."""
    async with serving(tmp_path, rate_limit=0) as running:
        yield running


@pytest.fixture(params=["embedded", "servers"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on its own file, and on Redis and PostgreSQL."""
    urls = {}
    if request.param == "servers":
        urls = {"database_url": request.getfixturevalue("postgres_url")}
        urls["redis_url"] = request.getfixturevalue("redis_url")
    async with serving(tmp_path, rate_limit=0, **urls) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


async def submit_many(service: Service, number: int) -> list[Any]:
    """That many held comments, each by an author of its own and later than the one before."""
    return [await service.submit(f"You idiot, number {n}.", author=f"author-{n}") for n in range(number)]


async def trail(service: Service, comment: Any) -> list[tuple[str, str | None, str | None]]:
    """Every decision on it: what, by whom, and why."""
    answer = await service.ask("GET", f"/v1/comments/{comment['id']}/decisions")
    return [(line["decision"], line["moderator"], line["reason"]) for line in answer.json["items"]]


def open_comment(page: Page, author: str) -> Any:
    """The comment that is shown with all its reasons. Any: a locator of Playwright's."""
    return page.get_by_role("article", name=author)


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


async def test_of_two_moderators_the_second_is_told_who_was_first(either: Service, browser: Browser) -> None:
    service = either
    (comment,) = await submit_many(service, 1)
    async with window(browser, service) as mias, window(browser, service) as bens:
        await enter(mias, service)
        # Ben does not hear of it before he decides.
        await bens.route("**/v1/queue/*", lambda route: route.abort())
        await enter(bens, service, "Ben")
        for page in (mias, bens):
            await expect(open_comment(page, comment["author"]["name"])).to_be_visible()
        await mias.keyboard.press("a")
        await eventually(lambda: status_of(service, comment), "approved")
        await bens.keyboard.press("r")
        await bens.keyboard.press("1")
        await expect(bens.get_by_role("status").filter(has_text="Mia decided approve")).to_be_visible()
        await expect(bens.get_by_text("Nothing is held.")).to_be_visible()
    assert await status_of(service, comment) == "approved"


async def status_of(service: Service, comment: Any) -> str:
    """Where the comment stands now."""
    return str((await service.ask("GET", f"/v1/comments/{comment['id']}")).json["status"])


async def test_two_hundred_comments_are_decided_by_keyboard_alone(service: Service, browser: Browser) -> None:
    """Signing in included: no mouse is touched, and the next comment is current after every decision."""
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


async def waiting(service: Service) -> int:
    """How many comments are held."""
    return int((await service.ask("GET", "/v1/queue?limit=1")).json["totals"]["all"])


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
    await submit_many(service, 130)
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(page.locator(".list li")).to_have_count(50)
        await page.locator(".list li").last.scroll_into_view_if_needed()
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


async def test_an_author_is_banned_from_the_keyboard(service: Service, browser: Browser) -> None:
    await service.submit("You idiot.", author={"id": "u/1", "name": "Eve"})
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(open_comment(page, "Eve")).to_be_visible()
        await page.keyboard.press("s")
        await page.get_by_role("button", name="Ban Every").click()
        await expect(page.get_by_role("status").filter(has_text="Eve is banned")).to_be_visible()
        await expect(open_comment(page, "Eve").get_by_text("Banned.")).to_be_visible()
    assert (await service.ask("GET", "/v1/authors/u%2F1")).json["standing"] == "banned"


async def test_an_author_is_suspended_for_a_while_and_told_why(service: Service, browser: Browser) -> None:
    await service.submit("You idiot.", author="eve")
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(open_comment(page, "eve")).to_be_visible()
        await page.keyboard.press("s")
        await page.get_by_label("How long a suspension lasts").select_option("For three days")
        await page.get_by_label("A message to the author").fill("Please stay with the matter.")
        await page.get_by_role("button", name="Suspend").click()
        await expect(open_comment(page, "eve").get_by_text("Suspended until")).to_be_visible()
    (line,) = (await service.ask("GET", "/v1/authors/eve/sanctions")).json["items"]
    assert (line["standing"], line["message"]) == ("suspended", "Please stay with the matter.")
    days = (datetime.fromisoformat(line["until"]) - datetime.now(UTC)) / timedelta(days=1)
    assert 2.9 < days < 3


async def test_a_site_has_reasons_of_its_own_and_tells_the_author(service: Service, browser: Browser) -> None:
    said = "Please stay with the bus. Other matters have their own pages."
    canned = [{"reason": "off_topic", "label": "Not about the bus", "text": said}]
    await service.ask("PUT", "/v1/policy", {"policy": {"messages": canned}})
    first, second = await submit_many(service, 2)
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(open_comment(page, "author-1")).to_be_visible()
        await page.keyboard.press("r")
        await page.get_by_role("button", name="Not about the bus").press("Enter")
        await expect(open_comment(page, "author-0")).to_be_visible()
        await page.keyboard.press("r")
        await page.get_by_label("What the author is told").fill("Not here, please.")
        await page.get_by_role("button", name="Not about the bus").click()
        await eventually(lambda: waiting(service), 0)
    for comment, told in ((second, said), (first, "Not here, please.")):
        trail = (await service.ask("GET", f"/v1/comments/{comment['id']}/decisions")).json["items"]
        assert (trail[-1]["reason"], trail[-1]["message"]) == ("off_topic", told)


async def test_what_readers_report_stands_beside_the_comment(service: Service, browser: Browser) -> None:
    comment = await service.submit("A fair point.", author="eve")
    for n in range(3):
        asked = {"reporter": f"reader-{n}", "reason": "spam", "note": f"Seen {n} times."}
        await service.ask("POST", f"/v1/comments/{comment['id']}/reports", asked)
    async with window(browser, service) as page:
        await enter(page, service)
        shown = open_comment(page, "eve")
        await expect(shown.get_by_text("It was reported as spam.")).to_be_visible()
        await expect(shown.get_by_text("3, held from 3")).to_be_visible()
        await expect(shown.get_by_text("Seen 2 times.")).to_be_visible()
        await expect(page.get_by_role("button", name="spam 1")).to_be_visible()


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


# --- Several moderators, and several comments.


async def test_two_moderators_see_each_other_and_do_not_get_the_same_comment_next(
    either: Service, browser: Browser
) -> None:
    """Who is there is told; what somebody has open is marked, and stepped over after a decision."""
    service = either
    await submit_many(service, 3)
    async with window(browser, service) as mias, window(browser, service) as bens:
        await enter(mias, service)
        await expect(open_comment(mias, "author-2")).to_be_visible()
        await mias.keyboard.press("j")
        await expect(open_comment(mias, "author-1")).to_be_visible()
        await enter(bens, service, "Ben")
        await expect(bens.get_by_text("Mia is here", exact=True).first).to_be_visible()
        await expect(mias.get_by_text("Ben is here", exact=True).first).to_be_visible()
        await expect(bens.locator("li", has_text="number 1.").get_by_text("Mia is here")).to_be_visible()
        await expect(open_comment(bens, "author-2")).to_be_visible()
        await bens.keyboard.press("a")
        await expect(open_comment(bens, "author-0")).to_be_visible()
        await bens.keyboard.press("k")
        await expect(open_comment(bens, "author-1").get_by_text("Mia is looking at this one too.")).to_be_visible()
        await expect(mias.locator(".list li")).to_have_count(2)


async def test_when_the_stream_is_cut_the_desk_goes_on_by_asking(service: Service, browser: Browser) -> None:
    async with window(browser, service) as page:
        await page.route("**/v1/queue/events", lambda route: route.abort())
        await enter(page, service)
        await expect(page.locator(".there.cut")).to_be_visible()
        await service.submit("You idiot.", author="eve")
        await expect(open_comment(page, "eve")).to_be_visible()


async def test_several_comments_are_selected_counted_rejected_and_taken_back_by_keys(
    either: Service, browser: Browser
) -> None:
    """One of them is decided by somebody else meanwhile: it is passed over."""
    service = either
    comments = await submit_many(service, 4)
    async with window(browser, service) as page:
        await page.route("**/v1/queue/events", lambda route: route.abort())
        await enter(page, service)
        await expect(open_comment(page, "author-3")).to_be_visible()
        await page.keyboard.press("x")
        for _ in range(2):
            await page.keyboard.press("j")
            await page.keyboard.press("x")
        await expect(page.get_by_text("3 selected")).to_be_visible()
        await assert_accessible(page)
        await service.ask("POST", f"/v1/comments/{comments[3]['id']}/decisions", {"decision": "approve"})
        await page.keyboard.press("r")
        await page.keyboard.press("5")
        await expect(page.get_by_role("heading", name="Reject 2 comments?")).to_be_visible()
        await expect(page.get_by_text("1 are passed over")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status").filter(has_text="Rejected 2 comments.")).to_be_visible()
        await expect(page.locator(".list li")).to_have_count(1)
        await page.keyboard.press("u")
        await expect(page.get_by_role("status").filter(has_text="2 are held again")).to_be_visible()
        await expect(page.locator(".list li")).to_have_count(3)
    assert await trail(service, comments[1]) == [
        ("hold", None, None),
        ("reject", "Mia", "spam"),
        ("hold", "Mia", "undo"),
    ]


async def test_everything_that_fits_a_view_is_decided_at_once(service: Service, browser: Browser) -> None:
    await submit_many(service, 3)
    await service.submit("You idiot with the purple hat.", author="eve")
    async with window(browser, service) as page:
        await enter(page, service)
        await page.goto("/desk?text=number")
        await expect(page.locator(".list li")).to_have_count(3)
        await page.keyboard.press("x")
        await page.get_by_role("button", name="All that fit…").click()
        await page.get_by_role("button", name="Approve…").last.click()
        await expect(page.get_by_role("heading", name="Approve 3 comments?")).to_be_visible()
        await page.get_by_role("button", name="Approve", exact=True).last.click()
        await expect(page.get_by_role("status").filter(has_text="Approved 3 comments.")).to_be_visible()
    assert await waiting(service) == 1
