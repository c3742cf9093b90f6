"""A site's own words, found in comments whole, in any case, and through spelling tricks."""

import re
from collections.abc import Iterable

import ahocorasick

from bot.verdict import Place
from sentiment.shadow import Edit, Shadow
from sentiment.text import Reading, read

_OPEN = "*"
_BETWEEN_WORDS = re.compile(r"[\s_-]+")


class WordList:
    """Finds words and phrases in time linear in the text, however long the list is (Aho and Corasick, 1975).

    A `*` at the end of a word matches any ending; the words of a phrase may stand apart by spaces, line
    ends or hyphens. A text is searched as a reader sees it and again with
    disguises undone, so `idiot` also finds `1d1ot` and `i.d.i.o.t`.
    """

    def __init__(self, words: Iterable[str]) -> None:
        listed = tuple(words)
        self._seen = _automaton(_seen(read(_stem(word))).text + _ending(word) for word in listed)
        self._undisguised = _automaton(_undisguised(read(_stem(word))).text + _ending(word) for word in listed)

    def find(self, text: str) -> tuple[Place, ...]:
        """Where the words stand in the text, from left to right, each stretch of text once."""
        if self._seen is None or self._undisguised is None:
            return ()
        reading = read(text)
        found = {*_matches(self._seen, _seen(reading)), *_matches(self._undisguised, _undisguised(reading))}
        return _apart(sorted(found, key=lambda place: (place.begin, -place.end)))


def _stem(word: str) -> str:
    return word.removesuffix(_OPEN)


def _ending(word: str) -> str:
    return _OPEN if word.endswith(_OPEN) else ""


def _seen(reading: Reading) -> Shadow:
    return _spaced(reading.plain.respelled(_lowered(reading.plain.text)))


def _undisguised(reading: Reading) -> Shadow:
    return _spaced(reading.folded)


def _spaced(shadow: Shadow) -> Shadow:
    """One space wherever words are set apart: a phrase is the same over a line's end or with a hyphen."""
    gaps = _BETWEEN_WORDS.finditer(shadow.text)
    return shadow.edited([Edit(*gap.span(), " ") for gap in gaps if gap[0] != " "])


def _lowered(text: str) -> str:
    """Lower case, character by character: the text keeps its length, as `İ` would not let it."""
    return (
        text.lower()
        if text.isascii()
        else "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    )


def _automaton(words: Iterable[str]) -> ahocorasick.Automaton | None:
    automaton = ahocorasick.Automaton()
    for word in words:
        stem = _stem(word).strip()
        if stem:
            known_open = automaton.get(stem, (0, False))[1]
            automaton.add_word(stem, (len(stem), known_open or word.endswith(_OPEN)))
    if not len(automaton):
        return None
    automaton.make_automaton()
    return automaton


def _matches(automaton: ahocorasick.Automaton, shadow: Shadow) -> Iterable[Place]:
    text = shadow.text
    for last, (length, is_open) in automaton.iter(text):
        begin, end = last + 1 - length, last + 1
        if begin and text[begin - 1].isalnum() and text[begin].isalnum():
            continue
        if is_open:
            while end < len(text) and text[end].isalnum():
                end += 1
        elif end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
            continue
        yield Place(*shadow.origin(begin, end))


def _apart(places: list[Place]) -> tuple[Place, ...]:
    """Leaves out what lies inside or across the place before it."""
    kept: list[Place] = []
    for place in places:
        if not kept or place.begin >= kept[-1].end:
            kept.append(place)
    return tuple(kept)
