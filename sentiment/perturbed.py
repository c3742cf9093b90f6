"""Disguises as people write them, made on purpose: does a score see through what a reader sees through?

Every disguise is worked into the words that a filter would look for and, the same way, into ordinary words of harmless
texts: what is seen through must not make an innocent word a guilty one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.datasets import Example
from sentiment.measures import THRESHOLD, Share
from sentiment.scores import Attribute

Score = Callable[[Sequence[str]], NDArray[np.float64]]
"""Scores texts for toxicity, 0..1."""


class Disguise(StrEnum):
    """What is done to a word: `f.u.c.k`, `1d10t`, Cyrillic letters, invisible ones, `f u c k`, `fuuuck`, `sh🙂it`."""

    DOTS = "dots between letters"
    DIGITS = "digits for letters"
    LOOK_ALIKES = "look-alike letters"
    ZERO_WIDTH = "zero-width characters"
    SPACED = "spaced letters"
    ELONGATED = "drawn out"
    EMOJI = "emoji inside"


@dataclass(frozen=True, slots=True)
class Seen:
    """How one way of writing comes out: toxic texts that still are taken for toxic, harmless ones that are."""

    recall: Share
    false_positives: Share


@dataclass(frozen=True, slots=True)
class Robustness:
    """The same texts as they were written (`clean`) and in every disguise."""

    clean: Seen
    disguised: Mapping[str, Seen]


def robustness(examples: Sequence[Example], score: Score) -> Robustness | None:
    """Measures with held out texts; None without texts of both kinds.

    Toxic texts are those with a rough word in them, since there is something to disguise; harmless ones have none.
    """
    toxic = _sample(examples, _is_toxic)
    harmless = _sample(examples, _is_harmless)
    if not toxic or not harmless:
        return None
    clean = Seen(_taken(score, toxic), _taken(score, harmless))
    return Robustness(clean, {str(how): _seen(how, toxic, harmless, score) for how in Disguise})


def _seen(how: Disguise, toxic: Sequence[str], harmless: Sequence[str], score: Score) -> Seen:
    chance = Random(_SEED)
    return Seen(
        _taken(score, [disguised(text, how, chance) for text in toxic]),
        _taken(score, [disguised(text, how, chance) for text in harmless]),
    )


def _taken(score: Score, texts: Sequence[str]) -> Share:
    return Share(int((score(texts) >= THRESHOLD).sum()), len(texts))


# --- which texts ------------------------------------------------------------------------------------------------------

_SEED: Final = 1
_MOST: Final = 800
_LONGEST: Final = 400
_SOURCES = ("jigsaw_wikipedia", "civil_rated_toxic", "paradetox", "wiki_context")


def _sample(examples: Sequence[Example], wanted: Callable[[Example], bool]) -> list[str]:
    """Texts of a length that people disguise words in, chosen by chance and in their order."""
    texts = list(dict.fromkeys(example.text for example in examples if wanted(example)))
    chosen = sorted(Random(_SEED).sample(range(len(texts)), min(_MOST, len(texts))))
    return [texts[at] for at in chosen]


def _is_toxic(example: Example) -> bool:
    return _measured(example) and example.targets[Attribute.TOXICITY] >= 0.5 and bool(_ROUGH.search(example.text))


def _is_harmless(example: Example) -> bool:
    return (
        _measured(example)
        and example.source != "civil_rated_toxic"  # all of them are near the edge
        and example.targets[Attribute.TOXICITY] == 0
        and not _ROUGH.search(example.text)
        and bool(_ORDINARY.search(example.text))
    )


def _measured(example: Example) -> bool:
    return example.source in _SOURCES and len(example.text) <= _LONGEST and Attribute.TOXICITY in example.targets


# --- which words, and how ---------------------------------------------------------------------------------------------

# Our own list of what people hide, far from all of what is rude.
_ROUGH = re.compile(
    r"\b(?:(?:mother)?fuck\w*|shit\w*|bullshit|bitch\w*|cunts?|ass(?:es|holes?)?|dick(?:s|heads?)?|cocks?|cocksuckers?"
    r"|puss(?:y|ies)|bastards?|crap|damn|stupid\w*|idiot\w*|morons?|dumb\w*|retard\w*|whores?|sluts?|suck(?:s|ers?)?"
    r"|nigg\w+|fag(?:s|gots?)?|losers?|jerks?|scum\w*|trash|liars?|hypocrites?|pathetic|disgusting|ugly|imbeciles?"
    r"|kill|die|hate|rapists?|racists?|nazis?|perverts?|freaks?|garbage|clowns?|twats?|wankers?|pricks?|piss)\b",
    re.IGNORECASE,
)
_ORDINARY = re.compile(r"\b[a-z]{4,9}\b")
_WORDS_DISGUISED: Final = 3

_DIGITS = str.maketrans("aeiost", "@31057")
_LOOK_ALIKES = str.maketrans("aceiopsxyhjACEHIKMOPTXB", "асеіорѕхуһјАСЕНІКМОРТХВ")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_EMOJI = "🙂😂🔥💩❤🤡👍✨"


def disguised(text: str, how: Disguise, chance: Random) -> str:
    """The text with its rough words disguised; where it has none, up to three of its ordinary ones."""
    places = [match.span() for match in _ROUGH.finditer(text)]
    if not places:
        ordinary = [match.span() for match in _ORDINARY.finditer(text)]
        places = sorted(chance.sample(ordinary, min(_WORDS_DISGUISED, len(ordinary))))
    parts = []
    behind = 0
    for begin, end in places:
        parts += [text[behind:begin], _HOW[how](text[begin:end], chance)]
        behind = end
    return "".join([*parts, text[behind:]])


def _dots(word: str, _: Random) -> str:
    return ".".join(word)


def _digits(word: str, _: Random) -> str:
    return word[0] + word[1:].lower().translate(_DIGITS)


def _look_alikes(word: str, _: Random) -> str:
    return word.translate(_LOOK_ALIKES)


def _zero_width(word: str, chance: Random) -> str:
    return "".join(letter + chance.choice(_INVISIBLE) for letter in word[:-1]) + word[-1]


def _spaced(word: str, _: Random) -> str:
    return " ".join(word)


def _elongated(word: str, chance: Random) -> str:
    vowels = [at for at, letter in enumerate(word) if at and letter.lower() in "aeiou"] or [len(word) - 1]
    at = chance.choice(vowels)
    return word[:at] + word[at] * chance.randint(3, 7) + word[at + 1 :]


def _emoji(word: str, chance: Random) -> str:
    at = chance.randint(1, max(1, len(word) - 1))
    return word[:at] + chance.choice(_EMOJI) + word[at:]


_HOW: Mapping[Disguise, Callable[[str, Random], str]] = {
    Disguise.DOTS: _dots,
    Disguise.DIGITS: _digits,
    Disguise.LOOK_ALIKES: _look_alikes,
    Disguise.ZERO_WIDTH: _zero_width,
    Disguise.SPACED: _spaced,
    Disguise.ELONGATED: _elongated,
    Disguise.EMOJI: _emoji,
}
