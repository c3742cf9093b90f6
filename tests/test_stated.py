"""The shipped models behave as corpora/evaluation states, and their cards say how far."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.command import parley
from sentiment.contrasts import said
from sentiment.scorer import Scorer
from sentiment.scores import Attribute
from sentiment.stated import Case, Outcome, Suite, judge, stated, tallies

_CORPORA = Path(__file__).parent.parent / "corpora"
_MINIMUMS: dict[str, dict[str, float]] = json.loads(
    (Path(__file__).parent / "golden" / "stated.json").read_text("utf-8")
)
"""By suite: the least AUC ("auc", where there are attacks and harmless sentences) and the least share of statements
that hold in each category. What is far below 1 is what linear models cannot do yet."""
_CATEGORIES = [(suite, category) for suite, least in _MINIMUMS.items() for category in least if category != "auc"]
_BEFORE = {"2026.11-2"}
"""Versions whose cards were written before there were these figures."""


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load()


@pytest.fixture(scope="module")
def outcomes(scorer: Scorer) -> tuple[Outcome, ...]:
    return judge(scorer, stated())


@pytest.fixture(scope="module")
def suites(outcomes: tuple[Outcome, ...]) -> dict[str, Suite]:
    return tallies(outcomes)


@pytest.mark.parametrize(("suite", "category"), _CATEGORIES)
def test_the_shipped_model_behaves_as_stated(
    outcomes: tuple[Outcome, ...], suites: dict[str, Suite], suite: str, category: str
) -> None:
    found = suites[suite].categories[category]
    own = [one for one in outcomes if (one.case.suite, one.case.category) == (suite, category)]
    broken = [f"{one.case.text} ({', '.join(one.broken)})" for one in own if one.broken]
    assert found.held >= _MINIMUMS[suite][category] * found.statements, broken


@pytest.mark.parametrize("suite", [suite for suite, least in _MINIMUMS.items() if "auc" in least])
def test_the_shipped_model_tells_attacks_from_harmless_sentences(suites: dict[str, Suite], suite: str) -> None:
    best = suites[suite].whole.best
    assert best is not None
    assert best[1] >= _MINIMUMS[suite]["auc"], best


def test_every_category_has_a_minimum_and_every_suite_of_both_kinds_an_auc(suites: dict[str, Suite]) -> None:
    found = {name: {*suite.categories, *(["auc"] if suite.whole.auc else [])} for name, suite in suites.items()}
    assert found == {name: set(least) for name, least in _MINIMUMS.items()}
    assert sum(suite.whole.sentences for suite in suites.values()) >= 450


def test_every_sentence_is_there_once_and_says_something() -> None:
    cases = stated()
    assert len({case.text.casefold() for case in cases}) == len(cases)
    assert all(case.high or case.low or case.tone or case.language for case in cases)
    assert not [case.text for case in cases if set(case.high) & set(case.low)]


def test_no_evaluation_sentence_is_trained_on_in_any_case_or_punctuation() -> None:
    own = (_CORPORA / "training").glob("*.jsonl")
    written = [json.loads(line)["text"] for path in own for line in path.read_text("utf-8").splitlines()]
    learned = {_words(sentence) for text in written for sentence in said(text)}
    assert len(learned) > 100
    assert not learned & {_words(case.text) for case in stated() if _words(case.text)}


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+|[\u2190-\U0001faff]", text.casefold()))


# --- figures ----------------------------------------------------------------------------------------------------------


def test_the_card_says_what_the_shipped_model_makes_of_the_sentences(scorer: Scorer, suites: dict[str, Suite]) -> None:
    """Where sentences were added since, `python -m tests.test_stated` writes this part of the card anew."""
    assert scorer.version in _BEFORE or _card(scorer.version)["stated"] == _plain(suites)


def test_the_card_says_the_same_to_people(scorer: Scorer, suites: dict[str, Suite]) -> None:
    written = (_CORPORA / "models" / scorer.version / "card.md").read_text("utf-8")
    tallied = [(f"**{name}**", suite.whole) for name, suite in suites.items()]
    tallied += [row for suite in suites.values() for row in suite.categories.items()]
    rows = [f"| {name} | {tally.sentences} | {tally.statements} | {tally.held} |" for name, tally in tallied]
    assert scorer.version in _BEFORE or not [row for row in rows if row not in written]


def test_evaluate_without_data_sets_tells_how_every_category_comes_out(suites: dict[str, Suite]) -> None:
    result = CliRunner().invoke(parley, ["evaluate"], env={"COLUMNS": "120"})
    assert result.exit_code == 0, result.output
    missing = {*suites, *(category for suite in suites.values() for category in suite.categories)}
    assert not {name for name in missing if name not in result.stdout}


def test_evaluate_writes_the_same_figures_as_the_card_has(suites: dict[str, Suite], tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    assert CliRunner().invoke(parley, ["evaluate", "--output", str(written)]).exit_code == 0
    assert json.loads(written.read_text("utf-8"))["stated"] == _plain(suites)


def test_a_tally_counts_statements_and_compares_each_pair_once() -> None:
    """Of four pairs of an attack and a harmless sentence, three are in the right order."""
    outcomes = [
        _outcome(0.9, high=True, held=2),
        _outcome(0.3, high=True, held=1, broken=1),
        _outcome(0.4, high=False, held=2),
        _outcome(0.1, high=False, held=2),
    ]
    tally = tallies(outcomes)["suite"].whole
    assert (tally.sentences, tally.statements, tally.held) == (4, 8, 7)
    assert tally.auc == {Attribute.INSULT: 0.75}
    assert tally.best == (Attribute.INSULT, 0.75)


def test_sentences_of_one_kind_alone_cannot_be_told_apart() -> None:
    tally = tallies([_outcome(0.9, high=True, held=1)])["suite"].categories["category"]
    assert tally.auc == {}
    assert tally.best is None


def _outcome(score: float, *, high: bool, held: int, broken: int = 0) -> Outcome:
    has, has_not = ((Attribute.INSULT,), ()) if high else ((), (Attribute.INSULT,))
    case = Case("suite", "category", "text", high=has, low=has_not, tone=None, language=None)
    return Outcome(case, ("held",) * held, ("broken",) * broken, {Attribute.INSULT: score})


def _card(version: str) -> dict[str, object]:
    card: dict[str, object] = json.loads((_CORPORA / "models" / version / "card.json").read_text("utf-8"))
    return card


def _plain(suites: Mapping[str, Suite]) -> object:
    return json.loads(json.dumps({name: asdict(suite) for name, suite in suites.items()}))


def _write_anew() -> None:
    """Brings the part about the sentences in both of the current version's cards up to date."""
    from sentiment.cardpage import _stated as section

    scorer = Scorer.load()
    folder = _CORPORA / "models" / scorer.version
    suites = tallies(judge(scorer, stated()))
    lines = list(section(suites))
    page = (folder / "card.md").read_text("utf-8")
    before, heading, rest = page.partition(f"{lines[0]}\n")
    if not heading:
        raise SystemExit(f"{folder / 'card.md'} says nothing of the sentences; train the models anew.")
    after = "\n".join([*lines[1:], "## " + rest.partition("\n## ")[2]])
    (folder / "card.md").write_text(before + heading + after, encoding="utf-8")
    card = _card(scorer.version) | {"stated": _plain(suites)}
    (folder / "card.json").write_text(json.dumps(card, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write_anew()
