"""A proxy before Perspective: its answers go back untouched, and Parley's scores are recorded beside them.

It shows what would change before anything does: nobody's comment is decided otherwise while it runs.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web

from bot.flight import end
from bot.moving import Scores, measure, obstacle
from bot.reading import Reader, basis_of, rendering_of
from bot.records import Record, Records, read
from bot.scoring import Scoring, ScoringBusy
from bot.upstream import read_scores
from bot.web.compat.perspective.asked import AnalyzeCommentRequest
from bot.web.compat.perspective.attributes import MODELS
from bot.web.compat.perspective.discovery import document
from bot.web.guards.answers import answer
from sentiment.registry import Registry

_LOG = logging.getLogger(__name__)
_TIMEOUT: Final = aiohttp.ClientTimeout(total=30, connect=5)
_LARGEST: Final = 4 * 1024 * 1024
_MOST_WAITING: Final = 1_000
# What the client says of itself and its key, by which Google may let it in; everything else is between the two hops.
_PASSED_ON: Final = ("Authorization", "Content-Type", "Referer", "User-Agent", "X-Goog-Api-Key", "X-Goog-User-Project")
_PASSED_BACK: Final = ("Content-Type", "Retry-After")

Pairs = tuple[list[float], list[float]]


class Shadow:
    """Forwards, and scores what was answered; a text that must not be stored leaves nothing but two scores."""

    def __init__(
        self,
        upstream: str,
        scoring: Scoring,
        registry: Registry,
        records: Records,
        level: float,
        most_changed: float,
    ) -> None:
        """`records` must be open. `level` is the threshold and `most_changed` the share by which safety is told."""
        self._upstream = upstream.rstrip("/")
        self._scoring = scoring
        self._registry = registry
        self._reader = Reader(None, {})
        self._basis = ""
        self._records = records
        self._level = level
        self._most_changed = most_changed
        self._pairs: dict[str, Pairs] = defaultdict(lambda: ([], []))
        self._left_out = 0
        self._waiting: asyncio.Queue[tuple[AnalyzeCommentRequest, dict[str, float]]] = asyncio.Queue(_MOST_WAITING)
        self._session: aiohttp.ClientSession | None = None

    def application(self) -> web.Application:
        """The proxy as an application; close the records after it."""
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_get("/shadow", self.tell)
        app.router.add_get("/$discovery/rest", _discover)
        app.router.add_post("/v1alpha1/comments:analyze", self.analyze)
        for address in ("/v1alpha1/comments:suggestscore", "/batch", "/batch/commentanalyzer/v1alpha1"):
            app.router.add_post(address, self.pass_on)
        app.cleanup_ctx.append(self._run)
        return app

    async def _run(self, _: web.Application) -> AsyncIterator[None]:
        await self._scoring.opened()
        if self._scoring.version is not None:
            rendering = await asyncio.to_thread(rendering_of, self._registry, self._scoring.version)
            self._reader = Reader(rendering, {})
            self._basis = basis_of(self._scoring.version, rendering)
        for record in await asyncio.to_thread(lambda: list(read(self._records.path))):
            if record.ours is not None and record.model == self._basis:
                self._remember(record.ours, record.theirs)
        # Answers come as they are, compressed or not.
        async with aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True) as session:
            self._session = session
            recording = asyncio.create_task(self._record_all(), name="record what both say")
            yield
            await self._waiting.join()
            await end(recording)

    async def analyze(self, request: web.Request) -> web.Response:
        """Perspective's answer; if it has scores, Parley's are recorded beside them a moment later."""
        response = await self.pass_on(request)
        if response.status == 200 and isinstance(response.body, bytes):
            self._note(await request.read(), response.body)
        return response

    async def pass_on(self, request: web.Request) -> web.Response:
        """Perspective's answer as it came; 503 in Google's shape where it gives none."""
        assert self._session is not None
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        try:
            async with self._session.post(
                self._upstream + request.raw_path, data=await request.read(), headers=headers, allow_redirects=False
            ) as response:
                body = await response.read()
                back = {name: response.headers[name] for name in _PASSED_BACK if name in response.headers}
                return web.Response(status=response.status, body=body, headers=back)
        except (aiohttp.ClientError, TimeoutError) as error:
            said = f"Perspective does not answer ({type(error).__name__}). Try again in a moment."
            return answer({"error": {"code": 503, "message": said, "status": "UNAVAILABLE"}}, 503, {"Retry-After": "1"})

    def _note(self, asked: bytes, answered: bytes) -> None:
        """Puts what was asked and answered in line; whatever cannot be compared is left out and counted."""
        try:
            request = AnalyzeCommentRequest.model_validate_json(asked)
            theirs = read_scores(json.loads(answered))
            self._waiting.put_nowait((request, {name.partition("@")[0]: score for name, score in theirs.items()}))
        except (ValueError, AttributeError, asyncio.QueueFull):
            self._left_out += 1

    async def _record_all(self) -> None:
        while True:
            request, theirs = await self._waiting.get()
            try:
                await self._record(request, theirs)
            except (OSError, ScoringBusy) as error:
                self._left_out += 1
                _LOG.warning("An answer could not be recorded. %s: %s", type(error).__name__, error)
            finally:
                self._waiting.task_done()

    async def _record(self, request: AnalyzeCommentRequest, theirs: Mapping[str, float]) -> None:
        text = request.comment.text if request.comment is not None else ""
        (analysis,) = await self._scoring.analyse([text])
        if analysis is None or not analysis.scores or not theirs:
            self._left_out += 1
            return
        ours = {attribute.value: score for attribute, score in self._reader.of(text, analysis).items()}
        kept = None if request.do_not_store else text
        await asyncio.to_thread(self._records.add, Record(theirs, kept, ours, self._basis))
        self._remember(ours, theirs)

    def _remember(self, ours: Mapping[str, float], theirs: Mapping[str, float]) -> None:
        for name, attribute in MODELS.items():
            if name in theirs and attribute.value in ours:
                mine, other = self._pairs[name]
                mine.append(ours[attribute.value])
                other.append(theirs[name])

    async def tell(self, _: web.Request) -> web.Response:
        """How far the two agree until now, and for which attributes it is safe to switch; no text of anybody's."""
        pairs = {name: (list(mine), list(other)) for name, (mine, other) in self._pairs.items()}
        return answer(await asyncio.to_thread(self._told, pairs))

    # Any: JSON on its way out.
    def _told(self, pairs: Mapping[str, Pairs]) -> dict[str, Any]:
        attributes = {}
        for name, (mine, other) in pairs.items():
            measured = measure(Scores(name, [None] * len(mine), mine, other), self._level)
            why = obstacle(measured, self._level, self._most_changed)
            attributes[name] = {
                "texts": len(mine),
                "spearman": measured.correlation,
                "difference": measured.before,
                "difference_with_curve": None if measured.curve is None else measured.after,
                "safe_to_switch": why is None,
                "why_not": why,
            }
        safe = bool(attributes) and all(said["safe_to_switch"] for said in attributes.values())
        return {
            "model": self._scoring.version,
            "threshold": self._level,
            "safe_to_switch": safe,
            "left_out": self._left_out,
            "attributes": attributes,
        }


async def _discover(request: web.Request) -> web.Response:
    """The discovery document with this proxy as its root; Google's own would lead clients past it."""
    return answer(document(f"{request.scheme}://{request.host}/"))


def records_of(site: str, folder: Path) -> Path:
    """Where what Perspective said about a site's comments is kept."""
    return folder / f"perspective-{site}.jsonl"
