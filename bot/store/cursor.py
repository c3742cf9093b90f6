"""Cursors: where a page of the queue ended, opaque to those who carry it back."""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

_FORM = struct.Struct(">8sdq")


@dataclass
class BadCursor(Exception):
    """A cursor that is none, or that belongs to another question."""

    def __str__(self) -> str:
        return "The cursor does not belong to this query; use `next` of the page before, with the same filters."


@dataclass(frozen=True, slots=True)
class Position:
    """The sort key of the last comment seen. `severity` is 0 where pages are sorted by time."""

    severity: float
    id: int


def write_cursor(position: Position, question: str) -> str:
    """A cursor that is only good for the same question."""
    packed = _FORM.pack(_seal(position, question), position.severity, position.id)
    return base64.urlsafe_b64encode(packed).decode()


def read_cursor(cursor: str, question: str) -> Position:
    """The position that `write_cursor` was given; raises BadCursor."""
    try:
        seal, severity, number = _FORM.unpack(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
    except (binascii.Error, struct.error, UnicodeEncodeError) as error:
        raise BadCursor from error
    position = Position(severity, number)
    if seal != _seal(position, question):
        raise BadCursor
    return position


def _seal(position: Position, question: str) -> bytes:
    """Not a secret: a cursor leads nowhere that its query does not lead. It catches cursors that were mixed up."""
    sealed = f"{position.severity!r} {position.id} {question}"
    return hashlib.blake2b(sealed.encode("utf-8", "surrogatepass"), digest_size=8).digest()
