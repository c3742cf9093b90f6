"""What a site's policy promises: every rule runs, all evidence is kept, one fold decides."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.comment import History, Standing
from bot.policy import Case, Levels, NewComments, Policy, WindowRule, decide
from bot.verdict import Decision, Place, Reason, Verdict
from sentiment.scores import Analysis, Attribute, Span
from tests.builders import active, analysis, scored


def judge(
    text: str = "Fine words.",
    said: Analysis | None = None,
    history: History | None = None,
    policy: Policy | None = None,
) -> Verdict:
    """The verdict on a comment with a calm analysis, an unknown author and the default policy."""
    return decide(Case(text, said or analysis(), history or History(), active(policy)))


def test_a_comment_that_no_rule_objects_to_is_approved_without_evidence() -> None:
    verdict = judge()
    assert (verdict.decision, verdict.evidence, verdict.severity) == (Decision.APPROVE, (), 0.0)


@pytest.mark.parametrize("attribute", Attribute)
def test_a_score_at_its_hold_level_holds_and_says_what_it_measured(attribute: Attribute) -> None:
    levels = Policy().attributes.of(attribute)
    assert levels is not None
    verdict = judge(said=scored({attribute: levels.hold}))
    assert verdict.decision is Decision.HOLD
    (found,) = verdict.evidence
    assert (found.attribute, found.value, found.threshold) == (attribute, levels.hold, levels.hold)
    assert verdict.reasons == (Reason.detected(attribute),)


def test_a_score_at_its_reject_level_rejects_and_names_that_level() -> None:
    verdict = judge(said=analysis(severe_toxicity=0.9))
    assert verdict.decision is Decision.REJECT
    assert verdict.evidence[0].threshold == 0.9


def test_evidence_points_at_the_strongest_span_of_its_attribute() -> None:
    weak = Span(Attribute.INSULT, 0, 3, 0.5)
    strong = Span(Attribute.INSULT, 8, 13, 3.0)
    other = Span(Attribute.THREAT, 4, 7, 9.0)
    verdict = judge(said=analysis(weak, strong, other, insult=0.9))
    assert verdict.evidence[0].span == Place(8, 13)


def test_all_evidence_is_kept_when_several_rules_speak() -> None:
    policy = Policy.model_validate({"words": {"suspect": ["acme"]}})
    verdict = judge(
        "acme http://a.example http://b.example http://c.example",
        analysis(toxicity=0.7, insult=0.8),
        History(recent=50),
        policy,
    )
    assert set(verdict.reasons) == {
        Reason.DETECTED_TOXICITY,
        Reason.DETECTED_INSULT,
        Reason.DETECTED_SUSPECT_WORD,
        Reason.DETECTED_LINKS,
        Reason.DETECTED_FLOOD,
    }
    assert verdict.severity == 0.8


def test_without_a_scorer_a_comment_waits_for_a_person() -> None:
    verdict = decide(Case("Fine words.", None, History(), active()))
    assert (verdict.decision, verdict.reasons, verdict.model) == (Decision.HOLD, (Reason.SCORER_UNAVAILABLE,), None)


def test_a_text_with_nothing_to_score_waits_for_a_person() -> None:
    verdict = judge("", replace(analysis(language="und"), scores={}, sentiment=None))
    assert (verdict.decision, verdict.reasons) == (Decision.HOLD, (Reason.DETECTED_BLANK,))


def test_a_text_in_a_language_that_the_models_did_not_learn_waits_for_a_person() -> None:
    """A signal that is missing never approves."""
    verdict = judge("Das ist falsch.", replace(analysis(language="de"), scores={}))
    assert (verdict.decision, verdict.reasons) == (Decision.HOLD, (Reason.LANGUAGE_UNKNOWN,))


def test_a_site_can_publish_other_languages_and_the_other_rules_still_count() -> None:
    policy = Policy.model_validate({"other_languages": "publish", "words": {"suspect": ["acme"]}})
    said = replace(analysis(language="de"), scores={})
    assert judge("Das ist falsch.", said, policy=policy).decision is Decision.APPROVE
    assert judge("Kauft bei Acme.", said, policy=policy).reasons == (Reason.DETECTED_SUSPECT_WORD,)
    assert judge("", replace(said, language="und"), policy=policy).reasons == (Reason.DETECTED_BLANK,)


def test_an_attribute_that_is_switched_off_is_not_asked() -> None:
    assert judge(said=analysis(spam=1.0), policy=Policy.model_validate({"attributes": {"spam": None}})).evidence == ()


def test_a_banned_author_is_rejected_whatever_they_write() -> None:
    verdict = judge(history=History(standing=Standing.BANNED))
    assert (verdict.decision, verdict.reasons) == (Decision.REJECT, (Reason.POLICY_AUTHOR_BANNED,))


def test_a_trusted_authors_comment_that_a_rule_rejects_waits_for_a_person() -> None:
    verdict = judge(said=analysis(threat=0.99), history=History(standing=Standing.TRUSTED))
    assert verdict.decision is Decision.HOLD
    assert verdict.reasons == (Reason.DETECTED_THREAT, Reason.POLICY_AUTHOR_TRUSTED)


def test_a_trusted_author_is_not_asked_about_habits() -> None:
    policy = Policy(new_comments=NewComments.HOLD_FIRST)
    history = History(recent=99, repeats=9, likes=9, rejected_likes=9, standing=Standing.TRUSTED)
    assert judge(history=history, policy=policy).decision is Decision.APPROVE


def test_two_comments_that_are_nearly_the_same_are_no_campaign() -> None:
    assert judge(history=History(likes=2)).decision is Decision.APPROVE


def test_near_duplicates_are_not_asked_about_where_the_policy_says_so() -> None:
    history = History(likes=99, rejected_likes=99)
    assert judge(history=history, policy=Policy(near_duplicates=None)).evidence == ()


def test_a_closed_thread_takes_no_comments() -> None:
    assert judge(history=History(thread_closed=True)).decision is Decision.REJECT


@pytest.mark.parametrize(
    ("history", "policy", "reason"),
    [
        (History(repeats=1), Policy(), Reason.DETECTED_REPEAT_POST),
        (History(recent=10), Policy(), Reason.DETECTED_FLOOD),
        (History(likes=3), Policy(), Reason.DETECTED_NEAR_DUPLICATE),
        (History(likes=1, rejected_likes=1), Policy(), Reason.DETECTED_REJECTED_BEFORE),
        (History(), Policy(new_comments=NewComments.HOLD_FIRST), Reason.POLICY_FIRST_COMMENT),
        (History(approved=9), Policy(new_comments=NewComments.HOLD_ALL), Reason.POLICY_HOLD_ALL),
    ],
)
def test_an_authors_habits_hold_a_comment(history: History, policy: Policy, reason: Reason) -> None:
    verdict = judge(history=history, policy=policy)
    assert (verdict.decision, verdict.reasons) == (Decision.HOLD, (reason,))


def test_an_author_with_an_approved_comment_is_no_newcomer() -> None:
    policy = Policy(new_comments=NewComments.HOLD_FIRST)
    assert judge(history=History(approved=1), policy=policy).decision is Decision.APPROVE


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see http://a.example/x, www.b.example and shop.com/deal?x=1", 3),
        ("<a href='https://a.example'>a</a> HTTPS://B.EXAMPLE https://c.example", 3),
        ("the file.py and node.js are fine, e.g. this. And that", 0),
    ],
)
def test_links_are_counted_in_whatever_form_they_come(text: str, links: int) -> None:
    verdict = judge(text)
    assert [found.value for found in verdict.evidence] == ([links] if links else [])


@pytest.mark.parametrize("link", ["https://bit.ly/3xYz", "http://tinyurl.com/a", "www.goo.gl/abc"])
def test_a_link_that_hides_where_it_leads_is_held_and_pointed_at(link: str) -> None:
    verdict = judge(f"Look at {link} please")
    (found,) = verdict.evidence
    assert (verdict.decision, found.reason) == (Decision.HOLD, Reason.DETECTED_SHORT_LINK)
    assert found.span is not None
    assert f"Look at {link} please"[found.span.begin : found.span.end] == link
    assert judge(f"Look at {link} please", policy=Policy(short_links=False)).evidence == ()


@pytest.mark.parametrize(
    "name",
    [
        *("Cheap pills www.pills4u.ru", "best-casino.xyz", "http://a.example", "rank@seo.example"),
        *("WhatsApp +44 7700 900123", "Call 0871 555 0110", "Telegram @coinking"),
    ],
)
def test_a_name_that_is_an_advertisement_is_held(name: str) -> None:
    case = Case("Fine words.", analysis(), History(), active(), name)
    assert (decide(case).decision, decide(case).reasons) == (Decision.HOLD, (Reason.DETECTED_AUTHOR_NAME,))
    assert decide(replace(case, history=History(standing=Standing.TRUSTED))).decision is Decision.APPROVE
    assert decide(replace(case, policy=active(Policy(author_names=False)))).evidence == ()


@pytest.mark.parametrize(
    "name",
    [
        *("Ada Lovelace", "J. R. R. Tolkien", "@grace", "St. Clair", "O'Brien-Smith", "user_1999", "Bob, 42", "李小龙"),
        *("Telegram", "Kik", "Mr. T", "xX.Sniper.Xx", "node.js fan", "12345678", "🙂", "Dr. House M.D."),
    ],
)
def test_ordinary_names_are_no_advertisement(name: str) -> None:
    assert decide(Case("Fine words.", analysis(), History(), active(), name)).evidence == ()


def test_a_bare_text_is_judged_on_what_it_says_alone() -> None:
    policy = active(Policy(new_comments=NewComments.HOLD_ALL))
    assert decide(Case("Fine words.", analysis(), None, policy)).decision is Decision.APPROVE


def test_a_reject_level_below_its_hold_level_is_refused() -> None:
    with pytest.raises(ValidationError, match="must not be below hold"):
        Levels(hold=0.8, reject=0.7)


scores = st.fixed_dictionaries({attribute.value: st.floats(0, 1) for attribute in Attribute})
histories = st.builds(
    History,
    approved=st.integers(0, 3),
    recent=st.integers(0, 20),
    repeats=st.integers(0, 3),
    likes=st.integers(0, 5),
    rejected_likes=st.integers(0, 2),
    standing=st.sampled_from(Standing),
    thread_closed=st.booleans(),
)


@given(scores, histories)
def test_the_decision_follows_from_the_evidence_alone(values: dict[str, float], history: History) -> None:
    """The fold, said in other words: no objection approves, undisputed rejection rejects, all else waits."""
    verdict = judge(said=scored(values), history=history)
    asked = {found.decision for found in verdict.evidence}
    if asked <= {Decision.APPROVE}:
        assert verdict.decision is Decision.APPROVE
    elif Decision.REJECT in asked and Decision.APPROVE not in asked:
        assert verdict.decision is Decision.REJECT
    else:
        assert verdict.decision is Decision.HOLD
    assert 0 <= verdict.severity <= 1


@given(scores, histories, st.sampled_from(Attribute), st.floats(0, 1))
def test_a_higher_score_never_makes_a_verdict_milder(
    values: dict[str, float], history: History, attribute: Attribute, rise: float
) -> None:
    order = [Decision.APPROVE, Decision.HOLD, Decision.REJECT]
    before = judge(said=scored(values), history=history)
    after = judge(said=scored({**values, attribute.value: max(values[attribute], rise)}), history=history)
    assert order.index(after.decision) >= order.index(before.decision)


@given(histories)
def test_the_same_case_gives_the_same_verdict(history: History) -> None:
    assert judge(history=history) == judge(history=history)


def test_windows_and_levels_outside_their_range_are_refused() -> None:
    with pytest.raises(ValidationError):
        WindowRule(hold=0, window_seconds=60)
    with pytest.raises(ValidationError):
        Levels(hold=1.2)


@pytest.mark.parametrize("word", ["", "  ", "***", "a\0b", "two\nlines", "a*b", "**a"])
def test_a_word_that_could_not_be_found_or_stored_is_refused(word: str) -> None:
    with pytest.raises(ValidationError, match=r"words\.banned"):
        Policy.model_validate({"words": {"banned": [word]}})
