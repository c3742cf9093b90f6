"""The pages on moving here tell the truth: their examples run, and their lists are those of the code.

`python -m tests.test_moving_pages` writes the tables on Perspective anew from what the current models were measured at.
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

from bot.web import pages
from bot.web.compat.openai import CATEGORIES
from bot.web.compat.perspective.attributes import MODELS
from sentiment.registry import Registry
from sentiment.rendering import RENDERING
from tests.parley import Parley, serving

ROOT = Path(__file__).parent.parent
NAMES = ("perspective", "akismet", "openai", "coral")


def written(name: str) -> str:
    return files(pages).joinpath(f"moving-{name}.html").read_text("utf-8")


def block(page: str, name: str) -> str:
    """What stands in the block of that id."""
    (found,) = re.findall(rf'<pre id="{name}"><code>(.*?)</code></pre>', page, re.DOTALL)
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


@pytest.mark.parametrize("name", NAMES)
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
    headings = re.findall(r"<h2>(.*?)</h2>", written(name))
    assert {"One example", "What is the same", "What differs", "Thresholds"} <= set(headings)


def tables() -> dict[str, str]:
    """The tables that say how the current models stand to Perspective, by their ids."""
    registry = Registry.beside()
    kept = json.loads((registry.folder(registry.current()) / RENDERING).read_text("utf-8"))
    levels = [f"{one['perspective']:g}" for one in kept["thresholds"]["toxicity"]]
    return {
        "agreement": table(
            ["Attribute", "Same order", "95 % interval", "Difference"],
            [
                [
                    name.upper(),
                    f"{one['spearman']:.2f}",
                    "{:.2f} to {:.2f}".format(*one["interval"]),
                    f"{one['difference']:.2f}",
                ]
                for name, one in kept["agreement"].items()
            ],
        ),
        "translation": table(
            ["Perspective's threshold", *levels],
            [[name.upper(), *map(parleys, some)] for name, some in kept["thresholds"].items()],
        ),
    }


def parleys(threshold: Any) -> str:
    return "-" if threshold["parley"] is None else f"{threshold['parley']:.3f}"


def table(headings: list[str], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(
        f'        <tr><th scope="row"><code>{name}</code></th>{"".join(f"<td>{one}</td>" for one in rest)}</tr>\n'
        for name, *rest in rows
    )
    return f"\n      <thead><tr>{head}</tr></thead>\n      <tbody>\n{body}      </tbody>\n    "


def test_how_near_parley_comes_to_perspective_is_what_was_measured() -> None:
    page = written("perspective")
    found = dict(re.findall(r'<table id="(\w+)">(.*?)</table>', page, re.DOTALL))
    assert found == tables()


def test_every_attribute_and_category_has_its_line() -> None:
    attributes = {name for name in MODELS if not name.endswith("_EXPERIMENTAL")}
    assert [name for name in attributes if f"<code>{name}</code>" not in written("perspective")] == []
    differs = written("openai").partition("<h2>What differs</h2>")[2]
    mapped = [name for name, attributes in CATEGORIES.items() if attributes]
    assert [name for name in mapped if f"<td><code>{name}</code></td>" not in differs] == []


if __name__ == "__main__":
    place = ROOT / "bot/web/pages/moving-perspective.html"
    page = place.read_text("utf-8")
    for name, body in tables().items():
        page = re.sub(rf'(<table id="{name}">).*?(</table>)', rf"\g<1>{body}\g<2>", page, flags=re.DOTALL)
    place.write_text(page, "utf-8")
