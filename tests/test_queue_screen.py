"""What working the queue on a terminal promises: keys decide, nothing is lost, the terminal is left as it was."""

import asyncio
import fcntl
import io
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.command.screen.keyboard import Keys
from bot.command.screen.picture import Picture
from bot.command.screen.state import (
    UNDO_FOR,
    Count,
    Counted,
    Decide,
    Decided,
    Effect,
    Leave,
    Load,
    Loaded,
    Look,
    Looked,
    Mode,
    Refused,
    State,
    Turn,
    hear,
    press,
)
from bot.comment import Comment, Status
from bot.store import comments, decisions
from bot.store.counts import Totals
from bot.store.database import Database
from bot.store.queue import Page, QueueFilter
from bot.verdict import Decision, Evidence, Place, Reason, Verdict
from tests.builders import NOON, active, submission
from tests.stored import add_sites, decided, stored

_ROOT = Path(__file__).parent.parent
KEYS = [
    "j",
    "k",
    "up",
    "down",
    "pagedown",
    "pageup",
    " ",
    "enter",
    "escape",
    "backspace",
    *"arux/ofwnpgqy?13é",
    "\x1b[Z",
]


def held(number: int, text: str = "You idiot.") -> Comment:
    """A held comment."""
    found = Evidence(Reason.DETECTED_INSULT, Decision.HOLD, None, 0.8, 0.6, Place(4, 9))
    verdict = Verdict(Decision.HOLD, (found,), 0.8, "test-1", 1)
    return Comment(number, "demo", submission(text, author=f"author-{number}"), Status.HELD, NOON, None, verdict)


def showing(*given: Comment) -> State:
    """A screen with these comments."""
    start = State("demo", active(), QueueFilter())
    return hear(start, Loaded(Page(given, None, Totals(len(given), {})), Load(QueueFilter())), NOON).state


def typed(state: State, *keys: str) -> Turn:
    """What the last of these keys leads to, where nothing of what was asked for has come back yet."""
    turn = Turn(state)
    for key in keys:
        turn = press(turn.state, key, NOON)
    return turn


def answer(effect: Effect, all_of: tuple[Comment, ...]) -> Loaded | Looked | Counted | Decided | Refused:
    """As a store that grants every wish."""
    if isinstance(effect, Load):
        return Loaded(Page(all_of, None, Totals(len(all_of), {})), effect)
    if isinstance(effect, Look):
        return Looked(None)
    if isinstance(effect, Count):
        return Counted(effect.wish, effect.wish.ids)
    assert isinstance(effect, Decide)
    return Decided(effect.wish, effect.wish.ids)


def drawn(state: State, width: int = 80, height: int = 24) -> str:
    """What the terminal shows."""
    console = Console(width=width, height=height, file=io.StringIO(), record=True, force_terminal=True)
    console.print(Picture(state), height=height)
    return console.export_text()


@given(st.lists(st.sampled_from(KEYS), max_size=40), st.integers(0, 5), st.integers(20, 120), st.integers(5, 40))
def test_whatever_is_typed_the_screen_is_whole_and_says_what_it_is_about(
    keys: list[str], number: int, width: int, height: int
) -> None:
    """The current comment and the selected ones are always among those that are shown, and the picture fits."""
    every = tuple(held(n) for n in range(number))
    state = showing(*every)
    for key in keys:
        turn = press(state, key, NOON)
        waiting = [*turn.effects]
        state = turn.state
        while waiting and not isinstance(waiting[0], Leave):
            turn = hear(state, answer(waiting.pop(0), every), NOON)
            state, waiting = turn.state, [*waiting, *turn.effects]
        assert state.selected <= {comment.id for comment in state.comments}
        assert (state.current is None) == (not state.comments)
        assert 0 <= state.at <= max(0, len(state.comments) - 1)
    assert len(drawn(state, width, height).rstrip("\n").split("\n")) <= height


def test_one_comment_is_decided_on_at_once_and_the_next_is_current() -> None:
    state = showing(held(1), held(2), held(3))
    turn = typed(state, "j", "a")
    (effect,) = turn.effects
    assert isinstance(effect, Decide)
    assert (effect.wish.ids, effect.wish.decision, effect.wish.expected) == ((2,), Decision.APPROVE, Status.HELD)
    after = hear(turn.state, Decided(effect.wish, (2,)), NOON).state
    assert (after.current, after.total) == (held(3), 2)


def test_a_rejection_has_a_reason_picked_by_digit_or_by_moving() -> None:
    for keys in (("r", "3"), ("r", "j", "j", "enter")):
        (effect,) = typed(showing(held(1)), *keys).effects
        assert isinstance(effect, Decide)
        assert (effect.wish.decision, effect.wish.reason) == (Decision.REJECT, "hate")
    assert typed(showing(held(1)), "r", "escape").effects == ()


def test_several_are_counted_before_they_are_decided_on() -> None:
    state = showing(held(1), held(2), held(3))
    turn = typed(state, "x", "j", "x", "a")
    (count,) = turn.effects
    assert isinstance(count, Count)
    assert count.wish.ids == (1, 2)
    asked = hear(turn.state, Counted(count.wish, (2,)), NOON).state
    assert asked.mode is Mode.CONFIRM
    assert "Approve 1 comments?" in drawn(asked)
    (decide,) = press(asked, "enter", NOON).effects
    assert isinstance(decide, Decide)
    assert decide.wish.ids == (2,)
    assert press(asked, "escape", NOON).effects == ()


@given(st.timedeltas(timedelta(0), timedelta(seconds=20)))
def test_a_decision_is_taken_back_within_ten_seconds(later: timedelta) -> None:
    turn = typed(showing(held(1), held(2)), "a")
    (effect,) = turn.effects
    assert isinstance(effect, Decide)
    after = hear(turn.state, Decided(effect.wish, (1,)), NOON).state
    effects = press(after, "u", NOON + later).effects
    assert (len(effects) == 1) == (later <= UNDO_FOR)
    for undo in effects:
        assert isinstance(undo, Decide)
        assert (undo.wish.ids, undo.wish.decision, undo.wish.expected) == ((1,), Decision.HOLD, Status.APPROVED)


def test_pages_are_gone_to_and_back_by_their_cursors() -> None:
    first = replace(showing(held(1)), next="second")
    (there,) = press(first, "n", NOON).effects
    assert there == Load(QueueFilter(), "second", (None,))
    assert isinstance(there, Load)
    on_second = hear(first, Loaded(Page((held(2),), None, Totals(2, {})), there), NOON).state
    assert press(on_second, "p", NOON).effects == (Load(QueueFilter(), None, ()),)


def test_words_are_typed_and_searched_for() -> None:
    (load,) = typed(showing(held(1)), "/", "q", "u", "x", "backspace", "enter").effects
    assert load == Load(QueueFilter(text="qu"))


@given(st.binary(max_size=30), st.integers(0, 30))
def test_no_bytes_upset_the_keyboard(sent: bytes, cut: int) -> None:
    keys = Keys()
    assert all(keys.read(sent[:cut]) + keys.read(sent[cut:]))


def test_keys_have_names() -> None:
    assert Keys().read("j\x1b[A\x1b[6~\ré\x7f".encode()) == ["j", "up", "pagedown", "enter", "é", "backspace"]


def test_what_strangers_write_does_not_steer_the_terminal() -> None:
    screen = drawn(showing(held(1, "a\x1b[2Jb \x9bc")))
    assert "a␛[2Jb" in screen
    assert "\x9b" not in screen


# --- On a real terminal.


class Terminal:
    """`./parley queue demo` on a pseudo terminal."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.mine, self.theirs = pty.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        self.before = termios.tcgetattr(self.theirs)
        kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(_ROOT), "TERM": "xterm-256color", "HOME": str(folder)}
        command = [sys.executable, "-m", "bot", "queue", "demo", "--data", str(folder), "--moderator", "Mia", *options]
        self.process = subprocess.Popen(
            ["env", "--ignore-environment", *(f"{name}={value}" for name, value in kept.items()), *command],
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
            start_new_session=True,
        )
        self.shown = ""

    def wait_for(self, words: str) -> None:
        """Until these words come; what came before is forgotten."""
        while words not in self.shown:
            assert select.select([self.mine], [], [], 60)[0], self.shown
            self.shown += os.read(self.mine, 65536).decode(errors="replace")
        self.shown = self.shown.partition(words)[2]

    def type(self, keys: str) -> None:
        """Sends keys."""
        os.write(self.mine, keys.encode())

    def ended(self) -> int:
        """The exit code; the terminal is in no other mode than before, and shows its cursor and its first screen."""
        self.wait_for("\x1b[?1049l")
        code = self.process.wait(60)
        assert termios.tcgetattr(self.theirs) == self.before
        return code


@contextmanager
def terminal(folder: Path, *options: str) -> Iterator[Terminal]:
    """The terminal, closed at the end."""
    opened = Terminal(folder, *options)
    try:
        yield opened
    finally:
        opened.process.kill()
        opened.process.wait()
        os.close(opened.mine)
        os.close(opened.theirs)


@pytest.fixture
async def kept(tmp_path: Path) -> list[Comment]:
    """Three held comments in a folder's own store, newest first."""
    opened = await Database.open(None, tmp_path)
    await add_sites(opened)
    some = [await stored(opened, f"Number {n} here.", at=NOON + timedelta(minutes=n)) for n in range(3)]
    await opened.close()
    return some[::-1]


async def trails(folder: Path, some: list[Comment]) -> list[list[tuple[str, str | None, str | None]]]:
    """What was decided on each, by whom, and why, after the rules."""
    opened = await Database.open(None, folder)
    found = [await opened.read(decisions.of, "demo", comment.id) for comment in some]
    await opened.close()
    return [[(str(line.decision), line.moderator, line.reason) for line in lines[1:]] for lines in found]


async def test_comments_are_decided_and_taken_back_on_a_terminal(tmp_path: Path, kept: list[Comment]) -> None:
    def work() -> int:
        with terminal(tmp_path) as screen:
            screen.wait_for("3 held")
            screen.type("a")
            screen.wait_for("Approved 1 comment")
            screen.type("r6")
            screen.wait_for("Rejected 1 comment")
            screen.type("u")
            screen.wait_for("Taken back")
            screen.type("\r")
            screen.wait_for("What happened")
            fcntl.ioctl(screen.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 60, 0, 0))
            os.kill(screen.process.pid, signal.SIGWINCH)
            screen.wait_for("What happened")
            screen.type("qq")
            return screen.ended()

    assert await asyncio.to_thread(work) == 0
    assert await trails(tmp_path, kept) == [
        [("approve", "Mia", None)],
        [("reject", "Mia", "off_topic"), ("hold", "Mia", "undo")],
        [],
    ]


async def test_whoever_is_second_at_a_terminal_is_told_who_was_first(tmp_path: Path, kept: list[Comment]) -> None:
    """And selected comments that somebody decided on are passed over, which the count tells."""
    opened = await Database.open(None, tmp_path)
    with terminal(tmp_path) as screen:
        await asyncio.to_thread(screen.wait_for, "3 held")
        await decided(opened, kept[0], moderator="Ben")
        screen.type("a")
        await asyncio.to_thread(screen.wait_for, "Ben decided approve")
        screen.type("xjxa")
        await asyncio.to_thread(screen.wait_for, "Approve 2 comments?")
        screen.type("\r")
        await asyncio.to_thread(screen.wait_for, "Approved 2 comments")
        screen.type("q")
        assert await asyncio.to_thread(screen.ended) == 0
    found = [await opened.read(comments.find, "demo", comment.id) for comment in kept]
    await opened.close()
    assert [comment and comment.status for comment in found] == [Status.APPROVED] * 3


async def test_ctrl_c_leaves_the_terminal_as_it_was(tmp_path: Path, kept: list[Comment]) -> None:
    def work() -> int:
        with terminal(tmp_path) as screen:
            screen.wait_for("3 held")
            screen.process.send_signal(signal.SIGINT)
            return screen.ended()

    assert await asyncio.to_thread(work) == 1
    assert await trails(tmp_path, kept) == [[], [], []]


async def test_a_terminal_can_ask_for_the_table(tmp_path: Path, kept: list[Comment]) -> None:
    def work() -> None:
        with terminal(tmp_path, "--output", "table") as screen:
            screen.wait_for("Number 0 here.")
            assert screen.process.wait(60) == 0

    await asyncio.to_thread(work)
    assert len(kept) == 3
