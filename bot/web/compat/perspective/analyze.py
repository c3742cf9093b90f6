"""comments:analyze: a comment's scores under Perspective's names, for the whole of it and for each sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.reading import Reader
from bot.sentences import sentences
from bot.store.keys import Scope
from bot.utf16 import Units
from bot.web.compat.perspective import refusals
from bot.web.compat.perspective.asked import AnalyzeCommentRequest, AnalyzeCommentResponse, ScoreType, TextType
from bot.web.compat.perspective.attributes import WITHOUT_MODEL, Wanted, wanted
from bot.web.compat.perspective.calls import Call, check_context, checked_languages, checked_text, unavailable
from bot.web.compat.perspective.refusals import invalid
from bot.web.guards.answers import Json
from bot.web.guards.parts import Parts, Visit
from sentiment.registry import NoSuchModel
from sentiment.scores import UNKNOWN_LANGUAGE, Analysis, Attribute

_OURS: Final = (ScoreType.UNSPECIFIED, ScoreType.PROBABILITY)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the comment, in UTF-16 units, with the scores that it is given."""

    begin: int
    end: int
    scores: Mapping[Attribute, float]


async def analyze(call: Call, parts: Parts, visit: Visit) -> web.Response:
    """200 with the scores, or a Refusal; nothing of the comment is stored.

    Scores are Parley's, read as Perspective's: see `bot.reading`.
    """
    key = await call.admitted(parts, visit, Scope.SCORE)
    asked = call.message(AnalyzeCommentRequest)
    text = checked_text(asked.comment)
    check_context(asked.context)
    languages = checked_languages(asked.languages)
    chosen = _chosen(asked)
    scores: Json = {}
    detected = UNKNOWN_LANGUAGE
    for model in dict.fromkeys(one.model for one in chosen) or (None,):
        of_model = [one for one in chosen if one.model == model]
        whole = await _analysed(parts, text, of_model, model)
        detected = whole.language
        scorable = _in_a_language_it_knows(of_model, whole, languages, drop=asked.drop_unsupported_attributes)
        reader = await parts.reading.of(key.site, whole.model)
        said = reader.of(text, whole)
        found = _places(asked, text) if asked.span_annotations and scorable else []
        pieces = await _pieces(parts, text, said, model, reader, found)
        for one in scorable:
            scores |= _written(one, asked, said, pieces)
    return call.answer(_said(asked, scores, languages, detected), AnalyzeCommentResponse)


def _chosen(asked: AnalyzeCommentRequest) -> list[Wanted]:
    """What is asked for and can be answered; a Refusal where something cannot and may not be dropped."""
    if not asked.requested_attributes:
        raise refusals.wrong("NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes")
    chosen = []
    for name, how in asked.requested_attributes.items():
        one = wanted(name)
        if one.attribute is None:
            if asked.drop_unsupported_attributes:
                continue
            raise _unknown(name)
        if how.score_type not in _OURS:
            raise invalid(f"Requested score type {how.score_type} is not supported by attribute {name}")
        chosen.append(one)
    return chosen


def _unknown(name: str) -> refusals.CallRefused:
    said = f"Unknown requested attribute: {name[:100]}"
    if name.partition("@")[0] in WITHOUT_MODEL:
        said += " (Parley has no model for it, and makes up no score; leave it out, or set dropUnsupportedAttributes)"
    return invalid(said)


async def _analysed(parts: Parts, text: str, asked_for: Sequence[Wanted], model: str | None) -> Analysis:
    try:
        (analysis,) = await parts.scoring.analyse([text], model)
    except NoSuchModel as missing:
        raise invalid(f"Unknown requested attribute: {asked_for[0].name[:200]} ({missing})") from missing
    if analysis is None:
        raise unavailable()
    return analysis


def _in_a_language_it_knows(
    chosen: Sequence[Wanted], whole: Analysis, languages: Sequence[str], *, drop: bool
) -> list[Wanted]:
    """Those of the attributes that the models can score in this language."""
    # Here, because it brings the models of languages, and whoever imports this file must not wait for them.
    from sentiment.language import LEARNED

    detected = [] if whole.language == UNKNOWN_LANGUAGE else [whole.language]
    if not languages and not detected:
        raise refusals.wrong("LANGUAGE_DETECTION_FAILED", "Unable to detect language")
    if not whole.scores and not detected:
        raise refusals.empty()
    strange = any(language.partition("-")[0].lower() not in LEARNED for language in languages)
    scorable = []
    for one in chosen:
        if not strange and one.attribute in whole.scores:
            scorable.append(one)
        elif not drop:
            # Said to be in a language that was learned, and seen to be in another: then that one is at fault.
            raise refusals.language_unsupported(one.name, languages if strange else [], detected)
    return scorable


def _places(asked: AnalyzeCommentRequest, text: str) -> list[tuple[int, int]]:
    """Where the sentences are; of HTML those that its reader sees, with the tags between their ends."""
    if asked.comment is None or asked.comment.type is not TextType.HTML:
        return sentences(text)
    # Here, for the same reason as above.
    from sentiment.text import read

    seen = read(text).plain
    return [seen.origin(begin, end) for begin, end in sentences(seen.text)]


async def _pieces(
    parts: Parts,
    text: str,
    whole: Mapping[Attribute, float],
    model: str | None,
    reader: Reader,
    found: Sequence[tuple[int, int]],
) -> list[_Piece]:
    """The parts that spans are written for: each sentence that can be scored, or the whole comment."""
    units = Units(text)
    if len(found) <= 1:
        return [_Piece(0, units.length(text), whole)]
    sayings = [text[begin:end] for begin, end in found]
    analyses = await parts.scoring.analyse(sayings, model)
    return [
        _Piece(units.of(begin), units.of(end), reader.of(saying, analysis))
        for (begin, end), saying, analysis in zip(found, sayings, analyses, strict=True)
        if analysis is not None
    ]


def _written(
    one: Wanted, asked: AnalyzeCommentRequest, whole: Mapping[Attribute, float], pieces: Sequence[_Piece]
) -> Json:
    """The attribute's scores under its name; nothing where the whole is below the threshold that was asked for."""
    assert one.attribute is not None
    value = whole[one.attribute]
    threshold = asked.requested_attributes[one.name].score_threshold
    if threshold is not None and value < threshold:
        return {}
    spans = [
        {"begin": piece.begin, "end": piece.end, "score": _score(piece.scores[one.attribute])}
        for piece in pieces
        # A sentence that holds nothing to score has no score; it is not 0.
        if one.attribute in piece.scores
    ]
    return {one.name: {"spanScores": spans, "summaryScore": _score(value)}}


def _score(value: float) -> Json:
    return {"value": value, "type": ScoreType.PROBABILITY.value}


def _said(asked: AnalyzeCommentRequest, scores: Json, languages: list[str], language: str) -> Json:
    detected = [] if language == UNKNOWN_LANGUAGE else [language]
    said: Json = {"attributeScores": scores, "languages": languages or detected}
    if detected:
        said["detectedLanguages"] = detected
    if asked.client_token is not None:
        said["clientToken"] = asked.client_token
    return said
