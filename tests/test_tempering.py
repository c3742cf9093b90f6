"""Where VADER speaks the classifier tempers it, and one compound comes out that says what the shares say."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import modelfile
from sentiment.classifier import Tone
from sentiment.lexicon import LexiconAnswer
from sentiment.registry import CARD, ModelUnusable
from sentiment.scorer import Scorer
from sentiment.scores import Cause, Source
from sentiment.tempering import TEMPERING, THRESHOLD, Tempering

VOICES = Tempering(0.3, 0.3, 0.4, silence=0.1)
SHARES = st.tuples(*[st.floats(0, 1)] * 3).map(
    lambda three: tuple(one / (sum(three) or 1) if sum(three) else 1 / 3 for one in three)
)
ANSWERS = st.builds(
    lambda shares, compound: LexiconAnswer(shares[0], shares[1], shares[2], compound, 2, 20), SHARES, st.floats(-1, 1)
)
TONES = SHARES.map(lambda shares: Tone(*shares))
GLAD = LexiconAnswer(0.0, 0.4, 0.6, 0.8, 2, 5)
SILENT = LexiconAnswer(0.0, 1.0, 0.0, 0.0, 0, 5)
NEGATIVE, NEUTRAL, POSITIVE = Tone(0.9, 0.1, 0.0), Tone(0.02, 0.96, 0.02), Tone(0.0, 0.1, 0.9)


@given(ANSWERS, TONES, st.sampled_from([Cause.LEXICON_HIT, Cause.NO_LEXICON_HIT, Cause.LOW_COVERAGE]))
def test_shares_and_compound_say_the_same(answer: LexiconAnswer, tone: Tone, why: Cause) -> None:
    found = VOICES.sentiment(answer, tone, why)
    assert -1 <= found.compound <= 1
    assert all(0 <= share <= 1 for share in (found.neg, found.neu, found.pos))
    assert found.neg + found.neu + found.pos == pytest.approx(1, abs=1e-6)
    assert found.pos - found.neg == pytest.approx(found.compound * (1 - found.neu), abs=1e-3)


@given(ANSWERS, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_kinder_tone_never_lowers_the_compound(
    answer: LexiconAnswer, neutral: float, one: float, other: float
) -> None:
    harsher, kinder = (Tone((1 - neutral) * (1 - pos), neutral, (1 - neutral) * pos) for pos in sorted((one, other)))
    compounds = [VOICES.sentiment(answer, tone, Cause.LEXICON_HIT).compound for tone in (harsher, kinder)]
    assert compounds[0] <= compounds[1]


def test_the_classifier_tempers_vader() -> None:
    """What both say is said clearly; where they differ less is said than VADER alone would say."""
    agreed, disputed = (VOICES.sentiment(GLAD, tone, Cause.LEXICON_HIT).compound for tone in (POSITIVE, NEGATIVE))
    assert agreed > 0.6
    assert abs(disputed) < 0.3


def test_the_source_is_vader_only_where_it_is_heard() -> None:
    heard = VOICES.sentiment(GLAD, NEUTRAL, Cause.LEXICON_HIT)
    silent = VOICES.sentiment(GLAD, NEUTRAL, Cause.LOW_COVERAGE)
    assert (heard.source, silent.source) == (Source.VADER, Source.CLASSIFIER)
    assert silent == VOICES.sentiment(SILENT, NEUTRAL, Cause.LOW_COVERAGE)


@pytest.mark.parametrize("side", [1, -1])
def test_a_mean_in_the_silence_is_neutral_and_one_beyond_is_not(side: int) -> None:
    def compound(strength: float) -> float:
        kind, unkind = (strength, 0.0) if side > 0 else (0.0, strength)
        return side * VOICES.sentiment(SILENT, Tone(unkind, 1 - strength, kind), Cause.NO_LEXICON_HIT).compound

    assert compound(0.0) == 0
    assert 0 < compound(0.2) < THRESHOLD < compound(0.4)


def test_a_text_that_the_classifier_finds_neutral_needs_more_to_be_called_positive() -> None:
    weak = LexiconAnswer(0.0, 0.8, 0.2, 0.2, 1, 8)
    answers = [VOICES.sentiment(weak, tone, Cause.LEXICON_HIT).compound for tone in (NEUTRAL, Tone(0.5, 0.0, 0.5))]
    assert answers[0] < THRESHOLD < answers[1]


# --- in a model folder ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The model that was trained before there was anything to join."""
    source = Path(__file__).parent.parent / "corpora" / "models" / "2026.11-2"
    return Path(shutil.copytree(source, tmp_path / "2026.11-2"))


def name_in_card(folder: Path, sha256: str) -> None:
    card = json.loads((folder / CARD).read_text("utf-8"))
    card["files"][TEMPERING] = sha256
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")


def test_weights_come_back_from_a_model_folder_as_they_were(folder: Path) -> None:
    name_in_card(folder, VOICES.dump(folder))
    assert Tempering.load(folder) == VOICES


def test_a_model_without_weights_leaves_vader_as_it_is(folder: Path) -> None:
    assert Tempering.load(folder) is None
    scorer = Scorer.load_from(folder.parent, "2026.11-2")
    (analysis,) = scorer.analyse(["What a wonderful day, I love it"])
    assert analysis.sentiment
    assert analysis.sentiment.compound == 0.836


def test_a_scorer_joins_both_where_the_model_has_weights(folder: Path) -> None:
    name_in_card(folder, VOICES.dump(folder))
    scorer = Scorer.load_from(folder.parent, "2026.11-2")
    loved, foreign = scorer.analyse(["What a wonderful day, I love it", "Das Haus steht am Fluss und ich mag es sehr"])
    assert loved.sentiment and foreign.sentiment
    assert loved.sentiment.source is Source.VADER
    assert loved.sentiment.compound not in {0.836, 0.0}
    assert foreign.sentiment.cause is Cause.NOT_ENGLISH


@pytest.mark.parametrize("stored", [{"weights": np.array([0.5, 0.5])}, {"other": np.ones(4)}])
def test_other_contents_are_refused_with_a_sentence(folder: Path, stored: dict[str, object]) -> None:
    name_in_card(folder, modelfile.dump(stored, folder / f"{TEMPERING}.skops"))
    with pytest.raises(ModelUnusable, match="other contents than weights"):
        Tempering.load(folder)


def test_a_changed_file_is_refused(folder: Path) -> None:
    name_in_card(folder, VOICES.dump(folder))
    Tempering(0.0, 0.0, 1.0, silence=0.1).dump(folder)
    with pytest.raises(ModelUnusable, match="not the one its card names"):
        Tempering.load(folder)
