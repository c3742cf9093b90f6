"""Which comments count as nearly the same: those that differ in little, never those that are short or on one matter."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.likeness import FEWEST_WORDS, Likeness, prints

OFFER = (
    "Hello friends, I made three thousand dollars last month with a simple system that anybody can learn at home. "
    "My coach explains everything in her free course, so do not wait and join us today"
)

GOLDEN = (4467654956796657389, 6249707697496557278)


def alike(first: str, second: str) -> bool:
    return any(one == other for one, other in zip(prints(first) or (), prints(second) or (), strict=False))


@pytest.mark.parametrize(
    "again",
    [
        OFFER.upper(),
        OFFER.replace(".", "!!!").replace(",", " -"),
        OFFER + " http://new-link.example/x?y=1",
        "Write to coach@example.org or call +44 7700 900123. " + OFFER,
        OFFER.replace("o", "о").replace("e", "е"),  # Cyrillic
        OFFER.replace("simple", "sim\u200bple"),
        "Good morning everybody! " + OFFER + " Thank you for reading this.",
        OFFER.replace("three thousand", "five thousand"),
    ],
)
def test_the_same_offer_in_another_dress_is_known_again(again: str) -> None:
    assert alike(OFFER, again)


@pytest.mark.parametrize("text", ["", "Thanks!", "lol", "I agree with you", "What a great song this is", "😀 " * 50])
def test_what_many_people_say_by_chance_has_no_prints(text: str) -> None:
    assert prints(text) is None


def test_comments_on_the_same_matter_are_not_the_same() -> None:
    written = [
        "I do not think that the council should spend so much money on a bridge that nobody needs.",
        "The council should spend the money on schools, not on a bridge for the rich who live there.",
        "I do not think it is right that the council did not ask us before they built the bridge.",
        "This is the best thing that the council has done for the people of this town in years.",
        "I think that the people of this town should be asked what they want to do with the money.",
    ]
    assert not any(alike(one, other) for one in written for other in written if one is not other)


@given(st.lists(st.sampled_from("alpha beta gamma delta".split()), max_size=FEWEST_WORDS - 1))
def test_fewer_words_than_the_fewest_have_no_prints(words: list[str]) -> None:
    assert prints(" ".join(words)) is None


@given(st.text(max_size=300))
def test_prints_are_the_same_every_time_and_fit_a_column(text: str) -> None:
    found = prints(text)
    assert found == prints(text)
    assert all(-(1 << 63) <= number < 1 << 63 for number in found or ())


def test_prints_do_not_change_between_versions() -> None:
    """They are stored: what they are made of may change only with a migration."""
    assert prints(OFFER) == GOLDEN


@pytest.mark.parametrize("text", ["Same  TEXT", "same text", "  same\ntext "])
def test_case_and_spacing_make_no_other_text(text: str) -> None:
    assert Likeness.of(text).text_hash == Likeness.of("Same text").text_hash


@pytest.mark.parametrize("unit", ["a", "a ", "@", "www.", "http://", "a@", "'a"])
def test_hostile_text_costs_time_in_proportion_to_its_length(unit: str) -> None:
    text = (unit * 80_000)[:80_000]
    began = time.process_time()
    prints(text)
    assert time.process_time() - began < 0.5
