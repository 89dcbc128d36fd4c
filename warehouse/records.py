"""Rows by the names of their columns: the columns of a query are the fields of the value it fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb


def records(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()
) -> list[dict[str, Any]]:
    """Run a query and return its rows as dictionaries."""
    cursor = connection.execute(sql, parameters)
    columns = [str(column[0]) for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
