"""Trains the models that Parley ships: data in, a folder with models and their card out.

The same data, seed and library versions give the same bytes. Heavy imports stay here, away from the service.
"""

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack, vstack
from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from sentiment import features, modelfile
from sentiment.card import describe
from sentiment.cardpage import write_card
from sentiment.classifier import MARKS, SENTIMENT, VOCABULARY
from sentiment.datasets import OWN, DataSet, DataUnusable, Example, Split, Target, examples, find
from sentiment.evaluation import evaluate
from sentiment.features import Occurrences, Vocabulary, extract
from sentiment.figures import Figures, figures
from sentiment.marks import MARKED, learn_marks, posts
from sentiment.scorer import Scorer
from sentiment.scores import Attribute
from sentiment.tempering import TEMPERING, Tempering
from sentiment.text import read
from sentiment.tones import TonesRecipe, learn_head, learn_tempering
from sentiment.translating import SCORED_BY_PERSPECTIVE, translate
from sentiment.translationpage import write_translation

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps of it are finished, and how many there are."""

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class HeadRecipe:
    """How one attribute is learned.

    `strength`: inverse of the L2 penalty. `weighed`: features are scaled by how differently the two classes use them.
    `emphasis`: how much more the examples of a data set count, 1 where none is named; `say`: the same for calibration.
    `seconded`: the share of toxicity's logit that is added to its own, since what is rare is also toxic.
    """

    strength: float = 0.3
    weighed: bool = False
    emphasis: Mapping[str, float] = field(default_factory=dict)
    say: Mapping[str, float] = field(default_factory=dict)
    seconded: float = 0.0


def _written(weight: float, **others: float) -> dict[str, float]:
    """Emphasis for the sentences written for Parley, few beside public data and about what that teaches badly."""
    return {dataset.name: weight for dataset in OWN} | others


_HEADS: Mapping[Attribute, HeadRecipe] = {
    Attribute.TOXICITY: HeadRecipe(
        0.5,
        weighed=True,
        # Wikipedia's commenters name groups mostly to insult, so who is only named must be learned elsewhere.
        emphasis=_written(2.0, contrasts=10.0, jigsaw_wikipedia=4.0, identity_templates=3.0),
    ),
    Attribute.SEVERE_TOXICITY: HeadRecipe(emphasis=_written(2.0, jigsaw_wikipedia=4.0), seconded=0.2),
    Attribute.IDENTITY_ATTACK: HeadRecipe(
        1.0,
        weighed=True,
        emphasis=_written(5.0, jigsaw_wikipedia=3.0),
        # What hate data sets mark is far more than in comments, where the scores must keep their promise.
        say={"jigsaw_wikipedia": 8.0},
        seconded=0.1,
    ),
    Attribute.INSULT: HeadRecipe(
        weighed=True, emphasis=_written(2.0, contrasts=10.0, jigsaw_wikipedia=4.0), seconded=0.3
    ),
    Attribute.PROFANITY: HeadRecipe(weighed=True, emphasis=_written(2.0, jigsaw_wikipedia=4.0), seconded=0.15),
    Attribute.THREAT: HeadRecipe(emphasis=_written(2.0, jigsaw_wikipedia=4.0)),
    Attribute.SEXUALLY_EXPLICIT: HeadRecipe(1.0),
    Attribute.SPAM: HeadRecipe(
        1.0,
        weighed=True,
        emphasis=_written(1.0, own=10.0, advertising=3.0, youtube_spam_3videos=30.0),
        # Sites get far more advertising than one in a hundred comments, which is its share among the examples.
        say={"youtube_spam_3videos": 12.0, "sms_spam": 4.0},
    ),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every choice that training makes; the card repeats it.

    `fewest`: texts in which a feature has to occur. `heads`: how each attribute is learned. `negligible`: coefficients
    closer to 0 are dropped. `tones`: how sentiment is learned.
    """

    seed: int = 1
    fewest: int = 8
    heads: Mapping[Attribute, HeadRecipe] = field(default_factory=lambda: _HEADS)
    negligible: float = 0.02
    tones: TonesRecipe = field(default_factory=TonesRecipe)


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What training worked out, measured and ready to be written."""

    vocabulary: Vocabulary
    heads: dict[str, LogisticRegression]
    tempering: Tempering
    examples: Sequence[Example]
    figures: Figures


def train(data: Path, out: Path, version: str, progress: Progress, recipe: Recipe | None = None) -> Path:
    """Trains on the data sets in `data` and writes `out`/`version`; returns that folder.

    Raises DataUnusable where the data must not be used or lacks examples for a head, and FileExistsError where the
    version exists: versions never change.
    """
    recipe = recipe or Recipe()
    folder = out / version
    if folder.exists():
        raise FileExistsError(f"The model {version} exists already, and versions never change; name another one.")
    found = find(data)
    trained = learn(list(examples(data)), recipe, progress)
    _learn_marks(found, trained, recipe)
    folder.mkdir(parents=True)
    files = _write(trained, folder)
    card = describe(version, recipe, found, trained.examples, trained.figures, files)
    write_card(card, folder)
    evaluation = evaluate(data, Scorer.load_from(out, version), progress)
    write_card(card.measured(evaluation), folder)
    if any(dataset.name == SCORED_BY_PERSPECTIVE for dataset in found):
        write_translation(translate(Scorer.load_from(out, version), data), folder)
    return folder


def learn(known: Sequence[Example], recipe: Recipe, progress: Progress) -> Trained:
    """Learns all heads from examples."""
    places = {text: place for place, text in enumerate(dict.fromkeys(example.text for example in known))}
    occurrences = _read_all(list(places), progress)
    vocabulary = _vocabulary(occurrences, len(places), recipe)
    texts = cast(csr_matrix, vstack([vocabulary.matrix(batch) for batch in occurrences], format="csr"))
    matrix = texts[[places[example.text] for example in known]]
    heads: dict[str, LogisticRegression] = {}
    names = [*Attribute]
    for at, attribute in enumerate(names):
        progress(f"Learning {attribute}", at, len(names) + 1)
        heads[attribute] = _attribute_head(attribute, matrix, known, recipe)
    for attribute in names:
        _second(heads[attribute], heads[Attribute.TOXICITY], recipe.heads[attribute].seconded)
    for attribute in names:
        _calibrate(attribute, heads[attribute], matrix, known, recipe)
    progress("Learning sentiment", len(names), len(names) + 1)
    heads[SENTIMENT] = learn_head(matrix, known, recipe.tones)
    heads[SENTIMENT].coef_ = _lean(heads[SENTIMENT].coef_, recipe.negligible)
    tempering = learn_tempering(heads[SENTIMENT], matrix, known, recipe.tones)
    progress("Learning", len(names) + 1, len(names) + 1)
    return Trained(vocabulary, heads, tempering, known, _measured(heads, matrix, known))


def _learn_marks(found: Mapping[DataSet, Path], trained: Trained, recipe: Recipe) -> None:
    """Adds the head that tells what raters mark as toxic, if their marks are among the data sets."""
    path = next((path for dataset, path in found.items() if dataset.name == MARKED), None)
    head = learn_marks(list(posts(path)), trained.vocabulary, recipe.seed) if path else None
    if head:
        head.coef_ = _lean(head.coef_, recipe.negligible)
        trained.heads[MARKS] = head


def _measured(heads: Mapping[str, LogisticRegression], matrix: csr_matrix, known: Sequence[Example]) -> Figures:
    rows = [row for row, example in enumerate(known) if example.split is Split.TEST]
    unseen = matrix[rows]
    scores = np.stack([heads[attribute].predict_proba(unseen)[:, 1] for attribute in Attribute], axis=1)
    return figures([known[row] for row in rows], scores, heads[SENTIMENT].predict_proba(unseen))


# --- from examples to a matrix ----------------------------------------------------------------------------------------

_BATCH = 256


def _read_all(texts: Sequence[str], progress: Progress) -> list[Occurrences]:
    batches: list[Occurrences] = []
    for begin in range(0, len(texts), _BATCH):
        progress("Reading texts", begin, len(texts))
        found = extract([read(text) for text in texts[begin : begin + _BATCH]])
        nowhere = found.begin[:0]
        batches.append(Occurrences(found.texts, found.text, found.bucket, nowhere, nowhere))
    progress("Reading texts", len(texts), len(texts))
    return batches


def _vocabulary(batches: Iterable[Occurrences], texts: int, recipe: Recipe) -> Vocabulary:
    """The features that occur in enough texts, with smoothed inverse document frequencies."""
    frequency = np.zeros(features.BUCKETS, dtype=np.int64)
    for batch in batches:
        once = np.unique(batch.text.astype(np.int64) * features.BUCKETS + batch.bucket)
        frequency += np.bincount(once % features.BUCKETS, minlength=features.BUCKETS)
    buckets = np.flatnonzero(frequency >= recipe.fewest)
    if not len(buckets):
        raise DataUnusable(f"No feature occurs in {recipe.fewest} texts; train on more data.")
    idf = np.log((1 + texts) / (1 + frequency[buckets])) + 1
    return Vocabulary.of(buckets.astype(np.int32), idf.astype(np.float16).astype(np.float32))


# --- heads ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Lesson:
    """Rows of the matrix with a class and a weight for each; a soft label stands twice, once for each class."""

    rows: Rows
    classes: NDArray[np.int64]
    weights: Floats


def _two_sided(known: Sequence[Example], chosen: Rows, attribute: Attribute, emphasis: Mapping[str, float]) -> _Lesson:
    rows = chosen.tolist()
    shares = np.array([known[row].targets[attribute] for row in rows])
    weights = np.array([known[row].weight * emphasis.get(known[row].source, 1.0) for row in rows])
    pro, contra = shares > 0, shares < 1
    return _Lesson(
        np.concatenate((chosen[pro], chosen[contra])),
        np.repeat(np.array([1, 0]), [pro.sum(), contra.sum()]),
        np.concatenate(((shares * weights)[pro], ((1 - shares) * weights)[contra])),
    )


def _choose(known: Sequence[Example], target: Target, split: Split) -> Rows:
    return np.array([row for row, one in enumerate(known) if one.split is split and target in one.targets], np.intp)


def _attribute_head(
    attribute: Attribute, matrix: csr_matrix, known: Sequence[Example], recipe: Recipe
) -> LogisticRegression:
    own = recipe.heads[attribute]
    lesson = _two_sided(known, _choose(known, attribute, Split.TRAIN), attribute, own.emphasis)
    if len(np.unique(lesson.classes)) < 2:
        raise DataUnusable(f"The data has no examples both for and against {attribute}; add a data set that has.")
    head = LogisticRegression(
        solver="liblinear", dual=True, C=own.strength, max_iter=100, tol=1e-2, random_state=recipe.seed
    )
    scale = _leaning(matrix, lesson) if own.weighed else np.ones(matrix.shape[1], np.float32)
    _fit(head, cast(csr_matrix, hstack([matrix @ diags(scale), _sources(known)], format="csr")), lesson)
    head.coef_ = head.coef_[:, : matrix.shape[1]] * scale
    head.n_features_in_ = matrix.shape[1]
    return head


def _second(head: LogisticRegression, other: LogisticRegression, share: float) -> None:
    """Adds a share of another head's logit: still linear, so evidence stays exact."""
    if share:
        head.coef_ = head.coef_ + share * other.coef_
        head.intercept_ = head.intercept_ + share * other.intercept_


def _leaning(matrix: csr_matrix, lesson: _Lesson) -> NDArray[np.float32]:
    """Root of the absolute log-ratio of a feature's share in either class, after Wang and Manning (ACL 2012)."""
    shares = []
    for side in (0, 1):
        own = lesson.classes == side
        total = matrix[lesson.rows[own]].T @ lesson.weights[own] + 1.0
        shares.append(total / total.sum())
    leaning: NDArray[np.float32] = np.sqrt(np.abs(np.log(shares[1] / shares[0]))).astype(np.float32)
    return leaning


def _fit(head: LogisticRegression, matrix: csr_matrix, lesson: _Lesson) -> None:
    with warnings.catch_warnings():
        # How far a head is fitted is part of the recipe; stopping there is meant.
        warnings.simplefilter("ignore", ConvergenceWarning)
        head.fit(matrix[lesson.rows], lesson.classes, sample_weight=lesson.weights)


def _sources(known: Sequence[Example]) -> csr_matrix:
    """One column per data set, for training only: it takes up that sets differ in how often they say yes.

    Without it the words of a set that is half hate would all look hateful. The columns are dropped afterwards.
    """
    names = sorted({example.source for example in known})
    places = [names.index(example.source) for example in known]
    return csr_matrix((np.ones(len(known), np.float32), (np.arange(len(known)), places)), (len(known), len(names)))


def _calibration_rows(known: Sequence[Example], attribute: Attribute) -> Rows:
    """Held out texts at the natural rate if some of them show the attribute, else all that are held out for it."""
    held_out = _choose(known, attribute, Split.CALIBRATE)
    natural = np.array([row for row in held_out.tolist() if known[row].natural], np.intp)
    shown = sum(known[row].targets[attribute] >= 0.5 for row in natural.tolist())
    return natural if shown >= _FEWEST_SHOWN and attribute not in _POOLED else held_out


_FEWEST_SHOWN = 5
_POOLED = (Attribute.IDENTITY_ATTACK, Attribute.SEXUALLY_EXPLICIT, Attribute.SPAM)
"""Attributes whose meaning comes from several sets, so all of them have a say in what a score means."""


def _calibrate(
    attribute: Attribute, head: LogisticRegression, matrix: csr_matrix, known: Sequence[Example], recipe: Recipe
) -> None:
    """Works Platt scaling into the head's coefficients (Platt 1999): still linear, now a probability."""
    head.coef_ = _lean(head.coef_, recipe.negligible)
    rows = _calibration_rows(known, attribute)
    held_out = _two_sided(known, rows, attribute, recipe.heads[attribute].say)
    if len(np.unique(held_out.classes)) == 2:
        logits = head.decision_function(matrix[held_out.rows]).reshape(-1, 1)
        scaling = LogisticRegression(C=1e3).fit(logits, held_out.classes, sample_weight=held_out.weights)
        slope, shift = float(scaling.coef_[0, 0]), float(scaling.intercept_[0])
        if slope > 0:
            head.coef_ = _lean(head.coef_ * np.float32(slope), 0.0)
            head.intercept_ = head.intercept_ * slope + shift


_KEPT_BITS = 6


def _lean(coefficients: NDArray[Any], negligible: float) -> NDArray[np.float32]:
    """Coefficients with 6 bits behind the leading one, all that training data can tell, and few that are not 0."""
    lean = coefficients.astype(np.float32)
    lean[np.abs(lean) < negligible] = 0
    dropped = 23 - _KEPT_BITS
    bits = lean.view(np.uint32) + np.uint32(1 << (dropped - 1))
    return (bits & np.uint32((0xFFFFFFFF << dropped) & 0xFFFFFFFF)).view(np.float32)


# --- the folder -------------------------------------------------------------------------------------------------------


def _write(trained: Trained, folder: Path) -> dict[str, str]:
    """Writes vocabulary and heads; returns the sha256 of each."""
    known = np.zeros(features.BUCKETS, dtype=np.bool_)
    known[trained.vocabulary.buckets] = True
    stored = {"known": np.packbits(known), "idf": trained.vocabulary.idf.astype(np.float16)}
    files = {VOCABULARY: modelfile.dump(stored, folder / f"{VOCABULARY}.skops")}
    for name, head in trained.heads.items():
        files[name] = modelfile.dump(head, folder / f"{name}.skops")
    files[TEMPERING] = trained.tempering.dump(folder)
    return files
