"""Makes one small script of the modules that a site's page includes, when Parley starts: there is nothing to build.

The modules stay readable and each can be looked at by itself; a reader's browser asks once, and gzip finds more that
is alike. They follow each other in one scope, so what stands at the top of a module needs a name that no other has.
Only what these modules use is understood: imports and exports by name, one a line, no templates inside templates, and
regular expressions that stand after a sign.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

_IMPORT: Final = re.compile(r'^import (?:\{[^}]*\} from )?"([^"]+)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async function|function|class|const|let) (\w+))", re.MULTILINE)
_AT_THE_TOP: Final = re.compile(r"^(?:export )?(?:async function|function|class|const|let) (\w+)", re.MULTILINE)
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
    """One module of those `wanted` and all they import, by their names in `sources`; it exports what `given` do.

    Raises ValueError where two modules have the same name at the top.
    """
    order: list[str] = []
    for name in wanted:
        _visit(name, sources, order)
    names = Counter(found for name in order for found in _AT_THE_TOP.findall(sources[name]))
    if twice := [name for name, times in names.items() if times > 1]:
        raise ValueError(f"Two modules have the same name at the top: {', '.join(twice)}.")
    packed = small("".join(_EXPORT.sub("", _IMPORT.sub("", sources[name])) + "\n" for name in order))
    exported = ",".join(found for name in given for found in _EXPORT.findall(sources[name]))
    return f"{packed}export {{{exported}}};\n" if exported else packed


def _visit(name: str, sources: Mapping[str, str], order: list[str]) -> None:
    if name in order:
        return
    for imported in _IMPORT.findall(sources[name]):
        _visit(PurePosixPath(imported).stem, sources, order)
    order.append(name)


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
