"""What is said about people is read the same way, whoever they are."""

import numpy as np
import pytest

from sentiment.features import GROUPS, MASKED, Occurrences, extract
from sentiment.masks import Kind, people
from sentiment.text import read


def _masked(text: str) -> set[int]:
    return set(_occurrences(text).bucket.tolist())


def _occurrences(text: str) -> Occurrences:
    found = extract([read(text)])
    own = np.flatnonzero((found.bucket >= GROUPS[MASKED]) & (found.bucket < GROUPS[MASKED + 1]))
    return Occurrences(1, found.text[own], found.bucket[own], found.begin[own], found.end[own])


@pytest.mark.parametrize("other", ["Jews are vermin", "black women are vermin", "DISABLED people are vermin"])
def test_groups_in_the_same_sentence_are_one_and_the_same(other: str) -> None:
    assert _masked("Muslims are vermin") == _masked(other) != set()


def test_what_is_said_makes_the_difference() -> None:
    assert _masked("Muslims are vermin") != _masked("Muslims are neighbours")


def test_a_slur_is_not_the_name_of_a_group() -> None:
    assert not _masked("those kikes again") & (_masked("those jews again") - _masked("those again, jews"))
    assert _masked("kikes") == _masked("dykes") != _masked("jews")


def test_texts_that_name_nobody_have_none() -> None:
    assert _masked("rats are vermin and so are these people") == set()


def test_only_texts_of_a_batch_that_name_somebody_have_some() -> None:
    readings = [read(text) for text in ("rats are vermin", "Muslims are vermin", "", "wasps are vermin")]
    found = extract(readings)
    assert set(found.text[found.bucket >= GROUPS[MASKED]].tolist()) == {1}


def test_every_one_stands_for_the_words_that_it_was_read_from() -> None:
    text = "our muslim friends came"
    found = _occurrences(text)
    assert {text[begin:end] for begin, end in zip(found.begin, found.end, strict=True)} == {
        *text.split(),
        "our muslim",
        "muslim friends",
        "friends came",
        "our muslim friends",
        "muslim friends came",
    }


def test_people_can_be_named_with_a_possessive_and_by_words_of_two_kinds() -> None:
    assert people()["muslim's"] is Kind.GROUP
    assert people()["women"] == Kind.GROUP | Kind.PERSON
