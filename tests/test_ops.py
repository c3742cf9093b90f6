"""What operators rely on: health, metrics, logs that quote nothing, and settings that explain themselves."""

import json
import logging
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.settings import Settings, SettingsError
from bot.web.guards import journal
from tests.running import Service, serving
from tests.servers import Postgres, Redis
from tests.waiting import eventually


async def state(service: Service) -> tuple[int, dict[str, str]]:
    """What /readyz says."""
    answer = await service.ask("GET", "/readyz", scope=None)
    return answer.status, answer.json


async def test_it_is_ready_once_store_and_models_are_there(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        await eventually(
            lambda: state(service),
            (
                200,
                {"status": "ready", "store": "up", "redis": "absent", "model": "warm", "model_version": "one-insult"},
            ),
        )


async def test_without_redis_it_is_degraded_and_goes_on(tmp_path: Path, redis_server: Redis) -> None:
    async with serving(tmp_path, redis_url=redis_server.url) as service:
        assert (await service.ask("POST", "/v1/score", {"text": "You idiot."})).json["decision"] == "hold"
        redis_server.kill()
        answer = await service.ask("POST", "/v1/score", {"text": "You idiot, again."})
        assert (answer.status, answer.json["decision"]) == (200, "hold")
        status, said = await state(service)
        assert (status, said["status"], said["redis"]) == (200, "degraded", "away")


async def test_without_its_store_it_is_unready_but_alive(tmp_path: Path, postgres_server: Postgres) -> None:
    async with serving(tmp_path, database_url=postgres_server.create_database()) as service:
        postgres_server.kill()
        status, said = await state(service)
        assert (status, said["status"], said["store"]) == (503, "unready", "away")
        assert (await service.ask("GET", "/livez", scope=None)).status == 200
        postgres_server.start()
        await eventually(lambda: _status(service), 200)


async def _status(service: Service) -> int:
    return (await state(service))[0]


async def test_metrics_count_requests_by_route_and_status(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        before = await _count(service, "422")
        await service.ask("POST", "/v1/score", {})
        assert await _count(service, "422") == before + 1


async def _count(service: Service, status: str) -> float:
    text = (await service.ask("GET", "/metrics", scope=None)).text
    wanted = {"method": "POST", "route": "/v1/score", "status": status}
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return sum(
        found.value for found in samples if found.name == "parley_http_requests_total" and found.labels == wanted
    )


async def test_a_request_leaves_one_line_of_json_without_its_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Id, route, status, time and site; never a word of the comment, its author, or a key."""
    caplog.set_level(logging.INFO, "parley.requests")
    async with serving(tmp_path) as service:
        comment = await service.submit("A secret between idiots.", author="Rumpelstiltskin")
        await service.ask("GET", "/v1/queue?text=secret&author=Rumpelstiltskin")
    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    posted = next(line for line in lines if line["method"] == "POST")
    assert (posted["route"], posted["status"], posted["site"]) == ("/v1/comments", 201, "demo")
    assert posted["ms"] > 0
    assert len(posted["request_id"]) > 8
    for secret in ("secret", "Rumpelstiltskin", "parley_", comment["id"]):
        assert secret not in written


def test_a_fault_is_logged_with_its_place_and_without_its_words() -> None:
    """Messages may quote what they choked on."""
    try:
        int("a secret")
    except ValueError as error:
        record = logging.LogRecord("bot", logging.ERROR, __file__, 1, "It %s.", ("failed",), (type(error), error, None))
        line = json.loads(journal.JsonLines().format(record))
    assert (line["level"], line["message"], line["error"]) == ("error", "It failed.", "ValueError")
    assert "test_ops.py" in line["trace"][-1]
    assert "secret" not in json.dumps(line)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PARLEY_PORT", "http"),
        ("PARLEY_PORT", "65536"),
        ("PARLEY_WORKERS", "0"),
        ("PARLEY_DATABASE_URL", "mysql://parley:hunter2@localhost/parley"),
        ("PARLEY_REDIS_URL", "hunter2"),
        ("PARLEY_RATE_LIMIT", "-1"),
        ("PARLEY_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_named_and_never_quoted(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    """A sentence that begins with the variable; passwords stay out of it."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as refused:
        Settings.load()
    assert str(refused.value).startswith(f"{variable} has a wrong value: ")
    assert "hunter2" not in str(refused.value)


def test_settings_never_show_their_passwords() -> None:
    settings = Settings.load(
        database_url="postgresql://parley:hunter2@localhost/parley", redis_url="redis://:hunter2@x"
    )
    assert "hunter2" not in f"{settings!r} {settings}"


def test_the_demo_is_only_shown_where_nobody_else_can_come() -> None:
    """On with SQLite on a loopback address, else only where it was asked for."""
    assert Settings.load().shows_demo
    assert not Settings.load(host="0.0.0.0").shows_demo
    assert not Settings.load(database_url="postgresql://localhost/parley").shows_demo
    assert Settings.load(host="192.0.2.1", demo=True).shows_demo
