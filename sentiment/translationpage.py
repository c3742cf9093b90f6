"""What a rendering is worth as a page for people, and both of its forms as files in the model's folder."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sentiment.rendering import RENDERED, RENDERING
from sentiment.resampling import Interval
from sentiment.translating import SCORED_BY_PERSPECTIVE, Threshold, Translation

_FOR_PEOPLE = "perspective.md"


def write_translation(translation: Translation, folder: Path) -> None:
    """Writes both forms into a model's folder, in place of what was there."""
    kept = json.dumps(translation.document(), indent=1, sort_keys=True, ensure_ascii=False)
    (folder / RENDERING).write_text(kept + "\n", encoding="utf-8")
    (folder / _FOR_PEOPLE).write_text(as_markdown(translation), encoding="utf-8")


def as_markdown(translation: Translation) -> str:
    """The page."""
    return "\n".join((*_head(translation), *_agreement(translation), *_thresholds(translation))) + "\n"


def _head(translation: Translation) -> Iterator[str]:
    yield from (f"# Model {translation.rendering.version} in Perspective's place", "")
    yield (
        "Parley's Perspective API answers with scores that mean what Perspective's meant. They are told from Parley's "
        "own scores, sentiment, the length of the text and its words, by sums that were learned from "
        f"{translation.texts} comments of Wikipedia's that Perspective scored in 2018 (`{SCORED_BY_PERSPECTIVE}`, "
        "example data of the Perspective API, Apache-2.0). `sexually_explicit` is answered as Parley says it, because "
        "it was learned from these scores in the first place, and `spam` because no such scores are known."
    )
    yield ""


def _agreement(translation: Translation) -> Iterator[str]:
    yield from ("## How far the two agree", "")
    yield (
        "By 10-fold cross-validation: every comment was answered by sums that had not seen it. Same order: Spearman's "
        "correlation with 95 % interval. Difference: the mean of the absolute differences, for scores from 0 to 1. "
        "Beside them Parley's own scores, as its own API gives them."
    )
    yield ""
    yield from _table(
        ("attribute", "same order", "difference", "own: same order", "own: difference"),
        (
            (
                name.value,
                f"{one.spearman:.3f}{_between(one.interval)}",
                f"{one.difference:.3f}",
                f"{one.as_it_is:.3f}",
                f"{one.far_as_it_is:.3f}",
            )
            for name, one in translation.agreement.items()
        ),
    )
    yield (
        "threat is flattered: Parley's own score of it was learned from these texts among others. "
        "Comments of other kinds, other years of Perspective and other languages were not measured. Where a site still "
        "has a key for Perspective, `./parley migrate perspective` measures its own comments."
    )
    yield ""


def _thresholds(translation: Translation) -> Iterator[str]:
    yield from ("## Thresholds", "")
    yield (
        "For Parley's own API: the score that as many of these comments reach as reach the threshold by Perspective, "
        "with 95 % interval. In Parley's Perspective API thresholds stay as they are. A dash: fewer than ten comments "
        "reach the threshold, so nothing can be told."
    )
    yield ""
    levels = [one.perspective for one in next(iter(translation.thresholds.values()))]
    yield from _table(
        ("attribute", *(f"Perspective {level:g}" for level in levels)),
        ((name.value, *map(_threshold, translation.thresholds[name])) for name in RENDERED),
    )


def _threshold(one: Threshold) -> str:
    return "-" if one.parley is None else f"{one.parley:.3f}{_between(one.interval)}"


def _between(interval: Interval | None) -> str:
    return "" if interval is None else f" ({interval[0]:.3f} to {interval[1]:.3f})"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|---|{'---:|' * (len(headings) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
