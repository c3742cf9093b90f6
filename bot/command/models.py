"""`./parley models`: which versions of the models there are, what they are worth, and which one Parley uses."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from bot.command.datasets import data_sets_option
from bot.command.store import load_settings
from bot.settings import Settings
from sentiment.registry import CARD, ModelUnusable, NoSuchModel, Registry, Summary

if TYPE_CHECKING:
    from sentiment.scorer import Scorer

_HEADLINES = ("toxicity", "identity_attack", "spam")
_CARD_FOR_PEOPLE = "card.md"
_RENDERING_FOR_PEOPLE = "perspective.md"


@click.group(name="models")
def command() -> None:
    """List the versions of the models, show what they are worth, and choose one.

    Versions never change. Your own, from ./parley train, are found where PARLEY_MODELS_FOLDER says.
    """


@command.command(name="list", short_help="List the versions, newest first.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, also on a terminal.")
def list_(*, as_json: bool) -> None:
    """List the versions, newest first: a table on a terminal, JSON lines elsewhere. Checks that each can be used."""
    settings = load_settings()
    registry = Registry.beside(settings.models_folder)
    current = _current(registry, settings)
    listed = [(version, *looked_at(registry, version)) for version in registry.versions()]
    if sys.stdout.isatty() and not as_json:
        show_table(listed, current, Console())
        return
    for version, summary, fault in listed:
        click.echo(json.dumps(_line(version, summary, fault, current)))


@command.command(short_help="Show a version's card: what it learned from, what it is worth, its limits.")
@click.argument("version", required=False)
@click.option("--json", "as_json", is_flag=True, help="The card for programs, as it is.")
def show(version: str | None, *, as_json: bool) -> None:
    """Show the card of VERSION, or of the current one: what it learned from, what it is worth, what it cannot do."""
    settings = load_settings()
    try:
        registry = Registry.beside(settings.models_folder)
        folder = registry.folder(version or settings.model or registry.current())
        text = (folder / (CARD if as_json else _CARD_FOR_PEOPLE)).read_text(encoding="utf-8")
    except NoSuchModel as missing:
        raise click.UsageError(str(missing)) from missing
    except (OSError, ValueError) as error:
        raise click.ClickException(f"The model {folder.name} has no readable card; install the model again.") from error
    if not as_json and (rendering := folder / _RENDERING_FOR_PEOPLE).is_file():
        text += "\n" + rendering.read_text(encoding="utf-8")
    if sys.stdout.isatty() and not as_json:
        Console().print(Markdown(text))
    else:
        click.echo(text, nl=False)


@command.command(short_help="Make a version the one that Parley uses.")
@click.argument("version")
def use(version: str) -> None:
    """Make VERSION the one that Parley uses where none is named, after checking that it can be used.

    Services that run go on with the version that they started with, and take this one at their next start.
    """
    settings = load_settings()
    registry = Registry.beside(settings.models_folder)
    before = _named(registry)
    load_scorer(settings, version)
    try:
        place = registry.use(version)
    except OSError as error:
        folder = registry.own or registry.shipped
        raise click.UsageError(
            f"The folder {folder} cannot be written: {error.strerror}. Name one of your own with PARLEY_MODELS_FOLDER, "
            f"or start Parley with PARLEY_MODEL={version}."
        ) from error
    was = f" instead of {before}" if before not in (None, version) else ""
    click.echo(f"Parley uses {version}{was}, as {place} says. Services that run take it at their next start.", err=True)
    if settings.model not in (None, version):
        click.echo(
            f"But PARLEY_MODEL says {settings.model}, and goes before it: unset it where Parley is to use {version}.",
            err=True,
        )


@command.command(short_help="Learn what Perspective would have said, told from what a version says.")
@click.argument("version", required=False)
@data_sets_option
def translate(version: str | None, data: Path) -> None:
    """Learn to answer in Perspective's place by the scores of VERSION, or of the current one.

    DIR must hold texts that Perspective scored. What is learned, and what it is worth, is kept in the version's folder;
    Parley's Perspective API answers by it from the next start on. The scores of the version itself never change.
    """
    from sentiment.datasets import DataUnusable
    from sentiment.translating import translate
    from sentiment.translationpage import write_translation

    settings = load_settings()
    scorer = load_scorer(settings, version)
    folder = Registry.beside(settings.models_folder).folder(scorer.version)
    try:
        write_translation(translate(scorer, data), folder)
    except DataUnusable as refused:
        raise click.UsageError(str(refused)) from refused
    except OSError as error:
        raise click.UsageError(f"The folder {folder} cannot be written: {error.strerror}.") from error
    click.echo(f"What {scorer.version} says in Perspective's place: {folder / _RENDERING_FOR_PEOPLE}", err=True)


def require_model(settings: Settings) -> None:
    """Ends the command with exit code 2 and what there is, where the settings name models that are not there."""
    there = Registry.beside(settings.models_folder).versions()
    if settings.model is not None and settings.model not in there:
        raise click.UsageError(
            f"There is no model {settings.model!r}, as --model or PARLEY_MODEL says. There are: {', '.join(there)}."
        )


def load_scorer(settings: Settings, version: str | None = None) -> "Scorer":
    """The models of the version, or of the one that the settings name; ends the command where they cannot be used."""
    from sentiment.scorer import Scorer

    try:
        return Scorer.load(version or settings.model, settings.models_folder)
    except NoSuchModel as missing:
        raise click.UsageError(str(missing)) from missing
    except ModelUnusable as unusable:
        raise click.ClickException(str(unusable)) from unusable


def _named(registry: Registry) -> str | None:
    try:
        return registry.current()
    except NoSuchModel:
        return None


def _current(registry: Registry, settings: Settings) -> str | None:
    """The version that a Parley started now would use."""
    return settings.model or _named(registry)


def looked_at(registry: Registry, version: str) -> tuple[Summary | None, str | None]:
    """What a version's card says (None: it cannot be read), and why it cannot be used (None: it can)."""
    # Looking at the files needs what reads them.
    from sentiment.scorer import Scorer

    summary = None
    try:
        summary = registry.summary(version)
        Scorer.load(version, registry.own)
    except ModelUnusable as unusable:
        return summary, str(unusable)
    return summary, None


# Any: JSON on its way out.
def _line(version: str, summary: Summary | None, fault: str | None, current: str | None) -> dict[str, Any]:
    line: dict[str, Any] = {"version": version, "current": version == current, "usable": fault is None, "fault": fault}
    if summary is not None:
        line |= {
            "features": summary.features,
            "attributes": summary.attributes,
            "trained_on": {"texts": summary.texts, "sets": summary.sets},
            "auc": summary.auc,
            "size": summary.size,
        }
    return line


def show_table(listed: Sequence[tuple[str, Summary | None, str | None]], current: str | None, console: Console) -> None:
    """Prints each version with its summary and what is wrong with it, if anything."""
    title = "Models, with how well they order texts that were held out (AUC)"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("version", no_wrap=True)
    table.add_column("trained on", no_wrap=True)
    for heading in _HEADLINES:
        table.add_column(heading.replace("_", "\n"), justify="right", no_wrap=True)
    table.add_column("reads,\nsays", no_wrap=True)
    table.add_column("MB", justify="right", no_wrap=True)
    for version, summary, fault in listed:
        name = f"{version} *" if version == current else version
        if summary is None:
            table.add_row(name, "unusable")
            continue
        figures = [summary.auc.get(attribute) for attribute in _HEADLINES]
        table.add_row(
            f"{name}\nunusable" if fault else name,
            f"{summary.texts:,} texts\n{summary.sets} sets",
            *("" if figure is None else f"{figure:.3f}" for figure in figures),
            f"{summary.features}\n{len(summary.attributes)} scores",
            f"{summary.size / 1e6:.1f}",
        )
    console.print(table)
    console.print(
        "* is used where none is named; choose with ./parley models use VERSION", soft_wrap=True, highlight=False
    )
    for _, _, fault in listed:
        if fault:
            console.print(fault, soft_wrap=True, markup=False, highlight=False)
