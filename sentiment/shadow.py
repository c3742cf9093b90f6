"""A changed copy of a text that still knows where each of its characters came from.

Scoring reads cleaned copies; evidence has to point into the text as its author wrote it. A `Shadow`
carries both: its characters, and for each of them the code points [begin, end) of the original it stands for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int32]

GAP = "\0"
"""Marks a character that is to be dropped; an original NUL is dropped as well."""


class Edit(NamedTuple):
    """The characters [begin, end) of a shadow, and what stands there instead."""

    begin: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Shadow:
    """`begins` and `ends` hold one code point offset for each character of `text`; None where nothing moved.

    Both rise from left to right (never fall), and every character stands for at least one of the original's.
    """

    text: str
    begins: Offsets | None = None
    ends: Offsets | None = None

    def origin(self, begin: int, end: int) -> tuple[int, int]:
        """The part of the original that the characters [begin, end) of this shadow stand for; begin < end."""
        if self.begins is None or self.ends is None:
            return begin, end
        return int(self.begins[begin]), int(self.ends[end - 1])

    def respelled(self, text: str) -> "Shadow":
        """The same places with other characters: `text` is as long as this shadow's own."""
        return self if text == self.text else Shadow(text, self.begins, self.ends)

    def without_gaps(self) -> "Shadow":
        """This shadow without the characters that are marked as `GAP`."""
        if GAP not in self.text:
            return self
        codes = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        kept = np.flatnonzero(codes).astype(np.int32)
        text = self.text.replace(GAP, "")
        if self.begins is None or self.ends is None:
            return Shadow(text, kept, kept + np.int32(1))
        return Shadow(text, self.begins[kept], self.ends[kept])

    def edited(self, edits: Sequence[Edit]) -> "Shadow":
        """This shadow after `edits`, which stand in order and do not overlap.

        Every character of a replacement stands for the whole of what it replaced.
        """
        if not edits:
            return self
        pieces: list[str] = []
        firsts: list[int] = []
        lasts: list[int] = []
        lengths: list[int] = []
        copied = 0
        for begin, end, replacement in (*edits, Edit(len(self.text), len(self.text), "")):
            pieces += (self.text[copied:begin], replacement)
            firsts += (copied, begin)
            lasts += (-1, end - 1)
            lengths += (begin - copied, len(replacement))
            copied = end
        first, last = _places(firsts, lasts, lengths)
        text = "".join(pieces)
        if self.begins is None or self.ends is None:
            return Shadow(text, first, last + np.int32(1))
        return Shadow(text, self.begins[first], self.ends[last])


def _places(firsts: list[int], lasts: list[int], lengths: list[int]) -> tuple[Offsets, Offsets]:
    """First and last source character of each character, for pieces that are copied (last = -1) or replaced."""
    length = np.array(lengths, dtype=np.int32)
    offset = np.cumsum(length, dtype=np.int32) - length
    first = np.repeat(np.array(firsts, dtype=np.int32), length)
    last = np.repeat(np.array(lasts, dtype=np.int32), length)
    walked = np.arange(len(first), dtype=np.int32) - np.repeat(offset, length)
    copied = last < 0
    first = np.where(copied, first + walked, first)
    return first, np.where(copied, first, last)
