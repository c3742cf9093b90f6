"""`./parley notices`: the operator says who is told; what holds a secret is shown by nothing."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner, Result

from bot.command import parley
from tests.receivers import Receiver, receiving, says

T = TypeVar("T")
TELEGRAM = "tgram://123456789:abcdefghijklmnopqrstuvwxyz123456789/12315544/"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PARLEY_PUBLIC_URL", "https://comments.example.org")
    return str(tmp_path / "data")


def run(data: str, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(parley, ["notices", *arguments, "--data", data], input=typed)


def listed(data: str, site: str = "demo") -> list[dict[str, object]]:
    return [json.loads(line) for line in run(data, "list", site).stdout.splitlines()]


def test_a_notice_is_added_listed_and_removed_and_its_secrets_are_never_shown(data: str) -> None:
    added = run(data, "add", "demo", "-", "--every", "30m", "--without-text", typed=TELEGRAM + "\n")
    assert added.exit_code == 0, added.stderr
    number = added.stdout.strip()
    assert "https://comments.example.org" in added.stderr
    (line,) = listed(data)
    assert line | {"created_at": ""} == {
        "id": number,
        "kind": "notice",
        "name": "Telegram",
        "url": line["url"],
        "events": ["comment.held", "comment.reported", "appeal.opened"],
        "every_seconds": 1800,
        "with_text": False,
        "state": "enabled",
        "disabled_because": None,
        "failures": 0,
        "waiting": 0,
        "created_at": "",
    }
    assert "abcdefghijklm" not in added.output + json.dumps(line)
    assert run(data, "remove", "other", number).exit_code == 2
    assert run(data, "remove", "demo", number).exit_code == 0
    assert listed(data) == []


def test_with_slacks_signing_secret_it_has_buttons(data: str) -> None:
    url = "https://93.184.216.34/services/T000/B000/XXXXXXXXXXXXXXXX"
    added = run(data, "add", "demo", url, "--slack-signing-secret", "-", "--name", "ops", typed="8f742231b10e\n")
    assert added.exit_code == 0, added.stderr
    assert f"https://comments.example.org/notices/slack/{added.stdout.strip()}" in added.stderr
    (line,) = listed(data)
    assert (line["kind"], line["name"], line["url"]) == ("slack", "ops", "https://93.184.216.34/…")
    assert "XXXX" not in added.output + json.dumps(line)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["demo", "syslog://"], "not to the machine that Parley runs on"),
        (["demo", "nonsense://a"], "must be a URL of Apprise's"),
        (["demo", "https://10.0.0.1/x", "--slack-signing-secret", "s"], "private network"),
        (["demo", TELEGRAM, "--every", "5s"], "20s"),
        (["demo", TELEGRAM, "--every", "now"], "30m"),
        (["demo", TELEGRAM, "--events", "comment.held,comment.lost"], "comment.lost is no type of event"),
        (["nowhere", TELEGRAM], "There is no site"),
        (["demo", TELEGRAM, "--name", "x" * 81], "at most 80"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(data: str, arguments: list[str], said: str) -> None:
    refused = run(data, "add", *arguments)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert "abcdefghijklm" not in refused.output


def test_a_test_message_arrives_or_says_why_not(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_WEBHOOK_ALLOW", "127.0.0.1")

    async def work(receiver: Receiver, ask: Callable[[], Result]) -> Result:
        return await asyncio.to_thread(ask)

    async def all_of_it() -> None:
        async with receiving() as receiver:
            url = receiver.url.replace("http://", "json://")
            number = (await work(receiver, lambda: run(data, "add", "demo", url, "--every", "1d"))).stdout.strip()
            for _ in range(2):
                sent = await work(receiver, lambda: run(data, "test", "demo", number))
                assert sent.exit_code == 0, sent.output
            assert [got.json["title"] for got in receiver.got] == ["Parley, demo: news"] * 2
            receiver.answer = says(403)
            refused = await work(receiver, lambda: run(data, "test", "demo", number))
            assert refused.exit_code == 1
            assert "403" in refused.stderr
            monkeypatch.delenv("PARLEY_WEBHOOK_ALLOW")
            shut = await work(receiver, lambda: run(data, "test", "demo", number))
            assert "forbidden_address" in shut.stderr

    asyncio.run(all_of_it())
