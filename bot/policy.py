"""A site's policy and the pure judgement on it: evidence from every rule, then one fold.

Every rule runs and nothing returns early, so a verdict always shows all that was found. A new rule is one
function and one line in `RULES`; a new setting is one field of `Policy`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.comment import History, Standing, Status
from bot.sections import MOST_SECTIONS, ThreadSection
from bot.verdict import Decision, Evidence, Place, Reason, Verdict
from bot.widget import Widget
from bot.wordlist import WordList
from sentiment.contacts import Kind, find_contacts, link_kinds
from sentiment.scores import UNKNOWN_LANGUAGE, Analysis, Attribute

Probability = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[int, Field(ge=1, le=30 * 24 * 3600)]
Days = Annotated[int, Field(ge=1, le=36_500)]
Count = Annotated[int, Field(ge=1, le=1000)]
# One line with something in it to find; a control character is no part of a word, and NUL cannot be stored.
WORD_PATTERN = r"^[^\x00-\x1f\x7f*]*\w[^\x00-\x1f\x7f*]*\*?$"
CODE_PATTERN = r"^[a-z0-9_]+$"
TEXT_PATTERN = r"^[^\x00]*$"
Word = Annotated[str, Field(max_length=100, pattern=WORD_PATTERN)]
Words = Annotated[tuple[Word, ...], Field(max_length=10_000)]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Levels(_Document):
    """From which score on a comment is held, and from which on it is rejected without a person (null: never)."""

    hold: Probability
    reject: Probability | None = None

    @model_validator(mode="after")
    def _hold_comes_first(self) -> Self:
        if self.reject is not None and self.reject < self.hold:
            raise ValueError(f"reject ({self.reject}) must not be below hold ({self.hold})")
        return self


class AttributeLevels(_Document):
    """Levels for each attribute; null switches the attribute off.

    By default only what hardly anybody wants to read again is rejected without a person: rudeness waits for one.
    """

    toxicity: Levels | None = Levels(hold=0.6)
    severe_toxicity: Levels | None = Levels(hold=0.4, reject=0.9)
    identity_attack: Levels | None = Levels(hold=0.4, reject=0.97)
    insult: Levels | None = Levels(hold=0.6)
    profanity: Levels | None = Levels(hold=0.8)
    threat: Levels | None = Levels(hold=0.4, reject=0.97)
    sexually_explicit: Levels | None = Levels(hold=0.6)
    spam: Levels | None = Levels(hold=0.7, reject=0.98)

    def of(self, attribute: Attribute) -> Levels | None:
        """The levels of one attribute."""
        levels: Levels | None = getattr(self, attribute)
        return levels


class WordRules(_Document):
    """Whole words or phrases; `*` at the end of one matches any ending. Spelling tricks are seen through."""

    banned: Words = Field(default=(), description="A comment with one of these is rejected.")
    suspect: Words = Field(default=(), description="A comment with one of these is held.")


class WindowRule(_Document):
    """Held when the author reaches `hold` earlier comments within the window."""

    hold: Count
    window_seconds: Seconds


class NewComments(StrEnum):
    """What happens to comments that no rule objects to."""

    PUBLISH = "publish"
    HOLD_FIRST = "hold_first"
    HOLD_ALL = "hold_all"


class OtherLanguages(StrEnum):
    """What happens to comments in languages that the models did not learn: nothing is known of what they say."""

    HOLD = "hold"
    PUBLISH = "publish"


class Retention(_Document):
    """For how many days after the last decision on it a comment keeps its text; null: for ever.

    Then text, name, address and notes go; status, scores, the author's id and the lines of the trail stay. What waits
    for a moderator is kept in any case.
    """

    rejected_days: Days | None = None
    withdrawn_days: Days | None = None
    approved_days: Days | None = None

    def of_each(self) -> dict[Status, int]:
        """The days of each status that has an end."""
        days = {
            Status.REJECTED: self.rejected_days,
            Status.WITHDRAWN: self.withdrawn_days,
            Status.APPROVED: self.approved_days,
        }
        return {status: number for status, number in days.items() if number is not None}


class ChatRules(_Document):
    """The chat that answers readers from the site's FAQ."""

    enabled: bool = Field(default=True, description="Answer readers at all.")
    keep_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = Field(
        default=24 * 60,
        description="A conversation is forgotten so many minutes after its last word.",
    )
    hand_over: bool = Field(
        default=True, description="Readers may ask a person; the question waits at the desk beside the queue."
    )
    question_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=14, description="A question to a person is forgotten with its answer so many days after it was asked."
    )


class CannedMessage(_Document):
    """What an author is told when a comment is rejected for a reason, as `label` shows it to moderators."""

    reason: Annotated[str, Field(min_length=1, max_length=100, pattern=CODE_PATTERN)]
    label: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
    text: Annotated[str, Field(min_length=1, max_length=2000, pattern=TEXT_PATTERN)]


class Rules(_Document):
    """What comments are judged by."""

    attributes: AttributeLevels = AttributeLevels()
    words: WordRules = WordRules()
    links: Count | None = Field(default=3, description="A comment with this many links or more is held; null: never.")
    short_links: bool = Field(
        default=True,
        description="Hold a comment with a link that hides where it leads, as bit.ly and the like make them.",
    )
    author_names: bool = Field(
        default=True,
        description="Hold when the author's name is an advertisement: a link, an address or a number to call.",
    )
    new_comments: NewComments = Field(
        default=NewComments.PUBLISH,
        description="publish: what no rule objects to is approved; hold_first: an author's comments are held until one "
        "was approved; hold_all: every comment waits for a person.",
    )
    other_languages: OtherLanguages = Field(
        default=OtherLanguages.HOLD,
        description="Comments that are not in English get no scores: hold, or publish what no other rule objects to.",
    )
    repeat: WindowRule | None = Field(
        default=WindowRule(hold=1, window_seconds=24 * 3600),
        description="Hold when the author posted the same text `hold` times within the window; null: never.",
    )
    near_duplicates: WindowRule | None = Field(
        default=WindowRule(hold=3, window_seconds=7 * 24 * 3600),
        description="Hold when `hold` comments within the window, by anybody, are nearly the same, or one of them was "
        "rejected by a moderator; comments of fewer than eight words are left out; null: never.",
    )
    reports: Count | None = Field(
        default=3,
        description="Hold a published comment that so many readers reported since a moderator last looked at it, and "
        "at once where one says that it is illegal; null: never.",
    )
    appeal_days: Count | None = Field(
        default=14,
        description="For so many days the author of a rejected comment may appeal, once; null: there are no appeals.",
    )
    messages: Annotated[tuple[CannedMessage, ...], Field(max_length=50)] = Field(
        default=(),
        description="The reasons for which moderators reject comments, in the order in which the desk offers them, and "
        "what the author is told; empty: the desk's own reasons, and no message.",
    )
    flood: WindowRule | None = Field(
        default=WindowRule(hold=10, window_seconds=60),
        description="Hold when the author posted `hold` comments within the window; null: never.",
    )

    def message_for(self, reason: str | None) -> str | None:
        """What the author is told who was rejected for this reason; None where that is nothing."""
        return next((message.text for message in self.messages if message.reason == reason), None)


class Section(ThreadSection, Rules):
    """Rules of some threads of a site; what it leaves out is as in the rest of the site."""


class Policy(Rules):
    """One site's rules, as a document that people edit and that is stored in versions."""

    sections: Annotated[tuple[Section, ...], Field(max_length=MOST_SECTIONS)] = Field(
        default=(), description="Threads with rules of their own; the first that has a thread judges it."
    )
    chat: ChatRules = ChatRules()
    widget: Widget = Field(default=Widget(), description="How comments are shown and taken on the site's own pages.")
    retention: Retention = Field(
        default=Retention(), description="How long comments keep their texts; it takes none that may be appealed."
    )

    @model_validator(mode="after")
    def _names_tell_apart(self) -> Self:
        names = [section.name for section in self.sections]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two sections are called {twice!r}; give each a name of its own")
        return self

    @model_validator(mode="after")
    def _kept_while_appealed(self) -> Self:
        kept = self.retention.rejected_days
        own = (section.appeal_days for section in self.sections if "appeal_days" in section.model_fields_set)
        appealed = max((days for days in (self.appeal_days, *own) if days is not None), default=0)
        if kept is not None and kept < appealed:
            raise ValueError(f"retention.rejected_days ({kept}) must not be below appeal_days ({appealed})")
        return self

    def within(self, section: Section) -> "Policy":
        """The policy of a section written out in full, without sections."""
        return Policy.model_validate(section.over(self.model_dump(exclude={"sections"})))

    def in_thread(self, thread: str) -> "Policy":
        """The same of the section that has this thread; the site's own where none has."""
        return next((self.within(section) for section in self.sections if section.has(thread)), self)


@dataclass(frozen=True, slots=True)
class ActivePolicy:
    """A policy made ready for judging, with the version that verdicts name."""

    document: Policy
    version: int
    banned: WordList
    suspect: WordList
    section: str | None = None
    sections: "tuple[tuple[Section, ActivePolicy], ...]" = ()

    @classmethod
    def of(cls, document: Policy, version: int) -> "ActivePolicy":
        """Builds the word lists of the site and its sections once, so that judging a comment does not."""
        site = cls(document, version, WordList(document.words.banned), WordList(document.words.suspect))
        return replace(site, sections=tuple((section, site._within(section)) for section in document.sections))

    def _within(self, section: Section) -> "ActivePolicy":
        merged, words = self.document.within(section), self.document.words
        return ActivePolicy(
            merged,
            self.version,
            self.banned if merged.words.banned == words.banned else WordList(merged.words.banned),
            self.suspect if merged.words.suspect == words.suspect else WordList(merged.words.suspect),
            section.name,
        )

    def in_thread(self, thread: str | None) -> "ActivePolicy":
        """What judges comments of this thread: the first section that has it, else the site's own rules."""
        if thread is None:
            return self
        return next((ready for section, ready in self.sections if section.has(thread)), self)


@dataclass(frozen=True, slots=True)
class Case:
    """All that the rules may look at.

    `history` and `author_name` are None when a bare text is scored: nobody wrote it anywhere.
    """

    text: str
    analysis: Analysis | None
    history: History | None
    policy: ActivePolicy
    author_name: str | None = None


def _scorer(case: Case) -> Iterator[Evidence]:
    if case.analysis is None:
        yield Evidence(Reason.SCORER_UNAVAILABLE, Decision.HOLD)
    elif case.analysis.scores:
        return
    elif case.analysis.language == UNKNOWN_LANGUAGE:
        yield Evidence(Reason.DETECTED_BLANK, Decision.HOLD)
    elif case.policy.document.other_languages is OtherLanguages.HOLD:
        yield Evidence(Reason.LANGUAGE_UNKNOWN, Decision.HOLD)


def _attributes(case: Case) -> Iterator[Evidence]:
    if case.analysis is None:
        return
    for attribute, value in case.analysis.scores.items():
        levels = case.policy.document.attributes.of(attribute)
        if levels is None or value < levels.hold:
            continue
        rejects = levels.reject is not None and value >= levels.reject
        yield Evidence(
            Reason.detected(attribute),
            Decision.REJECT if rejects else Decision.HOLD,
            attribute,
            value,
            levels.reject if rejects else levels.hold,
            _strongest_span(case.analysis, attribute),
        )


def _strongest_span(analysis: Analysis, attribute: Attribute) -> Place | None:
    spans = [span for span in analysis.spans if span.attribute is attribute]
    if not spans:
        return None
    strongest = max(spans, key=lambda span: span.weight)
    return Place(strongest.begin, strongest.end)


def _words(case: Case) -> Iterator[Evidence]:
    for place in case.policy.banned.find(case.text):
        yield Evidence(Reason.DETECTED_BANNED_WORD, Decision.REJECT, span=place)
    for place in case.policy.suspect.find(case.text):
        yield Evidence(Reason.DETECTED_SUSPECT_WORD, Decision.HOLD, span=place)


# No link is without one of these, and most comments are: they are done with in a twentieth of the time.
_LINK_HINT = re.compile(r"\.[^\s.]")
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']+|\b[a-z0-9-]{2,63}\.(?:com|net|org|info|biz|io|co|me|ru|cn|xyz|top|site|online|shop|club|link|ly)\b"
    r"(?:/[^\s<>\"']*)?",
    re.IGNORECASE,
)


def _links(case: Case) -> Iterator[Evidence]:
    if "://" not in case.text and _LINK_HINT.search(case.text) is None:
        return
    limit = case.policy.document.links
    found = [Place(*link.span()) for link in _LINK.finditer(case.text)]
    if limit is not None and len(found) >= limit:
        yield Evidence(Reason.DETECTED_LINKS, Decision.HOLD, value=len(found), threshold=limit, span=found[0])
    if case.policy.document.short_links:
        for place in found:
            if Kind.SHORT_LINK in link_kinds(case.text, place.begin, place.end):
                yield Evidence(Reason.DETECTED_SHORT_LINK, Decision.HOLD, span=place)


# Accounts elsewhere; the names of these services alone are no advertisement.
_ACCOUNT = re.compile(
    r"\b(?:whats ?app|telegram|viber|wechat|kik|onlyfans|snapchat|instagram|insta)\b\W*[+@\w]", re.IGNORECASE
)


def _author_name(case: Case) -> Iterator[Evidence]:
    """Advertising that stands where it is read most; a trusted author is not asked."""
    name, trusted = case.author_name, case.history is not None and case.history.standing is Standing.TRUSTED
    if name is None or trusted or not case.policy.document.author_names:
        return
    reached = any(found.kind in (Kind.EMAIL, Kind.PHONE) for found in find_contacts(name))
    if reached or _LINK.search(name) is not None or _ACCOUNT.search(name) is not None:
        yield Evidence(Reason.DETECTED_AUTHOR_NAME, Decision.HOLD)


_OF_STANDING: dict[Standing, Evidence] = {
    Standing.TRUSTED: Evidence(Reason.POLICY_AUTHOR_TRUSTED, Decision.APPROVE),
    Standing.HELD: Evidence(Reason.POLICY_AUTHOR_HELD, Decision.HOLD),
    Standing.SUSPENDED: Evidence(Reason.POLICY_AUTHOR_SUSPENDED, Decision.REJECT),
    Standing.BANNED: Evidence(Reason.POLICY_AUTHOR_BANNED, Decision.REJECT),
    Standing.SHADOW_BANNED: Evidence(Reason.POLICY_AUTHOR_SHADOW_BANNED, Decision.REJECT),
}


def _standing(case: Case) -> Iterator[Evidence]:
    if case.history is None:
        return
    found = _OF_STANDING.get(case.history.standing)
    if found is not None:
        yield found


def _thread(case: Case) -> Iterator[Evidence]:
    if case.history is not None and case.history.thread_closed:
        yield Evidence(Reason.POLICY_THREAD_CLOSED, Decision.REJECT)


def _habits(case: Case) -> Iterator[Evidence]:
    """Rules on how an author posts; a trusted author is not asked."""
    history, document = case.history, case.policy.document
    if history is None or history.standing is Standing.TRUSTED:
        return
    if document.repeat is not None and history.repeats >= document.repeat.hold:
        yield Evidence(
            Reason.DETECTED_REPEAT_POST, Decision.HOLD, value=history.repeats, threshold=document.repeat.hold
        )
    alike = document.near_duplicates
    if alike is not None and history.likes >= alike.hold:
        yield Evidence(Reason.DETECTED_NEAR_DUPLICATE, Decision.HOLD, value=history.likes, threshold=alike.hold)
    if alike is not None and history.rejected_likes:
        yield Evidence(Reason.DETECTED_REJECTED_BEFORE, Decision.HOLD, value=history.rejected_likes, threshold=1)
    if document.flood is not None and history.recent >= document.flood.hold:
        yield Evidence(Reason.DETECTED_FLOOD, Decision.HOLD, value=history.recent, threshold=document.flood.hold)
    if document.new_comments is NewComments.HOLD_FIRST and history.approved == 0:
        yield Evidence(Reason.POLICY_FIRST_COMMENT, Decision.HOLD, value=0, threshold=1)
    if document.new_comments is NewComments.HOLD_ALL:
        yield Evidence(Reason.POLICY_HOLD_ALL, Decision.HOLD)


RULES: tuple[Callable[[Case], Iterator[Evidence]], ...] = (
    # Can the comment be judged at all?
    _scorer,
    # What it says.
    _attributes,
    _words,
    _links,
    # Who says it, where, and how often.
    _standing,
    _author_name,
    _thread,
    _habits,
)

# How urgent a finding without a score is for a moderator, on the scale of scores.
_URGENCY: dict[Reason, float] = {
    Reason.DETECTED_BANNED_WORD: 0.9,
    Reason.DETECTED_SUSPECT_WORD: 0.5,
    Reason.DETECTED_LINKS: 0.4,
    Reason.DETECTED_REJECTED_BEFORE: 0.6,
    Reason.DETECTED_SHORT_LINK: 0.4,
    Reason.DETECTED_AUTHOR_NAME: 0.4,
    Reason.DETECTED_REPEAT_POST: 0.4,
    Reason.DETECTED_NEAR_DUPLICATE: 0.4,
    Reason.DETECTED_FLOOD: 0.4,
    Reason.SCORER_UNAVAILABLE: 0.3,
    Reason.LANGUAGE_UNKNOWN: 0.3,
}
_LEAST_URGENCY = 0.1


def decide(case: Case) -> Verdict:
    """Runs every rule and folds what they found: the verdict for this text, analysis, history and policy."""
    evidence = tuple(found for rule in RULES for found in rule(case))
    return Verdict(
        decision=_fold(evidence),
        evidence=evidence,
        severity=max((_severity(found) for found in evidence), default=0.0),
        model=case.analysis.model if case.analysis is not None else None,
        policy=case.policy.version,
        section=case.policy.section,
    )


def _fold(evidence: tuple[Evidence, ...]) -> Decision:
    """Reject beats hold; but where one rule rejects and another approves, a person decides."""
    asked = {found.decision for found in evidence}
    if Decision.REJECT in asked and Decision.APPROVE not in asked:
        return Decision.REJECT
    return Decision.HOLD if asked & {Decision.REJECT, Decision.HOLD} else Decision.APPROVE


def _severity(found: Evidence) -> float:
    if found.decision is Decision.APPROVE:
        return 0.0
    if found.attribute is not None and found.value is not None:
        return found.value
    return _URGENCY.get(found.reason, _LEAST_URGENCY)
