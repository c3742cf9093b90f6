"""Moderators sign in by a link that works once or by a password; sessions end at once; nothing else gets in."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.moderator import LINK_KEPT, SESSION_IDLE, SESSION_LONGEST, Moderator, Role, Session, SignInEvent
from bot.signing import SEEN_EVERY, Signing, SignInRefused, give_link
from bot.store import moderators, schema, sessions
from bot.store.database import Database
from bot.token import Token, token_hash
from bot.web.desk import TRIES_OF_A_NAME, TRIES_OF_AN_ADDRESS
from bot.web.guards.signed_in import COOKIE
from tests.browser import invite
from tests.builders import NOON
from tests.running import Answer, Service, serving

PASSWORD = "a long walk by the harbour"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running


async def link_to(database: Database, name: str = "Mia", site: str = "demo", role: Role = Role.MODERATOR) -> str:
    """The secret of a link that was made at noon."""
    token = Token.fresh()
    await database.write(give_link, site, name, role, token.hash, NOON)
    return token.text


async def events(database: Database, name: str = "Mia") -> list[SignInEvent]:
    """The trail of sign-ins, oldest first."""
    return [line.event for line in reversed(await database.read(sessions.trail, name, 50))]


# --- Links, sessions, passwords, on both databases.


async def test_a_link_signs_in_once_with_the_roles_as_they_are_now(database: Database) -> None:
    signing = Signing(database, lambda: NOON)
    link = await link_to(database)
    await link_to(database, "Mia", "other", Role.ADMIN)
    with pytest.raises(SignInRefused, match="Ask for a new one"):
        await signing.by_link(link, "192.0.2.1")
    link = await link_to(database)
    token = await signing.by_link(link, "192.0.2.1")
    session = await signing.session(token)
    assert session is not None
    assert session.moderator == Moderator("Mia", {"demo": Role.MODERATOR, "other": Role.ADMIN}, has_password=False)
    with pytest.raises(SignInRefused):
        await signing.by_link(link, "192.0.2.1")
    assert (await events(database))[-2:] == [SignInEvent.LINK_MADE, SignInEvent.LINK_USED]


async def test_a_link_is_worthless_after_a_day(database: Database) -> None:
    link = await link_to(database)
    with pytest.raises(SignInRefused, match="older than a day"):
        await Signing(database, lambda: NOON + LINK_KEPT).by_link(link, "192.0.2.1")


async def test_a_password_signs_in_and_a_new_one_signs_every_other_browser_out(database: Database) -> None:
    signing = Signing(database, lambda: NOON)
    first = await signing.by_link(await link_to(database), "192.0.2.1")
    second = await signing.by_link(await link_to(database), "192.0.2.1")
    session = await signing.session(first)
    assert session is not None
    await signing.set_password(session, PASSWORD, "192.0.2.1")
    assert await signing.session(second) is None
    again = await signing.session(first)
    assert again is not None and again.moderator.has_password
    assert await signing.session(await signing.by_password("Mia", PASSWORD, "192.0.2.2")) is not None
    assert (await events(database))[-2:] == [SignInEvent.PASSWORD_SET, SignInEvent.PASSWORD_USED]


@pytest.mark.parametrize("name", ["Mia", "Nobody", "mia"])
async def test_a_wrong_password_is_refused_in_the_same_words_whoever_is_meant(database: Database, name: str) -> None:
    signing = Signing(database, lambda: NOON)
    session = await signing.session(await signing.by_link(await link_to(database), "192.0.2.1"))
    assert session is not None
    await signing.set_password(session, PASSWORD, "192.0.2.1")
    with pytest.raises(SignInRefused, match="Name and password do not fit together"):
        await signing.by_password(name, PASSWORD + "!", "192.0.2.1")
    assert (SignInEvent.PASSWORD_WRONG in await events(database)) is (name == "Mia")


async def test_what_the_database_holds_signs_nobody_in(database: Database) -> None:
    signing = Signing(database, lambda: NOON)
    token = await signing.by_link(await link_to(database), "192.0.2.1")
    session = await signing.session(token)
    assert session is not None
    await signing.set_password(session, PASSWORD, "192.0.2.1")
    kept = await database.read(moderators.password_hash, "Mia")
    assert kept is not None and kept.startswith("$argon2id$") and PASSWORD not in kept
    hashes = await database.read(lambda conn: list(conn.scalars(select(schema.sessions.c.token_hash))))
    assert hashes == [token_hash(token)]


@pytest.mark.parametrize(
    ("created", "seen", "good"),
    [
        (timedelta(0), timedelta(0), True),
        (SESSION_IDLE, SESSION_IDLE - timedelta(seconds=1), True),
        (SESSION_IDLE, SESSION_IDLE, False),
        (SESSION_LONGEST, timedelta(0), False),
    ],
)
def test_a_session_is_over_when_it_is_old_or_was_not_used(created: timedelta, seen: timedelta, *, good: bool) -> None:
    session = Session(b"", Moderator("Mia", {}, has_password=False), NOON - created, NOON - seen)
    assert session.is_good(NOON) is good


async def test_a_session_that_is_used_goes_on_and_one_that_is_not_is_over(database: Database) -> None:
    now = NOON
    signing = Signing(database, lambda: now)
    token = await signing.by_link(await link_to(database), "192.0.2.1")
    now += SESSION_IDLE - SEEN_EVERY
    assert await signing.session(token) is not None
    now += SESSION_IDLE - SEEN_EVERY
    assert await signing.session(token) is not None
    now += SESSION_IDLE
    assert await signing.session(token) is None


async def test_who_is_removed_from_the_last_site_is_signed_out_and_leaves_the_trail(database: Database) -> None:
    signing = Signing(database, lambda: NOON)
    await link_to(database, site="other")
    token = await signing.by_link(await link_to(database), "192.0.2.1")
    assert await database.write(moderators.remove, "demo", "Mia")
    session = await signing.session(token)
    assert session is not None and session.moderator.roles == {"other": Role.MODERATOR}
    assert await database.write(moderators.remove, "other", "Mia")
    assert await signing.session(token) is None
    assert not await database.write(moderators.remove, "other", "Mia")
    assert SignInEvent.LINK_USED in await events(database)


async def test_a_site_lists_its_own_moderators_only(database: Database) -> None:
    signing = Signing(database, lambda: NOON)
    await signing.by_link(await link_to(database), "192.0.2.1")
    await link_to(database, "Ben", "other")
    (mia,) = await database.read(moderators.of, "demo")
    assert mia == moderators.ModeratorRecord("Mia", Role.MODERATOR, has_password=False, sessions=1, seen_at=NOON)


# --- Over HTTP: the cookie, and what it opens.


async def signed_in(service: Service, site: str = "demo", role: Role = Role.MODERATOR) -> dict[str, str]:
    """The headers of a browser in which Mia is signed in, asking for the site."""
    link = (await invite(service, "Mia", site, role)).partition("=")[2]
    answer = await service.ask("POST", "/desk/session", {"link": link}, scope=None)
    assert answer.status == 201, answer.text
    return {"Cookie": answer.headers["Set-Cookie"].partition(";")[0], "Parley-Site": site}


async def ask(service: Service, method: str, address: str, headers: dict[str, str], json: object = None) -> Answer:
    """Without a key."""
    return await service.ask(method, address, json, scope=None, headers=headers)


async def test_the_cookie_is_kept_from_scripts_and_from_other_sites(service: Service, tmp_path: Path) -> None:
    link = (await invite(service)).partition("=")[2]
    cookie = (await service.ask("POST", "/desk/session", {"link": link}, scope=None)).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    async with serving(tmp_path / "tls", public_url="https://comments.example.org") as public:
        link = (await invite(public)).partition("=")[2]
        cookie = (await public.ask("POST", "/desk/session", {"link": link}, scope=None)).headers["Set-Cookie"]
        assert "Secure" in cookie.split("; ")


async def test_a_moderator_asks_the_api_as_a_key_of_the_site_does_and_decides_by_name(service: Service) -> None:
    headers = await signed_in(service)
    held = await service.submit()
    assert (await ask(service, "GET", "/v1/queue", headers)).json["totals"]["all"] == 1
    decided = await ask(service, "POST", f"/v1/comments/{held['id']}/decisions", headers, {"decision": "approve"})
    assert decided.json["decision"]["moderator"] == "Mia"


@pytest.mark.parametrize(("role", "status"), [(Role.MODERATOR, 403), (Role.ADMIN, 200)])
async def test_only_an_admin_changes_the_policy(service: Service, role: Role, status: int) -> None:
    headers = await signed_in(service, role=role)
    assert (await ask(service, "PUT", "/v1/policy", headers, {"policy": {}})).status == status


async def test_a_role_on_one_site_opens_no_other(service: Service) -> None:
    headers = await signed_in(service)
    assert (await ask(service, "GET", "/v1/queue", headers | {"Parley-Site": "other"})).status == 403
    assert (await ask(service, "GET", "/v1/queue", headers | {"Parley-Site": "nowhere"})).status == 403
    del headers["Parley-Site"]
    missing = await ask(service, "GET", "/v1/queue", headers)
    assert (missing.status, missing.json["errors"][0]["field"]) == (422, "Parley-Site")


@pytest.mark.parametrize(
    "from_elsewhere",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example.org"},
        {"Origin": "null"},
    ],
)
async def test_a_page_from_elsewhere_can_do_nothing_with_the_cookie(
    service: Service, from_elsewhere: dict[str, str]
) -> None:
    headers = await signed_in(service) | from_elsewhere
    held = await service.submit()
    decisions = f"/v1/comments/{held['id']}/decisions"
    assert (await ask(service, "POST", decisions, headers, {"decision": "approve"})).status == 403
    assert (await ask(service, "GET", "/v1/queue", headers)).status == 403
    for method, address, body in (
        ("GET", "/desk/session", None),
        ("DELETE", "/desk/session", {}),
        ("PUT", "/desk/password", {"password": PASSWORD}),
        ("POST", "/desk/session", {"link": "x"}),
    ):
        assert (await ask(service, method, address, headers, body)).status == 403, address


async def test_signing_out_ends_the_session_here_or_everywhere_at_once(service: Service) -> None:
    here, there = await signed_in(service), await signed_in(service)
    assert (await ask(service, "DELETE", "/desk/session", here, {})).status == 200
    assert (await ask(service, "GET", "/desk/session", here)).status == 401
    assert (await ask(service, "GET", "/v1/queue", here)).status == 401
    third = await signed_in(service)
    assert (await ask(service, "DELETE", "/desk/session", third, {"everywhere": True})).status == 200
    assert (await ask(service, "GET", "/v1/queue", there)).status == 401


async def test_who_is_signed_in_sees_their_sites_and_their_trail(service: Service) -> None:
    headers = await signed_in(service)
    session = (await ask(service, "GET", "/desk/session", headers)).json
    assert (session["name"], session["sites"], session["has_password"]) == ("Mia", {"demo": "moderator"}, False)
    assert [(line["event"], line["address"]) for line in session["sign_ins"]] == [
        ("link_used", "127.0.0.1"),
        ("link_made", None),
    ]


async def test_behind_a_proxy_each_moderator_has_an_address_of_their_own(tmp_path: Path) -> None:
    """So that a stranger who tries passwords locks out nobody else, and the trail says where somebody signed in."""
    async with serving(tmp_path, proxies=1) as behind:
        stranger, mia = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
        tries = [
            (await behind.ask("POST", "/desk/session", {"link": "x"}, scope=None, headers=stranger)).status
            for _ in range(TRIES_OF_AN_ADDRESS + 1)
        ]
        assert tries == [403] * TRIES_OF_AN_ADDRESS + [429]
        link = (await invite(behind)).partition("=")[2]
        answer = await behind.ask("POST", "/desk/session", {"link": link}, scope=None, headers=mia)
        assert answer.status == 201
        trail = await behind.parts.database.read(sessions.trail, "Mia", 1)
        assert [line.address for line in trail] == ["192.0.2.2"]


async def test_passwords_cannot_be_tried_without_end(service: Service) -> None:
    asked = {"name": "Mia", "password": "guess"}
    # A slow machine wins back some of the ten on the way.
    answers = [await service.ask("POST", "/desk/session", asked, scope=None) for _ in range(2 * TRIES_OF_A_NAME)]
    refused = next(number for number, answer in enumerate(answers) if answer.status == 429)
    assert refused >= TRIES_OF_A_NAME
    assert {answer.status for answer in answers[:refused]} == {403}
    assert answers[0].json["type"] == "/reference#problem-sign_in_refused"
    assert int(answers[refused].headers["Retry-After"]) >= 1
    assert await signed_in(service)


@pytest.mark.parametrize(
    "asked", [{}, {"name": "Mia"}, {"link": "x", "name": "Mia", "password": "y"}, {"link": ""}, {"user": "Mia"}, []]
)
async def test_what_is_no_sign_in_is_refused(service: Service, asked: object) -> None:
    assert (await service.ask("POST", "/desk/session", asked, scope=None)).status == 422


async def test_a_password_must_be_long(service: Service) -> None:
    headers = await signed_in(service)
    answer = await ask(service, "PUT", "/desk/password", headers, {"password": "short"})
    assert answer.json["errors"] == [{"field": "password", "message": "must have at least 12 character(s)"}]
    assert (await ask(service, "PUT", "/desk/password", headers, {"password": PASSWORD})).status == 200
    by_password = await service.ask("POST", "/desk/session", {"name": "Mia", "password": PASSWORD}, scope=None)
    assert by_password.status == 201


@pytest.mark.parametrize("cookie", ["", "x", "parley_" + "x" * 500, "ä"])
async def test_a_cookie_that_is_no_session_is_nobody(service: Service, cookie: str) -> None:
    headers = {"Cookie": f"{COOKIE}={cookie}", "Parley-Site": "demo"}
    assert (await ask(service, "GET", "/v1/queue", headers)).status == 401


async def test_a_key_counts_whatever_the_cookie_says(service: Service) -> None:
    answer = await service.ask("GET", "/v1/queue", headers={"Cookie": f"{COOKIE}=over"})
    assert answer.status == 200


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("/v1/moderations", {"input": "Hello."}, 401),
        ("/v1alpha1/comments:analyze", {"comment": {"text": "Hello."}, "requestedAttributes": {"TOXICITY": {}}}, 403),
    ],
)
async def test_a_session_opens_nothing_that_answers_in_the_place_of_others(
    service: Service, address: str, body: object, status: int
) -> None:
    headers = await signed_in(service, role=Role.ADMIN)
    assert (await ask(service, "POST", address, headers, body)).status == status
    assert (await service.ask("POST", address, body)).status == 200
