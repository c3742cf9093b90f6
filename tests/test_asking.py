"""Moderators ask in words and get rows: what is understood, what is not, and nothing guessed at."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asking import Shows, Wanted, understand
from bot.comment import Status
from bot.verdict import Reason
from sentiment.scores import Attribute
from tests.running import Service, serving

# A Wednesday, one hour ahead of UTC.
NOW = datetime(2026, 11, 25, 15, 30, tzinfo=timezone(timedelta(hours=1)))
MIDNIGHT = NOW.replace(hour=0, minute=0)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("show flagged comments from today", Wanted(since=MIDNIGHT)),
        ("How many are waiting?", Wanted(Shows.COUNT)),
        ("who rejected 123?", Wanted(Shows.DECISIONS, comment="123")),
        ("Who approved comment 0sbbr3rcbq5z9?", Wanted(Shows.DECISIONS, comment="0sbbr3rcbq5z9")),
        ("what happened to F4Q", Wanted(Shows.DECISIONS, comment="f4q")),
        ("0sbbr3rcbq5z9", Wanted(Shows.DECISIONS, comment="0sbbr3rcbq5z9")),
        (
            "how many comments were rejected yesterday?",
            Wanted(Shows.COUNT, Status.REJECTED, since=MIDNIGHT - DAY, until=MIDNIGHT),
        ),
        (
            "spam by Ada since Monday",
            Wanted(reason=Reason.DETECTED_SPAM, author="Ada", since=MIDNIGHT - 2 * DAY),
        ),
        ("worst insults this week", Wanted(reason=Reason.DETECTED_INSULT, since=MIDNIGHT - 2 * DAY, by_severity=True)),
        (
            "toxicity over 0.9 in article-1",
            Wanted(attribute=Attribute.TOXICITY, min_score=0.9, thread="article-1"),
        ),
        ("show me insults above 80%", Wanted(attribute=Attribute.INSULT, min_score=0.8)),
        ('comments with "free money" from @bob', Wanted(text="free money", author="bob")),
        ("what did ada write?", Wanted(author="ada")),
        ("everything by 'Ada L.' that was published", Wanted(author="Ada L.", status=Status.APPROVED)),
        ("show appeals", Wanted(reason=Reason.POLICY_APPEALED)),
        ("last 5 comments", Wanted(limit=5)),
        ("oldest ones waiting", Wanted(oldest_first=True)),
        (
            "comments reported as spam in the last 3 hours",
            Wanted(reason=Reason.REPORTED_SPAM, since=NOW - timedelta(hours=3)),
        ),
        (
            "between 2026-11-01 and 5 November",
            Wanted(since=datetime(2026, 11, 1, tzinfo=NOW.tzinfo), until=datetime(2026, 11, 6, tzinfo=NOW.tzinfo)),
        ),
        (
            "approved before December 3rd",
            Wanted(status=Status.APPROVED, until=datetime(2025, 12, 3, tzinfo=NOW.tzinfo)),
        ),
        ("purple flagged comments", Wanted(unused=("purple",))),
        ("waiting since 31 november", Wanted(unused=("31 november",))),
        ("spam and threats", Wanted(reason=Reason.DETECTED_THREAT, unused=("spam",))),
    ],
)
def test_a_question_is_read_as_its_asker_means_it(question: str, wanted: Wanted) -> None:
    assert understand(question, NOW) == wanted


@pytest.mark.parametrize("question", ["", "?", "hello there", "what is the capital of France", "who is Ada?"])
def test_what_is_no_question_to_the_desk_is_not_guessed_at(question: str) -> None:
    assert understand(question, NOW) is None


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from("who rejected 12a 0.9 spam over by in since 99 jan".split()), max_size=12).map(" ".join)
)
def test_no_question_is_too_strange(question: str) -> None:
    """It is understood or not; times are in order of the calendar or absent."""
    wanted = understand(question, NOW)
    assert wanted is None or wanted.since is None or wanted.since.tzinfo is not None


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url) as running:
        yield running


async def ask(service: Service, question: str, *, site: str = "demo") -> Any:
    """The rows that answer it."""
    answer = await service.ask("POST", "/v1/ask", {"question": question}, site=site)
    assert answer.status == 200, answer.text
    return answer.json


async def test_rows_counts_and_trails_come_from_the_store(service: Service) -> None:
    first = await service.submit("You idiot.", author="ada")
    second = await service.submit("Idiot again.", author="bob")
    await service.submit("A fair point.", author="bob")
    await service.ask("POST", f"/v1/comments/{first['id']}/decisions", {"decision": "reject", "reason": "offensive"})

    flagged = await ask(service, "show flagged comments from today")
    assert (flagged["shows"], [item["id"] for item in flagged["items"]]) == ("comments", [second["id"]])
    assert flagged["view"]["since"] is not None

    assert (await ask(service, "how many are waiting?"))["count"] == 1
    assert (await ask(service, "how many insults by ada were rejected?"))["count"] == 1
    assert (await ask(service, "how many comments by bob were approved"))["count"] == 1

    whole = first["id"]
    # What people call out has a digit, or it could be anybody's name.
    end = next(whole[-length:] for length in range(3, 14) if any(map(str.isdigit, whole[-length:])))
    for said in (whole, end):
        (found,) = (await ask(service, f"who rejected {said}?"))["trails"]
        assert found["comment"]["id"] == whole
        assert [(line["decision"], line["source"]) for line in found["decisions"]] == [
            ("hold", "rule"),
            ("reject", "moderator"),
        ]
    strange = await ask(service, "sing me a song")
    assert (strange["shows"], strange["items"]) == (None, [])
    assert "who rejected 123?" in strange["examples"]


async def test_every_example_that_the_desk_offers_is_understood(service: Service) -> None:
    for example in (await ask(service, "?"))["examples"]:
        said = await ask(service, example)
        assert said["shows"] is not None
        assert said["unused"] == []


async def test_another_sites_comments_answer_nothing(service: Service) -> None:
    comment = await service.submit("You idiot.", author="ada")
    assert (await ask(service, "show flagged comments", site="other"))["items"] == []
    assert (await ask(service, "how many are waiting", site="other"))["count"] == 0
    assert (await ask(service, f"who rejected {comment['id']}", site="other"))["trails"] == []


async def test_days_are_those_of_the_moderators_clock(service: Service) -> None:
    """Fourteen hours ahead, a day begins ten hours earlier or later than at UTC."""
    views = []
    for ahead in (0, 14 * 60):
        asked = {"question": "show comments from today", "minutes_ahead": ahead}
        views.append((await service.ask("POST", "/v1/ask", asked)).json["view"]["since"])
    apart = [datetime.fromisoformat(since) for since in views]
    assert apart[0].hour == 0
    assert apart[1].hour == 10
    assert abs(apart[0] - apart[1]) < DAY
    assert datetime.now(UTC) - apart[1] < DAY
