"""Google's own client library, written by others for Perspective, calls Parley after one address is changed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httplib2
import pytest
from googleapiclient import discovery
from googleapiclient.errors import HttpError
from googleapiclient.http import BatchHttpRequest

from bot.web.compat.perspective.discovery import document
from tests.parley import Parley, serving

GOLDEN = Path(__file__).parent / "golden" / "perspective_discovery.json"


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parley]:
    with serving(tmp_path_factory.mktemp("parley") / "parley") as running:
        yield running


@pytest.fixture(scope="module")
def key(parley: Parley) -> str:
    return parley.command("keys", "create", "demo", "--scope", "submit").strip()


@pytest.fixture
def client(parley: Parley, key: str) -> Iterator[Any]:
    """What `discovery.build` makes of Parley's document (Any: its methods exist only once it was read)."""
    http = httplib2.Http()
    built = discovery.build(
        "commentanalyzer",
        "v1alpha1",
        developerKey=key,
        discoveryServiceUrl=f"{parley.url}/$discovery/rest?version=v1alpha1",
        static_discovery=False,
        http=http,
    )
    yield built
    built.close()
    http.close()


def asking(text: str, *names: str) -> dict[str, Any]:
    return {"comment": {"text": text}, "requestedAttributes": {name: {} for name in names or ("TOXICITY",)}}


def test_the_document_is_the_one_that_was_agreed() -> None:
    assert document("https://parley.example/") == json.loads(GOLDEN.read_text("utf-8"))


def test_a_comment_is_analyzed(client: Any) -> None:
    body = asking("You stupid idiot. Sorry, I like your name.", "TOXICITY@6", "INSULT") | {"spanAnnotations": True}
    answered = client.comments().analyze(body=body | {"clientToken": "t-1"}).execute()
    assert answered["attributeScores"].keys() == {"TOXICITY@6", "INSULT"}
    worse, better = answered["attributeScores"]["INSULT"]["spanScores"]
    assert (worse["begin"], worse["end"], better["begin"], better["end"]) == (0, 17, 18, 42)
    assert worse["score"]["value"] > better["score"]["value"]
    assert (answered["languages"], answered["clientToken"]) == (["en"], "t-1")


def test_a_score_is_suggested(client: Any, parley: Parley) -> None:
    scores = {"TOXICITY": {"summaryScore": {"value": 1.0}}}
    body = {"comment": {"text": "You turnip."}, "attributeScores": scores, "clientToken": "t-2"}
    assert client.comments().suggestscore(body=body).execute()["clientToken"] == "t-2"
    assert json.loads(parley.command("examples", "demo"))["labels"] == {"toxicity": 1.0}


def test_an_error_is_one_that_the_client_can_read(client: Any) -> None:
    with pytest.raises(HttpError) as refused:
        client.comments().analyze(body=asking("")).execute()
    assert refused.value.status_code == 400
    assert refused.value.reason == "Comment must be non-empty."
    assert refused.value.error_details[0]["errorType"] == "COMMENT_EMPTY"


def test_a_key_that_is_none_is_an_error_too(parley: Parley) -> None:
    http = httplib2.Http()
    address = f"{parley.url}/$discovery/rest?version=v1alpha1"
    built = discovery.build(
        "commentanalyzer",
        "v1alpha1",
        developerKey="AIza",
        discoveryServiceUrl=address,
        static_discovery=False,
        http=http,
    )
    with built, pytest.raises(HttpError, match="API key not valid"):
        built.comments().analyze(body=asking("Fine.")).execute()
    http.close()


def test_a_hundred_calls_go_in_one_batch(client: Any) -> None:
    """Each has its own answer; the one that is wrong spoils none of the others."""
    answers: dict[str, Any] = {}

    def answered(name: str, response: Any, error: HttpError | None) -> None:
        answers[name] = response or error

    batch: BatchHttpRequest = client.new_batch_http_request(callback=answered)
    for number in range(100):
        text = (
            "" if number == 50 else f"Point {number} \N{GRINNING FACE}, you are {'kind' if number % 2 else 'an idiot'}."
        )
        batch.add(client.comments().analyze(body=asking(text)), request_id=str(number))
    batch.execute()
    assert len(answers) == 100
    refused = answers.pop("50")
    assert isinstance(refused, HttpError)
    assert refused.status_code == 400
    scores = {int(name): said["attributeScores"]["TOXICITY"]["summaryScore"]["value"] for name, said in answers.items()}
    rude = [score for number, score in scores.items() if number % 2 == 0]
    assert min(rude) > max(score for number, score in scores.items() if number % 2)


def test_a_batch_of_more_than_a_hundred_is_refused(parley: Parley) -> None:
    part = "--b\r\nContent-Type: application/http\r\n\r\nPOST /v1alpha1/comments:analyze HTTP/1.1\r\n\r\n{}\r\n"
    for parts, said in ((101, "at most 100"), (0, "multipart/mixed")):
        http = httplib2.Http()
        response, content = http.request(
            f"{parley.url}/batch",
            "POST",
            body=part * parts + "--b--",
            headers={"Content-Type": "multipart/mixed; boundary=b"},
        )
        http.close()
        assert response.status == 400
        assert said in json.loads(content)["error"]["message"]


def test_a_hostile_batch_takes_no_longer_than_its_size(parley: Parley) -> None:
    """Four megabytes of line ends, of boundaries, of headers: each is refused in a moment."""
    for filling in ("\n", "--b\n", "a:\n", "--b\r\nContent-Type: application/http\r\n\r\n"):
        http = httplib2.Http(timeout=5)
        response, content = http.request(
            f"{parley.url}/batch",
            "POST",
            body=(filling * (4_000_000 // len(filling))).encode(),
            headers={"Content-Type": "multipart/mixed; boundary=b"},
        )
        http.close()
        assert (response.status, "error" in json.loads(content)) == (400, True)


def test_no_key_reaches_the_log(parley: Parley, client: Any, key: str) -> None:
    """It stands in every address, and addresses are what logs like to keep."""
    client.comments().analyze(body=asking("Rumpelstiltskin is kind.")).execute()
    parley.stop()
    assert "comments:analyze" in parley.log
    for secret in (key, "Rumpelstiltskin"):
        assert secret not in parley.log
    parley.start()


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(document("https://parley.example/"), indent=1) + "\n", "utf-8")
