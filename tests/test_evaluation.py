"""Evaluation measures what the scorer says."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.evaluation import evaluate
from sentiment.measures import auc, average_precision, calibration_error, macro_recall, measure
from sentiment.scorer import Scorer
from sentiment.scores import Attribute
from sentiment.stated import stated


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load()


def test_evaluation_measures_each_data_set_on_held_out_texts_only(scorer: Scorer, tmp_path: Path) -> None:
    kind = [f"Thank you for number {number}, it was lovely" for number in range(100)]
    rude = [f"Fuck you and your number {number}, idiot" for number in range(100)]
    _write(tmp_path, "civil_rated_toxic", [{"text": text, "toxic": float(text in rude)} for text in kind + rude])
    _write(tmp_path, "vader_tweets", [{"text": text, "mean": 2.0 if text in kind else -2.0} for text in kind + rude])
    _write(
        tmp_path,
        "civil_toxic_spans",
        [{"text": f"You idiot {number}", "spans": list(range(4, 9))} for number in range(99)],
    )
    evaluation = evaluate(tmp_path, scorer, _quiet)
    toxicity = evaluation.figures.attributes[Attribute.TOXICITY].by_set["civil_rated_toxic"]
    assert 2 <= toxicity.rows < 60
    assert toxicity.auc == 1.0
    assert evaluation.sentiment.agreement["vader_tweets"] > 0.9
    assert evaluation.sentiment.recall["vader_tweets"] == evaluation.figures.recall["vader_tweets"] == 1.0
    assert evaluation.vader is not None
    assert evaluation.vader.agreement["vader_tweets"] > 0.9
    reproduced = evaluation.reproduced["vader_tweets"]
    assert (reproduced.texts, reproduced.published) == (200, 0.881)
    assert reproduced.agreement > 0.9
    assert evaluation.span_f1 is not None
    assert evaluation.span_f1 > 0.5
    assert evaluation.version == scorer.version
    assert len(evaluation.cases) == len(stated())


def _quiet(stage: str, done: int, total: int) -> None:
    assert stage
    assert 0 <= done <= total


def _write(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


# --- measures ---------------------------------------------------------------------------------------------------------

PAIRS = st.lists(st.tuples(st.booleans(), st.integers(0, 10)), min_size=1, max_size=30)


@settings(deadline=None)
@given(PAIRS)
def test_auc_is_the_share_of_pairs_in_the_right_order(pairs: list[tuple[bool, int]]) -> None:
    truth, scores = np.array([pair[0] for pair in pairs]), np.array([pair[1] / 10 for pair in pairs])
    wins = [(p > n) + (p == n) / 2 for p in scores[truth] for n in scores[~truth]]
    expected = float(np.mean(wins)) if wins else None
    found = auc(truth, scores)
    assert found == (None if expected is None else pytest.approx(expected))


def test_average_precision_of_a_worked_example() -> None:
    truth = np.array([True, False, True, False])
    assert average_precision(truth, np.array([0.9, 0.8, 0.7, 0.1])) == pytest.approx((1 + 2 / 3) / 2)


def test_calibration_error_of_a_worked_example() -> None:
    """Four texts scored 0.9 of which half are positive miss by 0.4, one scored 0 and negative by nothing."""
    truth = np.array([True, True, False, False, False])
    assert calibration_error(truth, np.array([0.9, 0.9, 0.9, 0.9, 0.0])) == pytest.approx(0.4 * 4 / 5)


def test_macro_recall_counts_every_class_alike() -> None:
    assert macro_recall(np.array([0, 0, 0, 2]), np.array([0, 0, 1, 1])) == pytest.approx((2 / 3 + 0) / 2)


def test_without_texts_there_is_no_measure() -> None:
    assert measure(np.array([], dtype=np.bool_), np.array([])) is None
