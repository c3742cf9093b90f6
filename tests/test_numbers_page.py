"""The desk's numbers in a real browser: drawn, told in words and tables, for a period that the address keeps."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, expect

from bot.moderator import Role
from bot.verdict import Decision, Evidence, Reason, Verdict
from sentiment.scores import Attribute
from tests.browser import PHONE, assert_accessible, enter, window
from tests.builders import analysis
from tests.running import Service
from tests.stored import decided, stored, verdict


async def fill(service: Service) -> None:
    """Three weeks of comments: most are fine, some insult; two moderators decide on those, and one takes one back."""
    database, now = service.parts.database, datetime.now(UTC)
    for day in range(21):
        at = now - timedelta(days=day)
        for number in range(3 + day % 4):
            await stored(database, f"Fine {day} {number}.", verdict(Decision.APPROVE), scored=analysis(spam=0.1), at=at)
        score = 0.6 + day / 60
        found = Evidence(Reason.DETECTED_INSULT, Decision.HOLD, Attribute.INSULT, score, 0.6)
        judged = Verdict(Decision.HOLD, (found,), score, "test-1", 1)
        held = await stored(database, f"Insult {day}.", judged, scored=analysis(insult=score), at=at)
        if day % 3:
            decision = Decision.REJECT if day % 4 else Decision.APPROVE
            waited = at + timedelta(minutes=day * 7)
            await decided(database, held, decision, moderator="Mia" if day % 2 else "Omar", at=min(waited, now))


async def test_an_admin_reads_the_numbers_of_a_period_and_takes_them_along(
    service: Service, browser: Browser, tmp_path: Path
) -> None:
    await fill(service)
    async with window(browser, service) as page:
        await enter(page, service, role=Role.ADMIN)
        await page.get_by_role("link", name="Numbers").click()
        await expect(page.get_by_text("21 held, 0 rejected")).to_be_visible()
        await expect(page.get_by_role("img", name="What came in")).to_be_visible()
        await expect(page.get_by_role("img", name="Scores for insult: held from 0.6, never rejected.")).to_be_visible()
        load = page.get_by_role("table", name="Load of each moderator")
        await expect(load.get_by_role("rowheader")).to_have_text(["Mia", "Omar"])
        table = page.get_by_role("table", name="What came in")
        await page.locator("summary", has_text="What came in").focus()
        await page.keyboard.press("Enter")
        await expect(table.get_by_role("row")).to_have_count(31)
        await assert_accessible(page)
        async with page.expect_download() as saving:
            await page.get_by_role("button", name="Load of each moderator, as CSV").click()
        download = await saving.value
        await download.save_as(tmp_path / "load.csv")
        with (tmp_path / "load.csv").open(newline="") as written:
            assert [row["moderator"] for row in csv.DictReader(written)] == ["Mia", "Omar"]
        await page.get_by_role("button", name="Last 7 days").click()
        await expect(page.get_by_text("7 held, 0 rejected")).to_be_visible()
        await page.reload()
        await expect(page.get_by_text("7 held, 0 rejected")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_text("21 held, 0 rejected")).to_be_visible()
        await page.get_by_label("From", exact=True).fill("2025-01-01")
        await page.get_by_role("button", name="Show").click()
        await expect(page.get_by_role("status").filter(has_text="at most 366 days")).to_be_visible()


async def test_a_moderator_with_a_phone_sees_their_own_load_only(service: Service, browser: Browser) -> None:
    await fill(service)
    async with window(browser, service, viewport=PHONE, color_scheme="dark") as page:
        await enter(page, service)
        await page.goto("/desk?site=demo&page=numbers")
        await expect(page.get_by_role("heading", name="Your load")).to_be_visible()
        await expect(page.get_by_role("table", name="Load of each moderator")).not_to_contain_text("Omar")
        await assert_accessible(page)
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_before_anything_happened_each_chart_says_what_will_be_there(service: Service, browser: Browser) -> None:
    async with window(browser, service) as page:
        await enter(page, service)
        await page.goto("/desk?site=demo&page=numbers")
        await expect(page.get_by_text("No comment came in on these days.")).to_be_visible()
        await expect(page.get_by_text("The queue is empty.")).to_be_visible()
        await expect(page.get_by_role("img")).to_have_count(0)
        await assert_accessible(page)
