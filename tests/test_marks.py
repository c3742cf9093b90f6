"""What raters marked is learned from, and decides which words are shown as toxic; what they add stays exact."""

import json
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.classifier import SHOWN_FROM, Classifier
from sentiment.datasets import DataUnusable, Split
from sentiment.evidence import Cases, Ledger, shares
from sentiment.features import Vocabulary, extract
from sentiment.marks import Post, learn_marks, posts
from sentiment.scorer import Scorer
from sentiment.scores import Attribute
from sentiment.spans import Marked, Marks, earners, words
from sentiment.text import read

NOUNS = "bridge garden match school song river market window candle letter".split()
TEXTS = [f"You {insult}, the {noun} is not {other}" for insult in ("idiot", "moron", "fool")
         for noun in NOUNS for other in NOUNS]  # fmt: skip


def _post(text: str, split: Split = Split.TRAIN) -> Post:
    return Post(text, frozenset(range(4, text.index(","))), split)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    buckets = np.unique(extract([read(text) for text in TEXTS]).bucket).astype(np.int32)
    return Vocabulary.of(buckets, np.ones(len(buckets), np.float32))


@pytest.fixture(scope="module")
def marks(vocabulary: Vocabulary) -> Marks:
    head = learn_marks([_post(text) for text in TEXTS], vocabulary, seed=1)
    assert head is not None
    return Marks(np.ascontiguousarray(head.coef_.T, dtype=np.float32), float(head.intercept_[0]))


def _likely(marks: Marks, vocabulary: Vocabulary, *texts: str) -> list[float]:
    readings = [read(text) for text in texts]
    occurrences = extract(readings)
    owned = shares(readings, np.arange(len(texts)), occurrences, vocabulary.weigh(occurrences))
    return list(marks.likely(words(texts), owned).tolist())


def test_marked_words_are_likely_to_be_marked_in_posts_that_nobody_marked(marks: Marks, vocabulary: Vocabulary) -> None:
    market, moron, window, fools = _likely(marks, vocabulary, "market moron window", "Fools!")
    assert moron > fools > 0.5 > max(market, window)
    assert max(market, window) < 0.1


@settings(deadline=None)
@given(st.lists(st.text("idotmrn ,.!ab", max_size=40), min_size=1, max_size=4))
def test_how_likely_a_mark_is_hangs_on_no_other_text(marks: Marks, vocabulary: Vocabulary, texts: list[str]) -> None:
    together = _likely(marks, vocabulary, *texts)
    assert together == [likely for text in texts for likely in _likely(marks, vocabulary, text)]


def test_posts_that_are_held_out_teach_nothing(vocabulary: Vocabulary) -> None:
    held_out = [Post(text, frozenset(range(len(text))), split) for text in TEXTS[:50] for split in Split
                if split is not Split.TRAIN]  # fmt: skip
    known = [_post(text) for text in TEXTS]
    alone, beside = learn_marks(known, vocabulary, seed=1), learn_marks(known + held_out, vocabulary, seed=1)
    assert alone is not None and beside is not None
    np.testing.assert_array_equal(alone.coef_, beside.coef_)


@pytest.mark.parametrize("known", [[], [Post("all is well", frozenset(), Split.TRAIN)], [_post(TEXTS[0], Split.TEST)]])
def test_without_marks_there_is_nothing_to_learn(vocabulary: Vocabulary, known: list[Post]) -> None:
    assert learn_marks(known, vocabulary, seed=1) is None


def test_posts_are_read_with_their_marks_and_a_post_without_a_list_is_named(tmp_path: Path) -> None:
    path = tmp_path / "civil_toxic_spans.jsonl"
    rows: list[dict[str, object]] = [{"text": "you fool", "spans": [4, 5, 6, 7]}, {"text": "fine"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    read_posts = posts(path)
    assert next(read_posts).marked == {4, 5, 6, 7}
    with pytest.raises(DataUnusable, match=r"civil_toxic_spans\.jsonl line 2"):
        next(read_posts)


# --- what is named ----------------------------------------------------------------------------------------------------


def _named(added: list[float], likely: list[float], *, decides: bool, least: float = 0.0) -> str:
    """Which of the words a, b, c ... of one text are named."""
    text = " . ".join("abcdefgh"[: len(added)])
    size = np.zeros(len(text) + 1)
    size[1::4] = added
    case = np.zeros(1, np.intp)
    marked = Marked(np.array(likely), np.array([decides]), np.array([least]))
    found = earners(words([text]), Cases(case, case), Ledger(case, np.cumsum(size)), marked)
    return "".join(text[begin:end] for begin, end in zip(found.begin.tolist(), found.end.tolist(), strict=True))


def test_for_toxicity_those_words_are_named_that_are_half_as_likely_as_the_likeliest() -> None:
    assert _named([1, 5, 1, 1], [0.8, 0.3, 0.4, 0.39], decides=True) == "ac"


def test_a_word_that_lowers_the_score_is_never_its_evidence() -> None:
    assert _named([-1, 1, 0], [0.9, 0.1, 0.9], decides=True) == "b"
    assert _named([-1, 1, 0], [0.9, 0.1, 0.9], decides=False) == "b"


def test_a_low_score_is_explained_only_by_words_that_may_well_be_marked() -> None:
    assert _named([1, 1], [0.1, 0.05], decides=True, least=0.15) == ""
    assert _named([1, 1], [0.2, 0.12], decides=True, least=0.15) == "a"


def test_for_other_attributes_a_likely_mark_adds_to_what_a_word_earned() -> None:
    assert _named([2, 2, 1.5], [0.9, 0.05, 0.5], decides=False) == "ac"
    assert _named([2, 1, 0.5], [0.01, 0.01, 0.01], decides=False) == "ab"


# --- a model with and without marks -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain() -> Classifier:
    """A model from before there were marks."""
    with as_file(files("corpora") / "models") as models:
        return Classifier.load(models / "2026.11-2")


@pytest.fixture(scope="module")
def marking(plain: Classifier) -> Classifier:
    """The same model, with marks learned from a few sentences."""
    head = learn_marks([_post(text) for text in TEXTS], plain.vocabulary, seed=1)
    assert head is not None
    return replace(plain, marks=Marks(np.ascontiguousarray(head.coef_.T, np.float32), float(head.intercept_[0])))


RUDE = ["What a damn stupid idiot he is", "You fool", "moron", "I will kill you, fool", "Thanks, that helps."]


def test_a_model_from_before_there_were_marks_has_none(plain: Classifier) -> None:
    assert plain.marks is None
    assert all(
        finding.scores[span.attribute] >= SHOWN_FROM
        for finding in plain.find([read(text) for text in RUDE])
        for span in finding.spans
    )


def test_marks_change_no_score_and_weights_are_what_the_characters_add(plain: Classifier, marking: Classifier) -> None:
    readings = [read(text) for text in RUDE]
    for reading, old, new in zip(readings, plain.find(readings), marking.find(readings), strict=True):
        assert (old.scores, old.tone) == (new.scores, new.tone)
        earned = marking.contributions(reading)
        for span in new.spans:
            column = marking.attributes.index(span.attribute)
            assert span.weight == pytest.approx(earned[span.begin : span.end, column].sum(), abs=1e-4)
            assert span.weight > 0


def test_every_score_that_is_shown_has_evidence(marking: Classifier) -> None:
    for finding in marking.find([read(text) for text in RUDE]):
        shown = {attribute for attribute, score in finding.scores.items() if score >= SHOWN_FROM}
        assert shown <= {span.attribute for span in finding.spans} <= shown | {Attribute.TOXICITY}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=60), st.sampled_from(RUDE)), min_size=1, max_size=6))
def test_a_model_with_marks_says_the_same_alone_and_in_company(marking: Classifier, texts: list[str]) -> None:
    scorer = Scorer(marking, lexicon=None)
    assert scorer.analyse(texts) == [scorer.analyse([text])[0] for text in texts]
