"""What sections of a policy promise: the first that has a thread judges it, its settings laid over the site's."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.comment import History
from bot.moderation import canned_message
from bot.policy import Case, Policy, decide
from bot.sections import matches
from sentiment.scores import Attribute
from tests.builders import active, scored
from tests.running import Service

THREADS = st.text("ab/*", max_size=12)
SCORES = st.fixed_dictionaries({attribute.value: st.floats(0, 1) for attribute in Attribute})
HOLDS = st.floats(0, 0.5)
RULES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "attributes": st.dictionaries(
            st.sampled_from([attribute.value for attribute in Attribute]),
            st.none() | st.fixed_dictionaries({"hold": HOLDS}, optional={"reject": st.floats(0.5, 1)}),
        ),
        "words": st.fixed_dictionaries(
            {}, optional={kind: st.lists(st.sampled_from(["hat", "shoe*"])) for kind in ("banned", "suspect")}
        ),
        "links": st.none() | st.integers(1, 5),
        "short_links": st.booleans(),
        "new_comments": st.sampled_from(["publish", "hold_first", "hold_all"]),
        "reports": st.none() | st.integers(1, 9),
        "appeal_days": st.none() | st.integers(1, 9),
        "flood": st.none() | st.fixed_dictionaries({"hold": st.integers(1, 9), "window_seconds": st.integers(1, 99)}),
        "messages": st.just([{"reason": "rude", "label": "Rude", "text": "Be kind."}]),
    },
)


def sectioned(*sections: dict[str, Any], **site: Any) -> Policy:
    """A policy with these sections (Any: documents as people write them)."""
    return Policy.model_validate({**site, "sections": sections})


@given(st.text("ab*", min_size=1, max_size=8), st.text("ab", max_size=12))
def test_a_star_stands_for_any_characters_and_everything_else_for_itself(pattern: str, thread: str) -> None:
    expected = re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), thread) is not None
    assert matches(pattern, thread) is expected


@pytest.mark.parametrize("pattern", ["*a" * 99 + "b", "a*" * 99 + "b", "*" * 200])
def test_no_pattern_takes_long(pattern: str) -> None:
    """As a regular expression, each of these would outlast the reader of this line."""
    assert matches(pattern, "a" * 500) is (pattern == "*" * 200)


@given(RULES, THREADS, SCORES)
def test_without_sections_a_thread_changes_nothing(site: dict[str, Any], thread: str, scores: dict[str, float]) -> None:
    policy = active(Policy.model_validate(site))
    said, history = scored(scores), History()
    there = decide(Case("My hat.", said, history, policy.in_thread(thread)))
    assert there == decide(Case("My hat.", said, history, policy))
    assert there.section is None


@given(RULES, RULES, SCORES)
def test_a_section_judges_as_its_policy_written_out_in_full(
    site: dict[str, Any], own: dict[str, Any], scores: dict[str, float]
) -> None:
    whole = {**site, **own}
    for part in ("attributes", "words"):
        whole[part] = {**site.get(part, {}), **own.get(part, {})}
    policy = active(sectioned({"name": "sports", "threads": ["/sports/*"], **own}, **site))
    there, full = policy.in_thread("/sports/1"), active(Policy.model_validate(whole))
    assert there.document == full.document
    case = "A hat, a shoe: www.example.com and bit.ly/x.", scored(scores), History()
    judged, expected = decide(Case(*case, there)), decide(Case(*case, full))
    assert (judged.decision, judged.evidence, judged.section) == (expected.decision, expected.evidence, "sports")


@given(RULES, RULES)
def test_a_document_is_read_back_as_it_was_written(site: dict[str, Any], own: dict[str, Any]) -> None:
    """What a section leaves out stays left out: a later change of the site's rules reaches it."""
    policy = sectioned({"name": "sports", "threads": ["/sports/*"], **own}, **site)
    written = policy.model_dump(mode="json")
    assert set(written["sections"][0]) == {"name", "threads", *own}
    again = Policy.model_validate(written)
    assert again.model_dump(mode="json") == written
    assert again.within(again.sections[0]) == policy.within(policy.sections[0])


def test_the_first_section_that_has_the_thread_judges_it() -> None:
    policy = active(
        sectioned(
            {"name": "quiet", "threads": ["/sports/chess", "news-*"]}, {"name": "sports", "threads": ["/sports/*"]}
        )
    )
    places = ("/sports/chess", "/sports/rugby", "news-7", "/news-7", None)
    assert [policy.in_thread(place).section for place in places] == ["quiet", "sports", "quiet", None, None]


def test_word_lists_that_a_section_shares_are_made_ready_once() -> None:
    policy = active(sectioned({"name": "sports", "threads": ["*"], "words": {"banned": ["offside"]}}))
    there = policy.in_thread("anywhere")
    assert there.suspect is policy.suspect
    assert there.banned is not policy.banned
    assert policy.in_thread("elsewhere") is there


def test_every_wrong_field_of_a_section_is_named() -> None:
    with pytest.raises(ValidationError) as refused:
        sectioned({"name": "", "threads": [], "links": 0, "colour": 1, "attributes": {"insult": {"hold": 2}}})
    assert {error["loc"] for error in refused.value.errors()} == {
        ("sections", 0, "name"),
        ("sections", 0, "threads"),
        ("sections", 0, "links"),
        ("sections", 0, "colour"),
        ("sections", 0, "attributes", "insult", "hold"),
    }


def test_two_sections_have_two_names() -> None:
    with pytest.raises(ValidationError, match="two sections are called 'news'"):
        sectioned({"name": "news", "threads": ["a"]}, {"name": "news", "threads": ["b"]})


SPORTS = {
    "name": "sports",
    "threads": ["/sports/*"],
    "words": {"banned": ["offside"]},
    "reports": 1,
    "appeal_days": None,
    "messages": [{"reason": "rude", "label": "Rude", "text": "Fair play, please."}],
}


def test_authors_are_told_what_the_section_of_their_thread_says() -> None:
    policy = active(sectioned(SPORTS, messages=[{"reason": "rude", "label": "Rude", "text": "Be kind."}]))
    assert canned_message(policy, "rude", "/sports/1") == "Fair play, please."
    assert canned_message(policy, "rude", "/news/1") == "Be kind."


async def test_comments_scores_trials_reports_and_appeals_go_by_the_section(either: Service) -> None:
    service = either
    text = "That was offside."
    before = [
        await service.submit(text, author=f"early-{n}", thread=f"/{place}/1")
        for n, place in enumerate(("sports", "news"))
    ]
    assert [comment["section"] for comment in before] == [None, None]
    trial = (await service.ask("POST", "/v1/policy/try", {"policy": {"sections": [SPORTS]}})).json
    assert [one["comment"]["thread"] for one in trial["differences"]] == ["/sports/1"]
    checked = {"policy": {"sections": [SPORTS]}, "texts": [text], "thread": "/sports/1"}
    assert (await service.ask("POST", "/v1/policy/check", checked)).json["results"][0]["section"] == "sports"
    await service.ask("PUT", "/v1/policy", {"policy": {"sections": [SPORTS]}})

    for thread, expected in (("/sports/1", ("reject", "sports")), ("/news/1", ("approve", None))):
        for _ in range(2):
            found = (await service.ask("POST", "/v1/score", {"text": text, "thread": thread})).json
            assert (found["decision"], found["section"]) == expected
    comment = await service.submit(text, author="eve", thread="/sports/2")
    assert (comment["status"], comment["section"]) == ("rejected", "sports")
    assert (await service.ask("GET", f"/v1/comments/{comment['id']}")).json["section"] == "sports"
    appealed = await service.ask("POST", f"/v1/comments/{comment['id']}/appeals", {"author": "eve", "note": "Please."})
    assert appealed.status == 409

    fine = [
        await service.submit(f"A fine day at {place}.", author=place, thread=f"/{place}/3")
        for place in ("sports", "news")
    ]
    for one in fine:
        await service.ask("POST", f"/v1/comments/{one['id']}/reports", {"reporter": "r", "reason": "spam"})
    statuses = [(await service.ask("GET", f"/v1/comments/{one['id']}")).json["status"] for one in fine]
    assert statuses == ["held", "approved"]

    for thread, told in (("/sports/3", "Fair play, please."), ("/news/3", None)):
        held = await service.submit("You idiot.", author=f"rude{thread}", thread=thread)
        asked = {"decision": "reject", "reason": "rude"}
        decided = await service.ask("POST", f"/v1/comments/{held['id']}/decisions", asked)
        assert decided.json["decision"]["message"] == told
