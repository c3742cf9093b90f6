"""The widget as readers meet it, in a real browser: on the demo's article, and on a strict page of another origin."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from bot.identity import Algorithm, SiteKey
from bot.moderator import Role
from bot.store import sealing
from bot.web import pages
from tests.browser import PHONE, assert_accessible, chromium, enter, window
from tests.readers import SECRET, guest, jwt
from tests.running import Service, serving

THREAD = "the-night-bus-is-back"
LONG = timedelta(hours=1)
CSP = re.compile(r'<code id="csp">(.*?)</code>')


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    """Parley on an empty SQLite file, where nobody need wait two seconds before they write."""
    monkeypatch.setattr("bot.proof.SOONEST", -LONG)
    async with serving(tmp_path) as running:
        yield running


@asynccontextmanager
async def gazette(service: Service, body: str, *, html: str = 'lang="en"', script: str = "") -> AsyncIterator[str]:
    """A page of a site on another origin, as strict as `/embedding` says that it may be; its address."""
    parley = service.url("")
    said = CSP.search((Path(pages.__file__).parent / "embedding.html").read_text("utf-8"))
    assert said is not None
    allowed = said[1].replace("https://comments.example.org", parley)
    page = (
        f"<!doctype html><html {html}><head><title>Gazette</title>"
        f'<script async src="{parley}/embed.js" data-site="demo" {script}></script></head>'
        f"<body><main><h1>Gazette</h1>{body}</main></body></html>"
    )

    async def show(_: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": f"default-src 'none'; {allowed}"}
        return web.Response(text=page, content_type="text/html", headers=headers)

    app = web.Application()
    app.router.add_get("/", show)
    app.router.add_get("/favicon.ico", show)
    async with TestServer(app) as server:
        origin = str(server.make_url("/")).rstrip("/")
        policy = {"widget": {"origins": [origin]}}
        assert (await service.ask("PUT", "/v1/policy", {"policy": policy})).status in (200, 201)
        yield f"{origin}/"


async def write(page: Page, text: str, name: str | None = None) -> None:
    if name is not None:
        await page.get_by_label("Your name").fill(name)
    await page.get_by_label("Write a comment").fill(text)
    await page.get_by_role("button", name="Post", exact=True).click()


async def test_a_reader_thinks_again_is_held_and_approved_while_everybody_watches(
    service: Service, browser: Browser
) -> None:
    """Post, nudge, edit, post anyway, reload; a moderator approves, and a second reader sees it come without a jump."""
    await service.submit("The first one here.", author="Mo", thread=THREAD)
    async with window(browser, service) as ada, window(browser, service, viewport=PHONE) as ben:
        await ben.goto("/demo")
        await expect(ben.get_by_role("heading", name="1 comment")).to_be_visible()
        await ada.goto("/demo")
        await assert_accessible(ada)
        await write(ada, "👋 You idiot, it is late.", "Ada")
        nudge = ada.get_by_role("group", name="Would you say it like this?")
        await expect(nudge.locator("mark")).to_have_text("idiot")
        await assert_accessible(ada)
        await nudge.get_by_role("button", name="Change it").click()
        await expect(ada.get_by_label("Write a comment")).to_be_focused()
        await write(ada, "👋 You are *late*.")
        mine = ada.get_by_role("article").filter(has_text="You are late.")
        await expect(mine.locator("em")).to_have_text("late")
        await ben.get_by_role("button", name="1 new comment").click()
        await expect(ben.get_by_role("article").filter(has_text="You are late.")).to_be_focused()

        await write(ada, "Still an idiot.")
        await ada.get_by_role("button", name="Post anyway").click()
        held = ada.get_by_role("article").filter(has_text="Still an idiot.")
        await expect(held).to_contain_text("Waiting for a moderator. Only you see it.")
        await expect(held).to_contain_text("It may hurt or attack somebody.")
        await ada.reload()
        await expect(held).to_contain_text("Waiting for a moderator")
        await expect(ada.get_by_text("You write as Ada.")).to_be_visible()
        await assert_accessible(ada)
        await expect(ben.get_by_text("Still an idiot.")).to_have_count(0)

        async with window(browser, service) as mia:
            await enter(mia, service)
            await mia.locator(".open", has_text="Still an idiot").click()
            await mia.get_by_role("button", name="Approve").first.click()
            await expect(held).not_to_contain_text("Waiting")
            await expect(held.get_by_role("button", name="Delete")).to_be_visible()
            await ben.get_by_role("button", name="1 new comment").click()
            await expect(ben.get_by_role("article").filter(has_text="Still an idiot.")).to_be_visible()
        await assert_accessible(ben)
    (day,) = (await service.ask("GET", "/v1/nudges")).json["items"]
    assert (day["shown"], day["edited"], day["anyway"]) == (2, 1, 1)


async def test_what_readers_do_with_comments(service: Service, browser: Browser) -> None:
    """Reply, vote, report, mute; edit and delete one's own; come by a link."""
    first = await service.submit("The first one here.", author="Mo", thread=THREAD)
    await service.submit("Somebody rude.", author="Rex", thread=THREAD)
    async with window(browser, service) as ada:
        await ada.goto("/demo")
        mo = ada.get_by_role("article").filter(has_text="The first one here.")
        await mo.get_by_role("button", name="0 votes").press("Enter")
        await expect(mo.get_by_role("button", name="1 vote")).to_have_attribute("aria-pressed", "true")
        await mo.get_by_role("button", name="Report").click()
        await ada.get_by_label("What is wrong with it?").select_option("Off topic")
        await ada.get_by_role("button", name="Report").last.click()
        await expect(mo).to_contain_text("A moderator will look at it.")
        rex = ada.get_by_role("article").filter(has_text="Somebody rude.")
        await rex.get_by_role("button", name="Mute").click()
        await expect(ada.get_by_text("You muted Rex.")).to_be_visible()
        await expect(ada.get_by_text("Somebody rude.")).to_have_count(0)

        await mo.get_by_role("button", name="Reply").click()
        await ada.get_by_label("Reply to Mo").fill("A reply.")
        await ada.locator("li").filter(has=mo).get_by_label("Your name").fill("Ada")
        await ada.locator("li").filter(has=mo).get_by_role("button", name="Post", exact=True).click()
        reply = ada.get_by_role("article").filter(has_text="A reply.")
        await expect(reply).to_be_focused()
        await reply.get_by_role("button", name="Edit").click()
        await ada.get_by_role("textbox", name="Edit").fill("A better reply.")
        await ada.get_by_role("button", name="Save").click()
        better = ada.get_by_role("article").filter(has_text="A better reply.")
        await expect(better).to_contain_text("edited")
        await expect(better.locator("time")).to_have_attribute("title", re.compile(r"\d{4}"))

        await better.get_by_role("button", name="Delete").click()
        await ada.get_by_role("button", name="Delete").last.click()
        await expect(better).to_have_count(0)

        await ada.goto("about:blank")
        await ada.goto(f"/demo#comment-{first['id']}")
        await expect(mo).to_be_focused()
        await expect(ada.get_by_role("button", name="Show the whole thread")).to_be_visible()
    reports = (await service.ask("GET", f"/v1/comments/{first['id']}/reports")).json["items"]
    assert [report["reason"] for report in reports] == ["off_topic"]


async def test_a_rejected_author_reads_why_and_asks_again(service: Service, browser: Browser) -> None:
    """The moderator's own words, and the page as it was after a reload."""
    async with window(browser, service) as ada:
        await ada.goto("/demo")
        await write(ada, "You idiot, appealed.", "Ada")
        await ada.get_by_role("button", name="Post anyway").click()
        held = ada.get_by_role("article").filter(has_text="You idiot, appealed.")
        await expect(held).to_contain_text("Waiting for a moderator")
        (waiting,) = (await service.ask("GET", "/v1/queue?text=appealed")).json["items"]
        asked = {"decision": "reject", "message": "Please stay polite."}
        await service.ask("POST", f"/v1/comments/{waiting['id']}/decisions", asked)
        await ada.reload()
        await expect(held).to_contain_text("Please stay polite.")
        await expect(held).to_contain_text("ask a moderator to look again until")
        await held.get_by_role("button", name="Ask to look again").click()
        await ada.get_by_label("Why should it be published?").fill("It was a joke.")
        await ada.get_by_role("button", name="Send").click()
        await expect(held).to_contain_text("You asked a moderator to look again.")


async def test_what_is_written_without_a_net_is_kept_and_sent_later(service: Service, browser: Browser) -> None:
    """Across a reload as well; and what is half written stays."""
    async with window(browser, service) as ada:
        await ada.goto("/demo")
        await expect(ada.get_by_role("heading", name="Comments")).to_be_visible()
        await ada.get_by_label("Your name").fill("Ada")
        await ada.get_by_label("Write a comment").fill("Half a th")
        await ada.reload()
        await expect(ada.get_by_label("Write a comment")).to_have_value("Half a th")
        await write(ada, "Before the tunnel.", "Ada")
        await expect(ada.get_by_role("article").filter(has_text="Before the tunnel.")).to_be_visible()
        await ada.context.set_offline(True)
        await write(ada, "A whole thought.")
        await expect(ada.get_by_text("You are offline.")).to_be_visible()
        await ada.context.set_offline(False)
        await expect(ada.get_by_role("article").filter(has_text="A whole thought.")).to_be_visible()
        await expect(ada.get_by_label("Write a comment")).to_have_value("")
    shown = (await service.ask("GET", f"/v1/threads/{THREAD}/comments")).json["items"]
    assert sorted(one["text"] for one in shown) == ["A whole thought.", "Before the tunnel."]


async def test_who_writes_quickly_proves_that_they_are_no_robot(
    service: Service, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser does the work by itself."""
    monkeypatch.setattr("bot.proof.SOONEST", LONG)
    monkeypatch.setattr("bot.proof.BITS", 6)
    async with window(browser, service) as ada:
        await ada.goto("/demo")
        await write(ada, "Quick!", "Ada")
        await expect(ada.get_by_role("article").filter(has_text="Quick!")).to_be_visible()


async def test_a_strict_page_of_another_origin_shows_it_to_its_own_users(service: Service, browser: Browser) -> None:
    """With the CSP that `/embedding` names: any violation would stand in the console. SSO, then a guest in German."""
    key = SiteKey(Algorithm.HS256, SECRET)
    await service.parts.database.write(sealing.add_key, "demo", key, datetime.now(UTC))
    signed = f'data-sso="{jwt("u-17", "Ada Lovelace", role="Editor")}"'
    body = '<parley-comments thread="t"></parley-comments>'
    async with gazette(service, body, script=signed) as address, window(browser, service) as page:
        await page.goto(address)
        await expect(page.get_by_text("You write as Ada Lovelace.")).to_be_visible()
        await write(page, "From my own site.")
        mine = page.get_by_role("article").filter(has_text="From my own site.")
        await expect(mine).to_contain_text("Editor")
        await assert_accessible(page)
        assert await page.context.cookies() == []
    (kept,) = (await service.ask("GET", "/v1/threads/t/comments")).json["items"]
    assert (kept["author"]["id"], kept["permalink"]) == ("u-17", address)
    async with gazette(service, body, html='lang="de"') as address, window(browser, service) as page:
        await page.goto(address)
        await expect(page.get_by_role("heading", name="1 Kommentar")).to_be_visible()
        await page.get_by_label("Ihr Name").fill("Eva")
        await page.get_by_label("Kommentar schreiben").fill("Schön hier.")
        await page.get_by_role("button", name="Veröffentlichen").click()
        await expect(page.get_by_role("article").filter(has_text="Sie schreiben")).to_have_count(0)
        await expect(page.get_by_role("article").filter(has_text="Schön hier.")).to_be_visible()
        await assert_accessible(page)


async def test_where_a_pass_has_ended_the_reader_goes_on(
    service: Service, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A guest begins anew under the same name; the site's page is asked to sign its user in again."""
    monkeypatch.setattr("bot.authorship.SEAL_FRESHNESS", 0.0)
    database = service.parts.database
    await database.write(sealing.add_key, "demo", SiteKey(Algorithm.HS256, SECRET), datetime.now(UTC))
    async with window(browser, service) as page:
        await page.goto("/demo")
        await write(page, "As a guest.", "Ada")
        await expect(page.get_by_text("You write as Ada.")).to_be_visible()
        await database.write(sealing.change_seal, "demo", "ab" * 32, datetime.now(UTC))
        await write(page, "As another guest.")
        await expect(page.get_by_role("article").filter(has_text="As another guest.")).to_be_visible()

        enter_again = "jwt => addEventListener('parley-sign-in', e => e.detail.until(parley.signIn(jwt)))"
        await page.evaluate(enter_again, jwt("u-17", "Ada Lovelace"))
        await page.evaluate("jwt => parley.signIn(jwt)", jwt("u-17", "Ada Lovelace"))
        await expect(page.get_by_text("You write as Ada Lovelace.")).to_be_visible()
        await database.write(sealing.change_seal, "demo", "cd" * 32, datetime.now(UTC))
        await write(page, "As a user.")
        await expect(page.get_by_role("article").filter(has_text="As a user.")).to_be_visible()
        await page.evaluate("parley.signOut()")
        await expect(page.get_by_label("Your name")).to_be_visible()
    shown = (await service.ask("GET", f"/v1/threads/{THREAD}/comments")).json["items"]
    assert [one["author"]["name"] for one in shown] == ["Ada", "Ada", "Ada Lovelace"]


async def test_it_reads_from_right_to_left_where_the_page_does_and_prints_without_buttons(
    service: Service, browser: Browser
) -> None:
    """In the evening, on a phone; a comment in another direction keeps its own."""
    await service.submit("שלום לכולם, זה מצוין.", author="נועה", thread="t")
    held = await service.ask("GET", "/v1/queue")
    for one in held.json["items"]:
        await service.ask("POST", f"/v1/comments/{one['id']}/decisions", {"decision": "approve"})
    body = '<parley-comments thread="t" language="fr"></parley-comments>'
    async with (
        gazette(service, body, html='lang="he" dir="rtl"') as address,
        window(browser, service, viewport=PHONE, color_scheme="dark") as page,
    ):
        await page.goto(address)
        article = page.get_by_role("article")
        await expect(article).to_be_visible()
        await expect(article.locator("time")).to_have_text("maintenant")
        await assert_accessible(page)
        # What French ends with stays at its end, and what the page is in is where its texts begin.
        heading = page.get_by_role("heading", name="1 commentaire")
        assert await heading.evaluate("(made) => getComputedStyle(made).unicodeBidi") == "plaintext"
        label = page.get_by_text("Écrire un commentaire")
        assert await label.evaluate("(made) => getComputedStyle(made).textAlign") == "right"
        # The page says nothing of the dark: so it stays light, and so does what stands on it.
        colour = "(made) => getComputedStyle(made.getRootNode().host).backgroundColor"
        assert await heading.evaluate(colour) == "rgb(255, 255, 255)"
        face, whole = await article.locator(".face").bounding_box(), await article.bounding_box()
        assert face is not None
        assert whole is not None
        assert face["x"] > whole["x"] + whole["width"] / 2
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await page.emulate_media(media="print")
        await expect(page.get_by_role("button", name="Publier")).to_be_hidden()
        await expect(article).to_be_visible()


async def test_a_page_shows_nothing_until_an_admin_names_its_origin_at_the_desk(
    service: Service, browser: Browser
) -> None:
    await service.submit("For whom?", thread="t")
    body = '<parley-comments thread="t"></parley-comments>'
    async with gazette(service, body) as address, window(browser, service) as desk:
        await service.ask("PUT", "/v1/policy", {"policy": {}})
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(address)
        await expect(page.get_by_text("The comments cannot be shown at the moment.")).to_be_visible()
        await enter(desk, service, role=Role.ADMIN)
        await desk.get_by_role("link", name="Policy").click()
        origins = desk.get_by_label("Origins of the pages that may show them")
        await origins.fill("gazette.example.org")
        await origins.blur()
        await expect(desk.get_by_role("button", name="Switch it on")).to_be_disabled()
        await origins.fill(address.rstrip("/"))
        await origins.blur()
        await desk.get_by_label("Readers may vote").uncheck()
        await desk.get_by_role("button", name="Switch it on").click()
        await expect(desk.get_by_text("is in force.").first).to_be_visible()
        await assert_accessible(desk)
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_role("article").filter(has_text="For whom?")).to_be_visible()
        await expect(page.get_by_role("button", name="votes")).to_have_count(0)
        await context.close()
    widget = (await service.ask("GET", "/v1/policy")).json["policy"]["widget"]
    assert (widget["origins"], widget["votes"], widget["nudge"]) == ([address.rstrip("/")], False, True)


async def test_without_scripts_the_page_leads_to_the_comments(service: Service, browser: Browser) -> None:
    await (await guest(service, "Ada")).post("In plain words.", thread=THREAD)
    async with window(browser, service, java_script_enabled=False) as page:
        await page.goto("/demo")
        await page.get_by_role("link", name="Read the comments").click()
        await expect(page.get_by_text("In plain words.")).to_be_visible()
