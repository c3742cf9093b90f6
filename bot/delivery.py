"""What follows from an attempt to deliver an event: it is done, it is tried again, or its endpoint is asked no more.

The schedule and the meaning of answers are those of Standard Webhooks 1.0.0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.event import DisabledBecause

SCHEDULE: Final[Sequence[timedelta]] = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after the attempt before it each attempt follows, the first after the commit: 75.6 hours in all."""

JITTER: Final = 0.2
"""By how much a wait may be longer than scheduled, so that what failed together is not tried again together."""

FAILING_FOR: Final = timedelta(days=5)
"""An endpoint that took nothing for so long is asked no more."""

LONGEST_WAIT: Final = timedelta(hours=24)
"""However long a receiver asks to be left alone, it is asked once a day."""

_LONGEST_PAUSE: Final = timedelta(seconds=60)
_GONE: Final = 410
_ASKS_TO_WAIT: Final = (429, 502, 503, 504)


class DeliveryState(StrEnum):
    """Where the delivery of an event to an endpoint stands. `failed`: not tried again unless somebody asks for it."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Failure(StrEnum):
    """Why an attempt got no answer with a status."""

    REFUSED = "refused"
    TIMEOUT = "timeout"
    UNKNOWN_HOST = "unknown_host"
    FORBIDDEN_ADDRESS = "forbidden_address"
    TLS = "tls"
    BROKEN_ANSWER = "broken_answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answered: a status, or why there is none. `wait` is what its Retry-After asks for.

    `begin` are the first bytes of the body as text, `milliseconds` how long all of it took.
    """

    status: int | None
    failure: Failure | None
    milliseconds: int
    begin: str = ""
    wait: timedelta | None = None

    @property
    def took(self) -> bool:
        """Did the endpoint take the event? Any 2xx says so, and nothing else."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint does: since when it took nothing (None: it took the last one), and how many attempts in a row."""

    failing_since: datetime | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from an attempt.

    For the delivery: its state, and when it is due while it waits. For its endpoint: its health, until when nothing
    is sent there (None: nobody asked for that), and why it is asked no more (None: it is).
    """

    state: DeliveryState
    due_at: datetime | None
    health: Health
    paused_until: datetime | None
    disabled: DisabledBecause | None


def judge(answer: Answer, tries: int, health: Health, now: datetime, jitter: float) -> Outcome:
    """What follows from the answer to the delivery's attempt number `tries` (from 1); `jitter` is in [0, 1)."""
    if answer.took:
        return Outcome(DeliveryState.DELIVERED, None, Health(), None, None)
    worse = Health(health.failing_since or now, health.failures + 1)
    assert worse.failing_since is not None
    if answer.status == _GONE:
        return Outcome(DeliveryState.FAILED, None, worse, None, DisabledBecause.GONE)
    disabled = DisabledBecause.FAILING if now - worse.failing_since >= FAILING_FOR else None
    asked = min(answer.wait or timedelta(0), LONGEST_WAIT) if answer.status in _ASKS_TO_WAIT else timedelta(0)
    # What fails over and over gets fewer attempts a minute, whoever waits in line for it.
    paused_until = now + max(asked, min(_LONGEST_PAUSE, timedelta(seconds=2 ** min(worse.failures - 1, 6))))
    if tries >= len(SCHEDULE):
        return Outcome(DeliveryState.FAILED, None, worse, paused_until, disabled)
    due_at = now + max(asked, SCHEDULE[tries] * (1 + JITTER * jitter))
    return Outcome(DeliveryState.WAITING, due_at, worse, paused_until, disabled)
