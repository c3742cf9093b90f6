"""Two scorers are compared and read as each other by figures that can be checked by hand."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.agreement import FEWEST, Curve, decisions, difference, fit, held_out, rank_correlation
from bot.moving import ENOUGH, Scores, measure, obstacle, page

SCORES = st.lists(st.floats(0, 1), min_size=FEWEST, max_size=200)


def bent(count: int, noise: float = 0.0) -> tuple[list[float], list[float]]:
    """Our scores, and those of somebody who squares ours."""
    chance = random.Random(7)
    ours = [chance.random() for _ in range(count)]
    return ours, [min(1.0, max(0.0, one**2 + chance.gauss(0, noise))) for one in ours]


def test_a_curve_reads_our_scores_as_theirs() -> None:
    ours, theirs = bent(1_000)
    curve = fit(ours, theirs)
    assert curve is not None
    for score in (0.1, 0.5, 0.9):
        assert curve.of(score) == pytest.approx(score**2, abs=0.02)
        assert curve.score_for(score**2) == pytest.approx(score, abs=0.03)
    assert (curve.score_for(0.0), curve.score_for(1.1)) == (0.0, None)


@given(SCORES, st.randoms(use_true_random=False))
def test_a_curve_never_falls_and_never_leaves_the_scale(ours: list[float], chance: random.Random) -> None:
    theirs = [chance.random() for _ in ours]
    curve = fit(ours, theirs)
    assert curve is not None
    read = [curve.of(step / 50) for step in range(51)]
    assert read == sorted(read)
    assert all(0 <= one <= 1 for one in read)


def test_too_few_texts_give_no_curve() -> None:
    assert fit([0.5] * (FEWEST - 1), [0.5] * (FEWEST - 1)) is None
    assert held_out([0.5] * FEWEST, [0.5] * FEWEST) is None


def test_texts_are_read_by_curves_that_did_not_see_them() -> None:
    ours, theirs = bent(1_000, noise=0.1)
    read = held_out(ours, theirs)
    assert read is not None
    assert difference(read, theirs) < 0.1 < difference(ours, theirs)
    curve = fit(ours, theirs)
    assert curve is not None
    assert read != [curve.of(one) for one in ours]


def test_order_is_compared_by_ranks() -> None:
    assert rank_correlation([0.1, 0.2, 0.9], [0.01, 0.02, 0.03]) == pytest.approx(1)
    assert rank_correlation([0.1, 0.2, 0.9], [0.3, 0.2, 0.1]) == pytest.approx(-1)
    # Two of four share a place: worked out by hand.
    assert rank_correlation([1, 2, 2, 3], [1, 3, 2, 4]) == pytest.approx(0.9486832980505138)
    assert rank_correlation([0.5, 0.5], [0.1, 0.2]) is None


def test_changed_decisions_are_counted_at_the_threshold_itself() -> None:
    found = decisions([0.8, 0.8, 0.79, 0.2], [0.8, 0.7, 0.9, 0.1], 0.8)
    assert (found.both, found.only_theirs, found.only_ours, found.changed) == (1, 1, 1, 0.5)
    assert (found.theirs, found.alike) == (2, 0.5)


def test_a_curve_is_level_outside_its_points() -> None:
    curve = Curve(((0.2, 0.1), (0.6, 0.5)))
    assert [curve.of(score) for score in (0.0, 0.2, 0.4, 0.6, 1.0)] == pytest.approx([0.1, 0.1, 0.3, 0.5, 0.5])


@pytest.mark.parametrize(
    ("count", "changed", "why"),
    [(ENOUGH, 0.05, None), (ENOUGH - 1, 0.05, "too few"), (20, 0.05, "too few"), (ENOUGH, 0.001, "would change")],
)
def test_a_switch_is_safe_with_enough_texts_and_few_changes(count: int, changed: float, why: str | None) -> None:
    ours, theirs = bent(count, noise=0.02)
    found = obstacle(measure(Scores("TOXICITY", [None] * count, ours, theirs), 0.5), 0.5, changed)
    assert found is None if why is None else why in (found or "")


def test_scorers_that_agree_on_harmless_texts_alone_do_not_agree() -> None:
    """One that never flags anything changes few decisions where little is to be flagged."""
    ours, theirs = bent(2_000)
    rare = [0.0 if one < 0.96 else one for one in theirs]
    blind = list(reversed(ours))
    assert "flag the same texts" in (
        obstacle(measure(Scores("THREAT", [None] * 2_000, blind, rare), 0.8), 0.8, 0.05) or ""
    )
    kind = [one * 0.5 for one in theirs]
    assert "Perspective flags 0 texts" in (
        obstacle(measure(Scores("THREAT", [None] * 2_000, ours, kind), 0.8), 0.8, 0.05) or ""
    )


def test_the_report_shows_what_to_look_at_and_says_whether_it_is_safe() -> None:
    ours, theirs = bent(600)
    texts: list[str | None] = [f"Text {number}\n# no heading" for number in range(600)]
    theirs[7] = 1.0 - round(theirs[7])
    measured = measure(Scores("TOXICITY", texts, ours, theirs), 0.8)
    said = page("demo", "test-1", [measured], {"TOXICITY": 0.8}, 0.05)
    assert "- TOXICITY at 0.8: yes." in said
    assert "Text 7 # no heading" in said.partition("Furthest apart")[2].splitlines()[2]
    assert "\n# no heading" not in said
