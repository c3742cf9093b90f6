"""Which of the file's questions is meant: a linear model of the file's own questions, with a calibrated confidence.

Support vector machines (one for each intent) on TF-IDF grams choose. How far a choice can be trusted is learned by
cross-validation in which a part of the intents is left out altogether: what people ask may be none of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.dialogue.grams import Grams, Seen
from bot.dialogue.words import Words

Floats = NDArray[np.float64]

_STRICTNESS: Final = 1.0
"""C of the support vector machines."""
_LEFT_OUT: Final = 4
"""Every fourth intent is left out of a part of the cross-validation."""
_FEWEST: Final = 3
"""Intents: of fewer none can be left out."""
_PARTS: Final = ((1000, 8), (3000, 3))
"""Up to so many questions, in so many parts: where there are few, each counts, and learning takes no time."""
_PARTS_OF_MANY: Final = 2
_UNSEEN_PARTS: Final = ((3000, 10),)
_UNSEEN_PARTS_OF_MANY: Final = 5
"""The same where the questions are asked to know how well they are told apart: what is learned is almost the file."""
_MAY_DECLINE: Final = 0.035
"""Share of questions that the file does answer and that may be declined for want of confidence."""
_WRONG: Final = 0.2
"""Share of wrong answers that is put up with; where more are wrong, more is declined."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The intents by their number, likeliest first, and how likely it is that the first is right."""

    order: tuple[int, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Checked:
    """One question of the file, answered by a model that did not learn it."""

    question: int
    truth: int
    guess: int
    confidence: float


class Nearest:
    """Learned from a file's questions at load."""

    def __init__(self, grams: Grams, model: "_Model", trust: "_Trust", threshold: float) -> None:
        self._grams = grams
        self._model = model
        self._trust = trust
        self.threshold = threshold

    @classmethod
    def learn(cls, words: Words, questions: Sequence[str], intents: Sequence[int], count: int) -> "Nearest":
        """`intents[i]` is the intent's number that question i means; `count` or more means none of them.

        Takes seconds for ten thousand questions. The same file gives the same model.
        """
        grams, rows = Grams.learn(words, questions)
        truth = np.array(intents, dtype=np.intp)
        signs, right, checked = _cross_validate(rows, truth, count, grams.words)
        trust = _Trust.learn(signs, right)
        confidences = trust.of(signs)
        told = [
            Checked(question, int(truth[question]), guess, float(confidence))
            for (question, guess), confidence in zip(checked, confidences, strict=True)
        ]
        return cls(grams, _Model.learn(rows, truth, count, grams.words), trust, _threshold(told, count))

    def guess(self, text: str) -> Guess:
        """What is meant by a text; takes about a millisecond."""
        seen = self._grams.see(text)
        scores, similarity = self._model.score(seen)
        order = np.argsort(-scores, kind="stable")
        sign = _signs(scores[None, :], np.array([similarity]), np.array([seen.known]))
        confidence = float(self._trust.of(sign)[0]) if len(seen.columns) else 0.0
        return Guess(tuple(order.tolist()), confidence)

    def unseen(self, words: Words, questions: Sequence[str], intents: Sequence[int], count: int) -> list[Checked]:
        """Each question that an intent has, answered by a model that has seen nothing of it, not even its words.

        All intents are there to choose from, and those of one question come out wrong. Takes ten times as long as
        learning. The arguments are those of `learn`.
        """
        truth = np.array(intents, dtype=np.intp)
        place = _places(truth, _parts(len(truth), _UNSEEN_PARTS, _UNSEEN_PARTS_OF_MANY))
        found = []
        for part in np.unique(place):
            asked = np.flatnonzero((place == part) & (truth < count))
            learned = np.flatnonzero(place != part)
            if not len(asked) or not len(learned):
                continue
            grams, rows = Grams.learn(words, [questions[number] for number in map(int, learned)])
            model = _Model.learn(rows, truth[learned], count, grams.words)
            other = Nearest(grams, model, self._trust, self.threshold)
            for number in map(int, asked):
                guess = other.guess(questions[number])
                found.append(Checked(number, int(truth[number]), guess.order[0], guess.confidence))
        return sorted(found, key=lambda one: one.question)


# --- the model --------------------------------------------------------------------------------------------------------


class _Model:
    """One column of weights for each intent, and the questions themselves, in their first `words` columns."""

    def __init__(self, weights: Floats, bias: Floats, questions: csr_matrix, words: int) -> None:
        self._weights = weights.astype(np.float32)
        self._bias = bias
        self._questions = questions[:, :words].tocsr()
        self._words = words

    @classmethod
    def learn(cls, rows: csr_matrix, truth: NDArray[np.intp], count: int, words: int) -> "_Model":
        # Not at the top: scikit-learn takes a second to import, which who only starts need not wait for.
        from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

        weights = np.zeros((rows.shape[1], count))
        bias = np.full(count, -1.0)
        known = np.unique(truth)
        if len(known) > 1:
            machine = LinearSVC(C=_STRICTNESS, tol=0.1, random_state=0).fit(rows, np.minimum(truth, count))
            coefficients, intercepts = _both_sides(machine)
            for number, coefficient, intercept in zip(machine.classes_, coefficients, intercepts, strict=True):
                if number < count:
                    weights[:, number] = coefficient
                    bias[number] = intercept
        elif len(known):
            weights[:, known[0]] = np.asarray(rows.mean(axis=0)).ravel()
        return cls(weights, bias, rows, words)

    def score(self, seen: Seen) -> tuple[Floats, float]:
        """Of each intent, and the cosine of its words to those of the most similar question."""
        scores = self._bias + seen.weights @ self._weights[seen.columns]
        whole = np.zeros(self._words)
        in_words = seen.columns < self._words
        whole[seen.columns[in_words]] = seen.weights[in_words]
        similar = self._questions @ whole
        return scores, float(similar.max(initial=0.0))

    def score_rows(self, rows: csr_matrix) -> tuple[Floats, Floats]:
        """The same of many at once."""
        scores = self._bias + rows @ self._weights
        similar = [
            (rows[at : at + 500, : self._words] @ self._questions.T).max(axis=1).toarray().ravel()
            for at in range(0, rows.shape[0], 500)
        ]
        return np.asarray(scores), np.concatenate(similar) if similar else np.zeros(0)


def _both_sides(machine: Any) -> tuple[Floats, Floats]:
    """Of two intents scikit-learn keeps the weights of one; the other's are their opposite."""
    if len(machine.classes_) > 2:
        return machine.coef_, machine.intercept_
    return np.vstack([-machine.coef_, machine.coef_]), np.concatenate([-machine.intercept_, machine.intercept_])


# --- how far it can be trusted ----------------------------------------------------------------------------------------


def _signs(scores: Floats, similarity: Floats, known: Floats) -> Floats:
    """What tells right from wrong: the best score, its lead, the nearest question, and how many words are known."""
    ordered = np.sort(scores, axis=1)
    best = ordered[:, -1]
    lead = best - (ordered[:, -2] if ordered.shape[1] > 1 else -1.0)
    return np.column_stack([best, lead, similarity, known])


@dataclass(frozen=True, slots=True)
class _Trust:
    """A logistic curve over the signs."""

    slope: Floats
    offset: float

    @classmethod
    def learn(cls, signs: Floats, right: NDArray[np.bool_]) -> "_Trust":
        if len(np.unique(right)) < 2:
            return cls(np.array([2.0, 0.0, 2.0, 0.0]), 0.0)
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

        curve = LogisticRegression(C=1.0).fit(signs, right)
        return cls(curve.coef_[0], float(curve.intercept_[0]))

    def of(self, signs: Floats) -> Floats:
        found: Floats = 1.0 / (1.0 + np.exp(-np.clip(signs @ self.slope + self.offset, -30, 30)))
        return found


def _cross_validate(
    rows: csr_matrix, truth: NDArray[np.intp], count: int, words: int
) -> tuple[Floats, NDArray[np.bool_], list[tuple[int, int]]]:
    """Signs, whether the choice was right, and the question with the choice (-1: its intent was left out)."""
    parts = _parts(len(truth), _PARTS, _PARTS_OF_MANY)
    place = _places(truth, parts)
    every = min(_LEFT_OUT, count)
    signs, right, checked = [], [], []
    for part in range(parts):
        left_out = (truth < count) & (truth % every == part % every) & (count >= _FEWEST)
        learned = (place != part) & ~left_out
        tested = np.flatnonzero((place == part) & (left_out | (truth <= count)))
        if not learned.any() or not len(tested):
            continue
        model = _Model.learn(rows[learned], truth[learned], count, words)
        scores, similarity = model.score_rows(rows[tested])
        seen = np.asarray(rows[learned].getnnz(axis=0)) > 0
        known = np.asarray(rows[tested].sign() @ seen).ravel() / np.maximum(np.diff(rows[tested].indptr), 1)
        signs.append(_signs(scores, similarity, known))
        guesses = scores.argmax(axis=1)
        inside = ~left_out[tested]
        right.append(inside & (guesses == truth[tested]))
        checked += [(int(q), int(g) if i else -1) for q, g, i in zip(tested, guesses, inside, strict=True)]
    if not signs:
        return np.zeros((0, 4)), np.zeros(0, dtype=bool), []
    return np.concatenate(signs), np.concatenate(right), checked


def _parts(questions: int, few: Sequence[tuple[int, int]], many: int) -> int:
    return next((parts for most, parts in few if questions <= most), many)


def _places(truth: NDArray[np.intp], parts: int) -> NDArray[np.intp]:
    """The part of each question: those of an intent go round."""
    place = np.empty(len(truth), dtype=np.intp)
    for number in np.unique(truth):
        where = np.flatnonzero(truth == number)
        place[where] = np.arange(len(where)) % parts
    return place


def _threshold(checked: Sequence[Checked], count: int) -> float:
    """Where few of the file's own questions are declined; higher where too many answers would be wrong."""
    inside = [one for one in checked if one.truth < count and one.guess >= 0]
    if not inside:
        return 0.5
    confidence = np.sort([one.confidence for one in inside])
    few = float(confidence[int(len(confidence) * _MAY_DECLINE)])
    falling = sorted(inside, key=lambda one: -one.confidence)
    wrong = np.cumsum([one.guess != one.truth for one in falling]) / np.arange(1, len(falling) + 1)
    good = np.flatnonzero(wrong <= _WRONG)
    precise = falling[int(good[-1])].confidence if len(good) else falling[0].confidence
    return min(max(few, precise), 0.9)
