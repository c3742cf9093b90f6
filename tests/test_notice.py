"""What people are told, in words: the worst first, nothing that strangers wrote does anything, and counts add up."""

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot import blocks
from bot.comment import Author, Comment, Standing, Status, Submission
from bot.event import Event, EventType, appeal_opened, author_sanctioned, body, comment_reported, ping, status_reached
from bot.notice import SHOWN, Found, Glance, Letter, Looked, compose, harmless, in_words, read, subjects, worst
from bot.reporting import ReportReason
from bot.verdict import Decision, Evidence, Reason, Verdict
from sentiment.scores import Attribute
from tests.builders import NOON

INSULT = Evidence(Reason.DETECTED_INSULT, Decision.HOLD, Attribute.INSULT, 0.8, 0.5)
BAIT = "@everyone <!here> [win](http://evil.example)\nApprove: https://evil.example/x \u202e*now*"


def comment(number: int, severity: float = 0.5, text: str = "You idiot.", status: Status = Status.HELD) -> Comment:
    submission = Submission("article-1", text, Author("ada", "Ada"))
    return Comment(number, "demo", submission, status, NOON, None, Verdict(Decision.HOLD, (INSULT,), severity, "m", 1))


def told(events: Sequence[Event], comments: Sequence[Comment] = (), *, shows_text: bool = True) -> Letter | None:
    glances = {one.id: Glance(one.status, one.verdict.severity) for one in comments}
    happenings = [read(json.dumps(body(event, 1))) for event in events]
    shown = worst(happenings, glances)
    looked = Looked(glances, {one.id: Found(one, 1) for one in comments if one.id in shown})
    return compose("demo", happenings, looked, "https://parley.example", _ticket, shows_text=shows_text)


def _ticket(about: Found) -> str:
    return f"ticket-{about.comment.id}"


def held(*comments: Comment) -> list[Event]:
    return [status_reached(one, NOON) for one in comments]


def test_one_held_comment_is_told_with_why_and_where_to_decide() -> None:
    one = comment(7)
    letter = told(held(one), [one])
    assert letter is not None
    assert letter.title == "Parley, demo: 1 comment asks for a decision"
    assert letter.lead == "1 held comment."
    (item,) = letter.items
    assert item.written == (
        "Held: insult 0.80. Ada in article-1\n“You idiot.”\nApprove or reject: https://parley.example/notices/ticket-7"
    )
    assert letter.desk == "https://parley.example/desk"


def test_without_text_nothing_of_what_was_said_is_in_it() -> None:
    one = comment(7, text="Rumpelstiltskin is an idiot.")
    letter = told(held(one), [one], shows_text=False)
    assert letter is not None
    assert "Rumpelstiltskin" not in json.dumps(blocks.written(letter)) + letter.items[0].written


def test_the_worst_come_first_and_the_others_are_counted() -> None:
    many = [comment(number, severity=number / 100) for number in range(1, 41)]
    letter = told(held(*many), many)
    assert letter is not None
    assert [item.ticket for item in letter.items] == [f"ticket-{number}" for number in range(40, 40 - SHOWN, -1)]
    assert (letter.lead, letter.more) == ("40 held comments.", 30)


def test_a_comment_that_was_held_reported_and_appealed_is_one_thing_to_decide() -> None:
    one = comment(7)
    events = [*held(one), comment_reported(one, ReportReason.SPAM, 1, NOON), appeal_opened(one, NOON)]
    letter = told(events, [one])
    assert letter is not None
    assert (letter.lead, len(letter.items), letter.more) == ("1 appeal.", 1, 0)
    assert letter.items[0].says.startswith("Appeal: ")


def test_what_was_decided_is_counted_and_what_was_erased_is_left_out() -> None:
    waiting, done, gone = comment(1), comment(2), comment(3)
    letter = told(held(waiting, done, gone), [waiting, comment(2, status=Status.APPROVED)])
    assert letter is not None
    assert letter.lead == "1 held comment; 1 more was decided meanwhile."
    assert told(held(done, gone), [comment(2, status=Status.REJECTED)]) is None


def test_a_reported_comment_that_is_published_is_told_and_cannot_be_decided_from_here() -> None:
    one = comment(7, status=Status.APPROVED)
    letter = told([comment_reported(one, ReportReason.ILLEGAL, 2, NOON)], [one])
    assert letter is not None
    assert (letter.items[0].ticket, letter.items[0].link) == (None, "https://parley.example/desk")


def test_other_events_are_told_in_a_line_or_counted() -> None:
    one = comment(7, status=Status.APPROVED)
    banned = author_sanctioned("demo", "eve", Standing.SHADOW_BANNED, None, "grace", None, None, NOON)
    letter = told([banned, ping("demo", 1, NOON), status_reached(one, NOON)])
    assert letter is not None
    assert letter.lead == "1 approved comment, 1 decision about an author, 1 ping."
    assert [item.says for item in letter.items] == [
        "eve is shadow-banned from now on; grace decided that.",
        "This is a test: notices arrive.",
    ]
    assert letter.more == 1


def test_every_type_of_event_can_be_told() -> None:
    one = comment(7)
    for kind in EventType:
        fields = {
            "author": "eve",
            "standing": "banned",
            "moderator": "grace",
            "url": "https://a.example",
            "because": "gone",
        }
        letter = told([Event(kind, "demo", NOON, one, fields)], [one])
        assert letter is not None, kind
        assert letter.lead.startswith("1 "), kind


def test_bait_calls_nobody_and_leads_nowhere() -> None:
    shown = harmless(BAIT, 500)
    for trigger in ("@everyone", "<!here>", "](", "http://", "https://", "evil.example", "\n", "\u202e", "*now*"):
        assert trigger not in shown, trigger
    one = comment(7, text=BAIT)
    letter = told(held(one), [one])
    assert letter is not None
    assert letter.items[0].written.count("\n") == 2
    assert letter.items[0].written.count("https://") == 1


@given(st.text(), st.integers(2, 200))
def test_whatever_strangers_write_is_one_short_line(text: str, longest: int) -> None:
    shown = harmless(text, longest)
    assert len(shown.splitlines()) <= 1
    assert len(shown.replace("\u200b", "")) <= longest
    assert "@" not in shown.replace("@\u200b", "")


def test_evidence_in_words() -> None:
    assert in_words(INSULT) == "insult 0.80"
    assert in_words(Evidence(Reason.DETECTED_FLOOD, Decision.HOLD, None, 6, 5)) == "flood (6)"
    assert in_words(Evidence(Reason.POLICY_FIRST_COMMENT, Decision.HOLD)) == "first comment"


def test_slack_gets_no_more_than_it_takes_and_the_text_as_plain_text() -> None:
    many = [comment(number, text=BAIT * 50) for number in range(40)]
    letter = told(held(*many), many)
    assert letter is not None
    written = blocks.written(letter)
    assert len(written["blocks"]) <= 50
    kinds = {block["text"]["type"] for block in written["blocks"] if "text" in block}
    assert kinds == {"plain_text"}
    assert all(len(block["text"]["text"]) <= 3000 for block in written["blocks"] if "text" in block)
    (actions, *_) = [block for block in written["blocks"] if block["type"] == "actions"]
    assert [button["action_id"] for button in actions["elements"]] == ["approve", "reject", "look"]


def test_a_decision_takes_the_place_of_its_own_buttons() -> None:
    both = [comment(1), comment(2)]
    letter = told(held(*both), both)
    assert letter is not None
    before = blocks.written(letter)["blocks"]
    after = blocks.decided(before, "decide 1", "kaja approved the comment.")
    assert after["replace_original"] is True
    assert [block["type"] for block in after["blocks"]].count("actions") == 1
    changed = [new for old, new in zip(before, after["blocks"], strict=True) if old != new]
    assert [one["elements"][0]["text"] for one in changed] == ["kaja approved the comment."]


def test_only_what_asks_for_a_decision_has_to_be_looked_up() -> None:
    first, second = comment(2**62 + 5), comment(2, status=Status.APPROVED)
    happenings = [read(json.dumps(body(event, 1))) for event in held(first, second, first)]
    assert subjects(happenings) == [first.id]
