"""Reading what was sent: bodies within their time and size, query strings and addresses, into frozen models."""

import asyncio
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from aiohttp import web
from multidict import MultiMapping
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.web.guards.problems import (
    INVALID,
    MEDIA_TYPE,
    SLOW_BODY,
    TOO_LARGE,
    UNREADABLE,
    FieldError,
    Refusal,
)
from bot.web.wire.asked import FORMS

Model = TypeVar("Model", bound=BaseModel)

LARGEST_BODY: Final = 4 * 1024 * 1024
"""Bytes; a hundred texts of ten thousand letters each, or a policy with ten thousand words, fit in."""

LARGEST_COMMENT: Final = 256 * 1024
"""Bytes; the longest comment fits in even with every character written as an escaped surrogate pair."""

LARGEST_DESK_BODY: Final = 16 * 1024
"""Bytes; anybody may send one, so there is no room for more than a name and a password."""

_JSON_TYPES: Final = frozenset(
    {"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"}
)

_SAYINGS: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; leave it out",
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "string_too_short": "must have at least {min_length} character(s)",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} item(s)",
    "too_long": "must have at most {max_length} items",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "enum": "must be one of {expected}",
}


async def read_body(request: web.Request, largest: int, patience: float) -> bytes:
    """The whole body, of at most `largest` bytes, within `patience` seconds of silence or dripping."""
    declared = request.content_length
    if declared is not None and declared > largest:
        raise _too_large(largest)
    try:
        if request.content.is_eof():
            body = request.content.read_nowait()
        else:
            async with asyncio.timeout(patience):
                body = await request.read()
    except TimeoutError as error:
        raise Refusal(SLOW_BODY, f"The body was not complete after {patience:g} seconds.") from error
    except web.HTTPRequestEntityTooLarge as error:
        raise _too_large(largest) from error
    except (web.RequestPayloadError, ConnectionError) as error:
        detail = "The body broke off, or is not in the encoding that Content-Encoding says."
        raise Refusal(UNREADABLE, detail, headers={"Connection": "close"}) from error
    if len(body) > largest:
        raise _too_large(largest)
    return body


def _too_large(largest: int) -> Refusal:
    return Refusal(TOO_LARGE, f"The body must not be larger than {largest} bytes.")


def check_media_type(request: web.Request) -> None:
    """JSON in UTF-8 is all that is taken."""
    given = request.headers.get("Content-Type", "")
    if given in _JSON_TYPES:
        return
    if request.content_type == "application/json" and (request.charset or "utf-8").lower() in ("utf-8", "utf8"):
        return
    raise Refusal(MEDIA_TYPE, "The body must come with the header Content-Type: application/json, in UTF-8.")


def parse_body(body: bytes, model: type[Model]) -> Model:
    """The model that the JSON holds; a Refusal that names every wrong field otherwise."""
    try:
        parsed = model.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(error, "body") from error
    # More names than fields: one may be given twice, of which JSON parsers silently drop one.
    names = len(_NAME_END.findall(body))
    if names > len(parsed.model_fields_set) and names > _fields(parsed):
        _refuse_repeated_names(body)
    return parsed


# Inside a string a quote has a backslash before it, so hardly any text looks like a name.
_NAME_END = re.compile(rb'"\s*:')


def _fields(parsed: BaseModel) -> int:
    inner = (_fields(value) for value in vars(parsed).values() if isinstance(value, BaseModel))
    return len(parsed.model_fields_set) + sum(inner)


def parse_query(query: MultiMapping[str], model: type[Model]) -> Model:
    """The model that a query string holds; a Refusal that names every wrong or repeated parameter otherwise."""
    repeated = [name for name in dict.fromkeys(query) if len(query.getall(name)) > 1]
    if repeated:
        errors = [FieldError(name, "is given more than once") for name in repeated]
        raise Refusal(INVALID, _summary(errors), errors=errors)
    return parse_strings(query, model, "query")


def parse_strings(strings: Mapping[str, str], model: type[Model], whole: str) -> Model:
    """The model that named strings hold; `whole` names all of them together in an error."""
    try:
        return model.model_validate(dict(strings))
    except ValidationError as error:
        raise _refusal(error, whole) from error


def refuse_query(query: MultiMapping[str]) -> None:
    """For addresses that take no parameters: names all that came."""
    errors = [FieldError(name, _SAYINGS["extra_forbidden"]) for name in dict.fromkeys(query)]
    raise Refusal(INVALID, _summary(errors), errors=errors)


def _refusal(error: ValidationError, whole: str) -> Refusal:
    found = error.errors(include_input=False, include_url=False)
    if found[0]["type"] == "json_invalid":
        reason = str(found[0].get("ctx", {}).get("error", "")).rstrip(".")
        return Refusal(UNREADABLE, f"The body is no valid JSON: {reason}." if reason else "The body is no valid JSON.")
    errors = field_errors(error, whole)
    return Refusal(INVALID, _summary(errors), errors=errors)


def field_errors(error: ValidationError, whole: str) -> list[FieldError]:
    """Each wrong field and what it must be, without the value; `whole` stands for all of it."""
    found = error.errors(include_input=False, include_url=False)
    return [FieldError(_field(one["loc"]) or whole, _message(one)) for one in found]


def _summary(errors: Sequence[FieldError]) -> str:
    return "; ".join(f"{error.field} {error.message}" for error in errors[:5]) + ("; ..." if len(errors) > 5 else ".")


def _field(location: Iterable[str | int]) -> str:
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    # A caller may have invented the name, and it goes into one line of the answer.
    return path if len(path) <= 200 else path[:197] + "..."


def _message(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _SAYINGS:
        return _SAYINGS[kind].format(**context)
    if kind == "string_pattern_mismatch":
        return FORMS.get(context["pattern"], f"must have the form {context['pattern']}")
    if kind == "value_error":
        return str(context["error"])
    # Any other message of pydantic's begins with a capital letter.
    return error["msg"][:1].lower() + error["msg"][1:]


def _refuse_repeated_names(body: bytes) -> None:
    _DECODER.decode(body.decode())


def _without_repeats(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) == len(names):
        return
    errors = [FieldError(name, "is given more than once") for name in dict.fromkeys(names) if names.count(name) > 1]
    raise Refusal(INVALID, _summary(errors), errors=errors)


_DECODER = json.JSONDecoder(object_pairs_hook=_without_repeats)
