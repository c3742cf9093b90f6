"""Training is repeatable, honest about its data, and leaves a model that can be used at once."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from sentiment.classifier import Classifier
from sentiment.datasets import DATA_SETS, DataUnusable, Split, examples, find
from sentiment.modelfile import fingerprint
from sentiment.rendering import RENDERED, Rendering
from sentiment.scorer import Scorer
from sentiment.scores import Attribute
from sentiment.stated import judge, stated, tallies
from sentiment.tones import TonesRecipe
from sentiment.training import Recipe, train

_TOPICS = ("the bridge", "this article", "your garden", "the match", "our school", "the weather", "his song", "rain")
_KIND = ("I like {}.", "{} is lovely today", "Thanks for {}!", "Who wrote about {}?", "We walked past {} twice")
_RUDE = ("You idiot, {} is shit", "Shut up about {}, moron", "{} is for losers", "Die, {} and you", "Suck {} you whore")


RECIPE = Recipe(fewest=8, tones=TonesRecipe(steps=10))
"""Quick: Parley's own sentences are always among what is learned from."""


def _quiet(stage: str, done: int, total: int) -> None:
    assert 0 <= done <= total


def _write(folder: Path, name: str, rows: Sequence[Mapping[str, object]]) -> None:
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small sets in the shape of the public ones, with sentences of our own."""
    folder = tmp_path_factory.mktemp("sets")
    kind = [form.format(topic) for form in _KIND for topic in _TOPICS]
    rude = [form.format(topic) for form in _RUDE for topic in _TOPICS]
    labels = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
    rows = [{"text": text} | dict.fromkeys(labels, int(text in rude)) | {"natural": True} for text in kind + rude]
    _write(folder, "jigsaw_wikipedia", rows)
    _write(folder, "perspective_wikipedia_1k", [_perspective(text, text in rude) for text in kind + rude])
    _write(folder, "civil_toxic_spans", [{"text": text, "spans": [0, 1, 2, 3]} for text in rude])
    _write(folder, "vader_tweets", [{"text": text, "mean": -3.0} for text in rude])
    _write(folder, "vader_movie", [{"text": text, "mean": 3.0 if text in kind[:20] else 0.0} for text in kind])
    return folder


def _perspective(text: str, rude: object) -> Mapping[str, object]:
    scores = dict.fromkeys((name.value for name in Attribute), 0.7 if rude else 0.1)
    return {"text": text, "perspective": scores | {"sexually_explicit": 0.9 if rude else 0.05}}


@pytest.fixture(scope="module")
def folder(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(data, tmp_path_factory.mktemp("models"), "test-1", _quiet, RECIPE)


def test_the_same_data_and_seed_give_the_same_bytes(data: Path, folder: Path, tmp_path: Path) -> None:
    again = train(data, tmp_path, "test-1", _quiet, RECIPE)
    assert {path.name: fingerprint(path) for path in again.iterdir()} == {
        path.name: fingerprint(path) for path in folder.iterdir()
    }


def test_a_trained_model_scores_at_once(folder: Path) -> None:
    scorer = Scorer.load_from(folder.parent, "test-1")
    rude, kind = scorer.analyse(["Shut up about the bridge, moron", "We walked past the bridge twice"])
    assert rude.scores[Attribute.TOXICITY] > 0.5 > kind.scores[Attribute.TOXICITY]


def test_a_model_that_saw_marks_knows_what_raters_mark_and_its_card_names_the_file(folder: Path) -> None:
    assert Classifier.load(folder).marks is not None
    assert "marks" in json.loads((folder / "card.json").read_text("utf-8"))["files"]


def test_the_card_names_data_licences_splits_and_figures(folder: Path, data: Path) -> None:
    card = json.loads((folder / "card.json").read_text("utf-8"))
    sets = {entry["name"]: entry for entry in card["data"]}
    assert sets["jigsaw_wikipedia"]["licence"] == "CC-BY-SA-3.0"
    assert sets["jigsaw_wikipedia"]["sha256"] == fingerprint(data / "jigsaw_wikipedia.jsonl.gz")
    assert sum(sets["jigsaw_wikipedia"]["texts"].values()) == 80
    assert card["recipe"]["seed"] == 1
    assert set(card["figures"]["attributes"]) == {str(attribute) for attribute in Attribute}
    assert all(card["files"][path.stem] == fingerprint(path) for path in folder.glob("*.skops"))
    assert "CC-BY-SA-3.0" in (folder / "card.md").read_text("utf-8")


def test_the_card_says_what_the_finished_models_make_of_the_evaluation_sentences(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text("utf-8"))
    found = tallies(judge(Scorer.load_from(folder.parent, folder.name), stated()))
    assert card["stated"] == json.loads(json.dumps({name: asdict(suite) for name, suite in found.items()}))
    assert all(
        f"| **{name}** | {suite.whole.sentences} |" in (folder / "card.md").read_text() for name, suite in found.items()
    )


def test_a_model_that_saw_scores_of_perspectives_learns_to_answer_in_its_place(folder: Path) -> None:
    scorer, rendering = Scorer.load_from(folder.parent, folder.name), Rendering.load(folder)
    assert rendering is not None
    rude, kind = "Shut up about the bridge, moron", "We walked past the bridge twice"
    said = [rendering.of(text, *scorer.analyse([text])) for text in (rude, kind)]
    assert all(0.5 < said[0][name] < 0.9 and said[1][name] < 0.3 for name in RENDERED)
    assert f"# Model {folder.name} in Perspective's place" in (folder / "perspective.md").read_text("utf-8")


def test_versions_never_change(data: Path, folder: Path) -> None:
    with pytest.raises(FileExistsError, match="versions never change"):
        train(data, folder.parent, "test-1", _quiet)


def test_a_file_without_a_known_licence_is_refused(data: Path, tmp_path: Path) -> None:
    _write(tmp_path, "scraped_forum", [{"text": "hello"}])
    with pytest.raises(DataUnusable, match=r"scraped_forum\.jsonl\.gz is no data set with a known licence"):
        find(tmp_path)


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataUnusable, match="no data set"):
        train(tmp_path, tmp_path, "test-1", _quiet)


def test_a_head_without_examples_on_both_sides_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, "sms_spam", [{"text": f"win a prize {number}", "spam": 1} for number in range(30)])
    with pytest.raises(DataUnusable, match="for and against severe_toxicity"):
        train(tmp_path, tmp_path / "out", "test-1", _quiet, Recipe(fewest=2))
    assert not (tmp_path / "out" / "test-1").exists()


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "sms_spam.jsonl").write_text('{"text": "hello", "spam": 0}\nnot json\n', encoding="utf-8")
    with pytest.raises(DataUnusable, match=r"sms_spam\.jsonl line 2"):
        list(examples(tmp_path))


def test_every_form_of_a_text_is_in_the_same_split(tmp_path: Path) -> None:
    """What differs in case and punctuation only must not be learned in one form and measured in the other."""
    forms = [form for word in range(300) for form in (f"Hello, Number {word}!", f"hello number {word}")]
    natural = [{"text": text, "toxic": 0, "natural": text[0] == "H"} for text in forms]
    _write(tmp_path, "jigsaw_wikipedia", natural)
    known = [example for example in examples(tmp_path) if example.source == "jigsaw_wikipedia"]
    assert all(left.split is right.split for left, right in zip(known[::2], known[1::2], strict=True))
    assert {example.split for example in known} == set(Split)


def test_every_data_set_has_an_origin_and_its_own_name() -> None:
    assert len({dataset.name for dataset in DATA_SETS}) == len(DATA_SETS)
    assert all(dataset.origin for dataset in DATA_SETS)


def test_a_model_says_which_version_it_is(folder: Path) -> None:
    assert Classifier.load(folder).version == "test-1"
