"""One site can never see or change what belongs to another, by any function of the store."""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.agreement import Curve
from bot.comment import Comment, History, Standing, Status
from bot.event import DisabledBecause
from bot.example import Example, ExampleSource, LabelledSpan, StoredExample
from bot.likeness import Likeness
from bot.moderator import Role
from bot.question import Question, QuestionStatus
from bot.reporting import Report, ReportReason
from bot.signature import Scheme, Secret
from bot.store import (
    authors,
    claims,
    comments,
    context,
    coral,
    counts,
    curves,
    decisions,
    deliveries,
    endings,
    endpoints,
    examples,
    faqs,
    keys,
    moderators,
    policies,
    questions,
    queue,
    reports,
    sites,
    threads,
    usage,
)
from bot.store.authors import Sanction
from bot.store.counts import Totals
from bot.store.database import Database
from bot.store.decisions import NoSuchComment
from bot.store.deliveries import DeliveryFilter, DeliveryPage, NoSuchDelivery, Replay
from bot.store.endpoints import NoSuchEndpoint, Wanted
from bot.store.idempotency import Idempotency
from bot.store.keys import Key, Scope
from bot.store.policies import NoSuchVersion
from bot.store.queue import Page, QueueFilter
from bot.store.sites import BadSiteName, SiteExists
from bot.store.usage import Counted, Usage
from bot.verdict import Decision, DecisionSource, Reason
from tests.builders import NOON
from tests.stored import WINDOWS, record, stored, verdict

OF_A_SITE: tuple[ModuleType, ...] = (
    authors,
    claims,
    comments,
    context,
    coral,
    counts,
    curves,
    decisions,
    endings,
    deliveries,
    endpoints,
    examples,
    faqs,
    keys,
    moderators,
    policies,
    questions,
    queue,
    reports,
    threads,
    usage,
)
OF_ENDPOINTS = {"endpoints.secrets", "endpoints.waiting"}
"""Asked for endpoints that were found before, of whichever site."""

OF_A_PERSON = {"moderators.find", "moderators.password_hash", "moderators.set_password"}
"""One person may work several sites, so these are asked by name."""
TOKEN = b"t" * 32
REPORT = Report("reader-1", ReportReason.SPAM, None, NOON)
QUESTION = Question(1, "May I?", None, QuestionStatus.WAITING, NOON, NOON + timedelta(days=1))
CURVE = Curve(((0.1, 0.2), (0.9, 0.75)))
EXAMPLE = Example(
    text="You \N{GRINNING FACE} idiot.",
    labels={"insult": 0.9, "flirtation": 0.0},
    source=ExampleSource.PERSPECTIVE,
    spans=(LabelledSpan("insult", 6, 11, 1.0),),
    language="en",
    context=("An article.",),
    community="example.org",
    reference="comment-1",
)


@dataclass(frozen=True, slots=True)
class Other:
    """Asks as the site "other" for what belongs to "demo"; the answer is what it would be if demo had nothing."""

    ask: Callable[[Connection, Comment], Any]
    answer: Any


REVIEWED = (Decision.APPROVE, Status.HELD, DecisionSource.MODERATOR, "eve", None, None, NOON)

FOREIGN: dict[str, Other] = {
    "authors.find": Other(lambda conn, _: authors.find(conn, "other", "ada"), None),
    "authors.sanctions": Other(lambda conn, _: authors.sanctions(conn, "other", "ada"), []),
    "claims.of": Other(lambda conn, _: claims.of(conn, "other", NOON), []),
    "comments.find": Other(lambda conn, comment: comments.find(conn, "other", comment.id), None),
    "comments.find_all": Other(lambda conn, comment: comments.find_all(conn, "other", [comment.id]), []),
    "comments.in_thread": Other(lambda conn, _: comments.in_thread(conn, "other", "article-1", None, 10), []),
    "comments.read_history": Other(
        lambda conn, comment: comments.read_history(
            conn, "other", comment.submission, Likeness.of(comment.submission.text), WINDOWS, NOON
        ),
        History(),
    ),
    "comments.texts": Other(lambda conn, _: comments.texts(conn, "other", 0, 10), []),
    "context.of": Other(lambda conn, comment: context.of(conn, "other", comment.id), None),
    "coral.of": Other(lambda conn, _: coral.of(conn, "other"), []),
    "coral.remove": Other(lambda conn, _: coral.remove(conn, "other", 1), False),
    "counts.of": Other(lambda conn, _: counts.of(conn, "other", Status.HELD), Totals(0, {})),
    "curves.forget": Other(lambda conn, _: curves.forget(conn, "other"), False),
    "curves.of": Other(lambda conn, _: curves.of(conn, "other"), {}),
    "deliveries.attempts": Other(lambda conn, _: deliveries.attempts(conn, "other", 1), []),
    "deliveries.page": Other(
        lambda conn, _: deliveries.page(conn, "other", DeliveryFilter(), None, 10), DeliveryPage((), None)
    ),
    "endpoints.of": Other(lambda conn, _: endpoints.of(conn, "other"), []),
    "decisions.of": Other(lambda conn, comment: decisions.of(conn, "other", comment.id), []),
    "decisions.of_many": Other(
        lambda conn, comment: decisions.of_many(conn, "other", [comment.id]).get(comment.id, []), []
    ),
    "endings.ending": Other(lambda conn, comment: endings.ending(conn, "other", comment.id % 1024, 1024), []),
    "faqs.find": Other(lambda conn, _: faqs.find(conn, "other", 1), None),
    "faqs.headlines": Other(lambda conn, _: faqs.headlines(conn, "other"), []),
    "faqs.newest": Other(lambda conn, _: faqs.newest(conn, "other"), 0),
    "questions.asked_by": Other(lambda conn, _: questions.asked_by(conn, "other", "ada", 0, 10), []),
    "questions.find": Other(lambda conn, _: questions.find(conn, "other", 1, NOON), None),
    "questions.of": Other(lambda conn, _: questions.of(conn, "other", TOKEN, NOON), []),
    "questions.page": Other(lambda conn, _: questions.page(conn, "other", QuestionStatus.WAITING, None, 10, NOON), []),
    "questions.waiting": Other(lambda conn, _: questions.waiting(conn, "other", NOON), 0),
    "examples.of": Other(lambda conn, _: examples.of(conn, "other", 0, 10), []),
    "moderators.are_several": Other(lambda conn, _: moderators.are_several(conn, "other"), False),
    "moderators.of": Other(lambda conn, _: moderators.of(conn, "other"), []),
    "moderators.remove": Other(lambda conn, _: moderators.remove(conn, "other", "mia"), False),
    "keys.of": Other(lambda conn, _: keys.of(conn, "other"), []),
    "keys.revoke": Other(lambda conn, _: keys.revoke(conn, "other", 1, NOON), False),
    "policies.current": Other(lambda conn, _: policies.current(conn, "other"), None),
    "policies.at": Other(lambda conn, _: policies.at(conn, "other", NOON), None),
    "policies.headlines": Other(lambda conn, _: policies.headlines(conn, "other"), []),
    "comments.newest": Other(lambda conn, _: comments.newest(conn, "other", None, 10), []),
    "policies.versions": Other(lambda conn, _: policies.versions(conn, "other"), []),
    "queue.page": Other(
        lambda conn, _: queue.page(conn, "other", QueueFilter(), None, 10), Page((), None, Totals(0, {}))
    ),
    "reports.all_of": Other(lambda conn, comment: reports.all_of(conn, "other", comment.id), []),
    "reports.of": Other(lambda conn, comment: reports.of(conn, "other", comment.id), []),
    "threads.closed": Other(lambda conn, _: threads.closed(conn, "other", "article-1"), False),
    "usage.of": Other(lambda conn, _: usage.of(conn, "other", 1, "2026-11"), []),
    "usage.total": Other(lambda conn, _: usage.total(conn, "other", 1, "2026-11"), 0),
}
"""Every function of the store that answers with what is stored."""

WRITING = {
    "authors.count",
    "authors.count_reports",
    "authors.introduce",
    "authors.meet",
    "authors.sanction",
    "authors.set_standing",
    "claims.claim",
    "claims.leave",
    "comments.add",
    "comments.lock",
    "comments.read_history",
    "comments.replace",
    "comments.record",
    "coral.add",
    "counts.count",
    "curves.keep",
    "decisions.appeal",
    "decisions.note_edit",
    "decisions.note_hold",
    "decisions.note_withdrawal",
    "decisions.record",
    "decisions.record_many",
    "deliveries.find",
    "deliveries.replay",
    "deliveries.replay_some",
    "deliveries.send_ping",
    "endpoints.add",
    "endpoints.change",
    "endpoints.disable",
    "endpoints.find",
    "endpoints.remove",
    "endpoints.rotate",
    "examples.add",
    "faqs.save",
    "keys.create",
    "moderators.add",
    "policies.save",
    "questions.add",
    "questions.settle",
    "questions.withdraw",
    "reports.record",
    "threads.close",
    "threads.reopen",
    "usage.count",
}
"""The others, which the second test is about, and the third."""


def test_every_function_of_the_store_is_covered_here() -> None:
    functions = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in OF_A_SITE
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    # A token is what tells the site.
    # What raises where there is nothing is in the second test.
    # What has expired is deleted for all sites.
    rest = functions - {"keys.find", "policies.find", "questions.forget"} - OF_A_PERSON - OF_ENDPOINTS
    assert rest == FOREIGN.keys() | WRITING


@pytest.mark.parametrize("name", FOREIGN)
async def test_a_site_cannot_see_what_belongs_to_another(busy: Database, name: str) -> None:
    comment = await demo_comment(busy)
    assert await busy.write(FOREIGN[name].ask, comment) == FOREIGN[name].answer


async def test_a_site_cannot_reach_anothers_endpoints_and_deliveries(busy: Database) -> None:
    secret, wanted = Secret(Scheme.V1, b"s" * 32), Wanted("https://example.org/", "", None)
    await busy.write(endpoints.add, "demo", 1, wanted, secret, NOON)
    sent = await busy.write(deliveries.send_ping, "demo", 1, NOON)
    before = await busy.read(endpoints.find, "demo", 1)
    asked: list[Callable[[Connection], object]] = [
        lambda conn: endpoints.find(conn, "other", 1),
        lambda conn: endpoints.change(conn, "other", 1, lambda it: it, None, NOON),
        lambda conn: endpoints.disable(conn, "other", 1, DisabledBecause.ADMIN, NOON),
        lambda conn: endpoints.remove(conn, "other", 1, NOON),
        lambda conn: endpoints.rotate(conn, "other", 1, secret, NOON),
        lambda conn: deliveries.send_ping(conn, "other", 1, NOON),
        lambda conn: deliveries.replay_some(conn, "other", 1, Replay(), None, NOON),
        lambda conn: deliveries.page(conn, "other", DeliveryFilter(endpoint=1), None, 10),
        lambda conn: deliveries.find(conn, "other", sent.id),
        lambda conn: deliveries.replay(conn, "other", sent.id, NOON),
    ]
    for question in asked:
        with pytest.raises((NoSuchEndpoint, NoSuchDelivery)):
            await busy.write(question)
    assert await busy.read(endpoints.find, "demo", 1) == before
    assert await busy.read(deliveries.find, "demo", sent.id) == sent


async def test_a_site_cannot_change_what_belongs_to_another(busy: Database) -> None:
    before = await busy.read(everything_of_demo)
    comment = await demo_comment(busy)
    with pytest.raises(NoSuchComment):
        await busy.write(decisions.record, "other", comment.id, *REVIEWED)
    with pytest.raises(NoSuchComment):
        await busy.write(claims.claim, "other", "mia", comment.id, NOON)
    await busy.write(claims.leave, "other", "mia")
    with pytest.raises(NoSuchComment):
        await busy.write(reports.record, "other", comment.id, REPORT, lambda _: 1)
    with pytest.raises(NoSuchComment):
        await busy.write(decisions.appeal, "other", comment.id, "ada", "Please.", NOON)
    many = (Decision.APPROVE, Status.HELD, "eve", None, None, NOON)
    assert await busy.write(decisions.record_many, "other", [comment.id], *many) == []
    await busy.write(authors.set_standing, "other", "ada", Standing.BANNED)
    await busy.write(authors.sanction, "other", "ada", Sanction(Standing.BANNED, None, "eve", None, None, NOON))
    await busy.write(threads.reopen, "other", "article-1")
    await busy.write(threads.close, "other", "article-2")
    with pytest.raises(NoSuchVersion):
        await busy.read(policies.find, "other", 1)
    await busy.write(policies.save, "other", {"links": 9}, None, NOON)
    await busy.write(moderators.add, "other", "mia", Role.ADMIN, NOON)
    await busy.write(keys.create, "other", 2, "theirs", Scope.ADMIN, b"o" * 32, NOON)
    with pytest.raises(questions.NoSuchQuestion):
        await busy.write(questions.settle, "other", 1, "No.", "eve", NOON)
    assert await busy.write(questions.withdraw, "other", TOKEN) == 0
    await busy.write(questions.add, "other", TOKEN, replace(QUESTION, id=2))
    await busy.write(faqs.save, "other", {"intents": []}, None, NOON)
    await busy.write(examples.add, "other", 3, EXAMPLE, NOON)
    await busy.write(coral.add, "other", "their secret", NOON)
    await busy.write(curves.keep, "other", "test-2", {"insult": CURVE}, NOON)
    await busy.write(usage.count, "other", 1, "2026-11", "blog.example", Counted.SPAM)
    await record(busy, site="other", wanted=Idempotency("key-1", b"another"))
    await stored(busy, site="other", judged=verdict(Decision.APPROVE, Reason.DETECTED_SPAM))
    assert await busy.read(everything_of_demo) == before


@pytest.mark.parametrize("name", ["", "Demo", "-demo", "a" * 64, "a b", "ä", "a_b"])
async def test_a_site_has_a_name_that_fits_everywhere(database: Database, name: str) -> None:
    with pytest.raises(BadSiteName, match="1 to 63"):
        await database.write(sites.add, name, NOON)


async def test_a_site_is_added_once(database: Database) -> None:
    with pytest.raises(SiteExists, match="'demo'"):
        await database.write(sites.add, "demo", NOON)
    assert await database.read(sites.names) == ["demo", "other"]


async def test_a_key_is_found_by_its_token_until_it_is_revoked(busy: Database) -> None:
    key = Key(1, "demo", "The blog", Scope.SUBMIT, NOON, None)
    assert await busy.read(keys.find, TOKEN) == key
    assert await busy.read(keys.find, b"x" * 32) is None
    later = NOON + timedelta(days=1)
    assert [await busy.write(keys.revoke, "demo", 1, later) for _ in range(2)] == [True, False]
    assert await busy.read(keys.find, TOKEN) is None
    assert await busy.read(keys.of, "demo") == [Key(1, "demo", "The blog", Scope.SUBMIT, NOON, later)]


def test_each_scope_includes_those_below_it() -> None:
    ladder = [Scope.SCORE, Scope.SUBMIT, Scope.MODERATE, Scope.ADMIN]
    assert [[mine.includes(asked) for asked in ladder] for mine in ladder] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]


async def test_of_policies_saved_at_once_on_the_same_version_one_is_kept(busy: Database) -> None:
    saved = await asyncio.gather(
        *(busy.write(policies.save, "demo", {"links": number}, None, NOON, after=1) for number in range(5)),
        return_exceptions=True,
    )
    assert saved.count(2) == 1
    assert sum(isinstance(refused, policies.PolicyChanged) for refused in saved) == 4


async def test_labelled_examples_are_kept_as_they_came(busy: Database) -> None:
    later = replace(EXAMPLE, labels={"insult": 0.0}, spans=(), language=None, context=(), community=None)
    await busy.write(examples.add, "demo", 7, later, NOON)
    first, second = StoredExample(2, EXAMPLE, NOON), StoredExample(7, later, NOON)
    assert await busy.read(examples.of, "demo", 0, 10) == [first, second]
    assert await busy.read(examples.of, "demo", 0, 1) == [first]
    assert await busy.read(examples.of, "demo", 2, 10) == [second]
    with pytest.raises(ValueError, match="NUL"):
        await busy.write(examples.add, "demo", 8, replace(EXAMPLE, text="a\0b"), NOON)


async def test_secrets_stand_beside_each_other_until_they_are_removed(busy: Database) -> None:
    assert await busy.write(coral.add, "demo", "another", NOON) == 2
    assert [secret.text for secret in await busy.read(coral.of, "demo")] == ["a secret", "another"]
    assert [await busy.write(coral.remove, "demo", 1) for _ in range(2)] == [True, False]
    assert [secret.text for secret in await busy.read(coral.of, "demo")] == ["another"]


async def test_one_set_of_curves_is_kept_for_a_site(busy: Database) -> None:
    assert await busy.read(curves.of, "demo") == {("test-1", "toxicity"): CURVE}
    await busy.write(curves.keep, "demo", "test-2", {"insult": CURVE}, NOON)
    assert await busy.read(curves.of, "demo") == {("test-2", "insult"): CURVE}
    assert [await busy.write(curves.forget, "demo") for _ in range(2)] == [True, False]


async def test_calls_are_counted_by_month_and_place(busy: Database) -> None:
    for place, counted in (
        ("blog.example", Counted.SPAM),
        ("blog.example", Counted.HAM),
        ("b.example", Counted.MISSED),
    ):
        await busy.write(usage.count, "demo", 1, "2026-11", place, counted)
    await busy.write(usage.count, "demo", 1, "2026-12", "blog.example", Counted.FALSE_ALARM)
    found = await busy.read(usage.of, "demo", 1, "2026-11")
    assert found == [Usage("b.example", 0, 0, 1, 0), Usage("blog.example", 1, 2, 0, 0)]
    assert sum(place.calls for place in found) == await busy.read(usage.total, "demo", 1, "2026-11") == 4
    assert await busy.read(usage.total, "demo", 1, "2026-12") == 1


async def test_policies_are_kept_version_after_version(busy: Database) -> None:
    assert await busy.write(policies.save, "demo", {"links": 5}, None, NOON, after=1) == 2
    with pytest.raises(policies.PolicyChanged, match="version 2"):
        await busy.write(policies.save, "demo", {"links": 6}, None, NOON, after=1)
    assert await busy.read(policies.current, "demo") == policies.PolicyVersion(2, {"links": 5}, None, NOON)
    assert [version.version for version in await busy.read(policies.versions, "demo")] == [2, 1]


@pytest.fixture
async def busy(database: Database) -> Database:
    """A store in which the site "demo" has something of everything, and "other" has nothing."""
    await stored(database, judged=verdict(Decision.HOLD, Reason.DETECTED_SPAM))
    await stored(database, judged=verdict(Decision.APPROVE))
    await record(database, wanted=Idempotency("key-1", b"request"))
    await database.write(threads.close, "demo", "article-1")
    await database.write(policies.save, "demo", {"links": 4}, "First", NOON)
    await database.write(keys.create, "demo", 1, "The blog", Scope.SUBMIT, TOKEN, NOON)
    await database.write(moderators.add, "demo", "mia", Role.MODERATOR, NOON)
    await database.write(claims.claim, "demo", "mia", None, NOON)
    await database.write(authors.sanction, "demo", "ada", Sanction(Standing.TRUSTED, None, "mia", None, None, NOON))
    await database.write(faqs.save, "demo", {"intents": [{"id": "hours"}]}, None, NOON)
    await database.write(questions.add, "demo", TOKEN, QUESTION)
    await database.write(examples.add, "demo", 2, EXAMPLE, NOON)
    await database.write(coral.add, "demo", "a secret", NOON)
    await database.write(curves.keep, "demo", "test-1", {"toxicity": CURVE}, NOON)
    await database.write(usage.count, "demo", 1, "2026-11", "blog.example", Counted.HAM)
    return database


async def demo_comment(database: Database) -> Comment:
    """A held comment of the site "demo"."""
    page = await database.read(queue.page, "demo", QueueFilter(reason=Reason.DETECTED_SPAM), None, 1)
    return page.comments[0]


def everything_of_demo(conn: Connection) -> list[object]:
    """All that demo can ask for."""
    return [
        [queue.page(conn, "demo", QueueFilter(status), None, 10) for status in Status],
        comments.in_thread(conn, "demo", "article-1", None, 10),
        comments.texts(conn, "demo", 0, 10),
        authors.find(conn, "demo", "ada"),
        authors.sanctions(conn, "demo", "ada"),
        [threads.closed(conn, "demo", thread) for thread in ("article-1", "article-2")],
        policies.versions(conn, "demo"),
        keys.of(conn, "demo"),
        moderators.of(conn, "demo"),
        claims.of(conn, "demo", NOON),
        [reports.of(conn, "demo", comment.id) for comment in queue.page(conn, "demo", QueueFilter(), None, 9).comments],
        faqs.find(conn, "demo", faqs.newest(conn, "demo")),
        [questions.page(conn, "demo", status, None, 10, NOON) for status in QuestionStatus],
        questions.of(conn, "demo", TOKEN, NOON),
        examples.of(conn, "demo", 0, 10),
        coral.of(conn, "demo"),
        curves.of(conn, "demo"),
        usage.of(conn, "demo", 1, "2026-11"),
    ]
