"""The open working file and its transactions: a batch is all there, with its ledger row, or not at all."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from corpus.errors import WarehouseError
from warehouse.failures import broken_working
from warehouse.place import working_of
from warehouse.sqlfiles import query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

_LEDGER = """
insert or replace into ledger (
    run_id, stage, batch_key, fingerprint, rows_written, seconds, finished_at, entry_no
)
select ?, ?, ?, ?, ?, ?, ?, coalesce(max(entry_no), 0) + 1 from ledger
"""
_DONE = "select count(*) from ledger where run_id = ? and stage = ? and batch_key = ?"
_LAST_FINGERPRINT = "select arg_max(fingerprint, entry_no) from ledger where stage = ?"


@dataclass(slots=True)
class Batch:
    """The transaction in progress: what its ledger row will say was written, and the time it took."""

    rows: int = 0
    seconds: float = 0.0


def now() -> datetime:
    """Return the time in UTC without a zone, as the warehouse stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


class Session:
    """The writer's connection, as the stages share it."""

    published: Path
    _connection: duckdb.DuckDBPyConnection

    @property
    def working(self) -> Path:
        """The file that this store writes."""
        return working_of(self.published)

    @contextlib.contextmanager
    def _batch(
        self, run_id: str, stage: str, key: str, fingerprint: str, seconds: float = 0.0
    ) -> Iterator[Batch]:
        """Run the body in a transaction that ends with its ledger row; roll back whatever goes wrong."""
        batch = Batch(seconds=seconds)
        self._connection.execute("begin")
        try:
            yield batch
            row = [run_id, stage, key, fingerprint, batch.rows, batch.seconds, now()]
            self._connection.execute(_LEDGER, row)
            self._connection.execute("commit")
        except BaseException as error:
            with contextlib.suppress(duckdb.Error):  # a database that failed fatally rolls back by itself
                self._connection.execute("rollback")
            if isinstance(error, duckdb.Error):
                raise WarehouseError(f"batch {key} of stage {stage} was not written: {error}") from error
            raise

    def derived_from(self) -> str:
        """Return a digest of every row that vectors, copies and themes are made from."""
        return str(self._scalar(query("derived_from")))

    def last_fingerprint(self, stage: str) -> str | None:
        """Return the fingerprint under which a stage was last done, in whichever run."""
        found = self._scalar(_LAST_FINGERPRINT, [stage])
        return None if found is None else str(found)

    def _is_done(self, run_id: str, stage: str, key: str) -> bool:
        """Tell whether the ledger has this batch: a retried call then has nothing left to do."""
        return bool(self._scalar(_DONE, [run_id, stage, key]))

    def _change(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run an insert, update or delete and return how many rows it touched."""
        return int(str(self._scalar(sql, parameters)))

    def _scalar(self, sql: str, parameters: Sequence[object] = ()) -> object:
        rows = self._rows(sql, parameters)  # all of them: DuckDB lets nothing else begin before
        return rows[0][0] if rows else None

    def _rows(
        self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows. Raises WarehouseError where the file cannot be read or written."""
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except duckdb.Error as error:
            raise broken_working(self.working, self.published, error) from error

    def _load(self, sql: str, shape: str, rows: Sequence[Mapping[str, object]]) -> int:
        """Run `sql`, which reads from `incoming`, over `rows`; `shape` is a query that has their columns."""
        if not rows:
            return 0
        import pyarrow as pa

        schema = self._connection.sql(shape).to_arrow_table().schema
        return self._load_arrow(sql, pa.Table.from_pylist(list(rows), schema=schema))

    def _load_arrow(self, sql: str, table: pa.Table) -> int:
        """Run `sql`, which reads from the Arrow table `incoming`, and return how many rows that has."""
        self._connection.register("incoming", table)
        try:
            self._connection.execute(sql)
        finally:
            self._connection.unregister("incoming")
        return int(table.num_rows)
