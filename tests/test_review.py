"""A moderator's decision: legal steps only, and the second of two moderators hears who was first."""

from dataclasses import replace

import pytest

from bot.comment import TRANSITIONS, Act, Comment, DecisionRecord, Status
from bot.review import AlreadyDecided, NoSuchTransition, decide
from bot.verdict import Decision, DecisionSource, Verdict
from tests.builders import NOON, analysis, submission

held = Comment(
    id=1,
    site="demo",
    submission=submission(),
    status=Status.HELD,
    created_at=NOON,
    analysis=analysis(),
    verdict=Verdict(Decision.HOLD, (), 0.5, "test-1", 1),
)
arrival = DecisionRecord(1, Decision.HOLD, DecisionSource.RULE, None, None, None, None, Status.HELD, NOON)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("decision", Decision)
def test_a_decision_leads_where_the_status_table_says_or_nowhere(status: Status, decision: Decision) -> None:
    comment = replace(held, status=status)
    after = TRANSITIONS[status].get(Act(decision))
    if after is not None:
        assert decide(comment, arrival, decision, expected=status) is after
    else:
        with pytest.raises(NoSuchTransition, match=f"{status} cannot get the decision {decision}"):
            decide(comment, arrival, decision, expected=status)


def test_the_second_moderator_hears_who_decided_what() -> None:
    first = replace(arrival, decision=Decision.APPROVE, source=DecisionSource.MODERATOR, moderator="Mia")
    with pytest.raises(AlreadyDecided, match="already approved: Mia decided approve"):
        decide(replace(held, status=Status.APPROVED), first, Decision.REJECT, expected=Status.HELD)
