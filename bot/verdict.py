"""The words of a verdict: decisions, reasons, evidence. The lowest floor of the service."""

from dataclasses import dataclass
from enum import StrEnum

from sentiment.scores import Attribute


class Decision(StrEnum):
    """What becomes of a comment; one enum for rules and for people."""

    APPROVE = "approve"
    HOLD = "hold"
    REJECT = "reject"


class DecisionSource(StrEnum):
    """Who took a decision."""

    RULE = "rule"
    MODERATOR = "moderator"
    APPEAL = "appeal"
    AUTHOR = "author"
    IMPORT = "import"

    @property
    def is_automated(self) -> bool:
        """Did the rules decide? They do so as well on what an author made of their comment."""
        return self in (DecisionSource.RULE, DecisionSource.AUTHOR)


class Reason(StrEnum):
    """Stable codes for why a decision was taken; other systems may rely on them."""

    DETECTED_TOXICITY = "detected_toxicity"
    DETECTED_SEVERE_TOXICITY = "detected_severe_toxicity"
    DETECTED_IDENTITY_ATTACK = "detected_identity_attack"
    DETECTED_INSULT = "detected_insult"
    DETECTED_PROFANITY = "detected_profanity"
    DETECTED_THREAT = "detected_threat"
    DETECTED_SEXUALLY_EXPLICIT = "detected_sexually_explicit"
    DETECTED_SPAM = "detected_spam"
    DETECTED_BANNED_WORD = "detected_banned_word"
    DETECTED_SUSPECT_WORD = "detected_suspect_word"
    DETECTED_LINKS = "detected_links"
    DETECTED_SHORT_LINK = "detected_short_link"
    DETECTED_AUTHOR_NAME = "detected_author_name"
    DETECTED_REPEAT_POST = "detected_repeat_post"
    DETECTED_NEAR_DUPLICATE = "detected_near_duplicate"
    DETECTED_REJECTED_BEFORE = "detected_rejected_before"
    DETECTED_FLOOD = "detected_flood"
    DETECTED_BLANK = "detected_blank"
    REPORTED_OFFENSIVE = "reported_offensive"
    REPORTED_SPAM = "reported_spam"
    REPORTED_OFF_TOPIC = "reported_off_topic"
    REPORTED_ILLEGAL = "reported_illegal"
    REPORTED_OTHER = "reported_other"
    POLICY_APPEALED = "policy_appealed"
    POLICY_EDITED = "policy_edited"
    POLICY_HOLD_ALL = "policy_hold_all"
    POLICY_FIRST_COMMENT = "policy_first_comment"
    POLICY_AUTHOR_TRUSTED = "policy_author_trusted"
    POLICY_AUTHOR_HELD = "policy_author_held"
    POLICY_AUTHOR_SUSPENDED = "policy_author_suspended"
    POLICY_AUTHOR_BANNED = "policy_author_banned"
    POLICY_AUTHOR_SHADOW_BANNED = "policy_author_shadow_banned"
    POLICY_THREAD_CLOSED = "policy_thread_closed"
    SCORER_UNAVAILABLE = "scorer_unavailable"
    LANGUAGE_UNKNOWN = "language_unknown"

    @classmethod
    def detected(cls, attribute: Attribute) -> "Reason":
        """The reason that stands for an attribute over its threshold."""
        return cls(f"detected_{attribute}")


@dataclass(frozen=True, slots=True)
class Place:
    """The characters [begin, end) of the comment, in code points."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one rule found, and the decision it asks for.

    `value` is what was measured and `threshold` what it was measured against, in the rule's own unit:
    a probability for attributes, a count for links, repeats, near duplicates and floods. Both are None for a plain fact
    (a banned author, a closed thread). `span` is where the comment earned it, None when no characters did.
    """

    reason: Reason
    decision: Decision
    attribute: Attribute | None = None
    value: float | None = None
    threshold: float | None = None
    span: Place | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision with everything it rests on.

    `severity` 0..1 orders the queue. `model` is None when no model answered. `section` is the one of the policy whose
    rules judged, None for the site's own.
    """

    decision: Decision
    evidence: tuple[Evidence, ...]
    severity: float
    model: str | None
    policy: int
    section: str | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason once, in the order in which the rules stand in the policy."""
        return tuple(dict.fromkeys(found.reason for found in self.evidence))
