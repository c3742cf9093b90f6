"""Public sets of questions by intent: a part becomes a FAQ, the rest is asked of it."""

import gzip
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.dialogue.conversation import Conversation
from bot.dialogue.faq import Faq
from bot.dialogue.replies import reply
from bot.dialogue.rules import ReadyFaq

_PART: Final = 5
"""Every fifth question of an intent is held out where a set has no parts of its own."""


class NoSets(Exception):
    """The folder holds none of the sets."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One set. `right`, `declined`, `elsewhere_declined` are shares; the last of what no intent answers."""

    name: str
    intents: int
    questions: int
    asked: int
    right: float
    declined: float
    elsewhere_declined: float | None
    load_seconds: float
    answer_milliseconds: float


@dataclass(frozen=True, slots=True)
class _Set:
    learned: list[tuple[str, str]]
    asked: list[tuple[str, str]]
    elsewhere: list[str]


def measure_all(folder: Path, most: int | None) -> Iterator[Measured]:
    """Each set that the folder has; `most` questions of an intent are learned at most. Raises `NoSets`."""
    found = [name for name in ("banking77", "clinc150") if _file(folder, name).is_file()]
    if not found:
        raise NoSets(f"{folder} has neither banking77.jsonl.gz nor clinc150.jsonl.gz.")
    for name in found:
        yield _measure(name, _split(list(_rows(_file(folder, name)))), most)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.jsonl.gz"


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        yield from map(json.loads, opened)


def _split(rows: Sequence[dict[str, Any]]) -> _Set:
    if "split" in rows[0]:
        parts: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            parts.setdefault(row["split"], []).append(row)
        strange = [row["text"] for name, part in parts.items() if name.startswith("oos") for row in part]
        return _Set(_pairs(parts["train"]), _pairs(parts["val"]), strange)
    by_intent: dict[str, list[str]] = {}
    for row in rows:
        by_intent.setdefault(row["intent"], []).append(row["text"])
    learned: list[tuple[str, str]] = []
    asked: list[tuple[str, str]] = []
    for intent, texts in by_intent.items():
        for place, text in enumerate(texts):
            (asked if place % _PART == 0 else learned).append((intent, text))
    return _Set(learned, asked, [])


def _pairs(rows: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["intent"], row["text"]) for row in rows]


def _measure(name: str, parts: _Set, most: int | None) -> Measured:
    by_intent: dict[str, list[str]] = {}
    for intent, text in parts.learned:
        by_intent.setdefault(intent, []).append(text)
    intents = [{"id": one, "questions": texts[:most], "answer": one} for one, texts in by_intent.items()]
    started = time.perf_counter()
    ready = ReadyFaq(Faq.model_validate({"fallback": "-", "intents": intents}))
    loaded = time.perf_counter()
    replies = [reply(ready, Conversation(), text) for _, text in parts.asked]
    answered = time.perf_counter()
    elsewhere = [reply(ready, Conversation(), text).intent is None for text in parts.elsewhere]
    return Measured(
        name=name,
        intents=len(intents),
        questions=sum(len(texts[:most]) for texts in by_intent.values()),
        asked=len(replies),
        right=sum(one.best_intent == intent for one, (intent, _) in zip(replies, parts.asked, strict=True))
        / len(replies),
        declined=sum(one.intent is None for one in replies) / len(replies),
        elsewhere_declined=sum(elsewhere) / len(elsewhere) if elsewhere else None,
        load_seconds=loaded - started,
        answer_milliseconds=(answered - loaded) / len(replies) * 1000,
    )
