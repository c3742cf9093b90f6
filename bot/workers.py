"""Several processes on one port: started, watched, started again when they crash, and stopped together."""

import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final

import uvloop

from bot.app import ServeError, address, open_door, serve
from bot.settings import Settings
from bot.web.guards import journal

_LOG = logging.getLogger(__name__)
_SPAWN = multiprocessing.get_context("spawn")
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_LIVED_WELL: Final = 30.0
"""Seconds after which a crash is no longer the last one again."""


@dataclass(slots=True)
class _Worker:
    """One process; `up` is readable once it takes requests. `pause` precedes the next start if this one crashes."""

    process: SpawnProcess
    up: Connection
    started: float
    pause: float


class Supervisor:
    """Runs `settings.workers` processes that share one port through SO_REUSEPORT.

    A worker that ends by itself is started again, after a pause that doubles up to half a minute. The first SIGTERM
    or SIGINT is handed on as SIGTERM; so is the second, which makes the workers hurry.
    """

    def __init__(self, settings: Settings, announce: Callable[[str], None]) -> None:
        """`announce` is called with the address once the first worker takes requests."""
        self._settings = settings
        self._announce = announce
        self._workers: list[_Worker] = []
        self._returning: list[tuple[float, float]] = []
        self._announced = False
        self._stopping = False
        self._failure = 1

    def run(self) -> int:
        """Until every worker has ended; the exit code for all. Raises ServeError where the port cannot be had."""
        # Alone first: sharing would also share the port with a Parley that already runs.
        open_door(self._settings).close()
        with (
            contextlib.closing(open_door(self._settings, shared=True)) as door,
            _metrics_folder() as folder,
            _signals() as heard,
        ):
            # The port stays taken while workers come and go; nobody listens on this socket.
            changes = {"port": door.getsockname()[1], "metrics_folder": folder}
            self._settings = self._settings.model_copy(update=changes)
            for _ in range(self._settings.workers):
                self._start(_FIRST_PAUSE)
            while self._workers or (self._returning and not self._stopping):
                self._wait(heard)
                if not self._see_to_workers(address(door)):
                    return self._failure
        return 0

    def _start(self, pause: float) -> None:
        ours, theirs = _SPAWN.Pipe(duplex=False)
        process = _SPAWN.Process(target=_work, args=(self._settings, theirs), name="parley worker")
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours, time.monotonic(), pause))

    def _wait(self, heard: socket.socket) -> None:
        """Until a worker is up or ends, a signal comes, or a pause is over."""
        news: list[Connection | socket.socket | int] = [heard, *(worker.process.sentinel for worker in self._workers)]
        if not self._announced:
            news += [worker.up for worker in self._workers]
        until = min((at for at, _ in self._returning), default=None)
        ready = wait(news, None if until is None or self._stopping else max(0.0, until - time.monotonic()))
        if heard in ready:
            heard.recv(64)
            self._stopping = True
            self._stop_workers()

    def _stop_workers(self) -> None:
        for worker in self._workers:
            worker.process.terminate()

    def _see_to_workers(self, where: str) -> bool:
        """Announces, buries and brings back; False where no worker ever came up."""
        if not self._announced and any(_is_up(worker) for worker in self._workers):
            self._announced = True
            self._announce(where)
        for worker in [worker for worker in self._workers if not worker.process.is_alive()]:
            self._bury(worker)
            if not self._announced and not self._stopping:
                self._stop_workers()
                return False
        now = time.monotonic()
        for entry in [entry for entry in self._returning if entry[0] <= now and not self._stopping]:
            self._returning.remove(entry)
            self._start(min(2 * entry[1], _LONGEST_PAUSE))
        return True

    def _bury(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.process.join()
        self._failure = worker.process.exitcode or self._failure
        worker.up.close()
        if self._stopping:
            return
        now = time.monotonic()
        pause = _FIRST_PAUSE if now - worker.started > _LIVED_WELL else worker.pause
        _LOG.error("A worker ended with exit code %s; a new one starts in %g s.", worker.process.exitcode, pause)
        self._returning.append((now + pause, pause))


def _is_up(worker: _Worker) -> bool:
    try:
        return worker.up.poll() and worker.up.recv() is not None
    except EOFError:
        return False


def _work(settings: Settings, up: Connection) -> None:
    """A worker's whole life. In a group of its own, so that Ctrl-C reaches it once, through the supervisor."""
    os.setpgid(0, 0)
    threading.Thread(target=_follow_supervisor, daemon=True).start()
    journal.configure(settings.log_level)
    try:
        uvloop.run(serve(settings, up.send, open_door(settings, shared=True)))
    except ServeError as refused:
        sys.stderr.write(f"{refused}\n")
        sys.exit(refused.exit_code)


def _follow_supervisor() -> None:
    """Workers do not outlive a supervisor that was killed."""
    supervisor = multiprocessing.parent_process()
    assert supervisor is not None, "workers are started by a supervisor"
    supervisor.join()
    os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def _signals() -> Iterator[socket.socket]:
    """SIGTERM and SIGINT as bytes on a socket, so that waiting for workers is waiting for signals too."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    before_fd = signal.set_wakeup_fd(theirs.fileno())
    try:
        yield ours
    finally:
        signal.set_wakeup_fd(before_fd)
        for number, handler in before.items():
            signal.signal(number, handler)
        ours.close()
        theirs.close()


@contextlib.contextmanager
def _metrics_folder() -> Iterator[Path]:
    """Where the workers' metrics meet. prometheus_client reads the variable when a worker imports it."""
    with tempfile.TemporaryDirectory(prefix="parley-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # noqa: TID251 not read but handed on
        try:
            yield Path(folder)
        finally:
            del os.environ["PROMETHEUS_MULTIPROC_DIR"]  # noqa: TID251
