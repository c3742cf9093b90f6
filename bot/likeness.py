"""What makes two comments the same, and what makes them nearly the same: prints that an index can find.

Advertising comes back with another link, another number, a name swapped or a word added. Of a text's pairs of
neighbouring words the few with the smallest hashes are taken, and the few with the largest (bottom-k sketches, after
Broder, "On the resemblance and containment of documents", 1997): a change elsewhere leaves them as they are. With one
word in a comment changed, three of four are still found; with words added before or behind it, nearly all.
"""

import hashlib
import re
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from sentiment.text import read

FEWEST_WORDS = 8
"""Shorter comments ("Thank you!", "I agree with you") are often the same by chance, and have no prints."""

_MOST_WORDS = 300
_PAIRS = 3
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<!\S)[^\s@]++@\S+")
_HINTS = ("://", "www.", "@")
_WORD = re.compile(r"[^\W\d_]+")
_ASCII_WORD = re.compile(r"[a-z]+")  # the same, in half the time
_MASK = 0xFFFFFFFFFFFFFFFF
_SPREAD = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Likeness:
    """`text_hash` is the same for the same text, without regard to case and spacing; see `prints` for the rest."""

    text_hash: bytes
    prints: tuple[int, int] | None

    @classmethod
    def of(cls, text: str) -> "Likeness":
        """Both for a text."""
        same = " ".join(text.casefold().split()).encode("utf-8", "surrogatepass")
        return cls(hashlib.sha256(same).digest(), prints(text))


def prints(text: str) -> tuple[int, int] | None:
    """Two signed 64-bit numbers; comments that share one in its place are nearly the same. None for few words.

    Case, signs, digits, links and addresses make no difference, nor do accents, look-alike and invisible letters.
    """
    # Reading takes longer than all the rest, and has little to do where all is ASCII.
    plain = text.lower() if text.isascii() else read(text).folded.text
    if any(hint in plain for hint in _HINTS):
        plain = _ADDRESS.sub(" ", plain)
    words = (_ASCII_WORD if plain.isascii() else _WORD).findall(plain)[:_MOST_WORDS]
    if len(words) < FEWEST_WORDS:
        return None
    numbers = [crc32(word.encode("utf-8", "surrogatepass")) for word in words]
    hashes = sorted({(first * _SPREAD ^ second) * _SPREAD & _MASK for first, second in pairwise(numbers)})
    if len(hashes) < _PAIRS:
        return None
    return _joined(hashes[:_PAIRS]), _joined(hashes[-_PAIRS:])


def _joined(hashes: list[int]) -> int:
    joined = 0
    for number in hashes:
        joined = (joined * _SPREAD + number + 1) & _MASK
    return joined - (1 << 63)
