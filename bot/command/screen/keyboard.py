"""Single keys of a terminal, and the terminal as it was afterwards, whatever happens."""

import codecs
import re
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_NAMED: Final = {
    "\x1b[A": "up",
    "\x1bOA": "up",
    "\x1b[B": "down",
    "\x1bOB": "down",
    "\x1b[5~": "pageup",
    "\x1b[6~": "pagedown",
    "\r": "enter",
    "\n": "enter",
    "\x7f": "backspace",
    "\b": "backspace",
    "\x1b": "escape",
}
_KEY = re.compile(r"\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|.", re.DOTALL)


class Keys:
    """Turns what a terminal sends into names of keys; letters stand for themselves."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self, sent: bytes) -> list[str]:
        """The keys in order; sequences of keys that no name is known for are one key each."""
        return [_NAMED.get(key, key) for key in _KEY.findall(self._decoder.decode(sent))]


@contextmanager
def single_keys(terminal: int) -> Iterator[None]:
    """Sends each key at once and shows none, until the block ends in whichever way."""
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
