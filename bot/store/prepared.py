"""Statements that every comment costs: written with SQLAlchemy, compiled once, run without its help.

To execute a statement, SQLAlchemy takes longer than SQLite. These take and give what drivers do: no dates, no JSON,
no names for the columns of an answer.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql.expression import ClauseElement

Value = str | bytes | int | float | None
Parameters = dict[str, Value]


class Prepared:
    """One statement, the same on every kind of database or one for each."""

    def __init__(self, statement: ClauseElement | Mapping[str, ClauseElement]) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, dict[str, Value]]] = {}

    def run(self, conn: Connection, row: Parameters) -> tuple[Any, ...] | None:
        """Executes it for one row of parameters; the first row of the answer. Any: only the statement knows."""
        statement, constants = self._compile(conn)
        if conn.dialect.name == "sqlite":
            first: tuple[Any, ...] | None = driver_of(conn).execute(statement, constants | row).fetchone()
            return first
        answer = conn.exec_driver_sql(statement, constants | row)
        found = answer.first() if answer.returns_rows else None
        return None if found is None else tuple(found)

    def run_all(self, conn: Connection, rows: Sequence[Parameters]) -> None:
        """Executes it for each row of parameters."""
        statement, constants = self._compile(conn)
        whole = [constants | row for row in rows]
        if conn.dialect.name == "sqlite":
            driver_of(conn).executemany(statement, whole)
        elif whole:
            conn.exec_driver_sql(statement, whole)

    def _compile(self, conn: Connection) -> tuple[str, dict[str, Value]]:
        name = conn.dialect.name
        if name not in self._compiled:
            statement = self._statement[name] if isinstance(self._statement, Mapping) else self._statement
            compiled = statement.compile(dialect=conn.dialect)
            constants = {name: value for name, value in compiled.params.items() if value is not None}
            self._compiled[name] = str(compiled), constants
        return self._compiled[name]


def driver_of(conn: Connection) -> sqlite3.Connection:
    """SQLite's own connection behind SQLAlchemy's."""
    driver = conn.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
