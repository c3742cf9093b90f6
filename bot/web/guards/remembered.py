"""Answers to the texts that were scored last, as they were sent.

Judging a remembered analysis and writing it as JSON again costs several times what the rest of such a request costs.
"""

from collections import OrderedDict

from bot.policy import ActivePolicy

_MOST_BYTES = 8_000_000
_OVERHEAD = 400


class Remembered:
    """The least recently used answers to single texts, bounded in bytes.

    An answer is good for the very policy and models that it was made with, and for nothing else.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, str], tuple[ActivePolicy, str, bytes]] = OrderedDict()

    def get(self, site: str, text: str, policy: ActivePolicy, model: str | None) -> bytes | None:
        """The answer, where it was made with this policy and these models."""
        found = self._kept.get((site, text))
        if found is None or found[0] is not policy or found[1] != model:
            return None
        self._kept.move_to_end((site, text))
        return found[2]

    def put(self, site: str, text: str, policy: ActivePolicy, model: str, answer: bytes) -> None:
        """Keep an answer; the least recently used ones make room."""
        before = self._kept.pop((site, text), None)
        if before is not None:
            self._bytes -= _size(text, before[2])
        self._kept[site, text] = (policy, model, answer)
        self._bytes += _size(text, answer)
        while self._bytes > self._most_bytes:
            (_, oldest), (_, _, forgotten) = self._kept.popitem(last=False)
            self._bytes -= _size(oldest, forgotten)

    def forget(self) -> None:
        """Keeps nothing any more: somebody's text may be among it who was erased."""
        self._kept.clear()
        self._bytes = 0


def _size(text: str, answer: bytes) -> int:
    # A character takes up to four bytes, as CPython keeps text.
    return 4 * len(text) + len(answer) + _OVERHEAD
