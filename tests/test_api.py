"""What the API promises to those who use it as they should."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.keys import Scope
from tests.running import Service, serving


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on an empty store, once on each kind of database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url) as running:
        yield running


async def test_a_comment_gets_a_verdict_with_the_characters_that_earned_it(service: Service) -> None:
    """201 with status, decision, reasons, evidence and both versions."""
    answer = await service.ask(
        "POST",
        "/v1/comments",
        {"thread": "article-1", "author": {"id": "u-17", "name": "Ada"}, "text": "Oh, you idiot."},
        scope=Scope.SUBMIT,
    )
    assert answer.status == 201
    comment = answer.json
    assert comment["author"] == {"id": "u-17", "name": "Ada"}
    assert (comment["status"], comment["decision"], comment["reasons"]) == ("held", "hold", ["detected_insult"])
    assert comment["evidence"] == [
        {
            "reason": "detected_insult",
            "decision": "hold",
            "attribute": "insult",
            "value": 0.8,
            "threshold": 0.6,
            "span": {"begin": 8, "end": 13},
        }
    ]
    assert (comment["model_version"], comment["policy_version"]) == ("one-insult", 1)
    assert answer.headers["Location"] == f"/v1/comments/{comment['id']}"


async def test_a_stored_comment_reads_back_as_it_was_answered(service: Service) -> None:
    """The same JSON, now and after anything else came in."""
    first = await service.submit("Tout à fait d'accord 👍🏽")
    await service.submit("You idiot.")
    assert (await service.ask("GET", f"/v1/comments/{first['id']}")).json == first


async def test_a_text_is_scored_without_being_stored(service: Service) -> None:
    """One text gives one score; nothing appears in the queue."""
    answer = await service.ask("POST", "/v1/score", {"text": "You idiot."}, scope=Scope.SCORE)
    assert (answer.status, answer.json["decision"], answer.json["scores"]["insult"]) == (200, "hold", 0.8)
    assert (await service.ask("GET", "/v1/queue")).json["totals"]["all"] == 0


async def test_a_batch_is_scored_in_the_order_asked(service: Service) -> None:
    """A hundred texts, a hundred results, each what it would have been alone."""
    texts = [f"Point {number}, you idiot." if number % 3 == 0 else f"Point {number}." for number in range(100)]
    results = (await service.ask("POST", "/v1/score", {"texts": texts})).json["results"]
    assert [result["decision"] for result in results] == ["hold" if n % 3 == 0 else "approve" for n in range(100)]
    alone = await service.ask("POST", "/v1/score", {"text": texts[3]})
    assert alone.json == results[3]


@pytest.mark.parametrize("blank", ["", " \n\t", "\u200b"])
async def test_a_blank_text_has_no_scores_and_is_held(service: Service, blank: str) -> None:
    """A signal that is missing is absent, never 0."""
    answer = (await service.ask("POST", "/v1/score", {"text": blank})).json
    if not blank.strip():
        assert (answer["scores"], answer["sentiment"]) == ({}, None)
        assert (answer["decision"], answer["reasons"]) == ("hold", ["detected_blank"])


async def test_readers_see_only_approved_comments_of_the_thread_oldest_first(service: Service) -> None:
    """Held comments and other threads stay out; every page leads to the next."""
    shown = [(await service.submit(f"Point {number}."))["id"] for number in range(5)]
    await service.submit("You idiot.")
    await service.submit("Elsewhere.", thread="article/2")
    seen = []
    first = following = "/v1/threads/article-1/comments?limit=2"
    while following:
        page = (await service.ask("GET", following)).json
        seen += [comment["id"] for comment in page["items"]]
        following = page["next"] and f"{first}&cursor={page['next']}"
    assert seen == shown
    elsewhere = await service.ask("GET", "/v1/threads/article%2F2/comments")
    assert [comment["text"] for comment in elsewhere.json["items"]] == ["Elsewhere."]


async def test_the_queue_holds_what_waits_with_totals_by_reason(service: Service) -> None:
    """Filters narrow the page; the totals stay those of the whole site."""
    await service.submit("Fine.")
    held = await service.submit("Bertha, you idiot.", author="eve")
    await service.submit("You idiot.", author="ada")
    whole = (await service.ask("GET", "/v1/queue", scope=Scope.MODERATE)).json
    assert whole["totals"] == {"all": 2, "by_reason": {"detected_insult": 2}}
    for narrowed in (
        "author=eve",
        "text=bertha",
        "reason=detected_insult&author=eve",
        "attribute=insult&min_score=0.7&author=eve",
        "sort=severity&order=asc&author=eve",
        f"since=2020-01-01T00:00:00Z&until=2087-01-01T00:00:00%2B02:00&author=eve&site={held['site']}",
    ):
        page = (await service.ask("GET", f"/v1/queue?{narrowed}", scope=Scope.MODERATE)).json
        assert [comment["id"] for comment in page["items"]] == [held["id"]], narrowed
        assert page["totals"] == whole["totals"]


async def test_a_decision_publishes_a_comment_and_stays_in_the_audit_trail(service: Service) -> None:
    """201 with the comment as it stands now; the trail begins with the rules' own decision."""
    comment = await service.submit()
    asked = {"decision": "approve", "reason": "in_jest", "note": "They are friends."}
    answer = await service.ask("POST", f"/v1/comments/{comment['id']}/decisions", asked, scope=Scope.MODERATE)
    assert (answer.status, answer.json["comment"]["status"]) == (201, "approved")
    trail = (await service.ask("GET", f"/v1/comments/{comment['id']}/decisions")).json["items"]
    assert [(line["source"], line["before"], line["after"]) for line in trail] == [
        ("rule", None, "held"),
        ("moderator", "held", "approved"),
    ]
    assert (trail[1]["moderator"], trail[1]["reason"], trail[1]["note"]) == (
        "a moderate",
        "in_jest",
        "They are friends.",
    )
    assert trail[1] == answer.json["decision"]


async def test_the_second_decision_learns_who_decided_what(service: Service) -> None:
    """409 with the first decision; nothing changes."""
    comment = await service.submit()
    address = f"/v1/comments/{comment['id']}/decisions"
    first = await service.ask("POST", address, {"decision": "reject"})
    second = await service.ask("POST", address, {"decision": "approve"})
    assert (second.status, second.json["decided"]) == (409, first.json["decision"])
    assert (await service.ask("GET", f"/v1/comments/{comment['id']}")).json["status"] == "rejected"


async def test_a_request_sent_again_with_its_idempotency_key_stores_nothing_twice(service: Service) -> None:
    """The answer is the stored comment, marked as replayed."""
    asked = {"thread": "article-1", "author": "ada", "text": "You idiot."}
    key = {"Idempotency-Key": "a7f0-1"}
    first = await service.ask("POST", "/v1/comments", asked, headers=key)
    again = await service.ask("POST", "/v1/comments", asked, headers=key)
    assert (first.status, again.status, again.json) == (201, 201, first.json)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (await service.ask("GET", "/v1/queue")).json["totals"]["all"] == 1


async def test_a_new_policy_is_in_force_at_once_and_can_be_tried_before(service: Service) -> None:
    """Checked without being stored, saved as the next version, named by the next verdict."""
    document = {"attributes": {"insult": {"hold": 0.9}}, "words": {"banned": ["bertha"]}}
    tried = await service.ask("POST", "/v1/policy/check", {"policy": document, "texts": ["You idiot.", "Oh Bertha"]})
    assert [result["decision"] for result in tried.json["results"]] == ["approve", "reject"]
    before = (await service.ask("GET", "/v1/policy", scope=Scope.MODERATE)).json
    saved = await service.ask("PUT", "/v1/policy", {"policy": document, "after": before["version"]})
    assert (saved.status, saved.json["version"]) == (200, before["version"] + 1)
    comment = await service.submit("You idiot.")
    assert (comment["status"], comment["policy_version"]) == ("approved", before["version"] + 1)


async def test_a_comment_can_answer_another(service: Service) -> None:
    """The parent is named by its id."""
    parent = await service.submit("First.")
    child = await service.submit("Second.", parent=parent["id"], permalink="https://example.org/a#2")
    assert (child["parent"], child["permalink"]) == (parent["id"], "https://example.org/a#2")
