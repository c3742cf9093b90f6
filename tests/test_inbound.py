"""Comments of other systems: let in when they are theirs, stored once, judged anew when they are edited."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.arrival import GIVER, Giver, System
from bot.command import parley
from bot.comment import write_id
from bot.store import comments, schema
from bot.web import pages
from bot.web.inbound.delivery import Arrived, Delivery, Refused, Verified, words_of
from bot.web.inbound.routes import SPEAKERS
from tests import senders
from tests.running import Answer, Service, serving
from tests.senders import SENDERS, Sender, Sent
from tests.servers import Redis

SIGNING = [sender for sender in SENDERS.values() if GIVER[sender.system] is not Giver.NOBODY]
STAMPED = [SENDERS[system] for system in (System.STANDARD, System.SLACK, System.FASTCOMMENTS)]
# WordPress.com and Remark42 tell nothing of edits, Coral's phase asks about each version as about a comment of its own.
EDITING = [SENDERS[one] for one in System if one not in (System.WORDPRESS, System.REMARK42, System.CORAL)]
NUMBERED = [SENDERS[one] for one in (System.STANDARD, System.DISCOURSE, System.GITHUB, System.SLACK)]
FINE, RUDE = 'A "fair" point & < more.', "You idiot."


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>A <b>fair</b> point,</p><p>thank&nbsp;you &amp; all.</p>", "A fair point,\nthank\xa0you & all."),
        ("One<br>two<br/>three<DIV class='x'>four</DIV>", "One\ntwo\nthree\nfour"),
        ('<img src="a.png" alt="You &gt; idiot">!', "You > idiot!"),
        ("<a title='1 > 2' data-alt=\"no\">link</a><!-- <b>unseen</b> --> end", "link end"),
        ("1 < 2 and <3, <a href=don't>mark</a>", "1 < 2 and <3, mark"),
        ("<!doctype html><?x y?>seen", "seen"),
        ("You <b idiot", "You <b idiot"),
        ("You <!-- idiot", "You <!-- idiot"),
    ],
)
def test_of_html_what_readers_see_is_judged_and_nothing_is_lost(html: str, words: str) -> None:
    assert words_of(html) == words


@pytest.mark.parametrize(
    ("sender", "unknown"),
    [
        (System.WORDPRESS, {b"user_id=5": b"user_id=0", b"comment_author=Ada": b"comment_author=user-5"}),
        (System.HYVOR, {b'"htid": "hyvor_100"': b'"htid": null', b'"Ada"': b'"hyvor_100"'}),
        (System.FASTCOMMENTS, {b'"userId": "u-1"': b'"userId": null', b'"Ada"': b'"u-1"'}),
    ],
)
def test_nobody_becomes_a_user_of_the_other_system_by_calling_themselves_so(
    sender: System, unknown: dict[bytes, bytes]
) -> None:
    """Whoever is trusted, or banned, is so by an id that the other system gives out."""

    def author(body: bytes) -> str:
        found = SPEAKERS[sender].read(Delivery("PUT", {}, body, datetime.now(UTC)))
        assert isinstance(found, Arrived)
        return found.arrivals[0].submission.author.id

    known = body = SENDERS[sender].write(FINE)
    for before, after in unknown.items():
        assert before in body
        body = body.replace(before, after)
    assert author(body) != author(known)


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<!--", "<![CDATA[", "</", "<?", "<a b=", "<a '", '<a b="', "<a/", "&", "&#", "<p>", "<!-- <b>"],
)
def test_no_html_takes_long(piece: str) -> None:
    """Two hundred thousand characters of it: a parser that begins again at every piece would take minutes."""
    html = (piece * 200_000)[:200_000]
    assert len(words_of(html)) <= len(html)


def named(sender: Sender) -> str:
    return sender.system.value


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Parley with the sites "demo" and "other", once on each kind of database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url) as running:
        yield running


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on an empty SQLite file, for what no database matters to."""
    async with serving(tmp_path) as running:
        yield running


@pytest.mark.parametrize("sender", [one for one in SIGNING if one.system is not System.REMARK42], ids=named)
@given(data=st.data())
def test_a_signature_fits_one_body_one_secret_and_one_moment(sender: Sender, data: st.DataObject) -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    sent, verify = sender.send(FINE, at=now), SPEAKERS[sender.system].verify
    place = data.draw(st.integers(0, len(sent.body) - 1))
    other = data.draw(st.integers(1, 255))
    altered = sent.body[:place] + bytes([sent.body[place] ^ other]) + sent.body[place + 1 :]
    known = [data.draw(st.text(max_size=20)), sender.secret]
    assert isinstance(verify(Delivery(sent.method, sent.headers, sent.body, now), known), Verified)
    assert isinstance(verify(Delivery(sent.method, sent.headers, altered, now), known), Refused)
    assert isinstance(verify(Delivery(sent.method, sent.headers, sent.body, now), known[:1]), Refused)
    late = now + timedelta(seconds=data.draw(st.integers(301, 10**7)))
    found = verify(Delivery(sent.method, sent.headers, sent.body, late), known)
    assert isinstance(found, Refused if sender in STAMPED else Verified)


async def connect(service: Service, sender: Sender, site: str = "demo") -> Any:
    """A source for the system, as an admin adds it."""
    asked = {"system": sender.system.value}
    if GIVER[sender.system] is not Giver.NOBODY:
        asked["secret"] = sender.secret
    answer = await service.ask("POST", "/v1/sources", asked, site=site)
    assert answer.status == 201, answer.text
    return answer.json


async def send(service: Service, address: str, sent: Sent) -> Answer:
    return await service.ask(sent.method, address, scope=None, body=sent.body, headers=sent.headers)


async def stored(service: Service, site: str = "demo") -> list[Any]:
    """All of the site's comments, oldest first."""
    found = await service.parts.database.read(comments.newest, site, None, 100)
    return found[::-1]


@pytest.mark.parametrize("sender", SENDERS.values(), ids=named)
async def test_a_documented_request_is_stored_and_answered(small: Service, sender: Sender) -> None:
    address = (await connect(small, sender))["address"]
    answer = await send(small, address, sender.send(FINE))
    assert answer.status == 200, answer.text
    expected: Any = {} if sender.system is System.CORAL else {"received": True, "comments": ["approved"]}
    assert answer.json == expected
    (comment,) = await stored(small)
    given = comment.submission
    assert (given.text, given.thread, given.author.id, given.author.name) == (
        FINE,
        sender.thread,
        sender.author,
        sender.name,
    )
    assert (given.permalink, given.parent, comment.status.value) == (sender.permalink, None, "approved")


@pytest.mark.parametrize("sender", SENDERS.values(), ids=named)
async def test_rules_judge_it_like_any_comment(small: Service, sender: Sender) -> None:
    address = (await connect(small, sender))["address"]
    answer = await send(small, address, sender.send(RUDE))
    if sender.system is System.CORAL:
        assert answer.json == {
            "status": "SYSTEM_WITHHELD",
            "actions": [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}],
        }
    else:
        assert answer.json["comments"] == ["held"]
    assert [item["text"] for item in (await small.ask("GET", "/v1/queue")).json["items"]] == [RUDE]


@pytest.mark.parametrize("sender", SENDERS.values(), ids=named)
async def test_what_is_sent_again_is_stored_once(small: Service, sender: Sender) -> None:
    address = (await connect(small, sender))["address"]
    first = sender.send(RUDE, at=datetime.now(UTC))
    assert (await send(small, address, first)).status == 200
    answer = await send(small, address, first)
    assert answer.status == 200
    again = sender.send(RUDE, at=datetime.now(UTC) + timedelta(seconds=9), delivery="another")
    assert (await send(small, address, again)).status == 200
    (comment,) = await stored(small)
    trail = (await small.ask("GET", f"/v1/comments/{written(comment)}/decisions")).json["items"]
    assert len(trail) == 1


@pytest.mark.parametrize("sender", NUMBERED, ids=named)
async def test_a_replayed_delivery_is_known_by_its_id(small: Service, sender: Sender) -> None:
    address = (await connect(small, sender))["address"]
    await send(small, address, sender.send(FINE))
    replayed = await send(small, address, sender.send(FINE))
    assert replayed.json == {"received": True, "comments": [], "replayed": True}


@pytest.mark.parametrize("sender", SENDERS.values(), ids=named)
async def test_of_many_at_once_one_is_stored(service: Service, sender: Sender) -> None:
    address = (await connect(service, sender))["address"]
    at = datetime.now(UTC)
    sent = [sender.send(RUDE, at=at, delivery=f"d-{number}") for number in range(8)]
    answers = await asyncio.gather(*(send(service, address, one) for one in sent))
    assert [answer.status for answer in answers] == [200] * 8
    assert len(await stored(service)) == 1
    assert (await service.ask("GET", "/v1/queue")).json["totals"]["all"] == 1


@pytest.mark.parametrize("sender", SIGNING, ids=named)
async def test_a_wrong_secret_opens_nothing(small: Service, sender: Sender) -> None:
    address = (await connect(small, sender))["address"]
    wrong = replace(sender, secret="whsec_" + "A" * 32).send(RUDE)
    answer = await send(small, address, wrong)
    assert (answer.status, answer.json["type"]) == (401, "/reference#problem-unidentified")
    bare = {name: value for name, value in wrong.headers.items() if "ignature" not in name and "ecret" not in name}
    assert (await send(small, address, replace(wrong, headers=bare))).status == 401
    assert await stored(small) == []


@pytest.mark.parametrize("sender", [one for one in SIGNING if one.system is not System.REMARK42], ids=named)
async def test_an_altered_body_is_refused(small: Service, sender: Sender) -> None:
    address = (await connect(small, sender))["address"]
    sent = sender.send(FINE)
    altered = replace(sent, body=sent.body.replace(b"fair", b"foul"))
    assert (await send(small, address, altered)).status == 401
    assert await stored(small) == []


@pytest.mark.parametrize("sender", STAMPED, ids=named)
@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_stale_or_early_delivery_is_refused(small: Service, sender: Sender, minutes: int) -> None:
    address = (await connect(small, sender))["address"]
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    answer = await send(small, address, sender.send(FINE, at=at))
    assert (answer.status, "five minutes" in answer.json["detail"]) == (401, True)
    near = datetime.now(UTC) + timedelta(minutes=minutes * 4 / 6)
    assert (await send(small, address, sender.send(FINE, at=near))).status == 200


@pytest.mark.parametrize("sender", STAMPED, ids=named)
@pytest.mark.parametrize("stamp", ["", "now", "\u0661\u0662", "1e9", "9" * 40, "-5"])
async def test_a_timestamp_that_is_none_is_refused(small: Service, sender: Sender, stamp: str) -> None:
    """Even where it is signed: whoever has the secret makes no such mistake on purpose."""
    verify = SPEAKERS[sender.system].verify
    sent = sender.send(FINE)
    name = next(name for name in sent.headers if "imestamp" in name)
    found = verify(Delivery("PUT", {**sent.headers, name: stamp}, sent.body, datetime.now(UTC)), [sender.secret])
    assert isinstance(found, Refused)


@pytest.mark.parametrize("sender", EDITING, ids=named)
async def test_an_edit_is_judged_anew_under_the_same_id(service: Service, sender: Sender) -> None:
    address = (await connect(service, sender))["address"]
    await send(service, address, sender.send(FINE))
    (before,) = await stored(service)
    answer = await send(service, address, sender.send("You are an idiot after all.", 2))
    assert answer.json == {"received": True, "comments": ["held"]}
    (after,) = await stored(service)
    assert (after.id, after.submission.text, after.status.value) == (before.id, "You are an idiot after all.", "held")
    trail = (await service.ask("GET", f"/v1/comments/{written(after)}/decisions")).json["items"]
    assert [(line["decision"], line["source"], line["reason"], line["before"]) for line in trail] == [
        ("approve", "rule", None, None),
        ("hold", "rule", "edited", "approved"),
    ]
    queue = (await service.ask("GET", "/v1/queue")).json
    assert queue["totals"] == {"all": 1, "by_reason": {"detected_insult": 1}}
    assert len((await service.ask("GET", "/v1/queue?text=idiot")).json["items"]) == 1
    assert (await service.ask("GET", "/v1/queue?text=fair")).json["items"] == []
    kept = await service.parts.database.read(revisions, after.id)
    assert kept == [(1, FINE, "approve")]
    author = (await service.ask("GET", f"/v1/authors/{sender.author}")).json
    assert (author["approved"], author["held"]) == (0, 1)


@pytest.mark.parametrize("sender", NUMBERED, ids=named)
async def test_a_late_older_version_undoes_no_edit(small: Service, sender: Sender) -> None:
    address = (await connect(small, sender))["address"]
    await send(small, address, sender.send("Edited since.", 2))
    answer = await send(small, address, sender.send(RUDE, 1))
    assert answer.json["comments"] == ["approved"]
    (comment,) = await stored(small)
    assert comment.submission.text == "Edited since."


async def test_of_edits_at_once_the_newest_stays(service: Service) -> None:
    """Whatever order they are stored in; every version that stood there for a while is kept."""
    sender = SENDERS[System.STANDARD]
    address = (await connect(service, sender))["address"]
    texts = {version: RUDE if version % 2 else f"Version {version}." for version in range(1, 9)}
    await asyncio.gather(*(send(service, address, sender.send(text, version)) for version, text in texts.items()))
    (comment,) = await stored(service)
    assert (comment.submission.text, comment.status.value) == (texts[8], "approved")
    trail = (await service.ask("GET", f"/v1/comments/{written(comment)}/decisions")).json["items"]
    assert len(await service.parts.database.read(revisions, comment.id)) == len(trail) - 1
    assert (await service.ask("GET", "/v1/queue")).json["totals"] == {"all": 0, "by_reason": {}}


async def test_an_edit_lifts_no_moderators_rejection(service: Service) -> None:
    sender = SENDERS[System.STANDARD]
    address = (await connect(service, sender))["address"]
    await send(service, address, sender.send(RUDE))
    (comment,) = await stored(service)
    await service.ask("POST", f"/v1/comments/{written(comment)}/decisions", {"decision": "reject"})
    answer = await send(service, address, sender.send("Thank you for the article.", 2))
    assert answer.json["comments"] == ["held"]
    (waiting,) = (await service.ask("GET", "/v1/queue?reason=policy_edited")).json["items"]
    assert (waiting["text"], waiting["reasons"]) == ("Thank you for the article.", ["policy_edited"])


async def test_an_edit_of_what_rules_alone_held_may_publish_it(small: Service) -> None:
    sender = SENDERS[System.STANDARD]
    address = (await connect(small, sender))["address"]
    await send(small, address, sender.send(RUDE))
    assert (await send(small, address, sender.send("Sorry.", 2))).json["comments"] == ["approved"]
    assert (await small.ask("GET", "/v1/queue")).json["totals"] == {"all": 0, "by_reason": {}}


async def test_a_comment_is_no_repeat_of_itself(small: Service) -> None:
    """Only a letter's case changes, which for the rules on repeats is the same text."""
    sender = SENDERS[System.STANDARD]
    address = (await connect(small, sender))["address"]
    long = "the bridge over the river was closed on monday and nobody knows for how long it will be"
    await send(small, address, sender.send(long))
    assert (await send(small, address, sender.send(long.upper(), 2))).json["comments"] == ["approved"]


async def test_answers_find_what_they_answer(small: Service) -> None:
    sender = SENDERS[System.SLACK]
    address = (await connect(small, sender))["address"]
    await send(small, address, sender.send("First."))
    event = {"type": "message", "channel": "C0LAN2Q65", "channel_type": "channel", "user": "U2", "text": "Second."}
    reply = event | {"ts": "1764072009.000200", "thread_ts": "1764072000.000100"}
    body = senders.encode({"type": "event_callback", "event_id": "Ev9", "event": reply})
    await send(small, address, sender.sign(body, sender.secret, datetime.now(UTC), ""))
    first, second = await stored(small)
    assert (second.submission.parent, second.submission.thread) == (first.id, first.submission.thread)


async def test_the_template_for_remark42_makes_what_is_read(small: Service) -> None:
    """The page's template, filled in as Go's text/template does: `urlquery` encodes, the rest stands as it is."""
    page = unescape(files(pages).joinpath("connecting-remark42.html").read_text("utf-8"))
    template = " ".join(page.partition("NOTIFY_WEBHOOK_TEMPLATE=")[2].partition("</code>")[0].split())
    fields = {"ID": "f8c1", "ParentID": "", "Locator.URL": "https://news.example/7?a=1&b=2", "User.ID": "github_ef0f"}
    fields |= {"User.Name": "Ada & Co", "Orig": FINE + "\n\u00fc +"}
    for name, value in fields.items():
        template = template.replace(f"{{{{.{name}}}}}", value).replace(f"{{{{.{name} | urlquery}}}}", quote_plus(value))
    assert "{{" not in template
    sender = SENDERS[System.REMARK42]
    address = (await connect(small, sender))["address"]
    sent = senders.remark42(template.encode(), sender.secret, datetime.now(UTC), "")
    assert (await send(small, address, sent)).status == 200
    (comment,) = await stored(small)
    assert (comment.submission.text, comment.submission.author.name) == (fields["Orig"], "Ada & Co")
    assert comment.submission.thread == fields["Locator.URL"]


async def test_giscus_comments_are_those_of_discussions(small: Service) -> None:
    sender = SENDERS[System.GITHUB]
    address = (await connect(small, sender))["address"]
    body = senders.of_github(RUDE, about="discussion")
    sent = senders.github(body, sender.secret, datetime.now(UTC), "d-1", "discussion_comment")
    assert (await send(small, address, sent)).json["comments"] == ["held"]


async def test_slack_hears_its_challenge(small: Service) -> None:
    sender = SENDERS[System.SLACK]
    address = (await connect(small, sender))["address"]
    body = senders.encode({"token": "old", "type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd"})
    answer = await send(small, address, sender.sign(body, sender.secret, datetime.now(UTC), ""))
    assert (answer.status, answer.json) == (200, {"challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd"})
    assert (await send(small, address, sender.sign(body, "another", datetime.now(UTC), ""))).status == 401


OTHER_EVENTS = {
    System.STANDARD: {"type": "invoice.paid", "data": {}},
    System.SLACK: {"type": "event_callback", "event_id": "Ev1", "event": {"type": "reaction_added"}},
    System.HYVOR: {"event": "vote.created", "data": {}},
    System.CORAL: {"id": "e-1", "type": "COMMENT_CREATED", "data": {"commentID": "c-1", "storyID": "s-1"}},
}


@pytest.mark.parametrize("sender", SENDERS.values(), ids=named)
async def test_other_events_are_acknowledged_and_counted(small: Service, sender: Sender) -> None:
    address, now = (await connect(small, sender))["address"], datetime.now(UTC)
    body = senders.encode(OTHER_EVENTS.get(sender.system, {"id": "1"}))
    extra: dict[str, Any] = {}
    if sender.system in (System.DISCOURSE, System.GITHUB):
        extra["event"] = "user_logged_in"
    if sender.system is System.FASTCOMMENTS:
        extra["method"] = "DELETE"
    if sender.system is System.REMARK42:
        body = senders.of_remark42(" ")
    if sender.system is System.WORDPRESS:
        body = urlencode({"hook": "publish_post", "ID": "1"}).encode()
    before = await counted(small, sender.system)
    answer = await send(small, address, sender.sign(body, sender.secret, now, "d-1", **extra))
    assert answer.status == 200, answer.text
    assert await stored(small) == []
    assert await counted(small, sender.system) == before + 1


async def counted(service: Service, system: System) -> float:
    """How many deliveries of the system were ignored; events that nobody knows have one name."""
    text = (await service.ask("GET", "/metrics", scope=None)).text
    lines = [line for line in text.splitlines() if line.startswith("parley_inbound_total{") and "ignored" in line]
    assert not any("user_logged_in" in line or "invoice" in line or "publish_post" in line for line in lines)
    return sum(float(line.rpartition(" ")[2]) for line in lines if f'source="{system.value}"' in line)


MALFORMED = [b"", b"{", b"[]", b'{"type": 7}', b"null", b'{"post": {}}', b"\xff\xfe", b'{"type": "comment.created"}']


@pytest.mark.parametrize("sender", SENDERS.values(), ids=named)
async def test_what_makes_no_sense_is_refused_with_a_reason_in_the_log(
    small: Service, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    address, now = (await connect(small, sender))["address"], datetime.now(UTC)
    sent = sender.send("Rumpelstiltskin")
    long = sender.write("Rumpelstiltskin " * 2000, 1)
    blanked = sent.body.replace(b"Rumpelstiltskin", b"Rumpel\\u0000") if b"{" in sent.body else b"hook=comment_post"
    with caplog.at_level(logging.WARNING, "bot"):
        for body in (*MALFORMED, blanked, long):
            if sender.system is System.STANDARD and not body.isascii():
                # The library that signs takes text.
                continue
            answer = await send(small, address, sender.sign(body, sender.secret, now, "d-1"))
            ignored = answer.status == 200 and answer.json.get("comments", []) == []
            assert ignored or answer.status == 422, (body[:40], answer.text)
            assert "Rumpel" not in answer.text
    assert "sent what is refused" in caplog.text
    assert "Rumpel" not in caplog.text
    assert await stored(small) == []


async def test_a_body_that_is_too_large_is_refused(small: Service) -> None:
    for system in (System.DISCOURSE, System.WORDPRESS):
        sender = SENDERS[system]
        address = (await connect(small, sender))["address"]
        answer = await send(small, address, sender.send("x" * 300_000))
        assert answer.status == 413


async def test_an_address_that_nobody_gave_out_is_not_there(small: Service) -> None:
    sender = SENDERS[System.GITHUB]
    address = (await connect(small, sender))["address"]
    elsewhere = address.replace("github", "hyvor")
    for wrong in (address[:-1], f"{address}x", "/v1/inbound/github/parley_", elsewhere, "/v1/inbound/x/y"):
        assert (await send(small, wrong, sender.send(FINE))).status == 404
    assert (await send(small, address, replace(sender.send(FINE), method="PUT"))).status == 405


async def test_a_source_is_of_one_site_and_its_comments_too(service: Service) -> None:
    sender = SENDERS[System.DISCOURSE]
    here, there = await connect(service, sender), await connect(service, sender, "other")
    await send(service, here["address"], sender.send(RUDE))
    assert await stored(service, "other") == []
    answer = await send(service, there["address"], sender.send(FINE))
    assert answer.json == {"received": True, "comments": ["approved"]}
    (comment,) = await stored(service)
    assert comment.submission.text == RUDE
    for method, path in (("DELETE", ""), ("POST", "/secrets"), ("DELETE", "/secrets/1")):
        asked: object = {} if method == "POST" else None
        answer = await service.ask(method, f"/v1/sources/{here['id']}{path}", asked, site="other")
        assert answer.status == 404
    assert [one["id"] for one in (await service.ask("GET", "/v1/sources")).json["items"]] == [here["id"]]


async def test_while_a_secret_is_changed_both_are_good(service: Service) -> None:
    sender = SENDERS[System.GITHUB]
    source = await connect(service, sender)
    secrets = f"/v1/sources/{source['id']}/secrets"
    added = (await service.ask("POST", secrets, {})).json
    assert added["number"] == 2
    changed = replace(sender, secret=added["secret"])
    for number, one in enumerate((sender, changed)):
        assert (await send(service, source["address"], one.send(FINE, delivery=f"d{number}"))).status == 200
    assert (await service.ask("DELETE", f"{secrets}/1")).status == 200
    assert (await send(service, source["address"], sender.send(FINE))).status == 401
    assert (await send(service, source["address"], changed.send(FINE))).status == 200


async def test_a_removed_source_takes_nothing_and_its_comments_stay(service: Service) -> None:
    sender = SENDERS[System.GITHUB]
    source = await connect(service, sender)
    await send(service, source["address"], sender.send(FINE))
    assert (await service.ask("DELETE", f"/v1/sources/{source['id']}")).status == 200
    assert (await send(service, source["address"], sender.send(FINE, 2))).status == 404
    assert [comment.submission.text for comment in await stored(service)] == [FINE]
    assert (await service.ask("DELETE", f"/v1/sources/{source['id']}")).status == 404


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"system": "slack"}, "slack makes up its own secret; give the one that it shows"),
        ({"system": "wordpress", "secret": "long-enough"}, "wordpress signs nothing, so it has no secret"),
        ({"system": "standard", "secret": "whsec_short"}, "whsec_ and the base64 of 24 to 64 bytes"),
    ],
)
async def test_a_secret_that_does_not_fit_is_explained(small: Service, asked: object, said: str) -> None:
    answer = await small.ask("POST", "/v1/sources", asked)
    assert answer.status == 422
    assert said in answer.json["errors"][0]["message"]


async def test_each_source_has_a_limit_of_its_own(tmp_path: Path) -> None:
    sender, other = SENDERS[System.GITHUB], SENDERS[System.DISCOURSE]
    async with serving(tmp_path, rate_limit=3) as service:
        address, elsewhere = (await connect(service, sender))["address"], (await connect(service, other))["address"]
        statuses = [(await send(service, address, sender.send(FINE))).status for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert (await send(service, elsewhere, other.send(FINE))).status == 200


async def test_comments_come_in_while_redis_is_away(tmp_path: Path, redis_server: Redis) -> None:
    sender = SENDERS[System.DISCOURSE]
    async with serving(tmp_path, redis_url=redis_server.url) as service:
        address = (await connect(service, sender))["address"]
        redis_server.kill()
        assert (await send(service, address, sender.send(RUDE))).json["comments"] == ["held"]
        assert (await send(service, address, sender.send(RUDE))).json["replayed"]


async def test_private_messages_and_bots_are_left_alone(small: Service) -> None:
    now = datetime.now(UTC)
    forum, chat = SENDERS[System.DISCOURSE], SENDERS[System.SLACK]
    address = (await connect(small, forum))["address"]
    body = senders.of_discourse(RUDE).replace(b'"regular"', b'"private_message"')
    assert (await send(small, address, senders.discourse(body, forum.secret, now, "d"))).status == 200
    address = (await connect(small, chat))["address"]
    for old, new in ((b'"channel_type": "channel"', b'"channel_type": "im"'), (b'"user"', b'"bot_id": "B1", "user"')):
        body = senders.of_slack(RUDE).replace(old, new)
        assert (await send(small, address, senders.slack(body, chat.secret, now, ""))).status == 200
    assert await stored(small) == []


def written(comment: Any) -> str:
    return write_id(comment.id)


def revisions(conn: Connection, comment_id: int) -> list[tuple[int, str, str]]:
    """What a comment said before."""
    kept = schema.revisions
    asked = select(kept.c.number, kept.c.text, kept.c.decision).where(kept.c.comment_id == comment_id)
    return [tuple(row) for row in conn.execute(asked)]


async def test_sources_are_added_listed_and_removed_on_the_command_line(small: Service, tmp_path: Path) -> None:
    async def run(*arguments: str, given: str | None = None) -> str:
        done = await asyncio.to_thread(
            CliRunner().invoke, parley, ["sources", *arguments, "--data", str(tmp_path)], given, catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    address, secret = (await run("add", "demo", "github")).split()
    sender = replace(SENDERS[System.GITHUB], secret=secret)
    assert (await send(small, address, sender.send(FINE))).status == 200
    assert (await run("add", "demo", "slack", given="a-signing-secret\n")).endswith("\na-signing-secret\n")
    assert len((await run("add", "demo", "wordpress")).split()) == 1
    number = str(json.loads((await run("list", "demo")).splitlines()[0])["source"])
    assert await run("secret", "demo", number, "--secret", "the-second-secret") == "the-second-secret\n"
    await run("forget", "demo", number, "1")
    listed = await run("list", "demo")
    assert [json.loads(line)["secrets"] for line in listed.splitlines()] == [[2], [1], []]
    assert "secret-" not in listed and "parley_" not in listed
    assert (await send(small, address, sender.send(FINE))).status == 401
    await run("remove", "demo", number)
    assert (await send(small, address, sender.send(FINE))).status == 404


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "nowhere", "github"], "There is no site 'nowhere'"),
        (["add", "demo", "wordpress", "--secret", "long-enough"], "wordpress signs nothing"),
        (["add", "demo", "slack", "--secret", "short"], "--secret must have at least 8 character(s)"),
        (["remove", "demo", "7"], "./parley sources list demo"),
        (["secret", "demo", "7"], "./parley sources list demo"),
    ],
)
async def test_a_command_that_cannot_be_followed_says_why(
    small: Service, tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = await asyncio.to_thread(
        CliRunner().invoke, parley, ["sources", *arguments, "--data", str(tmp_path)], catch_exceptions=False
    )
    assert (done.exit_code, said in done.output) == (2, True), done.output
