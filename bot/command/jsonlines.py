"""Comments as JSON lines, one {"id"?, "text"} a line: read with every wrong line named, and written."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError

from bot.command.fields import wrong_fields


def _id(given: object) -> object:
    if given is not None and (isinstance(given, bool) or not isinstance(given, str | int)):
        raise ValueError("must be a string or a whole number")
    return given


def _text(given: object) -> object:
    if not isinstance(given, str):
        raise ValueError("must be a string")  # noqa: TRY004 - pydantic collects these
    return given


class Line(BaseModel):
    """What is read of a line; other fields may be there and are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    # Checked here: pydantic refuses lone surrogates, which a text cut inside an emoji has; scoring does not.
    id: Annotated[str | int | None, PlainValidator(_id)] = None
    text: Annotated[str, PlainValidator(_text)]


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line that cannot be read; `number` counts from 1."""

    number: int
    why: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.why}"


def read_lines(opened: IO[bytes]) -> Iterator[Line | WrongLine]:
    """Every line that is not blank, in order."""
    for number, raw in enumerate(opened, start=1):
        if raw.strip():
            yield _read(number, raw)


def _read(number: int, raw: bytes) -> Line | WrongLine:
    try:
        return Line.model_validate(json.loads(raw))
    except UnicodeDecodeError:
        return WrongLine(number, "not UTF-8 text")
    except ValidationError as wrong:
        return WrongLine(number, "; ".join(wrong_fields(wrong, "line")))
    except (ValueError, RecursionError):
        return WrongLine(number, 'not JSON; expected {"id"?, "text"}')


def write_line(opened: IO[str], line: dict[str, Any]) -> None:
    """One object a line. ASCII on purpose: lone surrogates and line separators inside a text survive any reader."""
    opened.write(json.dumps(line) + "\n")
