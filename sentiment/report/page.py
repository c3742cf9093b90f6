"""The page of a report: what it comes to, in front of all that it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from sentiment.comparison import Comparison
from sentiment.evaluation import Evaluation, Sheet
from sentiment.measures import Share
from sentiment.report import tables
from sentiment.report.attributes import Thresholds, attribute, overview
from sentiment.report.markup import NOTHING, Content, Markup, tag
from sentiment.report.versus import versus
from sentiment.scores import Attribute


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What a report is about: one version's figures and scores, and another one's beside them where it is compared."""

    measured: Evaluation
    sheet: Sheet
    thresholds: Thresholds
    against: Sheet | None = None
    comparison: Comparison | None = None


def page(subject: Subject) -> str:
    """The whole document, with its pictures and colours inside."""
    measured = subject.measured
    title = f"Model {measured.version}, measured"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="robots", content="noindex"),
        tag("title", title),
        tag("style", Markup((files("sentiment.report") / "page.css").read_text("utf-8"))),
    )
    body = tag(
        "body",
        tag("input", type="checkbox", id="reveal", class_="reveal", tabindex="-1"),
        tag("header", tag("div", tag("h1", title), tag("p", _about(measured), class_="quiet"))),
        tag("nav", tag("div", *(tag("a", name, href=f"#{name.lower()}") for name in _CONTENTS)), aria_label="Contents"),
        tag("main", *_sections(subject)),
    )
    return "<!doctype html>\n" + tag("html", head, body, lang="en").html + "\n"


_CONTENTS = ("Summary", "Attributes", "Groups", "Disguises", "Sentiment", "Sentences", "Sets")


def _about(measured: Evaluation) -> str:
    return (
        f"On {measured.silent.texts:,} labelled texts that no model learned from. Intervals hold 95 % of what a figure "
        f"would be on other texts of the same kind. {measured.silent.hits:,} texts got no scores, since their language "
        "is not known for sure."
    )


def _sections(subject: Subject) -> Sequence[Markup]:
    measured, sheet = subject.measured, subject.sheet
    sheets = [sheet] if subject.against is None else [sheet, subject.against]
    return (
        _section("Summary", "", _summary(measured), tag("div", overview(measured, sheet), class_="plots")),
        versus(subject.comparison) if subject.comparison else NOTHING,
        _section(
            "Attributes",
            "Each part opens: curves, what the levels of the default policy do, and the worst mistakes. Comments in it "
            "are blurred; point at one or tap it to read it.",
            tag("p", tag("label", "Show or blur all comments", for_="reveal", class_="switch")),
            *(attribute(name, measured, sheets, subject.thresholds) for name in Attribute),
        ),
        _section(
            "Groups",
            "How often harmless texts about a group of people get 0.5 or more for toxicity, and for identity_attack; "
            "and how well toxicity is told apart. A low BPSN AUC says that harmless texts about the group score too "
            "high, a low BNSP AUC that toxic ones score too low.",
            tables.groups("Templates that name identities", measured.figures.groups),
            tables.groups("Comments that people wrote", measured.figures.mentions),
            tag("h3", "What data sets call hate, by the better of two heads (AUC)"),
            tables.hate(measured.figures),
        ),
        _section("Disguises", "Share that gets a toxicity of 0.5 or more.", tables.disguises(measured)),
        _section(
            "Sentiment",
            "Macro recall: mean share of negative, neutral and positive texts recognised. r: correlation of the "
            "compound with the mean of human ratings.",
            tables.sentiment(measured),
        ),
        _section("Sentences", "Parley's own sentences, and what is stated about them.", tables.sentences(measured)),
        _section("Sets", "Labels mean different things from set to set.", tables.by_set(measured.figures)),
        tag("footer", "Written by ./parley evaluate. This file needs nothing else and calls nobody."),
    )


def _section(title: str, lead: str, *content: Content) -> Markup:
    said = tag("p", lead, class_="quiet") if lead else NOTHING
    return tag("section", tag("h2", title, id=title.lower()), said, *content)


def _summary(measured: Evaluation) -> Markup:
    natural = [found.natural for found in measured.figures.attributes.values() if found.natural]
    aucs = [one.auc for one in natural if one.auc is not None]
    toxicity = measured.figures.attributes[Attribute.TOXICITY]
    groups, robust = measured.figures.groups, measured.robustness
    stated = Share(
        sum(len(outcome.held) for outcome in measured.cases),
        sum(len(outcome.held) + len(outcome.broken) for outcome in measured.cases),
    )
    shown = [
        (f"{sum(aucs) / len(aucs):.3f}", f"mean AUC of {len(aucs)} attributes at the natural rate") if aucs else None,
        _toxicity(toxicity.natural.auc, toxicity.natural.auc_interval) if toxicity.natural else None,
        (f"{toxicity.natural.calibration_error:.3f}", "calibration error of toxicity") if toxicity.natural else None,
        (f"{toxicity.near_80.share:.0%}", f"of {toxicity.near_80.texts} texts scored 0.7 to 0.9 are toxic")
        if toxicity.near_80
        else None,
        (f"{groups.gap:.3f}", "false positive gap between groups, on templates") if groups else None,
        (f"{measured.span_f1:.3f}", "F1 of the characters marked as toxic") if measured.span_f1 is not None else None,
        (
            f"{min(one.recall.share - robust.clean.recall.share for one in robust.disguised.values()):+.3f}",
            "recall in the worst disguise",
        )
        if robust
        else None,
        (f"{stated.share:.0%}", "of what Parley's own sentences state holds"),
    ]
    return tag(
        "div",
        *(tag("div", tag("b", one[0]), tag("span", one[1]), class_="card") for one in shown if one),
        class_="cards",
    )


def _toxicity(auc: float | None, interval: tuple[float, float] | None) -> tuple[str, str] | None:
    if auc is None:
        return None
    within = f" ({interval[0]:.3f} – {interval[1]:.3f})" if interval else ""
    return f"{auc:.3f}", f"AUC of toxicity{within}"
