"""Files that commands write: refused before the work where they cannot be, and never left half written."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import click


class OutputFile(click.Path):
    """A file to be written, in a folder that is there; `-` is standard output."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, allow_dash=True, path_type=Path)

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path; ends the command with exit code 2 where nothing can be written there."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        folder = path.resolve().parent
        if not _is_stream(path) and not os.access(folder, os.W_OK):
            self.fail(f"Nothing can be written to the folder {folder}; choose another file.", param, ctx)
        return path


@contextlib.contextmanager
def writing(path: Path) -> Iterator[IO[str]]:
    """Opens a file for UTF-8 text that takes its place only when the block has ended well.

    So the file may be one that the block reads, and what was there stays if the block fails or is interrupted.
    Pipes and devices, and `-` for standard output, are written to as they are.
    """
    if _is_stream(path):
        with _room(path), click.open_file(str(path), "w", encoding="utf-8") as opened:
            yield opened
            opened.flush()
        return
    target = path.resolve()
    draft = target.with_name(f".parley-{os.getpid()}.part")
    try:
        with _sentences(path):
            opened = draft.open("w", encoding="utf-8")
            if target.exists():
                shutil.copymode(target, draft)
        with _room(path), opened:
            yield opened
        with _sentences(path):
            draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _is_stream(path: Path) -> bool:
    return str(path) == "-" or (path.exists() and not path.is_file())


_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def _room(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        kept = "" if _is_stream(path) else "; what was there is as it was"
        raise click.UsageError(f"{path} cannot be written to the end: {error.strerror}{kept}.") from error


@contextlib.contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}. Choose another with --output.") from error
