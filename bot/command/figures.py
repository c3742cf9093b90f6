"""What `./parley evaluate` prints."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from sentiment.scores import Attribute

if TYPE_CHECKING:
    from sentiment.comparison import Comparison
    from sentiment.evaluation import Evaluation
    from sentiment.folds import Folded, FoldFigures
    from sentiment.groups import GroupFigures
    from sentiment.measures import Measure
    from sentiment.resampling import Interval
    from sentiment.stated import Suite, Tally

_WORDS = ("attribute", "texts from", "suite, category", "by", "words are", "figure", "group")


def show(measured: "Evaluation", console: Console) -> None:
    """Prints all figures that were measured on data sets."""
    console.print(_attributes(measured))
    console.print(_hate(measured))
    console.print(_sentiment(measured))
    for source, groups in (("templates", measured.figures.groups), ("people's comments", measured.figures.mentions)):
        if groups is not None:
            console.print(_groups(source, groups))
    if measured.robustness is not None:
        console.print(_disguises(measured))
    if measured.span_f1 is not None:
        console.print(f"Characters marked as toxic, against raters: F1 {measured.span_f1:.3f}")
    console.print(f"Texts without scores, their language being unknown: {measured.silent.hits:,}")


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, justify="left" if heading in _WORDS else "right")
    return table


def _attributes(measured: "Evaluation") -> Table:
    title = f"Attributes, model {measured.version}, with 95 % intervals"
    table = _table(title, "attribute", "texts from", "texts", "AUC", "AP", "ECE", "right at 0.8")
    for attribute, found in measured.figures.attributes.items():
        if found.natural is not None:
            near = f"{found.near_80.share:.0%} of {found.near_80.texts}" if found.near_80 else ""
            table.add_row(attribute, "natural rate", *_numbers(found.natural), near)
        for name, measure in found.by_set.items():
            table.add_row(attribute, name, *_numbers(measure))
    return table


def _numbers(measure: "Measure") -> tuple[str, ...]:
    return (
        f"{measure.rows:,}",
        _within(measure.auc, measure.auc_interval),
        _within(measure.average_precision, measure.average_precision_interval),
        _number(measure.calibration_error),
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _within(value: float | None, interval: "Interval | None") -> str:
    return _number(value) + (f" ({interval[0]:.3f}-{interval[1]:.3f})" if interval else "")


def _hate(measured: "Evaluation") -> Table:
    table = _table("Hate, AUC by head", "texts from", "identity_attack", "toxicity", "the better")
    for source, heads in measured.figures.hate.items():
        both = (heads.get(Attribute.IDENTITY_ATTACK), heads.get(Attribute.TOXICITY), max(heads.values()))
        table.add_row(source, *map(_number, both))
    return table


def _sentiment(measured: "Evaluation") -> Table:
    table = _table("Sentiment, and VADER alone", "texts from", "macro recall", "VADER's", "r with people", "VADER's r")
    final, alone = measured.sentiment, measured.vader
    for name in sorted({*final.recall, *final.agreement}):
        table.add_row(
            name,
            _number(final.recall.get(name)),
            _number(alone.recall.get(name) if alone else None),
            _number(final.agreement.get(name)),
            _number(alone.agreement.get(name) if alone else None),
        )
    return table


def _groups(source: str, found: "GroupFigures") -> Table:
    title = f"Groups on {source}: widest gap {found.gap:.3f} for toxicity, {found.hate_gap:.3f} for identity_attack"
    headings = ("false positives", "of hate", "subgroup AUC", "BPSN", "BNSP")
    table = _table(title, "group", "harmless", *headings)
    for name, group in found.groups.items():
        rates = (group.false_positive_rate, group.hate_rate, group.subgroup_auc, group.bpsn_auc, group.bnsp_auc)
        table.add_row(name, f"{group.harmless:,}", *map(_number, rates))
    return table


def _disguises(measured: "Evaluation") -> Table:
    table = _table("Disguised words", "words are", "toxic ones recognised", "harmless ones taken for toxic")
    found = measured.robustness
    if found is not None:
        for how, seen in {"as they were": found.clean, **found.disguised}.items():
            table.add_row(how, _number(seen.recall.share), _number(seen.false_positives.share))
    return table


def stated(version: str, suites: "Mapping[str, Suite]") -> Table:
    """How Parley's own sentences come out, by suite and category."""
    title = f"Parley's own sentences, model {version}"
    table = _table(title, "suite, category", "sentences", "as stated", "AUC", "by")
    for name, suite in suites.items():
        table.add_section()
        table.add_row(name, *_tally(suite.whole), style="bold")
        for category, tally in suite.categories.items():
            table.add_row(f"  {category}", *_tally(tally))
    return table


def _tally(tally: "Tally") -> tuple[str, ...]:
    by, worth = tally.best or ("", None)
    return (str(tally.sentences), f"{tally.held / tally.statements:.0%}", _number(worth), by)


def differences(found: "Comparison") -> Iterator[Table]:
    """Two versions side by side; a star where the difference is more than chance."""
    table = _table(
        f"{found.first} against {found.second}; * where 95 % of paired draws agree which is better",
        "attribute", "texts from", "figure", found.first, found.second, "difference",
    )  # fmt: skip
    for one in found.differences:
        told = f"{one.difference:+.3f}{'*' if one.is_clear else ' '}"
        interval = f"({one.interval[0]:+.3f} to {one.interval[1]:+.3f})" if one.interval else ""
        row = (one.attribute, one.source, one.figure, _number(one.first), _number(one.second), f"{told} {interval}")
        table.add_row(*row)
    yield table
    changed = _table(
        "Held by one version only, and how many of them rightly",
        "attribute", "from", found.first, "rightly", found.second, "rightly ",
    )  # fmt: skip
    for held in found.disagreements:
        counts = (held.only_first, held.only_first_right, held.only_second, held.only_second_right)
        changed.add_row(held.attribute, f"{held.threshold:g}", *map(str, counts))
    yield changed


def folded(found: "Mapping[tuple[str, str], FoldFigures]", folds: int) -> Table:
    """Means over the folds with their intervals."""
    table = _table(f"Means over {folds} folds, with 95 % intervals", "attribute", "texts from", "AUC", "AP")
    for (attribute, source), one in found.items():
        table.add_row(attribute, source, _fold(one.auc), _fold(one.average_precision))
    return table


def _fold(one: "Folded") -> str:
    return _within(one.mean, one.interval)
