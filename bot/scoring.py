"""The one way to the models: remembered analyses first, else one thread that scores what waits in small batches.

Scoring holds the interpreter, so more speed comes from more processes, never from more threads.
"""

import asyncio
import gc
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from prometheus_client import Counter, Histogram

from bot import memory
from bot.cache import ScoreCache, digest
from bot.flight import Flight, end
from sentiment.registry import NoSuchModel
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
# Each takes about 30 MB, and a third of a second to load.
_MOST_OTHERS = 2


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


def load_models(version: str | None, own: Path | None = None) -> TextScorer:
    """The models of a version, the current ones for None; takes about two seconds, later ones a third of one.

    `own` is the operator's folder of models, beside those that Parley ships. Raises ModelUnusable.
    """
    # Not at the top: they bring scikit-learn, and whoever imports this file must not wait for that.
    from sentiment import language

    with ThreadPoolExecutor(1) as beside:
        # Mostly unpacking, which does not need the interpreter.
        beside.submit(language.prepare)
        from sentiment.scorer import Scorer

    scorer = Scorer.load(version, own)
    if not gc.get_freeze_count():
        # What is there at the start stays for good: the garbage collector need not look through it again and again.
        gc.collect()
        gc.freeze()
    memory.give_back()
    return scorer


class _Question(NamedTuple):
    """A text for the models of one version; `key` is its digest."""

    scorer: TextScorer
    key: str
    text: str


class Scoring:
    """Scores texts by the models of one version, which are loaded in the scoring thread while Parley starts.

    Other versions are loaded beside it when they are first asked for; the two that were asked for last stay.
    """

    def __init__(
        self,
        scores: ScoreCache,
        version: str | None = None,
        load: Callable[[str | None], TextScorer] = load_models,
    ) -> None:
        """Begin to load the models of `version` (None: the current one). Needs a running loop."""
        self._scores = scores
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="scoring")
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="loading")
        self._load = load
        self._scorer: TextScorer | None = None
        self._others: OrderedDict[str, asyncio.Task[TextScorer | None]] = OrderedDict()
        self._state = ModelState.WARMING
        self._opening = asyncio.create_task(self._open(version), name="load the models")
        self._flight = Flight(self._score, _BATCH, weigh=_length, heaviest=_BATCH_CHARACTERS)
        self._asked: dict[tuple[TextScorer, str], asyncio.Future[Analysis | None]] = {}
        self._characters = 0

    @property
    def state(self) -> ModelState:
        """Whether the models can score; costs nothing to ask."""
        return self._state

    @property
    def version(self) -> str | None:
        """The version of the models that score; None while there are none."""
        return None if self._scorer is None else self._scorer.version

    async def opened(self) -> None:
        """Return once the models are there, or cannot be had."""
        if self._state is ModelState.WARMING:
            await asyncio.wait({self._opening})

    async def analyse(self, texts: Sequence[str], model: str | None = None) -> list[Analysis | None]:
        """One analysis per text, in order; None where no model answered. Waits while the models are loaded.

        `model` is the version to ask, None for the one that Parley started with. Raises NoSuchModel and ScoringBusy,
        and then has scored nothing.
        """
        await self.opened()
        scorer = self._scorer if model is None or model == self.version else await self._other(model)
        if scorer is None:
            return [None] * len(texts)
        digests = [digest(text) for text in texts]
        answers = await self._scores.get_many(scorer.version, digests)
        unknown = [place for place, answer in enumerate(answers) if answer is None]
        if unknown:
            if self._characters > _MOST_CHARACTERS:
                raise ScoringBusy
            asked = [self._ask(scorer, digests[place], texts[place]) for place in unknown]
            for place, answer in zip(unknown, asked, strict=True):
                # Others may wait for the same text, so whoever gives up must not take it from them.
                answers[place] = await asyncio.shield(answer)
        return answers

    async def close(self) -> None:
        """Stop scoring; whoever still waits is cancelled. A batch under way ends by itself."""
        for loading in (self._opening, *self._others.values()):
            await end(loading)
        await self._flight.close(0)
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._beside.shutdown(wait=False, cancel_futures=True)

    async def _open(self, version: str | None) -> None:
        try:
            self._scorer = await asyncio.get_running_loop().run_in_executor(self._thread, self._load, version)
            self._state = ModelState.WARM
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the models, comments are held
            self._state = ModelState.AWAY
            _FAILURES.labels("load").inc()
            _LOG.error("The models cannot be loaded; every comment will be held. %s: %s", type(error).__name__, error)

    async def _other(self, version: str) -> TextScorer | None:
        """The models of another version, loaded once for all who ask; None where they cannot be used."""
        loading = self._others.get(version)
        if loading is None:
            loading = self._others[version] = asyncio.create_task(self._load_other(version), name=f"load {version}")
        self._others.move_to_end(version)
        return await asyncio.shield(loading)

    async def _load_other(self, version: str) -> TextScorer | None:
        try:
            scorer = await asyncio.get_running_loop().run_in_executor(self._beside, self._load, version)
            loaded = [name for name, loading in self._others.items() if loading.done()]
            for forgotten in loaded[: len(loaded) + 1 - _MOST_OTHERS]:
                # Whoever waits for its answers keeps it until they are there.
                del self._others[forgotten]
            return scorer
        except NoSuchModel:
            # It may be there tomorrow; what is there and cannot be used stays so, as versions never change.
            self._others.pop(version, None)
            raise
        except Exception as error:  # noqa: BLE001 - as with the models that Parley starts with
            _FAILURES.labels("load").inc()
            _LOG.error("The model %s cannot be loaded; who asks for it gets no score. %s", version, error)
            return None

    def _ask(self, scorer: TextScorer, key: str, text: str) -> asyncio.Future[Analysis | None]:
        """The answer to come for a text; shared by all who ask for the same text at the same time."""
        answer = self._asked.get((scorer, key))
        if answer is None:
            self._characters += len(text)
            answer = self._asked[scorer, key] = self._flight.ask(_Question(scorer, key, text))
            answer.add_done_callback(lambda _: self._answered(scorer, key, text))
        return answer

    def _answered(self, scorer: TextScorer, key: str, text: str) -> None:
        self._characters -= len(text)
        del self._asked[scorer, key]

    async def _score(self, asked: Sequence[_Question]) -> Sequence[Analysis | None]:
        answers: list[Analysis | None] = [None] * len(asked)
        for scorer in dict.fromkeys(question.scorer for question in asked):
            places = [place for place, question in enumerate(asked) if question.scorer is scorer]
            texts = [asked[place].text for place in places]
            analyses = await asyncio.get_running_loop().run_in_executor(self._thread, _analyse, scorer, texts)
            for place, analysis in zip(places, analyses, strict=True):
                answers[place] = analysis
            scored = {
                asked[place].key: analysis
                for place, analysis in zip(places, analyses, strict=True)
                if analysis is not None
            }
            self._scores.put_many(scorer.version, scored)
        return answers


def _length(asked: _Question) -> int:
    return len(asked.text)


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
