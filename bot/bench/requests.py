"""Requests a second, as a share of what the bare echo answers: measured in turns, so that drift cancels out."""

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.bench.bodies import Kind
from bot.bench.children import Client, Parley, client, echo, parley, redis
from bot.bench.figures import Better, Figure, median_ratio
from bot.bench.load import Result, Round

MOST_MEGABYTES = 350.0
MOST_MILLISECONDS = 40.0
"""In which 99 of 100 of Perspective's calls are answered, all of them for new texts, at `PACE` calls a second."""

PACE = 100.0
LEAST_ANALYZED = 1_000.0
"""Perspective's calls a second for known texts."""

_PACED_LONGER = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure: `rounds` pairs of `seconds` each, with this many connections and processes."""

    rounds: int = 7
    seconds: float = 1.5
    connections: int = 32
    workers: int = 1


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    path: str
    kind: Kind
    target: float
    through_redis: bool = False


_CASES = (
    _Case("cached score, in process", "/v1/score", Kind.KNOWN, 0.75),
    _Case("cached score, through Redis", "/v1/score", Kind.KNOWN, 0.45, through_redis=True),
    _Case("cached score, as Perspective", "/v1alpha1/comments:analyze", Kind.ANALYZED, LEAST_ANALYZED),
    _Case("new score", "/v1/score", Kind.NEW, 0.15),
    _Case("stored comment", "/v1/comments", Kind.COMMENTS, 0.08),
)


def steps(plan: Plan) -> int:
    """How often `measure` will report progress."""
    return len(_CASES) * (plan.rounds + 1) + plan.rounds


def measure(plan: Plan, folder: Path, step: Callable[[], object]) -> Iterator[Figure]:
    """A ratio for each case, Perspective's calls, then the memory of the largest process after its load.

    Raises BenchError.
    """
    megabytes: dict[str, float] = {}
    with client() as sender, echo(folder / "echo") as port, redis(folder / "redis") as redis_url:
        for number, case in enumerate(_CASES):
            if case.through_redis and redis_url is None:
                note = "Not measured: there is no redis-server here. Install it with: apt-get install redis-server"
                yield Figure(case.name, None, "of echo", case.target, Better.HIGHER, note)
                continue
            with parley(folder / f"parley-{number}", plan.workers, redis_url if case.through_redis else None) as served:
                figure = _measure(case, plan, sender, port, served, step)
                if case.kind is Kind.ANALYZED:
                    yield _calls(figure)
                    yield _paced(case, plan, sender, port, served, step)
                else:
                    yield figure
                megabytes[case.name] = served.megabytes()
    largest = max(megabytes.values())
    yield Figure("memory of a process after load", largest, "MB", MOST_MEGABYTES, Better.LOWER, details=megabytes)


def _measure(
    case: _Case, plan: Plan, sender: Client, echo_port: int, served: Parley, step: Callable[[], object]
) -> Figure:
    def send(port: int, seed: int, seconds: float) -> Result:
        # Known texts are those of the warming round; new ones must be other texts in every round.
        seed = 0 if case.kind in (Kind.KNOWN, Kind.ANALYZED) else seed
        return sender.send(Round(port, case.path, served.key, case.kind, seed, seconds, plan.connections))

    for port in (echo_port, served.port):
        send(port, 0, plan.seconds)
    step()
    pairs = []
    for number in range(1, plan.rounds + 1):
        bare = send(echo_port, number, plan.seconds)
        full = send(served.port, number, plan.seconds)
        pairs.append((full, bare))
        step()
    return Figure(
        case.name,
        median_ratio([(full.per_second, bare.per_second) for full, bare in pairs]),
        "of echo",
        case.target,
        Better.HIGHER,
        details=_details(pairs),
    )


def _calls(case: Figure) -> Figure:
    """The same in calls a second, which is what Perspective's callers ask about."""
    assert case.value is not None
    details = case.details | {"of_echo": case.value}
    return replace(case, value=case.details["requests_per_second"], unit="calls a second", details=details)


def _paced(
    case: _Case, plan: Plan, sender: Client, echo_port: int, served: Parley, step: Callable[[], object]
) -> Figure:
    """The median over rounds of the time in which 99 of 100 calls were answered; the echo's beside it."""

    def send(port: int, seed: int) -> Result:
        seconds = plan.seconds * _PACED_LONGER
        kind, connections = Kind.ANALYZED_NEW, max(plan.connections, 32)
        return sender.send(Round(port, case.path, served.key, kind, seed, seconds, connections, per_second=PACE))

    pairs = []
    for number in range(1, plan.rounds + 1):
        bare = send(echo_port, number)
        pairs.append((send(served.port, number), bare))
        step()
    return Figure(
        f"new score, as Perspective, 99 of 100 at {PACE:g} a second",
        statistics.median(full.slowest_percent for full, _ in pairs) * 1000,
        "ms",
        MOST_MILLISECONDS,
        Better.LOWER,
        details={
            "median_ms": statistics.median(full.median for full, _ in pairs) * 1000,
            "of_echo": median_ratio([(full.slowest_percent, bare.slowest_percent) for full, bare in pairs]),
            "echo_ms": statistics.median(bare.slowest_percent for _, bare in pairs) * 1000,
            "calls_per_second": statistics.median(full.per_second for full, _ in pairs),
        },
    )


def _details(pairs: list[tuple[Result, Result]]) -> dict[str, float]:
    best = max((full for full, _ in pairs), key=lambda result: result.per_second)
    bare = max((bare for _, bare in pairs), key=lambda result: result.per_second)
    ratios = [full.per_second / bare.per_second for full, bare in pairs]
    return {
        "requests_per_second": best.per_second,
        "median_ms": best.median * 1000,
        "slowest_percent_ms": best.slowest_percent * 1000,
        "echo_requests_per_second": bare.per_second,
        "lowest_ratio": min(ratios),
        "highest_ratio": max(ratios),
    }
