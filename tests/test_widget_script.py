"""The widget's script: small, packed as written, in four languages, and harmless whatever somebody writes."""

import gzip
import html
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.identity import Algorithm, SiteKey, read_assertion
from bot.verdict import Reason
from bot.web import pages
from bot.web.pages.packing import pack, small
from bot.web.wire.shown import Why, why
from sentiment.scores import Attribute
from tests.running import Service, serving

FOLDER = Path(str(files(pages))) / "embed"
LANGUAGES = ("en", "de", "es", "fr")
KINDS = ("comments", "chat")
PLACEHOLDER = re.compile(r"\{\w+\}")
# Read from standard input and written to standard output, a line for a line.
PARSING = """
import { createInterface } from "node:readline";
import { parse } from %s;
const lines = createInterface({ input: process.stdin });
for await (const line of lines) console.log(JSON.stringify(parse(JSON.parse(line))));
"""


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on an empty SQLite file."""
    async with serving(tmp_path) as running:
        yield running


async def test_all_that_a_reader_loads_is_at_most_15_kilobytes(service: Service) -> None:
    """As it is sent: loader, script, and the words of whichever language needs the most."""
    sizes: dict[str, int] = {}
    session = service._session
    addresses = ["/embed.js", "/pages/embed/packed.js"]
    addresses += [f"/pages/embed/words/{language}.json" for language in LANGUAGES]
    for address in addresses:
        async with session.get(service.url(address), auto_decompress=False) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            sizes[address] = len(await answer.read())
    words = max(sizes[f"/pages/embed/words/{language}.json"] for language in LANGUAGES)
    assert sizes["/embed.js"] + sizes["/pages/embed/packed.js"] + words <= 15_000, sizes


@pytest.mark.parametrize("kind", KINDS)
def test_every_language_says_everything(kind: str) -> None:
    """The same keys, the same placeholders, the same forms of number; nothing left in English by oversight."""
    english = words(kind, "en")
    for language in LANGUAGES[1:]:
        other = words(kind, language)
        assert list(other) == list(english), language
        for key, said in english.items():
            assert type(other[key]) is type(said), (language, key)
            assert placeholders(other[key]) == placeholders(said), (language, key)
        same = [key for key, said in english.items() if other[key] == said and isinstance(said, str) and " " in said]
        assert same == [], language


def words(kind: str, language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "words" / f"{language}.json").read_text("utf-8"))[kind]
    return found


def placeholders(said: str | dict[str, str]) -> set[str]:
    return set(PLACEHOLDER.findall(said if isinstance(said, str) else " ".join(said.values())))


def test_only_what_a_text_sounds_like_is_called_hurtful() -> None:
    """Every other reason has words of its own."""
    attributes = {Reason.detected(attribute) for attribute in Attribute} - {Reason.DETECTED_SPAM}
    assert {reason for reason in Reason if why(reason) is Why.HURTFUL} == attributes


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_that_the_element_says_is_there_and_every_word_is_said(kind: str) -> None:
    scripts = "\n".join((FOLDER / f"{name}.js").read_text("utf-8") for name in ("words", *SAID_BY[kind]))
    english, unnamed = words(kind, "en"), UNNAMED[kind]
    said = set(re.findall(r'say\(\s*"(\w+)"|act\("(\w+)"', scripts))
    asked = {one or other for one, other in said}
    assert asked | unnamed | {"offline", "otherwise"} <= set(english)
    assert [key for key in english if f'"{key}"' not in scripts and key not in unnamed] == []


SAID_BY = {"comments": ("comments", "comment", "compose"), "chat": ("chat",)}
UNNAMED = {
    "comments": {
        *("waiting", "rejected"),  # states
        *("too_many_requests", "unavailable", "invalid", "offline"),  # codes
        *(f"why_{one.value}" for one in Why),
    },
    "chat": {"reader", "bot", "person"},  # speakers
}


def test_what_is_packed_is_what_was_written() -> None:
    """Comments and needless spaces go; texts, patterns and the order of modules stay."""
    sources = {
        "a": 'import { two } from "./b.js";\n// Nothing.\nexport const one = `x  ${two}`; // "two"\n',
        "b": 'export const two = "a  //  b".replace(/\\s \\/\\/["\'`]/g, "");\n'
        "export function three( x ) {\n  return x / 2;\n}\n",
    }
    packed = pack(sources, ["a"], given=["a"])
    assert packed == (
        'const two="a  //  b".replace(/\\s \\/\\/["\'`]/g,"");function three(x){return x / 2;}\n'
        "const one=`x  ${two}`;\nexport {one};\n"
    )


def test_two_modules_with_the_same_name_at_the_top_are_not_packed() -> None:
    """It would be one name for two things; the second is named, so that somebody can choose another."""
    sources = {"a": 'import "./b.js";\nconst one = 1;\n', "b": "function one() {}\n"}
    with pytest.raises(ValueError, match="same name at the top: one"):
        pack(sources, ["a"])


def test_the_packed_script_is_a_script(tmp_path: Path) -> None:
    file = tmp_path / "packed.mjs"
    file.write_text(pages.widget_script(), "utf-8")
    subprocess.run([node(), "--check", file], check=True)
    assert "  " not in small("a  =  1;\n")


def node() -> str:
    found = shutil.which("node")
    assert found is not None, "The tests need node. Install it with: apt-get install nodejs"
    return found


class Parser:
    """`parse` of markdown.js, in a node that stays."""

    def __init__(self, folder: Path) -> None:
        script = folder / "parsing.mjs"
        script.write_text(PARSING % json.dumps(str(FOLDER / "markdown.js")))
        (folder / "package.json").write_text('{"type": "module"}')
        self._node = subprocess.Popen(
            [node(), "--no-warnings", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __call__(self, text: str) -> Any:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps(text) + "\n")
        self._node.stdin.flush()
        return json.loads(self._node.stdout.readline())

    def close(self) -> None:
        self._node.communicate()


@pytest.fixture(scope="module")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parser]:
    """One node for all properties."""
    running = Parser(tmp_path_factory.mktemp("node"))
    yield running
    running.close()


MARKED = st.lists(
    st.sampled_from(
        [
            *("*", "**", "_", "`", "```\n", "> ", "\n", "\n\n", " ", "a", "word", "[", "](", ")", ".", '"', "'", "👋"),
            *(
                "https://x.example/",
                "http://",
                "javascript:alert(1)",
                "](javascript:x)",
                "<b>",
                "&amp;",
                "data:text/html",
            ),
        ]
    ),
    max_size=25,
).map("".join)
BLOCKS = {"p", "blockquote", "pre"}
INLINE = {"code", "strong", "em", "a"}


def walk(tree: list[Any]) -> Iterator[Any]:
    for one in tree:
        yield one
        if not isinstance(one, str):
            yield from walk(one[2:])


def said(tree: list[Any]) -> str:
    return "".join(one for one in walk(tree) if isinstance(one, str))


@settings(max_examples=300, deadline=None)
@given(MARKED | st.text(max_size=80))
def test_whatever_somebody_writes_becomes_these_elements_only(parse: Parser, text: str) -> None:
    tree = parse(text)
    assert {one[0] for one in tree} <= BLOCKS
    for one in walk(tree):
        if isinstance(one, str):
            continue
        tag, attributes = one[:2]
        assert tag in BLOCKS | INLINE
        if tag == "a":
            assert set(attributes) == {"href", "rel", "target"}
            assert re.match(r"https?://", attributes["href"], re.IGNORECASE)
            assert attributes["rel"] == "nofollow ugc noopener"
        else:
            assert attributes == {}


@settings(max_examples=300, deadline=None)
@given(MARKED | st.text(max_size=80))
def test_no_word_is_lost_and_none_is_added(parse: Parser, text: str) -> None:
    """What is said are characters of the text in their order; only marks and addresses of links may go."""
    left = iter(text)
    assert all(character in left for character in said(parse(text)))
    kept = [character for character in said(parse(text)) if character.isalnum()]
    if "](" not in text and "```" not in text:
        assert kept == [character for character in text if character.isalnum()]


@given(st.text(alphabet=st.characters(whitelist_categories=("L", "N")), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_marks_mean_what_they_say(parse: Parser, word: str) -> None:
    assert parse(f"*{word}*") == [["p", {}, ["em", {}, word]]]
    assert parse(f"**{word}**") == [["p", {}, ["strong", {}, word]]]
    assert parse(f"`{word}`") == [["p", {}, ["code", {}, word]]]
    assert parse(f"> {word}\n{word}") == [["blockquote", {}, word], ["p", {}, word]]
    assert parse(f"```\n*{word}*\n```") == [["pre", {}, ["code", {}, f"*{word}*"]]]
    assert parse(f"[{word}](https://x.example)")[0][2][1]["href"] == "https://x.example"


def test_a_text_that_is_all_marks_takes_no_time(parse: Parser) -> None:
    """The longest comment, of what makes bad patterns slow; the timeout of the tests is the judge."""
    for mark in ("*", "_", "`", "[", "](", "**a", "> ", "https://", "_a", "[a](", "```\n", "*a "):
        assert parse(mark * (20_480 // len(mark))) is not None


def test_the_examples_of_signing_let_their_user_in(tmp_path: Path) -> None:
    """As they stand on the page, in Python and in Node; PHP is not tried here."""
    page = (Path(str(files(pages))) / "embedding.html").read_text("utf-8")
    secret = "a secret of at least thirty-two letters"

    def example(language: str) -> str:
        found = re.search(rf'<code id="sso-{language}">(.*?)</code>', page, re.DOTALL)
        assert found is not None
        return html.unescape(found[1])

    arguments = f'("u-17", "Ada", "demo", "{secret}")'
    (tmp_path / "sign.py").write_text(f"{example('python')}\nprint(parley_jwt{arguments})")
    (tmp_path / "sign.cjs").write_text(f"{example('node')}\nconsole.log(parleyJwt{arguments});")
    for command in (["python3", "sign.py"], [node(), "sign.cjs"]):
        signed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()
        found = read_assertion(signed, "demo", [SiteKey(Algorithm.HS256, secret)], datetime.now(UTC))
        assert (found.identity.author.id, found.identity.author.name) == ("u-17", "Ada")
    assert "hash_hmac('sha256', $signed, $secret, true)" in example("php")


def test_scripts_are_sent_small() -> None:
    """Gzip finds the most in what was packed."""
    assert len(gzip.compress(pages.widget_script().encode())) < sum(
        len(gzip.compress(path.read_bytes())) for path in FOLDER.glob("*.js")
    )
