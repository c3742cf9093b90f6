"""A remembered answer is the answer that would have been given, or it is not given."""

from pathlib import Path

from bot.web.guards.remembered import Remembered
from tests.builders import active
from tests.running import serving

POLICY = active()


def test_an_answer_is_good_for_one_site_one_policy_and_one_model() -> None:
    remembered = Remembered()
    remembered.put("demo", "Hello.", POLICY, "m1", b"{}")
    assert remembered.get("demo", "Hello.", POLICY, "m1") == b"{}"
    assert remembered.get("other", "Hello.", POLICY, "m1") is None
    assert remembered.get("demo", "Hello!", POLICY, "m1") is None
    assert remembered.get("demo", "Hello.", active(), "m1") is None
    assert remembered.get("demo", "Hello.", POLICY, "m2") is None
    assert remembered.get("demo", "Hello.", POLICY, None) is None


def test_the_least_recently_used_answers_make_room() -> None:
    remembered = Remembered(most_bytes=3000)
    for text in ("a", "b", "c", "d"):
        remembered.put("demo", text, POLICY, "m1", b"x" * 500)
        remembered.get("demo", "a", POLICY, "m1")
    kept = [text for text in "abcd" if remembered.get("demo", text, POLICY, "m1")]
    assert kept == ["a", "c", "d"]


def test_an_answer_given_anew_is_counted_once() -> None:
    remembered = Remembered(most_bytes=1000)
    for _ in range(10):
        remembered.put("demo", "a", POLICY, "m1", b"x" * 500)
    assert remembered.get("demo", "a", POLICY, "m1") == b"x" * 500


async def test_a_changed_policy_changes_the_next_answer(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        asked = {"text": "You idiot."}
        first = await service.ask("POST", "/v1/score", asked)
        assert (await service.ask("POST", "/v1/score", asked)).json == first.json
        await service.ask("PUT", "/v1/policy", {"policy": {"attributes": {"insult": None}}})
        changed = (await service.ask("POST", "/v1/score", asked)).json
        assert (changed["decision"], changed["policy_version"]) == ("approve", 2)
