"""A site brings its thresholds along: `./parley migrate perspective`, against a Perspective of our own."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner, Result

from bot.agreement import Curve
from bot.command import parley
from bot.records import Record, Records, RecordsBusy, read
from bot.replay import Replay
from bot.store import curves
from bot.store.database import Database
from bot.upstream import Upstream
from tests import fakes

KIND = [f"Thank you for point number {number}, it helped me." for number in range(300)]
RUDE = [f"You stupid idiot, point number {number} is garbage." for number in range(300)]


def says(text: str) -> float:
    """Perspective's opinion: it is less sure of itself than Parley is."""
    return 0.85 if "idiot" in text else 0.1


@pytest.fixture
def perspective() -> Iterator[fakes.Perspective]:
    with fakes.perspective(says) as running:
        yield running


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    file = tmp_path / "comments.jsonl"
    lines = [{"id": number, "text": text} for number, text in enumerate(KIND + RUDE)]
    file.write_text("\n".join(map(json.dumps, [*lines, *lines[:5], {"text": "in klingon"}, {"text": " "}])))
    return file


def migrate(
    perspective: fakes.Perspective, folder: Path, *arguments: object, key: str = fakes.Perspective.key
) -> Result:
    """Runs the command on the site "demo" of a store of its own."""
    words = ["migrate", "perspective", "demo", *map(str, arguments), "--url", perspective.url, "--data", str(folder)]
    return CliRunner(env={"PARLEY_PERSPECTIVE_KEY": key}).invoke(
        parley, [*words, "--per-second", "1000"], catch_exceptions=False
    )


def test_a_site_learns_what_would_change(perspective: fakes.Perspective, comments: Path, tmp_path: Path) -> None:
    """Every text is asked about once and not to be stored; the report says how the two agree and that it is safe."""
    done = migrate(perspective, tmp_path, comments, "--attribute", "TOXICITY", "--attribute", "INSULT")
    assert done.exit_code == 0, done.output
    assert "TOXICITY: safe to switch." in done.stdout
    assert perspective.asked == dict.fromkeys([*KIND, *RUDE, "in klingon"], 1)
    assert perspective.stored == []
    report = (tmp_path / "perspective-demo.md").read_text()
    assert re.search(r"\| TOXICITY \| 600 \| 0\.\d+ \| 0\.\d+ \| 0\.0\d+ \|", report)
    kept = list(read(tmp_path / "perspective-demo.jsonl"))
    assert len(kept) == 601
    assert [record.refused for record in kept if record.text == "in klingon"] == [
        "Attribute TOXICITY does not support request languages: tlh"
    ]


def test_curves_are_applied_and_forgotten_again(perspective: fakes.Perspective, comments: Path, tmp_path: Path) -> None:
    """After --apply a rude comment scores about what Perspective said of such comments."""

    async def kept() -> dict[tuple[str, str], Curve]:
        database = await Database.open(None, tmp_path)
        found = await database.read(curves.of, "demo")
        await database.close()
        return found

    done = migrate(perspective, tmp_path, comments, "--attribute", "INSULT", "--apply")
    assert "now read by curves" in done.stderr
    ((model, attribute), curve) = next(iter(asyncio.run(kept()).items()))
    assert (attribute, bool(model)) == ("insult", True)
    assert curve.of(1.0) == pytest.approx(0.85, abs=0.05)
    migrate(perspective, tmp_path, "--forget")
    assert asyncio.run(kept()) == {}


def test_nothing_is_sent_twice(perspective: fakes.Perspective, comments: Path, tmp_path: Path) -> None:
    """Not after a day on which Perspective went away in the middle, and not when the command is run again."""
    migrate(perspective, tmp_path, comments, "--most", "100")
    perspective.down = True
    stopped = migrate(perspective, tmp_path, comments)
    assert stopped.exit_code == 1
    assert "the same command goes on from there" in stopped.stderr
    assert len(list(read(tmp_path / "perspective-demo.jsonl"))) == 100
    perspective.down, perspective.asked = False, type(perspective.asked)()
    for _ in range(2):
        migrate(perspective, tmp_path, comments)
    assert perspective.asked == dict.fromkeys([*KIND[100:], *RUDE, "in klingon"], 1)


def test_a_quota_that_is_used_up_is_waited_for(perspective: fakes.Perspective, comments: Path, tmp_path: Path) -> None:
    perspective.away = 5
    migrate(perspective, tmp_path, comments, "--most", "20")
    assert len(list(read(tmp_path / "perspective-demo.jsonl"))) == 20
    assert perspective.asked.total() == 25


def test_what_was_kept_is_enough_after_perspective_is_gone(
    perspective: fakes.Perspective, comments: Path, tmp_path: Path
) -> None:
    """The report needs neither a key nor a network; too few changes are allowed here, so it is not safe."""
    migrate(perspective, tmp_path, comments)
    before = perspective.asked.total()
    done = migrate(perspective, tmp_path, comments, "--offline", "--threshold", "INSULT=0.05", "--changed", "0", key="")
    assert perspective.asked.total() == before
    assert done.exit_code in (0, 3)
    assert "- INSULT at 0.05:" in (tmp_path / "perspective-demo.md").read_text()


async def test_no_more_is_asked_than_the_quota_allows(perspective: fakes.Perspective, tmp_path: Path) -> None:
    """Eleven questions at fifty a second take ten fiftieths, however quick the answers are."""
    clock = asyncio.get_running_loop().time
    async with aiohttp.ClientSession() as session:
        with Records(tmp_path / "records.jsonl") as records:
            upstream = Upstream(session, perspective.url, perspective.key)
            began = clock()
            await Replay(upstream, records, ["TOXICITY"], "en", 50).run(KIND[:11], lambda _: None)
    assert clock() - began >= 10 / 50


def test_a_handful_of_texts_is_not_enough_to_call_it_safe(
    perspective: fakes.Perspective, comments: Path, tmp_path: Path
) -> None:
    done = migrate(perspective, tmp_path, comments, "--most", "20")
    assert done.exit_code == 3
    assert "too few to tell" in done.stdout


def test_comments_come_from_a_table_or_from_parleys_own_store(perspective: fakes.Perspective, tmp_path: Path) -> None:
    table = tmp_path / "comments.csv"
    table.write_text('id,body\n1,"Two\nlines, you idiot"\n2,\n3,Fine.\n', encoding="utf-8")
    migrate(perspective, tmp_path, table, "--column", "body")
    assert set(perspective.asked) == {"Two\nlines, you idiot", "Fine."}
    stored = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parent.parent)}
    code = (
        "import asyncio, sys; from pathlib import Path; from bot.store.database import Database\n"
        "from tests.stored import stored\n"
        "async def run():\n"
        "    database = await Database.open(None, Path(sys.argv[1]))\n"
        "    await stored(database, 'A stored comment.')\n"
        "    await database.close()\n"
        "asyncio.run(run())"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True, env=stored)
    migrate(perspective, tmp_path)
    assert "A stored comment." in perspective.asked


@pytest.mark.parametrize(
    ("arguments", "key", "said"),
    [
        ([], "", "Set PARLEY_PERSPECTIVE_KEY"),
        ([], "AIzaWrong", "does not take the key"),
        (["--threshold", "TOXICITY"], "x", "must be an attribute and a number"),
        (["--threshold", "NUANCE=0.5"], "x", "must be an attribute that Parley scores"),
        (["--offline"], "", "holds no scores"),
    ],
)
def test_what_is_missing_is_said(
    perspective: fakes.Perspective, comments: Path, tmp_path: Path, arguments: list[str], key: str, said: str
) -> None:
    done = migrate(perspective, tmp_path, comments, *arguments, key=key)
    assert done.exit_code in (1, 2)
    assert said in done.stderr


def test_a_record_that_was_half_written_is_asked_for_again(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    with Records(path) as records:
        records.add(Record({"TOXICITY": 0.5}, "whole"))
    with path.open("ab") as opened:
        opened.write(b'{"text": "half')
    with Records(path) as records:
        assert (records.has("whole"), records.has("half")) == (True, False)
        records.add(Record({"TOXICITY": 0.25}, "half"))
    assert [record.text for record in read(path)] == ["whole", "half"]
    assert path.stat().st_mode & 0o077 == 0


def test_two_runs_do_not_ask_for_the_same(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    with Records(path), pytest.raises(RecordsBusy, match="another run"), Records(path):
        pass
