"""A site's numbers: what can be asked, how they are answered, and as tables for spreadsheets."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, ConfigDict, Field

from bot.numbers import AGES, Between, Load, Numbers, Queue, Scores, Unit, Waits
from bot.policy import AttributeLevels
from bot.tallies import WAITS, Given, Reversed, Seen
from bot.verdict import Decision, Reason
from bot.web.wire.answered import Answered, Json, write_moment
from bot.web.wire.asked import Asked
from sentiment.scores import Attribute

Number = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
_DAY = re.compile(r"20[2-8]\d-\d\d-\d\d", re.ASCII)


def _day(given: object) -> object:
    if isinstance(given, str) and not _DAY.fullmatch(given):
        raise ValueError("must be a day of this century, like 2026-11-23")
    return given


Day = Annotated[
    date,
    BeforeValidator(_day, json_schema_input_type=date),
    Field(json_schema_extra={"pattern": r"^20[2-8]\d-\d\d-\d\d$"}),
]


class StatsQuery(Asked):
    """Which days of UTC are told, and how finely they are cut."""

    model_config = ConfigDict(populate_by_name=False)

    first: Annotated[Day | None, Field(alias="from", description="The first day; 30 days before the last.")] = None
    last: Annotated[Day | None, Field(alias="to", description="The last day, itself included; today.")] = None
    unit: Annotated[Unit, Field(description="By the day up to 366 days, by the hour up to 31.")] = Unit.DAY


class Table(StrEnum):
    """What can be had as CSV."""

    SERIES = "series"
    QUEUE = "queue"
    WAITS = "waits"
    SCORES = "scores"
    AGREEMENT = "agreement"
    REASONS = "reasons"
    MODERATORS = "moderators"


class TableQuery(StatsQuery):
    """The same, and which of the tables."""

    of: Annotated[Table, Field(description="Which table.")] = Table.SERIES


class StepAnswered(Answered):
    """One day or hour, from `at` on."""

    at: datetime
    arrived: Annotated[dict[Decision, Number], Field(description="What came in, by what the rules decided.")]
    decided: Annotated[dict[Decision, Number], Field(description="What people decided, whenever it had come in.")]
    waiting: Annotated[
        Number | None, Field(description="How many comments waited at its end, or now; null where it is still to come.")
    ]


class AgeAnswered(Answered):
    """How many of the waiting comments came in so long ago, and not within the ages before."""

    up_to_seconds: Annotated[int | None, Field(description="null: longer than all others.")]
    comments: Number


class QueueNumbersAnswered(Answered):
    """What waits now."""

    waiting: Number
    oldest: Annotated[datetime | None, Field(description="When the oldest came in.")]
    ages: list[AgeAnswered]


class WaitAnswered(Answered):
    """How many decisions took so long, and longer than the buckets before."""

    up_to_seconds: Annotated[int | None, Field(description="null: longer than all others.")]
    decisions: Number


class BetweenAnswered(Answered):
    """As exactly as the buckets tell: longer than one, at most the other (null: above all buckets)."""

    more_than_seconds: Number
    at_most_seconds: int | None


class WaitsAnswered(Answered):
    """How long comments had been held when a person approved or rejected them.

    A decision that is taken back and taken again counts twice, each time since the comment was held by a rule or an
    appeal.
    """

    decisions: Number
    median: BetweenAnswered | None
    ninetieth: Annotated[BetweenAnswered | None, Field(description="Nine of ten decisions were no slower.")]
    buckets: list[WaitAnswered]


class ScoresNumbersAnswered(Answered):
    """How the comments that came in were scored for an attribute, in 20 buckets of 0.05 from 0 on."""

    attribute: Attribute
    hold: Annotated[float | None, Field(description="From which score on the policy in force holds; null: never.")]
    reject: Annotated[float | None, Field(description="From which score on it rejects; null: never.")]
    buckets: list[Number]
    absent: Annotated[Number, Field(description="Comments without a score: another language, or no model answered.")]


class AgreementAnswered(Answered):
    """Comments that a person decided on for the first time: what the model and that person made of them.

    Flagged: the score reached the hold level of the policy that judged the comment on arrival. Comments that nobody
    looked at are not in here, so this is no measure of all comments.
    """

    attribute: Attribute
    flagged_rejected: Number
    flagged_approved: Number
    unflagged_rejected: Annotated[Number, Field(description="Perhaps for reasons that are none of this attribute's.")]
    unflagged_approved: Number
    agreed: Annotated[Share | None, Field(description="Flagged and rejected, or neither; null where nobody decided.")]


class ReasonAnswered(Answered):
    """How many of the comments that came in have this reason; one comment may have several."""

    reason: Reason
    comments: Number


class LoadAnswered(Answered):
    """One moderator's decisions in the period, and how many of these were reversed by now."""

    moderator: str
    decisions: Number
    approve: Number
    hold: Number
    reject: Number
    by_themselves: Annotated[Number, Field(description="Reversed by the same moderator, as by undo.")]
    by_others: Annotated[Number, Field(description="Reversed by another moderator.")]
    on_appeal: Annotated[Number, Field(description="Reversed after the author appealed.")]
    median: Annotated[BetweenAnswered | None, Field(description="Of how long the comments had been held.")]


class StatsAnswered(Answered):
    """All numbers of the site for the period; `queue` is as of now."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    unit: Unit
    series: list[StepAnswered]
    queue: QueueNumbersAnswered
    waits: WaitsAnswered
    scores: list[ScoresNumbersAnswered]
    agreement: list[AgreementAnswered]
    reasons: Annotated[list[ReasonAnswered], Field(description="The most frequent first.")]
    moderators: Annotated[
        list[LoadAnswered], Field(description="For the scope `admin` everybody; else whoever asks, and nobody else.")
    ]


def write_stats(numbers: Numbers, levels: AttributeLevels, only: str | None) -> Json:
    """The shape of StatsAnswered; of moderators `only` this one, None for all."""
    period = numbers.period
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "unit": period.unit,
        "series": [
            {
                "at": write_moment(step.at),
                "arrived": dict(step.arrived),
                "decided": dict(step.decided),
                "waiting": step.waiting,
            }
            for step in numbers.steps
        ],
        "queue": _write_queue(numbers.queue),
        "waits": _write_waits(numbers.waits),
        "scores": [_write_scores(scores, levels) for scores in numbers.scores],
        "agreement": [
            {"attribute": one.attribute, **{seen: one.seen[seen] for seen in Seen}, "agreed": one.agreed}
            for one in numbers.agreement
        ],
        "reasons": [{"reason": reason, "comments": number} for reason, number in numbers.reasons],
        "moderators": [_write_load(load) for load in numbers.moderators if only in (None, load.moderator)],
    }


def _write_queue(queue: Queue) -> Json:
    ages = zip((*AGES, None), queue.ages, strict=True)
    return {
        "waiting": queue.waiting,
        "oldest": None if queue.oldest is None else write_moment(queue.oldest),
        "ages": [{"up_to_seconds": age, "comments": number} for age, number in ages],
    }


def _write_waits(waits: Waits) -> Json:
    buckets = zip((*WAITS, None), waits.buckets, strict=True)
    return {
        "decisions": waits.decisions,
        "median": _write_between(waits.quantile(0.5)),
        "ninetieth": _write_between(waits.quantile(0.9)),
        "buckets": [{"up_to_seconds": seconds, "decisions": number} for seconds, number in buckets],
    }


def _write_between(between: Between | None) -> Json | None:
    if between is None:
        return None
    return {"more_than_seconds": between.more_than, "at_most_seconds": between.at_most}


def _write_scores(scores: Scores, levels: AttributeLevels) -> Json:
    level = levels.of(scores.attribute)
    return {
        "attribute": scores.attribute,
        "hold": None if level is None else level.hold,
        "reject": None if level is None else level.reject,
        "buckets": list(scores.buckets),
        "absent": scores.absent,
    }


def _write_load(load: Load) -> Json:
    return {
        "moderator": load.moderator,
        "decisions": load.decisions,
        **{given: load.given[given] for given in Given},
        **{how: load.reversed[how] for how in Reversed},
        "median": _write_between(load.waits.quantile(0.5)),
    }


def _of_scores(stats: Json) -> Iterator[Json]:
    for scores in stats["scores"]:
        for place, number in enumerate(scores["buckets"]):
            yield {"attribute": scores["attribute"], "from": place / 20, "to": (place + 1) / 20, "comments": number}
        yield {"attribute": scores["attribute"], "from": None, "to": None, "comments": scores["absent"]}


_ROWS: Final[Mapping[Table, Callable[[Json], Iterator[Json]]]] = {
    Table.SERIES: lambda stats: iter(stats["series"]),
    Table.QUEUE: lambda stats: iter(stats["queue"]["ages"]),
    Table.WAITS: lambda stats: iter(stats["waits"]["buckets"]),
    Table.SCORES: _of_scores,
    Table.AGREEMENT: lambda stats: iter(stats["agreement"]),
    Table.REASONS: lambda stats: iter(stats["reasons"]),
    Table.MODERATORS: lambda stats: iter(stats["moderators"]),
}
_COLUMNS: Final = {
    Table.SERIES: ("at", *(f"{what}.{one}" for what in ("arrived", "decided") for one in Decision), "waiting"),
    Table.QUEUE: tuple(AgeAnswered.model_fields),
    Table.WAITS: tuple(WaitAnswered.model_fields),
    Table.SCORES: ("attribute", "from", "to", "comments"),
    Table.AGREEMENT: tuple(AgreementAnswered.model_fields),
    Table.REASONS: tuple(ReasonAnswered.model_fields),
    Table.MODERATORS: (
        *(name for name in LoadAnswered.model_fields if name != "median"),
        *(f"median.{name}" for name in BetweenAnswered.model_fields),
    ),
}


def write_table(stats: Json, of: Table) -> str:
    """One of the tables as CSV (RFC 4180); `stats` has the shape of StatsAnswered.

    A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection).
    """
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    columns = _COLUMNS[of]
    table.writerow(column.replace(".", "_") for column in columns)
    for row in _ROWS[of](stats):
        table.writerow(_cell(row, column) for column in columns)
    return written.getvalue()


# Any: whatever a cell may hold.
def _cell(row: Json, column: str) -> Any:
    value: Any = row
    for name in column.split("."):
        value = None if value is None else value[name]
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r\n") else value
