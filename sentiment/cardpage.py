"""The card of a model as a page for people, and both of its forms as files."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sentiment.card import Card, Provenance, plain
from sentiment.datasets import Split
from sentiment.evaluation import Sentiment
from sentiment.figures import AttributeFigures
from sentiment.groups import GroupFigures
from sentiment.measures import Measure, Share
from sentiment.perturbed import Seen
from sentiment.registry import CARD
from sentiment.resampling import Interval
from sentiment.scores import Attribute
from sentiment.stated import Suite, Tally

_MEANINGS: Mapping[Attribute, str] = {
    Attribute.TOXICITY: "rude, disrespectful or likely to make somebody leave the discussion",
    Attribute.SEVERE_TOXICITY: "very hateful or aggressive; a rough word alone is not enough",
    Attribute.IDENTITY_ATTACK: "negative or hateful about people for who they are: origin, religion, sex, disability",
    Attribute.INSULT: "an insult to a person or a group",
    Attribute.PROFANITY: "swear words and obscene language, whoever they are meant for",
    Attribute.THREAT: "an intention or a wish to hurt somebody",
    Attribute.SEXUALLY_EXPLICIT: "sexual acts or body parts, described in a lewd way",
    Attribute.SPAM: "advertising, begging for clicks, fraud; nothing to do with the thread",
}


def write_card(card: Card, folder: Path) -> None:
    """Writes both forms into a model's folder."""
    (folder / CARD).write_text(json.dumps(plain(card), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (folder / "card.md").write_text(as_markdown(card), encoding="utf-8")


def as_markdown(card: Card) -> str:
    """The card for people."""
    sections = (
        _head(card),
        _meanings(),
        _attributes(card),
        _hate(card),
        _sentiment(card),
        _spans(card),
        _groups("templates that name two identities", card.figures.groups),
        _groups("comments that people wrote", card.figures.mentions),
        _robustness(card),
        _stated(card.stated),
        _data(card.data),
        _section("What it cannot do", (f"- {limit}" for limit in card.limits)),
        _section(
            "How it was trained",
            ("```json", json.dumps(plain(card.recipe), indent=2, sort_keys=True), "```"),
        ),
    )
    return "\n".join(line for section in sections for line in section)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from (f"## {title}", "")
    yield from lines
    yield ""


def _table(headings: str, rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table; a heading that ends with `>` is one of numbers."""
    names = [name.strip() for name in headings.split("|")]
    yield f"| {' | '.join(name.rstrip('>') for name in names)} |"
    yield f"|{'|'.join('---:' if name.endswith('>') else '---' for name in names)}|"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"
    yield ""


def _head(card: Card) -> Iterator[str]:
    yield from (f"# Model {card.version}", "")
    yield (
        f"Linear models (scikit-learn {card.scikit_learn}, LogisticRegression with its calibration worked in) over "
        f"features `{card.features}`. The files are skops archives; `card.json` names the sha256 of each."
    )
    yield ""


def _meanings() -> Iterator[str]:
    yield from _section(
        "What the scores mean",
        (
            "A score of 0.8 promises: of 100 comments with that score, most readers would call about 80 that.",
            "",
            *_table("attribute | a reader would say that the comment is", _MEANINGS.items()),
        ),
    )


def _attributes(card: Card) -> Iterator[str]:
    natural = [(name, found.natural) for name, found in card.figures.attributes.items() if found.natural]
    known = [measure.auc for _, measure in natural if measure.auc is not None]
    mean = f"The mean AUC at the natural rate is {sum(known) / len(known):.4f}." if known else ""
    yield from _section(
        "How good it is",
        (
            f"On texts that were held out from training, with 95 % intervals. {mean}".rstrip(),
            "AUC: probability that a positive text scores above a negative one. AP: average precision. ECE: expected",
            "calibration error, the mean distance between a score and what it promises.",
            "",
            "At the natural rate, where positives are as rare as they were on the site:",
            "",
            *_table(
                "attribute | texts> | positive> | AUC> | AP> | ECE> | right at about 0.8>",
                ((name, *_measured(measure), _near(card.figures.attributes[name])) for name, measure in natural),
            ),
            "*Right at about 0.8*: share of the texts scored from 0.7 to 0.9 that most readers called so, and how many",
            "such texts there are (from all held out texts where the natural sample has too few).",
            "",
            "By data set, where labels mean different things and positives are often as many as negatives:",
            "",
            *_table(
                "attribute | texts from | texts> | positive> | AUC> | AP> | ECE>",
                (
                    (name, source, *_measured(measure))
                    for name, found in card.figures.attributes.items()
                    for source, measure in found.by_set.items()
                ),
            ),
        ),
    )


def _measured(measure: Measure) -> tuple[object, ...]:
    return (
        measure.rows,
        measure.positives,
        _within(measure.auc, measure.auc_interval),
        _within(measure.average_precision, measure.average_precision_interval),
        _shown(measure.calibration_error),
    )


def _near(found: AttributeFigures) -> str:
    return f"{_share(found.near_80)} of {found.near_80.texts}" if found.near_80 else ""


def _hate(card: Card) -> Iterator[str]:
    if not card.figures.hate:
        return
    yield from _section(
        "Hate, by the better of two heads",
        (
            "What data sets call hate is held by a policy that asks about identity_attack or toxicity. AUC:",
            "",
            *_table(
                "texts from | identity_attack> | toxicity> | the better>",
                (
                    (
                        source,
                        _shown(heads.get("identity_attack")),
                        _shown(heads.get("toxicity")),
                        _shown(max(heads.values())),
                    )
                    for source, heads in card.figures.hate.items()
                ),
            ),
        ),
    )


def _sentiment(card: Card) -> Iterator[str]:
    final = card.sentiment or Sentiment(card.figures.recall, {})
    alone = card.vader or Sentiment({}, {})
    yield from _section(
        "Sentiment",
        (
            "Recall: mean share of negative, neutral and positive texts recognised. r: Pearson's correlation of the",
            "compound with the mean of human ratings. Beside each what VADER alone reaches on the same texts.",
            "",
            *_table(
                "texts from | recall> | VADER's> | r> | VADER's r>",
                (
                    (
                        source,
                        *(_shown(by.get(source)) for by in (recall, alone.recall, final.agreement, alone.agreement)),
                    )
                    for recall in (final.recall,)
                    for source in sorted({*recall, *final.agreement})
                ),
            ),
            *(
                f"\nVADER alone on all {one.texts} texts of {source}: r {one.agreement:.3f}; its authors published "
                f"{one.published:.3f}."
                for source, one in card.reproduced.items()
            ),
        ),
    )


def _spans(card: Card) -> Iterator[str]:
    if card.span_f1 is None:
        return
    words = f"The characters it marks as toxic agree with those that raters marked: mean F1 {card.span_f1:.3f}."
    yield from _section("Evidence", (words,))


def _groups(source: str, found: GroupFigures | None) -> Iterator[str]:
    if found is None:
        return
    yield from _section(
        f"Groups of people: {source}",
        (
            f"{found.texts} texts, {found.harmless} of them harmless. *False positives*: share of those that get",
            "a toxicity of 0.5 or more; *hate*: the same for identity_attack. Between groups they differ by at most",
            f"{found.gap:.3f} and {found.hate_gap:.3f}. BPSN and BNSP AUC after Borkan et al. 2019: a low BPSN says",
            "that harmless texts about the group score too high, a low BNSP that toxic ones score too low.",
            "",
            *_table(
                "group | texts> | harmless> | false positives> | hate> | subgroup AUC> | BPSN AUC> | BNSP AUC>",
                (
                    (
                        name,
                        group.texts,
                        group.harmless,
                        _shown(group.false_positive_rate),
                        _shown(group.hate_rate),
                        _shown(group.subgroup_auc),
                        _shown(group.bpsn_auc),
                        _shown(group.bnsp_auc),
                    )
                    for name, group in found.groups.items()
                ),
            ),
        ),
    )


def _robustness(card: Card) -> Iterator[str]:
    if card.robustness is None:
        return
    found = card.robustness
    yield from _section(
        "Disguised words",
        (
            "Held out toxic comments with a rough word, and harmless ones, as written and with words disguised: the",
            "share that gets a toxicity of 0.5 or more.",
            "",
            *_table(
                "written | toxic ones recognised> | of> | harmless ones held> | of>",
                (_seen("as it was", found.clean), *(_seen(how, seen) for how, seen in found.disguised.items())),
            ),
        ),
    )


def _seen(how: str, seen: Seen) -> tuple[object, ...]:
    wrong = seen.false_positives
    return how, _share(seen.recall), seen.recall.texts, _share(wrong), wrong.texts


def _stated(suites: Mapping[str, Suite]) -> Iterator[str]:
    if not suites:
        return
    yield from _section(
        "What it says about Parley's own sentences",
        (
            "Sentences in corpora/evaluation that no model learned from, by suite (bold) and category. Held: what is",
            "stated about them and true of the models. AUC: how well a score tells those that have something from",
            "those that have nothing, by the better of toxicity and identity_attack where hate is asked for.",
            "",
            *_table(
                "suite, category | sentences> | statements> | held> | AUC> | by",
                (
                    row
                    for name, suite in suites.items()
                    for row in (
                        _tally(f"**{name}**", suite.whole),
                        *(_tally(category, tally) for category, tally in suite.categories.items()),
                    )
                ),
            ),
        ),
    )


def _tally(name: str, tally: Tally) -> tuple[object, ...]:
    best, worth = tally.best or ("", None)
    return name, tally.sentences, tally.statements, tally.held, _shown(worth), best


def _data(data: Sequence[Provenance]) -> Iterator[str]:
    yield from _section(
        "What it learned from",
        (
            *_table(
                "data set | origin | licence | trained on> | calibrated on> | tested on> | sha256",
                (
                    (one.name, one.origin, one.licence, *(one.texts[split] for split in Split), f"`{one.sha256[:12]}`")
                    for one in data
                    if any(one.texts.values())
                ),
            ),
            "A text belongs to the same part in every form that differs in case and punctuation only.",
        ),
    )


def _within(value: float | None, interval: Interval | None) -> str:
    return _shown(value) + (f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else "")


def _share(share: Share | None) -> str:
    return "" if share is None else f"{share.share:.3f}"


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
