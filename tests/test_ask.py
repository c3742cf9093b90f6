"""`./parley ask`, `chat` and `faq`: answers that programs can read, and files refused by the name of each fault."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.command import parley

TINY = """
fallback: I do not know.
intents:
  - id: hours
    questions: [What are your hours, When do you open, Opening times please, Are you open now]
    answer: Nine to five.
  - id: place
    questions: [Where are you, What is your address, How do I find the shop, Which street is it]
    answer: High Street 1.
  - id: price
    questions: [How much is it, What does a lamp cost, Tell me the price, Is it expensive]
    answer: Ten.
"""


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(parley, arguments, input=stdin)


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    return str(file)


def test_a_question_gets_its_answer_from_the_shipped_faq() -> None:
    result = run("ask", "Where is my comment?")
    assert result.exit_code == 0
    assert result.stdout == "Let me look for your comment.\n"
    assert "where_is_my_comment, confidence 1.00" in result.stderr


def test_what_is_declined_says_so_and_offers_questions(tiny: str) -> None:
    result = run("ask", "--faq", tiny, "Zebras dream arithmetic")
    assert result.exit_code == 0
    assert result.stdout.startswith("I do not know.\n")
    assert "  3. " in result.stdout
    assert "declined" in result.stderr


def test_a_file_of_questions_is_answered_line_by_line(tiny: str, tmp_path: Path) -> None:
    questions, answers = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    asked = [{"id": 7, "text": "when do you open?"}, {"id": "x", "text": "zebras dream arithmetic"}, {"text": "\ud800"}]
    questions.write_text("".join(json.dumps(line) + "\n" for line in asked), encoding="utf-8")
    result = run("ask", "--faq", tiny, str(questions), "--output", str(answers))
    assert result.exit_code == 0, result.stderr
    lines = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    assert lines[0] == {
        "id": 7,
        "intent": "hours",
        "best_intent": "hours",
        "confidence": 1.0,
        "answer": "Nine to five.",
    }
    assert (lines[1]["id"], lines[1]["intent"]) == ("x", None)
    assert lines[1]["best_intent"] in {"hours", "place", "price"}
    assert list(lines[2]) == ["intent", "best_intent", "confidence", "answer"]


def test_lines_that_cannot_be_read_are_named_and_the_others_answered(tiny: str, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"text": "where are you"}\nno json\n{"text": 5}\n', encoding="utf-8")
    result = run("ask", "--faq", tiny, str(questions))
    assert result.exit_code == 2
    assert json.loads(result.stdout)["intent"] == "place"
    assert "line 2: not JSON" in result.stderr
    assert "line 3: text must be a string" in result.stderr


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("intents: []", "fallback"),
        ("fallback: x\nintents: [{id: a, questions: [q], patterns: ['(?=x)'], answer: b}]", "intents[0].patterns"),
        ("fallback: x\nfallback: y", "given more than once"),
        ("{", "neither YAML nor JSON"),
        ("[" * 5000, "neither YAML nor JSON|nested too deeply"),
    ],
)
def test_a_wrong_file_is_refused_by_name(written: str, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(written, encoding="utf-8")
    for arguments in (("ask", "--faq", str(file), "hello"), ("faq", "check", str(file))):
        result = run(*arguments)
        assert result.exit_code == 2, result.output
        assert any(one in result.stderr for one in sentence.split("|")), result.stderr


def test_a_conversation_in_the_terminal_ends_with_an_empty_line(tiny: str) -> None:
    result = run("chat", "--faq", tiny, stdin="when do you open\nzebras dream arithmetic\nyes\n\nnever read\n")
    assert result.exit_code == 0
    assert "Nine to five." in result.stdout
    assert "[to a person: zebras dream arithmetic]" in result.stdout
    assert "never read" not in result.stdout


def test_a_sound_faq_is_said_to_be_sound_and_its_confusions_are_drawn(tiny: str, tmp_path: Path) -> None:
    picture = tmp_path / "confusions.svg"
    result = run("faq", "check", tiny, "--report", str(picture))
    assert result.exit_code == 0, result.stderr
    assert "Nothing is wrong with it." in result.stderr
    assert "came out right" in result.stdout
    drawn = picture.read_text(encoding="utf-8")
    assert "<svg" in drawn
    assert "taken for" in drawn


def test_patterns_do_not_flatter_the_model(tmp_path: Path) -> None:
    file = tmp_path / "patterns.yaml"
    questions = "[Zebras dream, Whales yodel, Xylophones rust]"
    odd = f"  - {{id: odd, questions: {questions}, patterns: [(zebra|whale|xylo).*], answer: A}}\n"
    file.write_text(TINY + odd, encoding="utf-8")
    result = run("faq", "check", str(file))
    cells = next(line for line in result.stdout.splitlines() if line.startswith("│ odd")).split("│")
    assert [cell.strip() for cell in cells[2:5]] == ["3", "3", "0"]
    assert "of 15 questions came out right" in result.stdout
    assert "without the patterns, which were written for these very questions" in result.stdout


def test_what_is_wrong_with_a_faq_ends_the_check_with_1(tmp_path: Path) -> None:
    file = tmp_path / "twice.yaml"
    file.write_text(TINY.replace("Where are you", "What are your hours?".strip("?")), encoding="utf-8")
    result = run("faq", "check", str(file))
    assert result.exit_code == 1
    assert "place: The question “What are your hours” is the same as" in result.stdout


def test_public_sets_are_measured_on_what_was_held_out(tmp_path: Path) -> None:
    words = {"hours": "open late today", "place": "street address town", "price": "cost money cheap"}
    rows = [
        {"text": f"{word} {number} please", "intent": intent}
        for intent, known in words.items()
        for word in known.split()
        for number in ("one", "two", "three", "four")
    ]
    with gzip.open(tmp_path / "banking77.jsonl.gz", "wt", encoding="utf-8") as opened:
        opened.writelines(json.dumps(row) + "\n" for row in rows)
    elsewhere = [{"text": "zebras", "intent": "oos", "split": "oos_val"}]
    with gzip.open(tmp_path / "clinc150.jsonl.gz", "wt", encoding="utf-8") as opened:
        parts = [row | {"split": "val" if "four" in row["text"] else "train"} for row in rows]
        opened.writelines(json.dumps(row) + "\n" for row in parts + elsewhere)
    result = run("faq", "measure", "--data", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert "banking77: 3 intents, 27 questions" in result.stdout
    assert "1.0000 of 9 others came out right" in result.stdout
    assert "1.0000 of what is none of the intents was declined" in result.stdout


def test_a_folder_without_sets_is_refused(tmp_path: Path) -> None:
    result = run("faq", "measure", "--data", str(tmp_path))
    assert result.exit_code == 2
    assert "neither banking77.jsonl.gz nor clinc150.jsonl.gz" in result.stderr
