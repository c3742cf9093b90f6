"""What the chat does for an author over several turns: tell of a comment, appeal, delete, ask a person. Pure.

An errand asks for what it lacks (which comment, what to say, whether it is meant), and then names the deed that is to
be done. What is said are keys of the site's words with what stands in their gaps; facts come from the caller.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.comment import Comment, DecisionRecord, Status
from bot.policy import Policy
from bot.review import CannotAppeal, appeal
from bot.verdict import Decision, DecisionSource, Reason

MOST_CHOICES: Final = 5
"""Comments among which an author may choose: the newest that fit."""

LONGEST_NOTE: Final = 2000
_BEGINNING: Final = 70


class Task(StrEnum):
    """What an author can have done; the names are those of actions in an FAQ."""

    WHERE = "where_is_my_comment"
    WHY = "why_held"
    APPEAL = "appeal"
    DELETE = "delete_comment"
    HAND_OVER = "hand_over"


class Short(StrEnum):
    """A short answer, as the FAQ's language has it."""

    YES = "yes"
    NO = "no"
    CANCEL = "cancel"


class Step(StrEnum):
    """What the chat waits for."""

    CHOICE = "choice"
    NOTE = "note"
    CONFIRMATION = "confirmation"


@dataclass(frozen=True, slots=True)
class Own:
    """An author's comment, as far as its author may know of it.

    `reasons` are the rules' own, `message` is what a moderator said about it; `may_appeal` tells whether an appeal
    would be taken now.
    """

    id: int
    beginning: str
    status: Status
    reasons: tuple[Reason, ...] = ()
    message: str | None = None
    may_appeal: bool = False
    appealed: bool = False

    @classmethod
    def of(
        cls, comment: Comment, trail: Sequence[DecisionRecord], policy: Policy, days: int | None, now: datetime
    ) -> "Own":
        """The comment as its author may know it: where they are shadow-banned, that is as if it were published.

        `days` are those for which they may appeal, None where they may not.
        """
        text = " ".join(comment.submission.text.split())
        beginning = text if len(text) <= _BEGINNING else text[:_BEGINNING].rstrip() + "…"
        last = trail[-1]
        # What an author made of it is judged by the rules as well.
        by_rules = last.source in (DecisionSource.RULE, DecisionSource.AUTHOR)
        if Reason.POLICY_AUTHOR_SHADOW_BANNED in comment.verdict.reasons and by_rules:
            return cls(comment.id, beginning, Status.APPROVED)
        by_person = not by_rules and comment.status is Status.REJECTED
        label = next((one.label for one in policy.messages if one.reason == last.reason), None)
        against = [found.reason for found in comment.verdict.evidence if found.decision is not Decision.APPROVE]
        try:
            appeal(comment, trail, comment.submission.author.id, days, now)
            may_appeal = True
        except CannotAppeal:
            may_appeal = False
        return cls(
            comment.id,
            beginning,
            comment.status,
            reasons=() if by_person else tuple(dict.fromkeys(against)),
            message=(last.message or label) if by_person else None,
            may_appeal=may_appeal,
            appealed=Reason.POLICY_APPEALED in comment.verdict.reasons,
        )


@dataclass(frozen=True, slots=True)
class Errand:
    """Where an errand stands. `choices` are the ids that may be meant, `note` what was said so far."""

    task: Task
    step: Step
    choices: tuple[int, ...] = ()
    comment: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence: its key among the site's words, and what stands in its gaps.

    `reasons` are filled in as words of their own.
    """

    key: str
    gaps: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done now, and can be refused: the task for this comment with this note."""

    task: Task
    comment: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said, what can be chosen (keys of words, or texts of comments), where the errand stands, what is done."""

    says: tuple[Saying, ...] = ()
    keys: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    errand: Errand | None = None
    deed: Deed | None = None


_FITS: Final[Mapping[Task, Sequence[Status]]] = {
    Task.WHERE: (Status.HELD, Status.REJECTED, Status.APPROVED),
    Task.WHY: (Status.HELD, Status.REJECTED),
    Task.DELETE: (Status.HELD, Status.REJECTED, Status.APPROVED),
}


def begin(task: Task, own: Sequence[Own] | None, question: str = "") -> Outcome:
    """The first turn. `own` are the author's comments, newest first; None where nobody knows who asks.

    `question` is what would be handed over to a person.
    """
    if task is Task.HAND_OVER:
        note = question.strip()[:LONGEST_NOTE]
        if not note:
            return Outcome((Saying("hand_over_what"),), ("say_cancel",), errand=Errand(task, Step.NOTE))
        return _confirm(Errand(task, Step.CONFIRMATION, note=note))
    if own is None:
        return Outcome((Saying("unknown_author"),))
    fitting = _fitting(task, own)[:MOST_CHOICES]
    if not fitting:
        return _none_fits(task, own)
    if len(fitting) == 1:
        return _chosen(Errand(task, Step.CHOICE), fitting[0])
    errand = Errand(task, Step.CHOICE, choices=tuple(one.id for one in fitting))
    return _which(errand, fitting)


def go_on(errand: Errand, own: Sequence[Own] | None, said: str, short: Short | None) -> Outcome | None:
    """The next turn; None where what was said answers nothing that the errand asked: then it is over.

    `short` is what was said, where that is a short answer.
    """
    if short is Short.CANCEL or (short is Short.NO and errand.step is not Step.NOTE):
        return Outcome((Saying("cancelled"),))
    if errand.step is Step.NOTE:
        return _confirm(replace(errand, step=Step.CONFIRMATION, note=said.strip()[:LONGEST_NOTE]))
    if errand.step is Step.CONFIRMATION:
        if short is not Short.YES:
            return None
        return Outcome(deed=Deed(errand.task, errand.comment, errand.note))
    by_id = {one.id: one for one in own or ()}
    here = [by_id[number] for number in errand.choices if number in by_id]
    chosen = _choice(said, here)
    return None if chosen is None else _chosen(errand, chosen)


def _plain(said: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", said.casefold()))


def _fitting(task: Task, own: Sequence[Own]) -> list[Own]:
    if task is Task.APPEAL:
        return [one for one in own if one.may_appeal]
    return [one for one in own if one.status in _FITS[task]]


def _none_fits(task: Task, own: Sequence[Own]) -> Outcome:
    if not own:
        return Outcome((Saying("no_comments"),))
    if task is Task.APPEAL:
        appealed = next((one for one in own if one.appealed and one.status is Status.HELD), None)
        return Outcome((Saying("appeal_waits" if appealed else "nothing_to_appeal"),))
    return Outcome((Saying("nothing_held" if task is Task.WHY else "no_comments"),))


def _which(errand: Errand, fitting: Sequence[Own]) -> Outcome:
    return Outcome((Saying("which_comment"),), choices=tuple(one.beginning for one in fitting), errand=errand)


def _choice(said: str, here: Sequence[Own]) -> Own | None:
    """The comment that was named by its place or its beginning."""
    number = re.fullmatch(r"\D{0,5}(\d)\D{0,5}", said.strip())
    if number is not None and 0 < int(number[1]) <= len(here):
        return here[int(number[1]) - 1]
    wanted = _plain(said)
    return next((one for one in here if wanted and _plain(one.beginning).startswith(wanted)), None)


def _chosen(errand: Errand, one: Own) -> Outcome:
    quoted = {"comment": one.beginning}
    if errand.task is Task.APPEAL:
        step = replace(errand, step=Step.NOTE, comment=one.id, choices=())
        return Outcome((Saying("appeal_note", quoted),), ("say_cancel",), errand=step)
    if errand.task is Task.DELETE:
        return _confirm(replace(errand, step=Step.CONFIRMATION, comment=one.id, note=one.beginning, choices=()))
    return Outcome(tell(one), _offers(one))


def _confirm(errand: Errand) -> Outcome:
    said = Saying(f"{errand.task}_confirm", {"note": errand.note})
    return Outcome((said,), ("say_yes", "say_no"), errand=errand)


def tell(one: Own) -> tuple[Saying, ...]:
    """Where a comment stands and why, as its author may know it."""
    quoted = {"comment": one.beginning}
    if one.status is Status.HELD and one.appealed:
        return (Saying("status_appealed", quoted),)
    says = [Saying(f"status_{one.status}", quoted)]
    if one.status in (Status.HELD, Status.REJECTED):
        if one.reasons:
            says.append(Saying("because", reasons=one.reasons))
        if one.message:
            says.append(Saying("moderator_said", {"message": one.message}))
    return tuple(says)


def _offers(one: Own) -> tuple[str, ...]:
    return ("say_offer_appeal",) if one.may_appeal else ()
