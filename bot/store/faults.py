"""Failures of the store that have nothing to do with what was asked."""

from pathlib import Path


class StoreUnavailable(Exception):
    """SQL is away, full, or too busy: nothing of the call was stored, and it is worth trying again.

    One case cannot be known: a connection that breaks while PostgreSQL commits. Callers that must not store
    twice use an idempotency key, for which the second try answers with what the first one stored.
    """


def folder_unusable(folder: Path, error: OSError) -> str:
    """What to tell whoever chose a data folder in which no file can be opened."""
    return f"The data folder {folder} cannot be used: {error.strerror}. Choose another with --data."
