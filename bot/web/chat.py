"""The chat: what a page asks for its reader, and what a site's server asks for one."""

from typing import Final

from aiohttp import web

from bot.comment import Author
from bot.store.keys import Scope
from bot.web.guards.answers import answer
from bot.web.guards.author import author_of
from bot.web.guards.embedding import address_of, limit_author, take
from bot.web.guards.parts import Parts
from bot.web.guards.problems import CHAT_CLOSED, NO_PASS
from bot.web.guards.routes import AnyEmbedRoute, AnyRoute, Ask, EmbedAsk, EmbedRoute, Group, Route
from bot.web.wire.chat import (
    ChatAnswered,
    ChatAsked,
    ForgetAsked,
    ForgottenAnswered,
    ServedChatAsked,
    write_turn,
)

UTTERANCES_OF_AN_ADDRESS: Final = 40
"""What readers at one network address may say a minute, however many conversations they begin."""

_ABOUT: Final = (
    "Without `say` the conversation as it stands, which is how answers of moderators arrive: ask again while questions "
    "are `waiting`. What is said is judged by the site's policy; abuse gets a calm answer and is not kept. Answers "
    "come from the site's FAQ alone, facts about comments from the store, and only for their own author. A "
    "conversation is forgotten after the policy's `chat.keep_minutes` of silence."
)


async def converse(ask: EmbedAsk[ChatAsked, None, None]) -> web.Response:
    """A reader's turn, as whoever their pass says."""
    parts, site, asked = ask.parts, ask.site, ask.body
    author = await author_of(ask.request, parts, site)
    if asked.say is not None:
        await take(parts, f"chat of {site} from {address_of(ask.request, parts)}", UTTERANCES_OF_AN_ADDRESS)
        if author is not None:
            await limit_author(parts, site, author.id)
    return await _turn(parts, site, author, asked)


async def forget_chat(ask: EmbedAsk[ForgetAsked, None, None]) -> web.Response:
    """The reader is done."""
    author = await author_of(ask.request, ask.parts, ask.site)
    await ask.parts.chat.forget(ask.site, author, ask.body.conversation)
    return answer({"forgotten": True})


async def chat(ask: Ask[ServedChatAsked, None, None]) -> web.Response:
    """The same for a reader whom the site's server knows."""
    return await _turn(ask.parts, ask.key.site, ask.body.asker, ask.body)


async def _turn(parts: Parts, site: str, author: Author | None, asked: ChatAsked) -> web.Response:
    if asked.say is None:
        return answer(write_turn(await parts.chat.resume(site, author, asked.conversation)))
    return answer(write_turn(await parts.chat.hear(site, author, asked.conversation, asked.say)))


EMBEDDED: Final[tuple[AnyEmbedRoute, ...]] = (
    EmbedRoute(
        "POST",
        "/embed/{site}/chat",
        converse,
        "Say something in the chat",
        _ABOUT,
        {200: ChatAnswered},
        body=ChatAsked,
        refuses=(NO_PASS, CHAT_CLOSED),
    ),
    EmbedRoute(
        "DELETE",
        "/embed/{site}/chat",
        forget_chat,
        "Forget a conversation",
        "With all that it asked a person, answered or not.",
        {200: ForgottenAnswered},
        body=ForgetAsked,
        refuses=(NO_PASS, CHAT_CLOSED),
    ),
)

ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "POST",
        "/v1/chat",
        Group.CHAT,
        Scope.SUBMIT,
        chat,
        "Say something in the chat for a reader",
        _ABOUT,
        {200: ChatAnswered},
        body=ServedChatAsked,
        refuses=(CHAT_CLOSED,),
    ),
)
