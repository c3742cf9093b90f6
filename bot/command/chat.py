"""`./parley chat`: a conversation with the FAQ in the terminal."""

from pathlib import Path

import click

from bot.command.faqfile import faq_option, read_faq


@click.command(name="chat")
@faq_option
def command(faq_file: Path) -> None:
    """Talk to the chat; an empty line, Ctrl-D or Ctrl-C ends it. What the service would do is named in brackets."""
    from bot.dialogue.conversation import Conversation
    from bot.dialogue.replies import reply
    from bot.dialogue.rules import ReadyFaq

    ready = ReadyFaq(read_faq(faq_file))
    conversation = Conversation()
    while utterance := _read():
        found = reply(ready, conversation, utterance)
        conversation = found.conversation
        click.echo(found.text)
        for number, suggestion in enumerate(found.suggestions, start=1):
            click.echo(f"  {number}. {suggestion.question}")
        if found.actions:
            click.echo(f"[{', '.join(found.actions)} {dict(found.slots)}]")
        if found.hand_over is not None:
            click.echo(f"[to a person: {found.hand_over}]")


def _read() -> str:
    try:
        return input("> ").strip()
    except (EOFError, KeyboardInterrupt):
        click.echo()
        return ""
