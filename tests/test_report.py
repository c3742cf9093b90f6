"""A report is one file that shows everything, carries nothing in from comments, and spares its reader."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.command import parley
from sentiment.comparison import compare
from sentiment.datasets import Example, Split
from sentiment.evaluation import Sheet
from sentiment.report.markup import Markup, joined, tag
from sentiment.scores import Attribute
from tests.test_figures import noisy, scored

EVIL = "<script>alert('idiot')</script> & \x00 \ud800 \u202e"
VOID = {"meta", "br", "input"}


class Page(HTMLParser):
    """What a page consists of: its elements with their attributes, and the text in each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.hidden: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if dict(attrs).get("class") == "hidden":
            self.hidden.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.hidden and self.open[-1:] == ["span"]:
            self.hidden[-1] += data


def write(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small sets in which a comment tries to become part of the page."""
    folder = tmp_path_factory.mktemp("sets")
    kind = [f"Thank you for number {number}, it was lovely" for number in range(200)]
    rude = [f"Fuck you and your number {number}, idiot" for number in range(200)]
    wrong = [f"{EVIL} {number}" for number in range(100)]
    labels = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
    rows: list[dict[str, object]] = [
        {"text": text, "natural": True, **dict.fromkeys(labels, int(text in rude))} for text in kind + rude + wrong
    ]
    write(folder, "jigsaw_wikipedia", rows)
    write(folder, "vader_tweets", [{"text": text, "mean": 2.0 if text in kind else -2.0} for text in kind + rude])
    return folder


@pytest.fixture(scope="module")
def html(data: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of the shipped model against itself."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    arguments = ["evaluate", "--data", str(data), "--report", str(file), "--output", str(file.with_suffix(".json"))]
    current = CliRunner().invoke(parley, arguments)
    assert current.exit_code == 0, current.output
    assert str(file) in current.stderr
    assert "toxicity" in current.stdout
    assert (
        json.loads(file.with_suffix(".json").read_text("utf-8"))["figures"]["attributes"]["toxicity"]["natural"]["auc"]
        > 0.9
    )
    return file.read_text("utf-8")


def test_a_report_needs_nothing_but_itself(html: str) -> None:
    page = Page(html)
    assert page.open == []
    assert {name for name, _ in page.elements}.isdisjoint({"script", "link", "img", "iframe", "object", "form"})
    fetched = [
        value for _, given in page.elements for key, value in given.items() if key in ("src", "href", "xlink:href")
    ]
    assert all(value is not None and value.startswith("#") for value in fetched)
    assert "@import" not in html
    assert set(re.findall(r"url\((.)", html)) <= {"#"}


def test_a_report_draws_every_curve_and_both_levels(html: str) -> None:
    page = Page(html)
    drawn = {given["aria-label"] for name, given in page.elements if name == "svg"}
    assert {"ROC curve", "Precision over recall", "Calibration: share of agreement over score"} <= drawn
    assert {"Histogram of scores", "Confusion matrix at hold 0.6", "Confusion matrix at reject 0.9"} <= drawn


def test_pictures_take_their_colours_from_the_page(html: str) -> None:
    """Else a dark page would have black letters in it."""
    pictures = "".join(re.findall(r"<svg.*?</svg>", html, re.DOTALL))
    assert "var(--ink)" in pictures
    assert set(re.findall(r"#[0-9a-f]{6}\b", pictures)) <= {"#ffffff"}


def test_a_comment_stays_text_and_is_hidden_until_somebody_looks(html: str) -> None:
    page = Page(html)
    assert any("<script>alert('idiot')</script>" in text for text in page.hidden)
    assert "<script" not in html
    assert "\x00" not in html
    assert "\u202e" not in html


def test_no_id_stands_twice(html: str) -> None:
    ids = [given["id"] for _, given in Page(html).elements if "id" in given]
    assert len(ids) == len(set(ids))


@given(st.text())
def test_any_text_is_the_same_text_in_a_page(text: str) -> None:
    page = Page(tag("span", text, class_="hidden", title=text).html)
    (element,) = page.elements
    shown = page.hidden[0]
    assert len(shown) == len(text)
    assert all(one in (other, "\ufffd") for one, other in zip(shown, text, strict=True))
    assert element[1]["title"] == shown


def test_only_markup_is_taken_as_it_is() -> None:
    assert joined("<b>", Markup("<b>")).html == "&lt;b&gt;<b>"


# --- two versions, and folds ------------------------------------------------------------------------------------------


def sheets(rows: int) -> tuple[Sheet, Sheet]:
    """A sheet that knows something and one that guesses."""
    truth, scores = noisy(rows, 5)
    examples = [
        Example(f"text {row}", "jigsaw_wikipedia", Split.TEST, {Attribute.TOXICITY: float(one)})
        for row, one in enumerate(truth.tolist())
    ]
    guessed = noisy(rows, 6)[1]
    return (
        Sheet("new", examples, scored((scores / 1.5).tolist()), scores, 0),
        Sheet("old", examples, scored((guessed / 1.5).tolist()), guessed, 0),
    )


def test_a_better_version_is_told_from_a_worse_one() -> None:
    new, old = sheets(600)
    better, worse = compare(new, old, {}), compare(old, new, {})
    assert {one.is_clear for one in better.differences} == {True}
    assert all(one.difference > 0 for one in better.differences)
    assert [one.difference for one in worse.differences] == pytest.approx(
        [-one.difference for one in better.differences]
    )


def test_a_version_does_not_differ_from_itself() -> None:
    new, _ = sheets(300)
    same = compare(new, new, {Attribute.TOXICITY: 0.5})
    assert not any(one.is_clear for one in same.differences)
    assert same.disagreements[0].only_first == same.disagreements[0].only_second == 0
    assert same.moved == ()


def test_disagreements_are_counted_at_the_threshold() -> None:
    examples = [
        Example(text, "jigsaw_wikipedia", Split.TEST, {Attribute.TOXICITY: toxic})
        for text, toxic in (("a", 1.0), ("b", 0.0), ("c", 1.0))
    ]
    first = Sheet("1", examples, scored([0.9, 0.8, 0.1]), scored([0])[0], 0)
    second = Sheet("2", examples, scored([0.1, 0.2, 0.6]), scored([0])[0], 0)
    found = compare(first, second, {Attribute.TOXICITY: 0.6})
    counts = found.disagreements[0]
    assert (counts.only_first, counts.only_first_right, counts.only_second, counts.only_second_right) == (2, 1, 1, 1)
    assert [moved.text for moved in found.moved] == ["a", "b", "c"]


@pytest.mark.parametrize("option", [("--against", "2026.11-2"), ("--folds", "3"), ("--report", "x.html")])
def test_what_needs_data_sets_says_so(option: tuple[str, str]) -> None:
    result = CliRunner().invoke(parley, ["evaluate", *option])
    assert result.exit_code == 2
    assert "--data" in result.stderr
