"""The sentences of a comment, as places in it: what a span of a score can be about."""

import re
from itertools import pairwise

MOST = 500
"""A comment may hold thousands of full stops; what comes after so many sentences is one more."""

_MARKS = r".!?\u2026\u203d\u061f\u06d4"
# A sentence ends with its marks and the quotes and brackets that close with it, before a space; or with its line.
# Only the first of a row of marks is tried, and nothing is given back: a comment of marks alone costs no more.
_END = re.compile(
    rf"(?<![{_MARKS}])[{_MARKS}]++[\"'\u2019\u201d\u00bb)\]*_]*+(?=\s)|[\u3002\uff01\uff1f]++[\u300d\u300f\u201d]*+|[\r\n]++"
)
_INITIAL = re.compile(r"(?:^|[\s(])(?:\w|mr|mrs|ms|dr|prof|st|vs|e\.g|i\.e|etc|[a-z]\.[a-z])\.$", re.IGNORECASE)
_LOOKED_BACK = 8


def sentences(text: str) -> list[tuple[int, int]]:
    """Each sentence's [begin, end) in code points, without the white space around it; none where all is blank."""
    ends = [found.end() for found in _END.finditer(text) if not _is_short_form(text, found.end())]
    found = []
    for begin, end in pairwise([0, *ends[: MOST - 1], len(text)]):
        piece = text[begin:end]
        stripped = piece.strip()
        if stripped:
            first = begin + len(piece) - len(piece.lstrip())
            found.append((first, first + len(stripped)))
    return found


def _is_short_form(text: str, end: int) -> bool:
    """Initials, titles and the like end with a full stop that ends no sentence."""
    return text[end - 1] == "." and _INITIAL.search(text[max(0, end - _LOOKED_BACK) : end]) is not None
