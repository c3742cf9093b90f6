"""`./parley score`: what the models and a policy say of comments in a file, without a service or a store."""

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from bot.command.jsonlines import Line, WrongLine, read_lines, write_line
from bot.command.models import load_scorer, require_model
from bot.command.output import OutputFile, writing
from bot.command.policy import read_policy
from bot.command.progress import progress
from bot.command.store import load_settings
from bot.policy import ActivePolicy, Case, Policy, decide
from bot.web.wire.answered import write_score
from sentiment.scorer import Scorer

_BATCH = 64
_SAID = ("scores", "sentiment", "language", "spans", "decision", "reasons")


@click.command(name="score")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--output",
    type=OutputFile(),
    default="-",
    help="Where the lines go, FILE itself if you like. Default: standard output.",
)
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judge by this policy instead of Parley's defaults.",
)
@click.option("--model", help="An earlier version of the models. Default: $PARLEY_MODEL, or the current one.")
def command(file: Path, output: Path, policy_file: Path | None, model: str | None) -> None:
    """Score each line {"id"?, "text"} of FILE (- for standard input).

    Writes a line each, in the same order: {"id", "scores", "sentiment", "language", "spans", "decision", "reasons"}.
    A text may be longer than the API takes, and is then scored whole.

    Lines that cannot be read are named on standard error and left out; the exit code is then 2.
    """
    policy = ActivePolicy.of(read_policy(policy_file) if policy_file else Policy(), version=0)
    settings = load_settings(model=model)
    require_model(settings)
    scorer = load_scorer(settings)
    with click.open_file(str(file), "rb") as opened, writing(output) as written:
        wrong = _score_all(opened, written, scorer, policy, _size(file))
    if wrong:
        click.echo(f"{wrong} lines could not be read and were left out.", err=True)
        sys.exit(2)


def _size(file: Path) -> int | None:
    if not file.is_file():
        return None
    with file.open("rb") as opened:
        return sum(1 for _ in opened)


def _score_all(opened: IO[bytes], written: IO[str], scorer: Scorer, policy: ActivePolicy, total: int | None) -> int:
    """Scores in batches and returns how many lines could not be read."""
    wrong = done = 0
    lines = read_lines(opened)
    with progress() as report:
        while batch := list(islice(lines, _BATCH)):
            good = [line for line in batch if isinstance(line, Line)]
            for line in batch:
                if isinstance(line, WrongLine):
                    wrong += 1
                    click.echo(str(line), err=True)
            for scored in _score(good, scorer, policy):
                write_line(written, scored)
            done += len(batch)
            report("Scoring", done, total)
    return wrong


def _score(lines: Sequence[Line], scorer: Scorer, policy: ActivePolicy) -> Iterator[dict[str, Any]]:
    for line, analysis in zip(lines, scorer.analyse([line.text for line in lines]), strict=True):
        said = write_score(analysis, decide(Case(line.text, analysis, None, policy)))
        yield ({} if line.id is None else {"id": line.id}) | {name: said[name] for name in _SAID}
