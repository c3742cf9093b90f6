"""A site's numbers of a period: what its tallies add up to. Pure; the store brings the tallies."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from bot.tallies import (
    ABSENT,
    SCORE_BUCKETS,
    WAITS,
    Given,
    Reversed,
    Seen,
    Tallied,
    Tally,
    date_of,
)
from bot.verdict import Decision, Reason
from sentiment.scores import Attribute

Name = TypeVar("Name", bound=StrEnum)

MOST_DAYS: Final = 366
"""The longest period by the day."""

MOST_DAYS_BY_HOUR: Final = 31
USUAL_DAYS: Final = 30

AGES: Final = tuple(
    int(timedelta(minutes=minutes).total_seconds()) for minutes in (15, 60, 240, 1440, 4320, 10_080, 43_200)
)
"""Seconds up to which a waiting comment counts to each bucket of ages; older ones are in one more."""


class Unit(StrEnum):
    """How finely a period is cut."""

    DAY = "day"
    HOUR = "hour"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of UTC, from `first` to `last`, both included."""

    first: date
    last: date
    unit: Unit

    def steps(self) -> Iterator[datetime]:
        """When each unit of the period begins."""
        moment = datetime.combine(self.first, time(), UTC)
        end = datetime.combine(self.last, time(), UTC) + timedelta(days=1)
        while moment < end:
            yield moment
            moment += self.length

    @property
    def length(self) -> timedelta:
        """Of one unit."""
        return timedelta(days=1) if self.unit is Unit.DAY else timedelta(hours=1)


@dataclass
class BadPeriod(ValueError):
    """A period that cannot be told; `field` is what to change, the sentence's end says how."""

    field: str
    message: str


def period(first: date | None, last: date | None, unit: Unit, today: date) -> Period:
    """The period that was asked for: thirty days where one end is open, the last thirty where both are.

    Raises BadPeriod where it ends before it begins, or is too long for its unit.
    """
    usual = timedelta(days=USUAL_DAYS - 1)
    if last is None:
        last = today if first is None or first > today else min(today, first + usual)
    if first is None:
        first = last - usual
    most = MOST_DAYS if unit is Unit.DAY else MOST_DAYS_BY_HOUR
    if first > last:
        raise BadPeriod("from", f"must not be after to ({last})")
    if (last - first).days >= most:
        raise BadPeriod(
            "from", f"must leave at most {most} days by the {unit}: {last - timedelta(days=most - 1)} or later"
        )
    return Period(first, last, unit)


@dataclass(frozen=True, slots=True)
class Step:
    """One unit of the period: what came in, by the rules' decision; what people decided; how many waited at its end.

    `waiting` is None for what has not begun yet; for the unit that is going on it is how many wait now.
    """

    at: datetime
    arrived: Mapping[Decision, int]
    decided: Mapping[Decision, int]
    waiting: int | None


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits now: how many comments, since when the oldest was here, and how many came in how long ago (AGES)."""

    waiting: int
    oldest: datetime | None
    ages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A wait as far as buckets tell it: longer than `more_than` seconds, at most `at_most` (None: nobody knows)."""

    more_than: int
    at_most: int | None


@dataclass(frozen=True, slots=True)
class Waits:
    """How many decisions took how long (WAITS)."""

    buckets: tuple[int, ...]

    @property
    def decisions(self) -> int:
        """All of them."""
        return sum(self.buckets)

    def quantile(self, share: float) -> Between | None:
        """Where the decision lies that `share` (above 0, at most 1) of all were no slower than; None without any."""
        rank, reached = share * self.decisions, 0
        for place, number in enumerate(self.buckets):
            reached += number
            if number and reached >= rank:
                return Between(WAITS[place - 1] if place else 0, WAITS[place] if place < len(WAITS) else None)
        return None


@dataclass(frozen=True, slots=True)
class Scores:
    """How many comments got which score for an attribute, and how many got none."""

    attribute: Attribute
    buckets: tuple[int, ...]
    absent: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the model and the first person to decide made of the same comments."""

    attribute: Attribute
    seen: Mapping[Seen, int]

    @property
    def agreed(self) -> float | None:
        """The share flagged and rejected, or neither; None where nobody decided."""
        alike = self.seen[Seen.FLAGGED_REJECTED] + self.seen[Seen.UNFLAGGED_APPROVED]
        everything = sum(self.seen.values())
        return alike / everything if everything else None


@dataclass(frozen=True, slots=True)
class Load:
    """What one moderator decided, how much of that was reversed until now, and how long comments had waited."""

    moderator: str
    given: Mapping[Given, int]
    reversed: Mapping[Reversed, int]
    waits: Waits

    @property
    def decisions(self) -> int:
        """All of them."""
        return sum(self.given.values())


@dataclass(frozen=True, slots=True)
class Numbers:
    """All that can be told of a site and a period."""

    period: Period
    steps: tuple[Step, ...]
    queue: Queue
    waits: Waits
    scores: tuple[Scores, ...]
    agreement: tuple[Agreement, ...]
    reasons: tuple[tuple[Reason, int], ...]
    moderators: tuple[Load, ...]


def gather(
    wanted: Period, flows: Mapping[Tally, int], whole: Mapping[Tally, int], queue: Queue, now: datetime
) -> Numbers:
    """The numbers of a period.

    `flows` are the tallies of what arrived, was decided, began to wait and left, by the day, from the period's first
    day until its last or today's; `whole` all others, added up over the period, with 0 as their day.
    """
    steps = _steps(wanted, flows, queue.waiting, now)
    arrived = sum(sum(step.arrived.values()) for step in steps)
    return Numbers(
        period=wanted,
        steps=steps,
        queue=queue,
        waits=_waits(whole, None),
        scores=tuple(_scores(whole, attribute, arrived) for attribute in Attribute),
        agreement=tuple(
            Agreement(attribute, _named(whole, Tallied.AGREED, attribute, Seen)) for attribute in Attribute
        ),
        reasons=_reasons(whole),
        moderators=_moderators(whole),
    )


def _steps(wanted: Period, flows: Mapping[Tally, int], waiting: int, now: datetime) -> tuple[Step, ...]:
    by_step = {(kind, decision): Counter[datetime]() for kind in ("arrived", "decided") for decision in Decision}
    change = Counter[datetime]()
    for tally, number in flows.items():
        at = _step_of(wanted, tally)
        if tally.kind in (Tallied.ARRIVED, Tallied.DECIDED):
            by_step[tally.kind, Decision(tally.name)][at] += number
        if tally.kind == Tallied.QUEUED or (tally.kind, tally.name) == (Tallied.ARRIVED, Decision.HOLD):
            change[at] += number
        elif tally.kind == Tallied.LEFT:
            change[at] -= number
    moments = list(wanted.steps())
    at_end = waiting - sum(number for at, number in change.items() if at > moments[-1])
    waited: list[int] = []
    for moment in reversed(moments):
        waited.append(at_end)
        at_end -= change[moment]
    return tuple(
        Step(
            moment,
            {decision: by_step["arrived", decision][moment] for decision in Decision},
            {decision: by_step["decided", decision][moment] for decision in Decision},
            number if moment <= now else None,
        )
        for moment, number in zip(moments, reversed(waited), strict=True)
    )


def _step_of(wanted: Period, tally: Tally) -> datetime:
    day = datetime.combine(date_of(tally.day), time(), UTC)
    return day if wanted.unit is Unit.DAY else day + timedelta(hours=tally.bucket)


def _waits(whole: Mapping[Tally, int], moderator: str | None) -> Waits:
    sums = Counter[int]()
    for tally, number in whole.items():
        if tally.kind == Tallied.WAITED and moderator in (None, tally.name):
            sums[tally.bucket] += number
    return Waits(tuple(sums[place] for place in range(len(WAITS) + 1)))


def _scores(whole: Mapping[Tally, int], attribute: Attribute, arrived: int) -> Scores:
    def of(bucket: int) -> int:
        return whole.get(Tally(Tallied.SCORED, 0, attribute, bucket), 0)

    upper = [of(bucket) for bucket in range(1, SCORE_BUCKETS)]
    absent = of(ABSENT)
    return Scores(attribute, (arrived - absent - sum(upper), *upper), absent)


def _named(whole: Mapping[Tally, int], kind: Tallied, name: str, buckets: type[Name]) -> Mapping[Name, int]:
    return {bucket: whole.get(Tally(kind, 0, name, place), 0) for place, bucket in enumerate(buckets)}


def _reasons(whole: Mapping[Tally, int]) -> tuple[tuple[Reason, int], ...]:
    found = [(Reason(tally.name), number) for tally, number in whole.items() if tally.kind == Tallied.REASON]
    return tuple(sorted(found, key=lambda one: (-one[1], one[0])))


def _moderators(whole: Mapping[Tally, int]) -> tuple[Load, ...]:
    names = {tally.name for tally in whole if tally.kind in (Tallied.GIVEN, Tallied.REVERSED)}
    loads: Sequence[Load] = [
        Load(
            name,
            _named(whole, Tallied.GIVEN, name, Given),
            _named(whole, Tallied.REVERSED, name, Reversed),
            _waits(whole, name),
        )
        for name in names
    ]
    return tuple(sorted(loads, key=lambda load: (-load.decisions, load.moderator)))
