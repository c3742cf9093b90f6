"""Documents that people write as YAML or JSON: read strictly, with every wrong field by its name."""

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import click
import yaml
from pydantic import BaseModel, ValidationError

from bot.command.fields import wrong_fields

Model = TypeVar("Model", bound=BaseModel)
DOCUMENT_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


def read_document(file: Path, model: type[Model], named: str) -> Model:
    """The document in a file (- for standard input); `named` is what it is called, as in "policy".

    Ends the command with exit code 2 and each wrong field by name.
    """
    name = "standard input" if str(file) == "-" else str(file)
    try:
        with click.open_file(str(file), encoding="utf-8") as opened:
            document: Any = yaml.load(opened, EachKeyOnce)  # noqa: S506 - it is a SafeLoader
        return model.model_validate({} if document is None else document)
    except UnicodeDecodeError as broken:
        raise click.UsageError(f"{name} is not UTF-8 text; save it as UTF-8.") from broken
    except RecursionError as deep:
        raise click.UsageError(f"{name} is no {named}: it is nested too deeply.") from deep
    except ValidationError as wrong:
        lines = wrong_fields(wrong, "the document")
        raise click.UsageError(json.dumps(name) + f" is no {named}.\n  " + "\n  ".join(lines)) from wrong
    except (yaml.YAMLError, ValueError) as broken:
        raise click.UsageError(f"{name} is neither YAML nor JSON: {broken}") from broken


class EachKeyOnce(yaml.SafeLoader):
    """Refuses a key that a mapping has twice, of which YAML would silently drop the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - as PyYAML has it
        """As the base has it, once the keys are known to differ."""
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    line = key.start_mark.line + 1
                    raise click.UsageError(f"{key.value} is given more than once, again in line {line}; keep one.")
                seen.add(key.value)
        return super().construct_mapping(node, deep)
