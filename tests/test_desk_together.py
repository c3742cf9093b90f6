"""The desk with several moderators, and with several comments at once."""

import asyncio

from playwright.async_api import Browser, Route, expect

from tests.browser import assert_accessible, enter, window
from tests.desk import open_comment, status_of, submit_many, trail, waiting
from tests.running import Service
from tests.waiting import eventually


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


async def test_what_others_do_to_the_open_comment_is_shown(service: Service, browser: Browser) -> None:
    """Also where it waits again by the time that the desk looks, rejected and appealed in between."""
    (comment,) = await submit_many(service, 1)
    appealed = asyncio.Event()

    async def once_appealed(route: Route) -> None:
        await appealed.wait()
        await route.continue_()

    async with window(browser, service) as page:
        await enter(page, service)
        shown = open_comment(page, "author-0")
        await expect(shown.get_by_text("The rules: hold")).to_be_visible()
        await page.route("**/v1/queue?*", once_appealed)
        asked = {"decision": "reject", "reason": "offensive"}
        await service.ask("POST", f"/v1/comments/{comment['id']}/decisions", asked)
        note = {"author": "author-0", "note": "I meant the horse."}
        assert (await service.ask("POST", f"/v1/comments/{comment['id']}/appeals", note)).status == 201
        appealed.set()
        await expect(shown.get_by_text("a admin: reject (offensive)")).to_be_visible()
        await expect(shown.get_by_text("I meant the horse.")).to_be_visible()
        await expect(shown.get_by_text("policy_appealed")).to_be_visible()
        await expect(page.locator(".list").get_by_text("appealed")).to_be_visible()
        await expect(page.locator(".list [aria-current=true]")).to_have_count(1)


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
