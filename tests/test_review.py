"""A moderator's decision: legal steps only, and the second of two moderators hears who was first."""

from dataclasses import replace

import pytest

from bot.comment import TRANSITIONS, Act, Comment, DecisionRecord, Status
from bot.review import EDITED, AlreadyDecided, NoSuchTransition, decide, needs_person
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


def step(source: DecisionSource, reason: str | None, after: Status) -> DecisionRecord:
    return replace(arrival, source=source, reason=reason, before=Status.HELD, after=after)


reported = step(DecisionSource.RULE, "reported", Status.HELD)
appealed = step(DecisionSource.APPEAL, "appealed", Status.HELD)
held_by_mia = step(DecisionSource.MODERATOR, "off_topic", Status.HELD)
approved_by_mia = step(DecisionSource.MODERATOR, None, Status.APPROVED)
edit = step(DecisionSource.AUTHOR, EDITED, Status.HELD)
edit_elsewhere = step(DecisionSource.RULE, EDITED, Status.HELD)


@pytest.mark.parametrize("edits", [(), (edit,), (edit, edit), (edit_elsewhere, edit)])
@pytest.mark.parametrize(
    ("earlier", "needs"),
    [
        ((arrival,), False),
        ((arrival, reported), True),
        ((arrival, appealed), True),
        ((arrival, held_by_mia), True),
        ((arrival, replace(held_by_mia, reason=EDITED)), True),
        ((arrival, approved_by_mia), False),
    ],
)
def test_however_often_it_is_edited_a_person_looks_at_what_people_objected_to(
    earlier: tuple[DecisionRecord, ...], edits: tuple[DecisionRecord, ...], *, needs: bool
) -> None:
    trail = (*earlier, *edits)
    comment = replace(held, status=trail[-1].after)
    assert needs_person(comment, trail) is needs
