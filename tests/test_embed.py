"""What readers ask from a site's pages: who may ask from where, as whom, and what each of them sees."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from yarl import URL

from bot.command import parley
from bot.identity import Algorithm, SiteKey
from bot.store import sealing
from bot.web import routing
from bot.web.embed.posting import FREE_OF_AN_AUTHOR
from bot.widget import thread_topic
from tests.readers import PAGE, SECRET, THREAD, Reader, guest, jwt, prove
from tests.running import Service, serving
from tests.waiting import eventually


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on an empty SQLite file."""
    async with serving(tmp_path) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
async def on_both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Parley once on each kind of database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url) as running:
        yield running


async def set_policy(service: Service, site: str = "demo", **policy: object) -> None:
    answer = await service.ask("PUT", "/v1/policy", {"policy": policy}, site=site)
    assert answer.status in (200, 201), answer.text


async def decide(service: Service, comment: str, decision: str, expected: str = "held", **fields: object) -> None:
    asked = {"decision": decision, "expected_status": expected} | fields
    answer = await service.ask("POST", f"/v1/comments/{comment}/decisions", asked)
    assert answer.status == 201, answer.text


# From where.


async def test_a_page_that_the_site_names_may_ask_and_read_the_answer(service: Service) -> None:
    await set_policy(service, widget={"origins": [PAGE]})
    reader = Reader(service, origin=PAGE)
    answer = await reader.ask("GET", f"/threads/{THREAD}/comments")
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Vary"] == "Origin"
    before = await reader.ask("OPTIONS", f"/threads/{THREAD}/comments")
    assert (before.status, before.headers["Access-Control-Allow-Origin"]) == (204, PAGE)
    assert "Authorization" in before.headers["Access-Control-Allow-Headers"]


async def test_a_refusal_can_be_read_by_the_page_as_well(service: Service) -> None:
    await set_policy(service, widget={"origins": [PAGE]})
    answer = await Reader(service, origin=PAGE).ask("POST", f"/threads/{THREAD}/comments", {"text": "Hello."})
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (401, PAGE)


@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "https://gazette.example.org.evil.example"),
        *("http://gazette.example.org", "null", "http://["),
    ],
)
async def test_any_other_page_is_refused_whatever_it_asks(service: Service, origin: str) -> None:
    """Also one on the right host without https, and a page without an origin of its own."""
    await set_policy(service, widget={"origins": [PAGE]})
    await service.submit("Fine.")
    for route in routing.EMBEDDED:
        path = route.address.removeprefix("/embed/{site}").replace("{thread}", THREAD).replace("{id}", "0" * 13)
        answer = await Reader(service, origin=origin).ask(route.method, path, {} if route.body else None)
        assert answer.status == 403, path
        assert answer.json["type"].endswith("#problem-foreign_origin")
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert (await Reader(service, origin=origin).ask("OPTIONS", "/session")).status == 403


async def test_what_changes_something_says_where_it_comes_from(service: Service) -> None:
    answer = await service.ask("POST", "/embed/demo/session", {"name": "Ada"}, scope=None)
    assert answer.status == 403


@pytest.mark.parametrize("site", ["nowhere", "de%00mo"])
async def test_a_site_that_is_not_there_is_not_found(on_both: Service, site: str) -> None:
    url = URL(on_both.url(f"/embed/{site}/threads/{THREAD}/comments"), encoded=True)
    async with on_both._session.get(url) as answer:
        assert answer.status == 404


async def test_readers_are_counted_by_their_address_even_behind_proxies(tmp_path: Path) -> None:
    """Without the setting nobody can give themselves another address; with it the outermost proxy's word counts."""
    for proxies, refused in ((0, True), (1, False)):
        async with serving(tmp_path, proxies=proxies) as service:
            reader = Reader(service)
            # A slow machine wins back some of the twenty on the way.
            statuses = {
                (await reader.ask("POST", "/session", {"name": "Ada"}, {"X-Forwarded-For": f"192.0.2.{number}"})).status
                for number in range(40)
            }
            assert (429 in statuses) is refused


async def test_all_addresses_of_one_ipv6_subscriber_count_as_one(tmp_path: Path) -> None:
    """Whoever has one has 2^64 of them."""
    async with serving(tmp_path, proxies=1) as service:
        reader = Reader(service)
        answers = [
            await reader.ask("POST", "/session", {"name": "Ada"}, {"X-Forwarded-For": f"2001:db8:1:{net}::{number:x}"})
            for net, last in ((1, 21), (2, 1))
            for number in range(last)
        ]
        assert [one.status for one in answers[-3:]] == [201, 429, 201]


# As whom.


async def test_a_guest_goes_on_as_the_same_author_under_another_name(service: Service) -> None:
    ada = await guest(service)
    again = await ada.ask("POST", "/session", {"name": "Ada L."})
    assert again.json["author"] == {"id": ada.id, "name": "Ada L.", "avatar": None, "role": None, "guest": True}
    assert (await guest(service)).id != ada.id


async def test_a_user_of_the_site_is_who_the_site_says(service: Service) -> None:
    key = SiteKey(Algorithm.HS256, SECRET)
    await service.parts.database.write(sealing.add_key, "demo", key, datetime.now(UTC))
    asked = {"jwt": jwt(role="editor", avatar="https://gazette.example.org/ada.png")}
    answer = await Reader(service).ask("POST", "/session", asked)
    assert answer.status == 201
    ada = Reader(service, answer.json["token"], "u-17")
    assert (await ada.post()).json["author"] == {
        "id": "u-17",
        "name": "Ada",
        "avatar": "https://gazette.example.org/ada.png",
        "role": "editor",
        "guest": False,
    }
    assert (await Reader(service, site="other").ask("POST", "/session", {"jwt": jwt(site="other")})).status == 403
    assert (await Reader(service).ask("POST", "/session", {"jwt": jwt(aud="other")})).status == 403


async def test_a_new_seal_ends_every_pass_of_the_site_and_no_other(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.authorship.SEAL_FRESHNESS", 0.0)
    ada, elsewhere = await guest(service), await guest(service, site="other")
    await service.parts.database.write(sealing.change_seal, "demo", "ab" * 32, datetime.now(UTC))
    assert (await ada.post()).status == 401
    assert (await elsewhere.post()).status == 201


async def test_keys_are_taken_listed_and_forgotten_and_passes_ended_on_the_command_line(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.authorship.SEAL_FRESHNESS", 0.0)

    async def run(*arguments: str, given: str | None = None) -> Result:
        return await asyncio.to_thread(
            CliRunner().invoke, parley, ["sso", *arguments, "--data", str(tmp_path)], given, catch_exceptions=False
        )

    assert (await run("add", "demo", given="short")).exit_code == 2
    assert (await run("add", "demo", "--algorithm", "EdDSA", given=SECRET)).exit_code == 2
    assert (await run("add", "demo", given=f"{SECRET}\n")).exit_code == 0
    listed = (await run("list", "demo")).stdout
    assert json.loads(listed) | {"at": ""} == {"number": 1, "algorithm": "HS256", "at": ""}
    entered = await Reader(service).ask("POST", "/session", {"jwt": jwt()})
    assert entered.status == 201
    assert (await run("remove", "demo", "1")).exit_code == 0
    assert (await run("remove", "demo", "1")).exit_code == 2
    assert (await Reader(service).ask("POST", "/session", {"jwt": jwt()})).status == 403
    ada = Reader(service, entered.json["token"])
    assert (await ada.post()).status == 201
    assert (await run("end", "demo")).exit_code == 0
    assert (await ada.post("Once more.")).status == 401


async def test_a_pass_of_another_site_is_nobodys(service: Service) -> None:
    ada = await guest(service, site="other")
    ada.site = "demo"
    assert (await ada.post()).status == 401


async def test_a_site_without_guests_takes_its_own_users_only(service: Service) -> None:
    await set_policy(service, widget={"guests": False})
    assert (await Reader(service).ask("POST", "/session", {"name": "Ada"})).status == 401


async def test_nobody_changes_deletes_or_appeals_for_another(on_both: Service) -> None:
    ada, eve = await guest(on_both), await guest(on_both, "Eve")
    comment = (await ada.post()).json["id"]
    assert (await eve.ask("PUT", f"/comments/{comment}", {"text": "I was wrong."})).status == 409
    assert (await eve.ask("DELETE", f"/comments/{comment}")).status == 409
    await decide(on_both, comment, "reject", "approved")
    assert (await eve.ask("POST", f"/comments/{comment}/appeals", {"note": "Please."})).status in (404, 409)
    assert (await Reader(on_both).ask("PUT", f"/comments/{comment}", {"text": "Ha."})).status == 401


# What readers see.


async def test_a_held_comment_is_seen_by_its_author_alone_with_why_in_reasons(on_both: Service) -> None:
    ada, eve = await guest(on_both), await guest(on_both, "Eve")
    posted = await ada.post("You idiot.")
    assert (posted.status, posted.json["state"]) == (201, "waiting")
    assert posted.json["own"]["reasons"] == ["detected_insult"]
    assert await ada.sees() == [("You idiot.", "waiting")]
    assert await eve.sees() == []
    comment = posted.json["id"]
    assert (await eve.ask("GET", f"/comments/{comment}")).status == 404
    assert (await eve.ask("POST", f"/comments/{comment}/reports", {"reason": "spam"})).status == 404
    assert (await eve.ask("PUT", f"/comments/{comment}/vote")).status == 404
    await decide(on_both, comment, "approve")
    assert await eve.sees() == [("You idiot.", "published")]


async def test_a_rejected_author_reads_why_and_appeals_once(on_both: Service) -> None:
    ada = await guest(on_both)
    comment = (await ada.post("You idiot.")).json["id"]
    await decide(on_both, comment, "reject", note="Third time.", message="Please stay polite.")
    answer = await ada.ask("GET", f"/comments/{comment}")
    own = answer.json["own"]
    assert (answer.json["state"], own["message"], own["edit_until"]) == ("rejected", "Please stay polite.", None)
    assert own["appeal_until"] is not None
    assert "Third time" not in answer.text
    held = await ada.ask("POST", f"/comments/{comment}/appeals", {"note": "It was a joke."})
    assert (held.status, held.json["state"]) == (201, "waiting")
    assert "policy_appealed" in held.json["own"]["reasons"]
    await decide(on_both, comment, "reject")
    assert (await ada.ask("GET", f"/comments/{comment}")).json["own"]["appeal_until"] is None


async def test_who_is_shadow_banned_does_not_notice(on_both: Service) -> None:
    eve, ada = await guest(on_both, "Eve"), await guest(on_both)
    await on_both.ask("PUT", f"/v1/authors/{eve.id}", {"standing": "shadow_banned"})
    posted = await eve.post("Hello.")
    assert (posted.status, posted.json["state"]) == (201, "published")
    assert posted.json["own"]["reasons"] == []
    assert await eve.sees() == [("Hello.", "published")]
    assert await ada.sees() == []
    edited = await eve.ask("PUT", f"/comments/{posted.json['id']}", {"text": "Hello!"})
    assert (edited.status, edited.json["state"]) == (200, "published")


async def test_what_was_answered_keeps_its_place_when_it_goes(on_both: Service) -> None:
    ada, eve = await guest(on_both), await guest(on_both, "Eve")
    first = (await ada.post("First.")).json["id"]
    reply = (await eve.post("Second.", parent=first)).json["id"]
    await ada.post("Third.", parent=reply)
    alone = (await ada.post("Alone.")).json["id"]
    for gone in (first, alone):
        assert (await ada.ask("DELETE", f"/comments/{gone}")).json == {"deleted": True}
    assert (await eve.ask("DELETE", f"/comments/{reply}")).status == 200
    nobody = Reader(on_both)
    assert await nobody.sees() == [(None, "removed"), (None, "removed"), ("Third.", "published")]
    whole = await nobody.ask("GET", f"/threads/{THREAD}/comments")
    assert "First." not in whole.text
    assert "Eve" not in whole.text
    trail = (await on_both.ask("GET", f"/v1/comments/{first}/decisions")).json["items"]
    assert (trail[-1]["source"], trail[-1]["reason"], trail[-1]["after"]) == ("author", "withdrawn", "withdrawn")


@pytest.mark.parametrize("sort", ["newest", "oldest", "best"])
async def test_pages_hold_every_comment_once_in_order(on_both: Service, sort: str) -> None:
    """Also where votes are the same, and where somebody writes in between."""
    ada, eve = await guest(on_both), await guest(on_both, "Eve")
    ids = [(await on_both.submit(f"Number {number}.", author=f"a-{number}"))["id"] for number in range(7)]
    for voted in (ids[1], ids[4]):
        await ada.ask("PUT", f"/comments/{voted}/vote")
    await eve.ask("PUT", f"/comments/{ids[4]}/vote")
    page = await ada.thread(f"?sort={sort}&limit=2")
    seen = [one["id"] for one in page["items"]]
    await on_both.submit("In between.", author="late")
    while page["next"]:
        page = await ada.thread(f"?sort={sort}&limit=2&cursor={page['next']}")
        seen += [one["id"] for one in page["items"]]
    expected = {
        "oldest": ids,
        "newest": ids[::-1],
        "best": [ids[4], ids[1], *[one for one in ids[::-1] if one not in (ids[4], ids[1])]],
    }[sort]
    assert [one for one in seen if one in ids] == expected
    other = {"newest": "best", "best": "oldest", "oldest": "newest"}[sort]
    first = await ada.thread(f"?sort={sort}&limit=2")
    assert (await ada.ask("GET", f"/threads/{THREAD}/comments?sort={other}&cursor={first['next']}")).status == 422


async def test_a_permalink_begins_the_page_also_for_a_reply(on_both: Service) -> None:
    ids = [(await on_both.submit(f"Number {number}.", author=f"a-{number}"))["id"] for number in range(4)]
    reply = (await on_both.submit("Well.", author="b", parent=ids[1]))["id"]
    for at in (ids[1], reply):
        found = await Reader(on_both).thread(f"?sort=newest&at={at}")
        assert [one["id"] for one in found["items"]] == [ids[1], ids[0]]
        assert [one["id"] for one in found["items"][0]["replies"]] == [reply]
    missing = f"/threads/elsewhere/comments?at={ids[1]}"
    assert (await Reader(on_both).ask("GET", missing)).status == 404


async def test_a_long_branch_comes_in_parts(on_both: Service) -> None:
    root = (await on_both.submit("Begin.", author="a"))["id"]
    parent, ids = root, []
    for number in range(9):
        parent = (await on_both.submit(f"Answer {number}.", author=f"b-{number}", parent=parent))["id"]
        ids.append(parent)
    (item,) = (await Reader(on_both).thread())["items"]
    assert ([one["id"] for one in item["replies"]], item["more"]) == (ids[:5], True)
    rest = await Reader(on_both).ask("GET", f"/comments/{root}/replies?after={ids[4]}&limit=3")
    assert [one["id"] for one in rest.json["items"]] == ids[5:8]
    last = await Reader(on_both).ask("GET", f"/comments/{root}/replies?after={rest.json['next']}")
    assert ([one["id"] for one in last.json["items"]], last.json["next"]) == (ids[8:], None)


# What they do.


async def test_before_a_hurtful_comment_is_stored_its_author_sees_which_words(on_both: Service) -> None:
    """Counted: how often, and what they did then. Places are code points, an emoji is one."""
    ada = await guest(on_both)
    asked = await ada.post("👋 You idiot!", nudged=None)
    assert asked.status == 200
    assert asked.json == {"nudge": [{"begin": 6, "end": 11}], "reasons": ["detected_insult"]}
    assert await ada.sees() == []
    assert (await ada.post("👋 You!", nudged="edited")).json["state"] == "published"
    assert (await ada.post("👋 You idiot!", nudged=None)).status == 200
    assert (await ada.post("👋 You idiot!")).json["state"] == "waiting"
    assert (await ada.post("Kind words.", nudged=None)).status == 201
    (day,) = (await on_both.ask("GET", "/v1/nudges?days=1")).json["items"]
    assert (day["shown"], day["edited"], day["anyway"]) == (2, 1, 1)
    assert (await on_both.ask("GET", "/v1/nudges", site="other")).json["items"] == []
    assert 'parley_nudges_total{outcome="edited"}' in (await on_both.ask("GET", "/metrics", scope=None)).text


async def test_the_rules_of_the_threads_section_are_the_authors_rules(on_both: Service) -> None:
    """What makes them think again, what becomes of an edit, and for how long they may appeal: promised, and kept."""
    strict = {"name": "strict", "threads": ["strict-*"], "words": {"banned": ["parsley"]}, "appeal_days": None}
    rough = {
        "name": "rough",
        "threads": ["rough-*"],
        "attributes": {"insult": None, "toxicity": None, "profanity": None},
    }
    await set_policy(on_both, sections=[strict, rough], appeal_days=14)
    ada = await guest(on_both)
    assert (await ada.post("You idiot.", thread="rough-1", nudged=None)).json["state"] == "published"
    assert "nudge" in (await ada.post("You idiot.", thread="strict-1", nudged=None)).json
    posted = await ada.post("Fine.", thread="strict-1")
    edited = await ada.ask("PUT", f"/comments/{posted.json['id']}", {"text": "More parsley, please."})
    assert (edited.json["state"], edited.json["own"]["appeal_until"]) == ("rejected", None)
    assert (await ada.ask("POST", f"/comments/{posted.json['id']}/appeals", {"note": "Please."})).status == 409
    elsewhere = await ada.post("Fine too.")
    edited = await ada.ask("PUT", f"/comments/{elsewhere.json['id']}", {"text": "A soup of parsley."})
    assert edited.json["state"] == "published"
    await decide(on_both, elsewhere.json["id"], "reject", "approved")
    told = (await ada.ask("GET", f"/comments/{elsewhere.json['id']}")).json["own"]["appeal_until"]
    await set_policy(on_both, appeal_days=None)
    assert (await ada.ask("GET", f"/comments/{elsewhere.json['id']}")).json["own"]["appeal_until"] == told is not None
    assert (await ada.ask("POST", f"/comments/{elsewhere.json['id']}/appeals", {"note": "Please."})).status == 201


async def test_a_site_may_do_without_nudges_and_votes(service: Service) -> None:
    await set_policy(service, widget={"nudge": False, "votes": False})
    ada, eve = await guest(service), await guest(service, "Eve")
    assert (await ada.post("You idiot.", nudged=None)).json["state"] == "waiting"
    comment = (await ada.post("Hello there.")).json["id"]
    assert (await eve.ask("PUT", f"/comments/{comment}/vote")).status == 409


async def test_an_edit_is_judged_again(on_both: Service) -> None:
    ada = await guest(on_both)
    comment = (await ada.post("You idiot.")).json["id"]
    kinder = await ada.ask("PUT", f"/comments/{comment}", {"text": "You are wrong."})
    assert (kinder.status, kinder.json["state"]) == (200, "published")
    assert kinder.json["edited_at"] is not None
    ruder = await ada.ask("PUT", f"/comments/{comment}", {"text": "You idiot, still."})
    assert ruder.json["state"] == "waiting"
    queue = (await on_both.ask("GET", "/v1/queue?text=still")).json
    assert [one["id"] for one in queue["items"]] == [comment]
    assert queue["totals"] == {"all": 1, "by_reason": {"detected_insult": 1}}
    assert (await on_both.ask("GET", "/v1/queue?text=wrong")).json["items"] == []
    trail = (await on_both.ask("GET", f"/v1/comments/{comment}/decisions")).json["items"]
    assert [(line["source"], line["after"]) for line in trail] == [
        ("rule", "held"),
        ("author", "approved"),
        ("author", "held"),
    ]
    author = (await on_both.ask("GET", f"/v1/authors/{ada.id}")).json
    assert (author["approved"], author["held"]) == (0, 1)


async def test_the_same_text_again_is_no_repetition_of_itself(service: Service) -> None:
    ada = await guest(service)
    comment = (await ada.post("A fair point")).json["id"]
    edited = await ada.ask("PUT", f"/comments/{comment}", {"text": "A fair  point"})
    assert edited.json["state"] == "published"


async def test_nobody_approves_a_text_that_they_did_not_see(on_both: Service) -> None:
    """The author changes a held comment while a moderator reads it."""
    ada = await guest(on_both)
    number = (await ada.post("You idiot.", nudged="anyway")).json["id"]
    saw = (await on_both.ask("GET", f"/v1/comments/{number}")).json
    assert (saw["status"], saw["edited_at"]) == ("held", None)
    assert (await ada.ask("PUT", f"/comments/{number}", {"text": "You idiot, and your dog too."})).status == 200
    asked = {"decision": "approve", "expected_edited_at": saw["edited_at"]}
    refused = await on_both.ask("POST", f"/v1/comments/{number}/decisions", asked)
    assert (refused.status, refused.json["type"]) == (409, "/reference#problem-edited")
    sees = (await on_both.ask("GET", f"/v1/comments/{number}")).json
    assert sees["status"] == "held"
    await decide(on_both, number, "approve", expected_edited_at=sees["edited_at"])


async def test_an_edit_takes_nothing_from_a_moderators_hands(on_both: Service) -> None:
    """What readers reported or a moderator rejected is not published by changing it."""
    ada = await guest(on_both)
    comment = (await ada.post("Something vague.")).json["id"]
    for reporter in ("r-1", "r-2", "r-3"):
        asked = {"reporter": reporter, "reason": "offensive"}
        await on_both.ask("POST", f"/v1/comments/{comment}/reports", asked)
    for text in ("Something kind.", "Something kinder.", "You idiot.", "Something kind again."):
        edited = await ada.ask("PUT", f"/comments/{comment}", {"text": text})
        assert edited.json["state"] == "waiting", text
        assert {"reported_offensive", "policy_edited"} <= set(edited.json["own"]["reasons"])
    await decide(on_both, comment, "reject")
    assert (await ada.ask("PUT", f"/comments/{comment}", {"text": "Kinder still."})).status == 409


async def test_the_time_for_edits_ends_and_deleting_stays_possible(service: Service) -> None:
    await set_policy(service, widget={"edit_minutes": 0})
    ada = await guest(service)
    posted = await ada.post()
    assert posted.json["own"]["edit_until"] is None
    assert (await ada.ask("PUT", f"/comments/{posted.json['id']}", {"text": "Other."})).status == 409
    assert (await ada.ask("DELETE", f"/comments/{posted.json['id']}")).status == 200
    assert (await ada.ask("DELETE", f"/comments/{posted.json['id']}")).status == 409


async def test_votes_count_once_and_never_for_oneself(on_both: Service) -> None:
    ada, eve = await guest(on_both), await guest(on_both, "Eve")
    comment = (await ada.post()).json["id"]
    for _ in range(2):
        assert (await eve.ask("PUT", f"/comments/{comment}/vote")).json == {"votes": 1, "voted": True}
    assert (await ada.ask("PUT", f"/comments/{comment}/vote")).status == 409
    assert (await eve.thread())["items"][0]["voted"] is True
    for _ in range(2):
        assert (await eve.ask("DELETE", f"/comments/{comment}/vote")).json == {"votes": 0, "voted": False}


async def test_all_guests_at_one_address_report_as_one(service: Service) -> None:
    """Names cost nothing; three of them must not hold any comment they like."""
    comment = (await (await guest(service)).post()).json["id"]
    for name in ("Eve", "Eva", "Evi"):
        reader = await guest(service, name)
        assert (await reader.ask("POST", f"/comments/{comment}/reports", {"reason": "spam"})).status == 201
    reports = (await service.ask("GET", f"/v1/comments/{comment}/reports")).json["items"]
    assert len(reports) == 1
    assert "127.0.0.1" not in reports[0]["reporter"]


async def test_who_writes_as_fast_as_a_robot_does_a_little_work(service: Service) -> None:
    """Without a ticket, too soon, or too often; and the same work is not taken twice."""
    ada = await guest(service)
    hurried: tuple[dict[str, Any], ...] = (
        {"ticket": None},
        {"ticket": "1.2"},
        {"ticket": await ada.ticket(age=timedelta(seconds=0))},
        {"ticket": await ada.ticket("elsewhere")},
        {"ticket": await ada.ticket(age=timedelta(days=2))},
    )
    for number, fields in enumerate(hurried):
        assert (await ada.post(f"Quick {number}.", **fields)).status == 428
    for number in range(FREE_OF_AN_AUTHOR):
        assert (await ada.post(f"Point {number}.")).status == 201
    assert (await ada.post("One more.")).status == 428
    challenge = (await ada.ask("POST", "/challenge")).json
    proof = prove(challenge)
    for wrong in ("", f"{challenge['challenge']}:-1", f"{challenge['challenge']}:x", proof.replace(".", ":")):
        assert (await ada.post("One more.", proof=wrong)).status == 428
    assert (await (await guest(service, "Eve")).post("Stolen.", proof=proof, ticket=None)).status == 428
    assert (await ada.post("One more.", proof=proof)).status == 201
    assert (await ada.post("And another.", proof=proof)).status == 428


async def test_the_field_that_only_robots_fill_in_is_refused(service: Service) -> None:
    assert (await (await guest(service)).post(website="https://buy.example")).status == 422


async def test_a_comment_that_is_sent_again_is_stored_once(service: Service) -> None:
    """As a browser does that was offline and does not know whether it arrived."""
    ada, eve = await guest(service), await guest(service, "Eve")
    first = await ada.post(key="12345678")
    again = await ada.post(key="12345678")
    assert (first.status, again.status, again.json["id"]) == (201, 200, first.json["id"])
    assert (await ada.post("Something else.", key="12345678")).status == 409
    assert (await eve.post(key="12345678")).json["id"] != first.json["id"]


async def test_a_page_cannot_lead_moderators_elsewhere(service: Service) -> None:
    ada = await guest(service)
    own = f"{service.url('')}/article"
    for page, kept in ((own, True), ("https://evil.example/article", False), ("http://[", False)):
        comment = (await ada.post(f"On {page[:12]}", page=page)).json["id"]
        permalink = (await service.ask("GET", f"/v1/comments/{comment}")).json["permalink"]
        assert permalink == (page if kept else None)


async def test_counts_for_a_list_of_articles(on_both: Service) -> None:
    await on_both.submit("Fine.")
    await on_both.submit("You idiot.")
    answer = await Reader(on_both).ask("GET", f'/counts?threads=["{THREAD}","empty"]')
    assert answer.json == {"counts": {THREAD: 1, "empty": 0}}
    no_names = ('["\\u0000"]', '["\\ud800"]', '[""]', "[" * 2000)
    for wrong in ("[1]", "no", '"a"', *no_names, str([str(number) for number in range(51)]).replace("'", '"')):
        assert (await Reader(on_both).ask("GET", f"/counts?threads={wrong}")).status == 422


# Alive, and without scripts.


async def test_readers_hear_of_what_they_may_see_and_nothing_else(service: Service) -> None:
    """Not of a comment that waits, nor of another thread or site."""
    live = service.parts.live
    topic = thread_topic("demo", THREAD)
    with live.watching(topic) as here, live.watching(thread_topic("other", THREAD)) as elsewhere:
        held = await service.submit("You idiot.")
        await service.submit("Fine.", thread="elsewhere")
        with live.watching("demo") as queue:
            await service.submit("You idiot, again.")
            await asyncio.wait_for(queue.wait(), 15)
        assert not here.is_set()
        await decide(service, held["id"], "approve")
        await asyncio.wait_for(here.wait(), 15)
        assert not elsewhere.is_set()


async def test_the_stream_says_changed_and_ends_when_its_reader_goes(service: Service) -> None:
    topic, live = thread_topic("demo", THREAD), service.parts.live
    url = service.url(f"/embed/demo/threads/{THREAD}/events")
    async with service._session.get(url) as stream:
        assert (await stream.content.readuntil(b"\n\n")) == b"retry: 5000\ndata: 0\n\n"
        await service.submit("Fine.")
        assert await stream.content.readuntil(b"\n\n") == b"id: 1\ndata: 1\n\n"
        assert live.watchers(topic) == 1
        stream.close()
    live.changed(topic)
    await service.submit("Fine, too.")
    await eventually(lambda: live.watchers(topic), 0)


async def test_without_scripts_a_thread_is_a_plain_page(service: Service) -> None:
    await set_policy(service, widget={"origins": [PAGE]})
    root = await service.submit("<script>alert(1)</script> & more", author={"id": "a", "name": "<b>Eve</b>"})
    await service.submit("Well.", author="ada", parent=root["id"])
    await service.submit("You idiot.")
    answer = await service.ask("GET", f"/embed/demo/threads/{THREAD}", scope=None)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert f"frame-ancestors 'self' {PAGE}" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert "<b>" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in answer.text
    assert "Well." in answer.text
    assert "idiot" not in answer.text


# Each site by itself.


async def test_no_reader_of_another_site_sees_or_changes_anything(on_both: Service) -> None:
    """Every route, asked on the other site about this site's comment."""
    ada = await guest(on_both, "Rumpelstiltskin")
    comment = (await ada.post("A secret.")).json["id"]
    eve = await guest(on_both, "Eve", site="other")
    bodies: dict[str, Any] = {
        "/session": {"name": "Eve"},
        "/threads/{thread}/comments": {"text": "Mine.", "parent": comment, "ticket": await eve.ticket()},
        "/comments/{id}": {"text": "Changed."},
        "/comments/{id}/reports": {"reason": "spam"},
        "/comments/{id}/appeals": {"note": "Please."},
        "POST /chat": {"say": "What did I write?"},
        "DELETE /chat": {"conversation": "x" * 32},
    }
    for route in routing.EMBEDDED:
        path = route.address.removeprefix("/embed/{site}")
        if path.endswith("/events"):
            continue
        query = f'?threads=["{THREAD}"]' if path == "/counts" else ""
        body = (bodies.get(path) or bodies[f"{route.method} {path}"]) if route.body is not None else None
        answer = await eve.ask(route.method, path.replace("{id}", comment).replace("{thread}", THREAD) + query, body)
        assert "Rumpelstiltskin" not in answer.text, path
        assert "secret" not in answer.text, path
        assert answer.status == 404 or "{id}" not in path, path
    assert (await ada.thread())["items"][0]["text"] == "A secret."
