"""What the chat says beside a site's answers: complete in every language, and safe whatever fills its gaps."""

import re
from importlib.resources import files

import pytest

from bot.comment import Status
from bot.errands import MOST_CHOICES, Errand, Own, Saying, Short, Step, Task, begin, go_on
from bot.faqs import shipped_faq, shipped_words
from bot.policy import NewComments, Policy
from bot.verdict import Reason
from bot.wording import fill, rules, say, why
from sentiment.scores import Attribute

LANGUAGES = sorted(file.name.removesuffix(".yaml") for file in (files("corpora") / "faq" / "words").iterdir())
ENGLISH = shipped_words("en")
GAP = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_all_words_with_the_same_gaps(language: str) -> None:
    words = shipped_words(language)
    assert words.keys() == ENGLISH.keys()
    for key, text in words.items():
        assert sorted(GAP.findall(text)) == sorted(GAP.findall(ENGLISH[key])), key


def test_a_language_that_parley_has_no_words_for_gets_english_ones() -> None:
    assert shipped_words("xx") == ENGLISH


def test_there_are_words_for_all_that_may_have_to_be_said() -> None:
    """Reasons of which an author must not hear are the only ones without words."""
    silent = {Reason.POLICY_AUTHOR_TRUSTED, Reason.POLICY_AUTHOR_SHADOW_BANNED}
    assert {reason for reason in Reason if f"why_{reason}" not in ENGLISH} == silent
    assert all(f"attribute_{attribute}" in ENGLISH for attribute in Attribute)
    for task in (Task.APPEAL, Task.DELETE, Task.HAND_OVER):
        assert {f"{task}_{what}" for what in ("confirm", "done", "refused")} <= ENGLISH.keys()


def test_every_task_can_be_asked_for_in_the_faq_that_parley_comes_with() -> None:
    actions = {action for intent in shipped_faq().intents for action in intent.actions}
    assert {*Task, "rules"} <= actions


def test_what_fills_a_gap_is_never_read_as_a_template() -> None:
    assert fill("“{note}”, {comment}", {"note": "{comment} {0.__class__}", "comment": "x"}) == (
        "“{comment} {0.__class__}”, x"
    )
    assert fill("{missing}", {}) == "{missing}"


def test_each_reason_is_told_once_and_strange_ones_are_not_named() -> None:
    words = {"because": "{reasons}", "why_detected_insult": "an insult", "why_other": "something"}
    told = Saying("because", reasons=(Reason.DETECTED_INSULT, Reason.DETECTED_SPAM, Reason.DETECTED_FLOOD))
    assert say(told, words) == "an insult; something"
    assert why(Reason.POLICY_AUTHOR_SHADOW_BANNED, ENGLISH) == ENGLISH["why_other"]


def test_a_policy_without_rules_has_nothing_to_tell() -> None:
    none = {attribute.value: None for attribute in Attribute}
    bare = Policy.model_validate(
        {"attributes": none, "links": None, "repeat": None, "flood": None, "reports": None, "appeal_days": None}
    )
    assert rules(bare, ENGLISH) == ""
    strict = Policy(new_comments=NewComments.HOLD_ALL)
    assert ENGLISH["rule_all"] in rules(strict, ENGLISH)


OWN = tuple(Own(number, f"Comment {number}", Status.HELD) for number in range(7))


def test_an_author_chooses_among_the_newest_by_number_or_by_how_it_begins() -> None:
    outcome = begin(Task.DELETE, OWN)
    assert len(outcome.choices) == MOST_CHOICES
    errand = outcome.errand
    assert errand is not None
    for said in ("2", "no. 2", "comment 1"):
        chosen = go_on(errand, OWN, said, None)
        assert chosen is not None
        assert chosen.errand is not None
        assert (chosen.errand.comment, chosen.errand.step) == (1, Step.CONFIRMATION)
    assert go_on(errand, OWN, "9", None) is None


def test_a_comment_that_is_gone_meanwhile_cannot_be_chosen() -> None:
    errand = Errand(Task.DELETE, Step.CHOICE, choices=(1, 2))
    assert go_on(errand, OWN[2:3], "2", None) is None


@pytest.mark.parametrize("step", Step)
def test_whoever_leaves_an_errand_leaves_nothing_half_done(step: Step) -> None:
    outcome = go_on(Errand(Task.APPEAL, step, comment=1, note="x"), OWN, "never mind", Short.CANCEL)
    assert outcome is not None
    assert (outcome.errand, outcome.deed, outcome.says[0].key) == (None, None, "cancelled")


def test_a_no_is_part_of_a_note_and_ends_a_confirmation() -> None:
    note = go_on(Errand(Task.APPEAL, Step.NOTE, comment=1), OWN, "No.", Short.NO)
    assert note is not None
    assert note.errand == Errand(Task.APPEAL, Step.CONFIRMATION, comment=1, note="No.")
    refused = go_on(Errand(Task.APPEAL, Step.CONFIRMATION, comment=1), OWN, "No.", Short.NO)
    assert refused is not None
    assert refused.says[0].key == "cancelled"
