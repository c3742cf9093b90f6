"""What the benchmark sends: comments of ordinary length from a small vocabulary, the same in every run."""

import json
import random
from collections.abc import Iterator
from enum import StrEnum

_SUBJECTS = (
    "The author,my neighbour,this article,your second point,the whole council,nobody I know,the new timetable,"
    "our old teacher,that video,the third paragraph,the moderator,every reader here,the report from Tuesday,"
    "the previous commenter,this so-called expert,the picture at the top,the train company,my sister"
).split(",")
_VERBS = (
    "explains,ignores,really likes,forgets,never mentions,finally admits,overestimates,does not understand,defends,"
    "paid for,has been waiting for,could not find,laughs about,proves,always repeats,cannot stand,deserves,changed"
).split(",")
_OBJECTS = (
    "the price of bread,what happened in March,a wonderful idea,the worst bus line in town,these numbers,"
    "an honest answer,the obvious mistake,the stupid sign at the corner,half of the truth,good coffee,"
    "a bridge that nobody needs,the rules of the game,our lovely park,the rain,that awful noise,the next election,"
    "a map from 1987,those lazy excuses,free parking,the beautiful old station"
).split(",")
_TAILS = (
    ".,!,. Thank you!,. I am not so sure.,? Really?, and I agree., but not for long...,. See for yourself.,"
    ". That is just my opinion.,; what a shame!,. :),. Has anybody asked the drivers?,. Great work!,"
    " (as I wrote last week).,. Shame on them.,. 👍,. It hurts to read this."
).split(",")

_SIX = "TOXICITY SEVERE_TOXICITY IDENTITY_ATTACK INSULT PROFANITY THREAT".split()

# Eight digits, written over in place, make a body unlike every other of the same length.
_HOLE = "00000000"
SHORTEST, LONGEST = 150, 400
THREADS, AUTHORS = 50, 5000


class Kind(StrEnum):
    """What a round asks for."""

    KNOWN = "known"
    """The same two hundred texts again and again."""
    ANALYZED = "analyzed"
    """The same two hundred texts, asked about as Perspective's callers ask, for six attributes."""
    ANALYZED_NEW = "analyzed new"
    """Texts that were never sent before, asked about in the same way."""
    NEW = "new"
    """Texts that were never sent before."""
    COMMENTS = "comments"
    """New texts as comments to be stored."""


def text(chance: random.Random) -> str:
    """A comment of 150 to 400 characters."""
    length = chance.randint(SHORTEST, LONGEST)
    written = ""
    while len(written) < length:
        sentence = (
            f"{chance.choice(_SUBJECTS)} {chance.choice(_VERBS)} {chance.choice(_OBJECTS)}{chance.choice(_TAILS)}"
        )
        written = f"{written} {sentence[0].upper()}{sentence[1:]}".strip()
    return written[:LONGEST].strip()


def bodies(kind: Kind, seed: int) -> Iterator[bytes]:
    """JSON bodies without end. Every seed gives other texts, every run the same."""
    chance = random.Random(f"{kind} {seed}")
    if kind in (Kind.KNOWN, Kind.ANALYZED):
        asked = _analyzed if kind is Kind.ANALYZED else _scored
        known = [_body(asked(text(chance))) for _ in range(200)]
        while True:
            yield from known
    patterns = [_pattern(kind, chance) for _ in range(1000)]
    number = 0
    while True:
        for before, after in patterns:
            number += 1
            yield b"%b%08d%b" % (before, number, after)


def _scored(comment: str) -> dict[str, object]:
    return {"text": comment}


def _analyzed(comment: str) -> dict[str, object]:
    return {"comment": {"text": comment}, "languages": ["en"], "requestedAttributes": {name: {} for name in _SIX}}


def _pattern(kind: Kind, chance: random.Random) -> tuple[bytes, bytes]:
    comment = f"{text(chance)[: LONGEST - 9]} {_HOLE}"
    asked = _analyzed(comment) if kind is Kind.ANALYZED_NEW else _scored(comment)
    if kind is Kind.COMMENTS:
        author = chance.randrange(AUTHORS)
        asked["thread"] = f"article-{chance.randrange(THREADS)}"
        asked["author"] = {"id": f"reader-{author}", "name": f"Reader {author}"}
    before, _, after = _body(asked).partition(_HOLE.encode())
    return before, after


def _body(asked: dict[str, object]) -> bytes:
    return json.dumps(asked, ensure_ascii=False).encode()
