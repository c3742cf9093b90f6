"""Places in a text as JavaScript, Java and C# count them: in UTF-16 units, of which an emoji takes two."""

from bisect import bisect_right
from itertools import accumulate

_LAST_OF_ONE_UNIT = "\uffff"


class Units:
    """The way between code points, which Python and Parley count, and UTF-16 units, for one text."""

    def __init__(self, text: str) -> None:
        self._begins: list[int] | None = None
        # In most texts the two are the same.
        if not text.isascii() and max(text) > _LAST_OF_ONE_UNIT:
            self._begins = [0, *accumulate(1 + (character > _LAST_OF_ONE_UNIT) for character in text)]

    def of(self, place: int) -> int:
        """The place of a code point, in units."""
        return place if self._begins is None else self._begins[place]

    def code_point(self, unit: int) -> int:
        """The code point that a unit belongs to; `unit` must lie within the text or at its end."""
        return unit if self._begins is None else bisect_right(self._begins, unit) - 1

    def length(self, text: str) -> int:
        """The whole text, in units."""
        return self.of(len(text))
