"""Remembered analyses: the same text under the same models is scored once.

Keys hold the models' version and a hash of the text, never the text.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Protocol

from prometheus_client import Counter
from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis

from bot.cache.link import Link, RedisAway
from bot.flight import Flight
from sentiment.scores import Analysis

_LOOKUPS = Counter("parley_score_cache_lookups", "Texts looked up in the score cache.", ["outcome"])
_HITS = _LOOKUPS.labels("hit")
_MISSES = _LOOKUPS.labels("miss")

_ANALYSIS = TypeAdapter(Analysis)
_DAY = 24 * 60 * 60
_BATCH = 256
_BACKLOG = 4096
_PATIENCE = 0.5


def digest(text: str) -> str:
    """The SHA-256 of the text, in hexadecimal; lone surrogates count as what they are."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class ScoreCache(Protocol):
    """What the models of one version said about texts, by the texts' digests."""

    async def get_many(self, version: str, digests: Sequence[str]) -> list[Analysis | None]:
        """The remembered analyses, in the order asked; None for each that is not there or cannot be had."""

    def put_many(self, version: str, analyses: Mapping[str, Analysis]) -> None:
        """Remember analyses by digest, without waiting; what cannot be stored is forgotten."""

    async def close(self) -> None:
        """Store what waits, for at most half a second."""


class LocalScores:
    """The least recently used analyses of this process, bounded in number and (about) in bytes."""

    def __init__(self, most: int = 10_000, most_bytes: int = 8_000_000) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, str], Analysis] = OrderedDict()

    async def get_many(self, version: str, digests: Sequence[str]) -> list[Analysis | None]:
        """The remembered analyses, in the order asked; None for each that is not there. Never waits."""
        found = [self._kept.get((version, asked)) for asked in digests]
        for asked, analysis in zip(digests, found, strict=True):
            if analysis is None:
                _MISSES.inc()
            else:
                self._kept.move_to_end((version, asked))
                _HITS.inc()
        return found

    def put_many(self, version: str, analyses: Mapping[str, Analysis]) -> None:
        """Remember analyses by digest; the least recently used make room."""
        for key, analysis in analyses.items():
            before = self._kept.pop((version, key), None)
            self._kept[(version, key)] = analysis
            self._bytes += _bytes(analysis) - (0 if before is None else _bytes(before))
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            _, forgotten = self._kept.popitem(last=False)
            self._bytes -= _bytes(forgotten)

    async def close(self) -> None:
        """Nothing waits here."""


class SharedScores:
    """Analyses in Redis, for all processes, for a day.

    While Redis is away every lookup is a miss and nothing is stored. An entry that cannot be read, or that other
    models wrote, is a miss.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._reads: Flight[str, bytes | str | None] = Flight(self._read, _BATCH)
        self._writes: Flight[tuple[str, bytes], None] = Flight(self._write, _BATCH)

    async def get_many(self, version: str, digests: Sequence[str]) -> list[Analysis | None]:
        """The remembered analyses, in the order asked; None for each that is not there or cannot be had."""
        waiting = [self._reads.ask(_key(version, asked)) for asked in digests]
        found = [_decode(await entry, version) for entry in waiting]
        hits = sum(analysis is not None for analysis in found)
        _HITS.inc(hits)
        _MISSES.inc(len(found) - hits)
        return found

    def put_many(self, version: str, analyses: Mapping[str, Analysis]) -> None:
        """Remember analyses by digest, without waiting; dropped while Redis is away or more than 4096 wait."""
        for key, analysis in analyses.items():
            if len(self._writes) < _BACKLOG:
                self._writes.ask((_key(version, key), _ANALYSIS.dump_json(analysis)))

    async def close(self) -> None:
        """Store what waits, for at most half a second."""
        await self._writes.close(_PATIENCE)
        await self._reads.close(0)

    async def _read(self, keys: Sequence[str]) -> Sequence[bytes | str | None]:
        async def fetch(redis: Redis) -> list[bytes | str | None]:
            return await redis.mget(keys)

        try:
            return await self._link.ask("scores.get", fetch)
        except RedisAway:
            return [None] * len(keys)

    async def _write(self, entries: Sequence[tuple[str, bytes]]) -> Sequence[None]:
        async def store(redis: Redis) -> None:
            pipeline = redis.pipeline(transaction=False)
            for key, value in entries:
                pipeline.set(key, value, ex=_DAY)
            await pipeline.execute()

        with suppress(RedisAway):
            await self._link.ask("scores.put", store)
        return [None] * len(entries)


def _key(version: str, asked: str) -> str:
    return f"parley:score:{version}:{asked}"


def _decode(entry: bytes | str | None, version: str) -> Analysis | None:
    if entry is None:
        return None
    try:
        analysis = _ANALYSIS.validate_json(entry)
    except ValidationError:
        return None
    return analysis if analysis.model == version else None


def _bytes(analysis: Analysis) -> int:
    # Measured with sys.getsizeof on CPython 3.11: eight scores, a sentiment, the key, then each span.
    return 1_100 + 160 * len(analysis.spans)
