"""The part of a report that sets two versions side by side."""

from collections.abc import Iterator

from sentiment.comparison import Comparison, Difference, Moved
from sentiment.report.markup import NOTHING, Markup, tag
from sentiment.report.tables import Row, count, hidden, name, number, table, words


def versus(found: Comparison) -> Markup:
    """Differences with paired intervals, changed verdicts, and the texts furthest apart."""
    lead = (
        f"Both on the same texts. Differences are {found.first} minus {found.second}, with 95 % intervals from paired "
        "draws; coloured where they leave out 0."
    )
    figures = table(
        ("attribute", "texts from", "texts", "figure", found.first, found.second, "difference"),
        (_difference(one) for one in found.differences),
    )
    changed = table(
        ("attribute", "threshold", f"only {found.first}", "rightly", f"only {found.second}", "rightly"),
        _disagreements(found),
    )
    return tag(
        "section",
        tag("h2", f"{found.first} against {found.second}", id="versus"),
        tag("p", lead, class_="quiet"),
        figures,
        tag("h3", "Texts over the default policy's hold level with one version only"),
        changed,
        _moved(found),
    )


def _difference(one: Difference) -> Row:
    told = ("good" if one.difference > 0 else "bad") if one.is_clear else "quiet"
    within = f"{one.interval[0]:+.3f} – {one.interval[1]:+.3f}" if one.interval else ""
    return (
        name(one.attribute),
        words(one.source),
        count(one.texts),
        words(one.figure),
        number(one.first),
        number(one.second),
        tag("td", f"{one.difference:+.3f}", tag("small", within), class_=told),
    )


def _disagreements(found: Comparison) -> Iterator[Row]:
    for one in found.disagreements:
        counts = one.only_first, one.only_first_right, one.only_second, one.only_second_right
        yield (name(one.attribute), tag("td", f"{one.threshold:g}"), *map(count, counts))


def _moved(found: Comparison) -> Markup:
    if not found.moved:
        return NOTHING
    return tag(
        "details",
        tag("summary", tag("b", "Texts furthest apart"), tag("span", f"{len(found.moved)} of them")),
        tag("div", tag("div", tag("ol", *(_text(one) for one in found.moved)), class_="mistakes")),
    )


def _text(one: Moved) -> Markup:
    about = f"{one.attribute} · {one.first:.3f} against {one.second:.3f} · readers: {'yes' if one.positive else 'no'}"
    return tag("li", tag("div", about, class_="about"), hidden(one.text[:600]))
