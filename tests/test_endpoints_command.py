"""`./parley endpoints`: an endpoint is added, listed, tried and sent events again from a terminal."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.command import parley
from tests.receivers import receiving, says
from tests.running import serving


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What an operator would export."""
    monkeypatch.setenv("PARLEY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PARLEY_WEBHOOK_ALLOW", "127.0.0.1")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(parley, ["endpoints", *arguments])


def test_a_new_endpoint_prints_its_id_and_its_secret() -> None:
    made = run("add", "demo", "http://127.0.0.1:9/hook", "--events", "comment.held,ping", "--description", "Forum")
    assert made.exit_code == 0, made.stderr
    number, secret = made.stdout.split()
    assert secret.startswith("whsec_")
    listed = run("list", "demo")
    assert secret.removeprefix("whsec_") not in listed.stdout
    line = json.loads(listed.stdout)
    assert (line["id"], line["url"], line["events"]) == (number, "http://127.0.0.1:9/hook", ["comment.held", "ping"])
    assert run("add", "demo", "http://127.0.0.1:9/", "--scheme", "v1a").stdout.split()[1].startswith("whpk_")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("add", "demo", "https://10.1.2.3/"), "PARLEY_WEBHOOK_ALLOW"),
        (("add", "demo", "ftp://example.org/"), "--url must"),
        (("add", "demo", "http://127.0.0.1/", "--events", "comment.loved"), "--events"),
        (("add", "nowhere", "http://127.0.0.1/"), "There is no site"),
        (("test", "demo", "0saf962ahe87v"), "no such endpoint"),
        (("test", "demo", "rubbish"), "is no id"),
        (("replay", "demo", "0saf962ahe87v"), "no such endpoint"),
        (("replay", "demo", "0saf962ahe87v", "--delivery", "0saf962ahe87v"), "no such delivery"),
        (("replay", "demo", "0saf962ahe87v", "--state", "lost", "--since", "soon"), "--since"),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_code_2(arguments: tuple[str, ...], why: str) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert why in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_an_endpoint_is_tried_whether_parley_runs_or_not(tmp_path: Path) -> None:
    async with receiving() as receiver:
        number = (await asyncio.to_thread(run, "add", "demo", receiver.url)).stdout.split()[0]
        async with serving(tmp_path / "data", webhook_allow="127.0.0.1"):
            await _try(number)
        await _try(number)
        assert receiver.types == ["ping", "ping"]
        receiver.answer = says(500)
        failed = await asyncio.to_thread(run, "test", "demo", number)
        assert (failed.exit_code, json.loads(failed.stdout)["state"]) == (1, "waiting")
        assert "did not take it (500)" in failed.stderr


async def _try(number: str) -> None:
    tried = await asyncio.to_thread(run, "test", "demo", number)
    assert tried.exit_code == 0, tried.stderr
    assert json.loads(tried.stdout)["last"]["status"] == 200


async def test_what_was_delivered_is_sent_again_from_the_terminal(tmp_path: Path) -> None:
    async with receiving() as receiver, serving(tmp_path / "data", webhook_allow="127.0.0.1") as service:
        number = (await service.ask("POST", "/v1/endpoints", {"url": receiver.url})).json["id"]
        await service.submit("Fine.")
        delivered: list[str] = []
        while not delivered:
            page = await service.ask("GET", "/v1/deliveries?state=delivered")
            delivered = [one["id"] for one in page.json["items"]]
        said = await asyncio.to_thread(run, "replay", "demo", number, "--state", "delivered")
        assert said.stdout.strip() == "1"
        await receiver.until_got(2)
        await asyncio.to_thread(run, "replay", "demo", number, "--delivery", delivered[0])
        await receiver.until_got(3)
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
