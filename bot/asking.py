"""What a moderator asks the desk in plain words, as the rows that answer it: pure, and English.

    "show flagged comments from today"   the held comments since midnight
    "how many are waiting?"              a number
    "who rejected 123?"                  the audit trail of the comment whose id ends so

Each rule takes its words out of the question; what no rule knows is named in `unused` and never guessed at.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.comment import Status
from bot.verdict import Reason
from sentiment.scores import Attribute


class Shows(StrEnum):
    """What kind of rows answer the question."""

    COMMENTS = "comments"
    COUNT = "count"
    DECISIONS = "decisions"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question as it was understood; all that is given must hold, `since` included and `until` not.

    `comment` is an id or how it ends. `unused` are the words that were left over.
    """

    shows: Shows = Shows.COMMENTS
    status: Status = Status.HELD
    reason: Reason | None = None
    attribute: Attribute | None = None
    min_score: float | None = None
    author: str | None = None
    thread: str | None = None
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    by_severity: bool = False
    oldest_first: bool = False
    limit: int | None = None
    comment: str | None = None
    unused: tuple[str, ...] = ()


def understand(question: str, now: datetime) -> Wanted | None:
    """What is wanted, with days as they are in the time zone of `now`; None where no word of it is understood."""
    reading = _Reading(" ".join(question.split()), now)
    for rule in _RULES:
        rule(reading)
    if not reading.understood:
        return None
    left = [word for word in _WORD.findall(reading.rest) if word.lower() not in _FILLERS]
    return replace(reading.wanted, unused=(*reading.strange, *left))


_WORD: Final = re.compile(r"[^\W_][\w'’-]*")
_FILLERS: Final = frozenset(
    "a about all an and any anything are as at be been by can comment comments could currently did do does every "
    "everything exactly find for from get give got had has have i in is it its list look me my now of on ones only "
    "order out over people please pull put queue right see show still tell that the their them there they things this "
    "to up us was we were what when which who with would you".split()
)


@dataclass(slots=True)
class _Reading:
    """A question while it is read: what is left of it, and what was wanted so far."""

    rest: str
    now: datetime
    wanted: Wanted = field(default_factory=Wanted)
    understood: bool = False
    strange: list[str] = field(default_factory=list)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first place where the pattern stands; its words are taken out."""
        found = pattern.search(self.rest)
        if found is not None:
            self.rest = f"{self.rest[: found.start()]} ; {self.rest[found.end() :]}"
        return found

    def want(self, **changes: object) -> None:
        """So much more was understood (object: whatever the field takes)."""
        self.wanted = replace(self.wanted, **changes)  # type: ignore[arg-type]
        self.understood = True


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE)


# An id, or its end: at least three characters of which one is a digit.
_ID: Final = r"#?(?P<id>(?=[a-z]*\d)[0-9a-hjkmnp-tv-z]{3,13})"
_TRAIL: Final = (
    _re(rf"who\s+(?:has\s+|last\s+)?[a-z]+(?:\s+(?:on|about|for|to))?\s+(?:the\s+)?(?:comment\s+)?{_ID}"),
    _re(rf"what\s+(?:has\s+)?happened\s+(?:to|with)\s+(?:the\s+)?(?:comment\s+)?{_ID}"),
    _re(rf"(?:history|trail|log|decisions?|story)\s+(?:of|for|on|about)\s+(?:the\s+)?(?:comment\s+)?{_ID}"),
    _re(rf"why\s+(?:was|is|did)\s+(?:the\s+)?(?:comment\s+)?{_ID}(?:\s+[a-z]+)?"),
    _re(rf"comment\s+{_ID}"),
    _re(r"#?(?P<id>[0-7][0-9a-hjkmnp-tv-z]{12})"),
)


def _trail(reading: _Reading) -> None:
    for pattern in _TRAIL:
        found = reading.take(pattern)
        if found is not None:
            reading.want(shows=Shows.DECISIONS, comment=found["id"].lower())
            return


_COUNT: Final = _re(r"how\s+many|(?:what\s+is\s+)?(?:the\s+)?(?:number|count|total)\s+of|count")


def _count(reading: _Reading) -> None:
    if reading.take(_COUNT) is not None:
        reading.want(shows=Shows.COUNT)


_UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
}
_LAST: Final = _re(
    r"(?:(?:from|in|of|during|within|over|since)\s+)?(?:the\s+)?(?:last|past)\s+(?:(?P<number>\d{1,4})\s+)?"
    r"(?P<unit>minute|hour|day|week|month)s?"
)
_SO_FAR: Final = _re(
    r"(?:(?:from|in|of|during|since)\s+)?(?:this\s+(?P<span>morning|week|month|year)|(?P<midnight>midnight))"
)


def _spans(reading: _Reading) -> None:
    """A stretch of time that reaches up to now."""
    last = reading.take(_LAST)
    if last is not None:
        reading.want(since=reading.now - int(last["number"] or 1) * _UNITS[last["unit"].lower()])
    this = reading.take(_SO_FAR)
    if this is not None:
        today, span = reading.now.date(), (this["span"] or "morning").lower()
        first = {
            "morning": today,
            "week": today - timedelta(days=today.weekday()),
            "month": today.replace(day=1),
            "year": today.replace(month=1, day=1),
        }[span]
        reading.want(since=_midnight(first, reading.now))


_WEEKDAYS: Final = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY: Final = (
    rf"today|yesterday|(?:last\s+)?(?:{'|'.join(_WEEKDAYS)})|\d{{4}}-\d\d-\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:\s+\d{{4}})?|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
)
_BETWEEN: Final = _re(rf"(?:between|from)\s+(?P<first>{_DAY})\s+(?:and|to|until|till)\s+(?P<last>{_DAY})")
_ONE_DAY: Final = _re(rf"(?:(?P<how>since|after|before|until|till|from|of|on|in)\s+)?(?P<day>{_DAY})")


def _days(reading: _Reading) -> None:
    """Days by their names or dates."""
    between = reading.take(_BETWEEN)
    if between is not None:
        first, last = _day(between["first"], reading.now), _day(between["last"], reading.now)
        if first is not None and last is not None:
            reading.want(since=_midnight(first, reading.now), until=_midnight(last + timedelta(days=1), reading.now))
    while (found := reading.take(_ONE_DAY)) is not None:
        day = _day(found["day"], reading.now)
        if day is None:
            reading.strange.append(found["day"])
            continue
        begin, end = _midnight(day, reading.now), _midnight(day + timedelta(days=1), reading.now)
        how = (found["how"] or "on").lower()
        bounds: dict[str, dict[str, datetime]] = {
            "since": {"since": begin},
            "after": {"since": end},
            "before": {"until": begin},
            "until": {"until": end},
            "till": {"until": end},
        }
        # Nothing is later than today.
        whole = {"since": begin} if end > reading.now else {"since": begin, "until": end}
        reading.want(**bounds.get(how, whole))


def _day(said: str, now: datetime) -> date | None:
    """The latest day of that name that is not to come; None for a date that there is not."""
    today, words = now.date(), said.lower().replace(",", "").split()
    if words[-1] in ("today", "yesterday"):
        return today - timedelta(days=words[-1] == "yesterday")
    if words[-1] in _WEEKDAYS:
        back = (today.weekday() - _WEEKDAYS.index(words[-1])) % 7
        return today - timedelta(days=back or (7 if words[0] == "last" else 0))
    try:
        if len(words) == 1:
            return date.fromisoformat(words[0])
        month = next(_MONTHS.index(word[:3]) for word in words if word[:3] in _MONTHS) + 1
        numbers = [int(re.sub(r"\D", "", word)) for word in words if word[0].isdigit()]
        year = numbers[1] if len(numbers) > 1 else today.year
        day = date(year, month, numbers[0])
        return day if len(numbers) > 1 or day <= today else day.replace(year=year - 1)
    except (ValueError, OverflowError):
        return None


def _midnight(day: date, now: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)


_ATTRIBUTES: Final = {
    Attribute.SEVERE_TOXICITY: r"severe(?:ly)?[\s_]+toxic(?:ity)?",
    Attribute.TOXICITY: r"toxic(?:ity)?",
    Attribute.IDENTITY_ATTACK: r"identity[\s_]+attacks?|hate(?:ful)?|hate[\s-]+speech|racis[tm]",
    Attribute.INSULT: r"insults?|insulting|personal\s+attacks?",
    Attribute.PROFANITY: r"profan(?:e|ity)|swearing|swear\s+words?|cursing",
    Attribute.THREAT: r"threat(?:s|ening)?",
    Attribute.SEXUALLY_EXPLICIT: r"sexual(?:ly[\s_]+explicit)?|explicit",
    Attribute.SPAM: r"spam(?:my)?|advertis(?:ing|ements?)|adverts?",
}
_SCORE: Final = {
    attribute: _re(
        rf"(?:{words})\s+(?:scores?\s+)?(?:(?:of|is|are)\s+)?(?:over|above|at\s+least|more\s+than|from|>=?)\s*"
        r"(?:(?P<share>\d{1,3})\s*(?:%|percent)|(?P<score>0?\.\d+|1(?:\.0+)?))(?:\s+(?:or\s+more|and\s+up))?"
    )
    for attribute, words in _ATTRIBUTES.items()
}


def _scores(reading: _Reading) -> None:
    for attribute, pattern in _SCORE.items():
        found = reading.take(pattern)
        if found is not None:
            score = int(found["share"]) / 100 if found["share"] else float(found["score"])
            reading.want(attribute=attribute, min_score=min(1.0, score))
            return


_REASONS: Final = {
    Reason.REPORTED_SPAM: r"reported\s+(?:as|for)\s+(?:spam|advertis(?:ing|ements?))",
    Reason.REPORTED_OFFENSIVE: r"reported\s+(?:as|for)\s+(?:being\s+)?(?:offensive|offence|insults?)",
    Reason.REPORTED_OFF_TOPIC: r"reported\s+(?:as|for)\s+(?:being\s+)?off[\s-]+topic",
    Reason.REPORTED_ILLEGAL: r"reported\s+(?:as|for)\s+(?:being\s+)?(?:illegal|something\s+illegal)",
    Reason.REPORTED_OTHER: r"reported\s+(?:as|for)\s+(?:something\s+else|others?(?:\s+reasons?)?)",
    Reason.POLICY_APPEALED: r"appeals?|appealed(?:\s+against)?",
    Reason.DETECTED_BANNED_WORD: r"banned\s+words?",
    Reason.DETECTED_SUSPECT_WORD: r"suspect\s+words?",
    Reason.DETECTED_SHORT_LINK: r"short(?:ened)?\s+links?",
    Reason.DETECTED_LINKS: r"(?:too\s+many\s+|many\s+)?links?",
    Reason.DETECTED_REPEAT_POST: r"repeats?|repeat(?:ed)?\s+posts?|posted\s+(?:twice|again)",
    Reason.DETECTED_NEAR_DUPLICATE: r"(?:near[\s-]+)?duplicates?|copy[\s-]*pasted?",
    Reason.DETECTED_FLOOD: r"floods?|flooding",
    Reason.POLICY_FIRST_COMMENT: r"first\s+comments?|first[\s-]+timers?|(?:new|first[\s-]+time)\s+authors?",
    Reason.LANGUAGE_UNKNOWN: r"(?:other|foreign|unknown)\s+languages?",
    Reason.SCORER_UNAVAILABLE: r"not\s+scored|unscored",
} | {Reason.detected(attribute): words for attribute, words in _ATTRIBUTES.items()}
_REASON: Final = {
    reason: _re(rf"(?:(?:for|because\s+of|as|with|due\s+to)\s+(?:the\s+)?)?(?:{words})")
    for reason, words in _REASONS.items()
}


def _reasons(reading: _Reading) -> None:
    """One reason; a second one stays among the words that were not used."""
    if reading.wanted.attribute is None:
        for reason, pattern in _REASON.items():
            if reading.take(pattern) is not None:
                reading.want(reason=reason)
                return


_STATUSES: Final = {
    Status.HELD: _re(r"held|flagged|waiting|waits?|pending|queued|undecided|on\s+hold|(?:in|on)\s+(?:the|my)\s+queue"),
    Status.REJECTED: _re(r"rejected|removed|deleted|refused|blocked"),
    Status.APPROVED: _re(r"approved|published|accepted|let\s+through"),
    Status.WITHDRAWN: _re(r"withdrawn|taken\s+back"),
}


def _statuses(reading: _Reading) -> None:
    for status, pattern in _STATUSES.items():
        if reading.take(pattern) is not None:
            reading.want(status=status)
            return


_MOST: Final = _re(r"(?P<order>last|latest|newest|most\s+recent|first|top|oldest|worst)\s+(?P<number>\d{1,3})")
_ORDERS: Final = {
    _re(r"worst(?:\s+(?:first|ones?))?|most\s+(?:severe|urgent|toxic)(?:\s+(?:first|ones?))?|top"): "worst",
    _re(r"oldest(?:\s+(?:first|ones?))?|longest(?:\s+waiting)?"): "oldest",
    _re(r"newest(?:\s+(?:first|ones?))?|latest(?:\s+ones?)?|(?:most\s+)?recent(?:ly)?|new"): "newest",
}


def _orders(reading: _Reading) -> None:
    most = reading.take(_MOST)
    order = None
    if most is not None:
        order = {"top": "worst", "worst": "worst", "first": "oldest", "oldest": "oldest"}.get(most["order"].lower())
        reading.want(limit=max(1, int(most["number"])))
    for pattern, said in _ORDERS.items():
        if reading.take(pattern) is not None:
            order = said
            reading.want()
    reading.wanted = replace(reading.wanted, by_severity=order == "worst", oldest_first=order == "oldest")


_NAMED: Final = r"(?:[\"“'](?P<quoted>[^\"”']+)[\"”']|@?(?P<bare>[^\s;?!,]+))"
_TEXT: Final = re.compile(
    rf"(?<!\w)(?:with|containing|contain|mentioning|mention|about|saying|says?)\s+(?:the\s+)?(?:words?\s+|text\s+)?{_NAMED}",
    re.IGNORECASE,
)
_AUTHOR: Final = (
    re.compile(rf"(?<!\w)(?:by|from|author|user)\s+(?:the\s+)?(?:author\s+|user\s+)?{_NAMED}", re.IGNORECASE),
    re.compile(rf"{_NAMED}\s+(?:wrote|write|posted|post|has\s+written)(?!\w)", re.IGNORECASE),
)
_THREAD: Final = re.compile(
    rf"(?<!\w)(?:in|on|under|thread)\s+(?:the\s+)?(?:thread\s+|article\s+|page\s+)?{_NAMED}", re.IGNORECASE
)


def _names(reading: _Reading) -> None:
    """Who wrote it, where, and which words it has."""
    fields: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...] = (
        ("text", (_TEXT,)),
        ("author", _AUTHOR),
        ("thread", (_THREAD,)),
    )
    for name, patterns in fields:
        for pattern in patterns:
            found = _named(reading, pattern)
            if found is not None:
                reading.want(**{name: found})
                break


def _named(reading: _Reading, pattern: re.Pattern[str]) -> str | None:
    """The first name that is no filling word; its words are taken out."""
    for found in pattern.finditer(reading.rest):
        name = found["quoted"] or found["bare"].rstrip(".:'’")
        if found["quoted"] or (name and name.lower() not in _FILLERS):
            reading.rest = f"{reading.rest[: found.start()]} ; {reading.rest[found.end() :]}"
            return name
    return None


# Times before authors: "from today" is no author. Ids before everything: they may look like any word.
_RULES: Final[tuple[Callable[[_Reading], None], ...]] = (
    _trail,
    _count,
    _spans,
    _days,
    _scores,
    _names,
    _orders,
    _reasons,
    _statuses,
)
