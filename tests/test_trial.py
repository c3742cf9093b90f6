"""A policy is tried on stored comments before it is switched on; its versions stay, and any of them comes back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.moderator import Role
from bot.policy import Policy
from bot.store import comments
from bot.store.database import Database
from bot.trial import MOST_SHOWN, compare
from bot.verdict import Decision, Reason
from tests.browser import PHONE, assert_accessible, chromium, enter, window
from tests.builders import active
from tests.running import Service, serving
from tests.stored import stored


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url) as running:
        yield running


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


async def test_a_trial_counts_what_would_change_and_lists_it(service: Service) -> None:
    for text in ("You idiot.", "A walrus.", "A fair point.", "Walrus again."):
        await service.submit(text, author=text)
    policy = {"words": {"suspect": ["walrus"]}, "attributes": {"insult": None}}
    trial = (await service.ask("POST", "/v1/policy/try", {"policy": policy})).json
    assert (trial["judged"], trial["changed"]) == (4, 3)
    assert trial["now"] == {"approve": 3, "hold": 1, "reject": 0}
    assert trial["then"] == {"approve": 2, "hold": 2, "reject": 0}
    newest, _, oldest = trial["differences"]
    assert (newest["comment"]["text"], newest["now"], newest["then"]) == ("Walrus again.", "approve", "hold")
    assert (oldest["now_reasons"], oldest["then_reasons"]) == (["detected_insult"], [])
    assert (await service.ask("GET", "/v1/queue")).json["totals"]["all"] == 1


async def test_a_trial_looks_at_the_newest_comments_and_no_more_than_asked(service: Service) -> None:
    for n in range(5):
        await service.submit(f"Number {n}.", author=f"author-{n}")
    asked = {"policy": {"words": {"banned": ["number"]}}, "last": 3}
    trial = (await service.ask("POST", "/v1/policy/try", asked)).json
    assert trial["then"]["reject"] == 3
    assert [one["comment"]["text"] for one in trial["differences"]] == ["Number 4.", "Number 3.", "Number 2."]


async def test_all_differences_are_counted_and_a_hundred_shown(database: Database) -> None:
    for n in range(3):
        await stored(database, f"Walrus {n}")
    found = await database.read(comments.newest, "demo", None, 10)
    many = found * MOST_SHOWN
    then = active(Policy.model_validate({"words": {"suspect": ["walrus"]}}))
    whole = compare(many, active(), then) + compare(many, active(), then)
    assert (whole.judged, whole.changed, len(whole.differences)) == (600, 600, MOST_SHOWN)
    assert whole.then == {Decision.HOLD: 600}
    assert whole.differences[0].then.reasons == (Reason.DETECTED_SUSPECT_WORD,)


async def test_versions_are_listed_and_read(service: Service) -> None:
    await service.ask("PUT", "/v1/policy", {"policy": {"links": 9}, "note": "More links."})
    items = (await service.ask("GET", "/v1/policy/versions")).json["items"]
    assert items[0]["note"] == "More links."
    version = (await service.ask("GET", f"/v1/policy/versions/{items[0]['version']}")).json
    assert version["policy"]["links"] == 9
    assert (await service.ask("GET", "/v1/policy/versions/99")).status == 404
    assert (await service.ask("GET", f"/v1/policy/versions/{items[0]['version']}", site="other")).status == 404


async def test_an_admin_edits_tries_switches_on_and_goes_back(embedded: Service, browser: Browser) -> None:
    await embedded.submit("A walrus.", author="eve")
    async with window(browser, embedded) as page:
        await enter(page, embedded, role=Role.ADMIN)
        await page.get_by_role("link", name="Policy").click()
        await page.get_by_label("Held with one of these").fill("walrus")
        await page.get_by_label("Held with one of these").blur()
        await expect(page.get_by_text('words.suspect: [] → ["walrus"]')).to_be_visible()
        await page.get_by_label("Try it on a sentence").fill("My walrus")
        await expect(page.get_by_text("hold: suspect word")).to_be_visible()
        await page.get_by_role("button", name="Try it on the last").click()
        await expect(page.get_by_text("held 1 (+1)")).to_be_visible()
        await expect(page.get_by_text("approve → hold")).to_be_visible()
        await page.get_by_label("Why, for whoever").fill("No walruses.")
        await page.get_by_role("button", name="Switch it on").click()
        await expect(page.get_by_text("Version 2 is in force.").first).to_be_visible()
        await page.get_by_role("button", name="Take version 1").click()
        await expect(page.get_by_text('words.suspect: ["walrus"] → []')).to_be_visible()
        await page.get_by_role("button", name="Switch it on").click()
        await expect(page.get_by_text("Version 3 is in force.").first).to_be_visible()
    assert (await embedded.ask("GET", "/v1/policy")).json["policy"]["words"]["suspect"] == []


async def test_what_is_wrong_is_said_while_it_is_typed(embedded: Service, browser: Browser) -> None:
    """In the form and in the text; what is wrong cannot be switched on."""
    async with window(browser, embedded) as page:
        await enter(page, embedded, role=Role.ADMIN)
        await page.get_by_role("link", name="Policy").click()
        await page.get_by_label("insult: reject from").fill("0.1")
        await page.get_by_label("insult: reject from").blur()
        await expect(page.get_by_text("must not be below hold")).to_be_visible()
        await expect(page.get_by_role("button", name="Switch it on")).to_be_disabled()
        await page.get_by_text("As text", exact=True).click()
        await page.get_by_label("The whole policy").fill('{"links": ')
        await expect(page.get_by_text("The text is no JSON yet")).to_be_visible()
        await page.get_by_label("The whole policy").fill('{"links": 5}')
        await expect(page.get_by_role("button", name="Switch it on")).to_be_enabled()
        await expect(page.get_by_label("Hold from so many links")).to_have_value("5")


async def test_a_moderator_reads_the_policy_and_cannot_change_it(embedded: Service, browser: Browser) -> None:
    async with window(browser, embedded) as page:
        await enter(page, embedded)
        await page.get_by_role("link", name="Policy").click()
        await expect(page.get_by_text("Only an admin may change it.")).to_be_visible()
        await expect(page.get_by_role("button", name="Switch it on")).to_be_disabled()
        await expect(page.get_by_label("Hold from so many links")).to_be_disabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_policy_is_there_for_everybody(embedded: Service, browser: Browser, scheme: str) -> None:
    for viewport in (None, PHONE):
        options = {"color_scheme": scheme} | ({"viewport": viewport} if viewport else {})
        async with window(browser, embedded, **options) as page:
            await enter(page, embedded, role=Role.ADMIN)
            await page.get_by_role("link", name="Policy").click()
            await page.get_by_text("As text", exact=True).click()
            await expect(page.get_by_role("heading", name="Versions")).to_be_visible()
            await assert_accessible(page)
