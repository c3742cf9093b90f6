"""What the scorer promises to everyone who calls it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.classifier import SHOWN_FROM, SUSPECTED_FROM
from sentiment.registry import ModelUnusable
from sentiment.scorer import Scorer
from sentiment.scores import Attribute, Cause, Source


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load()


STRANGE = ["", " ", "\x00", "\ud800", "\u200b\u200d", "!!!", "a" * 20_480, "😀" * 10_000, "<b></b>", "f u c k"]
ORDINARY = ["You idiot", "Thanks, that helps.", "I will kill you", "Das ist sehr schön.", "Visit www.win.com now!!!"]


def test_the_current_model_names_its_version_in_every_analysis(scorer: Scorer) -> None:
    assert [analysis.model for analysis in scorer.analyse(["one", ""])] == [scorer.version] * 2


@pytest.mark.parametrize("text", ["", "  \n", "\u200b\u200d", "<b> </b>"])
def test_a_text_that_holds_nothing_gets_no_scores_and_no_sentiment(scorer: Scorer, text: str) -> None:
    (analysis,) = scorer.analyse([text])
    assert (dict(analysis.scores), analysis.sentiment, analysis.language, analysis.spans) == ({}, None, "und", ())


def test_an_ordinary_text_gets_every_attribute(scorer: Scorer) -> None:
    (analysis,) = scorer.analyse(["I read this twice and still disagree."])
    assert set(analysis.scores) == set(Attribute)


@pytest.mark.parametrize("text", ["Du bist ein Idiot, niemand mag dich", "Ты полный идиот", "お前は本当に馬鹿だな"])
def test_a_text_in_a_language_that_the_models_did_not_learn_gets_no_scores(scorer: Scorer, text: str) -> None:
    """Numbers for it would be guesses. Its language is named, which tells it from a blank text."""
    (analysis,) = scorer.analyse([text])
    assert (dict(analysis.scores), analysis.spans) == ({}, ())
    assert analysis.language not in {"en", "und"}


@pytest.mark.parametrize("text", ["😀😀", "https://example.org/artikel", "!!!", "hahaha"])
def test_a_text_without_words_in_any_language_is_scored(scorer: Scorer, text: str) -> None:
    (analysis,) = scorer.analyse([text])
    assert (analysis.language, set(analysis.scores)) == ("und", set(Attribute))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=200), st.sampled_from(STRANGE + ORDINARY)), max_size=40))
def test_any_texts_are_analysed_and_alone_as_in_company(scorer: Scorer, texts: list[str]) -> None:
    """Order is kept, nothing raises, and what else is in the batch changes no digit."""
    together = scorer.analyse(texts)
    assert len(together) == len(texts)
    for text, analysis in zip(texts[:5], together, strict=False):
        assert scorer.analyse([text]) == [analysis]
    for text, analysis in zip(texts, together, strict=True):
        assert all(0 <= score <= 1 for score in analysis.scores.values())
        assert all(0 <= span.begin < span.end <= len(text) for span in analysis.spans)


def test_spans_name_the_hurtful_words_in_the_text_as_it_was_written(scorer: Scorer) -> None:
    text = "I have read your essay twice, you f.u.c.k.i.n.g idiot!!!"
    (analysis,) = scorer.analyse([text])
    toxic = [text[span.begin : span.end] for span in analysis.spans if span.attribute is Attribute.TOXICITY]
    assert any("f.u.c.k.i.n.g" in words for words in toxic)
    assert not any("essay" in words for words in toxic)


def test_only_scores_that_matter_are_explained(scorer: Scorer) -> None:
    """Toxicity from lower down: what raters may well mark is shown though its writer may pass."""
    for analysis in scorer.analyse(ORDINARY):
        for span in analysis.spans:
            least = SUSPECTED_FROM if span.attribute is Attribute.TOXICITY else SHOWN_FROM
            assert analysis.scores[span.attribute] >= least


def test_vader_answers_where_it_knows_a_word(scorer: Scorer) -> None:
    (analysis,) = scorer.analyse(["What a wonderful day, I love it"])
    assert analysis.sentiment
    assert (analysis.sentiment.source, analysis.sentiment.cause) == (Source.VADER, Cause.LEXICON_HIT)
    assert analysis.sentiment.compound > 0.5


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("The train leaves at noon from the second platform", Cause.NO_LEXICON_HIT),
        ("Das Haus steht am Fluss und ich mag es sehr", Cause.NOT_ENGLISH),
    ],
)
def test_the_classifier_answers_and_says_why_where_vader_has_nothing_to_say(
    scorer: Scorer, text: str, cause: Cause
) -> None:
    (analysis,) = scorer.analyse([text])
    assert analysis.sentiment
    assert (analysis.sentiment.source, analysis.sentiment.cause) == (Source.CLASSIFIER, cause)
    assert analysis.sentiment.neg + analysis.sentiment.neu + analysis.sentiment.pos == pytest.approx(1, abs=1e-5)


def test_without_vader_the_classifier_answers_for_every_text(scorer: Scorer) -> None:
    (analysis,) = Scorer(scorer.classifier, lexicon=None).analyse(["What a wonderful day, I love it"])
    assert analysis.sentiment
    assert analysis.sentiment.cause is Cause.VADER_UNAVAILABLE
    assert analysis.sentiment.compound > 0


def test_a_version_that_is_not_there_is_a_clear_sentence() -> None:
    with pytest.raises(ModelUnusable, match=r"1999\.1-1"):
        Scorer.load("1999.1-1")
