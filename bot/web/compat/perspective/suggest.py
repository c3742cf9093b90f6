"""comments:suggestscore: what somebody says of a comment becomes a labelled example of the site."""

from collections.abc import Iterator, Mapping

from aiohttp import web

from bot.example import Example, ExampleSource, LabelledSpan
from bot.store.keys import Scope
from bot.utf16 import Units
from bot.web.compat.perspective.asked import (
    AttributeScores,
    Score,
    ScoreType,
    SuggestCommentScoreRequest,
    SuggestCommentScoreResponse,
)
from bot.web.compat.perspective.attributes import label
from bot.web.compat.perspective.calls import Call, check_context, checked_languages, checked_text
from bot.web.compat.perspective.refusals import invalid
from bot.web.guards.answers import Json
from bot.web.guards.parts import Parts, Visit
from sentiment.scores import UNKNOWN_LANGUAGE

_LONGEST_NAME = 1_000


async def suggest(call: Call, parts: Parts, visit: Visit) -> web.Response:
    """200 once the example is stored, or a Refusal."""
    key = await call.admitted(parts, visit, Scope.SUBMIT)
    asked = call.message(SuggestCommentScoreRequest)
    text = checked_text(asked.comment)
    check_context(asked.context)
    languages = checked_languages(asked.languages)
    (analysis,) = await parts.scoring.analyse([text])
    await parts.moderation.learn(key.site, _example(asked, text, languages))
    said: Json = {}
    if asked.client_token is not None:
        said["clientToken"] = asked.client_token
    if analysis is not None and analysis.language != UNKNOWN_LANGUAGE:
        said["detectedLanguages"] = [analysis.language]
    if languages:
        said["requestedLanguages"] = languages
    return call.answer(said, SuggestCommentScoreResponse)


def _example(asked: SuggestCommentScoreRequest, text: str, languages: list[str]) -> Example:
    """The example; a Refusal where a score is missing or wrong, or something cannot be stored."""
    if not asked.attribute_scores:
        raise invalid("attributeScores must name at least one attribute, with a summaryScore or spanScores.")
    context = tuple(entry.text for entry in asked.context.texts) if asked.context else ()
    kept = (text, asked.community_id, asked.client_token, *context)
    if any("\0" in one for one in kept if one is not None):
        raise invalid("A NUL character (U+0000) cannot be stored; leave it out.")
    if any(len(name) > _LONGEST_NAME for name in (asked.community_id, asked.client_token) if name is not None):
        raise invalid(f"communityId and clientToken must not be longer than {_LONGEST_NAME} characters.")
    labels = {_label(name): _summary(name, scores) for name, scores in asked.attribute_scores.items()}
    return Example(
        text=text,
        labels=labels,
        source=ExampleSource.PERSPECTIVE,
        spans=tuple(_spans(asked.attribute_scores, text)),
        language=languages[0] if languages else None,
        context=context,
        community=asked.community_id,
        reference=asked.client_token,
    )


def _label(name: str) -> str:
    found = label(name)
    if found is None:
        raise invalid(f"Unknown requested attribute: {name[:100]}")
    return found


def _summary(name: str, scores: AttributeScores) -> float:
    """What the whole is said to be: the summary, or else the most that a part of it is."""
    if scores.summary_score is not None:
        return _value(name, scores.summary_score)
    if not scores.span_scores:
        raise invalid(f"attributeScores.{name} needs a summaryScore or spanScores.")
    return max(_value(name, span.score) for span in scores.span_scores)


def _spans(given: Mapping[str, AttributeScores], text: str) -> Iterator[LabelledSpan]:
    units = Units(text)
    for name, scores in given.items():
        for span in scores.span_scores:
            if not 0 <= span.begin < span.end <= units.length(text):
                raise invalid(f"attributeScores.{name}: each span needs 0 <= begin < end <= length, in UTF-16 units.")
            begin, end = units.code_point(span.begin), units.code_point(span.end)
            yield LabelledSpan(_label(name), begin, end, _value(name, span.score))


def _value(name: str, score: Score) -> float:
    if score.type not in (ScoreType.UNSPECIFIED, ScoreType.PROBABILITY):
        raise invalid(f"Requested score type {score.type} is not supported by attribute {name}")
    if not 0 <= score.value <= 1:
        raise invalid(f"attributeScores.{name}: a score must be 0 to 1.")
    return score.value
