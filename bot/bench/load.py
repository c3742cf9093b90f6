"""The client: keeps a fixed number of connections busy, and costs far less than what it measures.

Started as `python -m bot.bench.load`: a round as a JSON line on standard input, its result as one on standard output.
"""

import json
import re
import selectors
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from bot.bench.bodies import Kind, bodies

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)\r\n")
_PATIENCE = 30.0
_NAP = 0.0005
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Round:
    """What to send where: for `seconds`, or `most` requests where that comes first.

    With `per_second` requests leave at fixed times, however long answers take; else each as soon as one was answered.
    """

    port: int
    path: str
    key: str
    kind: Kind
    seed: int
    seconds: float
    connections: int = 32
    most: int = 10_000_000
    per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Requests answered 2xx inside the time, per second; how many got anything else; times to the answer in seconds."""

    per_second: float
    answered: int
    failed: int
    median: float
    slowest_percent: float


class _Connection:
    """One request after the other on one connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = 0.0
        self._received = b""

    def send(self, request: bytes) -> None:
        """Requests are far smaller than a socket's buffer, so they leave at once."""
        self.sent = time.perf_counter()
        self.socket.send(request)

    def answer(self) -> int | None:
        """The status of the answer, once all of it has arrived; 0 where the connection was closed instead."""
        received = self.socket.recv(_CHUNK)
        if not received:
            return 0
        self._received += received
        head = self._received.find(b"\r\n\r\n") + 2
        length = _LENGTH.search(self._received, 0, head) if head >= 2 else None
        if length is None or len(self._received) < head + 2 + int(length[1]):
            return None
        status = int(self._received[9:12])
        self._received = b""
        return status


def run(asked: Round) -> Result:
    """Runs one round. Raises OSError where nobody listens, TimeoutError where answers stay out for 30 seconds."""
    connections = [_Connection(asked.port) for _ in range(asked.connections)]
    try:
        with selectors.DefaultSelector() as selector:
            for connection in connections:
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            return (_converse if asked.per_second is None else _pace)(asked, connections, selector)
    finally:
        for connection in connections:
            connection.socket.close()


def _converse(asked: Round, connections: list[_Connection], selector: selectors.BaseSelector) -> Result:
    requests = _requests(asked)
    times: list[float] = []
    failed = 0
    began = time.perf_counter()
    deadline = began + asked.seconds
    for connection in connections:
        connection.send(next(requests))
    left, waiting = asked.most - len(connections), len(connections)
    while waiting:
        ready = selector.select(_PATIENCE)
        if not ready:
            raise TimeoutError
        for key, _ in ready:
            connection = key.data
            status = connection.answer()
            if status is None:
                continue
            now = time.perf_counter()
            if not 200 <= status < 300:
                failed += 1
            elif now <= deadline:
                times.append(now - connection.sent)
            if now < deadline and left > 0 and status:
                left -= 1
                connection.send(next(requests))
            else:
                waiting -= 1
                selector.unregister(connection.socket)
        # Looked at together a little later: else every answer would have to wake this process, at the server's cost.
        time.sleep(_NAP)
    return _result(times, failed, min(asked.seconds, time.perf_counter() - began))


def _pace(asked: Round, connections: list[_Connection], selector: selectors.BaseSelector) -> Result:
    """Times count from when a request was due: one that had to wait for a connection has waited."""
    assert asked.per_second is not None
    requests, free = _requests(asked), [*connections]
    times: list[float] = []
    failed = sent = 0
    began = time.perf_counter()
    due = [began + number / asked.per_second for number in range(round(asked.seconds * asked.per_second))]
    while sent < len(due) or len(free) < len(connections):
        while sent < len(due) and free and due[sent] <= time.perf_counter():
            connection = free.pop()
            connection.send(next(requests))
            connection.sent = due[sent]
            sent += 1
        wait = max(0.0, due[sent] - time.perf_counter()) if sent < len(due) and free else _PATIENCE
        ready = selector.select(wait)
        if not ready and wait == _PATIENCE:
            raise TimeoutError
        for key, _ in ready:
            status = key.data.answer()
            if status is None:
                continue
            if 200 <= status < 300:
                times.append(time.perf_counter() - key.data.sent)
            else:
                failed += 1
            free.append(key.data)
    return _result(times, failed, time.perf_counter() - began)


def _result(times: list[float], failed: int, spent: float) -> Result:
    ordered = sorted(times) or [0.0]
    return Result(
        per_second=len(times) / spent,
        answered=len(times),
        failed=failed,
        median=statistics.median(ordered),
        slowest_percent=ordered[int(0.99 * (len(ordered) - 1))],
    )


def _requests(asked: Round) -> Iterator[bytes]:
    head = (
        f"POST {asked.path} HTTP/1.1\r\nHost: 127.0.0.1:{asked.port}\r\nAuthorization: Bearer {asked.key}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    for body in bodies(asked.kind, asked.seed):
        yield b"%b%d\r\n\r\n%b" % (head, len(body), body)


def main() -> None:
    """Rounds from standard input until it ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        result = run(Round(**asked | {"kind": Kind(asked["kind"])}))
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
