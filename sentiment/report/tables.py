"""The tables of a report: groups of people, disguises, sentiment, sentences."""

from collections.abc import Iterable, Sequence

from sentiment.evaluation import Evaluation, Sentiment
from sentiment.figures import Figures
from sentiment.groups import GroupFigures
from sentiment.measures import Share
from sentiment.report.markup import NOTHING, Content, Markup, joined, tag
from sentiment.resampling import Interval
from sentiment.stated import Tally, tallies

Row = Sequence[Markup]


_WORDED = ("texts from", "figure")
"""Headings of columns that hold words wherever they stand; all others but the first hold numbers."""


def table(headings: Sequence[str], rows: Iterable[Row]) -> Markup:
    """A table that scrolls in itself where a screen is too narrow; the first column names its row."""
    worded = {headings[0], *_WORDED}
    head = tag("tr", *(tag("th", one, scope="col", class_="words" if one in worded else "number") for one in headings))
    body = (tag("tr", *row) for row in rows)
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="scroll", tabindex="0")


def name(words: str) -> Markup:
    """The first cell of a row."""
    return tag("th", words, scope="row")


def number(value: float | None, interval: Interval | None = None) -> Markup:
    """A cell with three digits, and the interval below them."""
    if value is None:
        return tag("td", "–", class_="quiet")
    below = tag("small", f"{interval[0]:.3f} – {interval[1]:.3f}") if interval else NOTHING
    return tag("td", f"{value:.3f}", below)


def count(value: int) -> Markup:
    """A cell with a whole number."""
    return tag("td", f"{value:,}")


def words(*content: Content) -> Markup:
    """A cell with text."""
    return tag("td", *content, class_="words")


def shaded(value: float | None, *, good: float, bad: float) -> Markup:
    """A cell that is the redder the nearer its figure is to `bad`."""
    if value is None:
        return tag("td", "–", class_="quiet")
    depth = min(1.0, max(0.0, (value - good) / (bad - good)))
    return tag("td", f"{value:.3f}", class_="shade", style=f"--depth: {depth:.3f}")


# --- groups of people -------------------------------------------------------------------------------------------------


def groups(title: str, found: GroupFigures | None) -> Markup:
    """The bias table; colours say the same as the numbers."""
    if found is None:
        return NOTHING
    headings = ("group", "texts", "harmless", "false positives", "… of hate", "subgroup AUC", "BPSN AUC", "BNSP AUC")
    rows = (
        (
            name(who),
            count(group.texts),
            count(group.harmless),
            shaded(group.false_positive_rate, good=0.0, bad=0.2),
            shaded(group.hate_rate, good=0.0, bad=0.2),
            *(shaded(auc, good=1.0, bad=0.6) for auc in (group.subgroup_auc, group.bpsn_auc, group.bnsp_auc)),
        )
        for who, group in sorted(
            found.groups.items(), key=lambda entry: -max(entry[1].false_positive_rate, entry[1].hate_rate)
        )
    )
    widest = (
        f"{found.harmless:,} harmless texts. Widest gap between two groups: {found.gap:.3f} for toxicity, "
        f"{found.hate_gap:.3f} for identity_attack (aim: 0.05 or less)."
    )
    return joined(tag("h3", title), tag("p", widest, class_="quiet"), table(headings, rows))


def hate(figures: Figures) -> Markup:
    """Both heads on what data sets call hate."""
    rows = (
        (name(source), number(heads.get("identity_attack")), number(heads.get("toxicity")), number(max(heads.values())))
        for source, heads in figures.hate.items()
    )
    return table(("texts from", "identity_attack", "toxicity", "the better"), rows)


# --- disguises, sentiment, sentences ----------------------------------------------------------------------------------


def disguises(measured: Evaluation) -> Markup:
    """Recall and false positives in every disguise."""
    found = measured.robustness
    if found is None:
        return NOTHING
    seen = {"as they were written": found.clean, **found.disguised}
    plain = found.clean.recall.share
    rows = (
        (
            name(how),
            number(one.recall.share, one.recall.interval),
            tag("td", f"{one.recall.share - plain:+.3f}", class_="bad" if one.recall.share < plain - 0.05 else "good")
            if one is not found.clean
            else tag("td", "–", class_="quiet"),
            number(one.false_positives.share, one.false_positives.interval),
        )
        for how, one in seen.items()
    )
    texts = f"{found.clean.recall.texts:,} toxic and {found.clean.false_positives.texts:,} harmless held out comments."
    headings = ("words are", "toxic ones recognised", "difference", "harmless ones taken for toxic")
    return joined(tag("p", texts, class_="quiet"), table(headings, rows))


def sentiment(measured: Evaluation) -> Markup:
    """The final sentiment beside VADER's alone."""
    final, alone = measured.sentiment, measured.vader or Sentiment({}, {})
    rows = (
        (
            name(source),
            *(number(by.get(source)) for by in (final.recall, alone.recall, final.agreement, alone.agreement)),
        )
        for source in sorted({*final.recall, *final.agreement})
    )
    published = [
        tag(
            "p",
            f"VADER alone on all {one.texts:,} of {source}: r {one.agreement:.3f}, published {one.published:.3f}.",
            class_="quiet",
        )
        for source, one in measured.reproduced.items()
    ]
    return joined(
        table(("texts from", "macro recall", "VADER alone", "r with people", "VADER alone"), rows), *published
    )


def sentences(measured: Evaluation) -> Markup:
    """How the stated sentences came out, and each that did not come out as stated."""
    rows: list[Row] = []
    for title, suite in tallies(measured.cases).items():
        rows.append((tag("th", tag("b", title), scope="row"), *_tally(suite.whole)))
        rows += [(name(category), *_tally(tally)) for category, tally in suite.categories.items()]
    broken = [
        tag(
            "li",
            tag("div", outcome.case.category, " · not ", ", ".join(outcome.broken), class_="about"),
            hidden(outcome.case.text),
        )
        for outcome in measured.cases
        if outcome.broken
    ]
    unlike = tag(
        "details",
        tag("summary", tag("b", "Not as stated"), tag("span", f"{len(broken)} sentences")),
        tag("div", tag("div", tag("ol", *broken), class_="mistakes")),
    )
    return joined(
        table(("suite, category", "sentences", "as stated", "AUC", "by"), rows), unlike if broken else NOTHING
    )


def _tally(tally: Tally) -> Row:
    best, worth = tally.best or ("–", None)
    share = Share(tally.held, tally.statements)
    return count(tally.sentences), tag("td", f"{share.share:.0%}"), number(worth), tag("td", best)


def hidden(text: str) -> Markup:
    """Text of a comment, blurred until somebody wants to read it."""
    return tag("span", text, class_="hidden", tabindex="0")


def by_set(figures: Figures) -> Markup:
    """Every attribute on every data set."""
    rows: list[Row] = []
    for attribute, found in figures.attributes.items():
        rows += [
            (
                name(attribute),
                words(source),
                count(one.rows),
                count(one.positives),
                number(one.auc, one.auc_interval),
                number(one.average_precision, one.average_precision_interval),
                number(one.calibration_error),
            )
            for source, one in found.by_set.items()
        ]
    return table(("attribute", "texts from", "texts", "positive", "AUC", "AP", "ECE"), rows)
