"""A site's own words: found whole, in any case, through disguises, and nowhere else."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wordlist import WordList

WORDS = WordList(["idiot", "spam*", "kill yourself", "C++", "фу"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You IDIOT!", ["IDIOT"]),
        ("what a 1d10t", ["1d10t"]),
        ("i.d.i.o.t here", ["i.d.i.o.t"]),
        ("idiooooot", ["idiooooot"]),
        ("<b>id</b>iot", ["id</b>iot"]),
        ("id\u200biot", ["id\u200biot"]),
        ("іdіot with Cyrillic letters", ["іdіot"]),
        ("spammers love spam", ["spammers", "spam"]),
        ("go and kill yourself", ["kill yourself"]),
        ("kill  yourself, kill-yourself", ["kill  yourself", "kill-yourself"]),
        ("kill\nyourself", ["kill\nyourself"]),
        ("I like c++ a lot", ["c++"]),
        ("ид фу", ["фу"]),
        ("İidiot, idiot", ["idiot"]),
        ("idiotic", []),
        ("skill yourself up", []),
        ("", []),
    ],
)
def test_words_are_found_where_a_reader_would_read_them(text: str, found: list[str]) -> None:
    assert [text[place.begin : place.end] for place in WORDS.find(text)] == found


@given(st.text(), st.lists(st.text(min_size=1, max_size=8), max_size=5))
def test_any_text_and_any_list_give_places_inside_the_text_in_order(text: str, words: list[str]) -> None:
    places = WordList(words).find(text)
    assert all(0 <= place.begin < place.end <= len(text) for place in places)
    assert all(left.end <= right.begin for left, right in pairwise(places))


def test_an_empty_list_finds_nothing() -> None:
    assert WordList([]).find("idiot") == ()
