"""Parley as a process of its own, started as its users start it; it can be frozen, killed and started again."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.servers import Server

_ROOT = Path(__file__).parent.parent


class Parley(Server):
    """`./parley serve` on a free port, with its data below `folder`. `settings` are named without their PARLEY_."""

    name = "Parley"

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder)
        self._settings = {f"PARLEY_{name.upper()}": value for name, value in settings.items()}

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """All that it printed since it was first started."""
        return (self.folder / "log").read_text()

    def command(self, *arguments: str) -> str:
        """What `./parley ARGUMENTS` prints on standard output."""
        done = subprocess.run(self._parley(*arguments), cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _command(self) -> list[str]:
        return self._parley("serve")

    def _parley(self, *arguments: str) -> list[str]:
        inherited = {"PATH": os.environ["PATH"], "PYTHONPATH": str(_ROOT), "HOME": str(self.folder)}
        chosen = {"PARLEY_DATA": str(self.folder / "data"), "PARLEY_PORT": str(self.port)}
        variables = [f"{name}={value}" for name, value in (inherited | chosen | self._settings).items()]
        return ["env", "--ignore-environment", *variables, sys.executable, "-m", "bot", *arguments]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return b'"model":"warm"' in answer.read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Parley]:
    """A Parley of the test's own; stopped at the end, whatever the test did to it."""
    folder.mkdir(exist_ok=True)
    running = Parley(folder, **settings)
    running.start()
    try:
        yield running
    finally:
        running.stop()


@asynccontextmanager
async def calling(service: Parley, scope: str = "moderate") -> AsyncIterator[aiohttp.ClientSession]:
    """A client with a key to the demo site."""
    token = service.command("keys", "create", "demo", "--scope", scope, "--name", "Mia").strip()
    async with aiohttp.ClientSession(service.url, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


async def ask(client: aiohttp.ClientSession, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Status and JSON of one answer (Any: tests look into every shape)."""
    async with client.request(method, path, json=body) as answer:
        return answer.status, await answer.json(content_type=None)
