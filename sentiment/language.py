"""Which language a comment is written in, as far as that can be told from a comment.

Scripts that belong to one language speak for themselves. Everything else goes to py3langid 0.4 (naive Bayes over byte
n-grams after Lui & Baldwin, "langid.py", ACL 2012), whose model is a plain array file: no pickle is loaded. Comments
are short and misspelt, and there such a model guesses wildly: in Latin letters another language is believed only where
some of its common words stand there as well, and common English words speak against it.
"""

import re
import unicodedata
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from sentiment import common_words
from sentiment.scores import UNKNOWN_LANGUAGE

UNKNOWN = UNKNOWN_LANGUAGE
ENGLISH = "en"
_CODES = (
    "ar bg bn ca cs da de el en es fa fi fr he hi hr hu id it ja ko nl no pl pt ro ru sk sl sr "
    "sv sw ta te th tl tr uk ur vi zh"
)
_BY_SCRIPT_ALONE = "am gu hy ka km kn lo ml my or pa si"
LANGUAGES = frozenset(_CODES.split() + _BY_SCRIPT_ALONE.split())
"""What `detect` can answer beside "und", in ISO 639-1."""

LEARNED = frozenset({ENGLISH, UNKNOWN})
"""What the models can say something about: English, and what has no words to tell a language by (emoji, links)."""

_LOOKED_AT = 300
"""Characters that are looked at: enough for certainty, and the cost of a long text stays that of a short one."""
_SURE = 0.5
"""Confidence from which a language is believed on one of its common words; on more, its guess is enough."""
_CERTAIN = 0.99
"""Confidence from which a language is believed without any, in a text of `_SENTENCE` words or more."""
_SENTENCE = 5
_FOREIGN = 0.2
"""Share of common English words from which another language has to show more common words than that."""
_FLUENT = 0.3
"""Share of common English words from which the model need not be asked."""


def prepare() -> None:
    """Loads the model (0.6 s), so that the first comment does not wait for it."""
    _identifier()


def detect(text: str) -> str:
    """The ISO 639-1 code of a text as its readers see it (`Reading.plain`), or "und" where no letters tell it.

    Latin letters that no language lays a sure claim to are taken for English.
    """
    seen = text[:_LOOKED_AT].lower()
    if any(mark in seen for mark in _MARKS):
        seen = _NAMES.sub(" ", seen)
    plain = seen.isascii()
    found = (_ASCII_WORD if plain else _WORD).findall(seen)
    # Most comments are told here. Laughter is no common word, so without it the share would only be higher.
    if plain and found and sum(map(_is_common, found)) >= _FLUENT * len(found):
        return ENGLISH
    words = [word for word in found if word[:2] not in _LAUGHS or not _LAUGHTER.fullmatch(word)]
    if not words:
        return UNKNOWN
    english = sum(word in common_words.ENGLISH for word in words)
    spelt = " ".join(words)
    if spelt.isascii():
        return ENGLISH if english >= _FLUENT * len(words) else _latin(words, english)
    return _script(spelt) or _accented([word for word in words if _LATIN_RUN.match(word)])


def _accented(words: list[str]) -> str:
    """Beside more Latin letters, those of another script were names and quotations; accents can be a disguise."""
    bare = [unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode() for word in words]
    english = sum(word in common_words.ENGLISH for word in bare)
    return ENGLISH if english >= _FLUENT * len(words) else _latin(words, english)


def _latin(words: list[str], english: int) -> str:
    common = sum(word in common_words.FOREIGN for word in words)
    # Names and loan words have accents too.
    accented = sum(not word.isascii() for word in words)
    signs = 2 * common + min(accented, 2)
    if english >= _FOREIGN * len(words) and 2 * english >= signs:
        return ENGLISH
    language, confidence = _identifier().classify(" ".join(words))
    if language == ENGLISH:
        return ENGLISH
    if signs >= 3 or (signs >= 2 and confidence >= _SURE):
        return str(language)
    certain = not english and len(words) >= _SENTENCE and confidence >= _CERTAIN
    return str(language) if certain else ENGLISH


@cache
def _identifier() -> LanguageIdentifier:
    """The model cut down to `_CODES`; the rest of it (about 25 MB) is let go."""
    full = LanguageIdentifier.from_model_file(MODEL_FILE)
    full.set_languages(frozenset(_CODES.split()))
    return LanguageIdentifier(
        full.nb_ptc, full.nb_pc, full.nb_classes, full.tk_nextmove, full.tk_output, norm_probs=True, tk_row=full.tk_row
    )


_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ASCII_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_is_common = common_words.ENGLISH.__contains__
_NAMES = re.compile(r"https?://\S+|www\.\S+|[@#]\w+")
_MARKS = ("://", "www.", "@", "#")
_LAUGHTER = re.compile(r"(?:ha|he|hi|ja|je|xa){2,}h?")
_LAUGHS = frozenset({"ha", "he", "hi", "ja", "je", "xa"})
"""Addresses, names of accounts and laughter are the same in every language."""

# --- scripts ----------------------------------------------------------------------------------------------------------

_SCRIPTS = {
    "ko": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "ja": "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f",
    "zh": "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "th": "\u0e01-\u0e4e",
    "he": "\u0591-\u05f4",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "bn": "\u0980-\u09ff",
    "hi": "\u0900-\u097f",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "am": "\u1200-\u139f",
    "gu": "\u0a80-\u0aff",
    "hy": "\u0531-\u058a\ufb13-\ufb17",
    "ka": "\u10a0-\u10ff\u1c90-\u1cbf",
    "km": "\u1780-\u17ff",
    "kn": "\u0c80-\u0cff",
    "lo": "\u0e80-\u0eff",
    "ml": "\u0d00-\u0d7f",
    "my": "\u1000-\u109f",
    "or": "\u0b00-\u0b7f",
    "pa": "\u0a00-\u0a7f",
    "si": "\u0d80-\u0dff",
    "several": "\u0400-\u052f\u0600-\u06ff\u0750-\u077f\ufb50-\ufeff",
}
_SCRIPT_RUN = re.compile("|".join(f"(?P<{language}>[{letters}]+)" for language, letters in _SCRIPTS.items()))
_LATIN_RUN = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]+")


def _script(spelt: str) -> str | None:
    """The language that the script of most letters names, "und" for one that is not known, None for Latin."""
    letters = dict.fromkeys(_SCRIPTS, 0)
    for run in _SCRIPT_RUN.finditer(spelt):
        letters[str(run.lastgroup)] += len(run[0])
    latin = sum(map(len, _LATIN_RUN.findall(spelt)))
    all_letters = len(spelt) - spelt.count(" ")
    if 2 * latin >= all_letters:
        return None
    if letters["ja"]:
        letters["ja"] += letters["zh"]
    language = max(letters, key=lambda name: letters[name])
    if not letters[language]:
        return UNKNOWN
    if language != "several":
        return language
    named, _ = _identifier().classify(spelt)
    return UNKNOWN if named == ENGLISH else str(named)
