"""Which versions of the models there are to choose from."""

from importlib.resources import files

import click

from bot.settings import Settings


def require_model(settings: Settings) -> None:
    """Ends the command with exit code 2 and what there is, where the settings name models that are not there."""
    there = sorted(entry.name for entry in (files("corpora") / "models").iterdir() if entry.is_dir())
    if settings.model is not None and settings.model not in there:
        raise click.UsageError(
            f"There are no models {settings.model!r}, as --model or PARLEY_MODEL says. There are: {', '.join(there)}."
        )
