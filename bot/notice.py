"""Notices: what people are told about events, in words. From the bodies of events to one letter.

Events hold no text, so comments are looked up when a letter is written: what was erased meanwhile is left out, what
was decided meanwhile is only counted. Texts are by strangers: they are shortened to one line in which nothing calls
anybody by name, leads anywhere, or looks like something that Parley says.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.comment import Comment, Status
from bot.comment import read_id as read_comment
from bot.event import EventType
from bot.verdict import Decision, Evidence

SHOWN: Final = 10
"""Comments that one letter tells of; the others are counted."""

USUALLY: Final = (EventType.COMMENT_HELD, EventType.COMMENT_REPORTED, EventType.APPEAL_OPENED)
"""What people hear of if nothing else is said."""

_LONGEST: Final = 160
_LONGEST_NAME: Final = 60
_FOUND_SHOWN: Final = 3

_TO_DECIDE: Final[Mapping[EventType, str]] = {
    EventType.APPEAL_OPENED: "Appeal",
    EventType.COMMENT_REPORTED: "Reported",
    EventType.COMMENT_HELD: "Held",
}
"""Events that ask for a decision, the weightiest first: it stands for the others of the same comment."""

_COUNTED: Final[Mapping[EventType, tuple[str, str]]] = {
    EventType.APPEAL_OPENED: ("appeal", "appeals"),
    EventType.COMMENT_REPORTED: ("reported comment", "reported comments"),
    EventType.COMMENT_HELD: ("held comment", "held comments"),
    EventType.COMMENT_APPROVED: ("approved comment", "approved comments"),
    EventType.COMMENT_REJECTED: ("rejected comment", "rejected comments"),
    EventType.COMMENT_WITHDRAWN: ("withdrawn comment", "withdrawn comments"),
    EventType.DECISION_MADE: ("decision", "decisions"),
    EventType.APPEAL_DECIDED: ("decided appeal", "decided appeals"),
    EventType.AUTHOR_SANCTIONED: ("decision about an author", "decisions about authors"),
    EventType.ENDPOINT_DISABLED: ("disabled endpoint", "disabled endpoints"),
    EventType.PING: ("ping", "pings"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as a notice needs it: its type, the comment it is about (None: none), and what else it says."""

    type: EventType
    comment: int | None
    # Any: the `data` of an event of any type.
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Glance:
    """As much as is looked up of every comment: where it stands, and how severe it is."""

    status: Status
    severity: float


@dataclass(frozen=True, slots=True)
class Found:
    """A comment that the letter tells of as it stands when that is written, and how long its audit trail is."""

    comment: Comment
    lines: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked up for a letter: a glance at each comment that is there, and the `worst` of them as a whole."""

    glances: Mapping[int, Glance]
    found: Mapping[int, Found]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a letter tells of.

    `text` is the comment's, shortened and harmless, None where it is not shown. `ticket` is what it can be decided
    with, None where there is nothing to decide, and `link` where a browser does that.
    """

    says: str
    text: str | None
    link: str | None
    ticket: str | None

    @property
    def written(self) -> str:
        """The lines of it in a letter of plain text."""
        text = [] if self.text is None else [self.text]
        link = [] if self.link is None else [f"{'Look' if self.ticket is None else 'Approve or reject'}: {self.link}"]
        return "\n".join([self.says, *text, *link])


@dataclass(frozen=True, slots=True)
class Letter:
    """What people are told at once. `more` counts what there is beside the items; `desk` is where all of it is."""

    title: str
    lead: str
    items: tuple[Item, ...]
    more: int
    desk: str


def read(body: str) -> Happening:
    """The event whose body that is."""
    event = json.loads(body)
    told: Mapping[str, Any] = event["data"]
    comment = told.get("comment")
    return Happening(EventType(event["type"]), None if comment is None else read_comment(comment["id"]), told)


def subjects(happenings: Iterable[Happening]) -> list[int]:
    """The comments that have to be looked up to tell of these."""
    asked = (one.comment for one in happenings if one.type in _TO_DECIDE and one.comment is not None)
    return list(dict.fromkeys(asked))


def worst(happenings: Iterable[Happening], glances: Mapping[int, Glance]) -> list[int]:
    """The comments that a letter tells of, the most severe first; the others are counted."""
    waiting = _waiting(_asking(happenings), glances)
    return sorted(waiting, key=lambda comment: (-glances[comment].severity, comment))[:SHOWN]


def compose(
    site: str,
    happenings: Sequence[Happening],
    looked: Looked,
    address: str,
    ticket: Callable[[Found], str],
    *,
    shows_text: bool,
) -> Letter | None:
    """One letter about all of them; None where nothing is left to tell.

    `address` is where browsers find Parley, `ticket` gives what a held comment can be decided with.
    """
    asking = _asking(happenings)
    waiting = _waiting(asking, looked.glances)
    others = [one for one in happenings if one.type not in _TO_DECIDE]
    if not waiting and not others:
        return None
    shown = [one for one in worst(happenings, looked.glances) if one in looked.found]
    told = [_item(looked.found[one], waiting[one], address, ticket, shows_text=shows_text) for one in shown]
    sentences = [_sentence(one) for one in others]
    said = [Item(one, None, None, None) for one in sentences if one is not None][: SHOWN - len(told)]
    items = (*told, *said)
    counts = Counter(waiting.values()) + Counter(one.type for one in others)
    lead = ", ".join(f"{counts[kind]} {_COUNTED[kind][counts[kind] > 1]}" for kind in _COUNTED if counts[kind])
    over = len(asking.keys() & looked.glances.keys()) - len(waiting)
    lead += "" if not over else f"; {over} more {'was' if over == 1 else 'were'} decided meanwhile"
    title, more = f"Parley, {site}: {_title(len(waiting))}", counts.total() - len(items)
    return Letter(title, f"{lead}.", items, more, f"{address}/desk")


def in_words(evidence: Evidence) -> str:
    """What a rule found, for people: `insult 0.80`, `flood (6)`, `first comment`."""
    words = evidence.reason.value.removeprefix("detected_").removeprefix("policy_").replace("_", " ")
    if evidence.value is None:
        return words
    return f"{words} {evidence.value:.2f}" if evidence.attribute is not None else f"{words} ({evidence.value:g})"


def objections(comment: Comment) -> list[str]:
    """Why the comment was not simply approved, each once, in the policy's order."""
    against = [found for found in comment.verdict.evidence if found.decision is not Decision.APPROVE]
    return list(dict.fromkeys(map(in_words, against)))


def harmless(text: str, longest: int) -> str:
    """The text in one line, shortened, so that a chat program makes nothing of it: no mention, no link, no markup."""
    line = " ".join(_HIDDEN.sub(" ", text).split())
    line = line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
    return _TRIGGERS.sub("\\1\u200b", line)


# What makes a line break, turns the direction of writing, or cannot be seen.
_HIDDEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
# A character that nobody sees behind these keeps @all, <!here>, ](link) and example.org from being read as such.
_TRIGGERS: Final = re.compile(r"([@<#:/`*_~|\[\]()]|\.(?=\w))")


def _asking(happenings: Iterable[Happening]) -> dict[int, EventType]:
    """For each comment that asks for a decision, the weightiest event that does."""
    weight = list(_TO_DECIDE)
    asking: dict[int, EventType] = {}
    for one in happenings:
        if one.type not in _TO_DECIDE or one.comment is None:
            continue
        before = asking.get(one.comment)
        if before is None or weight.index(one.type) < weight.index(before):
            asking[one.comment] = one.type
    return asking


def _waiting(asking: Mapping[int, EventType], glances: Mapping[int, Glance]) -> dict[int, EventType]:
    """Those of them that are there and not decided."""
    return {
        comment: kind
        for comment, kind in asking.items()
        if comment in glances and _is_news(glances[comment].status, kind)
    }


def _is_news(status: Status, kind: EventType) -> bool:
    # A report is news as long as the comment is there to be read.
    return status is Status.HELD or (kind is EventType.COMMENT_REPORTED and status is Status.APPROVED)


def _item(found: Found, kind: EventType, address: str, ticket: Callable[[Found], str], *, shows_text: bool) -> Item:
    comment = found.comment
    author = comment.submission.author
    why = ", ".join(objections(comment)[:_FOUND_SHOWN])
    says = (
        f"{_TO_DECIDE[kind]}{': ' if why else ''}{why}. "
        f"{harmless(author.name or author.id, _LONGEST_NAME)} in {harmless(comment.submission.thread, _LONGEST_NAME)}"
    )
    text = f"“{harmless(comment.submission.text, _LONGEST)}”" if shows_text else None
    if comment.status is not Status.HELD:
        return Item(says, text, f"{address}/desk", None)
    sealed = ticket(found)
    return Item(says, text, f"{address}/notices/{sealed}", sealed)


def _sentence(one: Happening) -> str | None:
    """What a line can say about an event that asks for nothing; None: it is counted, and that is all."""
    told = one.told
    match one.type:
        case EventType.AUTHOR_SANCTIONED:
            author, moderator = harmless(told["author"], _LONGEST_NAME), harmless(told["moderator"], _LONGEST_NAME)
            return f"{author} is {told['standing'].replace('_', '-')} from now on; {moderator} decided that."
        case EventType.ENDPOINT_DISABLED:
            return f"Nothing more is sent to {harmless(told['url'], _LONGEST)} ({told['because']})."
        case EventType.PING:
            return "This is a test: notices arrive."
        case _:
            return None


def _title(waiting: int) -> str:
    if not waiting:
        return "news"
    return "1 comment asks for a decision" if waiting == 1 else f"{waiting} comments ask for a decision"
