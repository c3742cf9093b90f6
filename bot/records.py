"""What Perspective said about texts, kept in a file of JSON lines that only grows: nothing is asked twice."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Self


class RecordsBusy(Exception):
    """Another process writes to the same file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is in use by another run; let that one finish, or stop it first.")


@dataclass(frozen=True, slots=True)
class Record:
    """What Perspective answered, by its own names of the attributes; `refused` says why where it gave no scores.

    `text` is None where it must not be kept; then `ours` and `model` hold what Parley said of it at the time.
    """

    theirs: Mapping[str, float]
    text: str | None = None
    ours: Mapping[str, float] | None = None
    model: str | None = None
    refused: str | None = None


class Records:
    """The file, open for one process: `with Records(path) as records`. Every record is on disk when `add` returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: set[bytes] = set()
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Opens the file, made if need be. Raises RecordsBusy and OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # What people wrote is nobody's business but the operator's.
        opened = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            opened.close()
            raise RecordsBusy(self.path) from error
        self._known = {_mark(record.text) for record in read(self.path) if record.text is not None}
        opened.truncate(_end_of_last_line(opened))
        opened.seek(0, os.SEEK_END)
        self._file = opened
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        if self._file is not None:
            self._file.close()

    def has(self, text: str) -> bool:
        """Was this text answered before?"""
        return _mark(text) in self._known

    def add(self, record: Record) -> None:
        """Keeps a record."""
        assert self._file is not None
        said = {
            "text": record.text,
            "perspective": dict(record.theirs),
            "parley": None if record.ours is None else dict(record.ours),
            "model": record.model,
            "refused": record.refused,
        }
        line = {name: value for name, value in said.items() if value is not None}
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        if record.text is not None:
            self._known.add(_mark(record.text))


def read(path: Path) -> Iterator[Record]:
    """Every whole record of the file, oldest first; none where there is no file."""
    if not path.exists():
        return
    with path.open("rb") as opened:
        for line in opened:
            # A line without its end was being written when the machine went down.
            if line.endswith(b"\n"):
                said = json.loads(line)
                yield Record(
                    said.get("perspective", {}),
                    said.get("text"),
                    said.get("parley"),
                    said.get("model"),
                    said.get("refused"),
                )


def _mark(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _end_of_last_line(opened: IO[bytes]) -> int:
    opened.seek(0)
    return opened.read().rfind(b"\n") + 1
