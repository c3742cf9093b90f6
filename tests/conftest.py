"""What every test can ask for: real servers, started once per test process and clean for each test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot.store.database import Database
from tests.browser import attached
from tests.running import Service, serving
from tests.servers import Chromium, Postgres, Redis, running
from tests.stored import add_sites


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[Redis]:
    """One Redis for all tests of this process that only use it."""
    with running(Redis) as server:
        yield server


@pytest.fixture
def redis_url(shared_redis: Redis) -> str:
    """An empty Redis."""
    shared_redis.flush()
    return shared_redis.url


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    """A Redis of the test's own, to freeze, kill and start again."""
    with running(Redis) as server:
        yield server


@pytest.fixture(scope="session")
def shared_postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of this process that only use it."""
    with running(Postgres) as server:
        yield server


@pytest.fixture(scope="session")
def tables_url(shared_postgres: Postgres) -> str:
    """A database with Parley's tables, to be copied: a copy takes a tenth of the time that making them does."""
    url = shared_postgres.create_database()

    async def make_tables() -> None:
        await (await Database.open(url, Path())).close()

    # A loop of the test's own may be running here.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: asyncio.run(make_tables())).result()
    return url


@pytest.fixture
def blank_postgres_url(shared_postgres: Postgres) -> Iterator[str]:
    """A database of the test's own without any table."""
    url = shared_postgres.create_database()
    yield url
    shared_postgres.drop_database(url)


@pytest.fixture
def postgres_url(shared_postgres: Postgres, tables_url: str) -> Iterator[str]:
    """A database of the test's own with Parley's tables and nothing in them."""
    url = shared_postgres.create_database(like=tables_url)
    yield url
    shared_postgres.drop_database(url)


@pytest.fixture
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL of the test's own, to freeze, kill and start again."""
    with running(Postgres) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty store with the sites "demo" and "other", once on each kind of database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    opened = await Database.open(url, tmp_path)
    await add_sites(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley as it starts on a bare machine."""
    async with serving(tmp_path, rate_limit=0) as running:
        yield running


@pytest.fixture(params=["embedded", "servers"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on its own file, and on Redis and PostgreSQL."""
    urls = {}
    if request.param == "servers":
        urls = {"database_url": request.getfixturevalue("postgres_url")}
        urls["redis_url"] = request.getfixturevalue("redis_url")
    async with serving(tmp_path, rate_limit=0, **urls) as running:
        yield running


@pytest.fixture(scope="session")
def shared_chromium() -> Iterator[Chromium]:
    """One browser for all tests of this process."""
    with running(Chromium) as server:
        yield server


@pytest.fixture
async def browser(shared_chromium: Chromium) -> AsyncIterator[Browser]:
    """A browser in which nothing is open, and which remembers nothing of other tests."""
    async with attached(shared_chromium.url) as browser:
        yield browser
