"""A site's numbers over HTTP: who sees what, for which days, and as tables for spreadsheets."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.store import keys
from bot.store.keys import Scope
from bot.token import Token
from bot.web.wire.stats import Table, write_table
from tests.running import Service, serving

GOLDEN = Path(__file__).parent / "golden" / "stats.csv"
EVIL = '=HYPERLINK("https://example.org/","Grace, 1st")'
STATS: Any = {
    "moderators": [
        {
            "moderator": EVIL,
            "decisions": 3,
            "approve": 1,
            "hold": 0,
            "reject": 2,
            "by_themselves": 1,
            "by_others": 0,
            "on_appeal": 0,
            "median": {"more_than_seconds": 60, "at_most_seconds": 120},
        },
        {
            "moderator": "linus\r\nof demo",
            "decisions": 1,
            "approve": 1,
            "hold": 0,
            "reject": 0,
            "by_themselves": 0,
            "by_others": 0,
            "on_appeal": 1,
            "median": None,
        },
    ]
}


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on an empty SQLite file."""
    async with serving(tmp_path) as running:
        yield running


async def decide(service: Service, comment: Any, decision: str, **headers: str) -> None:
    answer = await service.ask(
        "POST", f"/v1/comments/{comment['id']}/decisions", {"decision": decision}, headers=headers
    )
    assert answer.status == 201, answer.text


async def test_the_last_thirty_days_are_told_where_nothing_else_is_asked(service: Service) -> None:
    held = await service.submit()
    await service.submit("Fine.")
    await decide(service, held, "reject")
    stats = (await service.ask("GET", "/v1/stats", scope=Scope.MODERATE)).json
    today = datetime.now(UTC).date()
    assert (stats["from"], stats["to"]) == (str(today - timedelta(days=29)), str(today))
    assert len(stats["series"]) == 30
    last = stats["series"][-1]
    assert last["arrived"] == {"approve": 1, "hold": 1, "reject": 0}
    assert last["decided"] == {"approve": 0, "hold": 0, "reject": 1}
    insult = next(one for one in stats["scores"] if one["attribute"] == "insult")
    assert (insult["hold"], insult["reject"], insult["buckets"][0], insult["buckets"][16]) == (0.6, None, 1, 1)
    assert stats["reasons"] == [{"reason": "detected_insult", "comments": 1}]
    assert stats["waits"]["decisions"] == 1


async def test_levels_are_those_of_the_policy_in_force(service: Service) -> None:
    policy = {"attributes": {"insult": {"hold": 0.3, "reject": 0.9}, "spam": None}}
    await service.ask("PUT", "/v1/policy", {"policy": policy})
    scores = {one["attribute"]: one for one in (await service.ask("GET", "/v1/stats")).json["scores"]}
    assert (scores["insult"]["hold"], scores["insult"]["reject"]) == (0.3, 0.9)
    assert (scores["spam"]["hold"], scores["spam"]["reject"]) == (None, None)


async def test_a_moderator_sees_their_own_load_and_an_admin_everybodys(service: Service) -> None:
    """Keys are named "a moderate" and "a admin" here."""
    await decide(service, await service.submit(), "reject")
    answer = await service.ask(
        "POST",
        f"/v1/comments/{(await service.submit('Idiot too.'))['id']}/decisions",
        {"decision": "approve"},
        scope=Scope.MODERATE,
    )
    assert answer.status == 201

    async def seen(scope: Scope) -> set[str]:
        stats = (await service.ask("GET", "/v1/stats", scope=scope)).json
        table = (await service.ask("GET", "/v1/stats.csv?of=moderators", scope=scope)).text
        names = {row["moderator"] for row in csv.DictReader(io.StringIO(table, newline=""))}
        assert names == {load["moderator"] for load in stats["moderators"]}
        return names

    assert await seen(Scope.MODERATE) == {"a moderate"}
    assert await seen(Scope.ADMIN) == {"a moderate", "a admin"}
    assert (await service.ask("GET", "/v1/stats", scope=Scope.SUBMIT)).status == 403


async def test_nothing_of_another_site_is_counted(service: Service) -> None:
    await decide(service, await service.submit(), "reject")
    other = (await service.ask("GET", "/v1/stats", site="other")).json
    assert all(sum(step["arrived"].values()) == sum(step["decided"].values()) == 0 for step in other["series"])
    assert other["reasons"] == other["moderators"] == []
    assert sum(sum(one["buckets"]) for one in other["scores"]) == 0


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("from=2026-11-24&to=2026-11-23", "from", "must not be after to (2026-11-23)"),
        ("from=2025-01-01&to=2026-11-23", "from", "at most 366 days by the day: 2025-11-23 or later"),
        ("from=2026-01-01&to=2026-11-23&unit=hour", "from", "at most 31 days by the hour: 2026-10-24 or later"),
        ("from=yesterday", "from", "like 2026-11-23"),
        ("to=1795000000", "to", "like 2026-11-23"),
        ("unit=week", "unit", "must be one of"),
        ("since=2026-11-23", "since", ""),
    ],
)
async def test_a_period_that_cannot_be_told_is_refused_by_name(
    service: Service, query: str, field: str, words: str
) -> None:
    for address in ("/v1/stats", "/v1/stats.csv"):
        answer = await service.ask("GET", f"{address}?{query}")
        assert answer.status == 422
        (error,) = answer.json["errors"]
        assert error["field"] == field
        assert words in error["message"]


async def test_every_table_comes_as_csv_that_is_never_kept(service: Service) -> None:
    await decide(service, await service.submit(), "reject")
    for table in Table:
        answer = await service.ask("GET", f"/v1/stats.csv?of={table}&from=2026-11-01&to=2026-11-02")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        assert f'"parley-{table}-2026-11-01-2026-11-02.csv"' in answer.headers["Content-Disposition"]
        header, *rows = csv.reader(io.StringIO(answer.text, newline=""))
        assert all(len(row) == len(header) for row in rows)


def test_csv_is_as_rfc_4180_says_and_holds_no_formula() -> None:
    assert write_table(STATS, Table.MODERATORS).encode() == GOLDEN.read_bytes()


async def test_a_key_with_the_name_of_a_formula_stays_a_text(service: Service) -> None:
    token = Token.fresh()
    await service.parts.database.write(
        keys.create, "demo", token.key_id, EVIL, Scope.MODERATE, token.hash, datetime.now(UTC)
    )
    authorization = {"Authorization": f"Bearer {token.text}"}
    comment = await service.submit()
    address = f"/v1/comments/{comment['id']}/decisions"
    answer = await service.ask("POST", address, {"decision": "reject"}, scope=None, headers=authorization)
    assert answer.status == 201
    table = await service.ask("GET", "/v1/stats.csv?of=moderators", scope=None, headers=authorization)
    assert f"'{EVIL}" in [row[0] for row in csv.reader(io.StringIO(table.text, newline=""))]
