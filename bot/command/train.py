"""`./parley train`: learns the models anew from public data."""

import re
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

import click

from bot.command.datasets import data_sets_option
from bot.command.progress import progress
from bot.command.store import load_settings
from sentiment.registry import Registry, is_version


@click.command(name="train")
@data_sets_option
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the folder of the new version goes. Default: $PARLEY_MODELS_FOLDER, or corpora/models.",
)
@click.option("--version", help="What to call the new version. Default: this month and the next number, as 2026.11-2.")
def command(data: Path, output: Path | None, version: str | None) -> None:
    """Train the models on the data sets in DIR; takes some minutes.

    The same data gives the same bytes. An existing version is never changed; try the new one with
    ./parley score --model VERSION, and make it the one that Parley uses with ./parley models use VERSION.
    """
    # Training needs much that nothing else does.
    from sentiment.datasets import DataUnusable
    from sentiment.training import train

    registry = Registry.beside(load_settings().models_folder)
    models = output or registry.own or registry.shipped
    name = version or _next_version(registry, models, datetime.now(UTC))
    if not is_version(name):
        raise click.UsageError(f"{name!r} cannot be a version; take letters, digits and ._- as in 2026.11-2.")
    if output is None and name in registry.versions():
        raise click.UsageError(f"The model {name} exists already, and versions never change; name another one.")
    _require_room(models)
    try:
        with progress() as report:
            folder = train(data, models, name, report)
    except (DataUnusable, FileExistsError) as refused:
        raise click.UsageError(str(refused)) from refused
    click.echo(f"Trained {name}. Its card: {folder / 'card.md'}", err=True)
    click.echo(name)


def _require_room(models: Path) -> None:
    """Said before the minutes of training, not after them."""
    try:
        models.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=models).close()
    except OSError as error:
        raise click.UsageError(
            f"The folder {models} cannot be written: {error.strerror}. Choose another with --output or "
            "PARLEY_MODELS_FOLDER."
        ) from error


def _next_version(registry: Registry, models: Path, now: datetime) -> str:
    """The number after the highest of this month, so that the new version is the newest."""
    month = f"{now:%Y.%m}-"
    taken = {*registry.versions(), *(entry.name for entry in models.glob(month + "*"))}
    numbers = [int(name.removeprefix(month)) for name in taken if re.fullmatch(rf"{re.escape(month)}\d+", name)]
    return f"{month}{max(numbers, default=0) + 1}"
