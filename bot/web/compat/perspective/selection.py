"""Google's partial responses: `fields=languages,attributeScores/TOXICITY(summaryScore/value)` answers with these alone.

Commas separate what is wanted, slashes and parentheses go inside, `*` stands for every name; of a list each element is
looked into. Source: "Partial response" in the guides to Google's APIs.
"""

import re
from collections.abc import Collection
from typing import Any, Final

_EVERY: Final = "*"
_TOKEN = re.compile(r"[^\s,/()]+|[,/()]")
_MARKS: Final = frozenset(",/()")
_DEEPEST: Final = 20

Selection = dict[str, "Selection"]
"""What is wanted of an object, by name; nothing below a name: all of it."""


class BadSelection(Exception):
    """A `fields` parameter that cannot be read, or selects what there is not; the message says where."""


def select(fields: str, known: Collection[str]) -> Selection:
    """Reads a `fields` parameter for an object with the `known` names. Raises BadSelection."""
    tokens = _TOKEN.findall(fields)
    paths, end = _paths(tokens, 0, 0)
    if end != len(tokens):
        raise BadSelection(f"Invalid field selection: {tokens[end]!r} stands where nothing can.")
    selection: Selection = {}
    for path in paths:
        if path[0] != _EVERY and path[0] not in known:
            raise BadSelection(f"Invalid field selection {path[0][:100]}")
        _add(selection, path)
    return selection


# Any: JSON on its way out.
def selected(body: Any, selection: Selection) -> Any:
    """The parts of `body` that are wanted; a list or an object in which nothing is wanted stays, empty."""
    if not selection:
        return body
    if isinstance(body, list):
        return [selected(one, selection) for one in body]
    if not isinstance(body, dict):
        return body
    return {
        name: selected(value, _below(selection, name))
        for name, value in body.items()
        if name in selection or _EVERY in selection
    }


def _paths(tokens: list[str], at: int, depth: int) -> tuple[list[tuple[str, ...]], int]:
    """The paths of a list of names from `at` on, and where it ends."""
    if depth > _DEEPEST:
        raise BadSelection(f"Invalid field selection: it goes more than {_DEEPEST} levels deep.")
    found, at = _path(tokens, at, depth)
    while at < len(tokens) and tokens[at] == ",":
        more, at = _path(tokens, at + 1, depth)
        found += more
    return found, at


def _path(tokens: list[str], at: int, depth: int) -> tuple[list[tuple[str, ...]], int]:
    """A name with what is wanted inside it."""
    if at >= len(tokens) or tokens[at] in _MARKS:
        raise BadSelection("Invalid field selection: a name is missing.")
    name, mark = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    if mark == "/":
        if depth >= _DEEPEST:
            raise BadSelection(f"Invalid field selection: it goes more than {_DEEPEST} levels deep.")
        inside, end = _path(tokens, at + 2, depth + 1)
    elif mark == "(":
        inside, end = _paths(tokens, at + 2, depth + 1)
        if end >= len(tokens) or tokens[end] != ")":
            raise BadSelection("Invalid field selection: a parenthesis is not closed.")
        end += 1
    else:
        return [(name,)], at + 1
    return [(name, *path) for path in inside], end


def _add(selection: Selection, path: tuple[str, ...]) -> None:
    for name in path:
        if name in selection and not selection[name]:
            return
        selection = selection.setdefault(name, {})
    selection.clear()


def _below(selection: Selection, name: str) -> Selection:
    """What is wanted inside a name, by itself or as one of all."""
    found = [selection[one] for one in (name, _EVERY) if one in selection]
    return found[0] if len(found) == 1 else _joined(*found)


def _joined(one: Selection, other: Selection) -> Selection:
    """Whatever either wants."""
    if not one or not other:
        return {}
    return {
        name: _joined(one[name], other[name]) if name in one and name in other else one.get(name) or other.get(name, {})
        for name in {**one, **other}
    }
