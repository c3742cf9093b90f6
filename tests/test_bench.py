"""The benchmark: what it sends, what it counts, and that nothing of it is left behind."""

import itertools
import json
import random
import shutil
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from bot.bench import children, deliveries, pages, requests, scoring, starts, talk
from bot.bench.bodies import AUTHORS, LONGEST, SHORTEST, Kind, bodies, text
from bot.bench.children import BenchError
from bot.bench.figures import Better, Figure, bar, median_ratio
from bot.bench.load import Round, run
from bot.command.bench import command
from sentiment.scorer import Scorer


def sent(kind: Kind, seed: int, count: int) -> list[bytes]:
    """The first bodies of a round."""
    return list(itertools.islice(bodies(kind, seed), count))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_run_sends_the_same(kind: Kind) -> None:
    assert sent(kind, 1, 300) == sent(kind, 1, 300)


def test_new_texts_are_never_sent_twice() -> None:
    """Neither in a round nor in the next."""
    rounds = [json.loads(body)["text"] for seed in range(3) for body in sent(Kind.NEW, seed, 3000)]
    assert len(set(rounds)) == 9000


def test_known_texts_come_again() -> None:
    """Two hundred of them, in every round."""
    assert len(set(sent(Kind.KNOWN, 0, 1000))) == 200


def test_texts_are_as_long_as_ordinary_comments() -> None:
    chance = random.Random(1)
    assert all(SHORTEST <= len(text(chance)) <= LONGEST for _ in range(300))


def test_comments_come_from_many_authors_in_threads() -> None:
    found = [json.loads(body) for body in sent(Kind.COMMENTS, 0, 500)]
    assert all(set(comment) == {"text", "thread", "author"} for comment in found)
    assert 100 < len({comment["author"]["id"] for comment in found}) <= AUTHORS


def test_the_echo_answers_what_it_was_asked(tmp_path: Path) -> None:
    with children.echo(tmp_path / "echo") as port:
        result = run(Round(port, "/v1/comments", "key", Kind.COMMENTS, 0, 30.0, connections=3, most=50))
    assert (result.answered, result.failed) == (50, 0)
    assert 0 < result.median <= result.slowest_percent


def test_an_answer_that_is_no_2xx_counts_as_failed(tmp_path: Path) -> None:
    """The echo knows no other address."""
    with children.echo(tmp_path / "echo") as port:
        result = run(Round(port, "/elsewhere", "key", Kind.KNOWN, 0, 30.0, connections=2, most=10))
    assert (result.answered, result.failed) == (0, 10)


def test_failed_requests_end_the_measurement(tmp_path: Path) -> None:
    """A service that answers errors quickly is not fast."""
    with (
        children.client() as sender,
        children.echo(tmp_path / "echo") as port,
        pytest.raises(BenchError, match="10 of 10 requests to /elsewhere failed"),
    ):
        sender.send(Round(port, "/elsewhere", "key", Kind.KNOWN, 0, 30.0, most=10, connections=2))


def test_nothing_is_left_when_a_measurement_fails(tmp_path: Path) -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with pytest.raises(ZeroDivisionError), children.client(), children.echo(tmp_path / "echo"):
        raise ZeroDivisionError
    assert {child.pid for child in psutil.Process().children(recursive=True)} == before


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with (
        children.child(["sh", "-c", "echo the disk is full >&2; exit 3"], tmp_path) as process,
        pytest.raises(BenchError, match=r"exit code 3\. Its last words:\nthe disk is full"),
    ):
        children.until_ready(process, children.free_port(), tmp_path)


def test_every_case_is_measured_and_its_processes_end(tmp_path: Path) -> None:
    """One short round of everything against the real service, Redis included."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    figures = list(requests.measure(requests.Plan(rounds=1, seconds=1.0, connections=4), tmp_path, lambda: None))
    assert [figure.name for figure in figures] == [
        "cached score, in process",
        "cached score, through Redis",
        "cached score, as Perspective",
        "new score",
        "stored comment",
        "memory of a process after load",
    ]
    assert all(figure.value is not None and figure.value > 0 for figure in figures)
    assert {child.pid for child in psutil.Process().children(recursive=True)} == before


def test_without_a_redis_server_its_row_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with children.redis(tmp_path / "redis") as url:
        assert url is None


async def test_pages_are_measured_on_sqlite(tmp_path: Path) -> None:
    steps = itertools.count()
    async with pages.sqlite(tmp_path) as pair:
        figure = await pages.measure("SQLite", pair, 10_000, lambda: next(steps))
    assert next(steps) == pages.steps(10_000)
    assert figure.value is not None
    assert figure.name == "queue page on SQLite, 10,000 comments against 10,000"


async def test_pages_are_measured_on_postgresql_and_leave_no_database(tmp_path: Path, postgres_url: str) -> None:
    async with pages.postgresql(postgres_url, tmp_path) as pair:
        figure = await pages.measure("PostgreSQL", pair, 10_000, lambda: None)
    assert figure.value is not None
    async with pages.postgresql(postgres_url, tmp_path):
        """A second time finds nothing in its way."""


@pytest.mark.parametrize(
    ("figure", "holds"),
    [
        (Figure("requests", 0.8, "of echo", 0.75, Better.HIGHER), True),
        (Figure("requests", 0.7, "of echo", 0.75, Better.HIGHER), False),
        (Figure("start", 4.1, "s", 4.0, Better.LOWER), False),
        (Figure("start", 3.9, "s", 4.0, Better.LOWER), True),
        (Figure("start", None, "s", 4.0, Better.LOWER), None),
    ],
)
def test_a_figure_knows_whether_its_target_holds(figure: Figure, *, holds: bool | None) -> None:
    assert figure.holds is holds


def test_a_bar_ends_at_the_value_and_marks_the_target() -> None:
    assert bar(Figure("figure", 4.0, "s", 8.0, Better.LOWER), 21) == "████████········┃····"
    assert bar(Figure("figure", None, "s", 8.0, Better.LOWER)) == ""


def test_one_disturbed_pair_does_not_change_a_ratio() -> None:
    assert median_ratio([(50, 100), (52, 100), (5, 100), (48, 100), (51, 100)]) == 0.5


def test_a_start_is_measured_from_the_command_to_ready(tmp_path: Path) -> None:
    figure = starts.measure(1, tmp_path, lambda: None)
    assert figure.value is not None
    assert 0 < figure.details["fastest"] <= figure.value <= figure.details["slowest"]


def test_the_command_prints_a_table_and_writes_json(tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    shown = CliRunner().invoke(command, ["queue", "--comments", "10000", "--output", str(written)])
    assert shown.exit_code == 0, shown.output
    assert "queue page on SQLite" in shown.stdout
    assert "PostgreSQL, 10,000 comments against 10,000: Not measured: give the address" in " ".join(
        shown.stdout.split()
    )
    sqlite, postgresql = json.loads(written.read_text())["figures"]
    assert sqlite["value"] > 0
    assert (postgresql["value"], postgresql["holds"]) == (None, None)


def test_comments_to_score_are_the_same_in_every_run_and_the_stated_share_is_rude() -> None:
    written = talk.comments(400)
    assert written == talk.comments(400)
    assert sum(rude for _, rude in written) == talk.RUDE * 400
    assert 120 < sum(len(text) for text, _ in written) / 400 < 220


def test_texts_meant_to_be_slow_are_as_long_as_the_ordinary_ones_beside_them() -> None:
    """Emoji take two of JSON's characters or more, so half as many make the same size."""
    lengths = {name: len(text) for name, text in talk.attacks().items()}
    assert {name for name, length in lengths.items() if length == talk.ATTACK // 2} == {"emoji", "mixed emoji"}
    assert set(lengths.values()) == {talk.ATTACK, talk.ATTACK // 2}
    assert {len(talk.ordinary(length)) for length in lengths.values()} == set(lengths.values())


def test_a_large_model_is_given_no_more_pieces_than_a_text_has_words_and_signs() -> None:
    assert talk.tokens("You can't do that, can you?") == 12


def test_the_whole_analysis_is_measured_beside_others_and_the_process_is_let_go() -> None:
    """One round; what it costs is not asked here."""
    cores = psutil.Process().cpu_affinity()
    steps = itertools.count()
    figures = list(scoring.measure(Scorer.load().analyse, scoring.made_up(), 1, lambda: next(steps)))
    assert next(steps) == scoring.steps(1)
    assert psutil.Process().cpu_affinity() == cores
    assert [figure.name for figure in figures] == [
        "full analysis in batches",
        "full analysis beside a large model",
        "a comment by itself",
        "a character of 20 kB",
        "20 kB meant to be slow",
    ]
    for figure in figures:
        if figure.value is None:
            assert "Install it with" in figure.note
        else:
            assert figure.value > 0
    assert set(figures[-1].details) == set(talk.attacks())
    assert "15% of them rude" in figures[0].note


def test_scoring_is_measured_on_real_comments_where_there_are_some(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="no data set"):
        scoring.real(tmp_path)
    (tmp_path / "sms_spam.jsonl").write_text('{"text": "hello", "label": "ham"}', encoding="utf-8")
    with pytest.raises(BenchError, match="without --data comments are made up"):
        scoring.real(tmp_path)
    rows = [{"text": f"Comment {n}", "toxic": n % 4 == 0, "natural": n < 80} for n in range(100)]
    (tmp_path / "jigsaw_wikipedia.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    real = scoring.real(tmp_path)
    assert (len(real.texts), real.rude) == (80, 0.25)


def test_deliveries_are_measured_and_each_is_accounted_for(tmp_path: Path) -> None:
    """A few of them, and nobody is killed: leases take a minute to end."""
    plan = deliveries.Plan(endpoints=10, per_second=100, delayed=40, quick=60, killed=60, kills=0, killed_endpoints=3)
    delay, quick, lost = deliveries.measure(plan, tmp_path, lambda: None)
    assert delay.details["deliveries"] == 36
    assert delay.value is not None and delay.value > 0
    assert quick.value is not None and quick.value > 0
    assert (lost.value, lost.details["events"], lost.details["sent twice"]) == (0, 60, 0)
