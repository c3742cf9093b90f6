"""Bad input always gets a clear refusal that names what is wrong, as an RFC 9457 problem; nothing ends in a 500."""

import asyncio
import gzip
import importlib
import inspect
import json
import pkgutil
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

import bot
from bot.store.keys import Scope
from bot.web.guards.bodies import LARGEST_BODY, LARGEST_COMMENT, parse_body
from bot.web.guards.parts import OPENING
from bot.web.guards.problems import EXCEPTIONS, KINDS, Refusal
from bot.web.wire.answered import ProblemAnswered
from bot.web.wire.asked import CommentAsked, PolicyAsked, ScoreAsked
from tests.running import Answer, Service, serving
from tests.servers import Postgres
from tests.waiting import eventually


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on an empty SQLite file, with little patience for slow bodies."""
    async with serving(tmp_path, body_seconds=0.2) as running:
        yield running


def check(answer: Answer, status: int, code: str) -> None:
    """The answer is this problem, in the one shape that all problems have."""
    assert answer.status == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = ProblemAnswered.model_validate(answer.json)
    assert (problem.status, problem.type) == (status, f"/reference#problem-{code}")
    assert problem.request_id == answer.headers["X-Request-Id"]
    assert problem.detail


def fields(answer: Answer) -> dict[str, str]:
    """What is wrong with which field."""
    return {error["field"]: error["message"] for error in answer.json["errors"]}


COMMENT = {"thread": "article-1", "author": "ada", "text": "Fine."}


async def test_every_wrong_field_is_named_at_once(service: Service) -> None:
    """One answer tells all there is to correct."""
    asked = {
        "thread": "",
        "author": {"id": "", "nick": "x"},
        "text": " ",
        "parent": "l",
        "permalink": "ftp://x",
        "x": 1,
    }
    answer = await service.ask("POST", "/v1/comments", asked)
    check(answer, 422, "invalid")
    assert fields(answer) == {
        "thread": "must have at least 1 character(s)",
        "author.id": "must have at least 1 character(s)",
        "author.nick": "is not known here; leave it out",
        "text": "must not be blank",
        "parent": "must have at least 13 character(s)",
        "permalink": "must begin with http:// or https:// and hold no spaces",
        "x": "is not known here; leave it out",
    }


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({}, {"thread", "author", "text"}),
        (COMMENT | {"text": "a\0b"}, {"text"}),
        (COMMENT | {"text": "x" * 20_481}, {"text"}),
        (COMMENT | {"author": "two\nlines"}, {"author.id", "author.name"}),
        (COMMENT | {"author": 7}, {"author"}),
        (COMMENT | {"parent": "0" * 12 + "l"}, {"parent"}),
        (COMMENT | {"parent": "8" + "0" * 12}, {"parent"}),
        (COMMENT | {"parent": "0" * 13}, {"parent"}),
        ([COMMENT], {"body"}),
    ],
)
async def test_a_comment_that_cannot_be_taken_says_why(service: Service, asked: object, wrong: set[str]) -> None:
    """422 with the wrong fields, and nothing stored."""
    answer = await service.ask("POST", "/v1/comments", asked)
    check(answer, 422, "invalid")
    assert set(fields(answer)) == wrong


@pytest.mark.parametrize(
    "asked",
    [{}, {"text": "a", "texts": ["a"]}, {"texts": []}, {"texts": ["a"] * 101}, {"texts": ["a", None]}, {"text": 1}],
)
async def test_scoring_takes_either_one_text_or_up_to_a_hundred(service: Service, asked: object) -> None:
    """Neither, both, none, too many, or no strings: 422."""
    check(await service.ask("POST", "/v1/score", asked), 422, "invalid")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=5&limit=6",
        "status=gone",
        "reason=because",
        "min_score=0.5",
        "min_score=2&attribute=insult",
        "min_score=nan&attribute=insult",
        "since=1700000000",
        "since=2026-11-23",
        "since=2026-13-23T00:00:00Z",
        "since=9999-12-31T23:59:59",
        "sort=luck",
        "cursor=abc",
        "author=%00",
        "nonsense=1",
    ],
)
async def test_a_wrong_query_parameter_is_named(service: Service, query: str) -> None:
    """422; nothing is guessed at and nothing ignored."""
    answer = await service.ask("GET", f"/v1/queue?{query}")
    check(answer, 422, "invalid")
    assert set(fields(answer)) == {query.partition("=")[0]}


@pytest.mark.parametrize("query", ["since=9999-12-31T23:59:59-12:00", "until=0001-01-01T00:00:00%2B12:00"])
async def test_a_time_at_the_end_of_the_calendar_finds_nothing(service: Service, query: str) -> None:
    """In UTC it would leave the calendar."""
    await service.submit("You idiot.")
    answer = await service.ask("GET", f"/v1/queue?{query}")
    assert (answer.status, answer.json["items"]) == (200, [])


async def test_a_cursor_is_only_good_for_its_own_question(service: Service) -> None:
    """Another filter with an old cursor would skip comments."""
    for number in range(3):
        await service.submit(f"You idiot {number}.")
    cursor = (await service.ask("GET", "/v1/queue?limit=1")).json["next"]
    answer = await service.ask("GET", f"/v1/queue?limit=1&sort=severity&cursor={cursor}")
    check(answer, 422, "invalid")
    assert set(fields(answer)) == {"cursor"}
    check(await service.ask("GET", f"/v1/threads/a/comments?cursor={cursor}"), 422, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"text": "\\ud800"}',
        b'{"text": "\xff"}',
        b'{"text": "a"} x',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
    ],
)
async def test_what_is_no_json_is_refused(service: Service, body: bytes) -> None:
    """400 with the place; neither deep nesting nor broken UTF-8 gets further."""
    check(await service.ask("POST", "/v1/score", body=body), 400, "unreadable")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"text": "a", "text": "b"}', "text"),
        (b'{"thread": "a", "text": "b", "author": {"id": "c", "id" : "d"}}', "id"),
    ],
)
async def test_a_name_given_twice_is_refused(service: Service, body: bytes, name: str) -> None:
    """A parser would silently drop one of them, and two parsers not the same one."""
    address = "/v1/score" if b"thread" not in body else "/v1/comments"
    answer = await service.ask("POST", address, body=body)
    check(answer, 422, "invalid")
    assert fields(answer) == {name: "is given more than once"}


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", ""]
)
async def test_only_json_is_taken(service: Service, content_type: str) -> None:
    """415."""
    answer = await service.ask("POST", "/v1/score", body=b'{"text": "a"}', headers={"Content-Type": content_type})
    check(answer, 415, "media_type")


@pytest.mark.parametrize("content_type", ["application/json;charset=UTF-8", "Application/JSON"])
async def test_json_may_be_announced_in_any_spelling(service: Service, content_type: str) -> None:
    """Parameters and case do not matter."""
    answer = await service.ask("POST", "/v1/score", body=b'{"text": "a"}', headers={"Content-Type": content_type})
    assert answer.status == 200


async def test_bodies_have_a_largest_size(service: Service) -> None:
    """413, announced or not, and also where only the unpacked body is too large."""
    too_long = b'{"text": "' + b"a" * LARGEST_COMMENT + b'"}'
    check(await service.ask("POST", "/v1/comments", body=too_long), 413, "too_large")
    check(await service.ask("POST", "/v1/score", body=BytesIO(b" " * (LARGEST_BODY + 1))), 413, "too_large")
    bomb = gzip.compress(b" " * (50 * LARGEST_BODY))
    check(await service.ask("POST", "/v1/score", body=bomb, headers={"Content-Encoding": "gzip"}), 413, "too_large")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_cannot_be_unpacked_is_refused(service: Service, encoding: str) -> None:
    """400; the connection is closed, for nobody knows where the next request begins."""
    answer = await service.ask("POST", "/v1/score", body=b"\xff\xffrubbish", headers={"Content-Encoding": encoding})
    check(answer, 400, "unreadable")
    assert answer.headers["Connection"] == "close"


async def test_a_client_that_leaves_in_the_middle_disturbs_nobody(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    """No fault is logged, and the next request is served."""
    _, writer = await asyncio.open_connection("127.0.0.1", service.server.port)
    head = f"POST /v1/score HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {await service.token()}\r\n"
    writer.write((head + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{").encode())
    await eventually(lambda: service.app[OPENING].under_way, 1)
    writer.close()
    await eventually(lambda: service.app[OPENING].under_way, 0)
    assert (await service.ask("POST", "/v1/score", {"text": "a"})).status == 200
    assert "error" not in capsys.readouterr().err


async def test_the_longest_comment_fits_however_it_is_written(service: Service) -> None:
    """20,480 characters, each escaped as a surrogate pair."""
    text = "\N{GRINNING FACE}" * 20_480
    assert len(json.dumps(COMMENT | {"text": text})) < LARGEST_COMMENT
    assert (await service.submit(text))["text"] == text


async def test_a_slow_body_is_cut_off(service: Service) -> None:
    """408 and a closed connection, so that nobody holds connections open for nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.server.port)
    head = f"POST /v1/score HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {await service.token()}\r\n"
    writer.write((head + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{").encode())
    answered = await reader.readuntil(b"}")
    assert answered.startswith(b"HTTP/1.1 408 ")
    assert b"Connection: close" in answered
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer parley_wrong", "Basic YTpi", "Bearer \xff", "Bearer parley_" + "x" * 5000],
)
async def test_without_a_known_key_nothing_is_told(service: Service, authorization: str | None) -> None:
    """401 with the way in."""
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = await service.ask("GET", "/v1/queue", scope=None, headers=headers)
    check(answer, 401, "unidentified")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_each_scope_includes_those_before_it_and_no_more(service: Service) -> None:
    """403 for what takes a wider one."""
    asked: dict[Scope, tuple[str, str, object]] = {
        Scope.SCORE: ("POST", "/v1/score", {"text": "a"}),
        Scope.SUBMIT: ("POST", "/v1/comments", COMMENT),
        Scope.MODERATE: ("GET", "/v1/queue", None),
        Scope.ADMIN: ("PUT", "/v1/policy", {"policy": {}}),
    }
    for held in Scope:
        for needed, (method, address, body) in asked.items():
            answer = await service.ask(method, address, body, scope=held)
            if held.includes(needed):
                assert answer.status in (200, 201)
            else:
                check(answer, 403, "forbidden")


async def test_addresses_and_methods_that_do_not_exist_are_problems_too(service: Service) -> None:
    """404; 405 with the methods that would do."""
    check(await service.ask("GET", "/v2/queue"), 404, "not_found")
    check(await service.ask("GET", "/v1/comments/0000000000000"), 404, "not_found")
    check(await service.ask("GET", "/v1/comments/0000000000000/decisions"), 404, "not_found")
    check(await service.ask("POST", "/v1/comments/0000000000000/decisions", {"decision": "approve"}), 404, "not_found")
    wrong_method = await service.ask("DELETE", "/v1/policy")
    check(wrong_method, 405, "method")
    assert wrong_method.headers["Allow"] == "GET, PUT"
    check(await service.ask("PUT", "/v1/comments/0000000000000"), 405, "method")


async def test_a_status_that_allows_no_such_decision_says_so(service: Service) -> None:
    """409."""
    comment = await service.submit()
    again = {"decision": "hold", "expected_status": "held"}
    check(await service.ask("POST", f"/v1/comments/{comment['id']}/decisions", again), 409, "no_such_transition")


async def test_an_idempotency_key_stands_for_one_request(service: Service) -> None:
    """Another request with it: 409; one that cannot be a key: 422."""
    key = {"Idempotency-Key": "k"}
    await service.ask("POST", "/v1/comments", COMMENT, headers=key)
    check(
        await service.ask("POST", "/v1/comments", COMMENT | {"text": "Other."}, headers=key),
        409,
        "idempotency_mismatch",
    )
    for wrong in ("", "two words", "k" * 256, "é"):
        answer = await service.ask("POST", "/v1/comments", COMMENT, headers={"Idempotency-Key": wrong})
        check(answer, 422, "invalid")
        assert set(fields(answer)) == {"Idempotency-Key"}


async def test_a_policy_that_was_changed_in_between_is_not_overwritten(service: Service) -> None:
    """409 where the version is no longer the one that was read."""
    version = (await service.ask("GET", "/v1/policy")).json["version"]
    first = await service.ask("PUT", "/v1/policy", {"policy": {}, "after": version})
    assert first.status == 200
    check(await service.ask("PUT", "/v1/policy", {"policy": {}, "after": version}), 409, "policy_changed")


async def test_a_wrong_policy_names_its_wrong_fields(service: Service) -> None:
    """With the path to each."""
    policy = {"attributes": {"insult": {"hold": 0.9, "reject": 0.1}, "wit": None}, "words": {"banned": ["\0"]}}
    answer = await service.ask("PUT", "/v1/policy", {"policy": policy})
    check(answer, 422, "invalid")
    assert set(fields(answer)) == {"policy.attributes.insult", "policy.attributes.wit", "policy.words.banned[0]"}


async def test_too_many_requests_are_told_how_long_to_wait(tmp_path: Path) -> None:
    """429 with Retry-After, each key by itself."""
    async with serving(tmp_path, rate_limit=2) as service:
        answers = [await service.ask("GET", "/v1/policy") for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        check(answers[-1], 429, "too_many_requests")
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert (await service.ask("GET", "/v1/policy", site="other")).status == 200


async def test_a_store_that_is_away_takes_nothing(tmp_path: Path, postgres_server: Postgres) -> None:
    """503 with Retry-After; nothing was accepted."""
    async with serving(tmp_path, database_url=postgres_server.create_database()) as service:
        await service.token()
        postgres_server.kill()
        answer = await service.ask("POST", "/v1/comments", COMMENT)
        check(answer, 503, "unavailable")
        assert int(answer.headers["Retry-After"]) >= 1


async def test_a_request_id_is_taken_over_where_it_is_fit_for_a_log(service: Service) -> None:
    """Otherwise there is a new one; either stands in the answer."""
    for given_id, taken in (("trace-1/a", True), ("x" * 129, False), ('a"b', False)):
        answer = await service.ask("GET", "/livez", headers={"X-Request-Id": given_id})
        assert (answer.headers["X-Request-Id"] == given_id) is taken


# Public exceptions below bot.web that no request can meet, and why.
UNREACHABLE = {
    "bot.sweeping.ShiftLost": "ends a sweep that nobody asked for",
    "bot.numbers.BadPeriod": "the routes of the numbers refuse it by the field that it names",
    "bot.identity.BadKey": "keys are taken on the command line",
    "bot.apprising.BadReach": "addresses of people are given on the command line",
    "bot.review.ReviewError": "only its subclasses are raised",
    "bot.store.sites.SiteExists": "sites are added on the command line",
    "bot.store.sites.BadSiteName": "sites are added on the command line",
    "bot.store.migrations.SchemaTooNew": "ends the start",
    "bot.cache.link.CacheSettingsError": "ends the start",
    "bot.dialogue.patterns.PatternRefused": "an FAQ with such a pattern is refused as a wrong field",
    "bot.intents.NoSets": "public sets of questions are measured on the command line",
    "bot.cache.conversations.TurnLost": "the chat tries again",
    "bot.cache.link.RedisAway": "every method of the cache has its answer for it",
    "bot.settings.SettingsError": "ends the start",
    "bot.records.RecordsBusy": "records are kept by commands",
    "bot.replay.ReplayStopped": "comments are replayed on the command line",
    "bot.posting.AddressForbidden": "becomes the field error of a URL",
    "bot.fence.BadAddress": "pydantic and bot.posting catch it",
    "bot.signature.BadSecret": "pydantic catches it",
    "bot.upstream.KeyRefused": "Perspective is asked on the command line",
    "bot.upstream.UpstreamAway": "a replay tries again, or stops",
}


def _exceptions_below_web() -> Iterator[type[Exception]]:
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if module.name.startswith(("bot.web", "bot.command", "bot.bench", "bot.shadow", "bot.workers", "bot.__main__")):
            continue
        if module.name == "bot.app" or module.name.startswith("bot.store.migrations."):
            continue
        for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if (
                issubclass(found, Exception)
                and found.__module__.startswith("bot.")
                and not found.__name__.startswith("_")
            ):
                yield found


def test_every_exception_below_the_web_has_its_problem() -> None:
    """A new one is either in the table or on the list above, with a reason."""
    named = {f"{found.__module__}.{found.__qualname__}": found for found in _exceptions_below_web()}
    mapped = {name for name, found in named.items() if found in EXCEPTIONS}
    assert set(named) - mapped == set(UNREACHABLE)


def test_every_problem_has_its_own_code() -> None:
    """Codes are what other systems rely on."""
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["text", "texts", "thread", "author", "id", "policy", "\ud800", "x"]), inner
            )
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_bytes_are_either_understood_or_refused(body: bytes) -> None:
    """Reading a body raises nothing but a refusal, whose words can be sent."""
    for model in (ScoreAsked, CommentAsked, PolicyAsked):
        refusal = _refusal(body, model)
        if refusal is not None:
            assert refusal.kind.status in (400, 422)
            assert json.dumps([refusal.detail, *(error.message for error in refusal.errors)]).isascii()


def _refusal(body: bytes, model: type[BaseModel]) -> Refusal | None:
    try:
        parse_body(body, model)
    except Refusal as refusal:
        return refusal
    return None
