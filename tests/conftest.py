"""What every test can ask for: real servers, started once per test process and clean for each test."""

from collections.abc import Iterator

import pytest

from tests.servers import Postgres, Redis, running


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


@pytest.fixture
def postgres_url(shared_postgres: Postgres) -> Iterator[str]:
    """An empty database of the test's own."""
    url = shared_postgres.create_database()
    yield url
    shared_postgres.drop_database(url)


@pytest.fixture
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL of the test's own, to freeze, kill and start again."""
    with running(Postgres) as server:
        yield server
