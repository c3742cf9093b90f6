"""Learns to render Parley's scores as Perspective's, from texts that Perspective scored; measures what it is worth.

Ridge regression on log-odds, first on what `rendering.measures` tells, then on the words for what that leaves. Worth is
measured by cross-validation: every text is rendered by sums that were learned from the others.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.linear_model import Ridge  # type: ignore[import-untyped]

from sentiment.datasets import DataUnusable, find, place_of, rows
from sentiment.modelfile import fingerprint
from sentiment.rendering import RENDERED, Rendering, measures, probability, words
from sentiment.resampling import Interval, interval
from sentiment.scorer import Scorer
from sentiment.scores import Analysis, Attribute

Floats = NDArray[np.float64]

SCORED_BY_PERSPECTIVE = "perspective_wikipedia_1k"
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
"""Thresholds that sites use, by what is published of them."""

_FOLDS = 10
_SHRINKING_MEASURES = 10.0
_SHRINKING_WORDS = 4.0
_FEWEST_TEXTS_OF_A_WORD = 5
_FEWEST_FLAGGED = 10
_CERTAIN = 1e-3
_DRAWS = 1_000
_SEED = 1
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Agreement:
    """How an attribute's scores agree with Perspective's: Spearman's correlation and the mean absolute difference.

    `as_it_is` and `far_as_it_is` are those of Parley's own score; None where Parley has none.
    """

    spearman: float
    interval: Interval | None
    difference: float
    as_it_is: float
    far_as_it_is: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """Parley's own score that as many texts reach as reach `perspective` by Perspective's; `flagged` of all texts.

    None where fewer than ten texts reach it: then there is nothing to tell it by.
    """

    perspective: float
    parley: float | None
    interval: Interval | None
    flagged: int


@dataclass(frozen=True, slots=True)
class Translation:
    """A rendering with what it was learned from and what it is worth; `texts` are different ones."""

    rendering: Rendering
    sha256: str
    texts: int
    agreement: Mapping[Attribute, Agreement]
    thresholds: Mapping[Attribute, Sequence[Threshold]]

    # Any: JSON on its way out.
    def document(self) -> dict[str, Any]:
        """What is kept in the model's folder."""
        return {
            "model": self.rendering.version,
            "learned_from": {"data": SCORED_BY_PERSPECTIVE, "sha256": self.sha256, "texts": self.texts},
            "agreement": {name.value: asdict(one) for name, one in self.agreement.items()},
            "thresholds": {name.value: [asdict(one) for one in some] for name, some in self.thresholds.items()},
            "intercepts": self.rendering.intercepts,
            "weights": dict(zip((name.value for name in RENDERED), self.rendering.weights, strict=True)),
            "words": self.rendering.words,
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Texts in order: a row of measures, the words, and Perspective's scores, with a column for each attribute."""

    measured: Floats
    words: Sequence[Collection[str]]
    theirs: Floats


def translate(scorer: Scorer, folder: Path) -> Translation:
    """Learns and measures the rendering of a version. Raises DataUnusable where Perspective's scores are not there."""
    path = next((path for data, path in find(folder).items() if data.name == SCORED_BY_PERSPECTIVE), None)
    if path is None:
        raise DataUnusable(f"There is no {SCORED_BY_PERSPECTIVE} in {folder}: only that has scores of Perspective's.")
    texts, theirs = _scored(path)
    analyses = scorer.analyse(texts)
    told = [at for at, analysis in enumerate(analyses) if analysis.scores]
    kept, said = [texts[at] for at in told], [analyses[at] for at in told]
    seen = _Seen(
        np.array([measures(text, analysis) for text, analysis in zip(kept, said, strict=True)]),
        [words(text) for text in kept],
        theirs[told],
    )
    own = _own(said)
    rendered = _cross_validated(scorer.version, seen)
    return Translation(
        _learned(scorer.version, seen),
        fingerprint(path),
        len(told),
        {name: _agreement(own[:, at], rendered[:, at], seen.theirs[:, at]) for at, name in enumerate(RENDERED)},
        {name: _thresholds(own[:, at], seen.theirs[:, at]) for at, name in enumerate(RENDERED)},
    )


def _scored(path: Path) -> tuple[list[str], Floats]:
    """Different texts with Perspective's scores."""
    found = {place_of(row["text"]): row for row in rows(path)}
    try:
        theirs = [[float(row["perspective"][name.value]) for name in RENDERED] for row in found.values()]
    except (KeyError, TypeError, ValueError) as error:
        raise DataUnusable(f"{path.name} has a text without all of Perspective's scores.") from error
    return [str(row["text"]) for row in found.values()], np.array(theirs)


def _own(analyses: Sequence[Analysis]) -> Floats:
    return np.array([[analysis.scores[name] for name in RENDERED] for analysis in analyses])


def _cross_validated(version: str, seen: _Seen) -> Floats:
    """Every text rendered by sums that others taught; texts are dealt to the folds by chance, always the same."""
    fold = np.random.default_rng(_SEED).permutation(len(seen.words)) % _FOLDS
    read = np.empty_like(seen.theirs)
    for number in range(_FOLDS):
        learned = _learned(version, _some(seen, np.flatnonzero(fold != number)))
        for at in np.flatnonzero(fold == number).tolist():
            read[at] = _read(learned, seen, at)
    return read


def _some(seen: _Seen, places: NDArray[np.intp]) -> _Seen:
    return _Seen(seen.measured[places], [seen.words[at] for at in places.tolist()], seen.theirs[places])


def _read(rendering: Rendering, seen: _Seen, at: int) -> list[float]:
    known = _shared([seen.words[at]], tuple(rendering.words))[0]
    weights = np.array([*rendering.words.values()]).reshape(len(known), len(RENDERED))
    sums = np.array(rendering.intercepts) + np.array(rendering.weights) @ seen.measured[at] + known @ weights
    return [probability(one) for one in sums.tolist()]


def _learned(version: str, seen: _Seen) -> Rendering:
    bounded = np.clip(seen.theirs, _CERTAIN, 1 - _CERTAIN)
    wanted = np.log(bounded / (1 - bounded))
    middle, spread = seen.measured.mean(axis=0), seen.measured.std(axis=0)
    spread[spread == 0] = 1
    first = Ridge(alpha=_SHRINKING_MEASURES).fit((seen.measured - middle) / spread, wanted)
    weights = first.coef_ / spread
    begin = first.intercept_ - weights @ middle
    counted = Counter(word for own in seen.words for word in own)
    known = tuple(sorted(word for word, count in counted.items() if count >= _FEWEST_TEXTS_OF_A_WORD))
    left = wanted - (seen.measured @ weights.T + begin)
    second = Ridge(alpha=_SHRINKING_WORDS).fit(_shared(seen.words, known), left)
    return Rendering(
        version,
        _rounded(begin + second.intercept_),
        tuple(map(_rounded, weights)),
        {word: _rounded(row) for word, row in zip(known, second.coef_.T, strict=True)},
    )


def _shared(texts: Sequence[Collection[str]], known: Sequence[str]) -> Floats:
    """A row for each text and a column for each known word: its share where the text has it, else 0."""
    column = {word: at for at, word in enumerate(known)}
    matrix = np.zeros((len(texts), len(known)))
    for row, own in enumerate(texts):
        places = [column[word] for word in own if word in column]
        if places:
            matrix[row, places] = 1 / np.sqrt(len(places))
    return matrix


def _rounded(row: Floats) -> tuple[float, ...]:
    return tuple(round(float(one), _DIGITS) for one in row)


def _agreement(own: Floats, rendered: Floats, theirs: Floats) -> Agreement:
    generator = np.random.default_rng(_SEED)
    draws = (generator.integers(0, len(own), len(own)) for _ in range(_DRAWS))
    return Agreement(
        spearman=_spearman(rendered, theirs),
        interval=interval(np.array([_spearman(rendered[draw], theirs[draw]) for draw in draws])),
        difference=_far(rendered, theirs),
        as_it_is=_spearman(own, theirs),
        far_as_it_is=_far(own, theirs),
    )


def _spearman(one: Floats, other: Floats) -> float:
    return round(float(np.corrcoef(rankdata(one), rankdata(other))[0, 1]), 4)


def _far(one: Floats, other: Floats) -> float:
    return round(float(np.abs(one - other).mean()), 4)


def _thresholds(own: Floats, theirs: Floats) -> list[Threshold]:
    return [_threshold(own, theirs, level) for level in LEVELS]


def _threshold(own: Floats, theirs: Floats, level: float) -> Threshold:
    flagged = int((theirs >= level).sum())
    if flagged < _FEWEST_FLAGGED:
        return Threshold(level, None, None, flagged)
    generator = np.random.default_rng(_SEED)
    draws = (generator.integers(0, len(own), len(own)) for _ in range(_DRAWS))
    found = [_as_many(own[draw], int((theirs[draw] >= level).sum())) for draw in draws]
    return Threshold(level, round(_as_many(own, flagged), 3), interval(np.array(found)), flagged)


def _as_many(own: Floats, flagged: int) -> float:
    """The score that so many texts reach."""
    return float(np.sort(own)[-flagged]) if flagged else float("nan")
