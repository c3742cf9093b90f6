"""Measures a scorer on held out public data, and on the sentences in corpora/evaluation that say what it should do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sentiment.classifier import TONES
from sentiment.datasets import DataSet, Example, Split, Tone, examples, find, part, rows
from sentiment.figures import Figures, figures, held_out, recall
from sentiment.measures import Share, pearson
from sentiment.perturbed import Robustness, robustness
from sentiment.scorer import Scorer
from sentiment.scores import Analysis, Attribute
from sentiment.stated import Outcome, judge, stated
from sentiment.text import read

Floats = NDArray[np.float64]

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps of it are finished, and how many there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What one version says about the held out examples.

    A row of `scores` per example and a column per Attribute; `compounds` is the final sentiment, -1..1. `silent` counts
    the texts without any scores; they stand here as 0 throughout, so silence on a toxic text is a miss.
    """

    version: str
    examples: Sequence[Example]
    scores: Floats
    compounds: Floats
    silent: int


@dataclass(frozen=True, slots=True)
class Sentiment:
    """How well compounds -1..1 fit what people say, by data set.

    `recall`: mean share of negative, neutral and positive texts recognised. `agreement`: Pearson's r with mean ratings.
    """

    recall: Mapping[str, float]
    agreement: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reproduction:
    """VADER's r with mean ratings over all `texts` of a set, beside the one that its authors published."""

    texts: int
    agreement: float
    published: float


_PUBLISHED: Mapping[str, float] = {"vader_movie": 0.451, "vader_tweets": 0.881}
"""Hutto and Gilbert 2014: who claims to beat VADER should first measure it as its authors did."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a version was measured at, on texts that were held out from training.

    `sentiment` is the final one, `vader` VADER's alone; `reproduced` its published figures, by data set. `span_f1`:
    mean F1 of toxic characters against those that raters marked, None without that data. `silent`: texts in a language
    that no model knows. `cases`: how the stated sentences came out.
    """

    version: str
    figures: Figures
    sentiment: Sentiment
    vader: Sentiment | None
    reproduced: Mapping[str, Reproduction]
    span_f1: float | None
    robustness: Robustness | None
    silent: Share
    cases: tuple[Outcome, ...]


def evaluate(data: Path, scorer: Scorer, progress: Progress) -> Evaluation:
    """Measures on the data sets in a folder; raises DataUnusable as training does."""
    return measure(data, scorer, fill(data, scorer, progress), progress)


def fill(data: Path, scorer: Scorer, progress: Progress) -> Sheet:
    """Scores what was held out of the data sets in a folder; raises DataUnusable as training does."""
    known = held_out(list(examples(data)))
    analyses = _analyse(scorer, [example.text for example in known], f"Scoring with {scorer.version}", progress)
    compounds = np.array([analysis.sentiment.compound if analysis.sentiment else 0.0 for analysis in analyses])
    silent = sum(not analysis.scores for analysis in analyses)
    return Sheet(scorer.version, known, _scores(analyses), compounds, silent)


def measure(data: Path, scorer: Scorer, sheet: Sheet, progress: Progress) -> Evaluation:
    """Works out all figures of a filled sheet, and of what is measured with other texts."""
    found = find(data)

    def toxicity(texts: Sequence[str]) -> Floats:
        scores = _scores(_analyse(scorer, texts, "Disguising words", progress))
        return scores[:, list(Attribute).index(Attribute.TOXICITY)]

    return Evaluation(
        version=sheet.version,
        figures=figures(sheet.examples, sheet.scores, tones(sheet.compounds)),
        sentiment=_sentiment(found, sheet.examples, sheet.compounds),
        vader=_vader(found, scorer, sheet.examples),
        reproduced=_reproduced(found, scorer),
        span_f1=_span_f1(found, scorer, progress),
        robustness=robustness(sheet.examples, toxicity),
        silent=Share(sheet.silent, len(sheet.examples)),
        cases=judge(scorer, stated()),
    )


_BATCH = 256


def _analyse(scorer: Scorer, texts: Sequence[str], stage: str, progress: Progress) -> list[Analysis]:
    """One analysis for each text; a text that occurs twice is read once."""
    once = list(dict.fromkeys(texts))
    analyses: dict[str, Analysis] = {}
    for begin in range(0, len(once), _BATCH):
        progress(stage, begin, len(once))
        batch = once[begin : begin + _BATCH]
        analyses |= zip(batch, scorer.analyse(batch), strict=True)
    progress(stage, len(once), len(once))
    return [analyses[text] for text in texts]


def _scores(analyses: Sequence[Analysis]) -> Floats:
    """One row per analysis, one column per attribute; where nothing is said, nothing would be held by its score."""
    rows = [[analysis.scores.get(attribute, 0.0) for attribute in Attribute] for analysis in analyses]
    return np.array(rows, np.float64).reshape(-1, len(Attribute))


# --- sentiment --------------------------------------------------------------------------------------------------------


def tones(compounds: Floats) -> Floats:
    """1 for the tone that users see, 0 for the others: compounds decide from 0.05 on (Hutto and Gilbert 2014)."""
    shares: Floats = np.eye(len(TONES))[np.digitize(compounds, [-0.05, 0.05])]
    return shares


def _vader(found: Mapping[DataSet, Path], scorer: Scorer, known: Sequence[Example]) -> Sentiment | None:
    if scorer.lexicon is None:
        return None
    toned = [example for example in known if Tone.NEG in example.targets]
    answers = [scorer.lexicon.sentiment(read(example.text)).compound for example in toned]
    return _sentiment(found, toned, np.array(answers))


def _reproduced(found: Mapping[DataSet, Path], scorer: Scorer) -> dict[str, Reproduction]:
    if scorer.lexicon is None:
        return {}
    reproduced: dict[str, Reproduction] = {}
    for dataset, path in found.items():
        rated = [row for row in rows(path) if "mean" in row] if dataset.name in _PUBLISHED else []
        said = np.array([scorer.lexicon.sentiment(read(row["text"])).compound for row in rated])
        correlation = pearson(said, np.array([float(row["mean"]) for row in rated]))
        if correlation is not None:
            reproduced[dataset.name] = Reproduction(len(rated), round(correlation, 4), _PUBLISHED[dataset.name])
    return reproduced


def _sentiment(found: Mapping[DataSet, Path], known: Sequence[Example], compounds: Floats) -> Sentiment:
    return Sentiment(recall(known, tones(compounds)), _agreement(found, known, compounds))


def _agreement(found: Mapping[DataSet, Path], known: Sequence[Example], compounds: Floats) -> dict[str, float]:
    agreement: dict[str, float] = {}
    for dataset, path in found.items():
        means = {row["text"]: float(row["mean"]) for row in rows(path) if "mean" in row}
        pairs = [
            (compound, means[example.text])
            for example, compound in zip(known, compounds.tolist(), strict=True)
            if example.source == dataset.name and example.text in means
        ]
        correlation = pearson(np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs]))
        if correlation is not None:
            agreement[dataset.name] = round(correlation, 4)
    return agreement


# --- spans ------------------------------------------------------------------------------------------------------------

_MARKED = "civil_toxic_spans"


def _span_f1(found: Mapping[DataSet, Path], scorer: Scorer, progress: Progress) -> float | None:
    """Mean over held out posts of the F1 of marked characters, 1 where both mark nothing (SemEval-2021 task 5)."""
    path = next((path for dataset, path in found.items() if dataset.name == _MARKED), None)
    if path is None:
        return None
    marked = [row for row in rows(path) if part(row) is Split.TEST]
    if not marked:
        return None
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
