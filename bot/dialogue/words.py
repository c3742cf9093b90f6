"""An utterance as words: NLTK's tokens, Snowball's stems, and one word for those that mean the same."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from nltk.stem.snowball import SnowballStemmer  # type: ignore[import-untyped]
from nltk.tokenize import NLTKWordTokenizer  # type: ignore[import-untyped]

LONGEST: Final = 2000
"""Characters of an utterance that are looked at; nobody asks more than that in one go."""

_LANGUAGES: Final = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish",
}  # fmt: skip
_APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")
_LONGEST_WORD: Final = 60
_tokens = NLTKWordTokenizer()


def plain(utterance: str) -> str:
    """One line in lower case with plain apostrophes and single blanks, and no marks at its end."""
    text = unicodedata.normalize("NFKC", utterance[:LONGEST].encode("utf-8", "replace").decode())
    return " ".join(text.translate(_APOSTROPHES).lower().split()).strip(" .!?…,;")


class Words:
    """Turns text into words as a file's language and synonyms have them. Other languages go unstemmed."""

    def __init__(self, language: str, synonyms: Mapping[str, tuple[str, ...]]) -> None:
        stemmer = SnowballStemmer(_LANGUAGES[language]) if language in _LANGUAGES else None

        @lru_cache(maxsize=50_000)
        def stem(word: str) -> str:
            return word if stemmer is None or len(word) > _LONGEST_WORD else stemmer.stem(word)

        self._stem = stem
        self._same = {self._key(other): self._key(word) for word, others in synonyms.items() for other in others}
        self._longest = max((len(key) for key in self._same), default=0)

    def of(self, text: str) -> tuple[str, ...]:
        """The stems of a plain text, synonyms (also of several words) replaced."""
        return self._replaced(self._key(text))

    def _key(self, text: str) -> tuple[str, ...]:
        return tuple(self._stem(word) for word in _tokens.tokenize(plain(text)) if re.search(r"\w", word))

    def _replaced(self, stems: tuple[str, ...]) -> tuple[str, ...]:
        if not self._same:
            return stems
        found: list[str] = []
        at = 0
        while at < len(stems):
            for length in range(min(self._longest, len(stems) - at), 0, -1):
                same = self._same.get(stems[at : at + length])
                if same is not None:
                    found.extend(same)
                    at += length
                    break
            else:
                found.append(stems[at])
                at += 1
        return tuple(found)
