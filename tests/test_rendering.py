"""In Perspective's place, scores mean what Perspective's meant; Parley's own stay what they are."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.agreement import Curve
from bot.reading import Reader, basis_of, rendering_of
from sentiment.registry import ModelUnusable, Registry
from sentiment.rendering import RENDERED, RENDERING, Rendering, measures
from sentiment.scores import Analysis, Attribute
from tests.builders import analysis, scored
from tests.running import serving

SHIPPED = Registry.beside()
FOLDER = SHIPPED.folder(SHIPPED.current())


@pytest.fixture(scope="module")
def shipped() -> Rendering:
    rendering = Rendering.load(FOLDER)
    assert rendering is not None
    return rendering


def test_the_shipped_models_are_close_to_perspective_on_texts_that_did_not_teach_them() -> None:
    """What the issue asks of toxicity; every other attribute is at least nearer than Parley's own score."""
    found = json.loads((FOLDER / RENDERING).read_text("utf-8"))["agreement"]
    assert found["toxicity"]["spearman"] >= 0.75
    assert found["toxicity"]["difference"] <= 0.10
    assert {name.value for name in RENDERED} == found.keys()
    assert all(one["spearman"] > one["as_it_is"] for one in found.values())
    assert all(one["difference"] < one["far_as_it_is"] for one in found.values())


@given(st.text(max_size=200), st.dictionaries(st.sampled_from([*Attribute]), st.floats(0, 1)))
def test_any_text_with_any_scores_is_answered_with_probabilities(text: str, scores: dict[Attribute, float]) -> None:
    rendering, said = Rendering.load(FOLDER), scored({name.value: score for name, score in scores.items()})
    assert rendering is not None
    answer = rendering.of(text, said)
    assert answer.keys() == said.scores.keys()
    assert all(0 <= score <= 1 for score in answer.values())
    assert answer == rendering.of(text, said)
    left = said.scores.keys() - set(RENDERED)
    assert {name: answer[name] for name in left} == {name: said.scores[name] for name in left}


def test_the_words_of_a_text_count_once_and_in_any_order(shipped: Rendering) -> None:
    said = analysis(toxicity=0.4)
    assert shipped.of("please stop, stop please", said) != shipped.of("something else entirely, thank you", said)
    assert shipped.of("thanks please", said) == shipped.of("please thanks", said)


def test_a_text_without_scores_gets_none(shipped: Rendering) -> None:
    assert shipped.of("", Analysis({}, None, "und", (), "any")) == {}


def test_a_version_that_was_never_taught_has_no_rendering() -> None:
    assert Rendering.load(SHIPPED.folder("2026.11-2")) is None
    assert rendering_of(SHIPPED, "2026.11-2") is None


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"model": "x", "intercepts": [1], "weights": {}, "words": {}}'])
def test_a_damaged_rendering_says_what_to_do_and_harms_no_score(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "damaged-1"
    folder.mkdir()
    (folder / RENDERING).write_text(damage, "utf-8")
    with pytest.raises(ModelUnusable, match="damaged-1 says in Perspective's place cannot be read; install"):
        Rendering.load(folder)
    assert rendering_of(Registry(tmp_path), "damaged-1") is None


def test_a_sites_own_curve_reads_what_was_rendered(shipped: Rendering) -> None:
    said = analysis(toxicity=0.4)
    rendered = shipped.of("thanks", said)[Attribute.TOXICITY]
    curve = Curve(((0.0, 0.5), (1.0, 1.0)))
    read = Reader(shipped, {"toxicity": curve}).of("thanks", said)
    assert read[Attribute.TOXICITY] == pytest.approx(curve.of(rendered), abs=1e-6)
    assert Reader(None, {}).of("thanks", said) == said.scores
    assert basis_of("2026.11-3", shipped) != basis_of("2026.11-3", None)


async def test_perspectives_clients_are_answered_by_it_and_parleys_are_not(tmp_path: Path, shipped: Rendering) -> None:
    text = "You are an idiot and everybody knows it. Thanks for the photo, though."
    async with serving(tmp_path, load=None) as service:
        asked = {
            "comment": {"text": text},
            "requestedAttributes": {"TOXICITY": {}, "SPAM": {}},
            "spanAnnotations": True,
        }
        answer = await service.ask("POST", f"/v1alpha1/comments:analyze?key={await service.token()}", asked, scope=None)
        own = (await service.ask("POST", "/v1/score", {"text": text})).json
        (said,) = await service.parts.scoring.analyse([text])
    assert said is not None
    found, expected = answer.json["attributeScores"], shipped.of(text, said)
    assert found["TOXICITY"]["summaryScore"]["value"] == expected[Attribute.TOXICITY]
    assert found["SPAM"]["summaryScore"]["value"] == said.scores[Attribute.SPAM]
    assert own["scores"]["toxicity"] == said.scores[Attribute.TOXICITY] != expected[Attribute.TOXICITY]
    first, second = (span["score"]["value"] for span in found["TOXICITY"]["spanScores"])
    assert first > 0.8
    assert second < 0.2


def test_measures_are_as_many_as_the_sums_have_weights(shipped: Rendering) -> None:
    assert {len(row) for row in shipped.weights} == {len(measures("any", analysis()))}
