"""The status table and the ids: what the store, the desk and the diagram all rely on."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.comment import FIRST_STATUS, TRANSITIONS, Act, Status, first_id_at, mint_id, read_id, write_id
from bot.verdict import Decision
from tests.builders import NOON

noise = st.integers(min_value=0, max_value=2**22 - 1)
later = st.integers(min_value=0, max_value=10 * 365 * 24 * 3600 * 1000)


def test_every_status_has_its_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Status)


def test_nothing_follows_withdrawal() -> None:
    assert TRANSITIONS[Status.WITHDRAWN] == {}


def test_no_act_leaves_a_comment_where_it_was() -> None:
    assert all(before is not after for before, row in TRANSITIONS.items() for after in row.values())


def test_every_act_leads_to_the_same_status_from_wherever_it_is_allowed() -> None:
    for act in Act:
        assert len({row[act] for row in TRANSITIONS.values() if act in row}) == 1


@pytest.mark.parametrize("decision", Decision)
def test_a_decision_means_the_same_on_arrival_and_on_review(decision: Decision) -> None:
    later_statuses = {row[Act(decision)] for row in TRANSITIONS.values() if Act(decision) in row}
    assert later_statuses == {FIRST_STATUS[decision]}


@given(later, noise, later, noise)
def test_ids_sort_by_time_as_numbers_and_as_text(first: int, noise1: int, second: int, noise2: int) -> None:
    a = mint_id(NOON + timedelta(milliseconds=first), noise1)
    b = mint_id(NOON + timedelta(milliseconds=second), noise2)
    assert (a < b) == (write_id(a) < write_id(b))
    if first < second:
        assert a < b


@given(later, noise)
def test_ids_survive_being_written_and_read(milliseconds: int, bits: int) -> None:
    number = mint_id(NOON + timedelta(milliseconds=milliseconds), bits)
    assert read_id(write_id(number)) == number
    assert first_id_at(NOON + timedelta(milliseconds=milliseconds)) <= number


@pytest.mark.parametrize("text", ["", "0", "0" * 14, "ilou" + "0" * 9, "ZZZZZZZZZZZZZ", "zzzzzzzzzzzzz", "é" * 13])
def test_what_is_no_id_reads_as_none(text: str) -> None:
    assert read_id(text) is None
