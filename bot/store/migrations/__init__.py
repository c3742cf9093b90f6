"""Brings a database's tables to the form that this Parley knows. Each step is one file in versions/."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text

HEAD = "0017"
_FOLDER = Path(__file__).parent


@dataclass
class SchemaTooNew(Exception):
    """The database was written by a newer Parley."""

    revision: str

    def __str__(self) -> str:
        return f"The database has schema {self.revision}, which this Parley does not know; start the newer version."


def upgrade(conn: Connection) -> None:
    """Migrates inside the transaction that `conn` is in; costs one question where nothing is to do."""
    revision = _revision(conn)
    if revision == HEAD:
        return
    # Alembic takes 150 ms to import, which most starts do not need.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = conn
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaTooNew(revision)
    command.upgrade(config, HEAD)


def _revision(conn: Connection) -> str | None:
    if not inspect(conn).has_table("alembic_version"):
        return None
    revision: str | None = conn.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
