"""Akismet's API, versions 1.1 and 1.2: forms come in, and words of plain text that clients compare go out.

A comment is spam where the site's policy finds spam in it, or rejects it for whatever reason. What policy only holds
for rudeness is none: it would be lost among the spam.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from bot.example import Example, ExampleSource
from bot.store import usage
from bot.store.faults import StoreUnavailable
from bot.store.keys import Key, Scope
from bot.store.usage import Counted, Usage
from bot.verdict import Decision, Reason, Verdict
from bot.web.guards.bodies import LARGEST_COMMENT, read_body
from bot.web.guards.door import admit
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import BUSY, FORBIDDEN, INVALID, UNIDENTIFIED, Refusal
from bot.web.guards.routes import ForeignRoute

THANKS: Final = "Thanks for making the web a better place."
SPAM_REASONS: Final = frozenset(
    {
        Reason.DETECTED_SPAM,
        Reason.DETECTED_BANNED_WORD,
        Reason.DETECTED_SUSPECT_WORD,
        Reason.DETECTED_LINKS,
        Reason.DETECTED_SHORT_LINK,
        Reason.DETECTED_AUTHOR_NAME,
    }
)
"""For these a comment is spam as soon as policy holds it."""

_FORM: Final = "application/x-www-form-urlencoded"
_PLAIN: Final = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", "Server": "parley"}
_HOST_KEY = re.compile(r"(parley)[_-]([a-z2-7]+)\..+", re.IGNORECASE)
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_MOST_FIELDS: Final = 1_000
_MOST_SITES: Final = 500
_LONGEST_PLACE: Final = 1_000
# What Akismet documents for trying it out.
_TEST_AUTHOR: Final = "viagra-test-123"
_TEST_ADDRESS: Final = "akismet-guaranteed-spam@example.com"


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent: the fields of a form, or of an address."""

    fields: Mapping[str, str]
    host: str
    header: str | None

    @classmethod
    async def of(cls, request: web.Request, parts: Parts) -> "Form":
        """The form of a POST, the query of a GET."""
        if request.method == "GET":
            return cls(dict(request.query), request.host, request.headers.get("Authorization"))
        body = await read_body(request, LARGEST_COMMENT, parts.limits.body_seconds)
        try:
            pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError as error:
            raise Refusal(INVALID, f"A form may have up to {_MOST_FIELDS} fields.") from error
        # The store keeps no NUL, and no reader sees one.
        fields = {name: value.replace("\0", "") for name, value in pairs}
        return cls(fields, request.host, request.headers.get("Authorization"))

    def get(self, name: str) -> str:
        """A field; "" where it was not sent."""
        return self.fields.get(name, "")

    def require(self, *names: str) -> None:
        """A Refusal where one of these is missing or blank."""
        for name in names:
            if not self.get(name).strip():
                raise Refusal(INVALID, f"Missing required field: {name}.")

    @property
    def authorization(self) -> str | None:
        """The key as an Authorization header would show it: a field, the first label of the host's name, or that."""
        token = self.get("api_key") or self.get("key")
        label = _HOST_KEY.fullmatch(self.host)
        if not token and label is not None:
            token = f"{label[1]}_{label[2]}".lower()
        return f"Bearer {token}" if token else self.header

    @property
    def is_test(self) -> bool:
        """Is this a try, of which nothing is to be learned?"""
        return self.get("is_test").lower() not in ("", "0", "false")

    @property
    def place(self) -> str:
        """The host of the blog, or the whole of what was sent for it."""
        blog = self.get("blog").strip()
        try:
            named = urlsplit(blog).netloc
        except ValueError:
            named = ""
        return (named or blog)[:_LONGEST_PLACE]

    @property
    def is_caught(self) -> bool:
        """Did a program fill in the field that people do not see?"""
        trap = self.get("honeypot_field_name")
        return bool(trap and self.get(trap))


async def akismet_verify_key(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """`valid`, or `invalid` with the reason in a header."""
    form = await Form.of(request, parts)
    await admit(parts, visit, form.authorization, Scope.SCORE)
    return _say("valid")


async def akismet_comment_check(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """`true` for spam, `false` for anything else; nothing of the comment is stored."""
    form = await Form.of(request, parts)
    key = await admit(parts, visit, form.authorization, Scope.SCORE)
    form.require("blog", "user_ip")
    headers = {"X-akismet-guid": visit.request_id}
    if form.get("user_role") == "administrator":
        spam = False
    elif (
        form.is_caught
        or form.get("comment_author") == _TEST_AUTHOR
        or form.get("comment_author_email") == _TEST_ADDRESS
    ):
        spam = True
    else:
        spam = await _judged(form, key, parts, headers)
    if not form.is_test:
        await _count(parts, key, form, Counted.SPAM if spam else Counted.HAM)
    return _say("true" if spam else "false", headers)


async def _judged(form: Form, key: Key, parts: Parts, headers: dict[str, str]) -> bool:
    """Is it spam? Adds to the headers what a client may want to know."""
    author = form.get("comment_author").strip() or None
    (scored,) = await parts.moderation.score(key.site, [form.get("comment_content")], author=author)
    reasons = scored.verdict.reasons
    if Reason.SCORER_UNAVAILABLE in reasons:
        # Neither answer would be true; clients ask again, and hold the comment until then.
        raise Refusal(BUSY, "The models cannot score at the moment. Try again in a few seconds.")
    if Reason.LANGUAGE_UNKNOWN in reasons:
        headers["X-akismet-debug-help"] = "The models did not learn this language; only words and links were judged."
    if scored.verdict.decision is Decision.REJECT:
        headers["X-akismet-pro-tip"] = "discard"
    return is_spam(scored.verdict)


def is_spam(verdict: Verdict) -> bool:
    """Would Akismet's answer be `true`?"""
    if verdict.decision is Decision.APPROVE:
        return False
    return verdict.decision is Decision.REJECT or not SPAM_REASONS.isdisjoint(verdict.reasons)


async def akismet_submit_spam(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """Spam that was taken for none becomes an example."""
    return await _learn(request, parts, visit, Counted.MISSED, 1.0)


async def akismet_submit_ham(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """What was taken for spam and is none becomes an example."""
    return await _learn(request, parts, visit, Counted.FALSE_ALARM, 0.0)


async def _learn(request: web.Request, parts: Parts, visit: Visit, counted: Counted, spam: float) -> web.Response:
    form = await Form.of(request, parts)
    key = await admit(parts, visit, form.authorization, Scope.SUBMIT)
    form.require("blog", "user_ip")
    text = form.get("comment_content")
    if form.is_test or not text.strip():
        return _say(THANKS)
    example = Example(text, {"spam": spam}, ExampleSource.AKISMET, community=form.place)
    await parts.moderation.learn(key.site, example)
    await _count(parts, key, form, counted)
    return _say(THANKS)


async def _count(parts: Parts, key: Key, form: Form, counted: Counted) -> None:
    try:
        await parts.database.write(usage.count, key.site, key.id, _this_month(), form.place, counted)
    except StoreUnavailable:
        # The answer is right without it, and is what the caller came for.
        return


def _this_month() -> str:
    return datetime.now(UTC).strftime("%Y-%m")


async def akismet_usage_limit(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """How often the key asked this month; there is no monthly limit."""
    form = await Form.of(request, parts)
    key = await admit(parts, visit, form.authorization, Scope.SCORE)
    used = await parts.database.read(usage.total, key.site, key.id, _this_month())
    return _json({"limit": "none", "usage": used, "percentage": 0, "throttled": False})


async def akismet_key_sites(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """Where the key asked from in a month, and how often."""
    form = await Form.of(request, parts)
    key = await admit(parts, visit, form.authorization, Scope.SCORE)
    month = form.get("month") or _this_month()
    if not _MONTH.fullmatch(month):
        raise Refusal(INVALID, "month must be a year and a month, as in 2026-11.")
    limit, offset = _number(form, "limit", _MOST_SITES, _MOST_SITES), _number(form, "offset", 0, 10**9)
    found = await parts.database.read(usage.of, key.site, key.id, month)
    found = [place for place in found if form.get("filter").lower() in place.place.lower()]
    found.sort(key=_ORDERS.get(form.get("order"), _ORDERS["total"]), reverse=True)
    page = found[offset : offset + limit]
    if form.get("format") == "csv":
        return _say(_csv(month, page, limit, offset, len(found)), {"Content-Type": "text/csv; charset=utf-8"})
    sites = [_site(place) for place in page]
    return _json({month: sites, "limit": limit, "offset": offset, "total": len(found)})


_ORDERS: Final = {
    "total": lambda place: place.calls,
    "spam": lambda place: place.spam,
    "ham": lambda place: place.ham,
    "missed_spam": lambda place: place.missed,
    "false_positives": lambda place: place.false_alarm,
}


def _number(form: Form, name: str, default: int, most: int) -> int:
    given = form.get(name)
    if not given:
        return default
    if not given.isascii() or not given.isdigit() or not 0 <= int(given[:12]) <= most:
        raise Refusal(INVALID, f"{name} must be a whole number from 0 to {most}.")
    return int(given)


def _site(place: Usage) -> dict[str, object]:
    return {
        "site": place.place,
        "api_calls": str(place.calls),
        "spam": str(place.spam),
        "ham": str(place.ham),
        "missed_spam": str(place.missed),
        "false_positives": str(place.false_alarm),
        "is_revoked": False,
    }


def _csv(month: str, page: list[Usage], limit: int, offset: int, total: int) -> str:
    lines = [f"Active sites during {month} (limit:{limit}, offset: {offset}, total: {total})"]
    lines.append("Site,Total API Calls,Spam,Ham,Missed Spam,False Positives,Is Revoked")
    for place in page:
        # A spreadsheet would take a leading sign for a formula.
        named = '"' + re.sub(r"^[=+\-@\t\r]", r"'\g<0>", place.place).replace('"', '""') + '"'
        lines.append(f"{named},{place.calls},{place.spam},{place.ham},{place.missed},{place.false_alarm},false")
    return "\n".join(lines) + "\n"


def _say(text: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """The words and not a character more: clients compare them."""
    return web.Response(text=None, body=text.encode(), headers=_PLAIN | dict(headers or {}))


def _json(said: dict[str, object]) -> web.Response:
    return _say(json.dumps(said), {"Content-Type": "application/json"})


def write_refusal(refusal: Refusal, _request_id: str, _cause: Exception | None) -> web.Response:
    """`invalid` with the reason in a header where the key will not do, else the reason; 200 as Akismet answers it."""
    headers = {"X-akismet-debug-help": refusal.detail}
    if refusal.kind in (UNIDENTIFIED, FORBIDDEN):
        return _say("invalid", headers)
    if refusal.kind is INVALID:
        return _say(refusal.detail, headers)
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(refusal.retry_after)))
    response = _say(refusal.detail, headers)
    response.set_status(refusal.kind.status)
    if refusal.kind.status in (408, 413):
        # What is left of the body would otherwise be read as the next request.
        response.force_close()
    return response


ROUTES: Final[tuple[ForeignRoute, ...]] = (
    ForeignRoute(
        "POST",
        "/1.1/verify-key",
        Scope.SCORE,
        akismet_verify_key,
        write_refusal,
        "Akismet: is the key good?",
        "A form with `api_key` or `key`, and `blog`. Answers `valid` or `invalid`. Here and in every call of Akismet's "
        "the key may also be the first label of the host's name, as in `parley_abc.akismet.example.org`.",
        {200: "text/plain"},
        _FORM,
    ),
    ForeignRoute(
        "POST",
        "/1.1/comment-check",
        Scope.SCORE,
        akismet_comment_check,
        write_refusal,
        "Akismet: is it spam?",
        "A form with `api_key`, `blog`, `user_ip`, and what is known of the comment; `comment_content` and "
        "`comment_author` are judged by the site's policy, by none of its sections: no form names a thread. Answers "
        "`true` where policy finds spam or rejects, else "
        "`false`; `X-akismet-pro-tip: discard` where it rejects. Nothing is stored but a count.",
        {200: "text/plain"},
        _FORM,
    ),
    ForeignRoute(
        "POST",
        "/1.1/submit-spam",
        Scope.SUBMIT,
        akismet_submit_spam,
        write_refusal,
        "Akismet: this was spam",
        "The form of comment-check. The text becomes a labelled example of the site: `./parley examples SITE`.",
        {200: "text/plain"},
        _FORM,
    ),
    ForeignRoute(
        "POST",
        "/1.1/submit-ham",
        Scope.SUBMIT,
        akismet_submit_ham,
        write_refusal,
        "Akismet: this was no spam",
        "The form of comment-check. The text becomes a labelled example of the site: `./parley examples SITE`.",
        {200: "text/plain"},
        _FORM,
    ),
    ForeignRoute(
        "GET",
        "/1.2/usage-limit",
        Scope.SCORE,
        akismet_usage_limit,
        write_refusal,
        "Akismet: how much was used",
        "With `?api_key=`. The calls of this month; there is no monthly limit.",
        {200: "application/json"},
    ),
    ForeignRoute(
        "GET",
        "/1.2/key-sites",
        Scope.SCORE,
        akismet_key_sites,
        write_refusal,
        "Akismet: which sites used the key",
        "With `?api_key=`, `month` (2026-11), `filter`, `format` (json or csv), `order`, `limit` and `offset`.",
        {200: "application/json"},
    ),
)
