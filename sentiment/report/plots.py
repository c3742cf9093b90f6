"""The pictures of a report, drawn by scikit-learn's own displays, as SVG in the light or dark colours of a page."""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.calibration import CalibrationDisplay  # type: ignore[import-untyped]
from sklearn.metrics import (  # type: ignore[import-untyped]
    ConfusionMatrixDisplay,
    PrecisionRecallDisplay,
    RocCurveDisplay,
    confusion_matrix,
)

from sentiment.report.markup import Markup

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Scores of some texts, whether readers agreed, and what to call them."""

    name: str
    truth: Mask
    scores: Floats


@dataclass(frozen=True, slots=True)
class Threshold:
    """A score from which on a policy does something."""

    name: str
    score: float


# Colours by name here, by variable in the page, so that a page may have a dark side.
_INK, _FAINT, _PAPER = "#010101", "#020202", "#030303"
_YES, _NO, _LINES = "#040404", "#050505", ("#060606", "#070707", "#080808", "#090909")
_VARIABLES = {
    _INK: "var(--ink)",
    _FAINT: "var(--line)",
    _PAPER: "var(--card)",
    _YES: "var(--yes)",
    _NO: "var(--no)",
} | {color: f"var(--curve-{number})" for number, color in enumerate(_LINES, start=1)}
_COLOUR = re.compile("|".join(_VARIABLES))

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "parley",
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": True,
    "legend.facecolor": _PAPER,
    "legend.edgecolor": "none",
    "legend.framealpha": 0.85,
    "legend.fontsize": 8,
    "axes.grid": True,
    "grid.linewidth": 0.6,
    "grid.color": _FAINT,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _FAINT,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.prop_cycle": cycler(color=list(_LINES)),
    "lines.linewidth": 2,
}


def _drawn(title: str, draw: Callable[[Axes], object], width: float = 3.7, height: float = 3.3) -> Markup:
    """One pair of axes; `title` is what a screen reader says of it."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.add_subplot()
        draw(axes)
        axes.set_title("")
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _inline(written.getvalue(), title)


_SERIAL = re.compile(r'(id="|url\(#|xlink:href="#)')
_count = iter(range(1_000_000))


def _inline(svg: str, title: str) -> Markup:
    """SVG for the inside of a page: no header, own ids, colours by variable, width by the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = _SERIAL.sub(rf"\g<1>p{next(_count)}-", svg)
    svg = _COLOUR.sub(lambda found: _VARIABLES[found[0]], svg)
    svg = re.sub(r'<svg ([^>]*?)width="[^"]*"', r"<svg \1", svg, count=1)
    svg = re.sub(r'<svg ([^>]*?)height="[^"]*"', r"<svg \1", svg, count=1)
    label = title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))


# --- pictures ---------------------------------------------------------------------------------------------------------


def roc(curves: Sequence[Curve]) -> Markup:
    """True positives over false positives, one line per curve."""

    def draw(axes: Axes) -> None:
        for at, curve in enumerate(curves):
            RocCurveDisplay.from_predictions(
                curve.truth,
                curve.scores,
                name=curve.name,
                ax=axes,
                plot_chance_level=at == 0,
                curve_kwargs={"color": _LINES[at % len(_LINES)]},
                chance_level_kw={"color": _FAINT, "label": None},
            )
        axes.set(xlabel="share of harmless texts taken for it", ylabel="share of such texts found")
        axes.legend(loc="lower right")

    return _drawn("ROC curve", draw)


def precision_recall(curves: Sequence[Curve]) -> Markup:
    """Precision over recall, one line per curve."""

    def draw(axes: Axes) -> None:
        for at, curve in enumerate(curves):
            PrecisionRecallDisplay.from_predictions(
                curve.truth,
                curve.scores,
                name=curve.name,
                ax=axes,
                drop_intermediate=True,
                curve_kwargs={"color": _LINES[at % len(_LINES)]},
            )
        axes.set(xlabel="recall: share of such texts found", ylabel="precision: share of alarms that are right")
        axes.legend(loc="lower left")

    return _drawn("Precision over recall", draw)


def calibration(curves: Sequence[Curve]) -> Markup:
    """Share of texts that readers agreed on over the score that promised it, in bins of a tenth."""

    def draw(axes: Axes) -> None:
        for at, curve in enumerate(curves):
            CalibrationDisplay.from_predictions(
                curve.truth,
                curve.scores,
                n_bins=10,
                name=curve.name,
                ax=axes,
                color=_LINES[at % len(_LINES)],
                ref_line=False,
            )
        axes.plot([0, 1], [0, 1], color=_FAINT, linewidth=1.2, linestyle="--", zorder=0)
        axes.set(xlabel="score", ylabel="share that readers agreed on", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
        axes.legend(loc="upper left").set_visible(len(curves) > 1)

    return _drawn("Calibration: share of agreement over score", draw)


def histogram(curve: Curve, thresholds: Sequence[Threshold]) -> Markup:
    """How many texts got which score, by what readers said; thresholds as lines."""

    def draw(axes: Axes) -> None:
        bins = np.linspace(0, 1, 26)
        split = [curve.scores[~curve.truth], curve.scores[curve.truth]]
        axes.hist(
            split, bins=bins.tolist(), stacked=True, color=[_NO, _YES], label=["readers: no", "readers: yes"], log=True
        )
        for threshold in thresholds:
            axes.axvline(threshold.score, color=_INK, linewidth=1.2, linestyle=":")
            axes.text(
                threshold.score,
                1.01,
                f"{threshold.name} {threshold.score:g}",
                transform=axes.get_xaxis_transform(),
                ha="right" if threshold.score > 0.8 else "center",
                fontsize=8,
            )
        axes.set(xlabel="score", ylabel="texts (log scale)", xlim=(0, 1))
        axes.grid(visible=False, axis="x")
        axes.legend(loc="upper center")

    return _drawn("Histogram of scores", draw)


def confusion(curve: Curve, threshold: Threshold) -> Markup:
    """What readers said against what a threshold does; the share of each row as its depth."""

    def draw(axes: Axes) -> None:
        table = confusion_matrix(curve.truth, curve.scores >= threshold.score, labels=[False, True])
        shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
        display = ConfusionMatrixDisplay(table, display_labels=["no", "yes"])
        display.plot(ax=axes, include_values=False, colorbar=False, cmap=mpl.colors.ListedColormap([_PAPER]))
        axes.images[0].remove()
        for row in range(2):
            for column in range(2):
                color = _NO if row == column else _YES
                axes.fill_between(
                    (column - 0.5, column + 0.5),
                    row - 0.5,
                    row + 0.5,
                    color=color,
                    alpha=0.12 + 0.55 * float(shares[row, column]),
                    linewidth=0,
                )
                words = f"{table[row, column]:,}\n{shares[row, column]:.1%}"
                axes.text(column, row, words, ha="center", va="center", fontsize=11)
        axes.set(
            xlabel=f"{threshold.name} from {threshold.score:g} on", ylabel="readers", xlim=(-0.5, 1.5), ylim=(1.5, -0.5)
        )
        axes.grid(visible=False)

    return _drawn(f"Confusion matrix at {threshold.name} {threshold.score:g}", draw, height=2.9)
