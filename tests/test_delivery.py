"""When a delivery is tried again, and when an endpoint is asked no more."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import FAILING_FOR, JITTER, LONGEST_WAIT, SCHEDULE, Answer, DeliveryState, Failure, Health, judge
from bot.event import DisabledBecause

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WELL = Health()


def says(status: int | None, wait: float | None = None) -> Answer:
    failure = Failure.TIMEOUT if status is None else None
    return Answer(status, failure, 12, "", None if wait is None else timedelta(seconds=wait))


@given(st.integers(200, 299), st.integers(1, 10), st.integers(0, 99))
def test_any_2xx_is_taken_and_mends_the_endpoint(status: int, tries: int, failures: int) -> None:
    outcome = judge(says(status), tries, Health(NOW - timedelta(days=9), failures), NOW, 0.5)
    assert (outcome.state, outcome.health, outcome.disabled) == (DeliveryState.DELIVERED, WELL, None)


@given(
    st.one_of(st.none(), st.integers(100, 199), st.integers(300, 409), st.integers(411, 599)),
    st.integers(1, len(SCHEDULE) - 1),
    st.floats(0, 1, exclude_max=True),
)
def test_anything_else_comes_again_as_scheduled_and_never_earlier(
    status: int | None, tries: int, jitter: float
) -> None:
    outcome = judge(says(status), tries, WELL, NOW, jitter)
    assert outcome.state is DeliveryState.WAITING
    assert outcome.due_at is not None and outcome.paused_until is not None
    assert SCHEDULE[tries] <= outcome.due_at - NOW <= SCHEDULE[tries] * (1 + JITTER)
    assert outcome.paused_until <= outcome.due_at


def test_the_schedule_is_the_one_that_was_promised() -> None:
    hours = [round(wait / timedelta(hours=1), 4) for wait in SCHEDULE]
    assert hours == [0, 0.0014, 0.0833, 0.5, 2, 5, 10, 14, 20, 24]


def test_after_the_last_try_it_is_given_up() -> None:
    outcome = judge(says(500), len(SCHEDULE), WELL, NOW, 0)
    assert (outcome.state, outcome.due_at, outcome.disabled) == (DeliveryState.FAILED, None, None)


@given(st.sampled_from([429, 502, 503, 504]), st.floats(0, 1e9))
def test_an_endpoint_that_asks_to_wait_is_left_alone_for_so_long_or_a_day(status: int, seconds: float) -> None:
    outcome = judge(says(status, seconds), 1, WELL, NOW, 0)
    asked = min(timedelta(seconds=seconds), LONGEST_WAIT)
    assert outcome.due_at is not None and outcome.due_at >= NOW + asked
    assert outcome.paused_until is not None and outcome.paused_until >= NOW + asked


@given(st.integers(1, 10))
def test_410_ends_it(tries: int) -> None:
    outcome = judge(says(410), tries, WELL, NOW, 0)
    assert (outcome.state, outcome.disabled) == (DeliveryState.FAILED, DisabledBecause.GONE)


@pytest.mark.parametrize(("less", "because"), [(timedelta(seconds=1), None), (timedelta(0), DisabledBecause.FAILING)])
def test_five_days_without_taking_anything_end_it(less: timedelta, because: DisabledBecause | None) -> None:
    outcome = judge(says(None), 3, Health(NOW - FAILING_FOR + less, 40), NOW, 0)
    assert outcome.disabled is because
    assert outcome.state is DeliveryState.WAITING


def test_what_fails_over_and_over_is_tried_once_a_minute() -> None:
    pauses = []
    health = WELL
    for _ in range(9):
        outcome = judge(says(500), 5, health, NOW, 0)
        assert outcome.paused_until is not None
        pauses.append((outcome.paused_until - NOW).total_seconds())
        health = outcome.health
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
