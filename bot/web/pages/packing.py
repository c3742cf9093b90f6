"""Makes one small script of the modules that a site's page includes, when Parley starts: there is nothing to build.

The modules stay readable and each can be looked at by itself; a reader's browser asks once, and gzip finds more that
is alike. Each module becomes a function that gives what it exports. Only what these modules use is understood: imports
and exports by name, one a line, no templates inside templates, and regular expressions that stand after a sign.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

_IMPORT: Final = re.compile(r'^import (?:(\{[^}]*\}) from )?"([^"]+)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (async function|function|class|const|let) (\w+)", re.MULTILINE)
_TOKEN: Final = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)"""
    r"""|(?P<comment>/\*.*?\*/|//[^\n]*)"""
    r"""|(?P<pattern>(?<=[(,=:\[!&|?{};\n ])/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)"""
    r"""|(?P<space>\s+)""",
    re.DOTALL,
)
# Templates of several lines are style sheets; a space before a colon means something there.
_SHEET_SPACE: Final = re.compile(r"\s*([{};,]|(?<=\w):(?=\s)|\n)\s*")
_SIGNS: Final = frozenset("{}();,:=<>?&|[]!")
_GOES_ON: Final = frozenset("{(;,[=&|?:>")
_ENDS: Final = frozenset("})],;?:&|=")


def pack(sources: Mapping[str, str], wanted: Sequence[str], given: Sequence[str] = ()) -> str:
    """One module of those `wanted` and all they import, by their names in `sources`; it exports what `given` do."""
    order: list[str] = []
    for name in wanted:
        _visit(name, sources, order)
    packed = "".join(small(_function(name, sources[name])) for name in order)
    return packed + "".join(f"export const {{{','.join(_exported(sources[name]))}}}={_name(name)};\n" for name in given)


def _visit(name: str, sources: Mapping[str, str], order: list[str]) -> None:
    if name in order:
        return
    for _, imported in _IMPORT.findall(sources[name]):
        _visit(PurePosixPath(imported).stem, sources, order)
    order.append(name)


def _function(name: str, source: str) -> str:
    body = _IMPORT.sub(lambda found: f"const {found[1]} = {_name(found[2])};\n" if found[1] else "", source)
    body = _EXPORT.sub(r"\1 \2", body)
    return f"const {_name(name)} = (() => {{\n{body}\nreturn {{ {', '.join(_exported(source))} }};\n}})();\n"


def _exported(source: str) -> list[str]:
    return [found[2] for found in _EXPORT.finditer(source)]


def _name(path: str) -> str:
    return "$" + re.sub(r"\W", "_", PurePosixPath(path).stem)


def small(source: str) -> str:
    """The same script without comments and needless spaces; lines stay lines wherever a semicolon might be missed."""
    bare = _TOKEN.sub(lambda found: "" if found["comment"] else found[0], source).strip() + "\n"

    def shorten(found: re.Match[str]) -> str:
        if found["space"]:
            before, after = bare[found.start() - 1], bare[found.end() : found.end() + 1]
            if "\n" in found["space"]:
                return "" if before in _GOES_ON or after in _ENDS else "\n"
            return "" if before in _SIGNS or after in _SIGNS else " "
        is_sheet = found[0].startswith("`") and "\n" in found[0]
        return _SHEET_SPACE.sub(lambda space: space[1], found[0]) if is_sheet else found[0]

    return _TOKEN.sub(shorten, bare).strip() + "\n"
