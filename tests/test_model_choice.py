"""Callers may name the version of the models that scores; it answers beside the current one."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.cache import LocalScores
from bot.scoring import ModelState, Scoring
from bot.store.keys import Scope
from sentiment.registry import ModelUnusable, NoSuchModel, Registry
from sentiment.scores import Analysis
from tests.builders import analysis
from tests.parley import ask, calling
from tests.parley import serving as own_process
from tests.running import Service, serving
from tests.test_model_versions import golden
from tests.test_registry import add_version
from tests.waiting import eventually

CURRENT = Registry.beside().current()


class Named:
    """Models that say nothing but their name."""

    def __init__(self, version: str) -> None:
        self.version = version

    def analyse(self, texts: Sequence[str]) -> list[Analysis]:
        return [analysis(model=self.version) for _ in texts]


class Shelf:
    """Versions to load: the current one, any that begins with "old", and a broken one. Counts what is loaded."""

    def __init__(self) -> None:
        self.loaded: Counter[str] = Counter()
        self.may_load = threading.Event()
        self.may_load.set()

    def load(self, version: str | None) -> Named:
        if version is not None:
            self.loaded[version] += 1
            assert self.may_load.wait(30)
            if version == "broken":
                raise ModelUnusable("It is broken.")
            if not version.startswith("old"):
                raise NoSuchModel(f"There is no model {version!r}. There are: old-1.")
        return Named(version or "current")


@asynccontextmanager
async def scoring_from(shelf: Shelf) -> AsyncIterator[Scoring]:
    scoring = Scoring(LocalScores(), load=shelf.load)
    try:
        yield scoring
    finally:
        await scoring.close()


async def answered_by(scoring: Scoring, model: str | None) -> str | None:
    (answer,) = await scoring.analyse(["a text"], model)
    return None if answer is None else answer.model


async def test_each_version_answers_for_itself_also_on_the_same_text_at_once() -> None:
    async with scoring_from(Shelf()) as scoring:
        asked = [None, "old-1", "current", "old-2", "old-1", None]
        answers = await asyncio.gather(*(answered_by(scoring, model) for model in asked))
        assert answers == ["current", "old-1", "current", "old-2", "old-1", "current"]
        assert scoring.version == "current"


async def test_all_who_ask_for_a_version_at_once_wait_for_one_loading() -> None:
    shelf = Shelf()
    async with scoring_from(shelf) as scoring:
        assert await asyncio.gather(*(answered_by(scoring, "old-1") for _ in range(20))) == ["old-1"] * 20
    assert shelf.loaded == {"old-1": 1}


async def test_while_a_version_is_loaded_the_current_one_answers() -> None:
    shelf = Shelf()
    async with scoring_from(shelf) as scoring:
        shelf.may_load.clear()
        waiting = asyncio.create_task(answered_by(scoring, "old-1"))
        await eventually(lambda: bool(shelf.loaded), True)
        assert await answered_by(scoring, None) == "current"
        shelf.may_load.set()
        assert await waiting == "old-1"


async def test_who_gives_up_while_a_version_is_loaded_takes_it_from_nobody() -> None:
    shelf = Shelf()
    async with scoring_from(shelf) as scoring:
        shelf.may_load.clear()
        impatient = asyncio.create_task(answered_by(scoring, "old-1"))
        patient = asyncio.create_task(answered_by(scoring, "old-1"))
        await eventually(lambda: bool(shelf.loaded), True)
        impatient.cancel()
        shelf.may_load.set()
        assert await patient == "old-1"
        with pytest.raises(asyncio.CancelledError):
            await impatient


async def test_the_two_versions_that_were_asked_for_last_stay_loaded() -> None:
    shelf = Shelf()
    async with scoring_from(shelf) as scoring:
        for model in ("old-1", "old-2", "old-1", "old-3", "old-1", "old-3", "old-2"):
            assert await answered_by(scoring, model) == model
    assert shelf.loaded == {"old-1": 1, "old-2": 2, "old-3": 1}


async def test_names_of_versions_that_are_not_there_push_none_out() -> None:
    shelf = Shelf()
    async with scoring_from(shelf) as scoring:
        await answered_by(scoring, "old-1")
        for number in range(10):
            with pytest.raises(NoSuchModel):
                await answered_by(scoring, f"none-{number}")
        assert await answered_by(scoring, "old-1") == "old-1"
    assert shelf.loaded["old-1"] == 1


async def test_a_version_that_cannot_be_loaded_scores_nothing_and_is_tried_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf = Shelf()
    async with scoring_from(shelf) as scoring:
        assert [await answered_by(scoring, "broken") for _ in range(3)] == [None] * 3
        assert await answered_by(scoring, None) == "current"
        assert scoring.state is ModelState.WARM
    assert shelf.loaded == {"broken": 1}
    assert "The model broken cannot be loaded" in caplog.text


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """An operator's own models: one that can be used, and one that is damaged."""
    folder = tmp_path / "models"
    add_version(folder, "mine-1")
    (add_version(folder, "damaged-1") / "threat.skops").write_bytes(b"")
    return folder


@pytest.fixture
async def service(tmp_path: Path, models: Path) -> AsyncIterator[Service]:
    """Parley with its own models and the operator's."""
    async with serving(tmp_path, load=None, models_folder=models) as running:
        yield running


async def test_wherever_texts_are_scored_the_version_can_be_named(service: Service) -> None:
    """The answer says which one scored; a stored comment keeps saying it."""
    text = {"text": "You idiot.", "model": "mine-1"}
    assert (await service.ask("POST", "/v1/score", text, scope=Scope.SCORE)).json["model_version"] == "mine-1"
    batch = (await service.ask("POST", "/v1/score", {"texts": ["a", "b"], "model": "mine-1"})).json
    assert [result["model_version"] for result in batch["results"]] == ["mine-1"] * 2
    tried = (await service.ask("POST", "/v1/policy/check", {"policy": {}, "texts": ["a"], "model": "mine-1"})).json
    assert tried["results"][0]["model_version"] == "mine-1"
    stored = await service.submit(model="mine-1")
    assert (await service.ask("GET", f"/v1/comments/{stored['id']}")).json["model_version"] == "mine-1"


async def test_who_names_none_gets_the_current_one_whatever_others_name(service: Service) -> None:
    asked = {"text": "You idiot."}
    for model in (None, "mine-1", None, CURRENT):
        named = {} if model is None else {"model": model}
        answer = await service.ask("POST", "/v1/score", asked | named)
        assert answer.json["model_version"] == (model or CURRENT)
    assert (await service.submit())["model_version"] == CURRENT


async def test_an_old_version_gives_the_scores_that_it_gave_when_it_was_new(service: Service) -> None:
    lines = golden("2026.11-2")
    asked = {"texts": [line["text"] for line in lines], "model": "2026.11-2"}
    results = (await service.ask("POST", "/v1/score", asked)).json["results"]
    for line, result in zip(lines, results, strict=True):
        assert result["scores"] == pytest.approx(line["scores"], abs=2e-4)


@pytest.mark.parametrize("name", ["2020.1-1", "CURRENT", "mine"])
async def test_a_version_that_is_not_there_is_refused_with_those_there_are(service: Service, name: str) -> None:
    for address, asked in (
        ("/v1/score", {"text": "Fine."}),
        ("/v1/comments", {"thread": "t", "author": "ada", "text": "Fine."}),
        ("/v1/policy/check", {"policy": {}, "texts": ["Fine."]}),
    ):
        answer = await service.ask("POST", address, asked | {"model": name})
        (wrong,) = answer.json["errors"]
        assert (answer.status, wrong["field"]) == (422, "model")
        assert "mine-1" in wrong["message"]
        assert "2026.11-2" in wrong["message"]
    assert (await service.ask("GET", "/v1/threads/t/comments")).json["items"] == []


@pytest.mark.parametrize("name", ["", ".", "../models/2026.11-2", "a b", "x" * 101, 3])
async def test_what_is_no_name_is_refused_too(service: Service, name: object) -> None:
    answer = await service.ask("POST", "/v1/score", {"text": "Fine.", "model": name})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "model")


async def test_a_comment_for_a_damaged_version_is_held_for_a_person(service: Service) -> None:
    """Nothing is lost, and no score is invented."""
    comment = await service.submit("Fine.", model="damaged-1")
    assert (comment["status"], comment["reasons"]) == ("held", ["scorer_unavailable"])
    assert (comment["scores"], comment["model_version"]) == ({}, None)
    assert (await service.ask("GET", "/readyz", scope=None)).json["status"] == "ready"


async def test_a_running_service_keeps_its_version_and_the_next_start_takes_the_chosen_one(
    tmp_path: Path, models: Path
) -> None:
    with own_process(tmp_path / "parley", models_folder=str(models)) as parley:
        async with calling(parley, "score") as client:
            text = {"text": "You idiot."}
            assert (await ask(client, "POST", "/v1/score", text))[1]["model_version"] == CURRENT
            parley.command("models", "use", "mine-1")
            assert (await ask(client, "POST", "/v1/score", {"text": "Well."}))[1]["model_version"] == CURRENT
        parley.stop()
        parley.start()
        async with calling(parley, "score") as client:
            assert (await ask(client, "POST", "/v1/score", text))[1]["model_version"] == "mine-1"
            old = await ask(client, "POST", "/v1/score", text | {"model": CURRENT})
            assert old[1]["model_version"] == CURRENT


async def test_a_developer_can_find_out_the_names(service: Service) -> None:
    answer = await service.ask("GET", "/v1/models", scope=Scope.SCORE)
    items = {item["version"]: item for item in answer.json["items"]}
    assert {"mine-1", *Registry.beside().versions()} <= set(items)
    assert [version for version, item in items.items() if item["current"]] == [CURRENT]
    assert items["mine-1"]["auc"]["toxicity"] == pytest.approx(0.9753)
