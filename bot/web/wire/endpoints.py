"""Endpoints and deliveries: what admins of a site ask about webhooks, and get."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from bot.comment import read_id, write_id
from bot.delivery import DeliveryState, Failure
from bot.event import DisabledBecause, EventType
from bot.fence import split
from bot.signature import Scheme, Secret
from bot.store.deliveries import Attempt, Delivery, DeliveryFilter, Replay
from bot.store.endpoints import COUNTED_UP_TO, Endpoint, EndpointKind, EndpointState, Kept, Wanted
from bot.web.wire.answered import Answered, Json, WrittenId, write_moment
from bot.web.wire.asked import ID_PATTERN, WITHOUT_NUL, Asked, Cursor, Limit, Moment, without_nul


def _secret(text: str) -> str:
    Secret.read(text)
    return text


def _address(text: str) -> str:
    split(text)
    return text


def _id(text: str) -> str:
    if read_id(text) is None:
        raise ValueError("must be an id: 13 of the characters 0-9 and a-z without i, l, o, u")
    return text


Id = Annotated[
    str,
    Field(min_length=13, max_length=13, json_schema_extra={"pattern": ID_PATTERN}, examples=["0saf962ahe87v"]),
    AfterValidator(_id),
]
Url = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=r"^https?://[\x21-\x7e]+$",
        description="By https, to an address of the public internet; others only where the operator allows them.",
    ),
    AfterValidator(_address),
]
Description = Annotated[
    str,
    Field(max_length=500, json_schema_extra=WITHOUT_NUL, description="For people."),
    AfterValidator(without_nul),
]
Types = Annotated[
    Annotated[list[EventType], Field(min_length=1, max_length=50)] | None,
    Field(description="What to hear of. Null: of everything, also of what later versions tell."),
]
GivenSecret = Annotated[
    Annotated[str, Field(max_length=200), AfterValidator(_secret)] | None,
    Field(description="`whsec_` and base64 of 24 to 64 bytes, or `whsk_` and an ed25519 key. Left out: a new one."),
]
SchemeWanted = Annotated[
    Scheme, Field(description="Of a new secret: `v1` is shared (HMAC), `v1a` has a public half (ed25519).")
]


class EndpointAsked(Asked):
    """An endpoint to be told of events."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"url": "https://example.org/hooks/parley", "events": ["comment.held", "decision.made"]}]
        }
    )

    url: Url
    description: Description = ""
    events: Types = None
    secret: GivenSecret = None
    scheme: SchemeWanted = Scheme.V1

    @property
    def wanted(self) -> Wanted:
        """The same in the words of the store."""
        return Wanted(self.url, self.description, None if self.events is None else tuple(dict.fromkeys(self.events)))


class EndpointChangeAsked(Asked):
    """What is to be different about an endpoint; what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"events": ["comment.held"], "state": "enabled"}]})

    url: Url | None = None
    description: Description | None = None
    events: Types = None
    state: EndpointState | None = None

    def changed(self, before: Wanted) -> Wanted:
        """The endpoint as it is to be."""
        given = self.model_fields_set
        events = None if self.events is None else tuple(dict.fromkeys(self.events))
        return Wanted(
            before.url if self.url is None else self.url,
            before.description if self.description is None else self.description,
            events if "events" in given else before.events,
        )


class SecretAsked(Asked):
    """A secret to sign with from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"scheme": "v1a"}]})

    secret: GivenSecret = None
    scheme: SchemeWanted = Scheme.V1


class IdPath(Asked):
    """An endpoint or a delivery in an address."""

    id: Id

    @property
    def number(self) -> int:
        """Its number."""
        number = read_id(self.id)
        assert number is not None
        return number


class DeliveriesQuery(Asked):
    """Which deliveries; all conditions must hold."""

    endpoint: Id | None = None
    state: DeliveryState | None = None
    type: EventType | None = None
    cursor: Cursor | None = None
    limit: Limit = 50

    def filter(self) -> DeliveryFilter:
        """The same in the words of the store."""
        return DeliveryFilter(None if self.endpoint is None else read_id(self.endpoint), self.state, self.type)


class ReplayAsked(Asked):
    """Which of an endpoint's deliveries to send again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"since": "2026-11-23T12:00:00Z"}]})

    state: Annotated[DeliveryState, Field(description="`failed` are those that were given up.")] = DeliveryState.FAILED
    since: Annotated[Moment | None, Field(description="Events of this moment and later.")] = None
    until: Annotated[Moment | None, Field(description="Events before this moment.")] = None
    after: Annotated[Id | None, Field(description="`next` of the answer before, to go on.")] = None

    @property
    def replay(self) -> Replay:
        """The same in the words of the store."""
        return Replay(self.state, self.since, self.until)


class SecretAnswered(Answered):
    """A secret that messages are signed with; the secret itself is shown once, when it is made."""

    number: int
    scheme: Scheme
    created_at: datetime
    expires_at: datetime | None


class SecretMadeAnswered(SecretAnswered):
    """A new secret; `secret` is what a receiver verifies with: the shared secret, or the public half (`whpk_`)."""

    secret: str


class EndpointAnswered(Answered):
    """An endpoint, and how it does."""

    id: WrittenId
    kind: Annotated[
        EndpointKind, Field(description="`webhook`: a program. `notice` and `slack`: people, who are told in words.")
    ]
    url: Annotated[str, Field(description="Of a notice's address what may be shown.")]
    description: str
    events: list[EventType] | None
    created_at: datetime
    state: EndpointState
    disabled_because: DisabledBecause | None
    disabled_at: datetime | None
    failing_since: Annotated[datetime | None, Field(description="Since when it took nothing; null: it took the last.")]
    failures: Annotated[int, Field(ge=0, description="Attempts in a row that failed.")]
    waiting: Annotated[int, Field(ge=0, description=f"Deliveries that wait; counted up to {COUNTED_UP_TO}.")]
    secrets: Annotated[list[SecretAnswered], Field(description="What messages are signed with now, newest first.")]


class EndpointMadeAnswered(EndpointAnswered):
    """A new endpoint, with what its messages are verified with: `whsec_...`, or `whpk_...`. It is shown only here."""

    secret: str


class EndpointsAnswered(Answered):
    """The site's endpoints, oldest first."""

    items: list[EndpointAnswered]


class RemovedAnswered(Answered):
    """The endpoint that is gone."""

    id: WrittenId


class AttemptAnswered(Answered):
    """One attempt; `status` is null where `failure` says why nothing was answered."""

    number: Annotated[int, Field(ge=1)]
    at: datetime
    status: int | None
    failure: Failure | None
    milliseconds: Annotated[int, Field(ge=0)]
    answer: Annotated[str, Field(description="The first bytes of what was answered, as text.")]


class EventAnswered(Answered):
    """What a delivery tells: `id` is the `webhook-id` that receivers see."""

    id: str
    type: EventType
    comment: WrittenId | None
    sequence: int | None
    at: datetime


class DeliveryAnswered(Answered):
    """An event on its way to an endpoint. `due_at` is null where it is done or waits for an earlier event."""

    id: WrittenId
    endpoint: WrittenId
    event: EventAnswered
    state: DeliveryState
    attempts: Annotated[int, Field(ge=0)]
    due_at: datetime | None
    done_at: datetime | None
    last: Annotated[AttemptAnswered | None, Field(description="The last attempt.")]


class DeliveriesAnswered(Answered):
    """A page of deliveries, newest first. `next` goes on; a page may be short and still have one."""

    items: list[DeliveryAnswered]
    next: str | None


class DeliveryWholeAnswered(Answered):
    """A delivery with every attempt, and the body that is sent."""

    delivery: DeliveryAnswered
    attempts: Annotated[list[AttemptAnswered], Field(description="Oldest first.")]
    # Any: the body of any type of event.
    body: Annotated[dict[str, Any], Field(description="What is sent.")]


class ReplayedAnswered(Answered):
    """How many deliveries are sent again; with `next`, there are more: send it back as `after`."""

    replayed: Annotated[int, Field(ge=0)]
    next: WrittenId | None


def write_endpoint(endpoint: Endpoint, waiting: int, secrets: Iterable[Kept]) -> Json:
    """The shape of EndpointAnswered."""
    return {
        "id": write_id(endpoint.id),
        "kind": endpoint.kind,
        "url": endpoint.wanted.url,
        "description": endpoint.wanted.description,
        "events": None if endpoint.wanted.events is None else list(endpoint.wanted.events),
        "created_at": write_moment(endpoint.created_at),
        "state": endpoint.state,
        "disabled_because": endpoint.disabled_because,
        "disabled_at": _maybe(endpoint.disabled_at),
        "failing_since": _maybe(endpoint.health.failing_since),
        "failures": endpoint.health.failures,
        "waiting": waiting,
        "secrets": [write_secret(kept) for kept in secrets],
    }


def write_secret(kept: Kept) -> Json:
    """The shape of SecretAnswered."""
    return {
        "number": kept.number,
        "scheme": kept.secret.scheme,
        "created_at": write_moment(kept.created_at),
        "expires_at": _maybe(kept.expires_at),
    }


def write_delivery(delivery: Delivery) -> Json:
    """The shape of DeliveryAnswered."""
    event = delivery.event
    return {
        "id": write_id(delivery.id),
        "endpoint": write_id(delivery.endpoint),
        "event": {
            "id": event.message_id,
            "type": event.type,
            "comment": None if event.comment is None else write_id(event.comment),
            "sequence": event.sequence,
            "at": write_moment(event.at),
        },
        "state": delivery.state,
        "attempts": delivery.attempts,
        "due_at": _maybe(delivery.due_at),
        "done_at": _maybe(delivery.done_at),
        "last": None if delivery.last is None else write_attempt(delivery.last),
    }


def write_attempt(attempt: Attempt) -> Json:
    """The shape of AttemptAnswered."""
    return {
        "number": attempt.number,
        "at": write_moment(attempt.at),
        "status": attempt.answer.status,
        "failure": attempt.answer.failure,
        "milliseconds": attempt.answer.milliseconds,
        "answer": attempt.answer.begin,
    }


def write_attempts(attempts: Sequence[Attempt]) -> list[Json]:
    """The shape of each."""
    return [write_attempt(attempt) for attempt in attempts]


def _maybe(moment: datetime | None) -> str | None:
    return None if moment is None else write_moment(moment)
