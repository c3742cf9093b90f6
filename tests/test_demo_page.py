"""The pages for people: nothing from elsewhere, nothing inline, and a demo key that stays on this machine."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from bot.store.keys import Scope
from bot.web import pages
from tests.running import Service, serving

FOLDER = files(pages)
PAGES = (
    "/",
    "/reference",
    "/desk",
    "/demo",
    *(address for address in pages._ALWAYS if address.startswith(("/moving", "/connecting"))),
    "/demo/scores",
    "/embedding",
)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley as it starts on a bare machine: with its demo."""
    async with serving(tmp_path) as running:
        yield running


class Tags(HTMLParser):
    """Every element of a page with its attributes, and what stands inside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style"):
            self.inline += data.strip()

    def links(self) -> set[str]:
        """Where the page leads, and what it loads."""
        wanted = [attributes.get(name) for _, attributes in self.found for name in ("href", "src")]
        return {link for link in wanted if link}


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_allows_nothing_but_its_own_files(service: Service, page: str) -> None:
    """A strict policy, and a page that keeps to it: no inline script, style or handler, nothing from elsewhere."""
    answer = await service.ask("GET", page, scope=None)
    policy = dict(rule.strip().split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    tags = Tags(answer.text)
    assert tags.inline == ""
    for _, attributes in tags.found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
    assert all(link.startswith(("/", "#")) for link in tags.links())


@pytest.mark.parametrize("page", PAGES)
async def test_everything_that_a_page_leads_to_is_there(service: Service, page: str) -> None:
    """Links, scripts and the modules that these import."""
    wanted = Tags((await service.ask("GET", page, scope=None)).text).links()
    scripts = [link for link in wanted if link.endswith(".js")]
    for script in scripts:
        text = (await service.ask("GET", script, scope=None)).text
        imported = set(re.findall(r'(?:from|import) "([^"]+)"', text))
        scripts += imported - wanted
        wanted |= imported
    for link in wanted:
        assert (await service.ask("GET", link.partition("#")[0], scope=None)).status == 200, link


def test_scripts_never_read_text_as_html() -> None:
    """Comments are other people's words; they become text nodes and nothing else."""
    # Addresses stand in examples and in the name of SVG only; nothing is fetched from elsewhere.
    elsewhere = r"https?://(?!win|free|www\.w3\.org/2000/svg|example\.)"
    forbidden = re.compile(
        rf"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|{elsewhere}"
    )
    scripts = [*Path(str(FOLDER)).rglob("*.js")]
    assert len(scripts) >= 9
    for script in scripts:
        assert forbidden.search(script.read_text("utf-8")) is None, script.name


async def test_a_page_that_did_not_change_is_not_sent_again(service: Service) -> None:
    """304 for the mark that came with it."""
    first = await service.ask("GET", "/demo", scope=None)
    again = await service.ask("GET", "/demo", scope=None, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")


async def test_the_demo_page_gets_a_key_that_can_do_what_it_shows_and_no_more(service: Service) -> None:
    """Submit, queue, decide; not change the policy."""
    key = (await service.ask("GET", "/demo/key", scope=None)).json["key"]
    with_key = {"Authorization": f"Bearer {key}"}
    asked = {"thread": "t", "author": "ada", "text": "You idiot."}
    comment = await service.ask("POST", "/v1/comments", asked, scope=None, headers=with_key)
    assert comment.status == 201
    assert (await service.ask("GET", "/v1/queue", scope=None, headers=with_key)).json["totals"]["all"] == 1
    decisions = f"/v1/comments/{comment.json['id']}/decisions"
    assert (await service.ask("POST", decisions, {"decision": "approve"}, scope=None, headers=with_key)).status == 201
    assert (await service.ask("PUT", "/v1/policy", {"policy": {}}, scope=None, headers=with_key)).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "parley.example.org"},
        {"Host": "127.0.0.1.example.org"},
        {"Host": "192.0.2.7:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_the_demo_key_is_not_told_to_pages_from_elsewhere(service: Service, headers: dict[str, str]) -> None:
    """Neither under a name that was made to point here, nor to another site's request."""
    answer = await service.ask("GET", "/demo/key", scope=None, headers=headers)
    assert answer.status == 404
    assert "parley_" not in answer.text


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080"])
async def test_the_demo_key_is_told_on_this_machine(service: Service, host: str) -> None:
    """By every name of the machine itself."""
    headers = {"Host": host, "Sec-Fetch-Site": "same-origin"}
    assert (await service.ask("GET", "/demo/key", scope=None, headers=headers)).status == 200


async def test_the_demo_key_is_kept_where_only_its_owner_reads_it_and_stays_the_same(tmp_path: Path) -> None:
    """Mode 0600, and the same key after a restart."""
    async with serving(tmp_path) as service:
        first = service.parts.demo_key
    assert (tmp_path / "demo-key").stat().st_mode & 0o777 == 0o600
    async with serving(tmp_path) as service:
        assert service.parts.demo_key == first
        assert (
            await service.ask("GET", "/v1/queue", scope=None, headers={"Authorization": f"Bearer {first}"})
        ).status == 200


async def test_a_demo_key_that_was_revoked_or_lost_is_made_anew(tmp_path: Path) -> None:
    """A file that holds something else never becomes a key."""
    (tmp_path / "demo-key").write_text("parley_made_up")
    async with serving(tmp_path) as service:
        assert service.parts.demo_key not in (None, "parley_made_up")
        answer = await service.ask("GET", "/v1/queue", scope=None, headers={"Authorization": "Bearer parley_made_up"})
        assert answer.status == 401


async def test_without_the_demo_there_is_no_key_and_nothing_leads_to_it(tmp_path: Path) -> None:
    """On an address that others can reach, or where it was switched off."""
    async with serving(tmp_path, demo=False) as service:
        for address in ("/demo", "/demo/scores", "/demo/key", "/pages/demo.js"):
            assert (await service.ask("GET", address, scope=None)).status == 404
        assert 'data-demo="off"' in (await service.ask("GET", "/", scope=None)).text
        assert not (tmp_path / "demo-key").exists()
        assert (await service.ask("GET", "/v1/queue", scope=Scope.MODERATE)).status == 200
