"""`./parley migrate perspective`: what Perspective says of a site's comments, while it still says something."""

import asyncio
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import click

from bot.command.jsonlines import Line, read_lines
from bot.command.models import load_scorer
from bot.command.output import writing
from bot.command.progress import progress
from bot.command.store import data_option, load_settings, require_site, with_store
from bot.moving import MOST_CHANGED, Measured, Scores, measure, obstacle, page
from bot.reading import Reader, basis_of, rendering_of
from bot.records import Record, Records, RecordsBusy, read
from bot.replay import Replay, ReplayStopped
from bot.settings import Settings
from bot.shadow import records_of
from bot.store import comments, curves
from bot.store.database import Database
from bot.upstream import PERSPECTIVE, KeyRefused, Upstream
from bot.web.compat.perspective.attributes import MODELS
from sentiment.registry import Registry
from sentiment.scorer import Scorer

_PRODUCTION = ("TOXICITY", "SEVERE_TOXICITY", "IDENTITY_ATTACK", "INSULT", "PROFANITY", "THREAT")
_LEVEL = 0.8
_AT_ONCE = 1_000
_BATCH = 64
_MOST_BYTES = 20_480


def _levels(_: click.Context, __: click.Parameter, given: Sequence[str]) -> dict[str, float]:
    levels = {}
    for one in given:
        name, _sign, value = one.partition("=")
        try:
            levels[name] = float(value)
        except ValueError as error:
            raise click.BadParameter(f"{one!r} must be an attribute and a number, as in TOXICITY=0.85.") from error
        if name not in MODELS or not 0 <= levels[name] <= 1:
            raise click.BadParameter(f"{one!r} must be an attribute that Parley scores and a number from 0 to 1.")
    return levels


@click.command(name="perspective", short_help="Ask Perspective about a site's comments and learn to read its scores.")
@click.argument("site")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--column", default="text", help="Which column of a CSV FILE holds the text. Default: text.")
@click.option(
    "--attribute",
    "attributes",
    multiple=True,
    type=click.Choice(list(MODELS)),
    help="What to ask for; give it several times. Default: the six of Perspective's that are no experiments.",
)
@click.option("--language", help="Tell Perspective the language, as in en. Default: it finds out.")
@click.option("--per-second", type=click.FloatRange(0.01, 1_000), default=1.0, help="Your quota. Default: 1.")
@click.option("--most", type=click.IntRange(1), help="Ask about so many comments at most, this time.")
@click.option("--offline", is_flag=True, help="Ask nothing; measure by what was answered before.")
@click.option(
    "--threshold",
    "levels",
    multiple=True,
    callback=_levels,
    help=f"A threshold of yours, as in TOXICITY=0.85; give it several times. Default: {_LEVEL:g} for each.",
)
@click.option(
    "--changed",
    "most_changed",
    type=click.FloatRange(0, 1),
    default=MOST_CHANGED,
    help=f"The share of decisions that may change where a switch is called safe. Default: {MOST_CHANGED:g}.",
)
@click.option("--apply", is_flag=True, help="Let Parley's Perspective API answer SITE with scores read by the curves.")
@click.option("--forget", is_flag=True, help="Let it answer with Parley's own scores again, and do nothing else.")
@click.option("--url", default=PERSPECTIVE, hidden=True)
@data_option
def perspective(
    site: str,
    file: Path | None,
    column: str,
    attributes: Sequence[str],
    language: str | None,
    per_second: float,
    most: int | None,
    levels: Mapping[str, float],
    most_changed: float,
    url: str,
    data: Path | None,
    *,
    offline: bool,
    apply: bool,
    forget: bool,
) -> None:
    """Ask Perspective about SITE's comments, and compare what it says with what Parley says.

    The comments come from FILE (.csv with a header, else JSON lines with "text"), or without one from Parley's own
    store. PARLEY_PERSPECTIVE_KEY holds your key. Each text is sent once, with the request not to store it, and never
    again: the answers are kept in perspective-SITE.jsonl in the data folder, and the same command goes on where it was
    stopped. Perspective answers until 31 December 2026; what is kept can be used after that.

    The report, perspective-SITE.md beside it, tells how far the two agree, which decisions would change at which
    threshold, and where to look. The exit code is 3 where it is not safe to switch yet.

    With --apply, scores that SITE's keys get from Parley's Perspective API are read by the curves of this report, so
    that the site's thresholds keep their meaning. A curve is for one version of the models: after a new one, run this
    again with --offline --apply.
    """
    if forget:
        _forget(site, data)
        return
    settings = load_settings(data=data)
    path = records_of(site, settings.data)
    wanted = tuple(dict.fromkeys(attributes)) or _PRODUCTION
    texts = _texts_of(site, file, column, data)
    if not offline:
        _ask(texts, path, settings, url, wanted, language, per_second, most)
    records = [record for record in read(path) if not record.refused]
    if not records:
        raise click.ClickException(f"There is nothing to compare: {path} holds no scores.")
    scorer = load_scorer(settings)
    reader = Reader(rendering_of(Registry.beside(settings.models_folder), scorer.version), {})
    basis = basis_of(scorer.version, reader.rendering)
    measured = [measure(one, levels.get(one.attribute, _LEVEL)) for one in _scores(records, scorer, reader, basis)]
    if not measured:
        raise click.ClickException("Parley could score none of the texts that Perspective scored.")
    named = {one.scores.attribute: levels.get(one.scores.attribute, _LEVEL) for one in measured}
    report = path.with_suffix(".md")
    with writing(report) as written:
        written.write(page(site, scorer.version, measured, named, most_changed))
    if apply:
        _apply(site, data, basis, measured)
    _tell(measured, named, most_changed, report)


def _apply(site: str, data: Path | None, basis: str, measured: Sequence[Measured]) -> None:
    found = {MODELS[one.scores.attribute].value: one.curve for one in measured if one.curve is not None}

    async def work(database: Database) -> None:
        await require_site(database, site)
        await database.write(curves.keep, site, basis, found, datetime.now(UTC))

    with_store(data, work)
    named = ", ".join(found) or "none: there are too few texts"
    click.echo(f"Scores of {site} are now read by curves for {basis}: {named}.", err=True)


def _forget(site: str, data: Path | None) -> None:
    async def work(database: Database) -> bool:
        await require_site(database, site)
        return await database.write(curves.forget, site)

    had = with_store(data, work)
    click.echo(f"Scores of {site} are Parley's own" + (" again." if had else ", as they were."), err=True)


def _tell(measured: Sequence[Measured], levels: Mapping[str, float], most_changed: float, report: Path) -> None:
    """The end in few words; exit code 3 where it is not safe to switch."""
    safe = True
    for one in measured:
        name = one.scores.attribute
        why = obstacle(one, levels[name], most_changed)
        safe = safe and why is None
        click.echo(f"{name}: " + ("safe to switch." if why is None else f"not yet: {why}."))
    click.echo(f"The report is in {report}.", err=True)
    if not safe:
        sys.exit(3)


def _texts_of(site: str, file: Path | None, column: str, data: Path | None) -> list[str]:
    """The site's comments; those that say nothing, or more than Perspective takes, are left out."""
    found = list(_texts_in(file, column)) if file is not None else []

    async def work(database: Database) -> None:
        await require_site(database, site)
        after = 0
        while file is None and (page := await database.read(comments.texts, site, after, _AT_ONCE)):
            found.extend(text for _, text in page)
            after = page[-1][0]

    with_store(data, work)
    return [text for text in found if text.strip() and len(text.encode("utf-8", "replace")) <= _MOST_BYTES]


def _texts_in(file: Path, column: str) -> Iterator[str]:
    if file.suffix.lower() == ".csv":
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = csv.DictReader(opened)
            if column not in (rows.fieldnames or ()):
                raise click.UsageError(f"{file} has no column {column!r}; name the one with the text by --column.")
            yield from (row[column] for row in rows if row[column])
        return
    with file.open("rb") as lines:
        for line in read_lines(lines):
            if isinstance(line, Line):
                yield line.text
            else:
                click.echo(str(line), err=True)


def _ask(
    texts: Sequence[str],
    path: Path,
    settings: Settings,
    url: str,
    attributes: Sequence[str],
    language: str | None,
    per_second: float,
    most: int | None,
) -> None:
    """Asks about every text that has no answer yet."""
    if settings.perspective_key is None:
        raise click.UsageError("Set PARLEY_PERSPECTIVE_KEY to your key for Perspective, or measure with --offline.")
    key = settings.perspective_key.get_secret_value()
    try:
        with Records(path) as records, progress() as report:
            left = [text for text in dict.fromkeys(texts) if not records.has(text)][:most]

            async def run() -> None:
                async with aiohttp.ClientSession() as session:
                    replay = Replay(Upstream(session, url, key), records, attributes, language, per_second)
                    await replay.run(left, lambda done: report("Asking Perspective", done, len(left)))

            asyncio.run(run())
    except KeyRefused as refused:
        raise click.ClickException(f"Perspective does not take the key: {refused}") from refused
    except (ReplayStopped, RecordsBusy) as stopped:
        raise click.ClickException(str(stopped)) from stopped
    except OSError as error:
        raise click.ClickException(f"The answers cannot be kept in {path}: {error.strerror}.") from error


def _scores(records: Sequence[Record], scorer: Scorer, reader: Reader, basis: str) -> Iterator[Scores]:
    """What both said, attribute by attribute; texts that either did not score are left out."""
    # Without a text, what Parley said at the time stands, if the same models said it.
    bare = [record for record in records if record.text is None and record.model == basis]
    texts = [record for record in records if record.text is not None]
    kept = bare + texts
    ours: list[Mapping[str, float]] = [record.ours or {} for record in bare]
    with progress() as report:
        for begin in range(0, len(texts), _BATCH):
            some = [record.text or "" for record in texts[begin : begin + _BATCH]]
            analysed = zip(some, scorer.analyse(some), strict=True)
            ours += [{name.value: score for name, score in reader.of(text, one).items()} for text, one in analysed]
            report("Scoring", len(ours), len(kept))
    for name, attribute in MODELS.items():
        found = [
            (record.text, said[attribute.value], record.theirs[name])
            for record, said in zip(kept, ours, strict=True)
            if name in record.theirs and attribute.value in said
        ]
        if found:
            shown, mine, theirs = zip(*found, strict=True)
            yield Scores(name, shown, mine, theirs)
