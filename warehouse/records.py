"""Rows by the names of their columns: the columns of a query are the fields of the value it fills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from warehouse.failures import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb


def records(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()
) -> list[dict[str, Any]]:
    """Run a query and return its rows as dictionaries."""
    cursor = connection.execute(sql, _storable(parameters))
    columns = [str(column[0]) for column in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _storable(
    parameters: Sequence[object] | Mapping[str, object],
) -> Sequence[object] | Mapping[str, object]:
    """Return the parameters without lone surrogates, which no text of the warehouse has."""
    if isinstance(parameters, Mapping):
        return {name: plain(value) if isinstance(value, str) else value for name, value in parameters.items()}
    return [plain(value) if isinstance(value, str) else value for value in parameters]
