"""OpenAI's callers change one base URL: the same answers and errors, with categories that mean what they say."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types import ModerationImageURLInputParam

from bot.store.keys import Scope
from bot.web.compat.openai import CATEGORIES
from sentiment.registry import NoSuchModel
from sentiment.scores import Analysis, Attribute
from tests.parley import Parley
from tests.parley import serving as serving_process
from tests.running import Answer, OneInsult, Service, serving

URL = "/v1/moderations"
UNKNOWN = {name for name, attributes in CATEGORIES.items() if not attributes}


class KnowsThreats(OneInsult):
    """Models that know one insult, one group, one threat, and no German."""

    def _analyse(self, text: str) -> Analysis:
        if "dummkopf" in text.lower():
            return Analysis({}, None, "de", (), self.version)
        found = super()._analyse(text)
        heard = {Attribute.THREAT: "hit you", Attribute.IDENTITY_ATTACK: "martians"}
        scores = {attribute: 0.7 if word in text else 0.01 for attribute, word in heard.items()}
        return replace(found, scores={**found.scores, **scores}) if found.scores else found


def knows_threats(version: str | None) -> OneInsult:
    """Loads them; there is one version."""
    if version not in (None, KnowsThreats.version):
        raise NoSuchModel(f"There is no model {version}.")
    return KnowsThreats()


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on an empty SQLite file."""
    async with serving(tmp_path, load=knows_threats) as running:
        yield running


async def moderate(service: Service, given: object, **fields: object) -> Answer:
    """Asks about something."""
    return await service.ask("POST", URL, {"input": given} | fields, scope=Scope.SCORE)


def true_of(result: Any) -> set[str]:
    """The categories that are true."""
    return {name for name, is_so in result["categories"].items() if is_so}


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("Fine.", set()),
        ("You idiot.", {"harassment"}),
        ("I will hit you.", {"harassment/threatening", "violence"}),
        ("All martians are idiots.", {"harassment", "hate"}),
        ("We hit you, martians.", {"hate", "hate/threatening", "harassment/threatening", "violence"}),
    ],
)
async def test_a_category_is_true_where_policy_would_hold(service: Service, text: str, categories: set[str]) -> None:
    (result,) = (await moderate(service, text)).json["results"]
    assert (result["flagged"], true_of(result)) == (bool(categories), categories)


async def test_every_map_has_all_thirteen_categories(service: Service) -> None:
    answer = await moderate(service, "You idiot.")
    assert answer.json["id"].startswith("modr-")
    (result,) = answer.json["results"]
    for name in ("categories", "category_scores", "category_applied_input_types"):
        assert result[name].keys() == CATEGORIES.keys()
    assert len(CATEGORIES) == 13


async def test_what_no_model_was_trained_for_says_that_it_was_not_looked_for(service: Service) -> None:
    """An application that reads nothing but scores finds none that was made up."""
    (result,) = (await moderate(service, "You idiot.")).json["results"]
    applied = result["category_applied_input_types"]
    assert {name for name, types in applied.items() if not types} == UNKNOWN
    assert {result["category_scores"][name] for name in UNKNOWN} == {0.0}
    assert not any(result["categories"][name] for name in UNKNOWN)


async def test_the_sites_policy_sets_the_levels(service: Service) -> None:
    await service.ask("PUT", "/v1/policy", {"policy": {"attributes": {"insult": {"hold": 0.9}, "threat": None}}})
    for text in ("You idiot.", "I will hit you."):
        (result,) = (await moderate(service, text)).json["results"]
        assert not result["flagged"]
        assert max(result["category_scores"].values()) >= 0.7


async def test_strings_get_a_result_each_and_parts_get_one(service: Service) -> None:
    several = (await moderate(service, ["Fine.", "You idiot.", ""])).json["results"]
    assert [result["flagged"] for result in several] == [False, True, False]
    assert not any(several[2]["category_applied_input_types"].values())
    parts = [{"type": "text", "text": "I will"}, {"type": "text", "text": "hit you, martians."}]
    (one,) = (await moderate(service, parts)).json["results"]
    assert "violence" in true_of(one)


@pytest.mark.parametrize("model", ["omni-moderation-latest", "text-moderation-stable", "one-insult"])
async def test_the_answer_names_the_version_that_scored(service: Service, model: str) -> None:
    assert (await moderate(service, "Fine.", model=model)).json["model"] == "one-insult"


@pytest.mark.parametrize(
    ("body", "status", "param", "code"),
    [
        ({}, 400, "input", None),
        ({"input": []}, 400, "input", None),
        ({"input": 1}, 400, "input", None),
        ({"input": [{"type": "audio"}]}, 400, "input", None),
        ({"input": ["a"] * 101}, 400, "input", "too_many_inputs"),
        ({"input": "a" * 20_481}, 400, "input", "string_above_max_length"),
        ({"input": ["Fine.", "Du Dummkopf."]}, 400, "input", "language_not_supported"),
        ({"input": "Fine.", "colour": "red"}, 400, "colour", None),
        ({"input": "Fine.", "model": "gpt-7"}, 404, "model", "model_not_found"),
        (
            {"input": [{"type": "image_url", "image_url": {"url": "data:"}}]},
            400,
            "input",
            "image_not_supported",
        ),
    ],
)
async def test_a_refusal_says_what_is_wrong_in_openais_shape(
    service: Service, body: object, status: int, param: str, code: str | None
) -> None:
    answer = await service.ask("POST", URL, body)
    error = answer.json["error"]
    assert (answer.status, error["param"], error["code"]) == (status, param, code)
    assert error["type"] == "invalid_request_error"
    assert error["message"].endswith(".")


async def test_no_json_and_no_key_are_refused_in_the_same_shape(service: Service) -> None:
    broken = await service.ask("POST", URL, body=b"{")
    assert (broken.status, broken.json["error"]["type"]) == (400, "invalid_request_error")
    nobody = await service.ask("POST", URL, {"input": "a"}, scope=None)
    assert (nobody.status, nobody.json["error"]["code"]) == (401, "invalid_api_key")
    assert nobody.json["error"].keys() == {"message", "type", "param", "code"}


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parley]:
    with serving_process(tmp_path_factory.mktemp("parley") / "parley", rate_limit="30") as running:
        yield running


def test_openais_own_client_calls_parley(parley: Parley) -> None:
    key = parley.command("keys", "create", "demo", "--scope", "score").strip()
    picture: ModerationImageURLInputParam = {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}
    with openai.OpenAI(api_key=key, base_url=f"{parley.url}/v1", max_retries=0) as client:
        rude, kind = client.moderations.create(input=["You stupid idiot!", "What a lovely day."]).results
        assert (rude.flagged, kind.flagged) == (True, False)
        assert rude.categories.harassment
        assert rude.category_scores.harassment > kind.category_scores.harassment
        assert rude.category_applied_input_types.self_harm == []
        with pytest.raises(openai.BadRequestError, match="images"):
            client.moderations.create(input=[picture])
        with pytest.raises(openai.RateLimitError, match="30 times a minute"):
            [client.moderations.create(input=f"Point {number}.") for number in range(40)]
    with (
        openai.OpenAI(api_key="sk-none", base_url=f"{parley.url}/v1", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError),
    ):
        stranger.moderations.create(input="Hello.")
