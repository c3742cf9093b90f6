"""Sentences with gaps, in corpora/training: hate and what only looks like it, said of many groups in the same words."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files

FILLINGS = 8
"""How often each sentence with a gap is said."""

_GAP = re.compile(r"\{(\w+)\}")


@cache
def _fillers() -> Mapping[str, Sequence[str]]:
    fillers: Mapping[str, Sequence[str]] = json.loads(
        (files("corpora") / "training" / "fillers.json").read_text("utf-8")
    )
    return fillers


def said(sentence: str) -> Iterator[str]:
    """The sentence with its gaps filled, the same way every time; once if it has none."""
    parts = _GAP.split(sentence)
    for time in range(FILLINGS if len(parts) > 1 else 1):
        filled = [_filler(sentence, at, name, time) if at % 2 else name for at, name in enumerate(parts)]
        yield "".join(filled)


def _filler(sentence: str, at: int, name: str, time: int) -> str:
    """Consecutive fillers, from one that hangs on the sentence and the gap: no filler stands twice in a gap's turn."""
    fillers = _fillers()[name]
    start = int.from_bytes(blake2b(f"{at} {sentence}".encode(), digest_size=4).digest(), "big")
    # A step that has no divisor in common with most numbers of fillers mixes them well.
    return fillers[(start + 7 * time) % len(fillers)]
