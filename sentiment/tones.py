"""Learns sentiment: the head that tells negative, neutral and positive apart, and how it is joined with VADER.

What is joined must also serve texts of a kind that nobody trained on (reviews, editorials), so the weights are learned
from data sets that the head did not see as well: it is fitted once without each of them.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from sentiment.classifier import TONES
from sentiment.datasets import OWN_TONES, DataUnusable, Example, Split, Tone
from sentiment.lexicon import Lexicon
from sentiment.tempering import Tempering
from sentiment.text import read

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

_TONES = tuple(Tone(name) for name in TONES)


@dataclass(frozen=True, slots=True)
class TonesRecipe:
    """Choices of this part of training.

    `strength`: inverse of the L2 penalty. `steps`: of the solver. `silence`: see `Tempering`; on sets that were left
    out this one recognises tones best, and costs less than 0.003 of r with human means. `most`: texts of one data set
    that the weights are learned from.
    """

    strength: float = 1.0
    steps: int = 150
    silence: float = 0.15
    most: int = 5000


def learn_head(matrix: csr_matrix, known: Sequence[Example], recipe: TonesRecipe) -> LogisticRegression:
    """Learns the three tones from all training examples; soft labels count as shares of both sides.

    Raises DataUnusable where one of the tones has no example.
    """
    rows = np.array([row for row, one in enumerate(known) if one.split is Split.TRAIN and _TONES[0] in one.targets])
    return _head(matrix, known, rows, recipe)


def _head(matrix: csr_matrix, known: Sequence[Example], rows: Rows, recipe: TonesRecipe) -> LogisticRegression:
    shares = _shares(known, rows)
    at, classes = np.nonzero(shares)
    if len(np.unique(classes)) < len(_TONES):
        raise DataUnusable("The data has no negative, neutral and positive examples; add a data set with sentiment.")
    weights = np.array([known[row].weight for row in rows.tolist()])
    head = LogisticRegression(C=recipe.strength, max_iter=recipe.steps)
    with warnings.catch_warnings():
        # How far a head is fitted is part of the recipe; stopping there is meant.
        warnings.simplefilter("ignore", ConvergenceWarning)
        head.fit(matrix[rows[at]], classes, sample_weight=shares[at, classes] * weights[at])
    return head


def _shares(known: Sequence[Example], rows: Rows) -> Floats:
    """One row per example, one column per tone."""
    return np.array([[known[row].targets[tone] for tone in _TONES] for row in rows.tolist()]).reshape(-1, len(_TONES))


# --- joining with VADER -----------------------------------------------------------------------------------------------


def learn_tempering(
    head: LogisticRegression, matrix: csr_matrix, known: Sequence[Example], recipe: TonesRecipe
) -> Tempering:
    """Weights by least squares without negative ones, from each data set twice.

    Comments may be like what was learned from or of another kind, so both have a say: what is held out of a set from
    the finished `head`, and the set as a head sees it that was fitted without it. Each counts the same, and only
    differences inside a set count, as sets differ in what they call neutral. Without a set that tells tones apart the
    three voices weigh the same.
    """
    toned = [row for row, one in enumerate(known) if _TONES[0] in one.targets and one.source != OWN_TONES.name]
    seen = []
    for source in sorted({known[row].source for row in toned}):
        own = [row for row in toned if known[row].source == source and known[row].split is not Split.TEST]
        held_out = [row for row in own if known[row].split is Split.CALIBRATE]
        if _tells(known, own):
            some = own[:: max(1, -(-len(own) // recipe.most))]
            seen.append((_head(matrix, known, _others(known, source), recipe), some))
        if _tells(known, held_out):
            seen.append((head, held_out))
    lexicon = Lexicon.load()
    lessons = [_lesson(lexicon, judge, matrix, known, np.array(rows, np.intp)) for judge, rows in seen]
    weights = np.zeros(3)
    if lessons:
        weights, _ = nnls(np.vstack([voices for voices, _ in lessons]), np.concatenate([truth for _, truth in lessons]))
    weights = weights if weights.any() else np.ones(3)
    compound, share, tone = (round(float(weight), 4) for weight in weights / weights.sum())
    return Tempering(compound, share, tone, recipe.silence)


def _tells(known: Sequence[Example], rows: Sequence[int]) -> bool:
    return len({known[row].targets[Tone.POS] - known[row].targets[Tone.NEG] for row in rows}) > 1


def _others(known: Sequence[Example], source: str) -> Rows:
    kept = (one.split is Split.TRAIN and one.source != source and _TONES[0] in one.targets for one in known)
    return np.flatnonzero(np.fromiter(kept, np.bool_, len(known)))


def _lesson(
    lexicon: Lexicon, head: LogisticRegression, matrix: csr_matrix, known: Sequence[Example], rows: Rows
) -> tuple[Floats, Floats]:
    """What the voices say of some texts and what people say, both about their means, on the scale of the people."""
    voices = _voices(lexicon, [known[row].text for row in rows.tolist()], head.predict_proba(matrix[rows]))
    shares = _shares(known, rows)
    truth = shares[:, 2] - shares[:, 0]
    scale = float(np.linalg.norm(truth - truth.mean()))
    return (voices - voices.mean(axis=0)) / scale, (truth - truth.mean()) / scale


def _voices(lexicon: Lexicon, texts: Sequence[str], tones: Floats) -> Floats:
    """What `Tempering` weighs: one row per text, one column per voice."""
    answers = [lexicon.sentiment(read(text)) for text in texts]
    spoken = np.array([(answer.compound, answer.pos - answer.neg) for answer in answers])
    return np.column_stack((spoken, tones[:, 2] - tones[:, 0]))
