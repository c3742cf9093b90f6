"""Processes of the benchmark: started, waited for, asked, and always ended."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from bot.bench.load import Result, Round
from bot.settings import bare_environment

_PATIENCE = 60.0
_BETWEEN_LOOKS = 0.005


class BenchError(Exception):
    """A measurement that could not be made; the message says what to do."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


@contextmanager
def child(command: Sequence[str], folder: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process with the settings as its only PARLEY_ variables. It is ended when the block is left."""
    environment = bare_environment() | settings
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield process
        finally:
            end(process)


def end(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    """Ask the process to end; make it, if it does not within five seconds."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until_ready(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    """Return as soon as /readyz says yes. Raises BenchError where the process ends or takes a minute."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BenchError(f"A server ended with exit code {process.returncode}. Its last words:\n{_words(folder)}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=_PATIENCE) as answer:
                if b'"degraded"' in answer.read():
                    raise BenchError(f"Parley cannot do its whole work here. Its last words:\n{_words(folder)}")
                return
        except (OSError, urllib.error.HTTPError):
            time.sleep(_BETWEEN_LOOKS)
    raise BenchError(f"A server was not ready within {_PATIENCE:g} seconds. Its last words:\n{_words(folder)}")


def _words(folder: Path) -> str:
    return (folder / "log").read_text(errors="replace")[-1500:]


@contextmanager
def echo(folder: Path) -> Iterator[int]:
    """The bare echo; gives its port."""
    folder.mkdir()
    port = free_port()
    with child([sys.executable, "-m", "bot.bench.echo", str(port)], folder) as process:
        until_ready(process, port, folder)
        yield port


class Parley:
    """A running service with a key for everything."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, key: str, seconds_to_ready: float) -> None:
        self._process = process
        self.port = port
        self.key = key
        self.seconds_to_ready = seconds_to_ready

    def megabytes(self) -> float:
        """Resident memory of its largest process."""
        return max(_resident(pid) for pid in (self._process.pid, *_children(self._process.pid)))


@contextmanager
def parley(folder: Path, workers: int = 1, redis_url: str | None = None) -> Iterator[Parley]:
    """The service on an empty data folder, with its defaults but a rate limit that is counted and never reached."""
    folder.mkdir()
    port = free_port()
    settings = {"PARLEY_RATE_LIMIT": "10000000"} | ({} if redis_url is None else {"PARLEY_REDIS_URL": redis_url})
    command = [sys.executable, "-m", "bot", "serve", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--data", str(folder / "data")]
    began = time.perf_counter()
    with child(command, folder, **settings) as process:
        until_ready(process, port, folder)
        seconds = time.perf_counter() - began
        yield Parley(process, port, _new_key(folder), seconds)


def _new_key(folder: Path) -> str:
    command = [
        sys.executable,
        "-m",
        "bot",
        "keys",
        "create",
        "demo",
        "--scope",
        "submit",
        "--data",
        str(folder / "data"),
    ]
    made = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    if made.returncode:
        raise BenchError(f"No key could be made: {made.stderr.strip()}")
    return made.stdout.strip()


@contextmanager
def redis(folder: Path) -> Iterator[str | None]:
    """A Redis that keeps nothing; gives its address, or None where no redis-server is installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    folder.mkdir()
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with child(command, folder) as process:
        deadline = time.monotonic() + _PATIENCE
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"Redis did not start. Its last words:\n{_words(folder)}")
            time.sleep(_BETWEEN_LOOKS)
        yield f"redis://127.0.0.1:{port}/0"


def _listens(port: int) -> bool:
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) == 0


class Client:
    """The process that sends."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def send(self, asked: Round) -> Result:
        """Runs a round. Raises BenchError where any request failed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(asked)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise BenchError("The load generator ended before its round did; its own words stand above.")
        result = Result(**json.loads(line))
        if not result.answered and not result.failed:
            raise BenchError(f"Nothing was answered within {asked.seconds:g} seconds. Measure for longer.")
        if result.failed:
            raise BenchError(f"{result.failed} of {result.failed + result.answered} requests to {asked.path} failed.")
        return result


@contextmanager
def client() -> Iterator[Client]:
    """A load generator in a process of its own."""
    command = [sys.executable, "-m", "bot.bench.load"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        with process:
            yield Client(process)
    finally:
        end(process)


def _children(pid: int) -> list[int]:
    try:
        found = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [*found, *(grandchild for below in found for grandchild in _children(below))]


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
