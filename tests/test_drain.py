"""SIGTERM loses nothing: what was begun is answered, what comes later is sent elsewhere, and the exit is clean."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
import pytest
from aiohttp import web

from bot.app import ServeError, build, open_door
from bot.demo import kept_key
from bot.settings import Settings
from tests.running import one_insult
from tests.waiting import eventually

HEAD = b"POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 17\r\n"
BODY = b'{"text": "Hello"}'


@dataclass
class Process:
    """`parley serve` as an operator starts it."""

    child: asyncio.subprocess.Process
    url: str
    folder: Path

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def workers(self) -> list[psutil.Process]:
        """Its worker processes, without the resource tracker that Python starts beside them."""
        children = psutil.Process(self.child.pid).children()
        return [child for child in children if lives(child) and "resource_tracker" not in " ".join(child.cmdline())]


def lives(child: psutil.Process) -> bool:
    """Is it neither gone nor waiting to be buried?"""
    with suppress(psutil.NoSuchProcess):
        return child.is_running() and child.status() != psutil.STATUS_ZOMBIE
    return False


@asynccontextmanager
async def process(folder: Path, *options: str, **settings: str) -> AsyncIterator[Process]:
    """`parley serve` on a free port, ready for requests; killed at the end if it still runs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")} | settings
    with (folder / "log").open("wb") as log:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve", "--data", str(folder / "data"), "--port", "0", *options),
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=environment,
        )
    assert child.stdout is not None
    try:
        first = (await child.stdout.readline()).decode()
        assert "http://" in first, (folder / "log").read_text()
        running = Process(child, "http://" + first.split("http://")[1].strip(), folder)
        async with aiohttp.ClientSession() as session:
            await eventually(lambda: status(session, running.url), 200, 60)
        yield running
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def status(session: aiohttp.ClientSession, url: str) -> int:
    """What /readyz says; 0 where nobody listens."""
    try:
        async with session.get(f"{url}/readyz") as response:
            return response.status
    except aiohttp.ClientError:
        return 0


async def begin(running: Process) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request of which everything has arrived but its last byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    key = kept_key(running.folder / "data")
    writer.write(HEAD + f"Authorization: Bearer {key}\r\nExpect: 100-continue\r\n\r\n".encode())
    # The interim answer shows that the service has taken the request on.
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(BODY[:-1])
    await writer.drain()
    return reader, writer


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_request_under_way_is_answered_before_the_process_ends(tmp_path: Path, workers: str) -> None:
    """The port is closed first; the exit code is 0."""
    async with process(tmp_path, "--workers", workers) as running:
        reader, writer = await begin(running)
        running.child.send_signal(signal.SIGTERM)
        async with aiohttp.ClientSession() as session:
            await eventually(lambda: status(session, running.url), 0)
        writer.write(BODY[-1:])
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"Connection: close" in answer
        assert await running.child.wait() == 0
        writer.close()


async def test_a_second_signal_does_not_wait_for_requests(tmp_path: Path) -> None:
    """Whoever presses Ctrl-C twice means it."""
    async with process(tmp_path) as running:
        _, writer = await begin(running)
        running.child.send_signal(signal.SIGINT)
        async with aiohttp.ClientSession() as session:
            await eventually(lambda: status(session, running.url), 0)
        running.child.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(running.child.wait(), 15) == 0
        writer.close()


async def test_readiness_can_end_before_the_port_is_closed(tmp_path: Path) -> None:
    """So that a load balancer sees it in time; requests are served meanwhile."""
    async with process(tmp_path, PARLEY_DRAIN_SECONDS="60") as running:
        running.child.send_signal(signal.SIGTERM)
        async with aiohttp.ClientSession() as session:
            await eventually(lambda: status(session, running.url), 503)
            async with session.get(f"{running.url}/livez") as answer:
                assert answer.status == 200
        running.child.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(running.child.wait(), 30) == 0


async def test_metrics_are_those_of_all_workers(tmp_path: Path) -> None:
    """Whichever worker is asked for them."""
    async with process(tmp_path, "--workers", "2") as running:
        for _ in range(20):
            async with aiohttp.ClientSession() as fresh, fresh.get(f"{running.url}/nowhere") as answer:
                assert answer.status == 404
        async with aiohttp.ClientSession() as session, session.get(f"{running.url}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        counted = 'parley_http_requests_total{method="GET",route="(none)",status="404"} '
        assert [line.removeprefix(counted) for line in lines if line.startswith(counted)] == ["20.0"]


async def test_what_is_no_http_is_refused_and_disturbs_nobody(tmp_path: Path) -> None:
    """400 and a closed connection; strangers cannot fill the log either."""
    async with process(tmp_path) as running:
        for garbage in (
            b"\x16\x03\x01 hello\r\n\r\n",
            b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello",
            b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
            writer.write(garbage)
            assert (await reader.read()).startswith(b"HTTP/1.0 400 ")
            writer.close()
        async with aiohttp.ClientSession() as session:
            assert await status(session, running.url) == 200
        assert "aiohttp" not in (tmp_path / "log").read_text()


async def test_a_worker_that_crashes_is_replaced(tmp_path: Path) -> None:
    """The others go on meanwhile; no worker outlives its supervisor."""
    async with process(tmp_path, "--workers", "2") as running:
        await eventually(lambda: len(running.workers()), 2)
        first, second = running.workers()
        first.kill()
        await eventually(lambda: len({worker.pid for worker in running.workers()} - {first.pid}), 2, 30)
        assert lives(second)
        left = running.workers()
        running.child.kill()
        await running.child.wait()
        await eventually(lambda: [worker for worker in left if lives(worker)], [], 30)


async def test_a_data_folder_that_cannot_be_used_is_said_in_a_sentence(tmp_path: Path) -> None:
    """Before anything is served."""
    (tmp_path / "file").touch()
    app = await build(Settings.load(data=tmp_path / "file" / "data"), one_insult)
    with pytest.raises(ServeError, match=r"cannot be used: Not a directory\. Choose another with --data\."):
        await web.AppRunner(app).setup()


async def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    """Also by another Parley with several workers, whose port could be shared."""
    with open_door(Settings.load(port=0), shared=True) as taken:
        taken.listen()
        with pytest.raises(ServeError, match="Choose another with --host and --port"):
            open_door(Settings.load(port=taken.getsockname()[1]))
