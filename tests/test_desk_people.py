"""The desk where it meets authors and readers: sanctions, messages, reports, appeals."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import Browser, expect

from tests.browser import enter, window
from tests.desk import open_comment, status_of, submit_many, waiting
from tests.running import Service
from tests.waiting import eventually


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
        await expect(shown.get_by_text("3 readers, held from 3 in all")).to_be_visible()
        await expect(shown.get_by_text("Seen 2 times.")).to_be_visible()
        await expect(page.get_by_role("button", name="spam 1")).to_be_visible()


async def test_readers_hold_a_comment_and_put_it_before_others(either: Service, browser: Browser) -> None:
    """Each reader makes it more urgent; enough of them bring it into the queue while a moderator looks on."""
    service = either
    await service.submit("You idiot.", author="ada")
    comment = await service.submit("A fair point.", author="eve")
    assert comment["status"] == "approved"
    async with window(browser, service) as page:
        await enter(page, service)
        await expect(page.locator(".list li")).to_have_count(1)
        for n in range(3):
            asked = {"reporter": f"reader-{n}", "reason": "illegal"}
            await service.ask("POST", f"/v1/comments/{comment['id']}/reports", asked)
        await expect(page.locator(".list li")).to_have_count(2)
        await expect(page.locator(".list li").first).to_contain_text("A fair point.")


async def test_an_appeal_at_the_desk_is_decided_by_somebody_else(either: Service, browser: Browser) -> None:
    service = either
    comment = await service.submit("You idiot.", author="ada")
    async with window(browser, service) as mias, window(browser, service) as bens:
        await enter(mias, service)
        await expect(open_comment(mias, "ada")).to_be_visible()
        await mias.keyboard.press("r")
        await mias.keyboard.press("1")
        await eventually(lambda: status_of(service, comment), "rejected")
        await service.ask("POST", f"/v1/comments/{comment['id']}/appeals", {"author": "ada", "note": "I meant me."})
        await enter(bens, service, "Ben")
        await expect(open_comment(mias, "ada").get_by_text("I meant me.")).to_be_visible()
        await mias.keyboard.press("a")
        await expect(mias.get_by_role("status").filter(has_text="somebody else decides")).to_be_visible()
        await expect(open_comment(bens, "ada").get_by_text("I meant me.")).to_be_visible()
        await bens.keyboard.press("a")
        await eventually(lambda: status_of(service, comment), "approved")
