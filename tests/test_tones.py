"""Sentiment is learned from every set with tones, and joined with VADER by sets that the head did not see."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from sentiment.datasets import OWN_TONES, DataUnusable, Example, Split, Target, Tone
from sentiment.tempering import Tempering
from sentiment.tones import TonesRecipe, learn_head, learn_tempering

WORDS = ("great", "awful", "table", "zork", "blip")
RECIPE = TonesRecipe()


def example(text: str, strength: float, source: str = "reviews", split: Split = Split.TRAIN) -> Example:
    targets: dict[Target, float] = {
        Tone.NEG: max(0.0, -strength),
        Tone.NEU: 1 - abs(strength),
        Tone.POS: max(0.0, strength),
    }
    return Example(text, source, split, targets)


def matrix(known: list[Example]) -> csr_matrix:
    """One column per word, which is all that these tests need of features."""
    return csr_matrix([[float(word in one.text.split()) for word in WORDS] for one in known])


def lessons(source: str) -> list[Example]:
    """VADER knows `great` and `awful`; what `zork` and `blip` mean can only be learned."""
    meanings = {"great": 1, "awful": -1, "table": 0, "great zork": -0.2, "zork": -1, "blip": 1, "awful blip": 0.2}
    return [example(f"{text} {place}", strength, source) for text, strength in meanings.items() for place in range(8)]


def tempering(known: list[Example]) -> Tempering:
    rows = matrix(known)
    return learn_tempering(learn_head(rows, known, RECIPE), rows, known, RECIPE)


def test_a_head_learns_three_tones_and_soft_labels_count_for_both_sides() -> None:
    known = lessons("reviews") + [example("table blip", 0.5)] * 50
    head = learn_head(matrix(known), known, RECIPE)
    neg, neu, pos = head.predict_proba(matrix([example("table blip", 0.0)]))[0]
    assert neg < 0.1
    assert neu == pytest.approx(pos, abs=0.15)


def test_held_out_examples_teach_nothing() -> None:
    known = lessons("reviews")
    wrong = [example("great", -1.0, split=Split.TEST)] * 500
    heads = [learn_head(matrix(some), some, RECIPE) for some in (known, known + wrong)]
    assert np.array_equal(heads[0].coef_, heads[1].coef_)


def test_data_without_all_three_tones_is_refused() -> None:
    known = [example("great", 1.0), example("awful", -1.0)]
    with pytest.raises(DataUnusable, match="no negative, neutral and positive"):
        learn_head(matrix(known), known, RECIPE)


def test_a_head_that_knows_more_than_vader_gets_its_say() -> None:
    known = lessons("reviews") + lessons("letters")
    found = tempering(known)
    assert found.compound + found.shares + found.tone == pytest.approx(1, abs=0.001)
    assert min(found.compound, found.shares, found.tone) >= 0
    assert found.tone > 0.5


def test_a_head_that_misleads_on_sets_it_did_not_see_is_hardly_heard() -> None:
    turned = [
        example(one.text, one.targets[Tone.NEG] - one.targets[Tone.POS], "letters")
        for one in lessons("letters")
        if one.text.split()[0] in {"zork", "blip", "table"}
    ]
    letters = turned + [example(f"great {n}", 1.0, "letters") for n in range(20)]
    letters += [example(f"awful {n}", -1.0, "letters") for n in range(20)]
    known = lessons("reviews") + letters
    assert tempering(known).tone < 0.3


def test_texts_of_a_kind_that_was_learned_have_a_say_as_well() -> None:
    """What the head knows of reviews helps with no letter, but it helps with reviews that were held out."""
    letters = [one for one in lessons("letters") if not {"zork", "blip"} & set(one.text.split())]
    held_out = [example(f"zork {n}", -1.0, split=Split.CALIBRATE) for n in range(9)]
    held_out += [example(f"blip {n}", 1.0, split=Split.CALIBRATE) for n in range(9)]
    known = lessons("reviews") + letters
    assert tempering(known + held_out).tone > tempering(known).tone


def test_without_anything_to_learn_weights_from_all_voices_weigh_the_same() -> None:
    known = lessons(OWN_TONES.name) + [example("great", -1.0), example("awful", 1.0)] * 30
    found = tempering(known)
    assert found.compound == found.shares == found.tone == pytest.approx(1 / 3, abs=0.001)


def test_own_words_teach_but_are_not_what_weights_are_learned_from() -> None:
    known = lessons(OWN_TONES.name)
    found = tempering(known)
    assert found.compound == found.shares == found.tone == pytest.approx(1 / 3, abs=0.001)


def test_the_same_examples_give_the_same_weights() -> None:
    known = lessons("reviews") + lessons("letters")
    assert tempering(known) == tempering(known)
