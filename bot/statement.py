"""Statements of reasons: what an author is told who was restricted, as Article 17 of the Digital Services Act asks.

Names and values are those of the Commission's DSA Transparency Database (its API, as of July 2025), so that a site may
hand a statement on as it is. It is made from what was stored when the decision was taken, so it says the same in three
years. It names no moderator and repeats no note that was meant for moderators.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.comment import Comment, DecisionRecord, Standing, Status
from bot.policy import Policy
from bot.reporting import Report, ReportReason
from bot.review import appealed_against, deadline
from bot.verdict import Decision, DecisionSource, Evidence, Reason

EEA: Final = tuple("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())
"""A comment that is not shown is shown nowhere: these are the countries that the Database knows."""


class Visibility(StrEnum):
    """decision_visibility: the comment is kept, and nobody else sees it."""

    DISABLED = "DECISION_VISIBILITY_CONTENT_DISABLED"


class AccountDecision(StrEnum):
    """decision_account."""

    SUSPENDED = "DECISION_ACCOUNT_SUSPENDED"
    TERMINATED = "DECISION_ACCOUNT_TERMINATED"


class Ground(StrEnum):
    """decision_ground."""

    ILLEGAL = "DECISION_GROUND_ILLEGAL_CONTENT"
    INCOMPATIBLE = "DECISION_GROUND_INCOMPATIBLE_CONTENT"


class Category(StrEnum):
    """category, as far as comments need it."""

    SPEECH = "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"
    CYBER_VIOLENCE = "STATEMENT_CATEGORY_CYBER_VIOLENCE"
    OTHER = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"


class Keyword(StrEnum):
    """category_specification, as far as comments need it."""

    HATE = "KEYWORD_HATE_SPEECH"
    HARASSMENT = "KEYWORD_CYBER_HARASSMENT"
    INTIMIDATION = "KEYWORD_CYBER_BULLYING_INTIMIDATION"
    ADULT = "KEYWORD_ADULT_SEXUAL_MATERIAL"


class SourceType(StrEnum):
    """source_type: what led to looking at the comment."""

    NOTICE = "SOURCE_ARTICLE_16"
    OTHER_NOTIFICATION = "SOURCE_TYPE_OTHER_NOTIFICATION"
    VOLUNTARY = "SOURCE_VOLUNTARY"


class AutomatedDecision(StrEnum):
    """automated_decision: a person who decides, decides alone, whatever a rule pointed out."""

    FULLY = "AUTOMATED_DECISION_FULLY"
    NOT = "AUTOMATED_DECISION_NOT_AUTOMATED"


@dataclass(frozen=True, slots=True)
class Statement:
    """What was decided, why, how, and what the author can do about it.

    `content_date` and `language` are None where an account was restricted and no single comment. `rule` holds reason
    codes, `ground` and `explanation` are sentences. `appeal_until` is None where the site takes no appeal.
    """

    id: str
    visibility: Visibility | None
    account: AccountDecision | None
    account_until: datetime | None
    ground: Ground
    ground_reference: str
    explanation: str
    category: Category
    keywords: tuple[Keyword, ...]
    content_date: datetime | None
    language: str | None
    decided_at: datetime
    facts: str
    source: SourceType
    detected_automatically: bool
    decided_automatically: AutomatedDecision
    rule: tuple[str, ...]
    policy: int
    appeal_until: datetime | None


@dataclass
class NoStatement(Exception):
    """Nothing is restricted, or nothing is known of it any more; the sentence says which."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class AccountRestriction:
    """What a moderator decided about the author, which was in force then; `message` is for the author."""

    standing: Standing
    until: datetime | None
    reason: str | None
    message: str | None
    at: datetime


_OF_CODE: Final[dict[str, tuple[Category, tuple[Keyword, ...]]]] = {
    "offensive": (Category.SPEECH, ()),
    "illegal": (Category.SPEECH, ()),
    "detected_toxicity": (Category.SPEECH, ()),
    "detected_severe_toxicity": (Category.SPEECH, ()),
    "detected_profanity": (Category.SPEECH, ()),
    "hate": (Category.SPEECH, (Keyword.HATE,)),
    "detected_identity_attack": (Category.SPEECH, (Keyword.HATE,)),
    "personal_attack": (Category.CYBER_VIOLENCE, (Keyword.HARASSMENT,)),
    "detected_insult": (Category.CYBER_VIOLENCE, (Keyword.HARASSMENT,)),
    "threat": (Category.CYBER_VIOLENCE, (Keyword.INTIMIDATION,)),
    "detected_threat": (Category.CYBER_VIOLENCE, (Keyword.INTIMIDATION,)),
    "detected_sexually_explicit": (Category.OTHER, (Keyword.ADULT,)),
}

_WORDS: Final[dict[str, str]] = {
    "offensive": "it is offensive",
    "personal_attack": "it attacks a person",
    "hate": "it is hateful towards a group of people",
    "threat": "it threatens somebody",
    "spam": "it is spam or advertising",
    "off_topic": "it is off topic",
    "illegal": "it is illegal",
    Reason.DETECTED_TOXICITY: "it reads as rude or disrespectful",
    Reason.DETECTED_SEVERE_TOXICITY: "it reads as very hateful or aggressive",
    Reason.DETECTED_IDENTITY_ATTACK: "it reads as an attack on a group of people",
    Reason.DETECTED_INSULT: "it reads as an insult",
    Reason.DETECTED_PROFANITY: "it swears",
    Reason.DETECTED_THREAT: "it reads as a threat",
    Reason.DETECTED_SEXUALLY_EXPLICIT: "it reads as sexually explicit",
    Reason.DETECTED_SPAM: "it reads as advertising",
    Reason.DETECTED_BANNED_WORD: "it has a word that this site does not publish",
    Reason.DETECTED_SUSPECT_WORD: "it has a word that this site looks at",
    Reason.DETECTED_LINKS: "it has many links",
    Reason.DETECTED_SHORT_LINK: "it has a link that hides where it leads",
    Reason.DETECTED_AUTHOR_NAME: "the name of its author is an advertisement",
    Reason.DETECTED_REPEAT_POST: "the same text was posted before",
    Reason.DETECTED_NEAR_DUPLICATE: "nearly the same was posted many times",
    Reason.DETECTED_REJECTED_BEFORE: "nearly the same was rejected before",
    Reason.DETECTED_FLOOD: "many comments were posted in a short time",
    Reason.DETECTED_BLANK: "there is nothing in it to read",
    Reason.POLICY_AUTHOR_SUSPENDED: "your account was suspended",
    Reason.POLICY_AUTHOR_BANNED: "your account was banned",
    Reason.POLICY_AUTHOR_SHADOW_BANNED: "your comments are shown to nobody but yourself",
    Reason.POLICY_THREAD_CLOSED: "the thread takes no further comments",
}

_OF_STANDING: Final[dict[Standing, str]] = {
    Standing.SUSPENDED: "your account was suspended",
    Standing.BANNED: "your account was banned",
    Standing.SHADOW_BANNED: "your comments are shown to nobody but yourself",
    Standing.HELD: "each of your comments waits for a moderator before it is published",
}


def of_comment(
    comment: Comment,
    written_id: str,
    trail: Sequence[DecisionRecord],
    reports: Sequence[Report],
    restriction: AccountRestriction | None,
    policy: Policy,
    version: int,
) -> Statement:
    """The statement for the rejection that is in force, or that the author appealed against. Raises NoStatement.

    `policy` and `version` are what was in force when it was rejected, `restriction` what was decided about the author
    before that, `reports` all that readers said, whenever they did.
    """
    if comment.erased:
        raise NoStatement("This comment was erased; what the decision rested on is gone.")
    line = rejection(comment, trail)
    if line is None:
        raise NoStatement(f"This comment is {comment.status}; reasons are given for a rejected one.")
    by_rules = line.source.is_automated
    found = _found(comment, rejecting=by_rules)
    codes = tuple(dict.fromkeys(one.reason.value for one in found)) if by_rules else (line.reason or "other",)
    leading = codes[0] if codes else "other"
    category, keywords = _OF_CODE.get(leading, (Category.OTHER, ()))
    about_account = restriction if leading in _ACCOUNT_REASONS else None
    return Statement(
        id=f"{written_id}-{trail.index(line) + 1}",
        visibility=Visibility.DISABLED,
        account=_account(about_account),
        account_until=None if about_account is None else about_account.until,
        ground=_ground(line.reason),
        ground_reference=_reference(policy, line.reason, version),
        explanation=line.message or _capital(f"{_because(policy, codes)}."),
        category=category,
        keywords=keywords,
        content_date=comment.created_at,
        language=None if comment.analysis is None else comment.analysis.language,
        decided_at=line.at,
        facts=_facts(comment, line, _found(comment, rejecting=False), policy, codes),
        source=_source([report for report in reports if report.at <= line.at]),
        detected_automatically=any(_is_detection(one) for one in comment.verdict.evidence),
        decided_automatically=AutomatedDecision.FULLY if by_rules else AutomatedDecision.NOT,
        rule=codes,
        policy=version,
        appeal_until=_appeal_until(line, policy),
    )


def of_account(author: str, restriction: AccountRestriction | None, version: int, now: datetime) -> Statement:
    """The statement for what was decided about an author and is in force. Raises NoStatement."""
    if restriction is None or restriction.standing.in_force(restriction.until, now) not in _OF_STANDING:
        raise NoStatement("Nothing about this author is restricted.")
    code = restriction.reason or "other"
    category, keywords = _OF_CODE.get(code, (Category.OTHER, ()))
    what = _OF_STANDING[restriction.standing]
    why = f", because of: {code.replace('_', ' ')}" if restriction.reason else ""
    return Statement(
        id=f"{author}-{restriction.at:%Y%m%dT%H%M%SZ}",
        visibility=Visibility.DISABLED if restriction.standing is Standing.SHADOW_BANNED else None,
        account=_account(restriction),
        account_until=restriction.until,
        ground=_ground(restriction.reason),
        ground_reference=f"The site's rules for comments, version {version}.",
        explanation=restriction.message or _capital(f"{what}{why}."),
        category=category,
        keywords=keywords,
        content_date=None,
        language=None,
        decided_at=restriction.at,
        facts=f"On {_day(restriction.at)} a moderator decided that {what}{why}.",
        source=SourceType.VOLUNTARY,
        detected_automatically=False,
        decided_automatically=AutomatedDecision.NOT,
        rule=(code,),
        policy=version,
        appeal_until=None,
    )


def rejection(comment: Comment, trail: Sequence[DecisionRecord]) -> DecisionRecord | None:
    """The line of the trail that a statement is about; None where there is nothing to give reasons for."""
    if comment.status is Status.REJECTED:
        return next((line for line in reversed(trail) if line.after is Status.REJECTED), None)
    return appealed_against(comment, trail)


def write_text(statement: Statement, site: str) -> str:
    """The statement as a letter to the author, in plain words."""
    restricted = []
    if statement.visibility is not None:
        restricted.append("Your comments are" if statement.content_date is None else "Your comment is")
        restricted[-1] += " not shown to other readers, wherever they are."
    if statement.account is not None:
        end = f" until {_moment(statement.account_until)}" if statement.account_until else ", without an end"
        restricted.append(f"Your account may post no comments{end}.")
    automatic = "Yes" if statement.detected_automatically else "No"
    lines = [
        f"Why {'your comment was' if statement.content_date else 'your account was'} restricted on {site}",
        "",
        f"What was decided, on {_moment(statement.decided_at)}:",
        *(restricted or ["Your comments wait for a moderator before they are published."]),
        "",
        "The facts:",
        statement.facts,
        "",
        "The ground:",
        "Illegal content." if statement.ground is Ground.ILLEGAL else "Not allowed by this site's rules.",
        statement.explanation,
        f"{statement.ground_reference} ({', '.join(statement.rule)})",
        "",
        "How it was decided:",
        f"Found by automated means: {automatic}. "
        + (
            "Decided by automated means, without a person."
            if statement.decided_automatically is AutomatedDecision.FULLY
            else "Decided by a person."
        ),
        "",
        "What you can do:",
        *redress(statement).values(),
        "",
        f"Reference: {statement.id}",
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def redress(statement: Statement) -> dict[str, str]:
    """What the author can do about it, a sentence for each way."""
    internal = (
        f"Until {_moment(statement.appeal_until)} you may appeal, once, where you posted it; a person looks again."
        if statement.appeal_until
        else "You may write to the site and ask it to look again."
    )
    return {
        "internal": internal,
        "out_of_court": "You may turn to a certified out-of-court dispute settlement body (Article 21 of Regulation "
        "(EU) 2022/2065), where it applies to this site.",
        "judicial": "You may go to court at any time.",
    }


_ACCOUNT_REASONS: Final = (Reason.POLICY_AUTHOR_SUSPENDED, Reason.POLICY_AUTHOR_BANNED)


def _found(comment: Comment, *, rejecting: bool) -> list[Evidence]:
    """What the rules found on arrival; readers and appeals, which came later, are told otherwise."""
    kinds = (Decision.REJECT,) if rejecting else (Decision.REJECT, Decision.HOLD)
    later = ("reported_", Reason.POLICY_APPEALED.value)
    return [one for one in comment.verdict.evidence if one.decision in kinds and not one.reason.value.startswith(later)]


def _is_detection(found: Evidence) -> bool:
    return found.reason.value.startswith("detected_") and found.decision is not Decision.APPROVE


def _appeal_until(line: DecisionRecord, policy: Policy) -> datetime | None:
    """An appeal is heard once, so there is none against what was decided on one."""
    heard = line.source is DecisionSource.APPEAL
    return None if heard or policy.appeal_days is None else deadline(line, policy.appeal_days)


def _account(restriction: AccountRestriction | None) -> AccountDecision | None:
    if restriction is None or restriction.standing not in (Standing.SUSPENDED, Standing.BANNED):
        return None
    return AccountDecision.TERMINATED if restriction.until is None else AccountDecision.SUSPENDED


def _ground(reason: str | None) -> Ground:
    return Ground.ILLEGAL if reason is not None and reason.split("_")[0] == "illegal" else Ground.INCOMPATIBLE


def _reference(policy: Policy, reason: str | None, version: int) -> str:
    label = next((message.label for message in policy.messages if message.reason == reason), None)
    return f"The site's rules for comments, version {version}{f': {label}' if label else ''}."


def _because(policy: Policy, codes: Sequence[str]) -> str:
    labels = {message.reason: message.label for message in policy.messages}
    said = [_WORDS.get(code) or labels.get(code) or code.replace("_", " ") for code in codes if code != "other"]
    return ", and ".join(said) if said else "it does not fit the site's rules for comments"


def _facts(
    comment: Comment, line: DecisionRecord, found: Sequence[Evidence], policy: Policy, codes: Sequence[str]
) -> str:
    facts = [f"On {_moment(comment.created_at)} you posted a comment in “{comment.submission.thread}”."]
    facts += [_measured(comment, one) for one in found if one.reason.value in _WORDS]
    who = "the site's rules" if line.source.is_automated else "a moderator"
    facts.append(f"On {_moment(line.at)} {who} rejected it, because {_because(policy, codes)}.")
    return " ".join(facts)


def _measured(comment: Comment, found: Evidence) -> str:
    text = f"A rule found that {_WORDS[found.reason.value]}"
    if found.span is not None:
        text += f", at “{comment.submission.text[found.span.begin : found.span.end]}”"
    if found.value is not None and found.threshold is not None:
        text += f" ({found.value:.4g}, where the limit is {found.threshold:.4g})"
    return f"{text}."


def _source(reports: Sequence[Report]) -> SourceType:
    if any(report.reason is ReportReason.ILLEGAL for report in reports):
        return SourceType.NOTICE
    return SourceType.OTHER_NOTIFICATION if reports else SourceType.VOLUNTARY


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
