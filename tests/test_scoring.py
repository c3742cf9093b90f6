"""The one way to the models: what is scored, when, together with what, and what happens when a model fails."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from bot.cache import Cache, LocalScores
from bot.scoring import ModelState, Scoring, ScoringBusy, TextScorer
from sentiment.scores import Analysis
from tests.builders import analysis
from tests.waiting import eventually


class Lengths:
    """A scorer from outside: the language it finds is the length of the text. It notes every batch."""

    version = "test-1"

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def analyse(self, texts: Sequence[str]) -> list[Analysis]:
        self.batches.append(list(texts))
        assert self.may_go_on.wait(30)
        return [of_length(text) for text in texts]


class Failing(Lengths):
    """Fails on every batch that holds the word."""

    def analyse(self, texts: Sequence[str]) -> list[Analysis]:
        answers = super().analyse(texts)
        if "poison" in texts:
            raise ValueError("poison is quoted here")
        return answers


class Forgetful(Lengths):
    """Answers for one text fewer than it was asked."""

    def analyse(self, texts: Sequence[str]) -> list[Analysis]:
        return super().analyse(texts)[:-1]


def of_length(text: str) -> Analysis:
    """What `Lengths` answers."""
    return analysis(language=str(len(text)))


def loads(scorer: TextScorer) -> Callable[[str | None], TextScorer]:
    """A loader that needs no files."""
    return lambda _: scorer


@asynccontextmanager
async def scoring_with(scorer: TextScorer, cache: LocalScores | None = None) -> AsyncIterator[Scoring]:
    """A service part that scores with this scorer."""
    scoring = Scoring(cache or LocalScores(), load=loads(scorer))
    try:
        yield scoring
    finally:
        await scoring.close()


async def until_it_scores(scorer: Lengths) -> None:
    """Wait until the first batch has arrived in the scoring thread."""
    await eventually(lambda: bool(scorer.batches), True)


async def test_every_text_gets_its_own_answer_in_order() -> None:
    """Known, new and repeated texts may stand in any order."""
    scorer = Lengths()
    async with scoring_with(scorer) as scoring:
        assert await scoring.analyse(["a", "bb"]) == [of_length("a"), of_length("bb")]
        texts = ["ccc", "a", "ccc", "", "bb"]
        assert await scoring.analyse(texts) == [of_length(text) for text in texts]
    assert sorted(text for batch in scorer.batches for text in batch) == ["", "a", "bb", "ccc"]


async def test_a_remembered_text_is_not_scored_again() -> None:
    """The same text costs the models once."""
    scorer = Lengths()
    async with scoring_with(scorer) as scoring:
        first = await scoring.analyse(["again"])
        assert await scoring.analyse(["again"]) == first
    assert scorer.batches == [["again"]]


async def test_texts_that_wait_are_scored_together() -> None:
    """While one batch is scored the next gathers, up to 32."""
    scorer = Lengths()
    scorer.may_go_on.clear()
    async with scoring_with(scorer) as scoring:
        first = asyncio.create_task(scoring.analyse(["first"]))
        await until_it_scores(scorer)
        others = [asyncio.create_task(scoring.analyse([f"text {number}"])) for number in range(40)]
        await asyncio.sleep(0)
        scorer.may_go_on.set()
        await asyncio.gather(first, *others)
    assert [len(batch) for batch in scorer.batches] == [1, 32, 8]


async def test_long_texts_share_no_batch() -> None:
    """So nobody waits for long behind somebody else's novel."""
    scorer = Lengths()
    async with scoring_with(scorer) as scoring:
        await scoring.analyse([letter * 7_000 for letter in "abc"])
    assert [len(batch) for batch in scorer.batches] == [1, 1, 1]


async def test_the_same_text_asked_twice_at_once_is_scored_once() -> None:
    """Whoever asks for what is being scored waits for that answer."""
    scorer = Lengths()
    scorer.may_go_on.clear()
    async with scoring_with(scorer) as scoring:
        asked = [asyncio.create_task(scoring.analyse(["same", "same"])) for _ in range(20)]
        await until_it_scores(scorer)
        scorer.may_go_on.set()
        assert await asyncio.gather(*asked) == [[of_length("same")] * 2] * 20
    assert scorer.batches == [["same"]]


async def test_who_gives_up_takes_nothing_from_the_others() -> None:
    """A closed connection does not cancel an answer that somebody else waits for."""
    scorer = Lengths()
    scorer.may_go_on.clear()
    async with scoring_with(scorer) as scoring:
        impatient = asyncio.create_task(scoring.analyse(["same"]))
        patient = asyncio.create_task(scoring.analyse(["same"]))
        await until_it_scores(scorer)
        impatient.cancel()
        scorer.may_go_on.set()
        assert await patient == [of_length("same")]
        with pytest.raises(asyncio.CancelledError):
            await impatient


async def test_a_text_that_the_models_fail_on_gets_no_score(caplog: pytest.LogCaptureFixture) -> None:
    """Its neighbours keep theirs, the failure is counted, and the log quotes nobody."""
    before = REGISTRY.get_sample_value("parley_scorer_failures_total", {"step": "score"}) or 0
    async with scoring_with(Failing()) as scoring:
        assert await scoring.analyse(["a", "poison", "bb"]) == [of_length("a"), None, of_length("bb")]
        assert scoring.state is ModelState.WARM
    assert REGISTRY.get_sample_value("parley_scorer_failures_total", {"step": "score"}) == before + 1
    assert "poison" not in caplog.text
    assert "failed on a text of 6 characters: ValueError" in caplog.text


async def test_a_failure_is_not_remembered() -> None:
    """The next request asks the models again."""
    scorer = Failing()
    async with scoring_with(scorer) as scoring:
        await scoring.analyse(["poison"])
        await scoring.analyse(["poison"])
    assert scorer.batches == [["poison"], ["poison"]]


async def test_answers_that_are_missing_are_never_filled_with_others() -> None:
    """Too few answers for a batch are no answers."""
    async with scoring_with(Forgetful()) as scoring:
        assert await scoring.analyse(["a", "bb"]) == [None, None]


async def test_models_that_cannot_be_loaded_score_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Every text goes without an answer, and the log says why."""

    def broken(version: str | None) -> TextScorer:
        raise OSError(f"no models of version {version}")

    scoring = Scoring(LocalScores(), "1999-01", broken)
    assert scoring.state is ModelState.WARMING
    assert await scoring.analyse(["a", "b"]) == [None, None]
    assert (scoring.state, scoring.version) == (ModelState.AWAY, None)
    assert "no models of version 1999-01" in caplog.text
    await scoring.close()


async def test_who_comes_while_the_models_are_loaded_waits() -> None:
    """Nobody is held only because Parley has just started."""
    begin = threading.Event()

    def slow(version: str | None) -> TextScorer:
        assert begin.wait(30)
        return Lengths()

    scoring = Scoring(LocalScores(), load=slow)
    asked = asyncio.create_task(scoring.analyse(["early"]))
    await asyncio.sleep(0)
    assert (scoring.state, scoring.version) == (ModelState.WARMING, None)
    begin.set()
    assert await asked == [of_length("early")]
    assert (scoring.state, scoring.version) == (ModelState.WARM, "test-1")
    await scoring.close()


async def test_too_much_waiting_text_is_refused() -> None:
    """A flood of novels gets a clear answer at once, and what was taken on is finished."""
    scorer = Lengths()
    scorer.may_go_on.clear()
    async with scoring_with(scorer) as scoring:
        flood = [asyncio.create_task(scoring.analyse([chr(0x4E00 + number) * 20_000])) for number in range(201)]
        await until_it_scores(scorer)
        with pytest.raises(ScoringBusy, match="Try again in a few seconds"):
            await scoring.analyse(["one more"])
        scorer.may_go_on.set()
        await asyncio.gather(*flood)
        assert await scoring.analyse(["one more"]) == [of_length("one more")]


async def test_closing_ends_the_waiting() -> None:
    """A process that is told to stop does not wait for the models."""
    scorer = Lengths()
    scorer.may_go_on.clear()
    async with scoring_with(scorer) as scoring:
        asked = asyncio.create_task(scoring.analyse(["late"]))
        await until_it_scores(scorer)
    with pytest.raises(asyncio.CancelledError):
        await asked
    scorer.may_go_on.set()


async def test_processes_share_scores_through_redis(redis_url: str) -> None:
    """What one process scored, another one knows."""
    one, two = await Cache.open(redis_url), await Cache.open(redis_url)
    scorer, other = Lengths(), Lengths()
    here, there = Scoring(one.scores, load=loads(scorer)), Scoring(two.scores, load=loads(other))
    known = await here.analyse(["shared"])
    await here.close()
    await one.close()
    assert await there.analyse(["shared"]) == known
    assert other.batches == []
    await there.close()
    await two.close()


@settings(max_examples=30)
@given(st.lists(st.lists(st.text(max_size=40), max_size=8), max_size=20))
async def test_any_crowd_of_callers_gets_its_own_answers(callers: list[list[str]]) -> None:
    """However requests fall together, each text is answered in its place."""
    async with scoring_with(Lengths()) as scoring:
        given = await asyncio.gather(*(scoring.analyse(texts) for texts in callers))
        assert given == [[of_length(text) for text in texts] for texts in callers]
