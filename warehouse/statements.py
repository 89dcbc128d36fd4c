"""Run SQL that somebody else wrote, on a connection that can only read the warehouse."""

from __future__ import annotations

import contextlib
import re
import threading
from typing import TYPE_CHECKING

import duckdb

from corpus.errors import WarehouseError
from warehouse.answer import Result
from warehouse.failures import plain, raise_if_interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

_READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
_EXPLAINED = (
    re.compile(r"\s*explain\b", re.IGNORECASE),
    re.compile(r"\s*explain\s+analyze\b", re.IGNORECASE),
    re.compile(r"\s*explain\s*\([^()]*\)", re.IGNORECASE),
)
_LIMIT = "select current_setting('memory_limit')"
_UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50}
_ROWS_AT_ONCE = 100_000


def run_statement(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Sequence[object] | Mapping[str, object] | None = None,
    seconds: float | None = None,
) -> Result:
    """Run one statement that reads (select, from, with, describe, show, summarize, explain).

    It is stopped after `seconds`, and where its answer grows larger than the memory limit of the connection. Raises
    WarehouseError then, and with DuckDB's words where it cannot be run.
    """
    try:
        statement = _reading(plain(sql))
        with _stopped_after(connection, seconds):
            table = _answer(connection, statement, parameters)
    except (
        duckdb.Error,
        OSError,
    ) as error:  # what fails after the first rows comes through Arrow, as OSError
        raise_if_interrupted(error)
        raise WarehouseError(str(error)) from error
    return Result(_with_whole_numbers(table))


def _reading(sql: str) -> duckdb.Statement:
    """Return the one statement of a text. Raises WarehouseError where it does more than read."""
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1:
        raise WarehouseError(f"expected one SQL statement, got {len(statements)}")
    kind = statements[0].type
    if kind not in _READING:
        raise WarehouseError(f"a {kind.name} statement is not for readers: expected a query")
    if kind == duckdb.StatementType.EXPLAIN and not _explains_query(statements[0].query):
        # `explain analyze` does what it explains: `copy … to` writes a file
        raise WarehouseError("an EXPLAIN of anything but a query is not for readers")
    return statements[0]


def _explains_query(sql: str) -> bool:
    """Tell whether what stands after EXPLAIN and its options is, by itself, one query."""
    return any(_is_query(sql[found.end() :]) for form in _EXPLAINED if (found := form.match(sql)))


def _is_query(sql: str) -> bool:
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error:
        return False
    return [statement.type for statement in statements] == [duckdb.StatementType.SELECT]


@contextlib.contextmanager
def _stopped_after(connection: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[None]:
    """Interrupt what runs in the body after `seconds`: WarehouseError, where that is why it ended."""
    if seconds is None:
        yield
        return
    late = threading.Event()

    def stop() -> None:
        late.set()
        connection.interrupt()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (duckdb.Error, OSError) as error:
        if late.is_set():
            raise WarehouseError(f"the statement took longer than {seconds:g} s and was stopped") from error
        raise
    finally:
        timer.cancel()


def _answer(
    connection: duckdb.DuckDBPyConnection,
    statement: duckdb.Statement,
    parameters: Sequence[object] | Mapping[str, object] | None,
) -> pa.Table:
    """Run a statement and collect its rows as they come: DuckDB's own limit does not count what Python holds."""
    import pyarrow as pa

    most = memory_limit(connection)
    reader = connection.sql(statement, params=parameters).to_arrow_reader(_ROWS_AT_ONCE)
    batches, size = [], 0
    try:
        for batch in reader:
            size += batch.nbytes
            if size > most:
                raise WarehouseError(
                    f"the answer is larger than {most / 2**20:,.0f} MB (setting memory_limit): ask for less of it, "
                    "with limit, a filter or fewer columns"
                )
            batches.append(batch)
    finally:
        reader.close()
    return pa.Table.from_batches(batches, reader.schema)


def memory_limit(connection: duckdb.DuckDBPyConnection) -> float:
    """Return the most bytes that DuckDB may take on this connection."""
    number, unit = str(connection.execute(_LIMIT).fetchall()[0][0]).split()
    return float(number) * _UNITS[unit]


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
