"""`./parley ask`: what the chat answers, to one question or to each of a file, without a service or a store."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.command.faqfile import faq_option, read_faq
from bot.command.jsonlines import WrongLine, read_lines, write_line
from bot.command.output import OutputFile, writing

if TYPE_CHECKING:
    from bot.dialogue.replies import Reply
    from bot.dialogue.rules import ReadyFaq


@click.command(name="ask")
@click.argument("question")
@faq_option
@click.option(
    "--output", type=OutputFile(), help="Where the answers go (- for standard output); QUESTION is then a file."
)
def command(question: str, faq_file: Path, output: Path | None) -> None:
    """Ask QUESTION and print the answer; each question is a conversation of its own.

    With --output, or where QUESTION names a file that ends in .jsonl, it is a file of lines {"id"?, "text"}, answered
    in the same order by lines {"id", "intent" (null where it declines), "best_intent", "confidence", "answer"}.
    Lines that cannot be read are named on standard error and left out; the exit code is then 2.
    """
    from bot.dialogue.rules import ReadyFaq

    is_file = output is not None or question.endswith(".jsonl") or question == "-"
    if is_file and question != "-" and not Path(question).is_file():
        raise click.UsageError(f"There is no file {question}.")
    ready = ReadyFaq(read_faq(faq_file))
    if is_file:
        _answer_all(ready, question, output or Path("-"))
    else:
        _print(_reply(ready, question))


def _reply(ready: "ReadyFaq", text: str) -> "Reply":
    from bot.dialogue.conversation import Conversation
    from bot.dialogue.replies import reply

    return reply(ready, Conversation(), text)


def _print(found: "Reply") -> None:
    click.echo(found.text)
    for number, suggestion in enumerate(found.suggestions, start=1):
        click.echo(f"  {number}. {suggestion.question}")
    click.echo(f"{found.intent or 'declined'}, confidence {found.confidence:.2f}", err=True)


def _answer_all(ready: "ReadyFaq", file: str, output: Path) -> None:
    wrong = 0
    with click.open_file(file, "rb") as opened, writing(output) as written:
        for line in read_lines(opened):
            if isinstance(line, WrongLine):
                wrong += 1
                click.echo(str(line), err=True)
                continue
            found = _reply(ready, line.text)
            answered = {
                "intent": found.intent,
                "best_intent": found.best_intent,
                "confidence": round(found.confidence, 4),
                "answer": found.text,
            }
            write_line(written, ({} if line.id is None else {"id": line.id}) | answered)
    if wrong:
        click.echo(f"{wrong} lines could not be read and were left out.", err=True)
        sys.exit(2)
