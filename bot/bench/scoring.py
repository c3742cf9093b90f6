"""What the analysis of a comment costs: beside stock VADER, beside a large neural model, alone, long, and under attack.

All is measured in this process, on one core, in processor time, and in turns, so that what else the machine does falls
on both sides of every ratio.
"""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.bench import bert, talk
from bot.bench.children import BenchError
from bot.bench.figures import Better, Figure, median_ratio
from sentiment import datasets
from sentiment.datasets import DataUnusable
from sentiment.scores import Analysis

MOST_OF_VADER = 1.0
MOST_OF_BERT = 0.01
MOST_ALONE = 3.0
MOST_GROWTH = 1.2
MOST_UNDER_ATTACK = 5.0

_COMMENTS = 256
_AT_ONCE = 64
_ALONE = 64
_BERT_AT_ONCE = 8
_SHORT, _LONG = 1_000, 20_000
_ATTACK_ROUNDS = 5

Analyse = Callable[[Sequence[str]], list[Analysis]]


@dataclass(frozen=True, slots=True)
class Comments:
    """What is measured with, and the share of it that is rude, 0..1; `source` says where it comes from."""

    texts: Sequence[str]
    rude: float
    source: str


def made_up() -> Comments:
    """Comments from a generator that writes the same ones in every run."""
    written = talk.comments(_COMMENTS)
    rude = sum(rude for _, rude in written) / len(written)
    return Comments([text for text, _ in written], rude, "made up by the benchmark")


def real(folder: Path) -> Comments:
    """Comments from the natural sample of a data set. Raises BenchError where the folder has none."""
    name = "jigsaw_wikipedia"
    try:
        sets = {data_set.name: path for data_set, path in datasets.find(folder).items()}
    except DataUnusable as unusable:
        raise BenchError(str(unusable)) from unusable
    if name not in sets:
        raise BenchError(
            f"There is no {name}.jsonl or {name}.jsonl.gz in {folder}; without --data comments are made up."
        )
    natural = [row for row in datasets.rows(sets[name]) if row.get("natural")]
    some = random.Random(1).sample(natural, min(_COMMENTS, len(natural)))
    return Comments(
        [str(row["text"]) for row in some], sum(bool(row["toxic"]) for row in some) / len(some), f"from {name}"
    )


def steps(rounds: int) -> int:
    """How often `measure` will report progress."""
    return 2 * rounds + len(talk.attacks())


def measure(analyse: Analyse, comments: Comments, rounds: int, step: Callable[[], object]) -> Iterator[Figure]:
    """A figure for each promise, medians over `rounds` rounds; `analyse` is a loaded scorer's own."""
    with _one_core():
        yield from _beside_others(analyse, comments, rounds, step)
        yield _growth(analyse, rounds, step)
        yield _under_attack(analyse, min(rounds, _ATTACK_ROUNDS), step)


@contextmanager
def _one_core() -> Iterator[None]:
    """Keeps this process on one core, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _seconds(work: Callable[[], object]) -> float:
    """Processor time."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


@dataclass(frozen=True, slots=True)
class _Round:
    """Seconds that a comment took."""

    batched: float
    alone: float
    vader: float
    bert: float | None


def _beside_others(analyse: Analyse, comments: Comments, rounds: int, step: Callable[[], object]) -> Iterator[Figure]:
    vader, pass_over = _stock_vader(), bert.load()
    texts = comments.texts
    analyse(texts)
    vader(texts[0])
    taken = []
    for number in range(rounds):
        some = [texts[(number * _AT_ONCE + at) % len(texts)] for at in range(_AT_ONCE)]
        taken.append(_round(analyse, vader, pass_over, some))
        step()
    about = (
        f"{len(texts)} comments {comments.source}, {statistics.mean(map(len, texts)):.0f} characters in the mean, "
        f"{comments.rude:.0%} of them rude."
    )
    milliseconds = {
        "batched_ms": 1000 * statistics.median(one.batched for one in taken),
        "alone_ms": 1000 * statistics.median(one.alone for one in taken),
        "vader_ms": 1000 * statistics.median(one.vader for one in taken),
    }
    yield Figure(
        "full analysis in batches",
        median_ratio([(one.batched, one.vader) for one in taken]),
        "of stock VADER",
        MOST_OF_VADER,
        Better.LOWER,
        about,
        milliseconds,
    )
    yield _beside_bert(taken)
    yield Figure(
        "a comment by itself",
        median_ratio([(one.alone, one.batched) for one in taken]),
        "of one in a batch",
        MOST_ALONE,
        Better.LOWER,
        details=milliseconds,
    )


def _round(
    analyse: Analyse, vader: Callable[[str], object], pass_over: bert.Pass | None, texts: Sequence[str]
) -> _Round:
    batched = _seconds(lambda: analyse(texts)) / len(texts)
    stock = _seconds(lambda: [vader(text) for text in texts]) / len(texts)
    alone = _seconds(lambda: [analyse([text]) for text in texts[:_ALONE]]) / len(texts[:_ALONE])
    if pass_over is None:
        return _Round(batched, alone, stock, None)
    # Comments of like length share a pass, so that little of it is spent on filling up.
    lengths = sorted(talk.tokens(text) for text in texts[: 2 * _BERT_AT_ONCE])
    passes = lengths[:_BERT_AT_ONCE], lengths[_BERT_AT_ONCE:]
    large = _seconds(lambda: [pass_over(some) for some in passes])
    return _Round(batched, alone, stock, large / len(lengths))


def _beside_bert(taken: Sequence[_Round]) -> Figure:
    name, unit = "full analysis beside a large model", "of BERT-base"
    pairs = [(one.batched, one.bert) for one in taken if one.bert is not None]
    if not pairs:
        return Figure(name, None, unit, MOST_OF_BERT, Better.LOWER, f"Not measured: {bert.INSTALL}")
    milliseconds = {"bert_ms": 1000 * statistics.median(large for _, large in pairs)}
    return Figure(name, median_ratio(pairs), unit, MOST_OF_BERT, Better.LOWER, details=milliseconds)


def _stock_vader() -> Callable[[str], object]:
    """NLTK's analyzer as it comes, on the lexicon that Parley ships."""
    from importlib.resources import files

    from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants  # type: ignore[import-untyped]

    class Stock(SentimentIntensityAnalyzer):  # type: ignore[misc]
        def __init__(self) -> None:  # NLTK's own reads from folders of its own only
            self.lexicon_file = (files("corpora") / "lexicon" / "vader_lexicon.txt").read_text("utf-8")
            self.lexicon = self.make_lex_dict()
            self.constants = VaderConstants()

    answer: Callable[[str], object] = Stock().polarity_scores
    return answer


def _growth(analyse: Analyse, rounds: int, step: Callable[[], object]) -> Figure:
    long = talk.ordinary(_LONG)
    short = [long[begin : begin + _SHORT] for begin in range(0, _LONG, _SHORT)]
    analyse([long])
    pairs = []
    for _ in range(rounds):
        whole = _seconds(lambda: analyse([long]))
        parts = _seconds(lambda: [analyse([part]) for part in short])
        pairs.append((whole, parts))
        step()
    details = {
        "ms_at_20_kB": 1000 * statistics.median(whole for whole, _ in pairs),
        "ms_at_1_kB": 1000 * statistics.median(parts for _, parts in pairs) / len(short),
    }
    return Figure(
        "a character of 20 kB", median_ratio(pairs), "of one in 1 kB", MOST_GROWTH, Better.LOWER, details=details
    )


def _under_attack(analyse: Analyse, rounds: int, step: Callable[[], object]) -> Figure:
    ratios: dict[str, float] = {}
    for name, text in talk.attacks().items():
        hostile, plain = [text], [talk.ordinary(len(text))]
        analyse(hostile)
        pairs = [(_seconds(partial(analyse, hostile)), _seconds(partial(analyse, plain))) for _ in range(rounds)]
        ratios[name] = median_ratio(pairs)
        step()
    dearest = max(ratios, key=lambda name: ratios[name])
    note = f"The dearest of {len(ratios)} texts is: {dearest}."
    return Figure(
        "20 kB meant to be slow", ratios[dearest], "of ordinary 20 kB", MOST_UNDER_ATTACK, Better.LOWER, note, ratios
    )
