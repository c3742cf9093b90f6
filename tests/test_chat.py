"""A reader talks to the site: answers from its FAQ, deeds for an author's own comments, a person where these end.

Everything here is asked as a site's server asks it; what a page asks is the same behind another door.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.comment import read_id
from bot.store.keys import Scope
from tests.fakes import Clock
from tests.running import Answer, Service, serving
from tests.servers import Redis
from tests.waiting import eventually

ADA, BOB = "ada", "bob"
APPEAL = {"id": "appeal", "questions": ["Ich möchte Einspruch erheben"], "answer": "Gern.", "actions": ["appeal"]}
GERMAN = {
    "language": "de",
    "intents": [{"id": "hours", "questions": ["Wann haben Sie geöffnet?"], "answer": "Von neun bis fünf."}, APPEAL],
    "fallback": "Das weiß ich nicht.",
    "words": {"greeting": "Moin."},
}


@pytest.fixture(params=["embedded", "servers"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on its own file, and on Redis and PostgreSQL."""
    urls = {}
    if request.param == "servers":
        urls = {"database_url": request.getfixturevalue("postgres_url")}
        urls["redis_url"] = request.getfixturevalue("redis_url")
    async with serving(tmp_path, **urls) as running:
        yield running


class Reader:
    """A reader of a site, whom the site's server knows or not, and their conversation."""

    def __init__(self, service: Service, author: str | None = None, site: str = "demo") -> None:
        self.service = service
        self.author = author
        self.site = site
        self.conversation: str | None = None
        self.turn: Any = None

    async def ask(self, said: str | None) -> Answer:
        """The answer as it came."""
        asked: dict[str, object] = {} if said is None else {"say": said}
        if self.author is not None:
            asked["author"] = self.author
        if self.conversation is not None:
            asked["conversation"] = self.conversation
        return await self.service.ask("POST", "/v1/chat", asked, scope=Scope.SUBMIT, site=self.site)

    async def say(self, said: str) -> str:
        """What the bot answers, as one text."""
        before = {line["id"] for line in self.turn["lines"]} if self.turn else set()
        answer = await self.ask(said)
        assert answer.status == 200, answer.text
        self.turn = answer.json
        self.conversation = self.turn["conversation"]
        lines = [line for line in self.turn["lines"] if line["id"] not in before]
        return "\n".join(line["text"] for line in lines if line["speaker"] == "bot")

    async def look(self) -> list[tuple[str, str]]:
        """The conversation as it stands: who said what."""
        answer = await self.ask(None)
        assert answer.status == 200, answer.text
        self.turn = answer.json
        return [(line["speaker"], line["text"]) for line in self.turn["lines"]]

    @property
    def choices(self) -> dict[str, str]:
        """What can be pressed: label and what it says."""
        return {choice["label"]: choice["say"] for choice in self.turn["choices"]}


async def reject(service: Service, comment: Any, **more: str) -> None:
    asked = {"decision": "reject"} | more
    answer = await service.ask("POST", f"/v1/comments/{comment['id']}/decisions", asked)
    assert answer.status == 201, answer.text


async def status(service: Service, comment: Any) -> str:
    return str((await service.ask("GET", f"/v1/comments/{comment['id']}")).json["status"])


# --- Answers.


async def test_a_new_reader_is_greeted_and_nothing_is_kept(service: Service) -> None:
    reader = Reader(service)
    ((speaker, greeting),) = await reader.look()
    assert (speaker, greeting[:6]) == ("bot", "Hello.")
    assert reader.turn["conversation"] is None
    assert len(reader.choices) == 3


async def test_questions_are_answered_from_the_faq_and_the_conversation_is_gone_on_with(service: Service) -> None:
    reader = Reader(service)
    assert "**bold**" in await reader.say("How do I make text bold?")
    again = Reader(service)
    again.conversation = reader.conversation
    assert [speaker for speaker, _ in await again.look()] == ["reader", "bot"]


async def test_what_the_faq_does_not_know_is_declined_with_the_nearest_questions_and_a_person(service: Service) -> None:
    reader = Reader(service)
    await reader.say("Do you know a good recipe for rhubarb pie?")
    assert len(reader.choices) == 4
    assert "Ask a person" in reader.choices


async def test_a_site_answers_from_its_own_faq_in_its_own_language(service: Service) -> None:
    assert (await service.ask("PUT", "/v1/faq", {"faq": GERMAN})).json["version"] == 1
    reader = Reader(service, ADA)
    assert (await reader.look())[0] == ("bot", "Moin.")
    assert await reader.say("Wann haben Sie geöffnet?") == "Von neun bis fünf."
    await reject(service, await service.submit("You idiot.", author=ADA))
    assert "Sagen Sie mir" in await reader.say("Ich möchte Einspruch erheben")
    assert list(reader.choices) == ["Lieber nicht"]
    assert (await Reader(service, site="other").look())[0][1].startswith("Hello.")


# --- The author's own comments.


async def test_an_author_is_told_where_a_comment_is_and_why(service: Service) -> None:
    await service.submit("You idiot.", author=ADA)
    told = await Reader(service, ADA).say("Why was my comment held?")
    assert "“You idiot.” waits for a moderator" in told
    assert "it reads like an insult" in told


async def test_nobody_is_told_of_another_authors_comment(service: Service) -> None:
    await service.submit("You idiot.", author=ADA)
    assert "no comment of yours" in await Reader(service, BOB).say("Where is my comment?")
    unknown = await Reader(service).say("Where is my comment?")
    assert "only tell that to whoever wrote" in unknown
    assert "idiot" not in unknown


async def test_a_moderators_message_reaches_the_author(service: Service) -> None:
    comment = await service.submit("You idiot.", author=ADA)
    await reject(service, comment, message="Please argue without names.")
    reader = Reader(service, ADA)
    told = await reader.say("Where is my comment?")
    assert "was not published" in told
    assert "Please argue without names." in told
    assert reader.choices == {"I want to appeal": "I want to appeal"}


async def test_of_several_comments_the_author_chooses_one(service: Service) -> None:
    first = await service.submit("You idiot, one.", author=ADA)
    second = await service.submit("You idiot, two.", author=ADA)
    reader = Reader(service, ADA)
    assert "Which of your comments" in await reader.say("Delete my comment")
    assert reader.choices == {"You idiot, two.": "1", "You idiot, one.": "2"}
    assert "delete your comment “You idiot, one.”" in await reader.say("2")
    assert "is deleted" in await reader.say("yes")
    assert [await status(service, one) for one in (first, second)] == ["withdrawn", "held"]


async def test_an_appeal_collects_what_the_author_says_and_is_made_once_it_is_confirmed(service: Service) -> None:
    comment = await service.submit("You idiot.", author=ADA)
    await reject(service, comment)
    reader = Reader(service, ADA)
    assert "Tell me" in await reader.say("I want to appeal")
    assert "“It was a quotation.”" in await reader.say("It was a quotation.")
    assert await status(service, comment) == "rejected"
    assert "with the moderators" in await reader.say("yes")
    assert await status(service, comment) == "held"
    trail = (await service.ask("GET", f"/v1/comments/{comment['id']}/decisions")).json["items"]
    assert (trail[-1]["source"], trail[-1]["note"]) == ("appeal", "It was a quotation.")
    assert "appealed already" in await reader.say("I want to appeal")


async def test_an_appeal_that_is_not_confirmed_changes_nothing(service: Service) -> None:
    comment = await service.submit("You idiot.", author=ADA)
    await reject(service, comment)
    reader = Reader(service, ADA)
    for said in ("I want to appeal", "It was a quotation.", "no"):
        told = await reader.say(said)
    assert "leave it as it is" in told
    await reader.say("I want to appeal")
    await reader.say("It was a quotation.")
    assert "**bold**" in await reader.say("How do I make text bold?")
    assert "is deleted" not in await reader.say("yes")
    assert await status(service, comment) == "rejected"


async def edit(service: Service, comment: dict[str, Any], text: str) -> None:
    """Its author changes it."""
    number = read_id(comment["id"])
    assert number is not None
    await service.parts.moderation.edit("demo", number, ADA, text)


async def test_an_author_who_is_shadow_banned_learns_nothing_of_it(service: Service) -> None:
    await service.ask("PUT", f"/v1/authors/{ADA}", {"standing": "shadow_banned"})
    comment = await service.submit("A fair point.", author=ADA)
    assert "is published" in await Reader(service, ADA).say("Where is my comment?")
    await edit(service, comment, "A fairer point.")
    assert "is published" in await Reader(service, ADA).say("Where is my comment?")


async def test_who_changed_a_comment_into_one_that_the_rules_refuse_is_told_why(service: Service) -> None:
    await service.ask("PUT", "/v1/policy", {"policy": {"words": {"banned": ["xyzzy"]}}})
    comment = await service.submit("A fair point.", author=ADA)
    await edit(service, comment, "A fair xyzzy.")
    assert await status(service, comment) == "rejected"
    assert "has a word that is not allowed here" in await Reader(service, ADA).say("Why was my comment rejected?")


async def test_the_rules_are_those_of_the_sites_policy(service: Service) -> None:
    asked = {"policy": {"links": 2, "words": {"banned": ["xyzzy"]}, "attributes": {"spam": None}, "reports": None}}
    await service.ask("PUT", "/v1/policy", asked)
    told = await Reader(service).say("What are the rules?")
    assert "2 links" in told
    assert "Some words are not allowed" in told
    assert "an insult" in told
    for kept_back in ("xyzzy", "advertising", "report"):
        assert kept_back not in told


# --- A person.


async def hand_over(reader: Reader, question: str = "Do you know a good recipe for rhubarb pie?") -> None:
    await reader.say(question)
    assert question in await reader.say(reader.choices["Ask a person"])
    assert "It is with the moderators" in await reader.say("yes")
    assert reader.turn["waiting"] == 1


async def test_a_question_goes_to_a_person_and_the_answer_comes_back(service: Service) -> None:
    reader = Reader(service)
    await hand_over(reader)
    listed = (await service.ask("GET", "/v1/questions")).json
    assert listed["waiting"] == 1
    (question,) = listed["items"]
    assert question["text"] == "Do you know a good recipe for rhubarb pie?"
    answered = await service.ask("PUT", f"/v1/questions/{question['id']}", {"answer": "You may."})
    assert answered.json["status"] == "answered"
    assert (await reader.look())[-1] == ("person", "You may.")
    assert reader.turn["waiting"] == 0
    again = await service.ask("PUT", f"/v1/questions/{question['id']}", {"answer": None})
    assert (again.status, again.json["type"]) == (409, "/reference#problem-question_settled")


async def test_a_yes_to_the_offer_hands_over_what_was_asked(service: Service) -> None:
    reader = Reader(service)
    await reader.say("Do you know a good recipe for rhubarb pie?")
    assert "moderator" in await reader.say("yes, please")
    (question,) = (await service.ask("GET", "/v1/questions")).json["items"]
    assert question["text"] == "Do you know a good recipe for rhubarb pie?"


async def test_an_answer_arrives_although_the_conversation_was_forgotten(service: Service) -> None:
    reader = Reader(service)
    await hand_over(reader)
    for key in [*service.parts.cache.conversations._here]:
        await service.parts.cache.conversations.forget(key)
    if service.parts.cache._link is not None:
        await service.parts.cache._link.ask("test", lambda redis: redis.flushdb())
    (question,) = (await service.ask("GET", "/v1/questions")).json["items"]
    await service.ask("PUT", f"/v1/questions/{question['id']}", {"answer": "You may."})
    assert await reader.look() == [("person", "You may.")]
    token = reader.conversation
    await reader.say("How do I make text bold?")
    assert reader.conversation == token


async def test_only_so_many_questions_of_one_reader_wait(service: Service) -> None:
    reader = Reader(service)
    for number in range(4):
        await reader.say(f"Rhubarb pie recipe number {number}?")
        await reader.say("Ask a person")
        told = await reader.say("yes")
    assert "wait already" in told
    assert (await service.ask("GET", "/v1/questions")).json["waiting"] == 3


async def test_a_site_may_take_no_questions(service: Service) -> None:
    await service.ask("PUT", "/v1/policy", {"policy": {"chat": {"hand_over": False}}})
    reader = Reader(service)
    await reader.say("Do you know a good recipe for rhubarb pie?")
    assert "Ask a person" not in reader.choices
    assert "Nobody takes questions" in await reader.say("Ask a person")
    assert (await service.ask("GET", "/v1/questions")).json["waiting"] == 0


async def test_a_reader_who_is_done_leaves_nothing_behind(service: Service) -> None:
    reader = Reader(service)
    await hand_over(reader)
    assert reader.conversation is not None
    await service.parts.chat.forget("demo", None, reader.conversation)
    assert (await service.ask("GET", "/v1/questions")).json["waiting"] == 0
    ((_, greeting),) = await reader.look()
    assert greeting.startswith("Hello")


# --- Whose conversation it is.


async def test_a_conversation_is_its_authors_and_its_sites_alone(service: Service) -> None:
    await service.submit("You idiot.", author=ADA)
    reader = Reader(service, ADA)
    await reader.say("Where is my comment?")
    for other in (Reader(service, BOB), Reader(service), Reader(service, ADA, site="other")):
        other.conversation = reader.conversation
        assert "idiot" not in str(await other.look())
        await other.say("How do I make text bold?")
        assert other.conversation != reader.conversation
    assert len(await reader.look()) == 3


async def test_a_secret_that_the_page_invented_is_not_taken(service: Service) -> None:
    reader = Reader(service)
    reader.conversation = "mine-for-ever"
    await reader.say("How do I make text bold?")
    assert reader.conversation != "mine-for-ever"
    assert len(str(reader.conversation)) >= 32


async def test_whoever_signs_in_takes_their_conversation_along(service: Service) -> None:
    await service.submit("You idiot.", author=ADA)
    reader = Reader(service)
    await reader.say("Where is my comment?")
    reader.author = ADA
    assert "waits for a moderator" in await reader.say("Where is my comment?")
    reader.author = None
    assert "idiot" not in str(await reader.look())


# --- Tone, and too much.


async def test_abuse_gets_a_calm_answer_and_is_not_kept(service: Service) -> None:
    reader = Reader(service)
    assert "rather not answer" in await reader.say("You are an idiot")
    assert reader.conversation is None
    await reader.say("How do I make text bold?")
    await reader.say("You are an idiot")
    assert "idiot" not in str(await reader.look())


async def test_who_appeals_may_quote_what_it_is_about(service: Service) -> None:
    comment = await service.submit("You idiot.", author=ADA)
    await reject(service, comment)
    reader = Reader(service, ADA)
    await reader.say("I want to appeal")
    assert "I will send this" in await reader.say("Idiot is what he called himself.")


async def test_two_windows_at_once_lose_no_turn(service: Service) -> None:
    reader = Reader(service)
    await reader.say("How do I make text bold?")
    answers = await asyncio.gather(*(reader.ask("What are the rules?") for _ in range(2)))
    assert [answer.status for answer in answers] == [200, 200]
    assert [speaker for speaker, _ in await reader.look()] == ["reader", "bot"] * 3


async def test_who_says_too_much_is_told_to_wait(service: Service) -> None:
    reader = Reader(service)
    await reader.say("How do I make text bold?")
    for _ in range(19):
        assert (await reader.ask("What are the rules?")).status == 200
    while (answer := await reader.ask("What are the rules?")).status == 200:
        # A slow machine earns another one now and then.
        pass
    assert (answer.status, answer.json["type"]) == (429, "/reference#problem-too_many_requests")
    assert int(answer.headers["Retry-After"]) >= 1


async def test_a_site_may_have_no_chat(service: Service) -> None:
    await service.ask("PUT", "/v1/policy", {"policy": {"chat": {"enabled": False}}})
    answer = await Reader(service).ask(None)
    assert (answer.status, answer.json["type"]) == (403, "/reference#problem-chat_closed")


# --- How long, and what when Redis is away.


async def test_a_conversation_is_forgotten_as_soon_as_the_site_wants(tmp_path: Path) -> None:
    """In this process by its own clock; what Redis is told is in tests/test_conversations.py."""
    async with serving(tmp_path) as service:
        await service.ask("PUT", "/v1/policy", {"policy": {"chat": {"keep_minutes": 5}}})
        clock = Clock()
        service.parts.cache.conversations._clock = clock
        reader = Reader(service)
        await reader.say("How do I make text bold?")
        clock.now = 299
        assert len(await reader.look()) == 2
        clock.now = 300
        assert len(await reader.look()) == 1
        assert reader.turn["conversation"] is None


async def test_a_question_to_a_person_is_forgotten_as_soon_as_the_site_wants(service: Service) -> None:
    await service.ask("PUT", "/v1/policy", {"policy": {"chat": {"question_days": 1}}})
    reader = Reader(service)
    await hand_over(reader)
    (question,) = (await service.ask("GET", "/v1/questions")).json["items"]
    asked, expires = (datetime.fromisoformat(question[name]) for name in ("asked_at", "expires_at"))
    assert expires - asked == timedelta(days=1)
    service.parts.chat._clock = lambda: expires + timedelta(seconds=1)
    await service.parts.chat.sweep()
    assert (await service.ask("GET", "/v1/questions")).json["waiting"] == 0


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_without_redis_the_conversation_goes_on_and_the_reader_is_told(
    tmp_path: Path, redis_server: Redis, how: str
) -> None:
    async with serving(tmp_path, redis_url=redis_server.url) as service:
        reader = Reader(service)
        await reader.say("How do I make text bold?")
        assert reader.turn["kept"] == "shared"
        redis_server.kill() if how == "killed" else redis_server.freeze()
        # What only Redis knew is not there; what is said from now on is.
        await reader.say("What are the rules?")
        assert reader.turn["kept"] == "alone"
        assert len(await reader.look()) == 2
        await reader.say("How do I make text bold?")
        assert len(await reader.look()) == 4


async def test_another_process_goes_on_with_a_conversation(tmp_path: Path, postgres_url: str, redis_url: str) -> None:
    urls: dict[str, Any] = {"database_url": postgres_url, "redis_url": redis_url}
    async with serving(tmp_path / "a", **urls) as first, serving(tmp_path / "b", **urls) as second:
        reader = Reader(first)
        await reader.say("How do I make text bold?")
        reader.service = second
        await reader.say("What are the rules?")
        reader.service = first
        assert len(await reader.look()) == 4
        assert (await first.ask("PUT", "/v1/faq", {"faq": GERMAN})).status == 200
        await eventually(lambda: greeting_of(second), "Moin.")


async def greeting_of(service: Service) -> str:
    return str((await Reader(service).look())[0][1])


# --- What a page asks.


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running


async def ask_from_page(service: Service, asked: object, method: str = "POST", **headers: str) -> Answer:
    return await service.ask(
        method, "/embed/demo/chat", asked, scope=None, headers={"Origin": service.url("")} | headers
    )


async def test_a_page_asks_for_whoever_has_a_pass_and_cannot_say_who_that_is(page: Service) -> None:
    session = await page.ask(
        "POST", "/embed/demo/session", {"name": "Ada"}, scope=None, headers={"Origin": page.url("")}
    )
    await page.submit("You idiot.", author={"id": session.json["author"]["id"], "name": "Ada"})
    asked = {"say": "Where is my comment?"}
    mine = await ask_from_page(page, asked, Authorization=f"Bearer {session.json['token']}")
    assert "You idiot." in mine.text
    assert "idiot" not in (await ask_from_page(page, asked)).text
    assert (await ask_from_page(page, asked | {"author": "ada"})).status == 422
    forged = await ask_from_page(page, asked, Authorization="Bearer forged.pass")
    assert (forged.status, forged.json["type"]) == (401, "/reference#problem-no_pass")


async def test_only_pages_that_the_site_knows_may_ask(page: Service) -> None:
    elsewhere = await ask_from_page(page, {}, Origin="https://elsewhere.example")
    assert (elsewhere.status, elsewhere.json["type"]) == (403, "/reference#problem-foreign_origin")
    policy = {"widget": {"origins": ["https://gazette.example"]}}
    await page.ask("PUT", "/v1/policy", {"policy": policy})
    known = await ask_from_page(page, {}, Origin="https://gazette.example")
    assert (known.status, known.headers["Access-Control-Allow-Origin"]) == (200, "https://gazette.example")


async def test_one_address_cannot_begin_any_number_of_conversations(page: Service) -> None:
    asked = (ask_from_page(page, {"say": "How do I make text bold?"}) for _ in range(80))
    statuses = [answer.status for answer in await asyncio.gather(*asked)]
    assert statuses.count(200) >= 40
    assert 429 in statuses


async def test_a_page_can_have_everything_forgotten(page: Service) -> None:
    begun = (await ask_from_page(page, {"say": "How do I make text bold?"})).json
    gone = await ask_from_page(page, {"conversation": begun["conversation"]}, "DELETE")
    assert gone.json == {"forgotten": True}
    again = (await ask_from_page(page, {"conversation": begun["conversation"]})).json
    assert again["conversation"] is None
