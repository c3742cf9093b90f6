"""Why an author was restricted, told to them as the Digital Services Act asks, and the same in three years."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.comment import Comment, DecisionRecord, Standing, Status
from bot.policy import CannedMessage, Policy
from bot.reporting import Report, ReportReason
from bot.review import EDITED
from bot.statement import (
    AccountDecision,
    AccountRestriction,
    AutomatedDecision,
    Category,
    Ground,
    Keyword,
    NoStatement,
    SourceType,
    of_account,
    of_comment,
    write_text,
)
from bot.store.keys import Scope
from bot.verdict import Decision, DecisionSource, Evidence, Place, Reason, Verdict
from bot.web.wire.statements import StatementAnswered, write_statement
from sentiment.scores import Attribute
from tests.builders import NOON, analysis, submission
from tests.running import Service, serving

GOLDEN = Path(__file__).parent / "golden" / "statement.json"
TEXT = "You idiot."
INSULT = Evidence(Reason.DETECTED_INSULT, Decision.REJECT, Attribute.INSULT, 0.98, 0.97, Place(4, 9))
HOUR = timedelta(hours=1)


def comment(*evidence: Evidence, status: Status = Status.REJECTED, erased: bool = False) -> Comment:
    """A comment of noon that the rules found this in."""
    asked = max((one.decision for one in evidence), key=["approve", "hold", "reject"].index, default=Decision.APPROVE)
    judged = Verdict(asked, evidence, 0.5, "test-1", 3)
    return Comment(1, "demo", submission(TEXT), status, NOON, analysis(insult=0.98), judged, erased=erased)


def line(
    decision: Decision,
    after: Status,
    source: DecisionSource = DecisionSource.MODERATOR,
    *,
    hours: int = 1,
    reason: str | None = None,
    message: str | None = None,
) -> DecisionRecord:
    """A decision so many hours after noon; a moderator's has a note that nobody else may read."""
    person = source is DecisionSource.MODERATOR
    who, note = ("grace", "Again this one.") if person else (None, None)
    return DecisionRecord(1, decision, source, who, reason, note, Status.HELD, after, NOON + hours * HOUR, message)


FOUND = line(Decision.REJECT, Status.REJECTED, DecisionSource.RULE, hours=0)
HELD = line(Decision.HOLD, Status.HELD, DecisionSource.RULE, hours=0)
ILLEGAL = line(Decision.REJECT, Status.REJECTED, reason="illegal", message="Section 185 of the criminal code.")


def statement_of(
    about: Comment,
    *trail: DecisionRecord,
    reports: tuple[Report, ...] = (),
    restriction: AccountRestriction | None = None,
    policy: Policy | None = None,
) -> Any:
    """Any: a Statement, of which each test looks at some fields."""
    return of_comment(about, "00000000000001", trail, reports, restriction, policy or Policy(), 3)


def test_a_statement_has_the_terms_and_the_words_it_always_had() -> None:
    """The golden file is a contract: whoever stored a statement can compare it with a later one."""
    statement = statement_of(comment(INSULT), FOUND)
    assert write_statement(statement, "demo") == json.loads(GOLDEN.read_text("utf-8"))


def test_what_a_rule_rejected_was_found_and_decided_automatically() -> None:
    statement = statement_of(comment(INSULT), FOUND)
    assert statement.decided_automatically is AutomatedDecision.FULLY
    assert statement.detected_automatically
    assert (statement.category, statement.keywords) == (Category.CYBER_VIOLENCE, (Keyword.HARASSMENT,))
    assert statement.rule == ("detected_insult",)
    assert "“idiot” (0.98, where the limit is 0.97)" in statement.facts


def test_what_the_rules_rejected_after_an_edit_was_decided_automatically_too() -> None:
    edited = line(Decision.REJECT, Status.REJECTED, DecisionSource.AUTHOR, reason=EDITED)
    found = statement_of(comment(INSULT), HELD, edited)
    assert (found.decided_automatically, found.rule) == (AutomatedDecision.FULLY, ("detected_insult",))
    assert "the site's rules rejected it" in found.facts
    assert "edited" not in found.ground_reference


def test_what_a_person_rejected_was_decided_by_a_person() -> None:
    """Whether a rule pointed it out is told apart; neither name nor note is told at all."""
    rejected = line(Decision.REJECT, Status.REJECTED, reason="off_topic")
    for evidence, found in (((), False), ((Evidence(Reason.DETECTED_SPAM, Decision.HOLD),), True)):
        statement = statement_of(comment(*evidence), HELD, rejected)
        assert statement.decided_automatically is AutomatedDecision.NOT
        assert statement.detected_automatically is found
        assert statement.explanation == "It is off topic."
        said = json.dumps(write_statement(statement, "demo"))
        assert "grace" not in said
        assert "Again this one" not in said


def test_what_is_illegal_says_on_which_ground() -> None:
    statement = statement_of(comment(), HELD, ILLEGAL)
    assert (statement.ground, statement.explanation) == (Ground.ILLEGAL, "Section 185 of the criminal code.")
    written = write_statement(statement, "demo")
    assert written["illegal_content_explanation"] == "Section 185 of the criminal code."
    assert written["incompatible_content_ground"] is None


def test_a_sites_own_reason_is_told_as_moderators_read_it() -> None:
    canned = CannedMessage(reason="rule_7", label="Rule 7: no recipes", text="We publish no recipes here.")
    rejected = line(Decision.REJECT, Status.REJECTED, reason="rule_7", message=canned.text)
    statement = statement_of(comment(), HELD, rejected, policy=Policy(messages=(canned,)))
    assert statement.ground_reference == "The site's rules for comments, version 3: Rule 7: no recipes."
    assert statement.explanation == canned.text


@pytest.mark.parametrize(
    ("reason", "hours", "expected"),
    [
        (ReportReason.ILLEGAL, 0, SourceType.NOTICE),
        (ReportReason.SPAM, 0, SourceType.OTHER_NOTIFICATION),
        (ReportReason.ILLEGAL, 2, SourceType.VOLUNTARY),
    ],
)
def test_what_readers_said_before_is_the_source_and_what_they_said_later_is_not(
    reason: ReportReason, hours: int, expected: SourceType
) -> None:
    report = Report("eve", reason, None, NOON + hours * HOUR)
    statement = statement_of(comment(), HELD, line(Decision.REJECT, Status.REJECTED), reports=(report,))
    assert statement.source is expected


def test_an_appeal_is_offered_until_the_policys_days_are_over_and_once() -> None:
    statement = statement_of(comment(INSULT), FOUND)
    assert statement.appeal_until == NOON + timedelta(days=14)
    assert f"Until {statement.appeal_until:%Y-%m-%d %H:%M} UTC you may appeal" in write_text(statement, "demo")
    assert statement_of(comment(INSULT), FOUND, policy=Policy(appeal_days=None)).appeal_until is None
    appeal = line(Decision.HOLD, Status.HELD, DecisionSource.APPEAL, hours=2, reason="appealed")
    again = line(Decision.REJECT, Status.REJECTED, DecisionSource.APPEAL, hours=3, reason="offensive")
    assert statement_of(comment(INSULT), FOUND, appeal, again).appeal_until is None


def test_while_an_appeal_waits_the_reasons_are_those_that_it_is_against() -> None:
    appeal = line(Decision.HOLD, Status.HELD, DecisionSource.APPEAL, hours=2, reason="appealed")
    later = Evidence(Reason.POLICY_APPEALED, Decision.HOLD)
    waiting = statement_of(comment(INSULT, later, status=Status.HELD), FOUND, appeal)
    assert waiting == statement_of(comment(INSULT), FOUND)


@pytest.mark.parametrize(
    ("until", "expected"), [(None, AccountDecision.TERMINATED), (NOON + HOUR, AccountDecision.SUSPENDED)]
)
def test_a_banned_authors_comment_tells_of_the_ban_and_its_end(until: Any, expected: AccountDecision) -> None:
    banned = AccountRestriction(Standing.BANNED, until, "spam", "No more advertising.", NOON - HOUR)
    found = Evidence(Reason.POLICY_AUTHOR_BANNED, Decision.REJECT)
    statement = statement_of(comment(found), FOUND, restriction=banned)
    assert (statement.account, statement.account_until) == (expected, until)
    account = of_account("ada", banned, 3, NOON)
    assert (account.account, account.explanation) == (expected, "No more advertising.")
    assert "Your account may post no comments" in write_text(account, "demo")


def test_where_nothing_is_restricted_there_are_no_reasons() -> None:
    with pytest.raises(NoStatement, match="is approved"):
        statement_of(comment(status=Status.APPROVED), line(Decision.APPROVE, Status.APPROVED))
    with pytest.raises(NoStatement, match="is held"):
        statement_of(comment(INSULT, status=Status.HELD), HELD)
    with pytest.raises(NoStatement, match="was erased"):
        statement_of(comment(INSULT, erased=True), FOUND)
    over = AccountRestriction(Standing.SUSPENDED, NOON, None, None, NOON - HOUR)
    for restriction in (None, over, AccountRestriction(Standing.TRUSTED, None, None, None, NOON)):
        with pytest.raises(NoStatement, match="Nothing about this author"):
            of_account("ada", restriction, 3, NOON)


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url, rate_limit=0) as running:
        yield running


async def test_a_site_asks_for_its_author_and_the_answer_stays(service: Service) -> None:
    """Whatever becomes of the policy, and whoever reports or appeals later."""
    asked = await service.submit(TEXT)
    address = f"/v1/comments/{asked['id']}/statement"
    none = await service.ask("GET", address, scope=Scope.SUBMIT)
    assert (none.status, none.json["type"]) == (409, "/reference#problem-no_statement")
    decision = {"decision": "reject", "reason": "personal_attack", "note": "A secret.", "message": "Be kind."}
    await service.ask("POST", f"/v1/comments/{asked['id']}/decisions", decision)
    first = await service.ask("GET", address, scope=Scope.SUBMIT)
    assert first.status == 200
    StatementAnswered.model_validate(first.json)
    assert (first.json["policy_version"], first.json["automated_detection"]) == (1, "Yes")
    assert "A secret." not in first.text
    assert "a admin" not in first.text
    policy = {"policy": {"appeal_days": 3, "messages": [{"reason": "personal_attack", "label": "X", "text": "Y"}]}}
    await service.ask("PUT", "/v1/policy", policy)
    await service.ask("POST", f"/v1/comments/{asked['id']}/reports", {"reporter": "eve", "reason": "illegal"})
    assert (await service.ask("GET", address)).json == first.json
    await service.ask("POST", f"/v1/comments/{asked['id']}/appeals", {"author": "ada", "note": "Please."})
    assert (await service.ask("GET", address)).json == first.json


async def test_a_statement_comes_as_a_letter_too(service: Service) -> None:
    asked = await service.submit(TEXT)
    await service.ask("POST", f"/v1/comments/{asked['id']}/decisions", {"decision": "reject", "message": "Be kind."})
    address = f"/v1/comments/{asked['id']}/statement"
    letter = await service.ask("GET", address, headers={"Accept": "text/plain"})
    assert letter.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Be kind." in letter.text
    assert letter.text == (await service.ask("GET", address)).json["text"]


async def test_a_banned_author_is_told_why(service: Service) -> None:
    address = "/v1/authors/ada/statement"
    assert (await service.ask("GET", address, scope=Scope.SUBMIT)).status == 409
    await service.ask("PUT", "/v1/authors/ada", {"standing": "banned", "reason": "spam", "message": "No adverts."})
    told = await service.ask("GET", address, scope=Scope.SUBMIT)
    assert (told.status, told.json["decision_account"]) == (200, "DECISION_ACCOUNT_TERMINATED")
    assert told.json["incompatible_content_explanation"] == "No adverts."
    rejected = await service.submit("A fair point.")
    about = (await service.ask("GET", f"/v1/comments/{rejected['id']}/statement")).json
    assert (about["decision_account"], about["automated_decision"]) == (
        "DECISION_ACCOUNT_TERMINATED",
        "AUTOMATED_DECISION_FULLY",
    )
