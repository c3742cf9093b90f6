"""Perspective's callers change one URL: the same requests, answers and errors, field by field.

`python -m tests.test_perspective` writes the answers in tests/golden/perspective.json anew; read the difference.
"""

import asyncio
import json
import tempfile
import timeit
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.agreement import Curve
from bot.command import parley
from bot.example import Example, ExampleSource, LabelledSpan
from bot.sentences import sentences
from bot.store import curves, examples
from bot.store.keys import Scope
from bot.utf16 import Units
from bot.web.compat.perspective.attributes import MODELS, WITHOUT_MODEL
from sentiment.registry import NoSuchModel
from sentiment.scores import Analysis
from tests.builders import NOON, analysis
from tests.running import Answer, OneInsult, Service, serving

ANALYZE = "/v1alpha1/comments:analyze"
SUGGEST = "/v1alpha1/comments:suggestscore"
GOLDEN = Path(__file__).parent / "golden" / "perspective.json"
# Read as UTF-16, each of these emoji takes two units.
SMILES = "\N{GRINNING FACE}\N{GRINNING FACE} You idiot. Sorry, I like your name."


class Polyglot(OneInsult):
    """Models that know one insult, hear German in one word, and cannot tell the language of an emoji."""

    def _analyse(self, text: str) -> Analysis:
        if "dummkopf" in text.lower():
            return Analysis({}, None, "de", (), self.version)
        if not any(letter.isalpha() for letter in text):
            return analysis(model=self.version, language="und")
        return super()._analyse(text)


def polyglot(version: str | None) -> OneInsult:
    """Loads them; there is one version."""
    if version not in (None, Polyglot.version):
        raise NoSuchModel(f"There is no model {version}.")
    return Polyglot()


class NoModels(OneInsult):
    """Models that fail on every text."""

    def _analyse(self, text: str) -> Analysis:
        raise MemoryError(len(text))


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on an empty SQLite file."""
    async with serving(tmp_path, load=polyglot) as running:
        yield running


async def ask(
    service: Service, body: object, query: str = "", path: str = ANALYZE, scope: Scope = Scope.SCORE
) -> Answer:
    """Asks as Perspective's clients do: with the key in the address, and without any header."""
    return await service.ask("POST", f"{path}?key={await service.token(scope)}{query}", body, scope=None)


async def scores(service: Service, text: str, *names: str, **fields: object) -> Any:
    """The scores of a text; it must have some."""
    asked = {"comment": {"text": text}, "requestedAttributes": {name: {} for name in names}} | fields
    answer = await ask(service, asked)
    assert answer.status == 200, answer.text
    return answer.json["attributeScores"]


def golden() -> list[Any]:
    """Requests with the answers that they get."""
    cases: list[Any] = json.loads(GOLDEN.read_text("utf-8"))
    return cases


@pytest.mark.parametrize("case", golden(), ids=lambda case: case["what"])
async def test_an_answer_is_the_one_that_perspectives_clients_know(service: Service, case: Any) -> None:
    answer = await ask(service, case["request"])
    assert (answer.status, answer.json) == (case["status"], case["answer"])
    assert answer.headers["Content-Type"] == "application/json"


async def test_spans_count_utf16_units_and_stand_for_sentences(service: Service) -> None:
    """What JavaScript cuts out with them is the sentence."""
    found = await scores(service, SMILES, "INSULT", spanAnnotations=True)
    units = SMILES.encode("utf-16-le")
    cut = [units[2 * span["begin"] : 2 * span["end"]].decode("utf-16-le") for span in found["INSULT"]["spanScores"]]
    assert cut == ["\N{GRINNING FACE}\N{GRINNING FACE} You idiot.", "Sorry, I like your name."]
    assert [span["score"]["value"] for span in found["INSULT"]["spanScores"]] == [0.8, 0.01]
    assert found["INSULT"]["summaryScore"]["value"] == 0.8


@given(st.text(alphabet=st.sampled_from("ab. !?\n\u3002\U0001f600\u0301\u201d"), max_size=60))
def test_sentences_hold_all_that_is_not_blank_once_and_in_order(text: str) -> None:
    found = sentences(text)
    assert "".join("".join(text[begin:end].split()) for begin, end in found) == "".join(text.split())
    assert all(begin < end for begin, end in found)
    units = Units(text)
    for place in range(len(text) + 1):
        assert units.code_point(units.of(place)) == place
        assert units.of(place) == len(text[:place].encode("utf-16-le")) // 2


@pytest.mark.parametrize("piece", [".", "?!", ".)", '."', "a.", ". ", "\u3002", "\n", "\U0001f600."])
def test_a_hostile_text_is_cut_in_no_more_time_than_another(piece: str) -> None:
    """In a fiftieth of a second; were it by the square of the length, it would be a hundred times that."""
    text = piece * (20_000 // len(piece)) + "x"
    assert min(timeit.repeat(lambda: sentences(text), number=1, repeat=3)) < 0.2


async def test_a_comment_of_thousands_of_full_stops_is_answered(service: Service) -> None:
    found = await scores(service, "ah. " * 5_000, "TOXICITY", spanAnnotations=True)
    spans = found["TOXICITY"]["spanScores"]
    assert len(spans) == 500
    assert spans[-1]["end"] == 19_999


async def test_every_attribute_with_a_model_is_answered_and_every_other_refused(service: Service) -> None:
    found = await scores(service, "You idiot.", *MODELS)
    assert found.keys() == MODELS.keys()
    for name in WITHOUT_MODEL:
        answer = await ask(service, {"comment": {"text": "You idiot."}, "requestedAttributes": {name: {}}})
        assert answer.status == 400
        assert answer.json["error"]["message"].startswith(f"Unknown requested attribute: {name}")
        assert answer.json["error"]["details"][0]["errorType"] == "INVALID_REQUEST"


async def test_a_caller_may_select_parts_of_an_answer_and_have_it_laid_out(service: Service) -> None:
    asked = {"comment": {"text": "You idiot."}, "requestedAttributes": {"INSULT": {}}, "languages": ["en"]}
    answer = await ask(service, asked, "&fields=attributeScores/*/summaryScore/value")
    assert answer.json == {"attributeScores": {"INSULT": {"summaryScore": {"value": 0.8}}}}
    assert "\n" not in answer.text
    assert (
        await ask(service, asked, "&fields=languages&prettyPrint=true")
    ).text == '{\n  "languages": [\n    "en"\n  ]\n}'
    for query in ("&fields=scores", "&prettyPrint=maybe", "&alt=proto", "&callback=said"):
        refused = await ask(service, asked, query)
        assert (refused.status, refused.json["error"]["status"]) == (400, "INVALID_ARGUMENT")


async def test_html_is_scored_as_its_reader_sees_it(service: Service) -> None:
    asked = {
        "comment": {"text": "<p>You idiot.</p>", "type": "HTML"},
        "requestedAttributes": {"INSULT": {}},
    }
    assert (await ask(service, asked)).json["attributeScores"]["INSULT"]["summaryScore"]["value"] == 0.8


async def test_spans_of_html_are_the_sentences_that_its_reader_sees(service: Service) -> None:
    text = '<p>You <b title="a. b? c">idiot</b>.</p><p>Sorry &amp; thanks.</p>'
    asked = {"comment": {"text": text, "type": "HTML"}, "requestedAttributes": {"INSULT": {}}, "spanAnnotations": True}
    spans = (await ask(service, asked)).json["attributeScores"]["INSULT"]["spanScores"]
    assert [text[span["begin"] : span["end"]] for span in spans] == [
        'You <b title="a. b? c">idiot</b>.',
        "Sorry &amp; thanks.",
    ]
    assert [span["score"]["value"] for span in spans] == [0.8, 0.01]


@pytest.mark.parametrize(("letter", "most"), [("a", 20_480), ("é", 10_240)])
async def test_a_comment_has_at_most_20480_bytes(service: Service, letter: str, most: int) -> None:
    assert await scores(service, letter * most, "TOXICITY")
    asked = {"comment": {"text": letter * (most + 1)}, "requestedAttributes": {"TOXICITY": {}}}
    answer = await ask(service, asked)
    assert (answer.status, answer.json["error"]["message"]) == (400, "Comment text too long.")
    assert answer.json["error"]["details"][0]["errorType"] == "COMMENT_TOO_LONG"


async def test_the_key_may_come_in_any_place_that_googles_clients_use(service: Service) -> None:
    token = await service.token(Scope.SCORE)
    asked = {"comment": {"text": "Fine."}, "requestedAttributes": {"TOXICITY": {}}}
    for query, headers in (
        (f"?alt=json&key={token}", {}),
        ("", {"X-Goog-Api-Key": token}),
        ("", {"Authorization": f"Bearer {token}"}),
    ):
        answer = await service.ask("POST", ANALYZE + query, asked, scope=None, headers=headers)
        assert answer.status == 200, answer.text


async def test_a_key_that_will_not_do_is_refused_in_googles_words(service: Service) -> None:
    asked = {"comment": {"text": "Fine."}, "requestedAttributes": {"TOXICITY": {}}}
    unknown = await service.ask("POST", f"{ANALYZE}?key=AIzaSyNobody", asked, scope=None)
    assert (unknown.status, unknown.json["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert unknown.json["error"]["message"] == "API key not valid. Please pass a valid API key."
    assert unknown.json["error"]["details"][0]["reason"] == "API_KEY_INVALID"
    none = await service.ask("POST", ANALYZE, asked, scope=None)
    assert (none.status, none.json["error"]["status"]) == (403, "PERMISSION_DENIED")


async def test_a_key_that_asks_too_often_learns_when_to_come_back(tmp_path: Path) -> None:
    asked = {"comment": {"text": "Fine."}, "requestedAttributes": {"TOXICITY": {}}}
    async with serving(tmp_path, rate_limit=1) as service:
        assert (await ask(service, asked)).status == 200
        answer = await ask(service, asked)
    assert answer.status == 429
    error = answer.json["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["message"].startswith("Quota exceeded for quota metric 'Analysis requests (AnalyzeComment)'")
    info, retry = error["details"]
    assert (info["reason"], info["metadata"]["quota_limit_value"]) == ("RATE_LIMIT_EXCEEDED", "1")
    assert retry["retryDelay"] == f"{answer.headers['Retry-After']}s"


async def test_nothing_of_a_comment_is_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither in the files of the store nor in a log, whatever `doNotStore` says; also not of context and session."""
    async with serving(tmp_path) as service:
        for stores in (True, False):
            await scores(
                service,
                f"Rumpelstiltskin is an idiot, {stores}.",
                "TOXICITY",
                doNotStore=stores,
                sessionId="Rumpelstiltskin",
                communityId="Rumpelstiltskin",
                context={"entries": [{"text": "Rumpelstiltskin"}]},
            )
    kept = everything_in(tmp_path)
    assert kept
    assert b"Rumpelstiltskin" not in kept
    assert "Rumpelstiltskin" not in "".join(capfd.readouterr())


def everything_in(folder: Path) -> bytes:
    """All bytes that are stored there."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_a_version_of_parleys_models_can_be_named_and_one_that_is_not_there_is_refused(service: Service) -> None:
    found = await scores(service, "You idiot.", "INSULT", "INSULT@one-insult", "INSULT@3")
    assert {name: score["summaryScore"]["value"] for name, score in found.items()} == {
        "INSULT": 0.8,
        "INSULT@one-insult": 0.8,
        "INSULT@3": 0.8,
    }
    answer = await ask(service, {"comment": {"text": "Hm."}, "requestedAttributes": {"INSULT@2020.01-1": {}}})
    assert answer.status == 400
    assert answer.json["error"]["message"].startswith("Unknown requested attribute: INSULT@2020.01-1")


async def test_a_sites_scores_are_read_by_its_curves(service: Service) -> None:
    """For the models that the curves were fitted to, in sums, spans and thresholds; other sites see none of it."""
    kept = {"insult": Curve(((0.0, 0.0), (0.8, 0.6), (1.0, 0.9)))}
    await service.parts.database.write(curves.keep, "demo", "one-insult", kept, NOON)
    await service.parts.database.write(curves.keep, "other", "another", kept, NOON)
    found = await scores(service, "You idiot. Thank you.", "INSULT@2", "TOXICITY", spanAnnotations=True)
    assert found["INSULT@2"]["summaryScore"]["value"] == 0.6
    assert [span["score"]["value"] for span in found["INSULT@2"]["spanScores"]] == [0.6, 0.0075]
    assert found["TOXICITY"]["summaryScore"]["value"] == 0.01
    asked = {"comment": {"text": "You idiot."}, "requestedAttributes": {"INSULT": {"scoreThreshold": 0.7}}}
    assert (await ask(service, asked)).json["attributeScores"] == {}
    query = f"?key={await service.token(Scope.SCORE, 'other')}"
    elsewhere = await service.ask("POST", ANALYZE + query, asked, scope=None)
    assert elsewhere.json["attributeScores"]["INSULT"]["summaryScore"]["value"] == 0.8


async def test_models_that_are_away_are_an_error_and_no_score(tmp_path: Path) -> None:
    async with serving(tmp_path, load=lambda _: NoModels()) as service:
        answer = await ask(service, {"comment": {"text": "Fine."}, "requestedAttributes": {"TOXICITY": {}}})
    assert (answer.status, answer.json["error"]["status"]) == (503, "UNAVAILABLE")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("body", "query"),
    [(b"", ""), (b"[]", ""), (b"{", ""), (b'{"text": 1}', ""), (b"{}", "&callback=x"), (b"{}", "&alt=proto")],
)
async def test_what_is_no_call_is_refused_in_googles_shape(service: Service, body: bytes, query: str) -> None:
    address = f"{ANALYZE}?key={await service.token(Scope.SCORE)}{query}"
    answer = await service.ask("POST", address, scope=None, body=body)
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT"), answer.text


SUGGESTION = {
    "comment": {"text": "\N{GRINNING FACE} You idiot."},
    "context": {"entries": [{"text": "An article."}]},
    "attributeScores": {
        "INSULT@3": {
            "summaryScore": {"value": 1},
            "spanScores": [{"begin": 7, "end": 12, "score": {"value": 0.9, "type": "PROBABILITY"}}],
        },
        "FLIRTATION": {"summaryScore": {"value": 0.2}},
    },
    "languages": ["en"],
    "communityId": "example.org",
    "clientToken": "comment-1",
    "sessionId": "Rumpelstiltskin",
}


async def test_a_suggested_score_becomes_a_labelled_example_of_the_site(service: Service) -> None:
    answer = await ask(service, SUGGESTION, path=SUGGEST, scope=Scope.SUBMIT)
    assert (answer.status, answer.json) == (
        200,
        {"clientToken": "comment-1", "detectedLanguages": ["en"], "requestedLanguages": ["en"]},
    )
    (kept,) = await service.parts.database.read(examples.of, "demo", 0, 10)
    assert kept.example == Example(
        text="\N{GRINNING FACE} You idiot.",
        labels={"insult": 1.0, "flirtation": 0.2},
        source=ExampleSource.PERSPECTIVE,
        spans=(LabelledSpan("insult", 6, 11, 0.9),),
        language="en",
        context=("An article.",),
        community="example.org",
        reference="comment-1",
    )
    assert await service.parts.database.read(examples.of, "other", 0, 10) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"attributeScores": {}}, "attributeScores must name"),
        ({"attributeScores": {"INSULT": {}}}, "attributeScores.INSULT needs a summaryScore"),
        ({"attributeScores": {"INSULT": {"summaryScore": {"value": 2}}}}, "must be 0 to 1"),
        ({"attributeScores": {"INSULT": {"summaryScore": {"value": 0.5, "type": "RAW"}}}}, "score type RAW"),
        ({"attributeScores": {"INSULT": {"spanScores": [{"begin": 0, "score": {"value": 1}}]}}}, "end is missing"),
        ({"attributeScores": {"INSULT": {"spanScores": [{"begin": 0, "end": 99, "score": {"value": 1}}]}}}, "UTF-16"),
        ({"attributeScores": {"MADE_UP": {"summaryScore": {"value": 1}}}}, "Unknown requested attribute: MADE_UP"),
        ({"comment": {"text": ""}}, "Comment must be non-empty."),
        ({"comment": {"text": "a\0b"}}, "NUL"),
        ({"clientToken": "x" * 2_000}, "clientToken must not be longer"),
    ],
)
async def test_a_suggestion_that_cannot_be_learned_from_is_refused(
    service: Service, wrong: dict[str, object], said: str
) -> None:
    answer = await ask(service, SUGGESTION | wrong, path=SUGGEST, scope=Scope.SUBMIT)
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert said in answer.json["error"]["message"]
    assert await service.parts.database.read(examples.of, "demo", 0, 10) == []


async def test_a_key_that_may_only_score_suggests_nothing(service: Service) -> None:
    answer = await ask(service, SUGGESTION, path=SUGGEST, scope=Scope.SCORE)
    assert (answer.status, answer.json["error"]["status"]) == (403, "PERMISSION_DENIED")


async def test_examples_are_listed_on_the_command_line(service: Service, tmp_path: Path) -> None:
    for token in ("first", "second"):
        await ask(service, SUGGESTION | {"clientToken": token}, path=SUGGEST, scope=Scope.SUBMIT)
    ran = await asyncio.to_thread(
        CliRunner().invoke, parley, ["examples", "demo", "--data", str(tmp_path)], catch_exceptions=False
    )
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(line["reference"], line["labels"]["insult"]) for line in lines] == [("first", 1.0), ("second", 1.0)]


async def write() -> None:
    """Writes the answers anew."""
    with tempfile.TemporaryDirectory() as folder:
        async with serving(Path(folder), load=polyglot) as service:
            cases = golden()
            for case in cases:
                answer = await ask(service, case["request"])
                case |= {"status": answer.status, "answer": answer.json}
    GOLDEN.write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(write())
