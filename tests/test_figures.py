"""Figures say how sure they are, how groups of people are treated, and what disguises do."""

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sentiment.datasets import Example, Split
from sentiment.figures import figures
from sentiment.groups import on_mentions, on_templates
from sentiment.measures import Share, auc, measure, reliability
from sentiment.perturbed import Disguise, disguised, robustness
from sentiment.resampling import interval, resample, share_interval
from sentiment.scores import Attribute
from sentiment.text import read

COLUMNS = list(Attribute)


def noisy(rows: int, seed: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Truth and scores that follow it loosely."""
    generator = np.random.default_rng(seed)
    truth = generator.random(rows) < 0.3
    return truth, generator.random(rows) + 0.5 * truth


def toxic_or_not(text: str, source: str, *, toxic: bool) -> Example:
    return Example(text, source, Split.TEST, {Attribute.TOXICITY: float(toxic)})


def scored(toxicity: Sequence[float], hate: Sequence[float] | None = None) -> NDArray[np.float64]:
    scores = np.zeros((len(toxicity), len(COLUMNS)))
    scores[:, COLUMNS.index(Attribute.TOXICITY)] = toxicity
    if hate is not None:
        scores[:, COLUMNS.index(Attribute.IDENTITY_ATTACK)] = hate
    return scores


# --- intervals --------------------------------------------------------------------------------------------------------


def test_an_interval_holds_its_figure_and_is_the_same_every_time() -> None:
    truth, scores = noisy(400, 1)
    found, again = measure(truth, scores), measure(truth, scores)
    assert found is not None
    assert found == again
    assert found.auc is not None
    assert found.auc_interval is not None
    assert found.auc_interval[0] < found.auc < found.auc_interval[1]


def test_intervals_hold_what_other_texts_of_the_same_kind_give() -> None:
    """19 of 20 samples: 100 of them, each asked whether its interval holds what 100,000 texts give."""
    whole = auc(*noisy(100_000, 0))
    assert whole is not None
    held = 0
    for seed in range(1, 101):
        found = interval(resample(*noisy(300, seed)).auc)
        assert found is not None
        held += found[0] <= whole <= found[1]
    assert held >= 88


def test_more_texts_make_an_interval_narrower() -> None:
    few, many = (interval(resample(*noisy(rows, 2)).auc) for rows in (100, 10_000))
    assert few is not None
    assert many is not None
    assert many[1] - many[0] < (few[1] - few[0]) / 5


def test_draws_scatter_round_the_figure_itself() -> None:
    truth, scores = noisy(3000, 3)
    scores = scores.round(1)  # with ties
    drawn, found = resample(truth, scores), measure(truth, scores)
    assert found is not None
    assert float(drawn.auc.mean()) == pytest.approx(found.auc, abs=0.002)
    assert float(drawn.average_precision.mean()) == pytest.approx(found.average_precision, abs=0.004)


def test_two_models_on_the_same_texts_are_compared_draw_by_draw() -> None:
    """The same ranking gives no difference in any draw, however wide the figures themselves scatter."""
    truth, scores = noisy(150, 4)
    assert interval(resample(truth, scores).auc - resample(truth, scores * 0.5).auc) == (0.0, 0.0)


@given(st.integers(0, 50), st.integers(1, 50))
def test_the_interval_of_a_share_holds_it_and_stays_a_share(hits: int, more: int) -> None:
    low, high = share_interval(hits, hits + more) or (2.0, -1.0)
    assert 0 <= low <= hits / (hits + more) + 1e-4
    assert hits / (hits + more) - 1e-4 <= high <= 1


def test_reliability_counts_the_texts_round_a_score() -> None:
    truth = np.array([True, True, False, True, False])
    assert reliability(truth, np.array([0.8, 0.75, 0.71, 0.9, 0.1]), 0.7, 0.9) == Share(2, 3)


# --- groups of people -------------------------------------------------------------------------------------------------


def test_groups_of_templates_are_compared_by_false_positives() -> None:
    names = ["lutheran"] * 20 + ["taoist"] * 20
    examples = [toxic_or_not(f"Being {name} is kind", "identity_templates", toxic=False) for name in names]
    found = on_templates(examples, scored([0.9] * 5 + [0.1] * 35, [0.0] * 30 + [0.6] * 10))
    assert found is not None
    assert found.groups["lutheran"].false_positive_rate == 0.25
    assert found.groups["taoist"].hate_rate == 0.5
    assert (found.gap, found.hate_gap) == (0.25, 0.5)


def test_a_group_whose_harmless_texts_score_high_has_a_low_bpsn_auc_alone() -> None:
    """Muslims: harmless 0.8, toxic 0.9. Everybody else: harmless 0.1, toxic 0.7."""
    texts = [("a muslim wrote this", False, 0.8), ("a muslim wrote that", True, 0.9)] * 50
    texts += [("a teacher wrote this", False, 0.1), ("a christian wrote this", False, 0.1), ("nobody", True, 0.7)] * 50
    examples = [toxic_or_not(text, "jigsaw_wikipedia", toxic=toxic) for text, toxic, _ in texts]
    found = on_mentions(examples, scored([score for _, _, score in texts]))
    assert found is not None
    muslim, christian = found.groups["muslim"], found.groups["christian"]
    assert (muslim.subgroup_auc, muslim.bpsn_auc, muslim.bnsp_auc) == (1.0, 0.0, 1.0)
    assert (christian.subgroup_auc, christian.bpsn_auc) == (None, 1.0)
    assert found.gap == 1.0


def test_hate_is_measured_by_both_heads() -> None:
    examples = [
        Example(f"text {number}", "stormfront", Split.TEST, {Attribute.IDENTITY_ATTACK: float(number % 2)})
        for number in range(20)
    ]
    even = [number % 2 / 2 for number in range(20)]
    found = figures(examples, scored([1 - score for score in even], even), np.zeros((20, 3)))
    assert found.hate == {"stormfront": {Attribute.IDENTITY_ATTACK: 1.0, Attribute.TOXICITY: 0.0}}


# --- disguises --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", Disguise)
def test_a_disguise_changes_the_rough_word_and_nothing_else(how: Disguise) -> None:
    text = disguised("What an idiot you are", how, Random(1))
    assert text.startswith("What an ")
    assert text.endswith(" you are")
    assert "idiot" not in text


@pytest.mark.parametrize("how", Disguise)
def test_where_nothing_is_rough_ordinary_words_are_disguised(how: Disguise) -> None:
    text = disguised("the garden looks lovely today", how, Random(1))
    assert text != "the garden looks lovely today"
    assert sum(word in text.split() for word in ("the", "garden", "looks", "lovely", "today")) == 2


@pytest.mark.parametrize("how", [Disguise.LOOK_ALIKES, Disguise.ZERO_WIDTH, Disguise.DOTS, Disguise.SPACED])
def test_what_a_reader_sees_through_parley_reads_as_it_is(how: Disguise) -> None:
    assert "idiot" in read(disguised("What an idiot you are", how, Random(1))).folded.text


def test_robustness_says_what_each_disguise_costs() -> None:
    """A score that knows the plain word only."""
    examples = [toxic_or_not(f"you idiot {number}", "paradetox", toxic=True) for number in range(30)]
    examples += [toxic_or_not(f"a lovely garden {number}", "paradetox", toxic=False) for number in range(30)]

    def score(texts: Sequence[str]) -> NDArray[np.float64]:
        return np.array([float("idiot" in text) for text in texts])

    found = robustness(examples, score)
    assert found is not None
    assert found.clean.recall == Share(30, 30)
    assert found.clean.false_positives == Share(0, 30)
    assert {how: seen.recall for how, seen in found.disguised.items()} == dict.fromkeys(
        map(str, Disguise), Share(0, 30)
    )


def test_without_texts_of_both_kinds_nothing_is_said_of_disguises() -> None:
    examples = [toxic_or_not("you idiot", "paradetox", toxic=True)]
    assert robustness(examples, lambda texts: np.ones(len(texts))) is None
