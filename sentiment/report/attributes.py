"""An attribute's part of a report: its curves, what thresholds do, and its worst mistakes."""

from collections.abc import Mapping, Sequence

import numpy as np

from sentiment.datasets import Example
from sentiment.evaluation import Evaluation, Sheet
from sentiment.figures import plotted, truths
from sentiment.report.markup import NOTHING, Markup, joined, tag
from sentiment.report.plots import Curve, Threshold, calibration, confusion, histogram, precision_recall, roc
from sentiment.report.tables import hidden
from sentiment.scores import Attribute

Thresholds = Mapping[Attribute, Sequence[Threshold]]

_MISTAKES = 8


def attribute(name: Attribute, measured: Evaluation, sheets: Sequence[Sheet], thresholds: Thresholds) -> Markup:
    """A part that opens; `sheets` are one version's, or those of two that are compared, and the first is described."""
    sheet = sheets[0]
    rows = plotted(name, sheet.examples)
    truth = truths(name, sheet.examples, rows)
    if not truth.any() or truth.all():
        return NOTHING
    column = list(Attribute).index(name)
    curves = [Curve(one.version, truth, one.scores[rows, column]) for one in sheets]
    levels = thresholds.get(name, ())
    natural = all(sheet.examples[row].natural for row in rows.tolist())
    pictures = (
        _figure("ROC", roc(curves)),
        _figure("Precision and recall", precision_recall(curves)),
        _figure("Calibration", calibration(curves)),
        _figure("Scores", histogram(curves[0], levels)),
        *(_figure(f"What {level.name} does", confusion(curves[0], level)) for level in levels),
    )
    texts = f"{len(rows):,} held out texts, {truth.sum():,} positive" + (
        ", at the natural rate" if natural else ", all sets"
    )
    return tag(
        "details",
        tag("summary", tag("b", name), tag("span", _headline(name, measured)), tag("span", texts)),
        tag(
            "div",
            tag("div", *pictures, class_="plots"),
            _mistakes(name, sheet, column),
        ),
        **({"open": ""} if name is Attribute.TOXICITY else {}),
        id=name,
    )


def _figure(title: str, picture: Markup) -> Markup:
    return tag("figure", tag("figcaption", title), picture)


def _headline(name: Attribute, measured: Evaluation) -> str:
    found = measured.figures.attributes[name].natural
    if found is None or found.auc is None or found.average_precision is None:
        return ""
    return f"AUC {found.auc:.3f} · AP {found.average_precision:.3f} · ECE {found.calibration_error:.3f}"


def _mistakes(name: Attribute, sheet: Sheet, column: int) -> Markup:
    """What was called most surely what it is not, and what it is most surely not; nobody should read that unasked."""
    told = [row for row, example in enumerate(sheet.examples) if _is_sure(name, example)]
    scores = sheet.scores[told, column]
    truth = truths(name, sheet.examples, np.array(told, np.intp))
    order = np.argsort(-scores, kind="stable").tolist()
    wrong = [told[at] for at in order if not truth[at] and scores[at] >= 0.5][:_MISTAKES]
    missed = [told[at] for at in reversed(order) if truth[at] and scores[at] < 0.5][:_MISTAKES]
    return tag(
        "div",
        _listed("Most surely called so, and readers said no", wrong, sheet, column),
        _listed("Most surely not called so, and readers said yes", missed, sheet, column),
        class_="mistakes",
    )


def _is_sure(name: Attribute, example: Example) -> bool:
    """Whether readers were clear about it, and a person wrote it."""
    return example.source != "identity_templates" and example.targets.get(name, 0.5) in (0.0, 1.0)


def _listed(title: str, rows: Sequence[int], sheet: Sheet, column: int) -> Markup:
    if not rows:
        return NOTHING
    once = {sheet.examples[row].text: row for row in rows}
    return tag(
        "section",
        tag("h3", title),
        tag(
            "ol",
            *(
                tag(
                    "li",
                    tag(
                        "div",
                        tag("span", f"{sheet.scores[row, column]:.3f}"),
                        tag("span", sheet.examples[row].source),
                        class_="about",
                    ),
                    hidden(text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"),
                )
                for text, row in once.items()
            ),
        ),
    )


_LONGEST = 600


def overview(measured: Evaluation, sheet: Sheet) -> Markup:
    """ROC and precision-recall curves of the attributes that are most asked for, in one picture each."""
    curves = []
    for name in (Attribute.TOXICITY, Attribute.INSULT, Attribute.PROFANITY, Attribute.IDENTITY_ATTACK):
        rows = plotted(name, sheet.examples)
        truth = truths(name, sheet.examples, rows)
        if truth.any() and not truth.all():
            curves.append(Curve(name, truth, sheet.scores[rows, list(Attribute).index(name)]))
    if not curves or not measured.figures.attributes:
        return NOTHING
    return joined(
        _figure("ROC", roc(curves)),
        _figure("Precision and recall", precision_recall(curves)),
        _figure("Calibration", calibration(curves)),
    )
