"""The one way to the models: remembered analyses first, else one thread that scores what waits in small batches.

Scoring holds the interpreter, so more speed comes from more processes, never from more threads.
"""

import asyncio
import gc
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Protocol

from prometheus_client import Counter, Histogram

from bot import memory
from bot.cache import ScoreCache, digest
from bot.flight import Flight, end
from sentiment.scores import Analysis

_LOG = logging.getLogger(__name__)
_SECONDS = Histogram(
    "parley_scoring_batch_seconds",
    "Time that the models took for a batch of texts.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)
_SCORED = Counter("parley_scored_texts", "Texts that the models have scored; remembered ones are not counted.")
_FAILURES = Counter("parley_scorer_failures", "Texts (or starts) that the models failed on.", ["step"])

_BATCH = 32
# About 50 ms of scoring: as long as one caller may keep the thread from the next.
_BATCH_CHARACTERS = 12_000
# About ten seconds of scoring.
_MOST_CHARACTERS = 4_000_000


class TextScorer(Protocol):
    """What can score: `sentiment.scorer.Scorer`, or a test's own."""

    @property
    def version(self) -> str:
        """The version of its models."""

    def analyse(self, texts: Sequence[str]) -> list[Analysis]:
        """One analysis per text, in order."""


class ModelState(StrEnum):
    """Whether the models can score: not yet, now, or not until Parley is started again."""

    WARMING = "warming"
    WARM = "warm"
    AWAY = "away"


class ScoringBusy(Exception):
    """More text waits to be scored than can be scored in about ten seconds; nothing was taken on."""

    def __str__(self) -> str:
        return "More text waits to be scored than this process can score soon. Try again in a few seconds."


def load_models(version: str | None) -> TextScorer:
    """The shipped models of a version, the current ones for None; takes about two seconds."""
    # Not at the top: they bring scikit-learn, and whoever imports this file must not wait for that.
    from sentiment import language

    with ThreadPoolExecutor(1) as beside:
        # Mostly unpacking, which does not need the interpreter.
        beside.submit(language.prepare)
        from sentiment.scorer import Scorer

    scorer = Scorer.load(version)
    # What is there now stays for good: the garbage collector need not look through it again and again.
    gc.collect()
    gc.freeze()
    memory.give_back()
    return scorer


class Scoring:
    """Scores texts by the models of one version, which are loaded in the scoring thread while Parley starts."""

    def __init__(
        self,
        scores: ScoreCache,
        version: str | None = None,
        load: Callable[[str | None], TextScorer] = load_models,
    ) -> None:
        """Begin to load the models of `version` (None: the current one). Needs a running loop."""
        self._scores = scores
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="scoring")
        self._scorer: TextScorer | None = None
        self._state = ModelState.WARMING
        self._opening = asyncio.create_task(self._open(load, version), name="load the models")
        self._flight = Flight(self._score, _BATCH, weigh=_length, heaviest=_BATCH_CHARACTERS)
        self._asked: dict[str, asyncio.Future[Analysis | None]] = {}
        self._characters = 0

    @property
    def state(self) -> ModelState:
        """Whether the models can score; costs nothing to ask."""
        return self._state

    @property
    def version(self) -> str | None:
        """The version of the models that score; None while there are none."""
        return None if self._scorer is None else self._scorer.version

    async def analyse(self, texts: Sequence[str]) -> list[Analysis | None]:
        """One analysis per text, in order; None where no model answered. Waits while the models are loaded.

        Raises ScoringBusy, and then has scored nothing.
        """
        if self._state is ModelState.WARMING:
            await asyncio.wait({self._opening})
        if self._scorer is None:
            return [None] * len(texts)
        digests = [digest(text) for text in texts]
        answers = await self._scores.get_many(self._scorer.version, digests)
        unknown = [place for place, answer in enumerate(answers) if answer is None]
        if unknown:
            if self._characters > _MOST_CHARACTERS:
                raise ScoringBusy
            asked = [self._ask(digests[place], texts[place]) for place in unknown]
            for place, answer in zip(unknown, asked, strict=True):
                # Others may wait for the same text, so whoever gives up must not take it from them.
                answers[place] = await asyncio.shield(answer)
        return answers

    async def close(self) -> None:
        """Stop scoring; whoever still waits is cancelled. A batch under way ends by itself."""
        await end(self._opening)
        await self._flight.close(0)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _open(self, load: Callable[[str | None], TextScorer], version: str | None) -> None:
        try:
            self._scorer = await asyncio.get_running_loop().run_in_executor(self._thread, load, version)
            self._state = ModelState.WARM
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the models, comments are held
            self._state = ModelState.AWAY
            _FAILURES.labels("load").inc()
            _LOG.error("The models cannot be loaded; every comment will be held. %s: %s", type(error).__name__, error)

    def _ask(self, key: str, text: str) -> asyncio.Future[Analysis | None]:
        """The answer to come for a text; shared by all who ask for the same text at the same time."""
        answer = self._asked.get(key)
        if answer is None:
            self._characters += len(text)
            answer = self._asked[key] = self._flight.ask((key, text))
            answer.add_done_callback(lambda _: self._answered(key, text))
        return answer

    def _answered(self, key: str, text: str) -> None:
        self._characters -= len(text)
        del self._asked[key]

    async def _score(self, asked: Sequence[tuple[str, str]]) -> Sequence[Analysis | None]:
        scorer = self._scorer
        assert scorer is not None, "nobody asks before the models are there"
        texts = [text for _, text in asked]
        analyses = await asyncio.get_running_loop().run_in_executor(self._thread, _analyse, scorer, texts)
        scored = {key: analysis for (key, _), analysis in zip(asked, analyses, strict=True) if analysis is not None}
        self._scores.put_many(scorer.version, scored)
        return analyses


def _length(asked: tuple[str, str]) -> int:
    return len(asked[1])


def _analyse(scorer: TextScorer, texts: Sequence[str]) -> list[Analysis | None]:
    """Runs in the scoring thread. A text that the models fail on gets None and does no harm to the others."""
    try:
        with _SECONDS.time():
            analyses: list[Analysis | None] = [*scorer.analyse(texts)]
        if len(analyses) != len(texts):
            raise RuntimeError(f"the models gave {len(analyses)} answers to {len(texts)} texts")
    except Exception as error:  # noqa: BLE001 - a fault in scoring holds a comment and never loses one
        if len(texts) > 1:
            return [analysis for text in texts for analysis in _analyse(scorer, [text])]
        _FAILURES.labels("score").inc()
        # Only the type: the message may quote the comment.
        _LOG.error("The models failed on a text of %d characters: %s", len(texts[0]), type(error).__name__)
        return [None]
    _SCORED.inc(len(texts))
    return analyses
