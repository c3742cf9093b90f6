"""Measures a scorer on held out public data, and on the sentences in corpora/evaluation that say what it should do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sentiment.classifier import TONES
from sentiment.datasets import DataSet, Example, examples, find, rows
from sentiment.figures import Figures, figures, held_out
from sentiment.measures import pearson
from sentiment.scorer import Scorer
from sentiment.scores import Analysis, Attribute
from sentiment.stated import Outcome, judge, stated

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps of it are finished, and how many there are."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a version was measured at.

    `figures` come from texts that were held out from training. `agreement` is Pearson's r of the final compound with
    human ratings, by data set; `span_f1` the mean F1 of toxic characters against those that raters marked, None
    without that data; `cases` how the stated sentences came out.
    """

    version: str
    figures: Figures
    agreement: Mapping[str, float]
    span_f1: float | None
    cases: tuple[Outcome, ...]


def evaluate(data: Path, scorer: Scorer, progress: Progress) -> Evaluation:
    """Measures on the data sets in a folder; raises DataUnusable as training does."""
    found = find(data)
    known = held_out(list(examples(data)))
    analyses = _analyse(scorer, [example.text for example in known], "Scoring held out texts", progress)
    return Evaluation(
        version=scorer.version,
        figures=figures(known, _scores(analyses), _tones(analyses)),
        agreement=_agreement(found, known, analyses),
        span_f1=_span_f1(found, scorer, progress),
        cases=judge(scorer, stated()),
    )


_BATCH = 256


def _analyse(scorer: Scorer, texts: Sequence[str], stage: str, progress: Progress) -> list[Analysis]:
    analyses: list[Analysis] = []
    for begin in range(0, len(texts), _BATCH):
        progress(stage, begin, len(texts))
        analyses += scorer.analyse(texts[begin : begin + _BATCH])
    progress(stage, len(texts), len(texts))
    return analyses


def _scores(analyses: Sequence[Analysis]) -> NDArray[np.float64]:
    """One row per analysis, one column per attribute; a text that holds nothing counts as harmless."""
    return np.array([[analysis.scores.get(attribute, 0.0) for attribute in Attribute] for analysis in analyses])


def _tones(analyses: Sequence[Analysis]) -> NDArray[np.float64]:
    """Negative, neutral, positive as users see them: VADER's compound decides from 0.05 on (Hutto and Gilbert 2014)."""
    compounds = np.array([analysis.sentiment.compound if analysis.sentiment else 0.0 for analysis in analyses])
    places = np.digitize(compounds, [-0.05, 0.05])
    shares: NDArray[np.float64] = np.eye(len(TONES))[places]
    return shares


# --- agreement with human ratings -------------------------------------------------------------------------------------


def _agreement(
    found: Mapping[DataSet, Path], known: Sequence[Example], analyses: Sequence[Analysis]
) -> dict[str, float]:
    agreement: dict[str, float] = {}
    for dataset, path in found.items():
        means = {row["text"]: float(row["mean"]) for row in rows(path) if "mean" in row}
        pairs = [
            (analysis.sentiment.compound, means[example.text])
            for example, analysis in zip(known, analyses, strict=True)
            if example.source == dataset.name and example.text in means and analysis.sentiment
        ]
        correlation = pearson(np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs]))
        if correlation is not None:
            agreement[dataset.name] = round(correlation, 4)
    return agreement


# --- spans ------------------------------------------------------------------------------------------------------------

_MARKED = "civil_toxic_spans"


def _span_f1(found: Mapping[DataSet, Path], scorer: Scorer, progress: Progress) -> float | None:
    """Mean over texts of the F1 of marked characters, 1 where both sides mark nothing (SemEval-2021 task 5)."""
    path = next((path for dataset, path in found.items() if dataset.name == _MARKED), None)
    if path is None:
        return None
    marked = list(rows(path))
    analyses = _analyse(scorer, [row["text"] for row in marked], "Comparing spans", progress)
    agreement = [_f1(_toxic(analysis), set(row["spans"])) for row, analysis in zip(marked, analyses, strict=True)]
    return round(float(np.mean(agreement)), 4)


def _toxic(analysis: Analysis) -> set[int]:
    return {
        place
        for span in analysis.spans
        if span.attribute is Attribute.TOXICITY
        for place in range(span.begin, span.end)
    }


def _f1(answer: set[int], truth: set[int]) -> float:
    if not answer and not truth:
        return 1.0
    return 2 * len(answer & truth) / (len(answer) + len(truth))
