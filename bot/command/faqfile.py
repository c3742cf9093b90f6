"""A FAQ file as commands read it: every wrong field named, exit code 2."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import yaml
from pydantic import ValidationError

from bot.command.documents import EachKeyOnce
from bot.command.fields import wrong_fields

if TYPE_CHECKING:
    from bot.dialogue.faq import Faq

SHIPPED: Final = Path(__file__).parents[2] / "corpora" / "faq" / "comments.en.yaml"
FILE: Final = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
_LARGEST: Final = 20_000_000
"""Bytes of a file: fifty thousand questions with room to spare."""

faq_option = click.option(
    "--faq", "faq_file", type=FILE, default=SHIPPED, help="Whose answers. Default: the FAQ that Parley ships."
)


def read_faq(file: Path) -> "Faq":
    """The FAQ in a YAML or JSON file; ends the command with exit code 2 and each wrong field by name."""
    from bot.dialogue.faq import Faq

    name = "standard input" if str(file) == "-" else str(file)
    try:
        with click.open_file(str(file), encoding="utf-8") as opened:
            text = opened.read(_LARGEST + 1)
        if len(text) > _LARGEST:
            raise click.UsageError(f"{name} is larger than {_LARGEST:,} characters; split it by site.")
        document: Any = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, EachKeyOnce)  # noqa: S506 - it is a SafeLoader
        return Faq.model_validate(document)
    except UnicodeDecodeError as broken:
        raise click.UsageError(f"{name} is not UTF-8 text; save it as UTF-8.") from broken
    except RecursionError as deep:
        raise click.UsageError(f"{name} is no FAQ: it is nested too deeply.") from deep
    except ValidationError as wrong:
        lines = wrong_fields(wrong, "the document")
        raise click.UsageError(json.dumps(name) + " is no FAQ.\n  " + "\n  ".join(lines)) from wrong
    except (yaml.YAMLError, ValueError) as broken:
        raise click.UsageError(f"{name} is neither YAML nor JSON: {broken}") from broken
