"""A model's version is a promise: what it once answered, it answers for ever, whatever this program learns beside it.

`python -m tests.test_model_versions` writes golden/<version>.jsonl for a version that has none yet. Lines that are
there are never written again: where they no longer hold, the program has changed what an old version says.
"""

import json
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from sentiment.modelfile import fingerprint
from sentiment.scorer import Scorer
from sentiment.scores import Analysis

MODELS = Path(str(files("corpora"))) / "models"
VERSIONS = sorted(card.parent.name for card in MODELS.glob("*/card.json"))
GOLDEN = Path(__file__).parent / "golden"

TEXTS = (
    "Thanks, this was the clearest explanation I have read so far.",
    "I disagree with nearly every point, but the sources are good.",
    "You are a complete idiot and nobody asked for your opinion.",
    "What a wonderful day! I love this place, the people and the food :)",
    "This is the worst article I have ever read, utterly useless.",
    "The train leaves at noon from the second platform.",
    "If you show up there again I will break your legs.",
    "Somebody should shoot the lot of them.",
    "Shut the fuck up, you piece of shit.",
    "f.u.c.k off, you 1d10t",
    "What an a s s h o l e you are",
    "You are a ѕtupid ріg, go aw\u200bay",
    "GO BACK TO WHERE YOU CAME FROM!!!!",
    "All immigrants are parasites and should be thrown out of the country.",
    "I am a gay man and I am proud of it.",
    "My Muslim neighbours brought us dinner when we moved in.",
    "He called her a stupid cow, which is not acceptable in a debate.",
    "Black people are not the problem, racists like you are.",
    "🖕🖕🖕 you deserve it",
    "Great news 🎉😀 so happy for both of you ❤️",
    "those people are 🐀🐀 and belong in the 🗑️",
    "WIN A FREE iPhone!!! Visit www.free-prizes.win now and claim your $500 gift card",
    "Check out my channel, subscribe for subscribe, link in the bio: http://bit.ly/xyz",
    "She has great tits and I would like to see more of them",
    "The new chair of the board said that the merger was not as bad as feared, but not good either.",
    "I don't hate it, I just think it is not very good.",
    "sooooooo goooood, I looooove it!!!!!",
    "lol ok",
    "12345 67 890",
    '"You\'re an idiot," he wrote; the moderator removed it, and rightly so.',
    "T\u0336h\u0336i\u0336s is z\u0351\u036balgo, you m\u0308\u0323oron",
    "<b>Nobody</b> wants to hear it &amp; nobody will: you are pathetic, disgusting and a liar.",
    (
        "I have lived in this town for thirty years and have never seen the council work so slowly. The bridge was "
        "closed in spring, the buses take twice as long, and nobody answers the telephone. I do not blame the people "
        "at the desk, who are kind and tired; I blame the idiots in charge who cut their budget and then pretend to be "
        "surprised. Next year I will vote for somebody else, and I suggest that you do the same. "
    )
    * 6,
)
"""Written for Parley: kind, rude and hateful ones, disguised words, pictures, advertising, quotes, a long one."""


@cache
def scorer(version: str) -> Scorer:
    return Scorer.load(version)


def answered(analysis: Analysis) -> dict[str, Any]:
    """What a version promises: scores to 4 digits, the sentiment, and the characters that earned a score."""
    tone = analysis.sentiment
    return {
        "scores": {attribute.value: round(score, 4) for attribute, score in analysis.scores.items()},
        "sentiment": tone and [round(share, 4) for share in (tone.neg, tone.neu, tone.pos, tone.compound)],
        "source": tone and tone.source.value,
        "spans": [[span.attribute.value, span.begin, span.end, round(span.weight, 3)] for span in analysis.spans],
    }


def golden(version: str) -> list[dict[str, Any]]:
    path = GOLDEN / f"{version}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


LINES = [
    pytest.param(version, line, id=f"{version}: {line['text'][:30]}")
    for version in VERSIONS
    for line in golden(version)
]


@pytest.mark.parametrize(("version", "line"), LINES)
def test_an_old_version_says_what_it_said_when_it_was_shipped(version: str, line: dict[str, Any]) -> None:
    (analysis,) = scorer(version).analyse([line["text"]])
    now = answered(analysis)
    assert now["scores"] == pytest.approx(line["scores"], abs=2e-4)
    assert now["sentiment"] == pytest.approx(line["sentiment"], abs=2e-4)
    assert now["source"] == line["source"]
    assert [span[:3] for span in now["spans"]] == [span[:3] for span in line["spans"]]
    assert [span[3] for span in now["spans"]] == pytest.approx([span[3] for span in line["spans"]], abs=2e-3)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_shipped_version_is_protected_by_its_answers(version: str) -> None:
    assert len(golden(version)) >= 30


@pytest.mark.parametrize("version", VERSIONS)
def test_every_shipped_version_loads_and_its_files_are_the_ones_that_its_card_names(version: str) -> None:
    assert scorer(version).version == version
    card = json.loads((MODELS / version / "card.json").read_text("utf-8"))
    assert {path.stem: fingerprint(path) for path in (MODELS / version).glob("*.skops")} == card["files"]


def write(version: str) -> None:
    """The answers of a version that has none written down yet."""
    analyses = Scorer.load(version).analyse(TEXTS)
    lines = [{"text": text} | answered(analysis) for text, analysis in zip(TEXTS, analyses, strict=True)]
    with (GOLDEN / f"{version}.jsonl").open("x", encoding="utf-8") as opened:
        opened.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


if __name__ == "__main__":
    for named in sys.argv[1:]:
        write(named)
