"""What is said about people, whoever they are: n-grams in which every group is one and the same word.

"Muslims are vermin" teaches a model about "Jews are vermin" only if both read alike. So in texts that name a group or
use a slur, names of groups become one mark and slurs another, and a word for persons behind a group ("black women") is
left out. Texts that name nobody have none of these n-grams: the same words weigh differently in talk about people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentiment.layout import Places, Words

Hashes = NDArray[np.uint64]


class Kind(IntFlag):
    """What a word may name."""

    GROUP = 1
    SLUR = 2
    PERSON = 4


_SECTIONS = {"[group]": Kind.GROUP, "[slur]": Kind.SLUR, "[person]": Kind.PERSON}


def people() -> dict[str, Kind]:
    """The words of corpora/lexicon/people.txt and their possessives, in lower case."""
    kinds: dict[str, Kind] = {}
    kind = Kind(0)
    for line in (files("corpora") / "lexicon" / "people.txt").read_text("utf-8").splitlines():
        if line in _SECTIONS:
            kind = _SECTIONS[line]
        elif not line.startswith("#"):
            for word in line.split():
                for form in (word, f"{word}'s"):
                    kinds[form] = kinds.get(form, Kind(0)) | kind
    return kinds


class Phrases(NamedTuple):
    """Masked n-grams at the places [begin, end) of a batch's array."""

    hashes: Hashes
    begin: Places
    end: Places


_GROUP_MARK, _SLUR_MARK, _START = (
    np.uint64(mark) for mark in (0x9AE16A3B2F90404F, 0xC949C7DEFD5B1AC5, 0x27D4EB2F165667C5)
)
_ALONE, _SECOND, _THIRD = (np.uint64(factor) for factor in (0x9FB21C651E98DF25, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB))


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """The hashes of words that name people, in rising order, with the kind of each."""

    hashes: Hashes
    kinds: NDArray[np.uint8]

    @classmethod
    def of(cls, kinds: Mapping[int, Kind]) -> "Masks":
        """From the kind of each hash."""
        rising = sorted(kinds)
        return cls(np.array(rising, np.uint64), np.array([kinds[one] for one in rising], np.uint8))

    def phrases(self, words: Words, hashes: Hashes) -> list[Phrases]:
        """Single words, pairs and triples of a view's words, of texts that name a group or use a slur."""
        place = np.minimum(self.hashes.searchsorted(hashes), len(self.hashes) - 1)
        kinds = self.kinds.take(place) * (self.hashes.take(place) == hashes)
        named = (kinds & (Kind.GROUP | Kind.SLUR)).nonzero()[0]
        if not len(named):
            return []
        first = int(words.stretch[0])
        naming = np.zeros(int(words.stretch[-1]) - first + 1, dtype=np.bool_)
        naming[words.stretch.take(named) - first] = True
        own = naming.take(words.stretch - first).nonzero()[0]
        kind, stretch = kinds.take(own), words.stretch.take(own)
        kept = np.ones(len(own), dtype=np.bool_)
        kept[1:] = ((kind[1:] & Kind.PERSON) == 0) | ((kind[:-1] & Kind.GROUP) == 0) | (stretch[1:] != stretch[:-1])
        own, kind, stretch = own[kept], kind[kept], stretch[kept]
        masked = np.where(kind & Kind.SLUR, _SLUR_MARK, hashes.take(own))
        masked = np.where(kind & Kind.GROUP, _GROUP_MARK, masked)
        return _windows(masked, stretch, words.begin.take(own), words.end.take(own))


def _windows(masked: Hashes, stretch: NDArray[np.int32], begin: Places, end: Places) -> list[Phrases]:
    """Every word; with the one before it, or the start of the text; and with the two before it."""
    starts = np.ones(len(masked), dtype=np.bool_)
    np.not_equal(stretch[1:], stretch[:-1], out=starts[1:])
    inner = (~starts).nonzero()[0]
    before, begin_before = np.full_like(masked, _START), begin.copy()
    before[inner], begin_before[inner] = masked.take(inner - 1), begin.take(inner - 1)
    pairs = before * _SECOND + masked
    triples = before.take(inner - 1) * _THIRD + pairs.take(inner)
    return [
        Phrases(masked * _ALONE, begin, end),
        Phrases(pairs, begin_before, end),
        Phrases(triples, begin_before.take(inner - 1), end.take(inner)),
    ]
