"""What Perspective's clients send: the fields of v1alpha1, in camelCase or snake_case as Google's parser takes them.

A field that is null counts as absent there, and so it does here.
"""

from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

LONGEST_TEXT: Final = 20_480
"""Bytes of a comment in UTF-8."""

LONGEST_CONTEXT: Final = 1_048_576
"""Bytes of one text of the context in UTF-8."""

_EXAMPLE: Final = "What kind of idiot name is foo? Sorry, I like your name."


class TextType(StrEnum):
    """How a text is written; a reader's view of either is what is scored."""

    UNSPECIFIED = "TEXT_TYPE_UNSPECIFIED"
    PLAIN = "PLAIN_TEXT"
    HTML = "HTML"


class ScoreType(StrEnum):
    """What a score is; Parley has probabilities."""

    UNSPECIFIED = "SCORE_TYPE_UNSPECIFIED"
    PROBABILITY = "PROBABILITY"
    STD_DEV_SCORE = "STD_DEV_SCORE"
    PERCENTILE = "PERCENTILE"
    RAW = "RAW"


class _Message(BaseModel):
    """A message of Google's: unknown fields are refused, nulls are absent. Any: whatever was sent."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, alias_generator=to_camel, populate_by_name=True
    )

    @model_validator(mode="before")
    @classmethod
    def _absent(cls, given: Any) -> Any:
        return {name: value for name, value in given.items() if value is not None} if isinstance(given, dict) else given


class TextEntry(_Message):
    """A text, and how it is written."""

    text: str = ""
    type: TextType = TextType.UNSPECIFIED


class ArticleAndParentComment(_Message):
    """What a comment is about: the article, and the comment that it answers."""

    article: TextEntry | None = None
    parent_comment: TextEntry | None = None


class Context(_Message):
    """What surrounds a comment, in one of two forms. It changes no score; with a labelled example it is kept."""

    entries: list[TextEntry] = []
    article_and_parent_comment: ArticleAndParentComment | None = None

    @property
    def texts(self) -> list[TextEntry]:
        """Every text, whichever form it came in."""
        pair = self.article_and_parent_comment
        return (
            [*self.entries, *(text for text in (pair.article, pair.parent_comment) if text)] if pair else self.entries
        )


class AttributeParameters(_Message):
    """How an attribute is to be scored: scores below `scoreThreshold` are left out."""

    score_type: ScoreType = ScoreType.UNSPECIFIED
    score_threshold: float | None = None


def _with_defaults(given: Any) -> Any:
    """`{"TOXICITY": null}` asks for the attribute as much as `{"TOXICITY": {}}` does. Any: whatever was sent."""
    return {name: value or {} for name, value in given.items()} if isinstance(given, dict) else given


class _Commented(_Message):
    """What both methods take."""

    comment: TextEntry | None = None
    context: Context | None = None
    languages: Annotated[list[str], Field(description="ISO 639-1 or BCP 47. Leave it out to have it detected.")] = []
    client_token: Annotated[str | None, Field(description="Comes back in the answer.")] = None
    session_id: Annotated[str | None, Field(description="Taken and never kept.")] = None
    community_id: Annotated[str | None, Field(description="Kept with a labelled example, otherwise not.")] = None


class AnalyzeCommentRequest(_Commented):
    """A comment to be scored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "comment": {"text": _EXAMPLE},
                    "requestedAttributes": {"TOXICITY": {}, "INSULT": {"scoreThreshold": 0.5}},
                    "spanAnnotations": True,
                    "languages": ["en"],
                }
            ]
        }
    )

    requested_attributes: Annotated[dict[str, AttributeParameters], BeforeValidator(_with_defaults)] = {}
    span_annotations: Annotated[bool, Field(description="Score each sentence as well.")] = False
    do_not_store: Annotated[bool, Field(description="Parley stores no text that is analysed, whatever this says.")] = (
        False
    )
    drop_unsupported_attributes: Annotated[
        bool, Field(description="Leave out attributes that cannot be scored instead of refusing the request.")
    ] = False


class Score(_Message):
    """A score that somebody gave or that Parley answers with."""

    value: float
    type: ScoreType = ScoreType.PROBABILITY


class SpanScore(_Message):
    """The score of the UTF-16 units [begin, end) of a comment."""

    begin: int
    end: int
    score: Score


class AttributeScores(_Message):
    """What a comment or parts of it are scored for one attribute."""

    summary_score: Score | None = None
    span_scores: list[SpanScore] = []


class SuggestCommentScoreRequest(_Commented):
    """What somebody says a comment should be scored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "comment": {"text": _EXAMPLE},
                    "attributeScores": {"INSULT": {"summaryScore": {"value": 1}}},
                    "communityId": "example.org",
                }
            ]
        }
    )

    attribute_scores: dict[str, AttributeScores] = {}


class SuggestCommentScoreResponse(_Message):
    """The suggestion is stored."""

    client_token: str | None = None
    detected_languages: list[str] = []
    requested_languages: list[str] = []


class AnalyzeCommentResponse(_Message):
    """Scores by the names that were asked for; an attribute below its threshold is left out."""

    attribute_scores: dict[str, AttributeScores] = {}
    languages: list[str] = []
    detected_languages: list[str] = []
    client_token: str | None = None
