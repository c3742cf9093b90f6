"""Progress of long work on standard error: a bar on a terminal, a line every few seconds elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

_SECONDS_BETWEEN_LINES = 5.0


class Advance(Protocol):
    """How the work tells of itself."""

    def __call__(self, done: int) -> None:
        """So many more of the total are finished."""


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Advance]:
    """Shows how far the work is; `total` is None where nobody knows."""
    if sys.stderr.isatty():
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(what, total=total)
            yield lambda done: bar.advance(task, done)
        return
    finished, said = 0, time.monotonic()

    def advance(done: int) -> None:
        nonlocal finished, said
        finished += done
        if time.monotonic() - said >= _SECONDS_BETWEEN_LINES:
            said = time.monotonic()
            click.echo(f"{what}: {finished:,}" + (f" of {total:,}" if total else ""), err=True)

    yield advance
