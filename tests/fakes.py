"""Stand-ins for what lies outside Parley."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """The seconds that it shows."""
        return self.now


class Perspective:
    """Google's Perspective as far as Parley talks to it: a key, scores by a function of the text, and bad days.

    `asked` counts the texts of all requests, `stored` those that it was not told to forget. While `away` is positive,
    each request counts it down and gets a 429; with `down` every one gets a 503.
    """

    key = "AIzaOperatorsOwn"

    def __init__(self, score: Callable[[str], float]) -> None:
        self._score = score
        self.asked: Counter[str] = Counter()
        self.stored: list[str] = []
        self.away = 0
        self.down = False
        self.url = ""
        self._lock = threading.Lock()

    def answer(self, path: str, key: str | None, body: Any) -> tuple[int, dict[str, Any]]:
        """Status and JSON (Any: whatever was sent)."""
        with self._lock:
            if "/v1alpha1/comments:" not in path:
                return 404, {}
            if key != self.key:
                return 400, _error(400, "API key not valid. Please pass a valid API key.", "API_KEY_INVALID")
            text = body["comment"]["text"]
            self.asked[text] += 1
            if self.down or self.away > 0:
                self.away -= 1
                return (503 if self.down else 429), _error(429, "Quota exceeded.", "RATE_LIMIT_EXCEEDED")
            if not body.get("doNotStore"):
                self.stored.append(text)
            if "suggestscore" in path:
                return 200, {"clientToken": body.get("clientToken")}
            if "klingon" in text:
                name = next(iter(body["requestedAttributes"]))
                said = f"Attribute {name} does not support request languages: tlh"
                return 400, _error(400, said, "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE")
            summary = {"summaryScore": {"value": self._score(text), "type": "PROBABILITY"}}
            return 200, {"attributeScores": dict.fromkeys(body["requestedAttributes"], summary), "languages": ["en"]}


def _error(code: int, message: str, reason: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "details": [{"reason": reason}]}}


@contextmanager
def perspective(score: Callable[[str], float]) -> Iterator[Perspective]:
    """A Perspective on a free port of this machine until the end of the block."""
    fake = Perspective(score)

    class Handler(BaseHTTPRequestHandler):
        """Speaks HTTP for it."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """One request."""
            path, _, query = self.path.partition("?")
            fields = dict(one.partition("=")[::2] for one in query.split("&"))
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, said = fake.answer(path, self.headers.get("X-Goog-Api-Key") or fields.get("key"), body)
            written = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            if status in (429, 503):
                self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        """Takes many callers at once."""

        request_queue_size = 128
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
