"""`./parley shadow`: Perspective answers, Parley scores beside it, and nothing changes until it is safe to switch."""

import asyncio
import signal
from pathlib import Path

import click
from aiohttp import web

from bot.cache import LocalScores
from bot.command.models import require_model
from bot.command.store import data_option, load_settings, require_site, with_store
from bot.moving import MOST_CHANGED
from bot.records import Records, RecordsBusy
from bot.scoring import Scoring, load_models
from bot.settings import Settings
from bot.shadow import Shadow, records_of
from bot.store.database import Database
from bot.upstream import PERSPECTIVE
from sentiment.registry import Registry

_LEVEL = 0.8


@click.command(name="shadow")
@click.argument("site")
@click.option("--host", default="127.0.0.1", help="Address to listen on. Default: 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), default=8081, help="Port to listen on. Default: 8081.")
@click.option("--threshold", type=click.FloatRange(0, 1), default=_LEVEL, help=f"Yours. Default: {_LEVEL:g}.")
@click.option(
    "--changed",
    type=click.FloatRange(0, 1),
    default=MOST_CHANGED,
    help=f"The share of decisions that may change where a switch is called safe. Default: {MOST_CHANGED:g}.",
)
@click.option("--url", default=PERSPECTIVE, hidden=True)
@data_option
def command(site: str, host: str, port: int, threshold: float, changed: float, url: str, data: Path | None) -> None:
    """Stand between SITE and Perspective: answer as Perspective does, and record what Parley would have said.

    Let the site call this address in place of Perspective's, with the key that it has. Its comments are decided as
    before. GET /shadow says how far the two agree and whether it is safe to switch; ./parley migrate perspective SITE
    --offline writes the whole report. Of a comment that is sent with doNotStore, only the scores are recorded.
    """
    settings = load_settings(data=data)
    require_model(settings)

    async def work(database: Database) -> None:
        await require_site(database, site)

    with_store(data, work)
    path = records_of(site, settings.data)
    try:
        with Records(path) as records:
            asyncio.run(_serve(settings, records, url, host, port, threshold, changed))
    except RecordsBusy as busy:
        raise click.ClickException(str(busy)) from busy
    except OSError as error:
        raise click.ClickException(f"The shadow cannot be served: {error}.") from error


async def _serve(
    settings: Settings, records: Records, url: str, host: str, port: int, threshold: float, changed: float
) -> None:
    """Until SIGTERM or SIGINT; then what was answered is still recorded."""
    scoring = Scoring(LocalScores(), settings.model, lambda version: load_models(version, settings.models_folder))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    shadow = Shadow(url, scoring, Registry.beside(settings.models_folder), records, threshold, changed)
    runner = web.AppRunner(shadow.application(), access_log=None)
    try:
        await runner.setup()
        listening = web.TCPSite(runner, host, port)
        await listening.start()
        click.echo(f"The shadow answers on {listening.name}; /shadow says when it is safe to switch.", err=True)
        await stop.wait()
    finally:
        await runner.cleanup()
        await scoring.close()
