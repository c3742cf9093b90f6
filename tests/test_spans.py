"""Evidence is exact, the same in any company, and names words as a person would."""

import re
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sentiment.evidence import Cases, Ledger, ledger, shares
from sentiment.features import GROUPS, Occurrences, Vocabulary, extract
from sentiment.spans import MOST, Ranges, earners, words
from sentiment.text import Reading, read

TEXTS = st.text(alphabet=st.one_of(st.sampled_from("ab cdE'!.*-😀\n 1з\u200b<&"), st.characters()), max_size=120)
BATCHES = st.lists(TEXTS, min_size=1, max_size=5)


def _model(occurrences: Occurrences, seed: int) -> tuple[Vocabulary, NDArray[np.float32]]:
    """A vocabulary of most of the features, with three models that weigh them by chance."""
    chance = np.random.default_rng(seed)
    buckets = np.unique(occurrences.bucket).astype(np.int32)
    buckets = buckets[chance.random(len(buckets)) < 0.9]
    vocabulary = Vocabulary.of(buckets, np.linspace(1, 3, len(buckets)).astype(np.float32))
    return vocabulary, chance.normal(size=(len(buckets), 3)).astype(np.float32)


def _by_hand(reading: Reading, vocabulary: Vocabulary, weights: NDArray[np.float32]) -> list[float]:
    """What each character earned, occurrence by occurrence: its feature's value shared out evenly."""
    occurrences = extract([reading])
    values = vocabulary.matrix(occurrences).toarray()[0]
    column = vocabulary.columns[occurrences.bucket]
    counts = np.bincount(column[column >= 0], minlength=len(values))
    earned = [0.0] * len(reading.original)
    for at, feature in enumerate(column.tolist()):
        if feature < 0:
            continue
        view = reading.plain if GROUPS[2] <= occurrences.bucket[at] < GROUPS[3] else reading.folded
        begin, end = view.origin(int(occurrences.begin[at]), int(occurrences.end[at]))
        for place in range(begin, end):
            earned[place] += float(values[feature]) / counts[feature] * float(weights[feature]) / (end - begin)
    return earned


def _everything(readings: list[Reading], seed: int) -> tuple[Cases, Ledger]:
    occurrences = extract(readings)
    vocabulary, weights = _model(occurrences, seed)
    owned = shares(readings, np.arange(len(readings)), occurrences, vocabulary.weigh(occurrences))
    cases = Cases(np.repeat(np.arange(len(readings)), 3), np.tile(np.arange(3), len(readings)))
    return cases, ledger(owned, weights, cases)


@settings(deadline=None)
@given(BATCHES, st.integers(0, 1000))
def test_each_character_earns_what_sharing_out_by_hand_gives_it(texts: list[str], seed: int) -> None:
    readings = [read(text) for text in texts]
    vocabulary, weights = _model(extract(readings), seed)
    cases, found = _everything(readings, seed)
    for case, (text, column) in enumerate(zip(cases.text.tolist(), cases.column.tolist(), strict=True)):
        places = np.arange(len(texts[text]))
        each = found.earned(np.full_like(places, case), places, places + 1)
        np.testing.assert_allclose(each, _by_hand(readings[text], vocabulary, weights[:, column]), atol=1e-5)


@settings(deadline=None)
@given(BATCHES, st.integers(0, 1000))
def test_contributions_of_the_characters_add_up_to_the_logits(texts: list[str], seed: int) -> None:
    readings = [read(text) for text in texts]
    occurrences = extract(readings)
    vocabulary, weights = _model(occurrences, seed)
    cases, found = _everything(readings, seed)
    nothing = np.zeros_like(cases.text)
    total = found.earned(np.arange(len(nothing)), nothing, np.array([len(text) for text in texts])[cases.text])
    np.testing.assert_allclose(total.reshape(-1, 3), vocabulary.matrix(occurrences) @ weights, atol=1e-4)


@settings(deadline=None)
@given(BATCHES, st.integers(0, 1000))
def test_evidence_is_the_same_alone_and_in_company_to_the_last_bit(texts: list[str], seed: int) -> None:
    readings = [read(text) for text in texts]
    occurrences = extract(readings)
    vocabulary, weights = _model(occurrences, seed)
    weighed = vocabulary.weigh(occurrences)
    both = np.unique([0, len(texts) - 1])
    column = np.zeros(len(both), dtype=np.intp)
    together = ledger(shares(readings, both, occurrences, weighed), weights, Cases(np.arange(len(both)), column))
    last = readings[-1:]
    alone_found = extract(last)
    alone = ledger(
        shares(last, column[:1], alone_found, vocabulary.weigh(alone_found)), weights, Cases(column[:1], column[:1])
    )
    own = together.total[together.start[-1] :]
    np.testing.assert_array_equal(own - own[0], alone.total - alone.total[0])


# --- words ------------------------------------------------------------------------------------------------------------

_OUTER = r"""\s"'“”‘’()\[\]{}<>.,;:!?…*_\-–—"""
_WORD = re.compile(rf"[^{_OUTER}](?:\S*[^{_OUTER}])?")


@settings(deadline=None)
@given(BATCHES)
def test_a_word_is_what_stands_between_blanks_without_the_punctuation_round_it(texts: list[str]) -> None:
    known = words(texts)
    for at, text in enumerate(texts):
        own = slice(known.bounds[at], known.bounds[at + 1])
        found = [match.span() for match in _WORD.finditer(text)]
        assert list(zip(known.begin[own].tolist(), known.end[own].tolist(), strict=True)) == found
        between = [text[end:begin] for (_, end), (begin, _) in pairwise(found)]
        assert known.joined[own].tolist() == [False, *(not part.strip() for part in between)][: len(found)]


def _named(text: str, *weights: float) -> list[str]:
    """The words of a text that are named when each of its characters adds a share of its word's weight."""
    size = np.zeros(len(text) + 1)
    for (begin, end), weight in zip((match.span() for match in _WORD.finditer(text)), weights, strict=True):
        size[begin + 1 : end + 1] = weight / (end - begin)
    found = earners(words([text]), Cases(np.zeros(1, np.intp), np.zeros(1, np.intp)), _ledger(np.cumsum(size)))
    return [text[begin:end] for begin, end in zip(found.begin.tolist(), found.end.tolist(), strict=True)]


def _ledger(total: NDArray[np.float64]) -> Ledger:
    return Ledger(np.zeros(1, np.intp), total)


def test_words_that_add_two_fifths_of_the_strongest_are_named_and_neighbours_are_one_range() -> None:
    assert _named("a fat stupid man, you idiot!", 0, 1.1, 2, 0.5, 0, 2.5) == ["fat stupid", "idiot"]
    assert _named("fool, fool", 2, 2) == ["fool", "fool"]


def test_where_no_word_adds_anything_none_is_named() -> None:
    assert _named("all is well", -1, 0, -2) == []
    assert _named("") == []


def test_no_more_ranges_are_named_than_a_person_would_read_and_the_strongest_are_kept() -> None:
    text = " ".join(["bad, fine"] * 12)
    weights = [weight for place in range(12) for weight in (10 - place / 10, 0)]
    found = _named(text, *weights)
    assert found == ["bad"] * MOST


def test_ranges_of_one_text_are_never_joined_with_those_of_another_score() -> None:
    total = np.array([0, 0, 0, 0, 1, 2, 0, 1, 2, 2, 2, 2.0])
    cases = Cases(np.zeros(2, np.intp), np.arange(2))
    found = earners(words(["aa bb"]), cases, Ledger(np.array([0, 6]), total))
    assert isinstance(found, Ranges)
    assert list(zip(found.case.tolist(), found.begin.tolist(), found.end.tolist(), strict=True)) == [
        (0, 3, 5),
        (1, 0, 2),
    ]
