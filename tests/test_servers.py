"""The servers that other tests rely on really are what those tests take them for."""

import psycopg
import pytest
import redis

from tests.servers import Postgres, Redis


def connect(url: str) -> redis.Redis:
    """A client that gives up at once."""
    return redis.Redis.from_url(url, socket_timeout=0.2, socket_connect_timeout=0.2, retry=None)


def test_redis_is_empty_and_runs_scripts(redis_url: str) -> None:
    """Each test gets a Redis without keys that can run Lua."""
    with connect(redis_url) as client:
        assert client.dbsize() == 0
        assert client.eval("return redis.call('SET', KEYS[1], 'v')", 1, "left behind") is not None


def test_redis_is_empty_again(redis_url: str) -> None:
    """What another test left behind is gone."""
    with connect(redis_url) as client:
        assert client.dbsize() == 0


def test_redis_freezes_thaws_dies_and_comes_back(redis_server: Redis) -> None:
    """A fault test sees what it asked for, and the same url works afterwards."""
    with connect(redis_server.url) as client:
        redis_server.freeze()
        with pytest.raises(redis.TimeoutError):
            client.ping()
        redis_server.thaw()
        assert client.ping()
        redis_server.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        redis_server.start()
        assert client.ping()


def test_postgres_databases_are_apart(shared_postgres: Postgres, postgres_url: str) -> None:
    """A table in one test's database is not in another's."""
    other = shared_postgres.create_database()
    with psycopg.connect(postgres_url) as here, psycopg.connect(other) as there:
        here.execute("CREATE TABLE only_here ()")
        here.commit()
        with pytest.raises(psycopg.errors.UndefinedTable):
            there.execute("SELECT * FROM only_here")
    shared_postgres.drop_database(other)


def test_postgres_keeps_what_it_committed_over_a_kill(postgres_server: Postgres) -> None:
    """After SIGKILL and a new start, the committed row is there and the open transaction's is not."""
    url = postgres_server.url()
    with psycopg.connect(url, autocommit=True) as link:
        link.execute("CREATE TABLE rows (name text)")
        link.execute("INSERT INTO rows VALUES ('committed')")
        link.execute("CHECKPOINT")
        link.execute("BEGIN")
        link.execute("INSERT INTO rows VALUES ('open')")
        postgres_server.kill()
        with pytest.raises(psycopg.OperationalError):
            link.execute("COMMIT")
    postgres_server.start()
    with psycopg.connect(url) as link:
        assert link.execute("SELECT name FROM rows").fetchall() == [("committed",)]


def test_a_frozen_postgres_answers_nobody(postgres_server: Postgres) -> None:
    """Neither old connections nor new ones get an answer until it thaws."""
    url = postgres_server.url()
    postgres_server.freeze()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)
    postgres_server.thaw()
    psycopg.connect(url, connect_timeout=10).close()
