"""The sentences in corpora/evaluation: what is stated about each, and how a scorer lives up to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files

import numpy as np

from sentiment.measures import THRESHOLD, auc
from sentiment.scorer import Scorer
from sentiment.scores import Analysis, Attribute


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence of a suite (its file) and category, and what is stated about it.

    Attributes it has (`high`) and has not (`low`), its `tone`, or the `language` it is in. About a language that the
    models do not know the statement is that nothing is scored.
    """

    suite: str
    category: str
    text: str
    high: tuple[Attribute, ...]
    low: tuple[Attribute, ...]
    tone: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case came out: which statements about it hold and which do not, and what it scored."""

    case: Case
    held: tuple[str, ...]
    broken: tuple[str, ...]
    scores: Mapping[Attribute, float]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the `statements` about some sentences `held`.

    `auc`: by attribute, how well it tells the sentences that have something stated as high from those that have
    nothing; empty where there are not both. Hate is measured by toxicity too: policies ask for either.
    """

    sentences: int
    statements: int
    held: int
    auc: Mapping[str, float]

    @property
    def best(self) -> tuple[str, float] | None:
        """The attribute that tells them best, with its AUC."""
        return max(self.auc.items(), key=lambda found: found[1], default=None)


@dataclass(frozen=True, slots=True)
class Suite:
    """The tally of a whole suite, and of each of its categories."""

    whole: Tally
    categories: Mapping[str, Tally]


def stated() -> list[Case]:
    """The sentences in corpora/evaluation, file by file."""
    with as_file(files("corpora") / "evaluation") as folder:
        return [
            _case(path.stem, json.loads(line))
            for path in sorted(folder.glob("*.jsonl"))
            for line in path.read_text("utf-8").splitlines()
        ]


def _case(suite: str, row: Mapping[str, str]) -> Case:
    high = tuple(Attribute(name) for name in row.get("high", "").split())
    low = tuple(Attribute) if row.get("low") == "all" else tuple(Attribute(name) for name in row.get("low", "").split())
    return Case(suite, row["category"], row["text"], high, low, row.get("tone"), row.get("language"))


def judge(scorer: Scorer, cases: Sequence[Case]) -> tuple[Outcome, ...]:
    """Scores the cases; an attribute is high from `THRESHOLD` on, and neither high nor low without a score."""
    analyses = scorer.analyse([case.text for case in cases])
    return tuple(_outcome(case, analysis) for case, analysis in zip(cases, analyses, strict=True))


def _outcome(case: Case, analysis: Analysis) -> Outcome:
    scores = analysis.scores
    statements = {f"{name} high": name in scores and scores[name] >= THRESHOLD for name in case.high}
    statements |= {f"{name} low": name in scores and scores[name] < THRESHOLD for name in case.low}
    if case.tone:
        statements[case.tone] = _tone(analysis) == case.tone
    if case.language:
        statements[f"language {case.language}"] = analysis.language == case.language
        statements["no scores"] = not scores
    held = tuple(name for name, holds in statements.items() if holds)
    return Outcome(case, held, tuple(name for name, holds in statements.items() if not holds), scores)


def _tone(analysis: Analysis) -> str:
    """As users see it: the compound decides from 0.05 on (Hutto and Gilbert 2014)."""
    compound = analysis.sentiment.compound if analysis.sentiment else 0.0
    return "pos" if compound >= 0.05 else "neg" if compound <= -0.05 else "neu"


# --- figures ----------------------------------------------------------------------------------------------------------


def tallies(outcomes: Sequence[Outcome]) -> dict[str, Suite]:
    """The figures of every suite, in the order of the outcomes."""
    suites: dict[str, dict[str, list[Outcome]]] = {}
    for outcome in outcomes:
        suites.setdefault(outcome.case.suite, {}).setdefault(outcome.case.category, []).append(outcome)
    return {
        suite: Suite(
            whole=_tally([outcome for found in categories.values() for outcome in found]),
            categories={category: _tally(found) for category, found in categories.items()},
        )
        for suite, categories in suites.items()
    }


def _tally(outcomes: Sequence[Outcome]) -> Tally:
    held = sum(len(outcome.held) for outcome in outcomes)
    broken = sum(len(outcome.broken) for outcome in outcomes)
    return Tally(len(outcomes), held + broken, held, _aucs(outcomes))


def _aucs(outcomes: Sequence[Outcome]) -> dict[str, float]:
    sided = [outcome for outcome in outcomes if outcome.case.high or outcome.case.low]
    truth = np.array([bool(outcome.case.high) for outcome in sided], np.bool_)
    asked = {attribute for outcome in sided for attribute in outcome.case.high}
    if Attribute.IDENTITY_ATTACK in asked:
        asked.add(Attribute.TOXICITY)
    found: dict[str, float] = {}
    for attribute in sorted(asked):
        worth = auc(truth, np.array([outcome.scores.get(attribute, 0.0) for outcome in sided]))
        if worth is not None:
            found[attribute] = round(worth, 4)
    return found
