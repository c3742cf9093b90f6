"""`./parley moderators`: links on standard output, roles for each site, and an end to every session at once."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.command import parley
from bot.signing import Signing, SignInRefused
from bot.store.database import Database


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A new data folder, as the value of --data."""
    return str(tmp_path / "data")


def run(data: str, *arguments: str) -> Result:
    """One call of ./parley moderators."""
    return CliRunner().invoke(parley, ["moderators", *arguments, "--data", data])


def link_of(result: Result) -> str:
    """The secret of a printed link."""
    assert result.exit_code == 0, result.stderr
    return result.stdout.strip().partition("#link=")[2]


def use(data: str, link: str) -> None:
    """Signs in by the link."""

    async def work() -> None:
        database = await Database.open(None, Path(data))
        try:
            await Signing(database).by_link(link, "192.0.2.1")
        finally:
            await database.close()

    asyncio.run(work())


def listed(data: str) -> list[dict[str, object]]:
    """What `list` says, without the time."""
    lines = map(json.loads, run(data, "list", "--site", "demo").stdout.splitlines())
    return [{name: value for name, value in line.items() if name != "seen_at"} for line in lines]


def test_a_new_moderators_link_stands_alone_on_standard_output(data: str) -> None:
    result = run(data, "add", "Mia", "--site", "demo")
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/desk#link=parley_[a-z2-7]{52}\n", result.stdout)
    assert result.stderr.startswith("Mia is moderator of demo. The link works once")


def test_links_begin_where_browsers_find_parley(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_PUBLIC_URL", "https://comments.example.org/")
    assert run(data, "add", "Mia", "--site", "demo").stdout.startswith("https://comments.example.org/desk#link=")


def test_adding_again_changes_the_role_and_makes_the_older_link_worthless(data: str) -> None:
    first = link_of(run(data, "add", "Mia", "--site", "demo"))
    second = link_of(run(data, "add", "Mia", "--site", "demo", "--role", "admin"))
    with pytest.raises(SignInRefused):
        use(data, first)
    use(data, second)
    assert listed(data) == [{"name": "Mia", "role": "admin", "has_password": False, "sessions": 1}]


def test_sign_out_ends_every_session(data: str) -> None:
    for _ in range(2):
        use(data, link_of(run(data, "add", "Mia", "--site", "demo")))
    assert "signed out of 2 browser(s)" in run(data, "sign-out", "Mia", "--site", "demo").stderr
    assert listed(data)[0]["sessions"] == 0


def test_a_removed_moderator_is_gone_once(data: str) -> None:
    link_of(run(data, "add", "Mia", "--site", "demo"))
    assert run(data, "remove", "Mia", "--site", "demo").exit_code == 0
    assert listed(data) == []
    again = run(data, "remove", "Mia", "--site", "demo")
    assert again.exit_code == 2
    assert "./parley moderators list --site demo" in again.stderr


@pytest.mark.parametrize("command", ["add", "remove", "sign-out"])
def test_a_site_that_is_not_there_is_named_with_what_to_do(data: str, command: str) -> None:
    result = run(data, command, "Mia", "--site", "nowhere")
    assert result.exit_code == 2
    assert "./parley sites add nowhere" in result.stderr


def test_a_name_has_one_line(data: str) -> None:
    result = run(data, "add", "Mia\nBen", "--site", "demo")
    assert result.exit_code == 2
    assert "--name must be one line" in result.stderr
