"""A site sees Perspective's answers and nothing else, while Parley learns what it would have said."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.cache import LocalScores
from bot.records import Records, read
from bot.scoring import Scoring
from bot.shadow import Shadow, records_of
from sentiment.registry import Registry
from tests import fakes
from tests.running import one_insult

KEY = f"?key={fakes.Perspective.key}"
ANALYZE = f"/v1alpha1/comments:analyze{KEY}"


@pytest.fixture
def perspective() -> Iterator[fakes.Perspective]:
    with fakes.perspective(lambda text: 0.9 if "idiot" in text else 0.2) as running:
        yield running


@asynccontextmanager
async def shadowing(url: str, folder: Path) -> AsyncIterator[TestClient[Any, Any]]:
    """A shadow on a free port, with models that know one insult; its records are closed at the end."""
    scoring = Scoring(LocalScores(), load=one_insult)
    with Records(records_of("demo", folder)) as records:
        app = Shadow(url, scoring, Registry.beside(), records, level=0.7, most_changed=0.05).application()
        async with TestClient(TestServer(app)) as client:
            yield client
    await scoring.close()


def asking(text: str, **fields: object) -> dict[str, object]:
    return {"comment": {"text": text}, "requestedAttributes": {"INSULT": {}, "TOXICITY@6": {}}} | fields


async def test_the_site_gets_perspectives_answer_and_parleys_is_recorded(
    perspective: fakes.Perspective, tmp_path: Path
) -> None:
    async with shadowing(perspective.url, tmp_path) as client:
        answer = await client.post(ANALYZE, json=asking("You idiot."))
        said = await answer.json()
    assert (answer.status, said["attributeScores"]["INSULT"]["summaryScore"]["value"]) == (200, 0.9)
    (record,) = read(records_of("demo", tmp_path))
    assert (record.text, record.theirs) == ("You idiot.", {"INSULT": 0.9, "TOXICITY": 0.9})
    assert record.ours is not None
    assert (record.ours["insult"], record.model) == (0.8, "one-insult")


async def test_of_a_comment_that_must_not_be_stored_only_scores_are_kept(
    perspective: fakes.Perspective, tmp_path: Path
) -> None:
    async with shadowing(perspective.url, tmp_path) as client:
        await client.post(
            ANALYZE, json=asking("Rumpelstiltskin, you idiot.", doNotStore=True, sessionId="Rumpelstiltskin")
        )
    kept = records_of("demo", tmp_path).read_bytes()
    assert b"0.9" in kept
    assert b"Rumpelstiltskin" not in kept
    assert perspective.stored == []


async def test_errors_come_back_as_they_are(perspective: fakes.Perspective, tmp_path: Path) -> None:
    async with shadowing(perspective.url, tmp_path) as client:
        refused = await client.post("/v1alpha1/comments:analyze?key=wrong", json=asking("You idiot."))
        assert refused.status == 400
        assert (await refused.json())["error"]["message"] == "API key not valid. Please pass a valid API key."
        perspective.away = 1
        late = await client.post(ANALYZE, json=asking("You idiot."))
        assert (late.status, late.headers["Retry-After"]) == (429, "0")
        suggested = await client.post(
            f"/v1alpha1/comments:suggestscore{KEY}", json=asking("You idiot.", clientToken="t-1")
        )
        assert await suggested.json() == {"clientToken": "t-1"}
    assert list(read(records_of("demo", tmp_path))) == []


async def test_a_perspective_that_is_gone_is_an_error_in_its_own_shape(tmp_path: Path) -> None:
    with fakes.perspective(lambda _: 0.5) as gone:
        url = gone.url
    async with shadowing(url, tmp_path) as client:
        answer = await client.post(ANALYZE, json=asking("You idiot."))
        assert answer.status == 503
        assert (await answer.json())["error"]["status"] == "UNAVAILABLE"


async def test_it_says_when_it_is_safe_to_switch(perspective: fakes.Perspective, tmp_path: Path) -> None:
    """Also after it was started again; until there is enough to tell, it says that."""
    texts = [f"You idiot number {number}." if number % 2 else f"Point {number}." for number in range(600)]
    async with shadowing(perspective.url, tmp_path) as client:
        await client.post(ANALYZE, json=asking(texts[0]))
        told = await (await client.get("/shadow")).json()
        assert told["safe_to_switch"] is False
        for begin in range(1, 600, 20):
            some = texts[begin : begin + 20]
            answers = await asyncio.gather(*(client.post(ANALYZE, json=asking(text, doNotStore=True)) for text in some))
            assert {answer.status for answer in answers} == {200}
    async with shadowing(perspective.url, tmp_path) as client:
        told = await (await client.get("/shadow")).json()
    insult = told["attributes"]["INSULT"]
    assert (insult["texts"], insult["safe_to_switch"], insult["why_not"]) == (600, True, None)
    # These models know nothing of toxicity, and the other does.
    assert told["attributes"]["TOXICITY"]["safe_to_switch"] is False
    assert told["safe_to_switch"] is False


async def test_nothing_but_perspectives_own_addresses_is_passed_on(
    perspective: fakes.Perspective, tmp_path: Path
) -> None:
    async with shadowing(perspective.url, tmp_path) as client:
        assert (await client.post("/v1/anything", json={})).status == 404
        found = await (await client.get("/$discovery/rest?version=v1alpha1")).json()
        assert found["rootUrl"] == str(client.make_url("/"))


def test_the_command_serves_until_it_is_told_to_stop(perspective: fakes.Perspective, tmp_path: Path) -> None:
    """The real models, the real command; what was answered is recorded before it ends."""
    inherited = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parent.parent)}
    words = ["shadow", "demo", "--port", "0", "--url", perspective.url, "--data", str(tmp_path)]
    running = subprocess.Popen([sys.executable, "-m", "bot", *words], env=inherited, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    try:
        address = running.stderr.readline().partition(" on ")[2].partition(";")[0]
        body = json.dumps(asking("You stupid idiot.")).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{address}{ANALYZE}", body, method="POST")) as answer:
            assert answer.status == 200
        running.send_signal(signal.SIGTERM)
        assert running.wait(15) == 0
    finally:
        running.kill()
        running.stderr.close()
        running.wait()
    (record,) = read(records_of("demo", tmp_path))
    assert record.text == "You stupid idiot."
    assert json.loads(records_of("demo", tmp_path).read_text())["parley"]
