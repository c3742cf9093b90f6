"""`./parley stats`: a site's numbers in a terminal and as CSV."""

import asyncio
import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.command import parley
from bot.store.database import Database
from bot.verdict import Decision
from tests.builders import NOON
from tests.stored import decided, stored, verdict

DAYS = ("--from", "2026-11-22", "--to", "2026-11-23")


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A data folder with two comments; a moderator with a name that would steer a terminal decided on one."""

    async def fill() -> None:
        database = await Database.open(None, tmp_path)
        held = await stored(database, "One.")
        await stored(database, "Two.", verdict(Decision.APPROVE))
        await decided(database, held, Decision.REJECT, moderator="\x1b[31mgrace", at=NOON + timedelta(minutes=7))
        await database.close()

    asyncio.run(fill())
    return str(tmp_path)


def run(data: str, *arguments: str) -> Result:
    """One call of ./parley stats."""
    return CliRunner().invoke(parley, ["stats", *arguments, "--data", data])


def test_a_terminal_shows_what_came_in_and_who_decided(data: str) -> None:
    said = run(data, "demo", *DAYS).stdout
    assert "2026-11-23" in said
    assert "0 wait now." in said
    assert "1 decisions on held comments: median 5 min to 10 min" in said
    assert "␛[31mgrace" in said
    assert "\x1b" not in said


def test_csv_is_what_the_api_gives(data: str) -> None:
    rows = list(csv.DictReader(io.StringIO(run(data, "demo", *DAYS, "--csv", "series").stdout, newline="")))
    assert [row["at"] for row in rows] == ["2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z"]
    assert (rows[1]["arrived_hold"], rows[1]["decided_reject"], rows[1]["waiting"]) == ("1", "1", "0")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("demo", "--from", "2026-11-23", "--to", "2026-11-22"), "--from must not be after to"),
        (("demo", "--from", "2020-01-01", "--to", "2026-11-23"), "at most 366 days"),
        (("nowhere",), "nowhere"),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_sentence(data: str, arguments: tuple[str, ...], words: str) -> None:
    result = run(data, *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())
