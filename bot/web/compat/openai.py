"""OpenAI's moderation endpoint: its categories where Parley has a model for them, and its shape of answers and errors.

A category is one attribute or the lower of two, as measured in the models' card; it is true from the level on at which
the site's policy holds that attribute. What no model was trained for is never true, scores 0, and says in
`category_applied_input_types` that it was applied to nothing.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.policy import ActivePolicy
from bot.store.keys import Scope
from bot.web.guards.answers import Json, answer
from bot.web.guards.bodies import LARGEST_BODY, field_errors, read_body
from bot.web.guards.door import admit
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import BUSY, INVALID, NOT_FOUND, TOO_MANY, UNIDENTIFIED, UNREADABLE, Kind, Refusal
from bot.web.guards.routes import ForeignRoute
from bot.web.wire.asked import LONGEST_TEXT, MOST_TEXTS
from sentiment.registry import NoSuchModel
from sentiment.scores import UNKNOWN_LANGUAGE, Analysis, Attribute

CATEGORIES: Final[Mapping[str, tuple[Attribute, ...]]] = {
    "harassment": (Attribute.INSULT,),
    "harassment/threatening": (Attribute.THREAT,),
    "hate": (Attribute.IDENTITY_ATTACK,),
    "hate/threatening": (Attribute.IDENTITY_ATTACK, Attribute.THREAT),
    "illicit": (),
    "illicit/violent": (),
    "self-harm": (),
    "self-harm/intent": (),
    "self-harm/instructions": (),
    "sexual": (Attribute.SEXUALLY_EXPLICIT,),
    "sexual/minors": (),
    "violence": (Attribute.THREAT,),
    "violence/graphic": (),
}
"""Every category, and the attributes that must all be there for it; none where Parley has no model for it."""

_MAY_BE_NULL: Final = frozenset({"illicit", "illicit/violent"})
_THEIRS: Final = frozenset(
    {
        "omni-moderation-latest",
        "omni-moderation-2024-09-26",
        "text-moderation-latest",
        "text-moderation-stable",
        "text-moderation-007",
    }
)
"""Names of OpenAI's models; all of them mean Parley's current ones."""

_INPUT: Final = "input must be a string, a list of strings, or a list of parts as in {type: text, text: ...}."


class InputPart(BaseModel):
    """A part of what is asked about: a text, or a picture, which is refused."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: Literal["text", "image_url"]
    text: str = ""


class ModerationAsked(BaseModel):
    """Texts to be moderated: a string, a list of strings, or one text in several parts."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"input": "What a stupid idiot you are!"}]}
    )

    input: str | list[str] | list[InputPart]
    model: Annotated[
        str | None,
        Field(description="A name of OpenAI's, which means the current models, or a version of Parley's."),
    ] = None


class ModerationResult(BaseModel):
    """What is said of one text; each map has all thirteen categories."""

    flagged: bool
    categories: dict[str, bool | None]
    category_scores: dict[str, float]
    category_applied_input_types: dict[str, list[str]]


class ModerationAnswered(BaseModel):
    """A result for each string, one for a text in parts. `model` is the version of Parley's models."""

    id: str
    model: str
    results: list[ModerationResult]


class CallRefused(Refusal):
    """A call that OpenAI would refuse: `param` is the field at fault, `code` what programs read."""

    def __init__(self, kind: Kind, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(kind, message)
        self.param = param
        self.code = code


async def openai_moderate(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """A result for each text; nothing is stored."""
    key = await admit(parts, visit, request.headers.get("Authorization"), Scope.SCORE)
    asked = _read(await read_body(request, LARGEST_BODY, parts.limits.body_seconds))
    texts = _texts(asked.input)
    analyses = await _analysed(texts, asked.model, parts)
    policy = await parts.moderation.policy(key.site)
    results = [_result(analysis, policy) for analysis in analyses]
    model = analyses[0].model
    return answer({"id": f"modr-{visit.request_id}", "model": model, "results": results})


def _read(body: bytes) -> ModerationAsked:
    try:
        return ModerationAsked.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[0]
        if found["type"] == "json_invalid":
            raise CallRefused(UNREADABLE, "We could not parse the JSON body of your request.") from error
        if found["loc"][:1] == ("input",):
            raise CallRefused(INVALID, _INPUT, param="input") from error
        first = field_errors(error, "body")[0]
        raise CallRefused(INVALID, f"{first.field} {first.message}.", param=first.field) from error


def _texts(given: str | Sequence[str] | Sequence[InputPart]) -> list[str]:
    """The texts that get a result each; a Refusal where there are none, too many, too long ones, or pictures."""
    if isinstance(given, str):
        texts = [given]
    else:
        pieces = [part for part in given if isinstance(part, InputPart)]
        if any(part.type == "image_url" for part in pieces):
            said = "Parley does not look at images: send the text alone, and let people look at the image."
            raise CallRefused(INVALID, said, param="input", code="image_not_supported")
        texts = (
            ["\n".join(part.text for part in pieces)] if pieces else [text for text in given if isinstance(text, str)]
        )
    if not texts:
        raise CallRefused(INVALID, _INPUT, param="input")
    if len(texts) > MOST_TEXTS:
        said = f"input may hold up to {MOST_TEXTS} texts; send these {len(texts)} in several requests."
        raise CallRefused(INVALID, said, param="input", code="too_many_inputs")
    if any(len(text) > LONGEST_TEXT for text in texts):
        said = f"A text may have up to {LONGEST_TEXT} characters; send a longer one in pieces."
        raise CallRefused(INVALID, said, param="input", code="string_above_max_length")
    return texts


async def _analysed(texts: Sequence[str], model: str | None, parts: Parts) -> list[Analysis]:
    """An analysis for each text; a Refusal where one cannot be had, since no score is made up."""
    try:
        analyses = await parts.scoring.analyse(texts, None if model in _THEIRS else model)
    except NoSuchModel as missing:
        said = f"The model {model!r} does not exist here: name a version of GET /v1/models, or leave it out."
        raise CallRefused(NOT_FOUND, said, param="model", code="model_not_found") from missing
    found = [analysis for analysis in analyses if analysis is not None]
    if len(found) < len(texts):
        raise CallRefused(BUSY, "The models cannot score at the moment. Try again in a few seconds.")
    for place, analysis in enumerate(found):
        if not analysis.scores and analysis.language != UNKNOWN_LANGUAGE:
            said = f"input[{place}] is in a language that the models did not learn: {analysis.language}."
            raise CallRefused(INVALID, said, param="input", code="language_not_supported")
    return found


def _result(analysis: Analysis, policy: ActivePolicy) -> Json:
    """The result for a text. A blank one has nothing to score, so no category was applied to it."""
    categories: dict[str, bool | None] = {}
    scores: dict[str, float] = {}
    applied: dict[str, list[str]] = {}
    for name, needed in CATEGORIES.items():
        values = [analysis.scores[one] for one in needed if one in analysis.scores]
        known = bool(needed) and len(values) == len(needed)
        scores[name] = min(values) if known else 0.0
        applied[name] = ["text"] if known else []
        held = known and all(_is_held(one, analysis.scores[one], policy) for one in needed)
        categories[name] = None if name in _MAY_BE_NULL and not known else held
    return {
        "flagged": any(categories.values()),
        "categories": categories,
        "category_scores": scores,
        "category_applied_input_types": applied,
    }


def _is_held(attribute: Attribute, value: float, policy: ActivePolicy) -> bool:
    levels = policy.document.attributes.of(attribute)
    return levels is not None and value >= levels.hold


# Any: what an error was about may be anything.
def write_refusal(refusal: Refusal, _request_id: str, _cause: Exception | None) -> web.Response:
    """The four fields that OpenAI's clients read."""
    kind = refusal.kind
    status = 400 if kind is INVALID else kind.status
    code = {UNIDENTIFIED: "invalid_api_key", TOO_MANY: "rate_limit_exceeded"}.get(kind)
    error: dict[str, Any] = {
        "message": refusal.detail,
        "type": "server_error" if status >= 500 else "requests" if kind is TOO_MANY else "invalid_request_error",
        "param": refusal.param if isinstance(refusal, CallRefused) else None,
        "code": (refusal.code if isinstance(refusal, CallRefused) else None) or code,
    }
    headers = dict(refusal.headers)
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after)))
    response = answer({"error": error}, status, headers)
    if status in (408, 413):
        # What is left of the body would otherwise be read as the next request.
        response.force_close()
    return response


ROUTES: Final[tuple[ForeignRoute, ...]] = (
    ForeignRoute(
        "POST",
        "/v1/moderations",
        Scope.SCORE,
        openai_moderate,
        write_refusal,
        "OpenAI: moderate texts",
        "Answers as OpenAI's moderation endpoint does, to its own client libraries with `base_url` changed. "
        "`harassment` is Parley's insult, `harassment/threatening` and `violence` its threat (threats alone: what "
        "depicts violence is not seen), `hate` its identity_attack, `hate/threatening` the lower of identity_attack "
        "and threat, `sexual` its sexually_explicit. A category is true from the level on at which the site's policy "
        "holds; sections of the policy do not count, because a text names no thread. For self-harm, illicit, "
        "sexual/minors and violence/graphic there is no model: they score 0, are never "
        "true, and `category_applied_input_types` is empty for them. Images are refused.",
        {200: ModerationAnswered},
        "application/json",
        ModerationAsked,
    ),
)
