"""The queue for a person at a terminal: a table where there is room, else two lines a comment, mostly its text."""

from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.comment import Comment, Status, write_id
from bot.store.queue import Page

_ROOM_FOR_A_TABLE: Final = 110
_AUTHOR: Final = 20
# As pictures, each one character as before: what a stranger wrote must not steer the terminal, nor shift the spans.
_PICTURES: Final = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
    | {0x7F: 0x2421}
    | dict.fromkeys([*range(0x80, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)
    | dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
)


def show(page: Page, status: Status, console: Console) -> None:
    """Prints a page of the comments that have this status."""
    title = f"{page.totals.all:,} {status}"
    if console.width >= _ROOM_FOR_A_TABLE:
        console.print(_table(page, title))
        return
    console.print(Text(title, style="italic"))
    for comment in page.comments:
        console.print(_headline(comment))
        console.print(Padding(_marked(comment), (0, 0, 0, 2)))


def _table(page: Page, title: str) -> Table:
    table = Table(title=title, title_justify="left", expand=True)
    for heading in ("id", "when", "severity", "author", "reasons"):
        table.add_column(heading, no_wrap=True)
    table.add_column("text", ratio=1)
    for comment in page.comments:
        number, when, severity, author, reasons = _about(comment)
        table.add_row(number, when, severity, Text(author), "\n".join(reasons), _marked(comment))
    return table


def _headline(comment: Comment) -> Text:
    number, when, severity, author, reasons = _about(comment)
    return Text.assemble((number, "bold"), f"  {when}  {severity}  {author}  ", (", ".join(reasons), "yellow"))


def _about(comment: Comment) -> tuple[str, str, str, str, list[str]]:
    author = harmless(comment.submission.author.name)
    return (
        write_id(comment.id),
        f"{comment.created_at:%m-%d %H:%M}",
        f"{comment.verdict.severity:.2f}",
        author if len(author) <= _AUTHOR else author[: _AUTHOR - 1] + "…",
        [reason.removeprefix("detected_") for reason in comment.verdict.reasons],
    )


def _marked(comment: Comment) -> Text:
    """The text with what earned the verdict underlined; never read as markup."""
    text = Text(harmless(comment.submission.text))
    for found in comment.verdict.evidence:
        if found.span is not None:
            text.stylize("bold red underline", found.span.begin, found.span.end)
    return text


def harmless(text: str) -> str:
    """The text, with pictures in the place of what would steer a terminal."""
    return text.translate(_PICTURES)
