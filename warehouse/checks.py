"""The laws that must hold: each is a query in `sql/checks`, and any row it returns breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.sqlfiles import sql_files
from warehouse.values import CheckFailure

if TYPE_CHECKING:
    import duckdb

_SHOWN = 10


def failed_checks(connection: duckdb.DuckDBPyConnection) -> list[CheckFailure]:
    """Return the laws that do not hold, with the first rows that break each."""
    failures = []
    for file in sql_files("checks"):
        rows = connection.execute(file.text).fetchall()
        if rows:
            shown = tuple(str(row[0]) for row in rows[:_SHOWN])
            failures.append(CheckFailure(file.name, file.why, len(rows), shown))
    return failures
