"""How long it takes from the command to the first request that can be answered."""

import statistics
from collections.abc import Callable
from pathlib import Path

from bot.bench.children import parley
from bot.bench.figures import Better, Figure

MOST_SECONDS = 4.0


def measure(times: int, folder: Path, step: Callable[[], object]) -> Figure:
    """The median over starts on empty data folders, tables and demo site included. Raises BenchError."""
    seconds = []
    for number in range(times):
        with parley(folder / f"start-{number}") as served:
            seconds.append(served.seconds_to_ready)
        step()
    details = {"fastest": min(seconds), "slowest": max(seconds)}
    return Figure("time to ready", statistics.median(seconds), "s", MOST_SECONDS, Better.LOWER, details=details)
