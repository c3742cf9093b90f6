"""The corrected VADER agrees with its reference implementation, and says where it does not.

`python -m tests.test_lexicon` scores every text of golden/vader.jsonl again with the installed vaderSentiment and
writes the file: add a line {"text": ...}, and "differs": why where Parley is to answer otherwise. Such a line also
records what Parley answers; every other line holds for both.
"""

import json
import random
import shutil
import string
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # type: ignore[import-untyped]

from sentiment.lexicon import (
    _MOVING,
    _WORDS,
    LOWEST_COVERAGE,
    Lexicon,
    LexiconAnswer,
    _Analyzer,
    _Constants,
    _Sentence,
    _Shouted,
    cause,
)
from sentiment.scores import Cause
from sentiment.text import Reading, read

GOLDEN = Path(__file__).parent / "golden" / "vader.jsonl"
REFERENCE = SentimentIntensityAnalyzer()
LEXICON = Lexicon.load()
PARTS = ("neg", "neu", "pos", "compound")


def golden() -> list[dict[str, Any]]:
    with GOLDEN.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def reference(text: str) -> dict[str, float]:
    return dict(REFERENCE.polarity_scores(text))


def parley(text: str) -> dict[str, float]:
    answer = LEXICON.sentiment(read(text))
    return {part: getattr(answer, part) for part in PARTS}


def agree(one: dict[str, float], other: dict[str, float]) -> bool:
    return all(abs(one[part] - other[part]) <= 0.0001 for part in PARTS)


@pytest.mark.parametrize("case", golden(), ids=lambda case: str(case["text"])[:30])
def test_golden_case(case: dict[str, Any]) -> None:
    """Parley answers what the golden line says: the reference's scores, or its own where it differs on purpose."""
    assert agree(parley(case["text"]), case.get("parley", case["reference"]))


def test_golden_file_is_what_the_reference_answers() -> None:
    """The golden scores are the installed reference's own, and a line that claims a difference has one."""
    for case in golden():
        assert agree(reference(case["text"]), case["reference"]), case["text"]
        assert ("differs" in case) != agree(case.get("parley", case["reference"]), case["reference"]), case["text"]
    assert len(golden()) >= 150


VOCABULARY = {
    "boosters": "very so really extremely fucking FUCKING barely kinda slightly incredible utter scarce sort kind of",
    "negations": "not never no NO isn't cant without doubt nor or least at neither nothing this",
    "idioms": "the shit bomb bad ass bus stop yeah right kiss of death to die for beating heart kind of sort of",
    "neutral": "a I table walked Tuesday 12 ... ! ?? - x",
    "emoticons": ":) :-( :D XD ;) <3 :P :'( =)",
    "emoji": "😀 😂 😭 ❤ 💔 👍 👎 😡 🖕 🤮 💩 🎉 ☠ 🏳 🔥 🈴 ㊗",
}
KINDS = {name: words.split() for name, words in VOCABULARY.items()}
SENTIMENT = sorted(word for word in REFERENCE.lexicon if word.isalpha())

WORDS = st.one_of(*(st.sampled_from(words) for words in (SENTIMENT, SENTIMENT, *KINDS.values())))
TOKENS = st.builds(
    lambda before, word, after, shouted: before + (word.upper() if shouted else word) + after,
    st.sampled_from(["", "", "", '"', "(", "*", "'", "..."]),
    WORDS,
    st.sampled_from(["", "", "", "!", "!!!!", ".", ",", "...", ")", '"', "?", "???", "?!", "*"]),
    st.sampled_from([False, False, False, True]),
)
SENTENCES = st.lists(TOKENS, min_size=1, max_size=12).flatmap(
    lambda tokens: st.lists(st.sampled_from(tokens), max_size=4).map(lambda repeated: " ".join(tokens + repeated))
)


@settings(max_examples=3000, deadline=None)
@given(SENTENCES)
def test_every_sentence_scores_as_the_reference_scores_it(sentence: str) -> None:
    """Boosters, negations, idioms, capitals, punctuation, emoji and repeated words in any order."""
    assert agree(parley(sentence), reference(sentence))


def test_sentences_with_but_score_as_the_reference_scores_them() -> None:
    """All but the few where two equal valences make the reference weigh the wrong word."""
    choose = random.Random(20)
    kinds = (SENTIMENT, KINDS["boosters"], KINDS["negations"], KINDS["neutral"], ["but"])
    sentences = [" ".join(choose.choice(choose.choice(kinds)) for _ in range(10)) for _ in range(2000)]
    differing = [sentence for sentence in sentences if not agree(parley(sentence), reference(sentence))]
    assert len(differing) <= 0.01 * len(sentences), differing


# --- the fast path ----------------------------------------------------------------------------------------------------


def through_the_rules(reading: Reading) -> LexiconAnswer:
    """The corrected VADER without a short cut: NLTK's rules for every word, and NLTK's own sums."""
    analyzer = LEXICON._analyzer
    seen = LEXICON._emoji_in_words(reading.plain.text)
    words: list[str] = []
    for token in seen.split():
        bare = token.strip(string.punctuation)
        word = bare if len(bare) > 2 else token
        words.append(_Shouted(word.lower()) if word.isupper() else word.lower())
    sentence = _Sentence(words, any(word.isupper() for word in words) and not all(word.isupper() for word in words))
    valences: list[float] = []
    for at, word in enumerate(words):
        if word not in analyzer.lexicon or word in analyzer.constants.BOOSTER_DICT or words[at : at + 2] == _KIND_OF:
            valences.append(0.0)
        else:
            analyzer.sentiment_valence(0.0, sentence, analyzer._entry(words, at), at, valences)
    valences = list(analyzer._but_check(words, valences))
    scores = analyzer.score_valence(valences, seen)
    hits = len(valences) - valences.count(0.0)
    return LexiconAnswer(scores["neg"], scores["neu"], scores["pos"], scores["compound"], hits, len(valences))


_KIND_OF = ["kind", "of"]


@pytest.mark.parametrize("seed", range(4))
def test_the_fast_path_gives_exactly_what_the_rules_give(seed: int) -> None:
    """200,000 texts: words that move others thick and thin, capitals, signs, emoji, and real comments cut up anew."""
    choose = random.Random(seed)
    own = (Path(__file__).parent.parent / "corpora").glob("*/*.jsonl")
    real = [json.loads(line)["text"] for path in sorted(own) for line in path.read_text("utf-8").splitlines()]
    real += [str(case["text"]) for case in golden()]
    kinds = (SENTIMENT, *KINDS.values(), ["but", "BUT", "don't", "DIDN'T", "n't", "no", "least", "the", "it", "is"])
    signs = ["", "", "", "", "!", "?!", ".", ",", '"', ")", "*", "!!!!!", "???"]
    for number in range(50_000):
        if number % 3:
            words = [choose.choice(choose.choice(kinds)) for _ in range(choose.randrange(1, 12))]
        else:
            words = (choose.choice(real) + " " + choose.choice(real)).split()
            begin = choose.randrange(len(words))
            words = words[begin : begin + 12]
        shouting = choose.random() < 0.3
        text = " ".join(
            choose.choice(signs) + (word.upper() if shouting and choose.random() < 0.3 else word) + choose.choice(signs)
            for word in words
        )
        reading = read(text)
        assert LEXICON.sentiment(reading) == through_the_rules(reading), text


@settings(max_examples=1500, deadline=None)
@given(st.one_of(SENTENCES, st.text(st.characters(), max_size=80), st.text("no! butn't😀GODkind of", max_size=40)))
def test_the_fast_path_gives_exactly_what_the_rules_give_for_any_text(text: str) -> None:
    reading = read(text)
    assert LEXICON.sentiment(reading) == through_the_rules(reading)


def test_every_idiom_and_booster_of_several_words_is_known_by_one_of_them() -> None:
    """Otherwise the rules would not be asked where it stands."""
    phrases = (*_Constants.SPECIAL_CASE_IDIOMS, *_Constants.BOOSTER_DICT)
    assert all(_MOVING & set(phrase.split()) for phrase in phrases)


def test_it_remembers_words_but_not_without_end() -> None:
    for number in range(20_000):
        _WORDS[f"word{number}"]
    _WORDS["x" * 1000]
    assert len(_WORDS) <= 1 << 14
    assert "x" * 1000 not in _WORDS


@given(st.text(st.characters(), max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    """No str makes it raise, and the shares are shares."""
    answer = LEXICON.sentiment(read(text))
    assert -1 <= answer.compound <= 1
    assert 0 <= answer.hits <= answer.words
    total = answer.neg + answer.neu + answer.pos
    assert total == pytest.approx(1 if answer.words else 0, abs=0.002)


@pytest.mark.parametrize(
    "text",
    ["a" * 20_480, "😀" * 10_000, "good but " * 2_000, "word " * 32_000, "no " * 7_000, "never so good " * 1_500],
    ids=["one token", "emoji", "but", "words", "no", "never so"],
)
@pytest.mark.timeout(60)
def test_long_texts_get_an_answer(text: str) -> None:
    """Hostile lengths cost what their length costs."""
    assert LEXICON.sentiment(read(text)).words == len(text.replace("😀", "grinning face ").split())


def test_hits_are_the_words_that_earned_a_valence() -> None:
    """Boosters and neutral words cover nothing; emoji count by what they show."""
    answer = LEXICON.sentiment(read("An incredible table, lovely and good 😀"))
    assert (answer.hits, answer.words) == (3, 8)
    assert answer.coverage == 3 / 8
    assert LEXICON.sentiment(read("")).coverage == 0


def answered(hits: int, words: int) -> LexiconAnswer:
    return LexiconAnswer(0, 1, 0, 0, hits, words)


@pytest.mark.parametrize(
    ("answer", "language", "expected"),
    [
        (answered(2, 10), "en", Cause.LEXICON_HIT),
        (answered(1, 1), "und", Cause.LEXICON_HIT),
        (answered(0, 10), "en", Cause.NO_LEXICON_HIT),
        (answered(0, 0), "und", Cause.NO_LEXICON_HIT),
        (answered(1, 100), "en", Cause.LOW_COVERAGE),
        (answered(3, 100), "en", Cause.LEXICON_HIT),
        (answered(2, 10), "de", Cause.NOT_ENGLISH),
        (answered(0, 10), "ru", Cause.NOT_ENGLISH),
    ],
)
def test_cause_says_why_vader_is_heard_or_not(answer: LexiconAnswer, language: str, expected: Cause) -> None:
    """English (or no language at all), at least one hit and enough of the text covered."""
    assert cause(answer, language) is expected
    assert LOWEST_COVERAGE == 0.03


def _write_golden() -> None:
    cases = golden()
    with GOLDEN.open("w", encoding="utf-8") as lines:
        for case in cases:
            case["reference"] = reference(case["text"])
            if "differs" in case:
                case["parley"] = parley(case["text"])
            ordered = {key: case[key] for key in ("text", "reference", "parley", "differs") if key in case}
            lines.write(json.dumps(ordered, ensure_ascii=not case["text"].isprintable()) + "\n")


def test_the_lexicon_is_read_from_folders_that_others_may_write_to(tmp_path: Path) -> None:
    """Checkouts of a group and images with another owner are such folders; nltk.data would refuse them."""
    with as_file(files("corpora") / "lexicon") as folder:
        copy = Path(shutil.copytree(folder, tmp_path / "lexicon"))
    copy.chmod(0o777)
    assert _Analyzer(copy).lexicon == LEXICON._analyzer.lexicon


if __name__ == "__main__":
    _write_golden()
