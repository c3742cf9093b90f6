"""HTML in which text cannot become markup: a str is escaped wherever it is put, only `Markup` is taken as it is."""

from html import escape
from typing import NamedTuple


class Markup(NamedTuple):
    """Finished HTML."""

    html: str


Content = Markup | str

NOTHING = Markup("")
_VOID = frozenset(("meta", "br", "input"))


def tag(name: str, /, *content: Content, **attributes: str) -> Markup:
    """An element; `class_` is the attribute class, and `_` in a name stands for `-`."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{_text(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{given}>" + ("" if name in _VOID else f"{joined(*content).html}</{name}>"))


def joined(*content: Content) -> Markup:
    """One after the other."""
    return Markup("".join(part.html if isinstance(part, Markup) else _text(part) for part in content))


def _text(text: str) -> str:
    """Escaped; what no document may hold is shown as the sign for it."""
    return "".join(_shown(character) for character in escape(text))


def _shown(character: str) -> str:
    code = ord(character)
    forbidden = (code < 0x20 and character not in "\t\n") or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000
    # What turns the direction of writing round would reach into the rest of the page.
    turning = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return "\ufffd" if forbidden or turning else character
