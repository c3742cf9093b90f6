"""Every way in which a request can fail, as RFC 9457 problems, and the one table from exceptions to them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.connecting import SecretUnfit
from bot.editing import CannotEdit
from bot.identity import BadAssertion, BadName
from bot.review import AlreadyDecided, CannotAppeal, Edited, Erased, NeedsAnother, NoSuchTransition
from bot.scoring import ScoringBusy
from bot.signing import SignInRefused
from bot.statement import NoStatement
from bot.store.comments import UnknownParent
from bot.store.cursor import BadCursor
from bot.store.decisions import NoSuchComment
from bot.store.deliveries import NoSuchDelivery
from bot.store.endpoints import AddressOfPeople, EndpointDisabled, NoSuchEndpoint, TooManyEndpoints
from bot.store.faqs import FaqChanged
from bot.store.faults import StoreUnavailable
from bot.store.idempotency import IdempotencyMismatch
from bot.store.policies import NoSuchVersion, PolicyChanged
from bot.store.questions import AlreadySettled, NoSuchQuestion
from bot.store.sources import NoSuchSource
from bot.store.votes import OwnComment
from bot.talk import ChatClosed, SaysTooMuch
from bot.web.guards.answers import Json, answer
from bot.web.wire.answered import write_decision
from sentiment.registry import NoSuchModel


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of problem: its stable code, its HTTP status, and what callers can do about it."""

    code: str
    status: int
    title: str
    advice: str


UNREADABLE: Final = Kind("unreadable", 400, "The request cannot be read", "Send valid JSON (RFC 8259) in UTF-8.")
UNIDENTIFIED: Final = Kind(
    "unidentified", 401, "No valid key", "Send `Authorization: Bearer` and a key that was not revoked."
)
SIGN_IN: Final = Kind("sign_in_refused", 403, "Nobody was signed in", "Try again, or ask for a link to sign in.")
NO_PASS: Final = Kind(
    "no_pass", 401, "Nobody is known here", "Ask for a pass at the site's `session`, and send it as `Bearer`."
)
FOREIGN_ORIGIN: Final = Kind(
    "foreign_origin", 403, "This page may not ask", "Add the page's origin to `widget.origins` of the site's policy."
)
BAD_ASSERTION: Final = Kind(
    "bad_assertion", 403, "The site's assertion lets nobody in", "Correct how the site signs: see /embedding."
)
PROOF_NEEDED: Final = Kind(
    "proof_needed", 428, "This takes a proof of work", "Solve a `challenge` of the site and send the `proof` along."
)
NO_EDIT: Final = Kind("no_edit", 409, "This comment cannot be changed", "Tell the author what `detail` says.")
NO_VOTE: Final = Kind("no_vote", 409, "There is no vote here", "Votes are for what others wrote.")
FORBIDDEN: Final = Kind("forbidden", 403, "The key may not do this", "Use a key of this site with a wider scope.")
NOT_FOUND: Final = Kind("not_found", 404, "There is nothing here", "Check the address and the key's site.")
METHOD: Final = Kind("method", 405, "The method does not fit the address", "Use a method that `Allow` names.")
SLOW_BODY: Final = Kind("slow_body", 408, "The body came too slowly", "Send the body without pauses, then try again.")
DECIDED: Final = Kind(
    "already_decided", 409, "Somebody decided before", "Look at `decided`, then decide again with the status as it is."
)
EDITED: Final = Kind(
    "edited", 409, "The author changed the text", "Read the comment again, then decide on what it says."
)
NO_TRANSITION: Final = Kind(
    "no_such_transition", 409, "The status does not allow this decision", "Read the comment again; it may be withdrawn."
)
NEEDS_ANOTHER: Final = Kind(
    "needs_another", 409, "Somebody else decides on this appeal", "Leave it to another moderator of the site."
)
NO_APPEAL: Final = Kind("no_appeal", 409, "This cannot be appealed", "Tell the author what `detail` says.")
NO_STATEMENT: Final = Kind("no_statement", 409, "There are no reasons to give", "Tell the author what `detail` says.")
KEY_REUSED: Final = Kind(
    "idempotency_mismatch", 409, "The Idempotency-Key is taken", "Give every new request a key of its own."
)
CHAT_CLOSED: Final = Kind("chat_closed", 403, "The site has no chat", "Leave the chat out of the page.")
QUESTION_SETTLED: Final = Kind(
    "question_settled", 409, "Somebody answered or closed it before", "Read the question again; `detail` says who."
)
FAQ_CHANGED: Final = Kind("faq_changed", 409, "The FAQ was changed in between", "Read the FAQ, then save it again.")
POLICY_CHANGED: Final = Kind(
    "policy_changed", 409, "The policy was changed in between", "Read the policy, apply your change again, and save."
)
ENDPOINT_DISABLED: Final = Kind(
    "endpoint_disabled", 409, "The endpoint is disabled", "Enable it with PATCH and `state`, then ask again."
)
TOO_MANY_ENDPOINTS: Final = Kind(
    "too_many_endpoints", 409, "The site has enough endpoints", "Remove one that is not needed any more."
)
TOO_LARGE: Final = Kind("too_large", 413, "The body is too large", "Stay below the limit that `detail` names.")
MEDIA_TYPE: Final = Kind("media_type", 415, "The body is not JSON", "Send `Content-Type: application/json`.")
INVALID: Final = Kind("invalid", 422, "Some fields are wrong", "Correct each of the fields in `errors`.")
TOO_MANY: Final = Kind("too_many_requests", 429, "Too many requests", "Wait as many seconds as `Retry-After` says.")
BROKEN: Final = Kind("broken", 500, "Parley failed", "Report it with the `request_id`; the logs hold where it failed.")
UNAVAILABLE: Final = Kind(
    "unavailable", 503, "The store does not answer", "Nothing was stored; try again after `Retry-After` seconds."
)
BUSY: Final = Kind("busy", 503, "Too much text waits to be scored", "Try again after `Retry-After` seconds.")
STARTING: Final = Kind("starting", 503, "Parley is starting", "Try again after `Retry-After` seconds.")

KINDS: Final[tuple[Kind, ...]] = (
    *(UNREADABLE, UNIDENTIFIED, SIGN_IN, FORBIDDEN, NOT_FOUND, METHOD, SLOW_BODY, DECIDED, EDITED, NO_TRANSITION),
    *(KEY_REUSED,),
    *(NEEDS_ANOTHER, NO_APPEAL, NO_STATEMENT, ENDPOINT_DISABLED, TOO_MANY_ENDPOINTS),
    *(NO_PASS, FOREIGN_ORIGIN, BAD_ASSERTION, PROOF_NEEDED, NO_EDIT, NO_VOTE),
    *(CHAT_CLOSED, QUESTION_SETTLED, FAQ_CHANGED),
    *(POLICY_CHANGED, TOO_LARGE, MEDIA_TYPE, INVALID, TOO_MANY, BROKEN, UNAVAILABLE, BUSY, STARTING),
)

EXCEPTIONS: Final[Mapping[type[Exception], Kind]] = {
    AlreadyDecided: DECIDED,
    Edited: EDITED,
    NoSuchTransition: NO_TRANSITION,
    Erased: NO_TRANSITION,
    NeedsAnother: NEEDS_ANOTHER,
    CannotAppeal: NO_APPEAL,
    NoStatement: NO_STATEMENT,
    NoSuchComment: NOT_FOUND,
    NoSuchDelivery: NOT_FOUND,
    NoSuchEndpoint: NOT_FOUND,
    EndpointDisabled: ENDPOINT_DISABLED,
    TooManyEndpoints: TOO_MANY_ENDPOINTS,
    AddressOfPeople: INVALID,
    NoSuchModel: INVALID,
    UnknownParent: INVALID,
    BadCursor: INVALID,
    SecretUnfit: INVALID,
    IdempotencyMismatch: KEY_REUSED,
    PolicyChanged: POLICY_CHANGED,
    NoSuchVersion: NOT_FOUND,
    NoSuchSource: NOT_FOUND,
    ChatClosed: CHAT_CLOSED,
    SaysTooMuch: TOO_MANY,
    FaqChanged: FAQ_CHANGED,
    NoSuchQuestion: NOT_FOUND,
    AlreadySettled: QUESTION_SETTLED,
    StoreUnavailable: UNAVAILABLE,
    ScoringBusy: BUSY,
    SignInRefused: SIGN_IN,
    BadAssertion: BAD_ASSERTION,
    BadName: INVALID,
    CannotEdit: NO_EDIT,
    OwnComment: NO_VOTE,
}
"""What the floors below may raise, and which problem it is. Their own words become the detail."""

_FIELDS: Final[Mapping[type[Exception], str]] = {
    AddressOfPeople: "url",
    NoSuchModel: "model",
    UnknownParent: "parent",
    BadCursor: "cursor",
    SecretUnfit: "secret",
    BadName: "name",
}

_RETRY_SECONDS: Final[Mapping[Kind, float]] = {UNAVAILABLE: 2, BUSY: 5, STARTING: 1}


@dataclass(frozen=True, slots=True)
class FieldError:
    """A wrong field, by the name that the request gave it, and a sentence's end that says what is wrong."""

    field: str
    message: str


class Refusal(Exception):
    """A request that is answered with a problem; raised by the guards and the endpoints themselves."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
    ) -> None:
        """`retry_after` is in seconds; `errors` names every wrong field."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.retry_after = retry_after if retry_after is not None else _RETRY_SECONDS.get(kind)


def refusal_of(error: Exception) -> Refusal | None:
    """The refusal that an exception stands for; None where it is a fault of ours."""
    if isinstance(error, Refusal):
        return error
    kind = EXCEPTIONS.get(type(error))
    if kind is not None:
        detail = str(error) or kind.advice
        field = _FIELDS.get(type(error))
        wait = error.wait if isinstance(error, SaysTooMuch) else None
        return Refusal(kind, detail, errors=() if field is None else [FieldError(field, detail)], retry_after=wait)
    return None


def write_problem(refusal: Refusal, request_id: str, cause: Exception | None = None) -> web.Response:
    """The shape of ProblemAnswered, as `application/problem+json`."""
    kind = refusal.kind
    body: Json = {
        "type": f"/reference#problem-{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": refusal.detail,
        "request_id": request_id,
    }
    if refusal.errors:
        body["errors"] = [{"field": error.field, "message": error.message} for error in refusal.errors]
    if isinstance(cause, AlreadyDecided):
        body["decided"] = write_decision(cause.last)
    headers = dict(refusal.headers)
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after)))
    response = answer(body, kind.status, headers, content_type="application/problem+json")
    if kind in (SLOW_BODY, TOO_LARGE):
        # What is left of the body would otherwise be read as the next request.
        response.force_close()
    return response
