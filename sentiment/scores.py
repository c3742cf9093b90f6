"""What scoring answers with: frozen values, no behaviour beyond reading themselves.

Scores are calibrated probabilities 0..1 that a reader would agree with the attribute. Spans are
code point offsets into the text exactly as it was given. A signal that is missing is absent, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

UNKNOWN_LANGUAGE = "und"
"""In place of a language where a text has nothing to tell it by."""


class Attribute(StrEnum):
    """What a comment can be scored for."""

    TOXICITY = "toxicity"
    SEVERE_TOXICITY = "severe_toxicity"
    IDENTITY_ATTACK = "identity_attack"
    INSULT = "insult"
    PROFANITY = "profanity"
    THREAT = "threat"
    SEXUALLY_EXPLICIT = "sexually_explicit"
    SPAM = "spam"


class Source(StrEnum):
    """Who answered for the sentiment."""

    VADER = "vader"
    CLASSIFIER = "classifier"


class Cause(StrEnum):
    """Why that source answered."""

    LEXICON_HIT = "lexicon_hit"
    NO_LEXICON_HIT = "no_lexicon_hit"
    LOW_COVERAGE = "low_coverage"
    NOT_ENGLISH = "not_english"
    VADER_UNAVAILABLE = "vader_unavailable"


@dataclass(frozen=True, slots=True)
class Sentiment:
    """Shares neg + neu + pos = 1 (each 0..1) and compound -1..1, as VADER defines them."""

    neg: float
    neu: float
    pos: float
    compound: float
    source: Source
    cause: Cause


@dataclass(frozen=True, slots=True)
class Span:
    """The characters [begin, end) that earned an attribute `weight` of its log-odds (natural log)."""

    attribute: Attribute
    begin: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything scoring knows about one text.

    `scores` and `sentiment` are empty and None where the text holds nothing that can be scored (empty, white space,
    invisible characters only). `scores` are empty as well where the models did not learn its language. `language` is
    an ISO 639-1 code, or "und" where it cannot be told; of texts without scores, the blank ones are "und".
    `model` is the version of the models that answered.
    """

    scores: Mapping[Attribute, float]
    sentiment: Sentiment | None
    language: str
    spans: tuple[Span, ...]
    model: str
