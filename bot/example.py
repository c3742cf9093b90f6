"""A comment with what people say about it: what a site's own models can learn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ExampleSource(StrEnum):
    """By which way an example came in."""

    PERSPECTIVE = "perspective"
    AKISMET = "akismet"


@dataclass(frozen=True, slots=True)
class LabelledSpan:
    """How far the characters [begin, end) of the text, in code points, are `attribute`: `value` 0..1."""

    attribute: str
    begin: int
    end: int
    value: float


@dataclass(frozen=True, slots=True)
class Example:
    """A text and how far it is each attribute, 0..1, in somebody's judgement.

    Attributes are Parley's own names where it has a model, else any other. `language` is what the sender said, None
    where it did not. `context` holds what the text was about or answered. `community` and `reference` are the sender's
    own names for its site and for the comment, None where it gave none.
    """

    text: str
    labels: Mapping[str, float]
    source: ExampleSource
    spans: tuple[LabelledSpan, ...] = ()
    language: str | None = None
    context: tuple[str, ...] = ()
    community: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class StoredExample:
    """An example as the store keeps it."""

    id: int
    example: Example
    at: datetime
