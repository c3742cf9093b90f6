"""How the terminal's queue looks. Everything that a colour says, a word or a sign says as well."""

from typing import Final

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from bot.command.listing import about, harmless, marked
from bot.command.screen.state import Mode, State
from bot.comment import Comment, DecisionRecord
from bot.verdict import Evidence

_CHROME: Final = 4
_LINES_OF_ONE: Final = 2
_KEYS: Final = (
    ("j k, arrows", "next, previous"),
    ("Enter", "the whole comment; Esc goes back"),
    ("a", "approve"),
    ("r", "reject, for a reason"),
    ("u", "take the last decision back, for ten seconds"),
    ("x", "select; then a or r for all that are selected"),
    ("/", "search for words"),
    ("f", "held, rejected, approved"),
    ("o", "newest, oldest, most severe first"),
    ("w", "only comments with this one's first reason; again: all"),
    ("n p", "next page, page before"),
    ("g", "look again"),
    ("q", "leave"),
)


class Picture:
    """The whole screen for a state, as large as the terminal is when it is drawn."""

    def __init__(self, state: State) -> None:
        self._state = state

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Head, body cut to the room there is, and foot."""
        height = max(options.height or console.height, _CHROME + 1)
        plain = options.update(height=None)
        room = height - _CHROME
        lines = console.render_lines(self._body(room), plain, pad=True)
        first = min(self._state.scrolled, max(0, len(lines) - room)) if self._state.mode is Mode.COMMENT else 0
        body = lines[first : first + room]
        blank = [[Segment(" " * options.max_width)]] * (room - len(body))
        head = console.render_lines(_one_line(_head(self._state)), plain)[:1]
        foot = console.render_lines(Group(_one_line(_said(self._state)), _one_line(_hint(self._state))), plain)[:2]
        rule = console.render_lines(Text("─" * options.max_width, style="dim", no_wrap=True, overflow="crop"), plain)[
            :1
        ]
        whole = [*head, *rule, *body, *blank, *foot]
        for place, line in enumerate(whole):
            yield from line
            if place < len(whole) - 1:
                yield Segment.line()

    def _body(self, room: int) -> RenderableType:
        state = self._state
        if state.mode is Mode.HELP:
            return _table(_KEYS)
        if state.mode is Mode.REASONS:
            return _reasons(state)
        if state.mode is Mode.CONFIRM and state.wish is not None:
            question = f"{state.wish.decision.capitalize()} {len(state.wish.ids)} comments?"
            return Text(f"\n  {question}  Enter does it, Esc does not.", style="bold")
        if state.mode is Mode.COMMENT and state.current is not None:
            return _comment(state, state.current)
        if not state.comments:
            return Text("\n  Nothing here fits." if _narrowed(state) else f"\n  Nothing is {state.filter.status}.")
        fits = max(1, room // _LINES_OF_ONE)
        first = max(0, min(state.at - fits // 2, len(state.comments) - fits))
        shown = enumerate(state.comments[first : first + fits], start=first)
        return Group(*(_row(state, place, comment) for place, comment in shown))


def _one_line(text: Text) -> Table:
    line = Table.grid(expand=True)
    line.add_column(no_wrap=True, overflow="ellipsis")
    line.add_row(text)
    return line


def _narrowed(state: State) -> bool:
    return state.filter.text is not None or state.filter.reason is not None


def _head(state: State) -> Text:
    wanted = state.filter
    parts = [f"{state.site}: {state.total:,} {wanted.status}", f"by {wanted.sort}, {wanted.order}"]
    parts += [f"“{harmless(wanted.text)}”"] if wanted.text else []
    parts += [wanted.reason.removeprefix("detected_")] if wanted.reason else []
    parts += [f"page {len(state.before) + 1}{'' if state.next else ', the last'}"]
    parts += [f"{len(state.selected)} selected"] if state.selected else []
    return Text("  ·  ".join(parts), style="bold")


def _said(state: State) -> Text:
    return Text(f"/{harmless(state.typed)}▏" if state.mode is Mode.SEARCH else harmless(state.said), style="cyan")


def _hint(state: State) -> Text:
    keys = {
        Mode.SEARCH: "Enter searches · Esc leaves it",
        Mode.REASONS: "1-9 or j k and Enter · Esc leaves it",
        Mode.CONFIRM: "Enter does it · Esc does not",
        Mode.HELP: "any key goes back",
        Mode.COMMENT: "a approve · r reject · u undo · j k next, previous · Space further down · Esc back",
        Mode.LIST: "a approve · r reject · u undo · x select · Enter open · / search · n p pages · ? keys · q leave",
    }
    return Text(keys[state.mode], style="dim")


def _row(state: State, place: int, comment: Comment) -> RenderableType:
    _, when, severity, author, reasons = about(comment)
    here, chosen = place == state.at, comment.id in state.selected
    urgent = "!!" if comment.verdict.severity >= 0.8 else "! " if comment.verdict.severity >= 0.5 else "  "
    line = Text.assemble(
        ("▶ " if here else "  ", "bold"),
        ("[x] " if chosen else "[ ] ", "green" if chosen else "dim"),
        (urgent, "bold red"),
        f" {severity}  {when}  ",
        (author, "bold"),
        "  ",
        (", ".join(reasons), "yellow"),
        style="reverse" if here else "",
    )
    text = marked(comment)
    text = Text(" ").join(text.split("\n"))
    return Group(_one_line(line), Padding(_one_line(text), (0, 0, 0, 6)))


def _reasons(state: State) -> RenderableType:
    lines = [Text("Why is it rejected?", style="bold")]
    for place, (_, label) in enumerate(state.reasons):
        here = place == state.choice
        digit = f"{place + 1} " if place < len("123456789") else "  "
        lines.append(Text(f"{'▶' if here else ' '} {digit} {harmless(label)}", style="reverse" if here else ""))
    return Group(*lines)


def _comment(state: State, comment: Comment) -> RenderableType:
    number, when, severity, author, _ = about(comment)
    parts: list[RenderableType] = [
        Text.assemble((author, "bold"), f"  {when}  {harmless(comment.submission.thread)}  {number}"),
        Text(),
        marked(comment),
        Text(),
        Text(f"Why it is {comment.status} (severity {severity})", style="bold"),
        _table([(found.reason.removeprefix("detected_"), _measured(found)) for found in comment.verdict.evidence]),
    ]
    if comment.verdict.section is not None:
        parts.append(Text(f"Judged by section {harmless(comment.verdict.section)}.", style="dim"))
    around = state.context
    if around is None:
        return Group(*parts)
    who = around.author
    parts += [
        Text(),
        Text("The author", style="bold"),
        Text(f"{who.standing}: {who.approved} approved, {who.held} held, {who.rejected} rejected"),
    ]
    parts += _quoted("It answers", () if around.parent is None else (around.parent,))
    parts += _quoted("Before it in the thread", around.earlier)
    parts += _quoted("Others by the author", around.by_author[:3])
    parts += _quoted("Alike", around.alike[:3])
    if around.reports:
        notes = [(str(report.reason), harmless(report.note or "")) for report in around.reports]
        parts += [Text(), Text("Readers reported it", style="bold"), _table(notes)]
    trail = [(f"{line.at:%m-%d %H:%M}", _decided(line)) for line in around.trail]
    return Group(*parts, Text(), Text("What happened", style="bold"), _table(trail))


def _measured(found: Evidence) -> str:
    if found.value is None or found.threshold is None:
        return f"{found.decision}"
    form = ".2f" if found.attribute is not None else ".0f"
    return f"{found.value:{form}} against {found.threshold:{form}}: {found.decision}"


def _decided(line: DecisionRecord) -> str:
    who, why = line.moderator or f"the {line.source}", line.reason or line.note or ""
    return harmless(f"{who}: {line.decision} {why}")


def _quoted(title: str, comments: tuple[Comment, ...]) -> list[RenderableType]:
    if not comments:
        return []
    return [Text(), Text(title, style="bold"), *(Padding(marked(comment), (0, 0, 0, 2)) for comment in comments)]


def _table(rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Table:
    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(Text(row[0], style="yellow"), Text(row[1]))
    return table
