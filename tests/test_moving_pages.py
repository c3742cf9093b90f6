"""The guides to moving and connecting tell the truth: their examples run, and their lists are those of the code."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bot.arrival import System
from bot.web import pages
from bot.web.compat.openai import CATEGORIES
from bot.web.compat.perspective.attributes import MODELS
from tests import running
from tests.browser import PHONE, assert_accessible, chromium, window
from tests.parley import Parley, serving

ROOT = Path(__file__).parent.parent
NAMES = ("perspective", "akismet", "openai", "coral")
GUIDES = (*(f"moving-{name}" for name in NAMES), *(f"connecting-{system}" for system in System))


def written(name: str) -> str:
    return files(pages).joinpath(f"{name}.html").read_text("utf-8")


def block(page: str, name: str) -> str:
    """What stands in the block of that id."""
    (found,) = re.findall(rf'<pre id="{name}" tabindex="0"><code>(.*?)</code></pre>', page, re.DOTALL)
    return unescape(found)


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parley]:
    with serving(tmp_path_factory.mktemp("parley") / "parley") as running:
        yield running


def without_numbers(answer: Any) -> Any:
    """The shape of an answer, with every word in it that does not change with the models."""
    if isinstance(answer, dict):
        return {name: None if name in ("id", "model") else without_numbers(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [without_numbers(one) for one in answer]
    return 0.0 if isinstance(answer, float) else answer


@pytest.mark.parametrize("name", GUIDES)
def test_an_example_runs_and_answers_as_its_page_says(parley: Parley, name: str) -> None:
    page = written(name)
    script = (
        block(page, "example").replace("./parley ", "parley ").replace("127.0.0.1:8080", f"127.0.0.1:{parley.port}")
    )
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "PARLEY_DATA": str(parley.folder / "data"),
    }
    shell = f"set -e\nparley() {{ '{sys.executable}' -m bot \"$@\"; }}\n"
    ran = subprocess.run(
        ["bash", "-c", shell + script], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    promised = block(page, "answer")
    assert without_numbers(json.loads(ran.stdout)) == without_numbers(json.loads(promised))


@pytest.mark.parametrize("name", NAMES)
def test_each_page_says_what_whoever_moves_asks(name: str) -> None:
    headings = re.findall(r"<h2>(.*?)</h2>", written(f"moving-{name}"))
    assert {"One example", "What is the same", "What differs", "Thresholds"} <= set(headings)


@pytest.mark.parametrize("system", System)
def test_each_page_says_what_whoever_connects_asks(system: System) -> None:
    page = written(f"connecting-{system}")
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    assert headings == ["What to enter where", "One example", "What becomes of it", "Good to know"]
    assert f"./parley sources add my-site {system}" in page


def test_every_attribute_and_category_has_its_line() -> None:
    attributes = {name for name in MODELS if not name.endswith("_EXPERIMENTAL")}
    assert [name for name in attributes if f"<code>{name}</code>" not in written("moving-perspective")] == []
    differs = written("moving-openai").partition("<h2>What differs</h2>")[2]
    mapped = [name for name, attributes in CATEGORIES.items() if attributes]
    assert [name for name in mapped if f"<td><code>{name}</code></td>" not in differs] == []


async def test_guides_are_for_everybody_on_a_phone_too(tmp_path: Path) -> None:
    """Nothing is wider than the screen, and what scrolls can be reached with keys."""
    async with (
        running.serving(tmp_path) as service,
        chromium() as browser,
        window(browser, service, viewport=PHONE) as page,
    ):
        for address in (address for address in pages._ALWAYS if address.startswith(("/moving", "/connecting"))):
            await page.goto(address)
            await assert_accessible(page)
            wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, address
            heading = await page.locator("h1").inner_text()
            assert await page.title() == f"Parley: {heading}"
