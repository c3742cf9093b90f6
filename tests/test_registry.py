"""Versions of the models: where they are, which one is current, and what `./parley models` says of them."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.command import parley
from bot.command.models import looked_at, show_table
from sentiment.registry import ModelUnusable, NoSuchModel, Registry
from sentiment.scorer import Scorer

SHIPPED = Registry.beside()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's folder with the version "mine-1"."""
    folder = tmp_path / "models"
    add_version(folder, "mine-1")
    monkeypatch.setenv("PARLEY_MODELS_FOLDER", str(folder))
    return folder


def add_version(folder: Path, name: str) -> Path:
    """Another version: the files of a shipped one under a name of its own."""
    version = Path(shutil.copytree(SHIPPED.folder("2026.11-2"), folder / name))
    card = json.loads((version / "card.json").read_text("utf-8")) | {"version": name}
    (version / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return version


def run(*arguments: str) -> Result:
    """One call of ./parley models."""
    return CliRunner().invoke(parley, ["models", *arguments])


def test_the_current_version_is_one_that_is_there() -> None:
    assert SHIPPED.current() in SHIPPED.versions()


@given(st.lists(st.integers(1, 300), min_size=2, unique=True))
def test_the_newest_version_comes_first_however_many_digits_its_number_has(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("models")
    for number in numbers:
        (folder / f"2026.11-{number}").mkdir()
    assert Registry(folder).versions() == [f"2026.11-{number}" for number in sorted(numbers, reverse=True)]


def test_an_operators_versions_stand_beside_the_shipped_ones(own: Path) -> None:
    registry = Registry.beside(own)
    assert set(registry.versions()) == {*SHIPPED.versions(), "mine-1"}
    assert registry.folder("mine-1") == own / "mine-1"
    assert registry.folder("2026.11-2") == SHIPPED.folder("2026.11-2")
    assert registry.current() == SHIPPED.current()
    assert Scorer.load("mine-1", own).version == "mine-1"


def test_a_shipped_name_always_means_the_shipped_version(own: Path) -> None:
    (own / "2026.11-2").mkdir()
    assert Registry.beside(own).folder("2026.11-2") == SHIPPED.folder("2026.11-2")


@pytest.mark.parametrize("name", ["2020.1-1", "", ".", "..", "../models/2026.11-2", "\0", "CURRENT"])
def test_a_name_that_is_no_version_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(NoSuchModel, match=r"There are: .*2026\.11-2"):
        SHIPPED.folder(name)


def test_a_folder_under_another_models_name_is_refused(own: Path) -> None:
    (own / "mine-1").rename(own / "mine-2")
    with pytest.raises(ModelUnusable, match="holds the model mine-1"):
        Scorer.load("mine-2", own)


def test_a_folder_of_models_that_names_none_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoSuchModel, match="parley models use"):
        Registry(tmp_path).current()


def test_the_list_has_every_version_with_its_figures_and_whether_it_can_be_used(own: Path) -> None:
    (add_version(own, "broken-1") / "threat.skops").write_bytes(b"")
    (own / "empty-1").mkdir()
    lines = {line["version"]: line for line in map(json.loads, run("list", "--json").stdout.splitlines())}
    assert set(lines) == {*SHIPPED.versions(), "mine-1", "broken-1", "empty-1"}
    assert [version for version, line in lines.items() if line["current"]] == [SHIPPED.current()]
    mine = lines["mine-1"]
    assert (mine["usable"], mine["fault"], mine["features"]) == (True, None, "ngrams-1")
    assert mine["trained_on"] == {"texts": 306_019, "sets": 19}
    assert mine["auc"]["toxicity"] == pytest.approx(0.9753)
    assert mine["size"] == sum(path.stat().st_size for path in (own / "mine-1").iterdir())
    assert not lines["broken-1"]["usable"]
    assert "threat.skops is not the one its card names" in lines["broken-1"]["fault"]
    assert "no readable card" in lines["empty-1"]["fault"]


def test_a_version_that_parley_is_told_to_use_counts_as_current(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_MODEL", "mine-1")
    lines = map(json.loads, run("list").stdout.splitlines())
    assert [line["version"] for line in lines if line["current"]] == ["mine-1"]


def test_a_card_is_shown_to_people_and_to_programs() -> None:
    folder = SHIPPED.folder("2026.11-2")
    assert run("show", "2026.11-2").stdout == (folder / "card.md").read_text("utf-8")
    assert json.loads(run("show", "2026.11-2", "--json").stdout)["version"] == "2026.11-2"
    assert json.loads(run("show", "--json").stdout)["version"] == SHIPPED.current()


@pytest.mark.parametrize("call", [["show", "2020.1-1"], ["use", "2020.1-1"], ["use", ".."]])
def test_a_version_that_is_not_there_is_refused_by_every_command(call: list[str]) -> None:
    result = run(*call)
    assert result.exit_code == 2
    assert "There are: 2026." in result.stderr


def test_choosing_a_version_makes_it_the_one_that_is_used(own: Path) -> None:
    shipped = SHIPPED.current()
    result = run("use", "mine-1")
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"instead of {shipped}" in result.stderr
    assert "next start" in result.stderr
    assert Registry.beside(own).current() == "mine-1"
    assert Scorer.load(own=own).version == "mine-1"
    assert sorted(path.name for path in own.iterdir()) == ["CURRENT", "mine-1"]
    assert SHIPPED.current() == shipped


def test_a_variable_that_goes_before_the_choice_is_named(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_MODEL", "2026.11-2")
    assert "PARLEY_MODEL says 2026.11-2" in run("use", "mine-1").stderr


def test_a_damaged_version_is_not_chosen(own: Path) -> None:
    (own / "mine-1" / "spam.skops").write_bytes(b"")
    result = run("use", "mine-1")
    assert result.exit_code == 1
    assert "spam.skops is not the one its card names" in result.stderr
    assert not (own / "CURRENT").exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a file"
    place.write_text("", encoding="utf-8")
    monkeypatch.setenv("PARLEY_MODELS_FOLDER", str(place))
    result = run("use", "2026.11-2")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert "PARLEY_MODEL=2026.11-2" in result.stderr


@pytest.mark.parametrize(
    ("name", "why"),
    [("2026.11-2", "exists already"), ("mine-1", "exists already"), ("my model", "cannot be"), ("../x", "cannot be")],
)
def test_a_name_that_a_new_version_cannot_have_is_refused_before_training(own: Path, name: str, why: str) -> None:
    result = CliRunner().invoke(parley, ["train", "--data", str(own), "--version", name])
    assert result.exit_code == 2
    assert why in result.stderr


def test_a_folder_that_cannot_take_a_new_version_is_refused_before_training(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(parley, ["train", "--data", str(tmp_path), "--output", str(tmp_path / "file" / "sub")])
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert "PARLEY_MODELS_FOLDER" in result.stderr


def test_on_a_terminal_the_list_is_a_table_that_fits(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "empty-1").mkdir()
    rows = [(version, *looked_at(Registry.beside(own), version)) for version in ("2026.11-2", "mine-1", "empty-1")]
    show_table(rows, "mine-1", Console(width=80))
    shown = capsys.readouterr().out
    assert "…" not in shown
    assert all(found in shown for found in ("mine-1 *", "306,019 texts", "0.975", "ngrams-1", "unusable"))
    assert "The model empty-1 has no readable card" in shown
