"""What the command line takes has the limits of the API, and what is wrong with it is said in the API's words."""

from typing import TypeVar

import click
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


def wrong_fields(error: ValidationError, whole: str) -> list[str]:
    """Each wrong field with what it must be; `whole` stands for all of them together."""
    # Not at the top: this brings aiohttp, and whoever makes no mistake need not wait for that.
    from bot.web.guards.bodies import field_errors

    return [f"{wrong.field} {wrong.message}" for wrong in field_errors(error, whole)]


def read_options(model: type[Model], **options: object) -> Model:
    """The options as one of the API's models; wrong ones end the command with exit code 2 and each by its name."""
    try:
        return model.model_validate(options)
    except ValidationError as error:
        wrong = (f"--{name.replace('_', '-')}{rest}" for name, rest in map(_split, wrong_fields(error, "options")))
        raise click.UsageError("; ".join(wrong) + ".") from error


def _split(sentence: str) -> tuple[str, str]:
    name, space, rest = sentence.partition(" ")
    return name, space + rest
