"""What comes from another system, what can be made of it, and what every system's file says about it.

All of it is pure: bytes, headers and the moment go in, frozen values come out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Annotated, Final
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.arrival import Arrival, System
from bot.comment import Author, Submission
from bot.store.arrivals import Received
from bot.web.guards.answers import Json
from bot.web.guards.bodies import field_errors
from bot.web.guards.signatures import hexadecimal, is_one_of
from bot.web.wire.asked import CommentAsked

_LONGEST_NAME: Final = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f\s]+")
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f]{1,1980}")
_TAG = re.compile(r"<(?:(?P<comment>!--)|[!?]|/[A-Za-z]|(?P<name>[A-Za-z][^\s/>]{0,20}))")
_ATTRIBUTES = re.compile(r"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_ALT = re.compile(r"""(?<![\w-])alt\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++)""", re.IGNORECASE)
_BREAKS: Final = frozenset({"br", "p", "div", "li", "blockquote", "pre"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request as it came; the names of `headers` are looked up in any case. `now` is when."""

    method: str
    headers: Mapping[str, str]
    body: bytes
    now: datetime

    def header(self, name: str) -> str:
        """A header's value, empty where it was not sent."""
        return self.headers.get(name, "")

    def form(self) -> dict[str, str]:
        """The fields of a form, in UTF-8; of a field that is there twice the last one."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100))


@dataclass(frozen=True, slots=True)
class Verified:
    """It comes from where it says. `delivery` is the id by which it is known when it comes again, None without one."""

    delivery: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """It may come from anybody, or comes too late: a sentence that names what does not fit."""

    why: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """Comments, new or edited."""

    event: str
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing that a comment follows from: it is acknowledged and counted. `answer` is what its sender waits for."""

    event: str
    answer: Json | None = None


class Malformed(ValueError):
    """It is signed well and makes no sense; the message names what is wrong, never what was written."""


Verify = Callable[[Delivery, Sequence[str]], Verified | Refused]
Read = Callable[[Delivery], Arrived | Ignored]


def acknowledge(received: Received | None) -> Json:
    """What most systems do not look at; people who look into their logs do. None where nothing was to be stored."""
    if received is None:
        return {"received": True, "comments": []}
    said: Json = {"received": True, "comments": [comment.status.value for comment in received.comments]}
    return said | {"replayed": True} if received.replayed else said


@dataclass(frozen=True, slots=True)
class Speaker:
    """One system: `verify` says whether it comes from there, `read` what it means, `answer` what it is told.

    `events` are those that metrics name; every other one is counted as "other". `verify` and `read` are pure; `read`
    raises Malformed or pydantic's ValidationError.
    """

    system: System
    verify: Verify
    read: Read
    events: frozenset[str]
    methods: tuple[str, ...] = ("POST",)
    answer: Callable[[Received | None], Json] = field(default=acknowledge)


class Sent(BaseModel):
    """A part of what another system sends: what Parley does not know there is overlooked."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


Text = Annotated[str, Field(max_length=200_000)]
Identity = Annotated[str, Field(min_length=1, max_length=1_000)]


def signed_body(header: str, id_header: str | None = None, scheme: str = "sha256=") -> Verify:
    """Verifies a hexadecimal HMAC-SHA256 of the whole body, as `scheme` and hex in a header."""

    def verify(delivery: Delivery, secrets: Sequence[str]) -> Verified | Refused:
        if not is_one_of([delivery.header(header)], [hexadecimal(delivery.body, one, scheme) for one in secrets]):
            return Refused(f"The header {header} does not fit the body and the source's secret.")
        return Verified((delivery.header(id_header) or None) if id_header else None)

    return verify


def arrival(
    external: str,
    *,
    thread: str,
    text: str,
    author: str,
    name: str | None = None,
    parent: str | None = None,
    permalink: str | None = None,
    revision: int | None = None,
) -> Arrival:
    """A comment with the limits of Parley's own API; raises Malformed with every field that does not fit.

    Names are brought into one line; a permalink that is no web address is left out.
    """
    who = _one_line(author)
    asked = {
        "thread": _CONTROL.sub(" ", thread).strip()[:500],
        "text": text,
        "author": {"id": who, "name": _one_line(name or "") or who},
        "permalink": permalink if permalink and _WEB_ADDRESS.fullmatch(permalink) else None,
    }
    try:
        given = CommentAsked.model_validate(asked)
    except ValidationError as error:
        raise Malformed(sentence(error)) from error
    submission = Submission(
        given.thread, given.text, Author(given.author.id, given.author.name or who), None, given.permalink
    )
    return Arrival(external, submission, parent, revision)


def visitor(name: str | None) -> str:
    """The id of whom the other system does not know: strangers choose their names, and must not choose a user's id."""
    return f"visitor-{name}" if name else "visitor"


def sentence(error: ValidationError) -> str:
    """Every wrong field and what it must be, without what stands there."""
    return "; ".join(f"{one.field} {one.message}" for one in field_errors(error, "body")[:5]) + "."


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()[:_LONGEST_NAME]


def words_of(html: str) -> str:
    """The text that readers see of a piece of HTML: with line ends where tags break lines, and pictures described.

    In time linear in its length, which the standard library's parser does not promise: a stranger may have written it.
    What looks like markup and never ends is text, so nothing is hidden from whoever judges it.
    """
    found: list[str] = []
    at, ending = 0, _Ending()
    while (begin := html.find("<", at)) >= 0:
        found.append(unescape(html[at:begin]))
        tag, at = _TAG.match(html, begin), begin + 1
        end = None if tag is None else ending.of(html, tag)
        if tag is None or end is None:
            found.append("<")
            continue
        if tag["name"] and tag["name"].lower() in _BREAKS and found:
            found.append("\n")
        found.extend(unescape(one.group().partition("=")[2].strip(" \"'")) for one in _ALT.finditer(html, begin, end))
        at = end
    found.append(unescape(html[at:]))
    return re.sub(r"\n{2,}", "\n", "".join(found)).strip()


class _Ending:
    """Where pieces of markup end. What did not end once is looked for no more: it will not further on."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    def of(self, html: str, tag: re.Match[str]) -> int | None:
        """The place after the piece that begins there; None where it never ends."""
        if tag["comment"]:
            return self._find(html, "-->", tag.end())
        if tag["name"] and "quoted" not in self._open:
            whole = _ATTRIBUTES.match(html, tag.end())
            if whole is not None:
                return whole.end()
            self._open.add("quoted")
        return self._find(html, ">", tag.end())

    def _find(self, html: str, mark: str, begin: int) -> int | None:
        place = -1 if mark in self._open else html.find(mark, begin)
        if place < 0:
            self._open.add(mark)
            return None
        return place + len(mark)


def unescaped(text: str) -> str:
    """Text in which only &, < and > were escaped."""
    return unescape(text)
