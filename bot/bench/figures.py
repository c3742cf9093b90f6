"""What a measurement found, beside what it should be."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Better(StrEnum):
    """Which side of its target a figure has to be on."""

    HIGHER = "at least"
    LOWER = "at most"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `value` is None where it could not be measured; `note` then says why.

    `details` holds what the value was made from, for whoever doubts it.
    """

    name: str
    value: float | None
    unit: str
    target: float
    better: Better
    note: str = ""
    details: dict[str, float] = field(default_factory=dict)

    @property
    def holds(self) -> bool | None:
        """Is the target met? None where nothing was measured."""
        if self.value is None:
            return None
        return self.value >= self.target if self.better is Better.HIGHER else self.value <= self.target

    def as_json(self) -> dict[str, object]:
        """The figure as a JSON object."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "target": self.target,
            "better": self.better,
            "holds": self.holds,
            "note": self.note,
            "details": self.details,
        }


def bar(figure: Figure, width: int = 24) -> str:
    """A line of blocks as long as the value, with a mark where the target is; empty where nothing was measured."""
    if figure.value is None:
        return ""
    scale = (width - 1) / (1.25 * max(figure.value, figure.target) or 1)
    blocks = round(figure.value * scale)
    mark = round(figure.target * scale)
    return "".join("┃" if place == mark else "█" if place < blocks else "·" for place in range(width))


def median_ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """The median of first / second over pairs that were measured next to each other, so that drift cancels out."""
    return statistics.median(first / second for first, second in pairs)
