"""VADER, the first voice on sentiment: NLTK's analyzer, corrected against its reference implementation.

The rules run in `nltk.sentiment.vader`; this module decides what they are shown, and asks them only about words that
another word can move: for all others they would answer the valence in the lexicon. NLTK's port scores a repeated word
where it stood first, misses words that touch punctuation, knows no emoji, no "no problem" and fewer boosters than the
reference (vaderSentiment 3.3.2). Source of the method: Hutto & Gilbert, "VADER: A Parsimonious Rule-based Model for
Sentiment Analysis of Social Media Text", ICWSM 2014.

Parley differs from the reference on purpose where the reference trips (tests/golden/vader.jsonl marks each case):
- it reads what a reader sees: entities, tags, typographic apostrophes and invisible characters are settled beforehand;
- an emoji that touches a word does not swallow it, and the variation selector after an emoji does not hide it;
- "but" halves what stands before it and strengthens what stands after, also where two valences happen to be equal.
"""

import math
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import ClassVar

from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants  # type: ignore[import-untyped]

from sentiment.scores import Cause
from sentiment.text import Reading


@dataclass(frozen=True, slots=True)
class LexiconAnswer:
    """What the lexicon says: shares neg, neu, pos (0..1, rounded to 3 digits) and compound (-1..1, 4 digits).

    Of `words` words, `hits` earned a valence; emoji count as the words that describe them. All is 0 without words.
    """

    neg: float
    neu: float
    pos: float
    compound: float
    hits: int
    words: int

    @property
    def coverage(self) -> float:
        """The share of words that the answer rests on, 0..1."""
        return self.hits / self.words if self.words else 0.0


LOWEST_COVERAGE = 0.03
"""Below it VADER's word is not taken. On vader_movie, Pearson's r with the human means lies between 0.32 and 0.74 in
every band of coverage above 0.03, and at 0.03 below it (46 texts: chance). vader_tweets has no text that low."""

ENGLISH = frozenset({"en", "und"})
"""Where no language can be told there are hardly any words, but perhaps emoji, which VADER reads in any language."""


def cause(answer: LexiconAnswer, language: str) -> Cause:
    """Whether VADER's answer is taken (`LEXICON_HIT`) or why not; `language` as `sentiment.language` names it."""
    if language not in ENGLISH:
        return Cause.NOT_ENGLISH
    if not answer.hits:
        return Cause.NO_LEXICON_HIT
    return Cause.LOW_COVERAGE if answer.coverage < LOWEST_COVERAGE else Cause.LEXICON_HIT


class _Shouted(str):
    """A word in lower case that was written in capitals: the rules ask for both."""

    __slots__ = ()

    def isupper(self) -> bool:
        return True

    def lower(self) -> "_Shouted":
        return self


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What NLTK's rules read of a text, in place of its own `SentiText`; all words in lower case."""

    words_and_emoticons: list[str]
    is_cap_diff: bool

    @classmethod
    def of(cls, words: list[str]) -> "_Sentence":
        shouted = [word.isupper() for word in words].count(True)
        return cls(words, 0 < shouted < len(words))


_MORE_BOOSTERS = (
    "considerable enormous exceptional extreme frackin fracking fuckin fuggin fugging incredible major total "
    "tremendous utter"
)
_MORE_DAMPENERS = "marginal occasional scarce slight"


class _Constants(VaderConstants):  # type: ignore[misc]
    """NLTK's word lists brought to the state of the reference."""

    BOOSTER_DICT: ClassVar[dict[str, float]] = (
        VaderConstants.BOOSTER_DICT
        | dict.fromkeys(_MORE_BOOSTERS.split(), VaderConstants.B_INCR)
        | dict.fromkeys(_MORE_DAMPENERS.split(), VaderConstants.B_DECR)
    )
    SPECIAL_CASE_IDIOMS: ClassVar[dict[str, float]] = {
        "the shit": 3,
        "the bomb": 3,
        "bad ass": 1.5,
        "bus stop": 0.0,
        "yeah right": -2,
        "kiss of death": -1.5,
        "to die for": 3,
        "beating heart": 3.5,
    }

    def negated(self, input_words: Sequence[str], include_nt: bool = True) -> bool:  # noqa: FBT001, FBT002, ARG002
        """As NLTK's, for the one word in lower case that the rules ask about."""
        (word,) = input_words
        return word in self.NEGATE or "n't" in word


_EVERYWHERE = set("the of to for bad just right stop death heart".split())
_TELLING = frozenset(
    word
    for phrase in (*_Constants.SPECIAL_CASE_IDIOMS, *_Constants.BOOSTER_DICT)
    for word in phrase.split()
    if " " in phrase and word not in _EVERYWHERE
)
"""Words of which every idiom and every booster of two words has one, and fewer comments than have the other words."""

_MOVING = frozenset(_Constants.BOOSTER_DICT) | frozenset(_Constants.NEGATE) | _TELLING | {"no", "this", "least"}
"""Words that can change a valence up to three words after them, or up to two before; so can words with "n't"."""


_NO = "no"
_NO_AS_NEGATION = "no "
"""Lexicon key of a "no" that only negates the next word. No word has a space in it, so keys with one are free."""


def _under_no(word: str) -> str:
    """Lexicon key of a word that a "no" stands before."""
    return f"no {word}"


class _Analyzer(SentimentIntensityAnalyzer):  # type: ignore[misc]
    """NLTK's analyzer, which sees each word in its own place."""

    def __init__(self, folder: Path) -> None:  # in place of NLTK's own
        # Read here: nltk.data refuses folders that others own or may write to, as in containers and shared checkouts.
        self.lexicon_file = (folder / "vader_lexicon.txt").read_text("utf-8")
        self.lexicon = self.make_lex_dict()
        self.constants = _Constants()
        negated = {_under_no(word): valence * self.constants.N_SCALAR for word, valence in self.lexicon.items()}
        self.lexicon |= negated | {_NO_AS_NEGATION: 0.0}

    def valences(self, words: list[str]) -> list[float]:
        """The valences that are not 0, in their order, "but" included."""
        lexicon = self.lexicon
        places = [at for at, word in enumerate(words) if word in lexicon]
        if not places:
            return []
        contracted = "n't" in " ".join(words)
        sentence: _Sentence | None = None
        valences: list[float] = []
        for at in places:
            window = words[max(0, at - 3) : at + 3]
            word = words[at]
            if _MOVING.isdisjoint(window) and type(word) is str and not (contracted and "n't" in " ".join(window)):
                valences.append(lexicon[word])
            else:
                sentence = sentence or _Sentence.of(words)
                valences.append(self._moved(sentence, at))
        if "but" in words:
            turn = words.index("but")
            sides = ((at > turn) - (at < turn) for at in places)
            valences = [valence * (1 + side / 2) for valence, side in zip(valences, sides, strict=True)]
        return [valence for valence in valences if valence]

    def _moved(self, sentence: _Sentence, at: int) -> float:
        """The valence that NLTK's rules give the word in this place."""
        words = sentence.words_and_emoticons
        if words[at] in self.constants.BOOSTER_DICT or words[at : at + 2] == ["kind", "of"]:
            return 0.0
        valences: list[float] = []
        self.sentiment_valence(0.0, sentence, self._entry(words, at), at, valences)
        return valences[0]

    def shares(self, valences: list[float], words: int, text: str) -> tuple[float, float, float, float]:
        """Shares neg, neu, pos and compound, as NLTK's `score_valence` counts them; all other words are neutral."""
        if not valences:
            return 0.0, float(words > 0), 0.0, 0.0
        total = float(sum(valences))
        pos = neg = 0.0
        for valence in valences:
            if valence > 0:
                pos += valence + 1
            else:
                neg += 1 - valence
        emphasis = self._punctuation_emphasis(total, text) if "!" in text or "?" in text else 0.0
        compound = self.constants.normalize(total + math.copysign(emphasis, total)) if total else 0.0
        if pos > neg:
            pos += emphasis
        elif pos < neg:
            neg += emphasis
        neutral = words - len(valences)
        everything = pos + neg + neutral
        return (
            round(neg / everything, 3),
            round(neutral / everything, 3),
            round(pos / everything, 3),
            round(compound, 4),
        )

    def _entry(self, words: list[str], at: int) -> str:
        """The lexicon key under which the word stands in this place."""
        word = words[at]
        before = words[max(0, at - 3) : at]
        if _NO in before[-2:] or (before[:1] == [_NO] and before[-1] in ("or", "nor")):
            entry = _under_no(word)
        elif word == _NO and at + 1 < len(words) and words[at + 1] in self.lexicon:
            entry = _NO_AS_NEGATION
        else:
            return word
        return _Shouted(entry) if word.isupper() else entry

    def _never_check(self, valence: float, words: list[str], start_i: int, i: int) -> float:
        """The reference takes 1.25 for "never so/this" at either distance and reads "without doubt" as no negation."""
        first = words[i - start_i - 1]
        if start_i == 1 and first == "never" and words[i - 1] in {"so", "this"}:
            return valence * 1.25
        if start_i and first == "without" and "doubt" in words[i - start_i : i] and words[i - 1] not in {"so", "this"}:
            return valence
        return float(super()._never_check(valence, words, start_i, i))

    def _idioms_check(self, valence: float, words: list[str], i: int) -> float:
        """NLTK puts eight phrases together to look them up; mostly a look at the words shows that none is there."""
        if _TELLING.isdisjoint(words[i - 3 : i + 3]):
            return valence
        return float(super()._idioms_check(valence, words, i))


class Lexicon:
    """The corrected VADER; reads the shipped lexicon once and is safe to share between threads."""

    def __init__(self, analyzer: _Analyzer, emoji: dict[str, str]) -> None:
        self._analyzer = analyzer
        self._emoji = emoji

    @classmethod
    def load(cls) -> "Lexicon":
        """Reads corpora/lexicon. Raises OSError where a file of it is missing."""
        with as_file(files("corpora") / "lexicon") as folder:
            lines = (folder / "emoji_utf8_lexicon.txt").read_text("utf-8").splitlines()
            return cls(_Analyzer(folder), _single_signs(lines))

    def sentiment(self, reading: Reading) -> LexiconAnswer:
        """Scores what a reader sees of a comment, in time linear in its length."""
        text = self._emoji_in_words(reading.plain.text)
        words = [*map(_WORDS.__getitem__, text.split())]
        valences = self._analyzer.valences(words)
        return LexiconAnswer(*self._analyzer.shares(valences, len(words), text), len(valences), len(words))

    def _emoji_in_words(self, text: str) -> str:
        if text.isascii() or self._emoji.keys().isdisjoint(text):
            return text
        return _ODD_SIGN.sub(self._described, text.replace(_JOINER, "")).strip()

    def _described(self, found: re.Match[str]) -> str:
        if found[0] not in self._emoji:
            return found[0]
        before = " " if found.start() and found.string[found.start() - 1] != " " else ""
        after = " " if found.string[found.end() : found.end() + 1].isalnum() else ""
        return f"{before}{self._emoji[found[0]]}{after}"


_JOINER = "\u200d"
# A set of all the emoji would be looked through for every character: a hundred times as slow.
_ODD_SIGN = re.compile(r"[^\x00-\x7f]")


def _single_signs(lines: Sequence[str]) -> dict[str, str]:
    """Emoji of one code point with their descriptions; like the reference, sequences are read sign by sign."""
    pairs = (line.split("\t")[:2] for line in lines if line)
    return {sign: description for sign, description in pairs if len(sign) == 1}


class _Words(dict[str, str]):
    """Token -> word as the lexicon has it; remembers short tokens, which come again and again."""

    def __missing__(self, token: str) -> str:
        bare = token.strip(string.punctuation)
        word = bare if len(bare) > 2 else token
        read = _Shouted(word.lower()) if word.isupper() else word.lower()
        if len(token) <= _SHORT:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[token] = read
        return read


_SHORT = 24
_REMEMBERED = 1 << 14
_WORDS = _Words()
