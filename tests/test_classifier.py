"""A model is used as it was shipped, or not at all; and its scores are what its characters earned."""

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge  # type: ignore[import-untyped]

from sentiment import modelfile
from sentiment.classifier import Classifier
from sentiment.features import extract
from sentiment.registry import ModelUnusable, Registry
from sentiment.scores import Attribute
from sentiment.text import read


def current_folder() -> Path:
    registry = Registry.beside()
    return registry.folder(registry.current())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model that a test may spoil."""
    return Path(shutil.copytree(current_folder(), tmp_path / "copy"))


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load(current_folder())


def test_a_truncated_model_file_is_refused(folder: Path) -> None:
    path = folder / "toxicity.skops"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelUnusable, match=r"toxicity\.skops is not the one its card names"):
        Classifier.load(folder)


def test_a_changed_model_file_is_refused_though_it_could_be_read(folder: Path) -> None:
    shutil.copyfile(folder / "insult.skops", folder / "toxicity.skops")
    with pytest.raises(ModelUnusable, match="is not the one its card names"):
        Classifier.load(folder)


def test_a_missing_model_file_is_refused(folder: Path) -> None:
    (folder / "vocabulary.skops").unlink()
    with pytest.raises(ModelUnusable, match="cannot be read"):
        Classifier.load(folder)


@pytest.mark.parametrize("card", ["", "{}", "[1]", '{"version": "x", "features": "ngrams-1"}', "\x00"])
def test_a_model_without_a_whole_card_is_refused(folder: Path, card: str) -> None:
    (folder / "card.json").write_text(card, encoding="utf-8")
    with pytest.raises(ModelUnusable):
        Classifier.load(folder)


def test_a_model_of_other_features_is_refused_with_both_versions(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text("utf-8")) | {"features": "ngrams-0"}
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(ModelUnusable, match=r"ngrams-0 .* reads ngrams-\d"):
        Classifier.load(folder)


def test_a_model_from_before_the_last_features_were_added_answers_as_before(folder: Path) -> None:
    """A model's list of known features may end before this program's does."""
    before = Classifier.load(folder)
    known = np.zeros(int(before.vocabulary.buckets[-1]) + 1, dtype=np.bool_)
    known[before.vocabulary.buckets] = True
    card = json.loads((folder / "card.json").read_text("utf-8"))
    stored = {"known": np.packbits(known), "idf": before.vocabulary.idf.astype(np.float16)}
    card["files"]["vocabulary"] = modelfile.dump(stored, folder / "vocabulary.skops")
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    readings = [read("You are an idiot, see http://example.org !!!"), read("Lovely \N{PARTY POPPER}")]
    assert Classifier.load(folder).find(readings) == before.find(readings)


def test_a_file_with_a_type_that_is_not_trusted_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.skops"
    modelfile.dump({"path": np.zeros(1)}, path)
    with zipfile.ZipFile(path) as archive:
        schema = archive.read("schema.json").replace(b'"numpy"', b'"os.path"')
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("schema.json", schema.replace(b'"ndarray"', b'"join"'))
    with pytest.raises(ModelUnusable):
        modelfile.load(path, modelfile.fingerprint(path))


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (Ridge().fit([[0.0], [1.0]], [0, 1]), r"threat\.skops holds a type that no model needs"),
        ({"coef": np.zeros(3)}, r"threat\.skops holds no head"),
    ],
)
def test_a_head_that_is_no_logistic_regression_is_refused(folder: Path, other: object, why: str) -> None:
    card = json.loads((folder / "card.json").read_text("utf-8"))
    card["files"]["threat"] = modelfile.dump(other, folder / "threat.skops")
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(ModelUnusable, match=why):
        Classifier.load(folder)


def test_the_same_object_becomes_the_same_bytes(tmp_path: Path) -> None:
    first, second = ({"values": np.arange(9.0), "names": ["a", "b"]} for _ in range(2))
    assert modelfile.dump(first, tmp_path / "first") == modelfile.dump(second, tmp_path / "second")


def test_a_score_is_the_sum_of_what_its_characters_earned(classifier: Classifier) -> None:
    for text in ("You are an idiot, you 1d10t!!!", "Thanks for the <b>link</b>: http://example.org", "x"):
        reading = read(text)
        logits = classifier.logits(extract([reading]))[0]
        earned = classifier.contributions(reading).sum(axis=0) + classifier.intercepts
        np.testing.assert_allclose(earned, logits, atol=1e-4)
        (finding,) = classifier.find([reading])
        for attribute, logit in zip(Attribute, earned, strict=False):
            assert finding.scores[attribute] == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-5)


def test_no_texts_have_no_findings(classifier: Classifier) -> None:
    assert classifier.find([]) == []
