"""What the chat knows of an author's own comment: what the author may know, by the rules of its section."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.comment import Comment, DecisionRecord, Status
from bot.errands import Own
from bot.policy import Policy
from bot.review import EDITED
from bot.verdict import Decision, DecisionSource, Evidence, Reason, Verdict
from sentiment.scores import Attribute
from tests.builders import NOON, analysis, submission

INSULT = Evidence(Reason.DETECTED_INSULT, Decision.REJECT, Attribute.INSULT, 0.9, 0.8)
REJECTED = Comment(
    id=1,
    site="demo",
    submission=submission(),
    status=Status.REJECTED,
    created_at=NOON,
    analysis=analysis(),
    verdict=Verdict(Decision.REJECT, (INSULT,), 0.9, "test-1", 1),
)
ARRIVAL = DecisionRecord(1, Decision.REJECT, DecisionSource.RULE, None, None, None, None, Status.REJECTED, NOON)
EDIT = replace(ARRIVAL, source=DecisionSource.AUTHOR, reason=EDITED, before=Status.HELD)
LATER = NOON + timedelta(days=1)


@pytest.mark.parametrize("days", [None, 7])
def test_whether_one_may_appeal_is_what_they_were_told(days: int | None) -> None:
    assert Own.of(REJECTED, [ARRIVAL], Policy(), days, LATER).may_appeal is (days is not None)


def test_what_the_rules_made_of_an_edit_has_the_rules_reasons() -> None:
    own = Own.of(REJECTED, [ARRIVAL, EDIT], Policy(), 14, LATER)
    assert (own.status, own.reasons) == (Status.REJECTED, (Reason.DETECTED_INSULT,))


@pytest.mark.parametrize("trail", [[ARRIVAL], [ARRIVAL, EDIT]])
def test_who_is_shadow_banned_does_not_notice_after_an_edit_either(trail: list[DecisionRecord]) -> None:
    found = Evidence(Reason.POLICY_AUTHOR_SHADOW_BANNED, Decision.REJECT)
    hidden = replace(REJECTED, verdict=replace(REJECTED.verdict, evidence=(found,)))
    assert Own.of(hidden, trail, Policy(), 14, LATER).status is Status.APPROVED
