"""Operators' regular expressions, run by RE2: in time linear in the text, whatever the expression."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import re2

_MOST_MEMORY: Final = 1 << 20
"""Bytes that a compiled pattern may take; RE2 refuses what needs more, such as ((x{100}){100}){100}."""


class PatternRefused(Exception):
    """RE2 does not take the pattern; says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern. Upper and lower case are the same."""

    source: str
    names: frozenset[str]
    _compiled: Any

    def fits(self, text: str) -> Mapping[str, str] | None:
        """The named groups where the pattern fits from the first to the last character of a text."""
        found = self._compiled.fullmatch(text)
        return None if found is None else {name: value for name, value in found.groupdict().items() if value}

    def find(self, text: str) -> str | None:
        """What the first group caught, or else all that fits, somewhere in the text."""
        found = self._compiled.search(text)
        return None if found is None else (found.group(1) if found.re.groups else None) or found.group(0)


@lru_cache(maxsize=20_000)
def compile_pattern(source: str) -> Pattern:
    """Raises `PatternRefused` where RE2 does not take it: look-around and back-references are not regular."""
    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.log_errors = False
    options.case_sensitive = False
    try:
        compiled = re2.compile(source, options)
    except (re2.error, UnicodeError) as refused:
        why = refused.args[0]
        why = why.decode(errors="replace") if isinstance(why, bytes) else str(why)
        raise PatternRefused(
            f"is no pattern that RE2 takes ({why}); it has no look-around and no back-references"
        ) from refused
    return Pattern(source, frozenset(compiled.groupindex), compiled)
