"""Which of many classes are taken for which, as a picture of its own."""

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.figure import Figure

_MOST_NAMED: Final = 160
_INCHES: Final = 0.16


def confusions(truth: Sequence[int], guesses: Sequence[int], names: Sequence[str]) -> str:
    """SVG: a row for each class as it is, a column for each that it was taken for; a row sums to 1."""
    counts = np.zeros((len(names), len(names)))
    np.add.at(counts, (np.array(truth, dtype=np.intp), np.array(guesses, dtype=np.intp)), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = max(4.0, _INCHES * len(names) + 2)
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    if len(names) <= _MOST_NAMED:
        axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
        axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set(xlabel="taken for", ylabel="is")
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return written.getvalue()
