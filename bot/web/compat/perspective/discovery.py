"""The discovery document, from which Google's client libraries make their methods: made from the same messages."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web.compat.perspective.asked import (
    AnalyzeCommentRequest,
    AnalyzeCommentResponse,
    SuggestCommentScoreRequest,
    SuggestCommentScoreResponse,
)
from bot.web.guards.answers import Json, answer
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import NOT_FOUND, Refusal

VERSION: Final = "v1alpha1"
BATCH: Final = "batch"

_METHODS: Final[dict[str, tuple[type[BaseModel], type[BaseModel]]]] = {
    "analyze": (AnalyzeCommentRequest, AnalyzeCommentResponse),
    "suggestscore": (SuggestCommentScoreRequest, SuggestCommentScoreResponse),
}
_FORMATS: Final = {"number": "double", "integer": "int32"}
_PARAMETERS: Final = {
    "key": "A key of this Parley's, with the scope score, or submit for suggestscore.",
    "alt": "The format of answers: json.",
    "fields": "Taken, but answers always come whole.",
    "prettyPrint": "Taken, but answers always come compact.",
    "quotaUser": "Taken, but the limit is the key's.",
    "access_token": "Taken for another way to show who asks; the key is what counts.",
    "oauth_token": "As access_token.",
}


async def perspective_discovery(request: web.Request, _parts: Parts, _visit: Visit) -> web.Response:
    """The document, with the address by which it was asked for as the root of all methods."""
    version = request.query.get("version", VERSION)
    if version != VERSION:
        raise Refusal(NOT_FOUND, f"There is no version {version[:50]} of this API here: ask for {VERSION}.")
    return answer(document(_root(request)))


def _root(request: web.Request) -> str:
    """Where the caller reached Parley; a proxy in front that ends TLS says so."""
    forwarded = request.headers.get("X-Forwarded-Proto")
    scheme = forwarded if forwarded in ("http", "https") else request.scheme
    return f"{scheme}://{request.host}/"


def document(root: str) -> Json:
    """The document for a Parley at that address, which ends with a slash."""
    methods = {
        name: {
            "id": f"commentanalyzer.comments.{name}",
            "path": f"{VERSION}/comments:{name}",
            "flatPath": f"{VERSION}/comments:{name}",
            "httpMethod": "POST",
            "description": " ".join((asked.__doc__ or "").split()),
            "parameters": {},
            "parameterOrder": [],
            "request": {"$ref": asked.__name__},
            "response": {"$ref": answered.__name__},
        }
        for name, (asked, answered) in _METHODS.items()
    }
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": f"commentanalyzer:{VERSION}",
        "name": "commentanalyzer",
        "version": VERSION,
        "revision": "1",
        "title": "Perspective's API, answered by Parley",
        "description": "Scores comments as Perspective's Comment Analyzer API does.",
        "ownerDomain": "google.com",
        "ownerName": "Google",
        "protocol": "rest",
        "rootUrl": root,
        "mtlsRootUrl": root,
        "baseUrl": root,
        "basePath": "",
        "servicePath": "",
        "batchPath": BATCH,
        "fullyEncodeReservedExpansion": True,
        "parameters": {
            name: {"type": "string", "location": "query", "description": said} for name, said in _PARAMETERS.items()
        },
        "schemas": _schemas(),
        "resources": {"comments": {"methods": methods}},
    }


@cache
def _schemas() -> Json:
    """Every message, in the dialect of JSON Schema that discovery documents are written in."""
    models = [model for pair in _METHODS.values() for model in pair]
    _, found = models_json_schema([(model, "validation") for model in models], ref_template="{model}")
    definitions: Json = found["$defs"]
    return {
        name: {"id": name, "type": "object", "description": about["description"]}
        | {"properties": {field: _field(one, definitions) for field, one in about["properties"].items()}}
        for name, about in definitions.items()
        if about["type"] == "object"
    }


# Any: a schema is JSON, whose shape depends on what it describes.
def _field(about: Mapping[str, Any], definitions: Json) -> Json:
    """A field's type; that it may be null is nothing that discovery could say."""
    options = [option for option in about.get("anyOf", ()) if option != {"type": "null"}]
    said: Json = {"description": about["description"]} if "description" in about else {}
    if options:
        return said | _field(options[0], definitions)
    if "$ref" in about:
        target = definitions[about["$ref"]]
        return said | ({"type": "string", "enum": target["enum"]} if "enum" in target else {"$ref": about["$ref"]})
    said["type"] = about["type"]
    if about["type"] in _FORMATS:
        said["format"] = _FORMATS[about["type"]]
    if about["type"] == "array":
        said["items"] = _field(about["items"], definitions)
    if "additionalProperties" in about:
        said["additionalProperties"] = _field(about["additionalProperties"], definitions)
    return said
