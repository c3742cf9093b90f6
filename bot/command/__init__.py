"""The commands, each loaded only when it is called: `./parley keys create` must not wait for scikit-learn."""

import importlib
from typing import Final

import click

from bot import __version__

COMMANDS: Final[dict[str, str]] = {
    "serve": "Run the service and print where everything is.",
    "score": "Score comments from a file or standard input, JSON lines in and out.",
    "queue": "List the comments that wait for a moderator.",
    "decide": "Approve or reject a comment.",
    "stats": "Tell a site's numbers, or write them as CSV.",
    "keys": "Create, list and revoke a site's keys.",
    "sites": "Add and list sites.",
    "authors": "Export and erase what is kept about an author.",
    "retention": "Erase the texts that a site's policy keeps no longer, or count them.",
    "moderators": "Add, list and remove the people who work a site's queue.",
    "sso": "Take, list and forget the keys that a site signs its users in with, and end passes.",
    "shadow": "Stand before Perspective, answer as it does, and record what Parley would have said.",
    "endpoints": "Add, list and test where a site's events are sent, and send them again.",
    "notices": "Tell people about held comments and appeals, in chat programs and by e-mail.",
    "coral": "Take, list and forget the secrets that Coral signs with.",
    "sources": "Let other systems send a site's comments; list and remove them.",
    "examples": "List what people said about a site's comments, to learn from.",
    "policy": "Show, check and set a site's policy.",
    "ask": "Ask a FAQ a question, or each of a file, and print the answers.",
    "chat": "Talk to a FAQ in the terminal.",
    "faq": "Show, check and set the FAQ that a site's chat answers from; measure how well questions are understood.",
    "models": "List the versions of the models, show their cards, and choose one.",
    "train": "Train the models on public data.",
    "evaluate": "Measure the models on public data.",
    "migrate": "Bring the database to this version's tables, or a site from Perspective to Parley.",
    "bench": "Measure the service against a bare echo, as ratios.",
    "test": "Set up a real Redis, PostgreSQL and browser and run all tests.",
    "check": "Run the linters, the types, the import floors and the search for dead code.",
    "lock": "Pin the newest versions of all packages that pyproject.toml allows.",
}

OF_THE_SCRIPT: Final = ("test", "check", "lock")
"""The script `parley` runs these itself, since they need more than the service has installed."""


class _Commands(click.Group):
    """Lists the commands from the table above and imports `bot.command.NAME` for the one that is asked for."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name in OF_THE_SCRIPT:
            return click.Command(cmd_name, help=f"{COMMANDS[cmd_name]} Run it as ./parley {cmd_name}.")
        command: click.Command = importlib.import_module(f"bot.command.{cmd_name}").command
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, message="parley %(version)s")
def parley() -> None:
    """Parley moderates a site's comments: scores, verdicts with evidence, and a queue for people.

    Start with `./parley serve`.
    """
