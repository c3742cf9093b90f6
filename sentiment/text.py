"""Reads a comment: the shadow copies that everything else scores, with the way back to the original.

`plain` is what a reader sees: no markup, no invisible characters, one spelling for characters that look alike.
`folded` goes further and undoes what writers do to get past a filter (see `sentiment.disguise`).
Both steps take time and room linear in the length of the text and never raise for any str.

Normalisation follows Unicode's NFKC (Unicode Standard Annex #15), applied to one character with its marks at a time.
"""

import re
import unicodedata
from dataclasses import dataclass
from html import unescape

from sentiment.disguise import fold, unify_scripts
from sentiment.shadow import GAP, Edit, Shadow


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A comment as written, as seen (`plain`, in its own case) and without disguise (`folded`, in lower case)."""

    original: str
    plain: Shadow
    folded: Shadow


def read(text: str) -> Reading:
    """Reads any str, also one with NUL or lone surrogates in it."""
    plain = _plain(text)
    return Reading(text, plain, fold(plain))


_ODD_ASCII = re.compile(r"[<&\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _plain(text: str) -> Shadow:
    shadow = Shadow(text)
    if text.isascii() and not _ODD_ASCII.search(text):
        return shadow
    shadow = shadow.edited([_shown(found) for found in _MARKUP.finditer(text)])
    shadow = shadow.respelled(_visible(shadow.text)).without_gaps()
    if shadow.text.isascii():
        return shadow
    shadow = shadow.edited([_composed(found) for found in _MARKED.finditer(shadow.text)])
    shadow = shadow.edited(_expansions(shadow.text))
    return shadow.respelled(unify_scripts(shadow.text))


# --- markup -----------------------------------------------------------------------------------------------------------

_INLINE = (
    "abbr|acronym|b|bdi|bdo|big|cite|code|del|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|tt|u|wbr"
)
_BLOCK = (
    "a|article|aside|blockquote|body|br|button|center|dd|details|div|dl|dt|embed|fieldset|figcaption|figure|footer|form|"
    "h[1-6]|head|header|hr|html|iframe|img|input|label|li|link|main|meta|nav|object|ol|optgroup|option|p|pre|script|"
    "section|select|source|style|summary|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|ul|video"
)
# Only real element names with well-formed attributes are markup, so `<3`, `a < b` and `<sarcasm>` stay. A value never
# holds `<`: each attempt ends at the next one, which keeps hostile input linear.
_MARKUP = re.compile(
    rf"""<!--(?:[^<>-]|-(?!->))*+-->
    | </?(?:{_INLINE}|(?P<block>{_BLOCK}))
      (?P<attributes>(?:\s++[a-z][a-z0-9:_-]*+\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s"'<>]++))*+)
      \s*+/?>
    | (?P<entity>&(?:[a-z][a-z0-9]{{1,30}}|\#[0-9]{{1,7}}|\#x[0-9a-f]{{1,6}});)""",
    re.IGNORECASE | re.VERBOSE,
)
_TARGET = re.compile(r"""\s(?:href|src)\s*+=\s*+["']?([^\s"'<>]++)""", re.IGNORECASE)


def _shown(found: re.Match[str]) -> Edit:
    """What a reader sees of markup: an entity's character, a link's target, a gap between blocks, else nothing."""
    begin, end = found.span()
    if found["entity"]:
        return Edit(begin, end, unescape(found["entity"]))
    target = _TARGET.search(found["attributes"]) if found["attributes"] else None
    if target:
        return Edit(begin, end, f" {target[1]} ")
    return Edit(begin, end, " " if found["block"] else "")


# --- characters -------------------------------------------------------------------------------------------------------

_BLANKS = "\x0b\x0c\x1c\x1d\x1e\x1f\x85\u115f\u1160\u2800\u3164\uffa0"
_QUOTES = {"'": "‘’‚‛′ʻʼʽˈ´", '"': "“”„‟″", "-": "‐‑‒–—―−"}
_PICTURE = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001fbff"
# A joiner between two pictures makes one picture of them; anywhere else it only hides.
_LOOSE_JOINER = re.compile(rf"(?<![{GAP}{_PICTURE}])\u200d|\u200d(?![{_PICTURE}])")


_SIGNS = frozenset("™℠ℹ‼⁉㊗㊙") | {chr(code) for code in range(0x1F200, 0x1F300)}
"""Pictures and marks that mean more than the letters which NFKC would put in their place."""


def _compatible(character: str) -> str:
    return character if character in _SIGNS else unicodedata.normalize("NFKC", character)


class _Visible(dict[int, str]):
    """Code point -> the one character that shows it, or `GAP` where nothing does; filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if code == 0x200D or character in "\t\n\r":
            shown = character
        elif category in ("Cc", "Cf") or 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE0FFF or code in _HIDDEN:
            shown = GAP
        else:
            compatible = _compatible(character)
            shown = compatible if len(compatible) == 1 else character
        self[code] = shown
        return shown


_HIDDEN = {0x034F, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F}
_VISIBLE = _Visible({ord(blank): " " for blank in _BLANKS})
_VISIBLE.update({ord(variant): plain for plain, variants in _QUOTES.items() for variant in variants})


def _visible(text: str) -> str:
    """The same number of characters, with invisible ones as gaps and one spelling for blanks, quotes and dashes."""
    text = text.translate(_VISIBLE)
    return _LOOSE_JOINER.sub(GAP, text) if "\u200d" in text else text


_DIACRITIC = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_SCRIPT_MARK = (
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8"
    "\u06ea-\u06ed\u093c\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0c56\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u0e31"
    "\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f71-\u0f84\u102e\u1161-\u1175\u11a8-\u11c2\u3099\u309a"
)
_MARKED = re.compile(rf"[^{_DIACRITIC}{_SCRIPT_MARK}]?[{_DIACRITIC}{_SCRIPT_MARK}]+")
_LEFT_OVER = re.compile(f"[{_DIACRITIC}]")
_MARKS_OF_A_LETTER = 4
"""No living spelling stacks more on one letter; what goes beyond is decoration."""


def _composed(found: re.Match[str]) -> Edit:
    """A character with its marks in one piece; marks that do not become part of a letter are dropped."""
    begin, end = found.span()
    composed = unicodedata.normalize("NFKC", found[0][: 1 + _MARKS_OF_A_LETTER])
    return Edit(begin, end, _LEFT_OVER.sub("", composed))


_LONGEST_EXPANSION = 4
"""Longer ones are whole Arabic phrases in one sign; left as they are, a text stays of the size it had."""


def _expansions(text: str) -> list[Edit]:
    """Characters that NFKC writes as several (ligatures, ellipsis, squared words); spacing accents like ¨ stay."""
    if unicodedata.is_normalized("NFKC", text):
        return []
    written = {
        character: compatible
        for character in set(text)
        if 1 < len(compatible := _compatible(character)) <= _LONGEST_EXPANSION and not compatible.startswith(" ")
    }
    return [Edit(at, at + 1, written[letter]) for at, letter in enumerate(text) if letter in written] if written else []
