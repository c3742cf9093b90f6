"""Comments as JSON lines, one {"id"?, "text"} a line: read with every wrong line named, and written."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, InstanceOf, ValidationError


class Line(BaseModel):
    """What is read of a line; other fields may be there and are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    id: str | int | None = None
    # InstanceOf: pydantic refuses lone surrogates, which a text that was cut inside an emoji has, and scoring does not.
    text: InstanceOf[str]


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
    except (json.JSONDecodeError, RecursionError):
        return WrongLine(number, 'not JSON; expected {"id"?, "text"}')
    except ValidationError as wrong:
        fields = "; ".join(f"{'.'.join(map(str, error['loc'])) or 'line'}: {error['msg']}" for error in wrong.errors())
        return WrongLine(number, fields)


def write_line(opened: IO[str], line: dict[str, Any]) -> None:
    """One object a line. ASCII on purpose: lone surrogates and line separators inside a text survive any reader."""
    opened.write(json.dumps(line) + "\n")
