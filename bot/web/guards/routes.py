"""How an endpoint is declared: once, for serving it and for the reference alike."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from aiohttp import web
from pydantic import BaseModel

from bot.store.keys import Key, Scope
from bot.web.guards.bodies import LARGEST_BODY
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import Kind, Refusal

B = TypeVar("B", bound=BaseModel | None)
Q = TypeVar("Q", bound=BaseModel | None)
P = TypeVar("P", bound=BaseModel | None)


class Group(StrEnum):
    """The chapters of the reference."""

    SCORING = "Scoring"
    COMMENTS = "Comments"
    WIDGET = "Widget"
    MODERATION = "Moderation"
    POLICY = "Policy"
    PRIVACY = "Privacy and law"
    WEBHOOKS = "Webhooks"
    CHAT = "Chat"
    MOVING = "Moving here"
    OPERATION = "Operation"


class Ask(NamedTuple, Generic[B, Q, P]):
    """A request that passed every guard: who asks, and what, as checked models (None where there is none)."""

    key: Key
    body: B
    query: Q
    path: P
    raw_body: bytes
    request: web.Request
    parts: Parts


PublicEndpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]
Endpoint = Callable[[Ask[B, Q, P]], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route(Generic[B, Q, P]):
    """One method on one address.

    `answers` gives the model (or a union of models, hence Any) of each good status, `refuses` what the endpoint
    itself may refuse; what the guards refuse follows from the rest. `headers` are optional, with what they mean.
    """

    method: str
    address: str
    group: Group
    scope: Scope
    endpoint: Endpoint[B, Q, P]
    summary: str
    description: str
    answers: Mapping[int, Any]
    body: type[B] | None = None
    query: type[Q] | None = None
    path: type[P] | None = None
    refuses: tuple[Kind, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    largest_body: int = LARGEST_BODY


@dataclass(frozen=True, slots=True)
class PublicRoute:
    """A GET that takes no key and no parameters. `answers` gives a model, or a content type where it is no JSON."""

    address: str
    group: Group
    endpoint: PublicEndpoint
    summary: str
    description: str
    answers: Mapping[int, type[BaseModel] | str]


class DeskAsk(NamedTuple, Generic[B]):
    """What a page of the desk asks about signing in; the body is checked, who asks is not."""

    body: B
    request: web.Request
    parts: Parts


@dataclass(frozen=True, slots=True)
class DeskRoute(Generic[B]):
    """What only the desk's own page asks: who is signed in. It takes no key, and is no part of the API."""

    method: str
    address: str
    endpoint: Callable[[DeskAsk[B]], Awaitable[web.Response]]
    body: type[B] | None = None


class EmbedAsk(NamedTuple, Generic[B, Q, P]):
    """What a page of the site `site` asks, as checked models; `headers` let it read an answer that is streamed."""

    site: str
    body: B
    query: Q
    path: P
    request: web.Request
    parts: Parts
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EmbedRoute(Generic[B, Q, P]):
    """One method on one address below /embed/{site}, for the pages of that site. It takes no key.

    `answers` gives a model or a content type of each good status, as for `Route`.
    """

    method: str
    address: str
    endpoint: Callable[[EmbedAsk[B, Q, P]], Awaitable[web.StreamResponse]]
    summary: str
    description: str
    answers: Mapping[int, Any]
    body: type[B] | None = None
    query: type[Q] | None = None
    path: type[P] | None = None
    refuses: tuple[Kind, ...] = ()


ForeignEndpoint = Callable[[web.Request, Parts, Visit], Awaitable[web.Response]]
WriteRefusal = Callable[[Refusal, str, Exception | None], web.Response]
"""Writes a refusal for the request with that id, in the shape that its caller reads; None or what was behind it."""


@dataclass(frozen=True, slots=True)
class ForeignRoute:
    """One method on one address of an API that somebody else defined: it finds its key and reads its body itself.

    `scope` is what the key must have (None: it may be any, or none is needed). `media` and `body` say what is sent,
    `answers` give a model or a content type of each good status, as for the routes of Parley's own.
    """

    method: str
    address: str
    scope: Scope | None
    endpoint: ForeignEndpoint
    refuse: WriteRefusal
    summary: str
    description: str
    answers: Mapping[int, type[BaseModel] | str]
    media: str | None = None
    body: type[BaseModel] | None = None


# Any: a table of routes holds routes of every type of body, query and path.
AnyRoute = Route[Any, Any, Any]
AnyDeskRoute = DeskRoute[Any]
AnyEmbedRoute = EmbedRoute[Any, Any, Any]
AnyEmbedAsk = EmbedAsk[Any, Any, Any]
