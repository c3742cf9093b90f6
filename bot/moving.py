"""What would change for a site that moves from Perspective to Parley: measured, and told to whoever decides it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.agreement import Curve, Decisions, decisions, difference, fit, held_out, rank_correlation

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
"""Thresholds that sites use, by what is published of them."""

ENOUGH = 500
"""Texts from which on a share of changed decisions says something about those to come."""

ENOUGH_FLAGGED = 20
"""Texts that Perspective must have flagged among them: on harmless ones every scorer agrees with every other."""

MOST_CHANGED = 0.05
"""The share of changed decisions up to which a switch is called safe, unless the operator says otherwise."""

LEAST_ALIKE = 0.7
"""How far the two must flag the same texts, on a scale where 1 is the very same ones (see `Decisions.alike`)."""

_SHOWN = 10
_LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Scores:
    """One attribute's scores of the same texts, ours and Perspective's; a text is None where it was not kept."""

    attribute: str
    texts: Sequence[str | None]
    ours: Sequence[float]
    theirs: Sequence[float]


@dataclass(frozen=True, slots=True)
class Measured:
    """How an attribute's scores agree.

    `read` are our scores as curves read them that were fitted on other texts, or our scores as they are where there
    are too few texts for a curve; `curve` is fitted on all of them. `decided` has a line for each threshold.
    """

    scores: Scores
    correlation: float | None
    before: float
    after: float
    curve: Curve | None
    read: Sequence[float]
    decided: tuple[Decisions, ...]


def measure(scores: Scores, level: float) -> Measured:
    """Measures an attribute; `level` is the site's own threshold, beside those that all sites use. Needs a text."""
    read = held_out(scores.ours, scores.theirs) or scores.ours
    return Measured(
        scores,
        rank_correlation(scores.ours, scores.theirs),
        difference(scores.ours, scores.theirs),
        difference(read, scores.theirs),
        fit(scores.ours, scores.theirs),
        read,
        tuple(decisions(read, scores.theirs, one) for one in sorted({*LEVELS, level})),
    )


def obstacle(measured: Measured, level: float, most_changed: float) -> str | None:
    """Why it is not safe yet to let Parley answer for this attribute at the site's threshold; None where it is."""
    count = len(measured.scores.ours)
    if measured.curve is None or count < ENOUGH:
        return f"{count:,} texts are too few to tell; {ENOUGH:,} would do"
    (decided,) = (one for one in measured.decided if one.level == level)
    if decided.theirs < ENOUGH_FLAGGED:
        return f"at {level:g}, Perspective flags {decided.theirs:,} texts; {ENOUGH_FLAGGED:,} would do"
    if decided.alike < LEAST_ALIKE:
        return f"at {level:g}, the two flag the same texts to {decided.alike:.0%} only, less than {LEAST_ALIKE:.0%}"
    if decided.changed > most_changed:
        return f"at {level:g}, {decided.changed:.1%} of the decisions would change, more than {most_changed:.1%}"
    return None


def page(site: str, model: str, measured: Sequence[Measured], levels: Mapping[str, float], most_changed: float) -> str:
    """The report, in Markdown; `levels` are the site's thresholds by attribute."""
    lines = [
        f"# {site}: from Perspective to Parley",
        "",
        f"Parley's models: {model}. Agreement is measured on texts that the curves were not fitted on.",
        "",
        *_safety(measured, levels, most_changed),
        "## Agreement",
        "",
        "| attribute | texts | same order (Spearman) | mean difference, as it is | with the curve |",
        "|---|---|---|---|---|",
        *(_agreement(one) for one in measured),
        "",
    ]
    for one in measured:
        lines += [f"## {one.scores.attribute}", "", *_thresholds(one), "", *_disagreements(one)]
    return "\n".join(lines)


def _safety(measured: Sequence[Measured], levels: Mapping[str, float], most_changed: float) -> Iterator[str]:
    yield "## Is it safe to switch?"
    yield ""
    for one in measured:
        name = one.scores.attribute
        why = obstacle(one, levels[name], most_changed)
        yield f"- {name} at {levels[name]:g}: " + ("yes." if why is None else f"not yet: {why}.")
    yield ""


def _agreement(one: Measured) -> str:
    same = "-" if one.correlation is None else f"{one.correlation:.3f}"
    after = "-" if one.curve is None else f"{one.after:.3f}"
    return f"| {one.scores.attribute} | {len(one.scores.ours):,} | {same} | {one.before:.3f} | {after} |"


def _thresholds(one: Measured) -> Iterator[str]:
    yield "| Perspective's threshold | in Parley's scores | both | only Perspective | only Parley | changed | alike |"
    yield "|---|---|---|---|---|---|---|"
    for decided in one.decided:
        ours = None if one.curve is None else one.curve.score_for(decided.level)
        yield (
            f"| {decided.level:g} | {'-' if ours is None else f'{ours:.3f}'} | {decided.both:,} "
            f"| {decided.only_theirs:,} | {decided.only_ours:,} | {decided.changed:.1%} "
            f"| {decided.alike:.0%} |"
        )


def _disagreements(one: Measured) -> Iterator[str]:
    apart = sorted(
        (
            (abs(ours - theirs), ours, theirs, text)
            for text, ours, theirs in zip(one.scores.texts, one.read, one.scores.theirs, strict=True)
            if text is not None
        ),
        reverse=True,
    )[:_SHOWN]
    if not apart:
        return
    yield "Furthest apart, for people to look at (Perspective, Parley, text):"
    yield ""
    for _, ours, theirs, text in apart:
        shown = " ".join(text.split())
        cut = shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "..."
        yield f"    {theirs:.2f}  {ours:.2f}  {cut}"
    yield ""
