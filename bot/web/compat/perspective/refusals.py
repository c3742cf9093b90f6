"""How Google words an error: a status, a sentence, and details that programs read."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web
from pydantic import ValidationError

from bot.web.guards.answers import Json, answer
from bot.web.guards.bodies import field_errors
from bot.web.guards.problems import (
    BROKEN,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    SLOW_BODY,
    TOO_LARGE,
    TOO_MANY,
    UNIDENTIFIED,
    UNREADABLE,
    Kind,
    Refusal,
)

_SERVICE: Final = "commentanalyzer.googleapis.com"
_INFO: Final = "type.googleapis.com/google.rpc.ErrorInfo"

# Google's HTTP codes and names where they are not Parley's; whatever is missing here is 503 UNAVAILABLE.
_STATUSES: Final[Mapping[Kind, tuple[int, str]]] = {
    INVALID: (400, "INVALID_ARGUMENT"),
    UNREADABLE: (400, "INVALID_ARGUMENT"),
    TOO_LARGE: (400, "INVALID_ARGUMENT"),
    SLOW_BODY: (408, "DEADLINE_EXCEEDED"),
    UNIDENTIFIED: (400, "INVALID_ARGUMENT"),
    FORBIDDEN: (403, "PERMISSION_DENIED"),
    NOT_FOUND: (404, "NOT_FOUND"),
    TOO_MANY: (429, "RESOURCE_EXHAUSTED"),
    BROKEN: (500, "INTERNAL"),
}


class CallRefused(Refusal):
    """A call that Google would refuse, with what its clients read in `details`."""

    def __init__(
        self, kind: Kind, message: str, details: Sequence[Json] = (), *, retry_after: float | None = None
    ) -> None:
        """`retry_after` is in seconds."""
        super().__init__(kind, message, retry_after=retry_after)
        self.details = tuple(details)


def wrong(error_type: str, message: str, **about: Json) -> CallRefused:
    """400 with one of the errorTypes that Perspective documents; `about` are that type's own fields."""
    detail = {"@type": "type.googleapis.com/google.commentanalyzer.v1alpha1.Error", "errorType": error_type}
    return CallRefused(INVALID, message, [detail | about])


def invalid(message: str) -> CallRefused:
    """Whatever has no errorType of its own."""
    return wrong("INVALID_REQUEST", message)


def empty() -> CallRefused:
    """There is nothing to score."""
    return wrong("COMMENT_EMPTY", "Comment must be non-empty.")


def language_unsupported(attribute: str, requested: Sequence[str], detected: Sequence[str]) -> CallRefused:
    """No model for that attribute learned those languages: the requested ones, or else the detected ones."""
    about: Json = {"attribute": attribute}
    if detected:
        about["detectedLanguages"] = list(detected)
    if requested:
        about["requestedLanguages"] = list(requested)
    named = ", ".join(requested or detected)
    message = f"Attribute {attribute} does not support request languages: {named}"
    return wrong("LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE", message, languageNotSupportedByAttributeError=about)


def without_key() -> CallRefused:
    """Nobody said who asks."""
    return CallRefused(
        FORBIDDEN, "This call needs a key: send one made with ./parley keys create as ?key= or X-Goog-Api-Key."
    )


def unknown_key() -> CallRefused:
    """The key is not one of this Parley's."""
    info = {"@type": _INFO, "reason": "API_KEY_INVALID", "domain": "googleapis.com", "metadata": {"service": _SERVICE}}
    return CallRefused(UNIDENTIFIED, "API key not valid. Please pass a valid API key.", [info])


def quota_exceeded(site: str, per_minute: int, wait: float) -> CallRefused:
    """The key asked more than `per_minute` times; there is room again in `wait` seconds."""
    limit = "Analysis requests (AnalyzeComment)"
    message = (
        f"Quota exceeded for quota metric '{limit}' and limit '{limit} per minute' of service '{_SERVICE}' "
        f"for consumer 'site:{site}'."
    )
    info: Json = {
        "@type": _INFO,
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "service": _SERVICE,
            "consumer": f"sites/{site}",
            "quota_metric": "CommentAnalyzerService/analyze_requests",
            "quota_limit": "AnalyzeRequestsPerMinutePerProject",
            "quota_limit_value": str(per_minute),
            "quota_location": "global",
        },
    }
    retry: Json = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{math.ceil(wait)}s"}
    return CallRefused(TOO_MANY, message, [info, retry], retry_after=wait)


# Any: what pydantic says of an error is a loose dictionary.
def misfit(error: ValidationError) -> CallRefused:
    """What is wrong with a body that is no message of Perspective's: every field, or that it is no JSON."""
    found: list[Any] = list(error.errors(include_input=False, include_url=False))
    if found[0]["type"] == "json_invalid":
        reason = str(found[0].get("ctx", {}).get("error", "")).rstrip(".")
        return CallRefused(INVALID, f"Invalid JSON payload received. {reason[:1].upper()}{reason[1:]}.")
    if (
        found[0]["type"] == "enum"
        and found[0]["loc"][-1] == "type"
        and "text" in str(found[0]["ctx"]["expected"]).lower()
    ):
        return invalid("Unknown text type")
    said = "; ".join(f"{one.field} {one.message}" for one in field_errors(error, "body")[:5])
    return invalid(f"Invalid JSON payload received. {said}.")


def write_refusal(refusal: Refusal, _request_id: str, _cause: Exception | None) -> web.Response:
    """The body that Google's clients parse; Retry-After beside it where waiting helps."""
    code, status = _STATUSES.get(refusal.kind, (503, "UNAVAILABLE"))
    error: Json = {"code": code, "message": refusal.detail, "status": status}
    if isinstance(refusal, CallRefused) and refusal.details:
        error["details"] = list(refusal.details)
    headers = {}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after)))
    response = answer({"error": error}, code, headers)
    if refusal.kind in (SLOW_BODY, TOO_LARGE):
        # What is left of the body would otherwise be read as the next request.
        response.force_close()
    return response
