"""Akismet's callers change one host: the same forms, words and headers, to the character."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from akismet import CheckResponse, Config, SyncClient
from akismet import _exceptions as akismet_errors

from bot.store import examples
from bot.store.keys import Scope
from bot.web.compat.akismet import THANKS
from sentiment.scores import Analysis, Attribute
from tests.parley import Parley
from tests.parley import serving as serving_process
from tests.running import Answer, OneInsult, Service, serving

COMMENT = {"blog": "https://blog.example/", "user_ip": "192.0.2.1", "comment_content": "A fair point."}
SPAM = COMMENT | {"comment_content": "Cheap pills!"}


class KnowsPills(OneInsult):
    """Models that know one insult and one advertisement, and no German."""

    def _analyse(self, text: str) -> Analysis:
        if "dummkopf" in text.lower():
            return Analysis({}, None, "de", (), self.version)
        found = super()._analyse(text)
        spam = {Attribute.SPAM: 0.95 if "pills" in text else 0.01}
        return replace(found, scores={**found.scores, **spam}) if found.scores else found


class NoModels(OneInsult):
    """Models that fail on every text."""

    def _analyse(self, text: str) -> Analysis:
        raise MemoryError(len(text))


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on an empty SQLite file."""
    async with serving(tmp_path, load=lambda _: KnowsPills()) as running:
        yield running


async def post(service: Service, path: str, form: dict[str, str], scope: Scope | None = Scope.SUBMIT) -> Answer:
    """Sends a form as Akismet's clients do, with the key in it."""
    key = {} if scope is None else {"api_key": await service.token(scope)}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return await service.ask("POST", path, scope=None, body=urlencode(key | form).encode(), headers=headers)


async def check(service: Service, **fields: str) -> str:
    """What comment-check says of a comment."""
    answer = await post(service, "/1.1/comment-check", COMMENT | fields)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    return answer.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "false"),
        ({"comment_content": "Cheap pills!"}, "true"),
        ({"comment_content": "You idiot."}, "false"),
        ({"comment_content": ""}, "false"),
        ({"comment_content": "Du Dummkopf."}, "false"),
        (
            {"comment_content": "http://a.example http://b.example http://c.example http://d.example http://e.example"},
            "true",
        ),
        ({"comment_author": "www.pills.example"}, "true"),
        ({"comment_author": "viagra-test-123"}, "true"),
        ({"comment_author_email": "akismet-guaranteed-spam@example.com"}, "true"),
        ({"comment_content": "Cheap pills!", "user_role": "administrator"}, "false"),
        ({"honeypot_field_name": "hidden", "hidden": "http://x"}, "true"),
        ({"honeypot_field_name": "hidden", "hidden": ""}, "false"),
    ],
)
async def test_a_comment_is_spam_or_not(service: Service, fields: dict[str, str], said: str) -> None:
    assert await check(service, **fields) == said


async def test_what_policy_rejects_may_be_discarded_unseen(service: Service) -> None:
    policy = {"words": {"banned": ["bertha"]}, "attributes": {"insult": {"hold": 0.5, "reject": 0.7}}}
    assert (await service.ask("PUT", "/v1/policy", {"policy": policy})).status == 200
    for text, said, tip in (
        ("Oh Bertha", "true", "discard"),
        ("You idiot.", "true", "discard"),
        ("Fine.", "false", None),
    ):
        answer = await post(service, "/1.1/comment-check", COMMENT | {"comment_content": text})
        assert (answer.text, answer.headers.get("X-akismet-pro-tip")) == (said, tip)


async def test_a_language_that_was_not_learned_is_said_to_be_one(service: Service) -> None:
    answer = await post(service, "/1.1/comment-check", COMMENT | {"comment_content": "Du Dummkopf."})
    assert "language" in answer.headers["X-akismet-debug-help"]


async def test_models_that_are_away_answer_neither_true_nor_false(tmp_path: Path) -> None:
    async with serving(tmp_path, load=lambda _: NoModels()) as service:
        answer = await post(service, "/1.1/comment-check", COMMENT)
    assert answer.status == 503
    assert answer.text not in ("true", "false")
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize("field", ["api_key", "key"])
async def test_a_key_is_valid_or_invalid(service: Service, field: str) -> None:
    token = await service.token(Scope.SCORE)
    good = await post(service, "/1.1/verify-key", {field: token, "blog": "https://blog.example/"}, None)
    assert (good.status, good.text) == (200, "valid")
    for bad in ("parley_none", "1234567890ab", ""):
        answer = await post(service, "/1.1/verify-key", {field: bad, "blog": "https://blog.example/"}, None)
        assert (answer.status, answer.text) == (200, "invalid")
        assert answer.headers["X-akismet-debug-help"]


@pytest.mark.parametrize("spelt", [str.lower, str.upper, lambda token: token.replace("_", "-")])
async def test_the_key_may_be_the_first_label_of_the_host(service: Service, spelt: object) -> None:
    """Some clients send it nowhere else, and hosts have no capitals."""
    assert callable(spelt)
    host = f"{spelt(await service.token(Scope.SCORE))}.rest.akismet.example:8080"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Host": host}
    form = urlencode(SPAM).encode()
    answer = await service.ask("POST", "/1.1/comment-check", scope=None, body=form, headers=headers)
    assert answer.text == "true"


async def test_submissions_become_labelled_examples_of_the_site(service: Service) -> None:
    for path, form in (
        ("/1.1/submit-spam", SPAM),
        ("/1.1/submit-ham", COMMENT),
        ("/1.1/submit-spam", SPAM | {"is_test": "1"}),
        ("/1.1/submit-spam", SPAM | {"comment_content": " "}),
    ):
        answer = await post(service, path, form)
        assert (answer.status, answer.text) == (200, THANKS)
    kept = [stored.example for stored in await service.parts.database.read(examples.of, "demo", 0, 10)]
    assert [(one.text, one.labels, one.source, one.community) for one in kept] == [
        ("Cheap pills!", {"spam": 1.0}, "akismet", "blog.example"),
        ("A fair point.", {"spam": 0.0}, "akismet", "blog.example"),
    ]


async def test_a_key_that_may_only_score_submits_nothing(service: Service) -> None:
    answer = await post(service, "/1.1/submit-spam", SPAM, Scope.SCORE)
    assert answer.text == "invalid"
    assert "scope" in answer.headers["X-akismet-debug-help"]
    assert await service.parts.database.read(examples.of, "demo", 0, 10) == []


async def test_a_form_without_what_it_needs_is_told_what(service: Service) -> None:
    answer = await post(service, "/1.1/comment-check", {"blog": "https://blog.example/"})
    assert (answer.status, answer.text) == (200, "Missing required field: user_ip.")
    assert answer.headers["X-akismet-debug-help"] == answer.text


async def test_use_is_told_by_month_and_site(service: Service) -> None:
    await check(service)
    await check(service, comment_content="Cheap pills!", is_test="true")
    await check(service, comment_content="Cheap pills!", blog="=https://evil.example")
    await post(service, "/1.1/submit-ham", COMMENT)
    query = f"?api_key={await service.token(Scope.SUBMIT)}"
    used = (await service.ask("GET", f"/1.2/usage-limit{query}", scope=None)).json
    assert used == {"limit": "none", "usage": 3, "percentage": 0, "throttled": False}
    sites = (await service.ask("GET", f"/1.2/key-sites{query}&filter=blog", scope=None)).json
    (month,) = (name for name in sites if name[:2] == "20")
    assert sites[month] == [
        {
            "site": "blog.example",
            "api_calls": "2",
            "spam": "0",
            "ham": "1",
            "missed_spam": "0",
            "false_positives": "1",
            "is_revoked": False,
        }
    ]
    table = await service.ask("GET", f"/1.2/key-sites{query}&format=csv&order=spam&limit=1", scope=None)
    assert table.text.splitlines()[1:] == [
        "Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked",
        '"\'=https://evil.example",1,1,0,0,0,false',
    ]
    nothing = await service.ask("GET", f"/1.2/key-sites{query}&month=2020-01", scope=None)
    assert nothing.json == {"2020-01": [], "limit": 500, "offset": 0, "total": 0}
    wrong = await service.ask("GET", f"/1.2/key-sites{query}&month=May", scope=None)
    assert wrong.text == "month must be a year and a month, as in 2026-11."
    assert (await service.ask("GET", "/1.2/usage-limit?api_key=x", scope=None)).text == "invalid"


async def test_nothing_of_a_checked_comment_is_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    async with serving(tmp_path) as service:
        for field in ("comment_content", "comment_author", "comment_author_email", "user_ip", "user_agent"):
            await check(service, **{field: "Rumpelstiltskin"})
    kept = everything_in(tmp_path)
    assert b"blog.example" in kept
    assert b"Rumpelstiltskin" not in kept
    assert "Rumpelstiltskin" not in "".join(capfd.readouterr())


def everything_in(folder: Path) -> bytes:
    """All bytes that are stored there."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


class Elsewhere(httpx.BaseTransport):
    """Sends what a client means for Akismet to Parley: its host is a constant."""

    def __init__(self, url: str) -> None:
        self._url = httpx.URL(url)
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of Parley."""
        request.url = request.url.copy_with(scheme="http", host=self._url.host, port=self._url.port)
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Lets go of the connection."""
        self._inner.close()


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parley]:
    with serving_process(tmp_path_factory.mktemp("parley") / "parley") as running:
        yield running


def test_a_client_that_others_wrote_calls_parley(parley: Parley) -> None:
    """PyPI's akismet: it compares every word, and gives up after a second. Its key_sites() forgets to send the key."""
    key = parley.command("keys", "create", "demo", "--scope", "submit").strip()
    config = Config(key, "https://blog.example")
    with (
        httpx.Client(transport=Elsewhere(parley.url)) as http,
        SyncClient(config=config, http_client=http) as client,
    ):
        assert client.verify_key(key, config.url)
        spam = client.comment_check(user_ip="192.0.2.1", comment_author="viagra-test-123", comment_content="Hi.")
        ham = client.comment_check(user_ip="192.0.2.1", comment_content="A fair point, thank you.")
        assert (spam, ham) == (CheckResponse.SPAM, CheckResponse.HAM)
        assert client.submit_spam(user_ip="192.0.2.1", comment_content="Cheap pills!")
        assert client.submit_ham(user_ip="192.0.2.1", comment_content="A fair point, thank you.")
        assert client.usage_limit()["usage"] == 4
        assert not client.verify_key("wrong", config.url)
        with pytest.raises(akismet_errors.AkismetError):
            client.comment_check(user_ip="", comment_content="Hm.")
    assert [json.loads(line)["labels"] for line in parley.command("examples", "demo").splitlines()] == [
        {"spam": 1.0},
        {"spam": 0.0},
    ]
