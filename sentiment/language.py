"""Which language a comment is written in, as far as that can be told from a comment.

Scripts that belong to one language speak for themselves. Everything else goes to py3langid 0.4 (naive Bayes over byte
n-grams after Lui & Baldwin, "langid.py", ACL 2012), whose model is a plain array file: no pickle is loaded. Comments
are short and misspelt, and there such a model guesses wildly: a language other than English has to be sure of itself,
and common English words speak against it.
"""

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

UNKNOWN = "und"
ENGLISH = "en"
_CODES = (
    "ar bg bn ca cs da de el en es fa fi fr he hi hr hu id it ja ko nl no pl pt ro ru sk sl sr "
    "sv sw ta te th tl tr uk ur vi zh"
)
LANGUAGES = frozenset(_CODES.split())
"""What `detect` can answer beside "und", in ISO 639-1."""

_LOOKED_AT = 300
"""Characters that are looked at: enough for certainty, and the cost of a long text stays that of a short one."""
_SURE = 0.5
"""Confidence from which a language other than English is believed in Latin letters."""
_FOREIGN = 0.2
"""Share of common English words from which no other language is believed."""
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
    words = [word for word in _WORD.findall(seen) if word[:2] not in _LAUGHS or not _LAUGHTER.fullmatch(word)]
    if not words:
        return UNKNOWN
    english = sum(word in _COMMON_ENGLISH for word in words) / len(words)
    spelt = " ".join(words)
    if spelt.isascii():
        return ENGLISH if english >= _FLUENT else _latin(spelt, english)
    return _script(spelt) or _latin(spelt, english)


def _latin(spelt: str, english: float) -> str:
    if english >= _FOREIGN:
        return ENGLISH
    language, confidence = _identifier().classify(spelt)
    return str(language) if confidence >= _SURE else ENGLISH


@cache
def _identifier() -> LanguageIdentifier:
    """The model cut down to `LANGUAGES`; the rest of it (about 25 MB) is let go."""
    full = LanguageIdentifier.from_model_file(MODEL_FILE)
    full.set_languages(LANGUAGES)
    return LanguageIdentifier(
        full.nb_ptc, full.nb_pc, full.nb_classes, full.tk_nextmove, full.tk_output, norm_probs=True, tk_row=full.tk_row
    )


_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
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


# --- English ----------------------------------------------------------------------------------------------------------

_COMMON = (
    "about after again against ain't also always and any anyone anything are aren't around as ass at back bad be "
    "because been before being best better big black but can't cause could couldn't day did didn't does doesn't doing "
    "don't dont down dumb each even every everyone everything fuck fucking from get getting girl give go going gonna "
    "good got great guy guys had has hasn't hate have haven't having he he's here him his how i i'd i'll i'm i've "
    "idiot if ill im in into is isn't it it's its job just keep kill know let let's life like little lol look looking "
    "love made make many may maybe mean might more most much must need never new nobody not nothing now of oh ok old "
    "omg only or other our out own people please really right said same say says see she she's shit should so some "
    "someone something still stop stupid such take than thank thanks that that's the their them then there there's "
    "these they they're thing things think this those though time to too trying two u up ur us use very wanna was "
    "wasn't way we we're we've well were what what's when where which while white who why with without woman women "
    "won't work world would wouldn't wow wrong wtf ya yall yeah year years yes yet you you'll you're you've your "
    "youre"
)
"""Frequent in English comments, and not words of Dutch, German, Romance or Scandinavian languages as well."""
_COMMON_ENGLISH = frozenset(_COMMON.split())
