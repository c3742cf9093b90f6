"""For whoever runs Parley: is it alive, is it ready, how does it do."""

from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from bot.cache import RedisState
from bot.scoring import ModelState
from bot.store.database import StoreUnavailable
from bot.web.guards.answers import answer
from bot.web.guards.parts import OPENING, Opening
from bot.web.guards.routes import Group, PublicRoute
from bot.web.wire.answered import AliveAnswered, Json, StateAnswered


async def live(_: web.Request) -> web.Response:
    """Asks nothing of any other part."""
    return answer({"status": "alive"})


async def ready(request: web.Request) -> web.Response:
    """200 while requests can be served, also where something is away that can be done without."""
    state = await _state(request.app[OPENING])
    return answer(state, 503 if state["status"] == "unready" else 200)


async def _state(opening: Opening) -> Json:
    parts = opening.parts
    if parts is None:
        return {
            "status": "unready",
            "store": "opening",
            "redis": "absent",
            "model": ModelState.WARMING,
            "model_version": None,
        }
    store = "up"
    try:
        await parts.database.ping()
    except StoreUnavailable:
        store = "away"
    model, redis = parts.scoring.state, parts.cache.redis
    if opening.draining or store == "away" or model is ModelState.WARMING:
        status = "unready"
    else:
        status = "degraded" if model is ModelState.AWAY or redis is RedisState.AWAY else "ready"
    return {
        "status": status,
        "store": "draining" if opening.draining else store,
        "redis": redis,
        "model": model,
        "model_version": parts.scoring.version,
    }


async def metrics(request: web.Request) -> web.Response:
    """In Prometheus' text format; of all workers together where they share a folder."""
    registry = REGISTRY
    folder = request.app[OPENING].metrics_folder
    if folder is not None:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


ROUTES: Final[tuple[PublicRoute, ...]] = (
    PublicRoute(
        "/livez",
        Group.OPERATION,
        live,
        "Is the process alive?",
        "Asks nothing of any other part, so a restart is the right answer to its silence.",
        {200: AliveAnswered},
    ),
    PublicRoute(
        "/readyz",
        Group.OPERATION,
        ready,
        "Can it take requests?",
        "503 until store and models are there, while the store is away, and once the process is told to stop. Without "
        "Redis it is slower and without models every comment is held; both are `degraded` and 200.",
        {200: StateAnswered, 503: StateAnswered},
    ),
    PublicRoute(
        "/metrics",
        Group.OPERATION,
        metrics,
        "Prometheus metrics",
        "Requests, times, cache hits, Redis failures, and what the models said.",
        {200: "text/plain"},
    ),
)
