"""`./parley serve`: runs the service and says where everything is."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import click
import uvloop

from bot.app import ServeError, SettingUnusable
from bot.app import serve as serve_alone
from bot.command.models import require_model
from bot.command.store import data_option, load_settings
from bot.demo import kept_key
from bot.settings import LogLevel, Settings
from bot.store.database import FILE_NAME
from bot.web.guards import journal
from bot.workers import Supervisor


@click.command(name="serve")
@data_option
@click.option("--host", help="Address to listen on. Default: $PARLEY_HOST, or 127.0.0.1.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on, 0 for any. Default: $PARLEY_PORT, or 8080."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Processes that share the port. Default: $PARLEY_WORKERS, or 1."
)
@click.option(
    "--log-level",
    type=click.Choice([level.value for level in LogLevel]),
    help="`info` logs each request. Default: $PARLEY_LOG_LEVEL; else warning on a terminal, info elsewhere.",
)
def command(data: Path | None, host: str | None, port: int | None, workers: int | None, log_level: str | None) -> None:
    """Run the service until Ctrl-C or SIGTERM. Each setting is also a variable: see docker/README.md."""
    settings = load_settings(data=data, host=host, port=port, workers=workers, log_level=log_level)
    require_model(settings)
    if sys.stderr.isatty() and "log_level" not in settings.model_fields_set:
        settings = settings.model_copy(update={"log_level": LogLevel.WARNING})
    journal.configure(settings.log_level)
    announce = _announcer(settings)
    try:
        if settings.workers > 1:
            sys.exit(Supervisor(settings, announce).run())
        uvloop.run(serve_alone(settings, announce))
    except ServeError as refused:
        kind = click.UsageError if isinstance(refused, SettingUnusable) else click.ClickException
        raise kind(str(refused)) from refused


def _announcer(settings: Settings) -> Callable[[str], None]:
    def announce(address: str) -> None:
        token = kept_key(settings.data) if settings.shows_demo else None
        click.echo(_banner(settings, address, token))
        sys.stdout.flush()

    return announce


def _banner(settings: Settings, address: str, token: str | None) -> str:
    """What a person needs first: where things are, and one line to try."""
    chosen = "" if settings.data == Path("data") else f" --data {shlex.quote(str(settings.data))}"
    stored = settings.data / FILE_NAME if settings.database_url is None else "PostgreSQL"
    places = [("Desk", f"{address}/desk"), ("API reference", f"{address}/reference"), ("Comments in", str(stored))]
    if token is not None:
        places = [("Demo page", f"{address}/demo"), ("Queue", f"{address}/demo/scores#queue"), *places]
    lines = [f"{click.style('Parley listens', bold=True)} at {address}", ""]
    lines += [f"  {click.style(f'{name:<15}', fg='cyan')}{place}" for name, place in places]
    if token is not None:
        lines += ["", "Submit a comment:", "", f"  {_curl(address, token)}", "", "See what waits for a moderator:", ""]
        lines += [f"  ./parley queue demo{chosen}"]
    lines += ["", "Your own site:", "", f"  ./parley sites add my-site{chosen}"]
    lines += [f"  ./parley keys create my-site --scope submit{chosen}"]
    lines += [f"  ./parley moderators add YOU --site my-site{chosen}", "", "Ctrl-C stops Parley."]
    return "\n".join(lines) + "\n"


def _curl(address: str, token: str) -> str:
    comment = '{"thread": "hello", "author": "Bob", "text": "What a stupid idiot you are!"}'
    return (
        f"curl -s {address}/v1/comments -H 'Authorization: Bearer {token}' "
        f"-H 'Content-Type: application/json' -d '{comment}'"
    )
