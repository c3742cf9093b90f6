"""Progress of long work on standard error: bars on a terminal, a line every few seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

Report = Callable[[str, int, int | None], None]
"""Told what is being done, how many steps of it are finished, and how many there are (None: nobody knows)."""

_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def progress() -> Iterator[Report]:
    """Shows each kind of work that is reported, until the block ends."""
    if sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bars:
            yield _bars(bars)
    else:
        yield _lines()


def _bars(bars: Progress) -> Report:
    tasks: dict[str, TaskID] = {}

    def report(what: str, done: int, total: int | None) -> None:
        if what not in tasks:
            tasks[what] = bars.add_task(what, total=total)
        bars.update(tasks[what], completed=done, total=total)

    return report


def _lines() -> Report:
    said_of: dict[str, float] = {}

    def report(what: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - said_of.setdefault(what, now) >= _SECONDS_BETWEEN_LINES:
            said_of[what] = now
            click.echo(f"{what}: {done:,}" + (f" of {total:,}" if total else ""), err=True)

    return report
