"""Domain values for tests: each has sensible contents, and a test names only what it is about."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.comment import Author, Submission
from bot.policy import ActivePolicy, Policy
from sentiment.scores import Analysis, Attribute, Cause, Sentiment, Source, Span

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def submission(text: str = "A fair point, thank you.", *, author: str = "ada", thread: str = "article-1") -> Submission:
    """A comment as it arrives."""
    return Submission(thread=thread, text=text, author=Author(author, author.title()))


def analysis(*spans: Span, model: str = "test-1", language: str = "en", **scores: float) -> Analysis:
    """An analysis with these scores, and 0.01 for every attribute that is not named."""
    return scored(scores, *spans, model=model, language=language)


def scored(scores: Mapping[str, float], *spans: Span, model: str = "test-1", language: str = "en") -> Analysis:
    """The same, for scores that a test holds as a mapping."""
    return Analysis(
        scores={attribute: scores.get(attribute.value, 0.01) for attribute in Attribute},
        sentiment=Sentiment(0.0, 1.0, 0.0, 0.0, Source.VADER, Cause.LEXICON_HIT),
        language=language,
        spans=spans,
        model=model,
    )


def active(policy: Policy | None = None, version: int = 1) -> ActivePolicy:
    """A policy ready for judging; the default one where none is given."""
    return ActivePolicy.of(policy or Policy(), version)
