"""Run SQL that somebody else wrote, on a connection that can only read the warehouse."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import duckdb

from corpus.errors import WarehouseError
from warehouse.failures import plain, raise_if_interrupted
from warehouse.results import Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

_READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


def run_statement(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Sequence[object] | Mapping[str, object] | None = None,
) -> Result:
    """Run one statement that reads (select, from, with, describe, show, summarize, explain).

    Raises WarehouseError with DuckDB's words where it cannot be run.
    """
    try:
        statements = duckdb.extract_statements(plain(sql))
        if len(statements) != 1:
            raise WarehouseError(f"expected one SQL statement, got {len(statements)}")
        if statements[0].type not in _READING:
            raise WarehouseError(
                f"a {statements[0].type.name} statement is not for readers: expected a query"
            )
        with warnings.catch_warnings():
            # An extra copy of the rows costs less than the second parser behind `connection.sql`.
            warnings.filterwarnings("ignore", message="Arrow output on a DB-API result")
            table = connection.execute(statements[0], parameters).to_arrow_table()
    except duckdb.Error as error:
        raise_if_interrupted(error)
        raise WarehouseError(str(error)) from error
    return Result(_with_whole_numbers(table))


def _with_whole_numbers(table: pa.Table) -> pa.Table:
    """Return sums of integers as integers: DuckDB gives HUGEINT, which Arrow only knows as a decimal."""
    import pyarrow as pa

    for number, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type) and field.type.scale == 0:
            try:
                column = table.column(number).cast(pa.int64())
            except pa.ArrowInvalid:  # too large for 64 bits
                continue
            table = table.set_column(number, field.name, column)
    return table
