"""The OpenAPI 3.1 document, made from the same declarations that serve the requests."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import UnionType
from typing import Any, Final, get_args

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from bot.web.guards.problems import (
    BROKEN,
    BUSY,
    FORBIDDEN,
    FOREIGN_ORIGIN,
    INVALID,
    KINDS,
    MEDIA_TYPE,
    NO_PASS,
    NOT_FOUND,
    SLOW_BODY,
    STARTING,
    TOO_LARGE,
    TOO_MANY,
    UNAVAILABLE,
    UNIDENTIFIED,
    UNREADABLE,
    Kind,
)
from bot.web.guards.routes import AnyEmbedRoute, AnyRoute, ForeignRoute, Group, PublicRoute
from bot.web.wire.answered import Json, ProblemAnswered

_EMBEDDED: Final = (FOREIGN_ORIGIN, NOT_FOUND, INVALID, TOO_MANY, BROKEN, UNAVAILABLE, STARTING)
_ALWAYS: Final = (UNIDENTIFIED, FORBIDDEN, INVALID, TOO_MANY, BROKEN, UNAVAILABLE, STARTING)
_WITH_BODY: Final = (UNREADABLE, SLOW_BODY, TOO_LARGE, MEDIA_TYPE)
_REFERENCE_TO = "#/components/schemas/{model}"
_ABOUT = """\
Parley judges comments: a comment comes in, a verdict with evidence goes out, and people decide about the ones that \
are held.

Every request needs a key of a site: `Authorization: Bearer parley_...`. Scopes are a ladder; each includes those \
before it: `score`, `submit`, `moderate`, `admin`. A key sees its own site and nothing else.

Bodies are JSON in UTF-8. Unknown fields and parameters are refused by name, never ignored. Lists come in pages: \
send `next` back as `cursor` until it is null. Every answer carries `X-Request-Id`; send one of your own (up to 128 \
letters, digits and `._:/+=-`) to find it again in the logs.

Limits: a comment has up to 20,480 characters, a batch up to 100 texts, a page up to 200 comments. Each operation \
says how large its body may be; a body must be complete within 10 seconds. A key may ask 60,000 times a minute. \
Operators can change the last two.

What goes wrong is answered as `application/problem+json` (RFC 9457), with every wrong field in `errors`.
"""


class Document:
    """The OpenAPI document of these routes; made when it is first asked for."""

    def __init__(
        self,
        routes: Sequence[AnyRoute],
        embedded: Sequence[AnyEmbedRoute],
        foreign: Sequence[ForeignRoute],
        public: Sequence[PublicRoute],
    ) -> None:
        self._routes = routes
        self._embedded = embedded
        self._foreign = foreign
        self._public = public

    @cached_property
    def text(self) -> bytes:
        """The document as JSON."""
        return json.dumps(self.document, ensure_ascii=False).encode()

    @cached_property
    def document(self) -> Json:
        """The document."""
        schemas = self._schemas()
        paths: dict[str, Json] = {}
        for route in self._routes:
            paths.setdefault(route.address, {})[route.method.lower()] = _operation(route, schemas)
        for embedded in self._embedded:
            paths.setdefault(embedded.address, {})[embedded.method.lower()] = _embed_operation(embedded, schemas)
        for other in self._foreign:
            paths.setdefault(other.address, {})[other.method.lower()] = _foreign_operation(other)
        for public in self._public:
            paths.setdefault(public.address, {})["get"] = _public_operation(public)
        for model in self._parameter_models():
            schemas.pop(model.__name__)
        return {
            "openapi": "3.1.0",
            "info": {"title": "Parley", "version": "1", "description": _ABOUT, "license": _LICENCE},
            "tags": [{"name": group.value} for group in Group],
            "paths": paths,
            "components": {
                "schemas": schemas,
                "securitySchemes": {
                    "key": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "A key made with `./parley keys create SITE --scope SCOPE`.",
                    },
                    "pass": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "A reader's pass, from `POST /embed/{site}/session`.",
                    },
                },
            },
            "x-problems": [
                {"code": kind.code, "status": kind.status, "title": kind.title, "advice": kind.advice} for kind in KINDS
            ],
        }

    def _schemas(self) -> dict[str, Json]:
        own: list[AnyRoute | AnyEmbedRoute] = [*self._routes, *self._embedded]
        asked = {model for route in own for model in (route.body, route.query, route.path) if model}
        asked |= {route.body for route in self._foreign if route.body}
        said = [
            *(route.answers for route in own),
            *(route.answers for route in self._foreign),
            *(route.answers for route in self._public),
        ]
        answered: set[type[BaseModel]] = {ProblemAnswered}
        answered |= {model for answers in said for answer in answers.values() for model in _models(answer)}
        modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
            *((model, "validation") for model in sorted(asked, key=lambda model: model.__name__)),
            *((model, "serialization") for model in sorted(answered, key=lambda model: model.__name__)),
        ]
        _, definitions = models_json_schema(modes, ref_template=_REFERENCE_TO)
        schemas: dict[str, Json] = definitions["$defs"]
        return schemas

    def _parameter_models(self) -> set[type[BaseModel]]:
        own: list[AnyRoute | AnyEmbedRoute] = [*self._routes, *self._embedded]
        return {model for route in own for model in (route.query, route.path) if model}


def _models(said: Any) -> tuple[type[BaseModel], ...]:
    """The models of an answer: one, or each of a union; none where it is no JSON."""
    if isinstance(said, UnionType):
        return get_args(said)
    return () if isinstance(said, str) else (said,)


def _operation(route: AnyRoute, schemas: Mapping[str, Json]) -> Json:
    operation: Json = {
        "operationId": route.endpoint.__name__,
        "tags": [route.group.value],
        "summary": route.summary,
        "description": _description(route),
        "security": [{"key": [route.scope.value]}],
        "parameters": [*_parameters(route, schemas), *_headers(route)],
        "responses": {str(status): _good(said) for status, said in route.answers.items()}
        | _refusals((*_ALWAYS, *route.refuses), has_body=route.body is not None),
    }
    if route.body is not None:
        operation["requestBody"] = _body(route.body)
    return operation


def _body(model: type[BaseModel]) -> Json:
    reference = {"$ref": _REFERENCE_TO.format(model=model.__name__)}
    return {"required": True, "content": {"application/json": {"schema": reference}}}


def _embed_operation(route: AnyEmbedRoute, schemas: Mapping[str, Json]) -> Json:
    site = {"name": "site", "in": "path", "required": True, "schema": {"type": "string", "examples": ["demo"]}}
    operation: Json = {
        "operationId": route.endpoint.__name__,
        "tags": [Group.WIDGET.value],
        "summary": route.summary,
        "description": route.description,
        "security": [{}, {"pass": []}],
        "parameters": [site, *_parameters(route, schemas)],
        "responses": {str(status): _good(said) for status, said in route.answers.items()}
        | _refusals((*_EMBEDDED, NO_PASS, *route.refuses), has_body=route.body is not None),
    }
    if route.body is not None:
        operation["requestBody"] = _body(route.body)
    return operation


def _foreign_operation(route: ForeignRoute) -> Json:
    said = route.description
    if route.scope is not None:
        said += f"\n\nNeeds a key with the scope `{route.scope}`."
    operation: Json = {
        "operationId": route.endpoint.__name__,
        "tags": [Group.MOVING.value],
        "summary": route.summary,
        "description": said,
        "security": [] if route.scope is None else [{"key": [route.scope.value]}],
        "responses": {str(status): _good(answer) for status, answer in route.answers.items()},
    }
    names = re.findall(r"\{(\w+)\}", route.address)
    if names:
        operation["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "examples": ["demo"]}}
            for name in names
        ]
    if route.media is not None:
        model = {} if route.body is None else {"schema": {"$ref": _REFERENCE_TO.format(model=route.body.__name__)}}
        operation["requestBody"] = {"required": True, "content": {route.media: model}}
    return operation


def _description(route: AnyRoute) -> str:
    said = f"{route.description}\n\nNeeds a key with the scope `{route.scope}`."
    if route.body is not None:
        said += f" The body may have up to {route.largest_body // 1024} KiB."
    return said


def _parameters(route: AnyRoute | AnyEmbedRoute, schemas: Mapping[str, Json]) -> Iterable[Json]:
    for place, model in (("path", route.path), ("query", route.query)):
        if model is None:
            continue
        schema = schemas[model.__name__]
        for name, field in schema["properties"].items():
            about = {key: value for key, value in field.items() if key not in ("title", "description", "default")}
            parameter: Json = {
                "name": name,
                "in": place,
                "required": name in schema.get("required", ()),
                "schema": _without_null(about),
            }
            if "description" in field:
                parameter["description"] = field["description"]
            if field.get("default") is not None:
                parameter["schema"]["default"] = field["default"]
            yield parameter


def _headers(route: AnyRoute) -> Iterable[Json]:
    for name, description in route.headers.items():
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"}
        yield {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


def _without_null(schema: Json) -> Json:
    """An address holds a parameter or it does not; there is no null in it."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) != 1:
        return schema
    only: Json = options[0]
    rest: Json = {key: value for key, value in schema.items() if key != "anyOf"}
    return rest | only


def _good(said: Any) -> Json:
    if isinstance(said, str):
        text = {"type": "object" if said == "application/json" else "string"}
        return {"description": "Not a model of Parley's own.", "content": {said: {"schema": text}}}
    references = [{"$ref": _REFERENCE_TO.format(model=model.__name__)} for model in _models(said)]
    schema: Json = references[0] if len(references) == 1 else {"oneOf": references}
    about = " ".join((_models(said)[0].__doc__ or "").split())
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _refusals(expected: Iterable[Kind], *, has_body: bool) -> Json:
    kinds = dict.fromkeys([*(_WITH_BODY if has_body else ()), *expected])
    by_status: dict[int, list[Kind]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {str(status): _refusal(by_status[status]) for status in sorted(by_status)}


def _refusal(kinds: Sequence[Kind]) -> Json:
    answer: Json = {
        "description": " / ".join(f"{kind.title} (`{kind.code}`). {kind.advice}" for kind in kinds),
        "content": {"application/problem+json": {"schema": {"$ref": _REFERENCE_TO.format(model="ProblemAnswered")}}},
    }
    if any(kind in (TOO_MANY, UNAVAILABLE, BUSY, STARTING) for kind in kinds):
        seconds = {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
        answer["headers"] = {"Retry-After": seconds}
    return answer


def _public_operation(route: PublicRoute) -> Json:
    return {
        "operationId": route.endpoint.__name__,
        "tags": [route.group.value],
        "summary": route.summary,
        "description": route.description,
        "security": [],
        "responses": {str(status): _good(said) for status, said in route.answers.items()},
    }


_LICENCE: Final = {"name": "Apache-2.0", "identifier": "Apache-2.0"}

DOCUMENT = web.AppKey("document", Document)


async def read_openapi(request: web.Request) -> web.Response:
    """The document itself."""
    return web.Response(body=request.app[DOCUMENT].text, content_type="application/json")


ROUTES: Final[tuple[PublicRoute, ...]] = (
    PublicRoute(
        "/openapi.json",
        Group.OPERATION,
        read_openapi,
        "This reference as OpenAPI 3.1",
        "For tools; people read `/reference`.",
        {200: "application/json"},
    ),
)
