"""Perspective itself, as long as it answers: scores for one text, or why there are none."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

PERSPECTIVE = "https://commentanalyzer.googleapis.com"
_TIMEOUT = aiohttp.ClientTimeout(total=30)
_MOST_BYTES = 1_000_000


class UpstreamAway(Exception):
    """There was no answer this time; `wait` is how many seconds Perspective asks for, None where it does not say."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class KeyRefused(Exception):
    """Perspective does not take the key, so that no other text would be answered either."""


@dataclass(frozen=True, slots=True)
class Said:
    """Summary scores by attribute; `refused` is why there are none, for a text that will never have any."""

    scores: Mapping[str, float]
    refused: str | None = None


class Upstream:
    """Asks with the operator's own key, which goes into a header, so that no log of addresses shows it."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        self._session = session
        self._url = f"{url.rstrip('/')}/v1alpha1/comments:analyze"
        self._key = key

    async def analyze(self, text: str, attributes: Sequence[str], language: str | None) -> Said:
        """What it says of a text, which it is told not to store. Raises UpstreamAway and KeyRefused."""
        asked: dict[str, Any] = {
            "comment": {"text": text, "type": "PLAIN_TEXT"},
            "requestedAttributes": {name: {} for name in attributes},
            "doNotStore": True,
        }
        if language is not None:
            asked["languages"] = [language]
        try:
            async with self._session.post(
                self._url,
                json=asked,
                headers={"X-Goog-Api-Key": self._key},
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as response:
                return _said(response.status, response.headers, await _json(response))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UpstreamAway(f"{type(error).__name__}: {error}") from error


async def _json(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """The body as an object; an empty one for what is none (Any: JSON of another's)."""
    body = await response.content.read(_MOST_BYTES)
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _said(status: int, headers: Mapping[str, str], body: dict[str, Any]) -> Said:
    if status == 200:
        return Said(read_scores(body))
    error = body.get("error") if isinstance(body.get("error"), dict) else {}
    message = str((error or {}).get("message", f"HTTP {status}"))[:300]
    details = str((error or {}).get("details", ""))
    if status in (401, 403) or "API_KEY_INVALID" in details or message.startswith("API key"):
        raise KeyRefused(message)
    if status == 400:
        return Said({}, message)
    raise UpstreamAway(message, _seconds(headers.get("Retry-After")))


def read_scores(body: Mapping[str, Any]) -> dict[str, float]:
    """The summary scores of an answer of Perspective's (Any: JSON of another's); what has none is left out."""
    given = body.get("attributeScores")
    found: dict[str, float] = {}
    for name, scores in (given if isinstance(given, dict) else {}).items():
        summary = scores.get("summaryScore") if isinstance(scores, dict) else None
        value = summary.get("value") if isinstance(summary, dict) else None
        if isinstance(value, int | float) and 0 <= value <= 1:
            found[str(name)] = float(value)
    return found


def _seconds(retry_after: str | None) -> float | None:
    return float(retry_after) if retry_after is not None and retry_after.isdigit() else None
