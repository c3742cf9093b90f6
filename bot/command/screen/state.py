"""What each key does at the terminal's queue: pure. A key and a state give the next state, and what is to be done.

What was done comes back as an outcome, which gives the next state in the same way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.comment import FIRST_STATUS, Comment, Status
from bot.policy import ActivePolicy
from bot.store.context import Context
from bot.store.queue import Order, Page, QueueFilter, Sort
from bot.verdict import Decision

UNDO_FOR: Final = timedelta(seconds=10)
LONGEST_SEARCH: Final = 200
USUAL_REASONS: Final[tuple[tuple[str, str], ...]] = (
    ("offensive", "Offensive"),
    ("personal_attack", "A personal attack"),
    ("hate", "Hate against a group"),
    ("threat", "A threat"),
    ("spam", "Spam or advertising"),
    ("off_topic", "Off topic"),
    ("illegal", "Illegal"),
    ("other", "Something else"),
)
_BACK: Final = {after: decision for decision, after in FIRST_STATUS.items()}
_SAID: Final = {Decision.APPROVE: "Approved", Decision.HOLD: "Held", Decision.REJECT: "Rejected"}
_ORDERS: Final = ((Sort.TIME, Order.DESC), (Sort.TIME, Order.ASC), (Sort.SEVERITY, Order.DESC))
_SHOWN: Final = (Status.HELD, Status.REJECTED, Status.APPROVED)


class Mode(StrEnum):
    """What the screen shows, and so what keys mean."""

    LIST = "list"
    COMMENT = "comment"
    REASONS = "reasons"
    CONFIRM = "confirm"
    SEARCH = "search"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Wish:
    """A decision on these comments, which were seen with the status `expected`; `undoes` a decision before."""

    ids: tuple[int, ...]
    decision: Decision
    expected: Status
    reason: str | None = None
    undoes: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """Read the page after this cursor; `before` are the cursors of the pages before it."""

    filter: QueueFilter
    cursor: str | None = None
    before: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Read what stands around a comment."""

    comment: int


@dataclass(frozen=True, slots=True)
class Count:
    """Say which of the comments the wish would decide on; nothing changes."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Decide:
    """Decide."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Leave:
    """End."""


Effect = Load | Look | Count | Decide | Leave


@dataclass(frozen=True, slots=True)
class Loaded:
    """The page that was asked for."""

    page: Page
    asked: Load


@dataclass(frozen=True, slots=True)
class Looked:
    """What stands around a comment; None where it is gone."""

    context: Context | None


@dataclass(frozen=True, slots=True)
class Counted:
    """The comments that the wish would decide on."""

    wish: Wish
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """The comments that were decided on as wished."""

    wish: Wish
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The wish was not granted, and why; `gone` are comments that no longer stand where they were seen."""

    sentence: str
    gone: tuple[int, ...] = ()


Outcome = Loaded | Looked | Counted | Decided | Refused


@dataclass(frozen=True, slots=True)
class Made:
    """The last decision, while it can be taken back."""

    ids: tuple[int, ...]
    before: Status
    after: Status
    until: datetime


@dataclass(frozen=True, slots=True)
class State:
    """All that the screen shows."""

    site: str
    policy: ActivePolicy
    filter: QueueFilter
    comments: tuple[Comment, ...] = ()
    at: int = 0
    selected: frozenset[int] = frozenset()
    cursor: str | None = None
    before: tuple[str | None, ...] = ()
    next: str | None = None
    total: int = 0
    mode: Mode = Mode.LIST
    typed: str = ""
    choice: int = 0
    wish: Wish | None = None
    made: Made | None = None
    context: Context | None = None
    scrolled: int = 0
    said: str = ""

    @property
    def current(self) -> Comment | None:
        """The comment that keys are about; None where the list is empty."""
        return self.comments[self.at] if self.comments else None

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """Codes and labels of the reasons to reject: those of the policy where the comment stands, else the usual."""
        thread = self.current.submission.thread if self.current else None
        messages = self.policy.in_thread(thread).document.messages
        return tuple((message.reason, message.label) for message in messages) or USUAL_REASONS


@dataclass(frozen=True, slots=True)
class Turn:
    """The next state, and what is to be done."""

    state: State
    effects: tuple[Effect, ...] = field(default=())


def press(state: State, key: str, now: datetime) -> Turn:
    """What a key does; one that means nothing here does nothing."""
    if state.mode is Mode.SEARCH:
        return _type(state, key)
    if state.mode is Mode.REASONS:
        return _choose(state, key)
    if state.mode is Mode.CONFIRM:
        return _confirm(state, key)
    if state.mode is Mode.HELP:
        return Turn(replace(state, mode=Mode.LIST))
    act = _KEYS.get(key)
    return Turn(state) if act is None else act(replace(state, said=""), now)


def hear(state: State, outcome: Outcome, now: datetime) -> Turn:
    """What follows from what was done."""
    if isinstance(outcome, Loaded):
        return Turn(_loaded(state, outcome))
    if isinstance(outcome, Looked):
        return Turn(state if outcome.context is None else replace(state, context=outcome.context))
    if isinstance(outcome, Counted):
        wish = replace(outcome.wish, ids=outcome.ids)
        if not outcome.ids:
            return _without(replace(state, said="All of them were decided on meanwhile."), outcome.wish.ids)
        return Turn(replace(state, mode=Mode.CONFIRM, wish=wish))
    if isinstance(outcome, Refused):
        return _without(replace(state, said=outcome.sentence), outcome.gone)
    return _decided(state, outcome, now)


def _loaded(state: State, outcome: Loaded) -> State:
    page, asked = outcome.page, outcome.asked
    ids = frozenset(comment.id for comment in page.comments)
    return replace(
        state,
        filter=asked.filter,
        comments=page.comments,
        cursor=asked.cursor,
        before=asked.before,
        next=page.next,
        total=page.totals.all,
        at=max(0, min(state.at, len(page.comments) - 1)),
        selected=state.selected & ids,
        mode=Mode.LIST,
        context=None,
    )


def _decided(state: State, outcome: Decided, now: datetime) -> Turn:
    wish, number = outcome.wish, len(outcome.ids)
    what = "1 comment" if number == 1 else f"{number} comments"
    if wish.undoes:
        said = f"Taken back: {what} {'is' if number == 1 else 'are'} {FIRST_STATUS[wish.decision]} again."
        return Turn(replace(state, said=said), (Load(state.filter, state.cursor, state.before),))
    passed = len(wish.ids) - number
    said = f"{_SAID[wish.decision]} {what}; u takes it back." if number else "Nothing was decided."
    if passed:
        said += f" {passed} had been decided on by somebody else."
    made = Made(outcome.ids, wish.expected, FIRST_STATUS[wish.decision], now + UNDO_FOR) if number else None
    return _without(replace(state, made=made, said=said, total=max(0, state.total - number)), wish.ids)


def _without(state: State, gone: tuple[int, ...]) -> Turn:
    """The state without comments that are no longer here; the next page where none is left."""
    left = tuple(comment for comment in state.comments if comment.id not in gone)
    # The place stays, so that the next comment is current; earlier ones that go move it up.
    place = state.at - sum(comment.id in gone for comment in state.comments[: state.at])
    shown = replace(
        state,
        comments=left,
        at=max(0, min(place, len(left) - 1)),
        selected=state.selected - set(gone),
        mode=Mode.COMMENT if state.mode is Mode.COMMENT and left else Mode.LIST,
        wish=None,
        context=None,
        scrolled=0,
    )
    if gone and not left:
        return Turn(shown, (Load(state.filter),))
    return Turn(shown, (Look(left[shown.at].id),) if shown.mode is Mode.COMMENT else ())


def _move(steps: int) -> Callable[[State, datetime], Turn]:
    def act(state: State, _: datetime) -> Turn:
        at = max(0, min(state.at + steps, len(state.comments) - 1))
        moved = replace(state, at=at, scrolled=0)
        if moved.mode is Mode.COMMENT and at != state.at:
            return Turn(replace(moved, context=None), (Look(state.comments[at].id),))
        return Turn(moved)

    return act


def _scroll(lines: int) -> Callable[[State, datetime], Turn]:
    def act(state: State, _: datetime) -> Turn:
        if state.mode is not Mode.COMMENT:
            return _move(lines)(state, _)
        return Turn(replace(state, scrolled=max(0, state.scrolled + lines)))

    return act


def _open(state: State, _: datetime) -> Turn:
    if state.current is None:
        return Turn(state)
    return Turn(replace(state, mode=Mode.COMMENT, context=None, scrolled=0), (Look(state.current.id),))


def _close(state: State, _: datetime) -> Turn:
    if state.mode is Mode.COMMENT:
        return Turn(replace(state, mode=Mode.LIST, context=None))
    return Turn(replace(state, selected=frozenset()))


def _select(state: State, _: datetime) -> Turn:
    if state.current is None:
        return Turn(state)
    return Turn(replace(state, selected=state.selected ^ {state.current.id}))


def _wish(state: State, decision: Decision) -> Wish | None:
    chosen = tuple(comment.id for comment in state.comments if comment.id in state.selected)
    ids = chosen or ((state.current.id,) if state.current else ())
    return Wish(ids, decision, state.filter.status) if ids else None


def _go(state: State, wish: Wish) -> Turn:
    """One comment is decided on at once; several are counted first."""
    plain = replace(state, mode=Mode.COMMENT if state.context else Mode.LIST, wish=None)
    several = len(wish.ids) > 1
    return Turn(plain, (Count(wish) if several else Decide(wish),))


def _approve(state: State, _: datetime) -> Turn:
    wish = _wish(state, Decision.APPROVE)
    return Turn(state) if wish is None else _judged(state, wish)


def _judged(state: State, wish: Wish) -> Turn:
    if FIRST_STATUS[wish.decision] is state.filter.status:
        return Turn(replace(state, said=f"It is {state.filter.status} already."))
    return _go(state, wish)


def _reject(state: State, _: datetime) -> Turn:
    wish = _wish(state, Decision.REJECT)
    if wish is None:
        return Turn(state)
    if state.filter.status is Status.REJECTED:
        return Turn(replace(state, said="It is rejected already."))
    return Turn(replace(state, mode=Mode.REASONS, wish=wish, choice=0))


def _choose(state: State, key: str) -> Turn:
    reasons, choice = state.reasons, state.choice
    if key in ("down", "j", "up", "k"):
        step = 1 if key in ("down", "j") else -1
        return Turn(replace(state, choice=(choice + step) % len(reasons)))
    if key in ("escape", "q"):
        return Turn(replace(state, mode=Mode.COMMENT if state.context else Mode.LIST, wish=None))
    if key.isascii() and key.isdigit() and 1 <= int(key) <= len(reasons):
        choice = int(key) - 1
    elif key != "enter":
        return Turn(state)
    return Turn(state) if state.wish is None else _go(state, replace(state.wish, reason=reasons[choice][0]))


def _confirm(state: State, key: str) -> Turn:
    plain = replace(state, mode=Mode.LIST, wish=None)
    if key in ("enter", "y") and state.wish is not None:
        return Turn(plain, (Decide(state.wish),))
    return Turn(plain) if key in ("escape", "n", "q") else Turn(state)


def _undo(state: State, now: datetime) -> Turn:
    made = state.made
    if made is None or made.until < now:
        said = "There is nothing to take back: a decision can be taken back for ten seconds."
        return Turn(replace(state, made=None, said=said))
    back = Wish(made.ids, _BACK[made.before], made.after, "undo", undoes=True)
    return Turn(replace(state, made=None), (Decide(back),))


def _search(state: State, _: datetime) -> Turn:
    return Turn(replace(state, mode=Mode.SEARCH, typed=state.filter.text or ""))


def _type(state: State, key: str) -> Turn:
    plain = replace(state, mode=Mode.LIST, at=0)
    if key == "enter":
        return _asking(plain, replace(state.filter, text=state.typed.strip() or None))
    if key == "escape":
        return Turn(replace(state, mode=Mode.LIST))
    if key == "backspace":
        return Turn(replace(state, typed=state.typed[:-1]))
    is_letter = len(key) == 1 and key.isprintable() and len(state.typed) < LONGEST_SEARCH
    return Turn(replace(state, typed=state.typed + key) if is_letter else state)


def _asking(state: State, wanted: QueueFilter) -> Turn:
    return Turn(replace(state, at=0, selected=frozenset()), (Load(wanted),))


def _order(state: State, _: datetime) -> Turn:
    now = (state.filter.sort, state.filter.order)
    place = _ORDERS.index(now) if now in _ORDERS else -1
    sort, order = _ORDERS[(place + 1) % len(_ORDERS)]
    return _asking(state, replace(state.filter, sort=sort, order=order))


def _status(state: State, _: datetime) -> Turn:
    place = _SHOWN.index(state.filter.status) if state.filter.status in _SHOWN else -1
    return _asking(state, replace(state.filter, status=_SHOWN[(place + 1) % len(_SHOWN)]))


def _like_this(state: State, _: datetime) -> Turn:
    """Only comments with the first reason of this one; once more for all."""
    if state.filter.reason is not None:
        return _asking(state, replace(state.filter, reason=None))
    reasons = state.current.verdict.reasons if state.current else ()
    return _asking(state, replace(state.filter, reason=reasons[0])) if reasons else Turn(state)


def _next_page(state: State, _: datetime) -> Turn:
    if state.next is None:
        return Turn(replace(state, said="This is the last page."))
    return Turn(
        replace(state, at=0, selected=frozenset()), (Load(state.filter, state.next, (*state.before, state.cursor)),)
    )


def _page_before(state: State, _: datetime) -> Turn:
    if not state.before:
        return Turn(replace(state, said="This is the first page."))
    *before, cursor = state.before
    return Turn(replace(state, at=0, selected=frozenset()), (Load(state.filter, cursor, tuple(before)),))


def _again(state: State, _: datetime) -> Turn:
    return Turn(state, (Load(state.filter, state.cursor, state.before),))


def _help(state: State, _: datetime) -> Turn:
    return Turn(replace(state, mode=Mode.HELP, context=None))


def _leave(state: State, now: datetime) -> Turn:
    return _close(state, now) if state.mode is Mode.COMMENT else Turn(state, (Leave(),))


_KEYS: Final[Mapping[str, Callable[[State, datetime], Turn]]] = {
    "j": _move(1),
    "down": _move(1),
    "k": _move(-1),
    "up": _move(-1),
    "pagedown": _scroll(10),
    " ": _scroll(10),
    "pageup": _scroll(-10),
    "enter": _open,
    "escape": _close,
    "a": _approve,
    "r": _reject,
    "u": _undo,
    "x": _select,
    "/": _search,
    "o": _order,
    "f": _status,
    "w": _like_this,
    "n": _next_page,
    "p": _page_before,
    "g": _again,
    "?": _help,
    "q": _leave,
}
