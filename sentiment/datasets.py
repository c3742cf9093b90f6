"""The public data sets that models may learn from: licences, what their labels mean for each head, and splits.

A file is `<name>.jsonl.gz` or `<name>.jsonl` with one JSON object per line. Whatever is not in the table below is
refused: a model's card must be able to name the licence of everything the model learned from.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any

from sentiment.contrasts import said
from sentiment.scores import Attribute

Row = Mapping[str, Any]


class Licence(StrEnum):
    """Licences that let a model be trained on a text and the model be passed on."""

    CC0 = "CC0-1.0"
    CC_BY_3 = "CC-BY-3.0"
    CC_BY_4 = "CC-BY-4.0"
    CC_BY_SA_3 = "CC-BY-SA-3.0"
    APACHE_2 = "Apache-2.0"
    MIT = "MIT"


class DataUnusable(Exception):
    """Data that must not or cannot be learned from; the message says what to do."""


class Split(StrEnum):
    """What an example is for. The split hangs on the text alone, so every form of a text is in the same one."""

    TRAIN = "train"
    CALIBRATE = "calibrate"
    TEST = "test"


class Tone(StrEnum):
    """What the sentiment head learns to tell apart."""

    NEG = "neg"
    NEU = "neu"
    POS = "pos"


Target = Attribute | Tone


@dataclass(frozen=True, slots=True)
class Example:
    """A text and, for each target that its data set speaks about, the share of readers (0..1) who would agree.

    `weight` is how much it counts in training. `natural` says that it comes from a sample at the natural rate.
    """

    text: str
    source: str
    split: Split
    targets: Mapping[Target, float]
    weight: float = 1.0
    natural: bool = False


Labelled = tuple[str, Mapping[Target, float], float]
"""A text, its targets and its weight."""

MEASURED_ONLY = 0.0
"""The weight of a text that is never learned from."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """One public data set. `read` turns a row into examples; without it the set teaches scoring nothing.

    All of a `taught` set is learned from: its words stand for no comments that one could be measured on.
    """

    name: str
    origin: str
    licence: Licence
    read: Callable[[Row], Iterator[Labelled]] | None = None
    taught: bool = False


# --- what the labels of each set mean ---------------------------------------------------------------------------------

_CLEAN: dict[Target, float] = {
    Attribute.TOXICITY: 0.0,
    Attribute.SEVERE_TOXICITY: 0.0,
    Attribute.INSULT: 0.0,
    Attribute.PROFANITY: 0.0,
    Attribute.THREAT: 0.0,
    Attribute.IDENTITY_ATTACK: 0.0,
}
_JIGSAW = {
    "toxic": Attribute.TOXICITY,
    "severe_toxic": Attribute.SEVERE_TOXICITY,
    "obscene": Attribute.PROFANITY,
    "threat": Attribute.THREAT,
    "insult": Attribute.INSULT,
    "identity_hate": Attribute.IDENTITY_ATTACK,
}
# Own list, for a weak label only: no public set here is labelled by people for sexual content.
_SEXUAL = re.compile(
    r"\b(?:penis\w*|vagina\w*|dicks?|cocks?|cocksuck\w*|puss(?:y|ies)|blow ?jobs?|hand ?jobs?|orgasm\w*|masturbat\w*|"
    r"porn\w*|cum|cumming|sperm|semen|anal|anus|tits?|titties|boobs?|horny|erection|ejaculat\w*|dildos?|sex|sexual|sexy|"
    r"intercourse|suck (?:my|his|on|it)|lick my|naked|nude|balls|nipples?|slut\w*|whores?|rape[ds]?|raping|clit\w*)\b",
    re.IGNORECASE,
)


def _jigsaw(row: Row) -> Iterator[Labelled]:
    targets: dict[Target, float] = {target: float(row[label]) for label, target in _JIGSAW.items() if label in row}
    if not _SEXUAL.search(row["text"]):
        targets[Attribute.SEXUALLY_EXPLICIT] = 0.0
    elif row.get("obscene"):
        targets[Attribute.SEXUALLY_EXPLICIT] = 0.8
    if not row.get("toxic"):
        targets[Attribute.SPAM] = 0.0
    yield row["text"], targets, 1.0


def _civil(row: Row) -> Iterator[Labelled]:
    yield row["text"], {Attribute.TOXICITY: float(row["toxic"]), Attribute.SPAM: 0.0}, 1.0


def _davidson(row: Row) -> Iterator[Labelled]:
    targets: dict[Target, float] = {Attribute.IDENTITY_ATTACK: float(row["label"] == "hate")}
    yield row["text"], targets, 0.5


def _hateful(row: Row) -> Iterator[Labelled]:
    targets: dict[Target, float] = {Attribute.IDENTITY_ATTACK: float(row["hateful"])}
    if not row["hateful"]:
        targets[Attribute.SPAM] = 0.0
    yield row["text"], targets, 1.0
    yield from _rude(row["text"], float(row["hateful"]))


# Own list of words that readers mind without hate in them.
_ROUGH = re.compile(
    r"fuck|shit|bitch|cunt|damn|\bass\b|asshole|dick|pussy|bastard|crap|stupid|idiot|moron|dumb|hate|nigg|fag|retard|"
    r"whore|slut|kill|suck",
    re.IGNORECASE,
)


def _rude(text: str, hateful: float) -> Iterator[Labelled]:
    """Hate is toxic to any reader; what is not hateful is not toxic if it has no rough words."""
    if hateful or not _ROUGH.search(text):
        yield text, {Attribute.TOXICITY: hateful}, 0.3


def _sexist(row: Row) -> Iterator[Labelled]:
    targets: dict[Target, float] = {Attribute.IDENTITY_ATTACK: float(row["sexist"])}
    if row["sexist"]:
        targets[Attribute.THREAT] = 0.7 if row["category"].startswith("1.") else 0.0
    yield row["text"], targets, 0.7


def _mlma(row: Row) -> Iterator[Labelled]:
    labels = set(row["sentiment"])
    if "hateful" in labels or labels == {"normal"}:
        yield row["text"], {Attribute.IDENTITY_ATTACK: float("hateful" in labels)}, 0.5


def _paradetox(row: Row) -> Iterator[Labelled]:
    yield row["text"], {Attribute.TOXICITY: 1.0}, 0.5
    for neutral in row["neutral"][:1]:
        yield neutral, dict.fromkeys((Attribute.TOXICITY, Attribute.INSULT, Attribute.PROFANITY), 0.0), 0.5


def _stormfront(row: Row) -> Iterator[Labelled]:
    if row["label"] in ("hate", "noHate"):
        hateful = float(row["label"] == "hate")
        targets: dict[Target, float] = {Attribute.IDENTITY_ATTACK: hateful}
        if not hateful:
            targets[Attribute.SPAM] = 0.0
        yield row["text"], targets, 0.7
        yield from _rude(row["text"], hateful)


_LEARNED_TEMPLATES = re.compile(r"(?:am|hate)_|you_occupation|being_identity|you_are_identity")


def _templates(row: Row) -> Iterator[Labelled]:
    """Who someone is is no attack. Templates with two identities and an adjective stay unseen, to measure bias on."""
    if not _LEARNED_TEMPLATES.match(row["template"]):
        yield row["text"], {Attribute.TOXICITY: float(row["toxic"])}, MEASURED_ONLY
    elif row["toxic"]:
        hate = float("hate" in row["template"])
        yield row["text"], {Attribute.TOXICITY: 1.0, Attribute.IDENTITY_ATTACK: hate}, 0.3
    else:
        yield row["text"], _CLEAN, 1.0


def _in_context(row: Row) -> Iterator[Labelled]:
    yield row["text"], {Attribute.TOXICITY: float(row["toxic"])}, MEASURED_ONLY


def _perspective(row: Row) -> Iterator[Labelled]:
    scores = row["perspective"]
    targets: dict[Target, float] = {Attribute.SEXUALLY_EXPLICIT: float(scores["sexually_explicit"])}
    yield row["text"], targets, 5.0
    yield row["text"], {Attribute.THREAT: float(scores["threat"])}, 1.0


def _own(row: Row) -> Iterator[Labelled]:
    yield row["text"], {Attribute(name): float(value) for name, value in row.items() if name in set(Attribute)}, 1.0


def _contrasts(row: Row) -> Iterator[Labelled]:
    targets: dict[Target, float] = {Attribute(name): float(value) for name, value in row.items() if name != "text"}
    yield from ((sentence, targets, 0.4) for sentence in said(row["text"]))


def _spam(row: Row) -> Iterator[Labelled]:
    yield row["text"], {Attribute.SPAM: float(row["spam"])}, 1.0


def _rated(row: Row) -> Iterator[Labelled]:
    """Mean of human ratings -4..4: clearly one way from 2 on, neutral round 0."""
    yield row["text"], _toned(float(row["mean"]) / 2), 2.0


def _own_tones(row: Row) -> Iterator[Labelled]:
    """A sentence, or words of one tone: each word is an example, so that it counts in every kind of text."""
    tone = _toned(float(row["tone"]))
    if row.get("words"):
        yield from ((word, tone, 20.0) for word in row["text"].split())
    else:
        yield row["text"], tone, 10.0


def _toned(strength: float) -> dict[Target, float]:
    """Shares of readers for a strength from -1 (negative) over 0 (neutral) to 1 (positive)."""
    strength = max(-1.0, min(1.0, strength))
    return _tone(max(0.0, -strength), max(0.0, strength))


_POSITIVE = frozenset((0, 1, 4, 5, 8, 13, 15, 17, 18, 20, 21, 23))
_NEGATIVE = frozenset((2, 3, 9, 10, 11, 12, 14, 16, 19, 24, 25))
_NEUTRAL = 27
_KIND = frozenset((0, 5, 15, 17, 18))


def _goemotions(row: Row) -> Iterator[Labelled]:
    emotions = set(row["emotions"])
    pos, neg = bool(emotions & _POSITIVE), bool(emotions & _NEGATIVE)
    targets: dict[Target, float] = {Attribute.SPAM: 0.0}
    if pos != neg or emotions == {_NEUTRAL}:
        targets |= _tone(float(neg), float(pos))
    if emotions <= _KIND:
        targets |= {Attribute.THREAT: 0.0, Attribute.IDENTITY_ATTACK: 0.0}
    yield row["text"], targets, 0.5


def _tone(neg: float, pos: float) -> dict[Target, float]:
    return {Tone.NEG: neg, Tone.NEU: 1 - neg - pos, Tone.POS: pos}


def _written(name: str, read: Callable[[Row], Iterator[Labelled]] = _own) -> DataSet:
    return DataSet(name, "Written for Parley, in corpora/training", Licence.APACHE_2, read, taught=True)


OWN_TONES = _written("tones", _own_tones)
OWN = (
    *map(_written, ("own", "groups", "implicit", "functional", "adversarial", "rude", "advertising")),
    _written("contrasts", _contrasts),
    OWN_TONES,
)
"""Parley's own sentences, which are always among the data sets."""

DATA_SETS = (
    *OWN,
    DataSet("jigsaw_wikipedia", "Jigsaw Toxic Comment Classification 2018", Licence.CC_BY_SA_3, _jigsaw),
    DataSet("civil_rated_toxic", "Civil Comments with crowd ratings", Licence.CC0, _civil),
    DataSet("civil_toxic_spans", "SemEval-2021 task 5, Pavlopoulos et al. 2021", Licence.CC0),
    DataSet("davidson_tweets", "Davidson et al. 2017", Licence.MIT, _davidson),
    DataSet("dynamically_generated_hate_dyn21", "Vidgen et al. 2021", Licence.CC_BY_4, _hateful),
    DataSet("ken20_en", "Kennedy et al. 2020", Licence.CC_BY_4, _hateful),
    DataSet("edos_sexism", "Kirk et al. 2023", Licence.CC0, _sexist),
    DataSet("mlma_en", "Ousidhoum et al. 2019", Licence.MIT, _mlma),
    DataSet("hatemoji_build_train", "Kirk et al. 2022", Licence.CC_BY_4, _hateful),
    DataSet("hatemoji_build_validation", "Kirk et al. 2022", Licence.CC_BY_4, _hateful),
    DataSet("paradetox", "Logacheva et al. 2022", Licence.CC0, _paradetox),
    DataSet("stormfront", "de Gibert et al. 2018", Licence.CC_BY_SA_3, _stormfront),
    DataSet("wiki_context", "Pavlopoulos et al. 2020", Licence.APACHE_2, _in_context),
    DataSet("identity_templates", "Jigsaw intersectional bias templates", Licence.APACHE_2, _templates),
    DataSet("perspective_wikipedia_1k", "Example data of the Perspective API", Licence.APACHE_2, _perspective),
    DataSet("youtube_spam_3videos", "UCI YouTube Spam Collection", Licence.CC_BY_4, _spam),
    DataSet("sms_spam", "UCI SMS Spam Collection", Licence.CC_BY_4, _spam),
    DataSet("vader_tweets", "Hutto and Gilbert 2014", Licence.MIT, _rated),
    DataSet("vader_movie", "Hutto and Gilbert 2014", Licence.MIT, _rated),
    DataSet("goemotions", "Demszky et al. 2020", Licence.APACHE_2, _goemotions),
    DataSet("banking77", "Casanueva et al. 2020", Licence.CC_BY_4),
    DataSet("clinc150", "Larson et al. 2019", Licence.CC_BY_3),
    DataSet("covid_faq", "JHU COVID-QA", Licence.APACHE_2),
)


# --- reading ----------------------------------------------------------------------------------------------------------

_ENDINGS = (".jsonl.gz", ".jsonl")


def find(folder: Path) -> dict[DataSet, Path]:
    """The data sets in a folder and Parley's own; raises DataUnusable for a file in no table, or without any there."""
    known = {dataset.name: dataset for dataset in DATA_SETS}
    found: dict[DataSet, Path] = {}
    training = Path(str(files("corpora") / "training"))
    for path in sorted(folder.glob("*.jsonl*")) if folder.is_dir() else ():
        ending = next((ending for ending in _ENDINGS if path.name.endswith(ending)), None)
        dataset = known.get(path.name.removesuffix(ending or ""))
        if ending is None or dataset is None:
            raise DataUnusable(
                f"{path.name} is no data set with a known licence: take it out of the folder, or enter its origin and "
                "licence in sentiment/datasets.py."
            )
        found[dataset] = path
    if not found:
        raise DataUnusable(f"There is no data set in {folder}; give --data a folder with files like sms_spam.jsonl.gz.")
    return {own: training / f"{own.name}.jsonl" for own in OWN} | found


def rows(path: Path) -> Iterator[Row]:
    """The JSON objects of a file; raises DataUnusable that names the line where one cannot be read."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                row["text"] = str(row["text"])
            except (ValueError, KeyError, TypeError) as error:
                raise DataUnusable(f"{path.name} line {number} is no JSON object with a text.") from error
            yield row


def examples(folder: Path) -> Iterator[Example]:
    """Everything that can be learned from a folder, in the order of the table above.

    A text that is held out in one place is held out wherever else it occurs.
    """
    found = find(folder)
    held_out: dict[int, Split] = {}
    for path in (path for dataset, path in found.items() if not dataset.taught):
        for row in rows(path):
            place = place_of(row["text"])
            if (part := _split(place, _shares(row))) is not Split.TRAIN:
                held_out.setdefault(place, part)
    for dataset in DATA_SETS:
        if dataset.read is None or dataset not in found:
            continue
        for row in rows(found[dataset]):
            for text, targets, weight in dataset.read(row):
                place = place_of(text)
                part = held_out.get(place) or (Split.TRAIN if dataset.taught else _split(place, _shares(row)))
                if weight == MEASURED_ONLY:
                    part = Split.TEST
                yield Example(text, dataset.name, part, targets, weight, bool(row.get("natural")))


_LETTERS = re.compile(r"[\W_]+")
_PLACES = 1 << 32
_SHARES = (0.08, 0.10)
_NATURAL_SHARES = (0.25, 0.50)
"""Below the first share of all places: test; below the second: calibrate. Half of the natural sample is held out."""


def place_of(text: str) -> int:
    """A number below _PLACES that is the same for every form of a text that differs in case and punctuation only."""
    letters = _LETTERS.sub("", text.lower()).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(letters, digest_size=4).digest(), "big")


def _shares(row: Row) -> tuple[float, float]:
    return _NATURAL_SHARES if row.get("natural") else _SHARES


def part(row: Row) -> Split:
    """What a row is for by its own text, as for all rows of a data set that has no text in common with others."""
    return _split(place_of(row["text"]), _shares(row))


def _split(place: int, shares: tuple[float, float]) -> Split:
    test, calibrate = shares
    share = place / _PLACES
    return Split.TEST if share < test else Split.CALIBRATE if share < calibrate else Split.TRAIN
