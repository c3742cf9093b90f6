"""Analyses and evidence as JSON documents and back; names are written short because a million of them are kept."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.verdict import Decision, Evidence, Place, Reason
from sentiment.scores import Analysis, Attribute, Cause, Sentiment, Source, Span

# Any: what JSON holds is only known once it is read; this module is where it becomes typed.
Json = dict[str, Any]

_encoder = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)
dumps = _encoder.encode
loads = json.loads


def check_storable(*texts: str | None) -> None:
    """Raises ValueError for what PostgreSQL refuses to keep, so that SQLite keeps no more than that."""
    for text in texts:
        if text is not None and "\x00" in text:
            raise ValueError("A NUL character cannot be stored; refuse the request that holds it.")
        if text is not None and not text.isascii():
            text.encode()


def texts_of(document: object) -> Iterator[str]:
    """Every string in a JSON document, also the names of its fields."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        for name, value in document.items():
            yield from (name, *texts_of(value))
    elif isinstance(document, Sequence):
        for value in document:
            yield from texts_of(value)


def write_analysis(analysis: Analysis) -> Json:
    """The document of an analysis; `scores` is an object by attribute, so that SQL can compare a score."""
    sentiment = analysis.sentiment
    return {
        "scores": {attribute.value: score for attribute, score in analysis.scores.items()},
        "sentiment": None
        if sentiment is None
        else [
            sentiment.neg,
            sentiment.neu,
            sentiment.pos,
            sentiment.compound,
            sentiment.source.value,
            sentiment.cause.value,
        ],
        "language": analysis.language,
        "spans": [[span.attribute.value, span.begin, span.end, span.weight] for span in analysis.spans],
        "model": analysis.model,
    }


def read_analysis(document: Json) -> Analysis:
    """The analysis that `write_analysis` wrote."""
    sentiment = None
    if document["sentiment"] is not None:
        neg, neu, pos, compound, source, cause = document["sentiment"]
        sentiment = Sentiment(neg, neu, pos, compound, Source(source), Cause(cause))
    return Analysis(
        scores={Attribute(name): score for name, score in document["scores"].items()},
        sentiment=sentiment,
        language=document["language"],
        spans=tuple(Span(Attribute(name), begin, end, weight) for name, begin, end, weight in document["spans"]),
        model=document["model"],
    )


def write_evidence(evidence: tuple[Evidence, ...]) -> list[list[Any]]:
    """Evidence as rows of [reason, decision, attribute, value, threshold, begin, end]."""
    return [
        [
            found.reason.value,
            found.decision.value,
            None if found.attribute is None else found.attribute.value,
            found.value,
            found.threshold,
            None if found.span is None else found.span.begin,
            None if found.span is None else found.span.end,
        ]
        for found in evidence
    ]


def read_evidence(rows: list[list[Any]]) -> tuple[Evidence, ...]:
    """The evidence that `write_evidence` wrote."""
    return tuple(
        Evidence(
            Reason(reason),
            Decision(decision),
            None if attribute is None else Attribute(attribute),
            value,
            threshold,
            None if begin is None else Place(begin, end),
        )
        for reason, decision, attribute, value, threshold, begin, end in rows
    )
