"""The whole analysis of a text: VADER speaks first on sentiment, the learned models on everything else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sentiment import language
from sentiment.classifier import Classifier, Finding, Tone
from sentiment.lexicon import Lexicon, cause
from sentiment.registry import ModelUnusable, Registry
from sentiment.scores import Analysis, Cause, Sentiment, Source
from sentiment.tempering import Tempering
from sentiment.text import Reading, read

_BATCH = 32
_BATCH_CHARACTERS = 40_000
"""More texts at once are hardly faster, and more characters at once need room: about 150 bytes each."""

_DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """Loaded once, then shared by all threads. Without a lexicon the learned models answer for sentiment as well.

    Without `tempering` (models up to 2026.11-2) VADER's word stands as it is wherever VADER has one.
    """

    classifier: Classifier
    lexicon: Lexicon | None
    tempering: Tempering | None = None

    @classmethod
    def load(cls, version: str | None = None, own: Path | None = None) -> "Scorer":
        """The models of that version, or the current ones; raises ModelUnusable where they cannot be used.

        `own` is a folder with more versions beside those that Parley ships.
        """
        return cls._load(Registry.beside(own), version)

    @classmethod
    def load_from(cls, models: Path, version: str | None = None) -> "Scorer":
        """As `load`, from another folder of models alone."""
        return cls._load(Registry(models), version)

    @classmethod
    def _load(cls, registry: Registry, version: str | None) -> "Scorer":
        name = version or registry.current()
        folder = registry.folder(name)
        language.prepare()
        classifier = Classifier.load(folder)
        if classifier.version != name:
            raise ModelUnusable(
                f"The folder {name} holds the model {classifier.version}; give the folder its model's name."
            )
        return cls(classifier, _lexicon(), Tempering.load(folder))

    @property
    def version(self) -> str:
        """The version of the learned models; with a text it decides every answer."""
        return self.classifier.version

    def analyse(self, texts: Sequence[str]) -> list[Analysis]:
        """One analysis for each text, in their order; any str is welcome. Other texts in the call change nothing."""
        readings = [read(text) for text in texts]
        told = [at for at, reading in enumerate(readings) if reading.plain.text.strip()]
        analyses = [Analysis({}, None, language.UNKNOWN, (), self.version) for _ in readings]
        for batch in _batches(told, readings):
            for at, finding in zip(batch, self.classifier.find([readings[at] for at in batch]), strict=True):
                analyses[at] = self._analysis(readings[at], finding)
        return analyses

    def _analysis(self, reading: Reading, finding: Finding) -> Analysis:
        spoken = language.detect(reading.plain.text)
        sentiment = self._sentiment(reading, spoken, finding.tone)
        if spoken not in language.LEARNED:
            return Analysis({}, sentiment, spoken, (), self.version)
        return Analysis(finding.scores, sentiment, spoken, finding.spans, self.version)

    def _sentiment(self, reading: Reading, spoken: str, tone: Tone) -> Sentiment:
        if self.lexicon is None:
            return _learned(tone, Cause.VADER_UNAVAILABLE)
        answer = self.lexicon.sentiment(reading)
        why = cause(answer, spoken)
        if self.tempering and why is not Cause.NOT_ENGLISH:
            return self.tempering.sentiment(answer, tone, why)
        if why is not Cause.LEXICON_HIT:
            return _learned(tone, why)
        return Sentiment(answer.neg, answer.neu, answer.pos, answer.compound, Source.VADER, why)


def _batches(places: Sequence[int], readings: Sequence[Reading]) -> Iterator[list[int]]:
    batch: list[int] = []
    characters = 0
    for place in places:
        batch.append(place)
        characters += len(readings[place].plain.text)
        if len(batch) == _BATCH or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


@cache
def _lexicon() -> Lexicon | None:
    try:
        return Lexicon.load()
    except (OSError, LookupError, ValueError):
        return None


def _learned(tone: Tone, why: Cause) -> Sentiment:
    # Differences between two small probabilities are noise, so what is mostly neutral stays near 0.
    compound = round((tone.pos - tone.neg) * (tone.pos + tone.neg), _DIGITS)
    return Sentiment(tone.neg, tone.neu, tone.pos, compound, Source.CLASSIFIER, why)
