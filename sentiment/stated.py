"""The sentences in corpora/evaluation: what is stated about each, and how a scorer lives up to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files

from sentiment.figures import THRESHOLD
from sentiment.scorer import Scorer
from sentiment.scores import Analysis, Attribute


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence of a functional category: attributes it has (`high`) and has not (`low`), or its tone."""

    category: str
    text: str
    high: tuple[Attribute, ...]
    low: tuple[Attribute, ...]
    tone: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case came out: which statements about it hold and which do not."""

    case: Case
    held: tuple[str, ...]
    broken: tuple[str, ...]


def stated() -> list[Case]:
    """The sentences in corpora/evaluation, file by file."""
    with as_file(files("corpora") / "evaluation") as folder:
        lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [_case(json.loads(line)) for line in lines]


def _case(row: Mapping[str, str]) -> Case:
    high = tuple(Attribute(name) for name in row.get("high", "").split())
    low = tuple(Attribute) if row.get("low") == "all" else tuple(Attribute(name) for name in row.get("low", "").split())
    return Case(row["category"], row["text"], high, low, row.get("tone"))


def judge(scorer: Scorer, cases: Sequence[Case]) -> tuple[Outcome, ...]:
    """Scores the cases; an attribute is high from `THRESHOLD` on."""
    analyses = scorer.analyse([case.text for case in cases])
    return tuple(_outcome(case, analysis) for case, analysis in zip(cases, analyses, strict=True))


def _outcome(case: Case, analysis: Analysis) -> Outcome:
    statements = {f"{name} high": analysis.scores.get(name, 0.0) >= THRESHOLD for name in case.high}
    statements |= {f"{name} low": analysis.scores.get(name, 0.0) < THRESHOLD for name in case.low}
    if case.tone:
        statements[case.tone] = _tone(analysis) == case.tone
    held = tuple(name for name, holds in statements.items() if holds)
    return Outcome(case, held, tuple(name for name, holds in statements.items() if not holds))


def _tone(analysis: Analysis) -> str:
    """As users see it: the compound decides from 0.05 on (Hutto and Gilbert 2014)."""
    compound = analysis.sentiment.compound if analysis.sentiment else 0.0
    return "pos" if compound >= 0.05 else "neg" if compound <= -0.05 else "neu"
