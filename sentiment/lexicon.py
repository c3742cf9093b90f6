"""VADER, the first voice on sentiment: NLTK's analyzer, corrected against its reference implementation.

The rules run in `nltk.sentiment.vader`; this module decides what they are shown. NLTK's port scores a repeated word
where it stood first, misses words that touch punctuation, knows no emoji, no "no problem" and fewer boosters than the
reference (vaderSentiment 3.3.2). Source of the method: Hutto & Gilbert, "VADER: A Parsimonious Rule-based Model for
Sentiment Analysis of Social Media Text", ICWSM 2014.

Parley differs from the reference on purpose where the reference trips (tests/golden/vader.jsonl marks each case):
- it reads what a reader sees: entities, tags, typographic apostrophes and invisible characters are settled beforehand;
- an emoji that touches a word does not swallow it, and the variation selector after an emoji does not hide it;
- "but" halves what stands before it and strengthens what stands after, also where two valences happen to be equal.
"""

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


_EVERYWHERE = {"the", "of", "to", "for"}
_TELLING = frozenset(
    word
    for phrase in (*_Constants.SPECIAL_CASE_IDIOMS, *_Constants.BOOSTER_DICT)
    for word in phrase.split()
    if " " in phrase and word not in _EVERYWHERE
)
"""Words of which every idiom and every booster of two words has one, and few comments do."""


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

    def valences(self, sentence: _Sentence) -> list[float]:
        """One valence for each word, "but" included."""
        words = sentence.words_and_emoticons
        valences: list[float] = []
        for at, word in enumerate(words):
            if word not in self.lexicon or word in self.constants.BOOSTER_DICT or words[at : at + 2] == ["kind", "of"]:
                valences.append(0.0)
            else:
                self.sentiment_valence(0.0, sentence, self._entry(words, at), at, valences)
        return list(self._but_check(words, valences))

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
        sentence = _sentence(text.split())
        valences = self._analyzer.valences(sentence)
        scores = self._analyzer.score_valence(valences, text)
        hits = len(valences) - valences.count(0.0)
        return LexiconAnswer(scores["neg"], scores["neu"], scores["pos"], scores["compound"], hits, len(valences))

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


def _sentence(tokens: list[str]) -> _Sentence:
    words: list[str] = []
    shouted = 0
    for token in tokens:
        bare = token.strip(string.punctuation)
        word = bare if len(bare) > 2 else token
        if word.isupper():
            shouted += 1
            words.append(_Shouted(word.lower()))
        else:
            words.append(word.lower())
    return _Sentence(words, 0 < shouted < len(words))
