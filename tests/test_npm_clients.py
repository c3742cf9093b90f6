"""Clients from npm, written by others for those in whose place Parley stands, call a running Parley.

They are in tests/clients with their lock. `./parley test` needs Node for them, as it needs Redis and Chromium.
"""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.parley import Parley, serving
from tests.receivers import receiving

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "tests" / "clients"
FILES = ("package.json", "package-lock.json", "clients.js")


@pytest.fixture(scope="module")
def clients() -> Path:
    """A folder with the clients, fetched once for each state of the lock."""
    assert shutil.which("npm"), "There is no npm here: install Node 20 or newer, on Debian: apt-get install npm."
    mark = sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = ROOT / ".tools" / f"clients-{mark}"
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(SOURCE / name, folder / name)
    if not (folder / "fetched").exists():
        words = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=100)
        assert done.returncode == 0, f"npm cannot fetch the clients: {done.stderr[-300:]}"
        (folder / "fetched").touch()
    return folder


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parley]:
    with serving(tmp_path_factory.mktemp("parley") / "parley", webhook_allow="127.0.0.1") as running:
        yield running


@pytest.fixture(scope="module")
def key(parley: Parley) -> str:
    return parley.command("keys", "create", "demo", "--scope", "submit").strip()


def call(clients: Path, name: str, parley: Parley, key: str, said: str = "") -> Any:
    """What the client of that name got (Any: each shows something else); `said` is its standard input."""
    words = ["node", "clients.js", name, parley.url, key]
    done = subprocess.run(words, cwd=clients, input=said, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_perspective_api_client(clients: Path, parley: Parley, key: str) -> None:
    got = call(clients, "perspective", parley, key)
    assert got["attributes"] == ["INSULT", "TOXICITY"]
    assert got["insult"] > 0.5
    assert got["unknown"] == "Unknown requested attribute: MADE_UP"


def test_googleapis_by_the_discovery_document(clients: Path, parley: Parley, key: str) -> None:
    got = call(clients, "googleapis", parley, key)
    assert got["insult"] > 0.5
    assert (got["token"], got["empty"]) == ("t-1", "Comment must be non-empty.")


@pytest.mark.parametrize("name", ["akismet-api", "@cedx/akismet"])
def test_akismets_clients(clients: Path, parley: Parley, key: str, name: str) -> None:
    """The first of them sends its key in the name of the host."""
    got = call(clients, name, parley, key)
    assert got == {"valid": True, "stranger": False, "spam": True, "ham": False, "submitted": [None, None]}


def test_openais_client(clients: Path, parley: Parley, key: str) -> None:
    got = call(clients, "openai", parley, key)
    assert (got["flagged"], got["categories"]) == ([True, False], 13)
    assert "Parley does not look at images" in got["image"]


@pytest.mark.parametrize(
    ("name", "scheme", "refusal"),
    [
        ("standardwebhooks", "v1", "No matching signature found"),
        ("svix", "v1", "No matching signature found"),
        ("node:crypto", "v1a", "refused"),
    ],
)
async def test_what_parley_posts_is_verified(
    clients: Path, parley: Parley, name: str, scheme: str, refusal: str
) -> None:
    async with receiving() as receiver:
        added = await asyncio.to_thread(parley.command, "endpoints", "add", "demo", receiver.url, "--scheme", scheme)
        endpoint, secret = added.split()
        tried = json.loads(await asyncio.to_thread(parley.command, "endpoints", "test", "demo", endpoint))
        assert tried["state"] == "delivered"
        (got,) = await receiver.until_got(1)
        message = json.dumps({"body": got.body.decode(), "headers": dict(got.headers)})
        verified = await asyncio.to_thread(call, clients, name, parley, secret, message)
        assert verified.pop("version", "v1a") == "v1a"
        assert verified == {"type": "ping", "altered": refusal}
