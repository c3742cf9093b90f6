"""Wiring: builds every part from the settings, opens and closes them in order, and serves until told to stop."""

import asyncio
import contextlib
import logging
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from functools import partial

from aiohttp import web
from pydantic import SecretStr

from bot import memory
from bot.apprising import Apprising
from bot.authorship import Authorship
from bot.cache import Cache, CacheSettingsError, Topic
from bot.chat import Chat
from bot.courier import Courier
from bot.crier import Crier
from bot.demo import demo_key
from bot.faqs import Faqs
from bot.live import Live
from bot.moderation import Moderation
from bot.posting import Posting
from bot.privacy import Privacy
from bot.reading import Reading
from bot.scoring import Scoring, TextScorer, load_models
from bot.settings import Settings, SettingsError, unknown_variables
from bot.signing import Signing
from bot.store.database import Database, StoreUnavailable
from bot.store.faults import folder_unusable
from bot.store.migrations import SchemaTooNew
from bot.sweeping import Sweeper
from bot.web import routing
from bot.web.guards import journal
from bot.web.guards.keyring import Keyring
from bot.web.guards.parts import OPENING, Limits, Opening, Parts
from bot.web.guards.remembered import Remembered
from sentiment.registry import NoSuchModel, Registry

_LOG = logging.getLogger(__name__)
_FIRST_WAIT = 5.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 5.0
_BACKLOG = 1024
_LAST_SECONDS = 2.0
# A connection on which nobody asks, or that never completes its headers, is closed after so many seconds.
_SILENCE = 75.0
_GUNICORN_BOOT_ERROR = 3

LoadModels = Callable[[str | None], TextScorer]


class ServeError(Exception):
    """The service cannot be served; the message says what to do. `exit_code` is what the program then ends with."""

    exit_code = 1


class SettingUnusable(ServeError):
    """It cannot be served as it was told to be: with other settings it can."""

    exit_code = 2


async def build(settings: Settings, load: LoadModels | None = None) -> web.Application:
    """The whole service. It opens its parts when it is started and closes them when it is cleaned up.

    `load` gives the models of a version (None: those on disk). Raises SettingUnusable where they are not there.
    """
    if load is None:
        _require_model(settings)
    opening = Opening(settings.metrics_folder)
    app = routing.application(opening, shows_demo=settings.shows_demo)
    app.cleanup_ctx.append(
        lambda _: _open_parts(settings, opening, load or partial(load_models, own=settings.models_folder))
    )
    app.on_shutdown.append(_drain)
    return app


async def _drain(app: web.Application) -> None:
    """Whoever serves the application, its streams end before their handlers would be cancelled."""
    app[OPENING].drain()


async def gunicorn() -> web.Application:
    """For gunicorn: `gunicorn bot.app:gunicorn --worker-class aiohttp.GunicornWebWorker --no-control-socket`."""
    try:
        settings = Settings.load()
        journal.configure(settings.log_level)
        for warning in unknown_variables():
            _LOG.warning(warning)
        app = await build(settings)
    except (SettingsError, ServeError) as refused:
        _LOG.critical("Parley cannot start: %s", refused)
        # With this code gunicorn stops; with any other it starts the same worker over and over.
        sys.exit(_GUNICORN_BOOT_ERROR)
    return app


def _require_model(settings: Settings) -> None:
    """A damaged model is left for later: then comments are held, as they are where it fails while Parley serves."""
    try:
        registry = Registry.beside(settings.models_folder)
        registry.folder(settings.model or registry.current())
    except NoSuchModel as missing:
        raise SettingUnusable(f"{missing} PARLEY_MODEL or ./parley models use chooses one.") from missing


async def _open_parts(settings: Settings, opening: Opening, load: LoadModels) -> AsyncIterator[None]:
    """Parts open from the ground up and close in the other direction."""
    memory.share_one_arena()
    _allow_connections()
    try:
        cache = await Cache.open(_text(settings.redis_url))
    except CacheSettingsError as error:
        raise SettingUnusable(str(error)) from error
    scoring = Scoring(cache.scores, settings.model, load)
    opener = asyncio.create_task(_open_store(settings, opening, cache, scoring), name="open the store")
    try:
        # What waiting cannot mend ends the start here; a database that is away is waited for while serving.
        await asyncio.wait({opener}, timeout=_FIRST_WAIT)
        if opener.done():
            opener.result()
        else:
            opener.add_done_callback(_stop_if_failed)
        yield
    finally:
        opener.cancel()
        await asyncio.wait({opener})
        # Whoever asked may be gone, and what was asked still under way: its parts stay open for it.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(opening.drained(), _LAST_SECONDS)
        await scoring.close()
        if opening.parts is not None:
            await opening.parts.sweeper.close()
            await opening.parts.courier.close()
            await opening.parts.crier.close()
            await opening.parts.posting.close()
            await opening.parts.chat.close()
            await opening.parts.live.close()
        await cache.close()
        if not opener.cancelled() and opener.exception() is None:
            await opener.result().close()


def _allow_connections() -> None:
    """As many files as the system lets this process have: readers and webhooks each take one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _open_store(settings: Settings, opening: Opening, cache: Cache, scoring: Scoring) -> Database:
    try:
        database = await _patiently(settings)
        key = await demo_key(database, settings.data, datetime.now(UTC)) if settings.shows_demo else None
    except OSError as error:
        raise SettingUnusable(folder_unusable(settings.data, error)) from error
    live = Live(cache.wake)
    posting = Posting(settings.fence)
    crier = Crier(database, posting, Apprising(settings.fence.allowed), settings.address)
    courier = Courier(database, posting, crier)
    moderation = Moderation(database, scoring, live.changed, courier.stir)
    keyring = Keyring(database)
    cache.wake.on(Topic.KEYS, keyring.forget)
    cache.wake.on(Topic.POLICIES, moderation.forget_policies)
    faqs = Faqs(database)
    cache.wake.on(Topic.FAQS, faqs.forget)
    chat = Chat(database, cache, moderation, faqs, live.changed)
    chat.start()
    limits = Limits(settings.rate_limit, settings.body_seconds, settings.proxies)
    # With Redis the processes share what was scored, and each remembering it again would cost memory for nothing.
    remembered = Remembered() if settings.redis_url is None else None
    if remembered is not None:
        cache.wake.on(Topic.ERASED, remembered.forget)
    registry = Registry.beside(settings.models_folder)
    privacy = Privacy(database, cache.wake)
    sweeper = Sweeper(database, privacy)
    opening.done(
        Parts(
            database=database,
            cache=cache,
            scoring=scoring,
            registry=registry,
            moderation=moderation,
            privacy=privacy,
            sweeper=sweeper,
            live=live,
            reading=Reading(database, registry),
            posting=posting,
            crier=crier,
            courier=courier,
            keyring=keyring,
            signing=Signing(database),
            authorship=Authorship(database),
            chat=chat,
            faqs=faqs,
            limits=limits,
            remembered=remembered,
            demo_key=key,
            is_https=settings.address.startswith("https://"),
        )
    )
    sweeper.start()
    courier.start()
    return database


async def _patiently(settings: Settings) -> Database:
    """The database, as soon as it is there: it may be started at the same time as Parley."""
    pause = _FIRST_PAUSE
    while True:
        try:
            return await Database.open(_text(settings.database_url), settings.data)
        except (SchemaTooNew, ValueError) as error:
            raise ServeError(str(error)) from error
        except StoreUnavailable as error:
            _LOG.warning("The database does not answer; trying again in %g s. %s", pause, error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


def _stop_if_failed(opener: asyncio.Task[Database]) -> None:
    if not opener.cancelled() and (error := opener.exception()) is not None:
        _LOG.critical("Parley cannot start: %s", error)
        signal.raise_signal(signal.SIGTERM)


def _text(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


async def serve(settings: Settings, announce: Callable[[str], None], door: socket.socket | None = None) -> None:
    """Serves until SIGTERM or SIGINT, then drains: not ready, door closed, requests finished, parts closed.

    `announce` is called with the address once the door is open. A second signal ends the waiting for requests.
    `door` is where to listen; without it one is opened. Raises ServeError, and what opening the store raises.
    """
    door = door or open_door(settings)
    app = await build(settings)
    opening = app[OPENING]
    signals = _Signals()
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=_LAST_SECONDS,
        keepalive_timeout=_SILENCE,
        lingering_time=_LAST_SECONDS,
    )
    try:
        await runner.setup()
        site = web.SockSite(runner, door, backlog=_BACKLOG)
        await site.start()
        announce(address(door))
        await signals.first.wait()
        opening.drain()
        await signals.second_within(settings.drain_seconds)
        await site.stop()
        await signals.second_before(opening.drained(), settings.finish_seconds)
    finally:
        await runner.cleanup()
        door.close()


class _Signals:
    """SIGTERM and SIGINT as events: the first asks to stop, the second asks to hurry."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self._second = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._heard)

    def _heard(self) -> None:
        (self._second if self.first.is_set() else self.first).set()

    async def second_within(self, seconds: float) -> None:
        """Wait that long, or until the second signal."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._second.wait(), seconds)

    async def second_before(self, work: Coroutine[None, None, None], seconds: float) -> None:
        """Wait for the work, or that long, or until the second signal."""
        waited = {asyncio.ensure_future(work), asyncio.ensure_future(self._second.wait())}
        _, pending = await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()


def open_door(settings: Settings, *, shared: bool = False) -> socket.socket:
    """A socket bound to the host and port of the settings; `shared` lets several processes bind the same port.

    Raises ServeError.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        door = socket.socket(family, kind, protocol)
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            door.bind(place)
        except OSError:
            door.close()
            raise
    except OSError as error:
        raise ServeError(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}. "
            "Choose another with --host and --port, or end the program that uses it."
        ) from error
    return door


def address(door: socket.socket) -> str:
    """Where a browser finds the door."""
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
