"""What `fields` of Google's APIs selects, as its guides tell it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.compat.perspective.selection import BadSelection, select, selected

ANSWER: dict[str, Any] = {
    "attributeScores": {
        "TOXICITY": {"spanScores": [{"begin": 0, "end": 4, "score": {"value": 0.9}}], "summaryScore": {"value": 0.9}},
        "INSULT": {"spanScores": [], "summaryScore": {"value": 0.1}},
    },
    "languages": ["en"],
}
NAMES = ("attributeScores", "languages", "clientToken")


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ("languages", {"languages": ["en"]}),
        ("*", ANSWER),
        ("clientToken", {}),
        ("attributeScores/INSULT/summaryScore", {"attributeScores": {"INSULT": {"summaryScore": {"value": 0.1}}}}),
        (
            "languages, attributeScores( TOXICITY/spanScores(begin,score/value) )",
            {
                "languages": ["en"],
                "attributeScores": {"TOXICITY": {"spanScores": [{"begin": 0, "score": {"value": 0.9}}]}},
            },
        ),
        (
            "attributeScores/*/summaryScore/value,attributeScores/INSULT/spanScores",
            {
                "attributeScores": {
                    "TOXICITY": {"summaryScore": {"value": 0.9}},
                    "INSULT": {"spanScores": [], "summaryScore": {"value": 0.1}},
                }
            },
        ),
        ("attributeScores/INSULT,attributeScores", {"attributeScores": ANSWER["attributeScores"]}),
    ],
)
def test_what_is_selected_is_answered_and_nothing_else(fields: str, wanted: object) -> None:
    assert selected(ANSWER, select(fields, NAMES)) == wanted


@pytest.mark.parametrize(
    "fields", ["scores", ",", "languages,", "a/", "attributeScores(TOXICITY", "languages)", "()", "/"]
)
def test_what_cannot_be_read_or_is_not_there_is_refused(fields: str) -> None:
    with pytest.raises(BadSelection, match=r"^Invalid field selection"):
        select(fields, NAMES)


@pytest.mark.parametrize("way_down", ["a/", "a("])
def test_a_selection_has_a_bottom(way_down: str) -> None:
    with pytest.raises(BadSelection, match="levels deep"):
        select(way_down * 5_000 + "a", ["a"])


@given(st.text(alphabet="ab,/()* ", max_size=40))
def test_any_parameter_is_read_or_refused_and_never_adds_anything(fields: str) -> None:
    body = {"a": {"b": 1, "a": [{"b": 2}, 3]}, "b": None}
    try:
        selection = select(fields, body)
    except BadSelection:
        return
    assert is_part(selected(body, selection), body)


def is_part(some: Any, whole: Any) -> bool:
    if isinstance(whole, dict):
        return some.keys() <= whole.keys() and all(is_part(some[name], whole[name]) for name in some)
    if isinstance(whole, list):
        return len(some) == len(whole) and all(map(is_part, some, whole))
    return bool(some == whole)
