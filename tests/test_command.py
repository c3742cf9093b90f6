"""The command line: the same words as the API, clear refusals with exit code 2, and output that programs can read."""

import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from rich.console import Console

from bot.command import COMMANDS, parley
from bot.command.listing import show
from bot.command.output import writing
from bot.command.store import with_store
from bot.comment import Comment, Status
from bot.policy import Policy
from bot.store.counts import Totals
from bot.store.filling import fill
from bot.store.queue import Page
from bot.verdict import Decision, Evidence, Place, Reason, Verdict
from tests.builders import NOON, submission


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    """One call of ./parley."""
    return CliRunner().invoke(parley, arguments, input=stdin)


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A new data folder, as the value of --data."""
    return str(tmp_path / "data")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")


@pytest.mark.parametrize("group", ["faq", "keys", "moderators", "policy", "sites"])
def test_what_a_group_lists_is_never_cut_short(group: str) -> None:
    assert "..." not in run(group, "--help").stdout.partition("Commands:")[2]


def test_an_unknown_command_is_refused_by_name() -> None:
    result = run("serv")
    assert result.exit_code == 2
    assert "serv" in result.stderr


def test_a_new_key_stands_alone_on_standard_output(data: str) -> None:
    result = run("keys", "create", "demo", "--scope", "moderate", "--data", data)
    assert result.exit_code == 0
    assert result.stdout.startswith("parley_")
    assert result.stdout.count("\n") == 1


def test_keys_are_listed_without_their_secret_and_revoked_once(data: str) -> None:
    token = run("keys", "create", "demo", "--scope", "submit", "--name", "shop", "--data", data).stdout.strip()
    (line,) = run("keys", "list", "demo", "--data", data).stdout.splitlines()
    key = json.loads(line)
    assert (key["name"], key["scope"], key["revoked_at"]) == ("shop", "submit", None)
    assert token not in line
    assert run("keys", "revoke", "demo", str(key["id"]), "--data", data).exit_code == 0
    assert json.loads(run("keys", "list", "demo", "--data", data).stdout)["revoked_at"] is not None
    assert run("keys", "revoke", "demo", str(key["id"]), "--data", data).exit_code == 2


@pytest.mark.parametrize("folder", ["{file}/data", "/proc/parley"])
@pytest.mark.parametrize("way", ["--data", "PARLEY_DATA"])
def test_a_data_folder_that_cannot_be_is_named(
    folder: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    place = folder.format(file=file)
    if way == "PARLEY_DATA":
        monkeypatch.setenv("PARLEY_DATA", place)
    result = run("sites", "list", *(["--data", place] if way == "--data" else []))
    assert result.exit_code == 2
    assert place in result.stderr
    assert "--data" in result.stderr


def test_a_site_that_is_not_there_is_named_with_the_command_that_adds_it(data: str) -> None:
    result = run("keys", "create", "blog", "--scope", "submit", "--data", data)
    assert result.exit_code == 2
    assert "./parley sites add blog" in result.stderr
    assert run("sites", "add", "blog", "--data", data).exit_code == 0
    assert run("sites", "list", "--data", data).stdout.split() == ["blog", "demo"]
    assert run("keys", "create", "blog", "--scope", "submit", "--data", data).exit_code == 0


@pytest.mark.parametrize("name", ["caf\u00e9", "\udcff", "two words", "x" * 1000])
def test_a_name_that_is_no_sites_is_not_found(data: str, name: str) -> None:
    result = run("queue", name, "--data", data)
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 2


@pytest.mark.parametrize("name", ["Blog", "-x", "a b", "", "x" * 64])
def test_a_name_that_no_site_can_have_is_refused(data: str, name: str) -> None:
    assert run("sites", "add", "--data", data, "--", name).exit_code == 2


def test_a_policy_is_shown_edited_and_set_as_the_next_version(data: str, tmp_path: Path) -> None:
    shown = run("policy", "show", "demo", "--data", data)
    assert Policy.model_validate(yaml.safe_load(shown.stdout)) == Policy()
    file = tmp_path / "policy.yaml"
    file.write_text(shown.stdout.replace("links: 3", "links: 1"))
    assert run("policy", "set", "demo", str(file), "--note", "no links", "--data", data).exit_code == 0
    assert yaml.safe_load(run("policy", "show", "demo", "--data", data).stdout)["links"] == 1
    assert yaml.safe_load(run("policy", "show", "demo", "--version", "1", "--data", data).stdout)["links"] == 3
    assert run("policy", "show", "demo", "--version", "9", "--data", data).exit_code == 2


def test_an_faq_is_shown_edited_and_set_as_the_next_version(data: str, tmp_path: Path) -> None:
    shown = run("faq", "show", "demo", "--data", data)
    assert "# demo, the FAQ that Parley comes with" in shown.stderr
    file = tmp_path / "faq.yaml"
    faq = yaml.safe_load(shown.stdout)
    file.write_text(yaml.safe_dump(faq | {"fallback": "Ask the editors."}), "utf-8")
    assert run("faq", "set", "demo", str(file), "--note", "editors", "--data", data).exit_code == 0
    assert yaml.safe_load(run("faq", "show", "demo", "--data", data).stdout)["fallback"] == "Ask the editors."
    assert yaml.safe_load(run("faq", "show", "demo", "--version", "0", "--data", data).stdout) == faq
    assert run("faq", "show", "demo", "--version", "9", "--data", data).exit_code == 2


def test_every_wrong_field_of_an_faq_is_named(data: str) -> None:
    wrong = "intents: [{id: two words, answer: Yes.}]\nlanguage: english\nhours: 9\n"
    result = run("faq", "set", "demo", "-", "--data", data, stdin=wrong)
    assert result.exit_code == 2
    for field in ("intents[0]", "language", "hours", "fallback"):
        assert f"\n  {field} " in result.stderr


def test_every_wrong_field_of_a_policy_is_named() -> None:
    result = run("policy", "check", "-", stdin="attributes: {toxicity: {hold: 2}}\nwords: {banned: [1]}\nlink: 3\n")
    assert result.exit_code == 2
    assert "link is not known here; leave it out" in result.stderr
    for field in ("attributes.toxicity.hold", "words.banned[0]", "link"):
        assert field in result.stderr


@pytest.mark.parametrize("broken", ["a: [", "- 1", b"\xff\xfe", "links: 2026-13-45", "[" * 3000])
def test_a_file_that_is_no_policy_is_refused_in_a_sentence(broken: str | bytes) -> None:
    result = run("policy", "check", "-", stdin=broken)
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 2


def test_a_policy_that_says_something_twice_is_refused_by_name() -> None:
    result = run("policy", "check", "-", stdin="words: {}\nlinks: 2\nlinks: 3\n")
    assert result.exit_code == 2
    assert "links is given more than once, again in line 3" in result.stderr


def test_comments_are_scored_line_by_line_in_order() -> None:
    insult = "You are a disgusting idiot."
    lines = [{"id": "a", "text": insult}, {"text": "Thank you, lovely photo."}, {"id": 3, "text": ""}]
    result = run("score", "-", stdin="\n".join(map(json.dumps, lines)))
    assert result.exit_code == 0, result.stderr
    rude, kind, blank = map(json.loads, result.stdout.splitlines())
    assert (rude["id"], blank["id"]) == ("a", 3)
    assert "id" not in kind
    assert rude["decision"] != "approve"
    assert "detected_insult" in rude["reasons"]
    assert any("idiot" in insult[span["begin"] : span["end"]] for span in rude["spans"])
    assert kind["decision"] == "approve"
    assert set(kind["sentiment"]) == {"neg", "neu", "pos", "compound", "source", "cause"}
    assert (blank["scores"], blank["sentiment"], blank["decision"]) == ({}, None, "hold")


def test_lines_that_cannot_be_read_are_named_and_the_others_scored(tmp_path: Path) -> None:
    output = tmp_path / "scores.jsonl"
    stdin = (
        b'{"text": "fine"}\nnot json\n{"texts": 1}\n{"text": 5, "id": []}\n\xff\n[]\n\n{"id": "z", "text": "\\ud83d"}\n'
    )
    result = run("score", "-", "--output", str(output), stdin=stdin)
    assert result.exit_code == 2
    for line in (
        "line 2:",
        "line 3: text is missing",
        "line 4: id must be a string or a whole number; text must be a string",
        "line 5: not UTF-8",
        "line 6:",
    ):
        assert line in result.stderr
    assert len(output.read_text().splitlines()) == 2


def test_a_file_can_be_replaced_by_its_own_scores(tmp_path: Path) -> None:
    file = tmp_path / "comments.jsonl"
    file.write_text('{"id": 1, "text": "fine"}\n{"id": 2, "text": "also fine"}\n')
    assert run("score", str(file), "--output", str(file)).exit_code == 0
    assert [json.loads(line)["decision"] for line in file.read_text().splitlines()] == ["approve", "approve"]
    assert list(tmp_path.iterdir()) == [file]


def test_what_was_there_stays_if_scoring_is_interrupted(tmp_path: Path) -> None:
    file = tmp_path / "scores.jsonl"
    file.write_text("before")

    def interrupted() -> None:
        with writing(file) as opened:
            opened.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_linked_file_is_written_where_it_is(tmp_path: Path) -> None:
    file, link = tmp_path / "scores.jsonl", tmp_path / "link"
    file.touch(mode=0o600)
    link.symlink_to(file)
    assert run("score", "-", "--output", str(link), stdin='{"text": "fine"}').exit_code == 0
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text())["decision"] == "approve"


def test_a_pipe_is_written_to_as_it_is() -> None:
    reading, writing_end = os.pipe()
    try:
        result = run("score", "-", "--output", f"/dev/fd/{writing_end}", stdin='{"text": "fine"}')
    finally:
        os.close(writing_end)
    with os.fdopen(reading) as piped:
        assert result.exit_code == 0, result.stderr
        assert json.loads(piped.read())["decision"] == "approve"


def test_scores_that_can_go_nowhere_are_refused_before_the_work(tmp_path: Path) -> None:
    result = run("score", "-", "--output", str(tmp_path / "missing" / "x"), stdin='{"text": "fine"}')
    assert result.exit_code == 2
    assert str(tmp_path / "missing") in result.stderr


def test_a_policy_file_changes_what_score_decides(tmp_path: Path) -> None:
    file = tmp_path / "strict.yaml"
    file.write_text("words: {banned: [lovely]}")
    result = run("score", "-", "--policy", str(file), stdin='{"text": "Thank you, lovely photo."}')
    assert json.loads(result.stdout)["decision"] == "reject"


def test_an_empty_queue_prints_nothing(data: str) -> None:
    result = run("queue", "demo", "--data", data)
    assert (result.exit_code, result.stdout) == (0, "")


def fill_queue(data: str) -> None:
    """Ten held comments or so for the demo site."""
    with_store(Path(data), lambda database: database.write(fill, "demo", 200, 7))


def test_the_next_page_is_one_command_away_with_all_filters(data: str) -> None:
    fill_queue(data)
    first = run("queue", "demo", "--since", "2026-01-01", "--sort", "severity", "--limit", "2", "--data", data)
    call = shlex.split(first.stderr.strip().removeprefix("More with: ./parley "))
    assert call[:6] == ["queue", "demo", "--since", "2026-01-01 00:00:00", "--sort", "severity"]
    second = run(*call)
    severities = [json.loads(line)["severity"] for line in (first.stdout + second.stdout).splitlines()]
    assert len(severities) == 4
    assert severities == sorted(severities, reverse=True)
    assert call[:-1] == shlex.split(second.stderr.strip().removeprefix("More with: ./parley "))[:-1]


def shown(text: str, width: int) -> str:
    """What a terminal of that width gets to show of a queue with one comment."""
    place = Place(0, 3)
    verdict = Verdict(
        Decision.HOLD, (Evidence(Reason.DETECTED_SEVERE_TOXICITY, Decision.HOLD, span=place),), 0.5, None, 1
    )
    comment = Comment(1, "demo", submission(text), Status.HELD, NOON, None, verdict)
    console = Console(width=width, file=io.StringIO(), record=True)
    show(Page((comment,), None, Totals(1, {})), Status.HELD, console)
    return console.export_text()


@pytest.mark.parametrize("width", [60, 80, 109])
def test_on_a_narrow_terminal_the_text_gets_the_room(width: int) -> None:
    text = "word " * 200
    lines = shown(text, width).splitlines()
    assert len(lines) <= 3 + len(text) / (width - 10)
    assert "severe_toxicity" in " ".join(lines)
    assert "detected_" not in " ".join(lines)


@pytest.mark.parametrize("width", [80, 160])
def test_no_comment_steers_the_terminal(width: int) -> None:
    screen = shown("a\x1b[2Jb\rc\x9bd [red]e \ud83d", width)
    assert "a␛[2Jb␍c�d [red]e �" in screen


@pytest.mark.parametrize(
    "options",
    [
        ["--cursor", "x"],
        ["--attribute", "insult", "--min-score", "2"],
        ["--attribute", "insult", "--min-score", "nan"],
        ["--min-score", "0.5"],
        ["--reason", "rude"],
        ["--since", "noon"],
        ["--author", ""],
        ["--thread", ""],
        ["--text", ""],
        ["--limit", "201"],
    ],
)
def test_a_wrong_option_of_the_queue_is_refused(data: str, options: list[str]) -> None:
    result = run("queue", "demo", "--data", data, *options)
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 2
    assert options[-2] in result.stderr


def test_times_outside_of_every_comments_only_find_nothing(data: str) -> None:
    result = run("queue", "demo", "--data", data, "--since", "9999-12-31", "--until", "0001-01-01")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(
    "call",
    [
        ["keys", "create", "demo", "--scope", "submit", "--name", ""],
        ["keys", "create", "demo", "--scope", "submit", "--name", "x" * 201],
        ["keys", "create", "demo", "--scope", "submit", "--name", "two\nlines"],
        ["policy", "set", "demo", "-", "--note", "x" * 501],
        ["policy", "set", "demo", "-", "--note", "two\nlines"],
        ["decide", "demo", "0000000000000", "approve", "--reason", ""],
        ["decide", "demo", "0000000000000", "approve", "--reason", "x" * 101],
        ["decide", "demo", "0000000000000", "approve", "--note", "x" * 2001],
        ["decide", "demo", "0000000000000", "approve", "--moderator", ""],
        ["decide", "demo", "0000000000000", "approve", "--moderator", "x" * 201],
    ],
)
def test_the_limits_of_the_api_hold_here_as_well(data: str, call: list[str]) -> None:
    result = run(*call, "--data", data, stdin="links: 2")
    assert result.exit_code == 2
    assert f"{call[-2]} must" in result.stderr


@pytest.mark.parametrize("number", ["-1", "99999999999999999999999"])
def test_a_number_that_no_key_can_have_is_refused(data: str, number: str) -> None:
    assert run("keys", "revoke", "--data", data, "--", "demo", number).exit_code == 2


@pytest.mark.parametrize("name", ["2020.1-1", "../models/2026.11-2", ".", ""])
def test_models_that_are_not_there_are_refused(name: str) -> None:
    result = run("score", "-", "--model", name, stdin='{"text": "fine"}')
    assert result.exit_code == 2
    assert "PARLEY_MODEL" in result.stderr


@pytest.mark.parametrize("command", [["score", "-"], ["serve", "--port", "0"]])
def test_the_variable_for_the_models_counts_and_names_those_there_are(
    command: list[str], data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_MODEL", "2020.1-1")
    monkeypatch.setenv("PARLEY_DATA", data)
    result = run(*command, stdin='{"text": "fine"}')
    assert result.exit_code == 2
    assert "There are: 2026." in result.stderr


def test_output_for_which_there_is_no_room_is_a_sentence() -> None:
    result = run("score", "-", "--output", "/dev/full", stdin='{"text": "fine"}')
    assert result.exit_code == 2
    assert "/dev/full cannot be written to the end: No space left on device." in result.stderr


def test_what_was_there_stays_where_there_is_no_room_for_more(tmp_path: Path) -> None:
    place = tmp_path / "scores.jsonl"
    place.write_text("before", encoding="utf-8")
    limited = (
        "import resource, pathlib, sys; from bot.command.output import writing\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "with writing(pathlib.Path(sys.argv[1])) as written: written.write('x' * 100_000)"
    )
    done = subprocess.run([sys.executable, "-c", limited, str(place)], capture_output=True, text=True, check=False)
    assert "cannot be written to the end: File too large; what was there is as it was." in done.stderr
    assert [path.read_text("utf-8") for path in tmp_path.iterdir()] == ["before"]


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("place", ["file/data", "."])
def test_a_data_folder_that_cannot_be_used_ends_the_start_with_what_to_do(
    tmp_path: Path, workers: str, place: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "parley.db").mkdir()
    command = ["serve", "--port", "0", "--workers", workers, "--data", str(tmp_path / place)]
    done = subprocess.run(
        [sys.executable, "-m", "bot", *command], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_variable_that_is_no_setting_is_named_with_the_one_that_was_meant(
    data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_WORKER", "2")
    monkeypatch.setenv("PARLEY_TEAPOT", "1")
    monkeypatch.setenv("parley_port", "1")
    result = run("sites", "list", "--data", data)
    assert result.exit_code == 0
    assert "PARLEY_WORKER is no setting of Parley's and changes nothing; is it PARLEY_WORKERS?" in result.stderr
    assert "PARLEY_TEAPOT is no setting of Parley's and changes nothing." in result.stderr
    assert "parley_port" not in result.stderr


def test_a_decision_needs_a_comment_that_is_there(data: str) -> None:
    assert run("decide", "demo", "nonsense", "approve", "--data", data).exit_code == 2
    missing = run("decide", "demo", "0000000000000", "approve", "--data", data)
    assert missing.exit_code == 1
    assert "no such comment" in missing.stderr
