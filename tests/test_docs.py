"""The documents say what is: their commands run, their picture is drawn from the table, their lists are complete.

`python -m tests.test_docs` writes the generated parts anew: the status diagram and the answers in the README.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bot
from bot.command import COMMANDS, OF_THE_SCRIPT
from bot.comment import TRANSITIONS
from bot.settings import Settings
from bot.verdict import Reason
from tests.parley import Parley, serving

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
EXAMPLE = re.compile(
    r"<!-- example: begin -->\n```sh\n(.*?)```\n(?:\n```json\n(.*?)```\n)?<!-- example: end -->", re.DOTALL
)
DIAGRAM = re.compile(r"(?<=<!-- status diagram: begin -->\n).*?(?=<!-- status diagram: end -->)", re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Parley]:
    with serving(tmp_path / "parley") as running:
        yield running


def diagram() -> str:
    """The status table as a picture."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {status}" for status in TRANSITIONS if status.value != "withdrawn"]
    lines += [f"    {before} --> {after}: {act}" for before, row in TRANSITIONS.items() for act, after in row.items()]
    return "\n".join([*lines, "```"]) + "\n"


def run_examples(service: Parley, text: str) -> list[tuple[str, str]]:
    """Each example's promised answer and the one it gives, run in one shell one after the other."""
    shell = f"set -e\nparley() {{ '{sys.executable}' -m bot \"$@\"; }}\n"
    answers = []
    done = ""
    for script, promised in EXAMPLE.findall(text):
        done += script.replace("./parley ", "parley ").replace("127.0.0.1:8080", f"127.0.0.1:{service.port}")
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "PARLEY_DATA": str(service.folder / "data"),
        }
        ran = subprocess.run(
            ["bash", "-c", shell + done], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert ran.returncode == 0, ran.stderr
        answers.append((promised, ran.stdout))
        done = done.partition("curl")[0]
    return answers


def same_every_time(answer: Any) -> Any:
    """Without what differs from run to run."""
    return {name: value for name, value in answer.items() if name not in ("id", "created_at")}


def test_the_readmes_examples_run_and_answer_as_it_says(service: Parley) -> None:
    (submit_says, submitted), (_, queued) = run_examples(service, README.read_text("utf-8"))
    assert same_every_time(json.loads(submitted)) == same_every_time(json.loads(submit_says))
    *_, page = queued.splitlines()
    assert json.loads(page)["items"][0]["status"] == "held"


def test_every_command_of_the_readme_is_an_example_or_one_of_the_two() -> None:
    """What is in the README is run: by the test above, or as the two commands that everything begins with."""
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    examples = {script for script, _ in EXAMPLE.findall(README.read_text("utf-8"))}
    assert {block.strip() for block in blocks if block not in examples} == {"./parley serve", "./parley test"}


def test_the_status_diagram_is_drawn_from_the_table() -> None:
    assert DIAGRAM.findall(ARCHITECTURE.read_text("utf-8")) == [diagram()]


@pytest.mark.parametrize(
    "document", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("*/*.md")), ids=lambda path: path.name
)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text("utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [re.split(r"[\[<>=]", line)[0].lower().replace("_", "-") for line in project["dependencies"]]
    table = ARCHITECTURE.read_text("utf-8").lower().partition("## dependencies")[2]
    assert [name for name in wanted if name not in table] == []


def test_every_setting_is_documented_for_operators() -> None:
    documented = (ROOT / "docker" / "README.md").read_text("utf-8")
    own = {"metrics_folder"}  # Parley sets it for its own workers.
    assert [
        name for name in Settings.model_fields if name not in own and f"PARLEY_{name.upper()}" not in documented
    ] == []


def test_every_part_of_the_service_and_the_library_has_its_floor_in_the_architecture() -> None:
    text = ARCHITECTURE.read_text("utf-8")
    parts = [path.stem for folder in ("bot", "sentiment") for path in (ROOT / folder).iterdir()]
    named = [part for part in parts if not part.startswith("__") or part == "__main__"]
    assert [
        part for part in named if f"`{part}`" not in text and f"`{part}/`" not in text and f"/{part}.py" not in text
    ] == []


def test_every_command_has_a_file_of_its_name() -> None:
    files = {path.stem for path in (ROOT / "bot" / "command").glob("*.py")}
    assert set(COMMANDS) - set(OF_THE_SCRIPT) <= files


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## {bot.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_reason_is_a_stable_code() -> None:
    assert all(
        re.fullmatch(r"(detected|policy|reported)_[a-z_]+|scorer_unavailable|language_unknown", reason)
        for reason in Reason
    )


def laid_out(value: Any, indent: str = "") -> str:
    """JSON for people: on one line what fits there."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent + line) <= 110 or not isinstance(value, dict | list):
        return line
    deeper = indent + "  "
    if isinstance(value, list):
        parts = [deeper + laid_out(part, deeper) for part in value]
        return "[\n" + ",\n".join(parts) + f"\n{indent}]"
    parts = [f"{deeper}{json.dumps(name)}: {laid_out(part, deeper)}" for name, part in value.items()]
    return "{\n" + ",\n".join(parts) + f"\n{indent}}}"


def write() -> None:
    """Writes the generated parts."""
    text = ARCHITECTURE.read_text("utf-8")
    ARCHITECTURE.write_text(DIAGRAM.sub(lambda _: diagram(), text), "utf-8")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "parley") as service:
        text = README.read_text("utf-8")
        (_, answered), _ = run_examples(service, text)
        shown = laid_out(json.loads(answered))
        README.write_text(
            re.sub(r"(?<=```json\n).*?(?=```)", lambda _: shown + "\n", text, count=1, flags=re.DOTALL), "utf-8"
        )


if __name__ == "__main__":
    write()
