"""The guides to moving and connecting tell the truth: their examples run, and their lists are those of the code.

`python -m tests.test_moving_pages` writes their tables of figures anew from what the current models were measured at.
"""

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
from sentiment.registry import CARD, Registry
from sentiment.rendering import RENDERED, RENDERING
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


def tables() -> dict[str, dict[str, str]]:
    """The tables of figures of each page, by their ids."""
    registry = Registry.beside()
    folder = registry.folder(registry.current())
    kept = json.loads((folder / RENDERING).read_text("utf-8"))
    levels = [f"{one['perspective']:g}" for one in kept["thresholds"]["toxicity"]]
    agreement = [
        [name.upper(), f"{one['spearman']:.2f}", between(one["interval"]), f"{one['difference']:.2f}"]
        for name, one in ((name, kept["agreement"][name]) for name in RENDERED)
    ]
    translation = [[name.upper(), *map(parleys, kept["thresholds"][name])] for name in RENDERED]
    return {
        "perspective": {
            "agreement": table(["Attribute", "Same order", "95 % interval", "Difference"], agreement),
            "translation": table(["Perspective's threshold", *levels], translation),
        },
        "openai": {"worth": worth(json.loads((folder / CARD).read_text("utf-8"))["figures"]["attributes"])},
    }


def worth(figures: Any) -> str:
    """How good the attributes behind categories are; sets with fewer than ten texts of a kind tell nothing."""
    rows = []
    for category, attributes in CATEGORIES.items():
        if len(attributes) > 1:
            rows.append([category, "not measured", "hardly a text is both", "not measured"])
        elif attributes:
            found = figures[attributes[0].value]
            natural = found["natural"]
            others = sorted(
                one["auc"]
                for name, one in found["by_set"].items()
                if name != "jigsaw_wikipedia" and min(one["positives"], one["rows"] - one["positives"]) >= 10
            )
            positive = f"{natural['positives']} of {natural['rows']:,}"
            elsewhere = (
                f"{others[0]:.2f} to {others[-1]:.2f}, {len(others)} sets"
                if len(others) > 1
                else (f"{others[0]:.2f}, 1 set" if others else "no other set")
            )
            rows.append([category, f"{natural['auc']:.3f} ({between(natural['auc_interval'])})", positive, elsewhere])
    return table(["Category", "AUC at the natural rate", "with the label", "AUC elsewhere"], rows)


def between(interval: Any) -> str:
    return f"{interval[0]:.2f} to {interval[1]:.2f}"


def parleys(threshold: Any) -> str:
    return "-" if threshold["parley"] is None else f"{threshold['parley']:.3f}"


def table(headings: list[str], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(
        f'        <tr><th scope="row"><code>{name}</code></th>{"".join(f"<td>{one}</td>" for one in rest)}</tr>\n'
        for name, *rest in rows
    )
    return f"\n      <thead><tr>{head}</tr></thead>\n      <tbody>\n{body}      </tbody>\n    "


@pytest.mark.parametrize("name", ["perspective", "openai"])
def test_figures_are_those_that_the_models_were_measured_at(name: str) -> None:
    found = dict(re.findall(r'<table id="(\w+)">(.*?)</table>', written(f"moving-{name}"), re.DOTALL))
    assert found == tables()[name]


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


if __name__ == "__main__":
    for name, bodies in tables().items():
        place = ROOT / f"bot/web/pages/moving-{name}.html"
        page = place.read_text("utf-8")
        for identity, body in bodies.items():
            page = re.sub(rf'(<table id="{identity}">).*?(</table>)', rf"\g<1>{body}\g<2>", page, flags=re.DOTALL)
        place.write_text(page, "utf-8")
