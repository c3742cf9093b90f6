"""The demo's key: made once, kept in a file that only its owner can read, so that the demo page can ask."""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from bot.store import keys, sites
from bot.store.database import DEMO_SITE, Database
from bot.store.keys import Scope
from bot.token import Token, token_hash

_FILE: Final = "demo-key"
_NAME: Final = "demo"


async def demo_key(database: Database, folder: Path, now: datetime) -> str | None:
    """The token of the demo's key, made if need be; None where there is no demo site.

    Of several processes that start at once, all get the same one.
    """
    if not await database.read(sites.exists, DEMO_SITE):
        return None
    path = folder / _FILE
    text = kept_key(folder)
    if text is not None:
        known = await database.read(keys.find, token_hash(text))
        if known is not None and known.site == DEMO_SITE and known.scope is Scope.MODERATE:
            return text
        path.unlink(missing_ok=True)
    return await database.write(_make, path, now)


def _make(conn: Connection, path: Path, now: datetime) -> str:
    token = Token.fresh()
    text = _publish(path, token.text)
    if text == token.text or keys.find(conn, token_hash(text)) is None:
        keys.create(conn, DEMO_SITE, token.key_id, _NAME, Scope.MODERATE, token_hash(text), now)
    return text


def _publish(path: Path, text: str) -> str:
    """Writes the file unless another process was first; what it holds now. Nobody sees it half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{_FILE}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path.read_text().strip()


def kept_key(folder: Path) -> str | None:
    """The token in the folder's file; None where the demo was never served from there."""
    try:
        return (folder / _FILE).read_text().strip() or None
    except FileNotFoundError:
        return None
