"""What features promise: the same n-grams as a slow reading by hand, in any batch, at a cost linear in the length."""

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.features import BUCKETS, CHARACTER_SIZES, GROUPS, Occurrences, Vocabulary, extract
from sentiment.text import read

TEXTS = st.text(alphabet=st.one_of(st.sampled_from("ab cdE'!.😀\n 1з"), st.characters()), max_size=120)
SOME = ["You are an idiot!!!", "", "f.u.c.k this, http://win.com", "İstanbul\u200b 1999 WOW 😀😀", "\ud800", "a" * 300]


def _parts(occurrences: Occurrences, folded: str) -> list[str]:
    """The characters of every n-gram occurrence of one text, shape left out."""
    ngrams = np.flatnonzero(occurrences.bucket < GROUPS[2])
    return [folded[occurrences.begin[at] : occurrences.end[at]] for at in ngrams]


def test_words_pairs_and_character_ngrams_are_read_from_each_text() -> None:
    occurrences = extract([read("Don't do it")])
    found = _parts(occurrences, "don't do it")
    words = ["don't", "do", "it", "don't do", "do it"]
    threes = ["do", "don", "on'", "n't", "'t", "do", "do", "it", "it"]
    fours = ["don", "don'", "on't", "n't", "do", "it"]
    fives = ["don'", "don't", "on't"]
    assert sorted(found) == sorted([*words, *threes, *fours, *fives])


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_character_ngrams_are_those_of_a_plain_loop(texts: list[str]) -> None:
    """Every run of 3 to 5 characters inside a word and the blanks round it, and no other."""
    readings = [read(text) for text in texts]
    occurrences = extract(readings)
    for at, reading in enumerate(readings):
        padded = "\n" + reading.folded.text + "\n"
        expected = sum(
            all(not character.isspace() for character in padded[begin + 1 : begin + size - 1])
            for size in CHARACTER_SIZES
            for begin in range(len(padded) - size + 1)
        )
        own = occurrences.of(at)
        assert int((own.bucket < GROUPS[1]).sum()) == expected


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_a_text_has_the_same_features_alone_and_in_company(texts: list[str]) -> None:
    readings = [read(text) for text in texts]
    together = extract(readings)
    for at, reading in enumerate(readings):
        alone, own = extract([reading]), together.of(at)
        for field in ("bucket", "begin", "end"):
            np.testing.assert_array_equal(getattr(alone, field), getattr(own, field))


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_equal_parts_share_a_bucket_and_other_parts_do_not(left: str, right: str) -> None:
    """Over short texts a collision of hashes would be a fault of the hashing, not chance."""
    readings = [read(left), read(right)]
    occurrences = extract(readings)
    words: dict[int, set[str]] = {}
    for at, reading in enumerate(readings):
        own = occurrences.of(at)
        letters = own.bucket < GROUPS[1]
        for bucket, begin, end in zip(own.bucket[letters], own.begin[letters], own.end[letters], strict=True):
            words.setdefault(int(bucket), set()).add(reading.folded.text[begin:end])
    assert all(len(parts) == 1 for parts in words.values())


def _everything(occurrences: Occurrences) -> Vocabulary:
    buckets = np.unique(occurrences.bucket).astype(np.int32)
    return Vocabulary.of(buckets, np.linspace(1, 3, len(buckets)).astype(np.float32))


def test_each_group_of_features_has_length_one_in_a_text() -> None:
    occurrences = extract([read("You are an idiot and Danish women know it!!!")])
    vocabulary = _everything(occurrences)
    row = vocabulary.matrix(occurrences)
    buckets = vocabulary.buckets[row.indices]
    for begin, end in pairwise(GROUPS):
        values = row.data[(buckets >= begin) & (buckets < end)]
        assert np.linalg.norm(values) == pytest.approx(1, abs=1e-6)


def test_features_that_a_model_does_not_know_change_nothing() -> None:
    known = extract([read("you idiot")])
    vocabulary = _everything(known)
    both = extract([read("you idiot"), read("zzz")])
    matrix = vocabulary.matrix(both)
    np.testing.assert_array_equal(matrix[0].toarray(), vocabulary.matrix(known).toarray())
    assert matrix[1].nnz < matrix[0].nnz


def test_every_bucket_is_below_the_end() -> None:
    occurrences = extract([read(text) for text in SOME])
    assert occurrences.bucket.min() >= 0
    assert occurrences.bucket.max() < BUCKETS


@pytest.mark.parametrize("part", ["a", "😀", "a.b-", "!?", "www.", "x.com", "Ab1 "])
def test_no_text_is_much_dearer_than_an_ordinary_one_of_its_length(part: str) -> None:
    text = part * (20_000 // len(part))
    ordinary = "The bridge was closed for two weeks, and nobody told us why it happened. " * (len(text) // 74)
    assert _cost(text) < 6 * _cost(ordinary)


def _cost(text: str) -> float:
    reading = read(text)
    extract([reading])
    times = []
    for _ in range(9):
        begin = time.process_time()
        extract([reading])
        times.append(time.process_time() - begin)
    return min(times)
