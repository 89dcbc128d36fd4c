"""What a warehouse says, as one name: equal contents have equal names, whatever runs, batches and order made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.identity import digest
from warehouse.records import records
from warehouse.sqlfiles import query

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb


@dataclass(frozen=True, slots=True)
class TableContents:
    """A table without the times and runs in it: how many rows it has, and a hash of them in any order."""

    table_name: str
    follows_history: bool
    row_count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a warehouse says. Two of the same DuckDB version can be compared, by `hash` or table by table."""

    tables: tuple[TableContents, ...]

    @property
    def hash(self) -> str:
        """Name what follows from the pages alone: the same pages give the same, whatever runs brought them."""
        return _hash([table for table in self.tables if not table.follows_history])

    @property
    def themes_hash(self) -> str:
        """Name the themes, which also follow from the themes of the runs before."""
        return _hash([table for table in self.tables if table.follows_history])

    def differences(self, other: Contents) -> list[str]:
        """Return the tables that are not the same."""
        mine, others = ({table.table_name: table for table in each.tables} for each in (self, other))
        return [name for name in sorted({*mine, *others}) if mine.get(name) != others.get(name)]


def read_contents(connection: duckdb.DuckDBPyConnection) -> Contents:
    """Hash every table of an open warehouse; an empty table has no row of its own."""
    return Contents(tuple(TableContents(**row) for row in records(connection, query("logical_contents"))))


def _hash(tables: Sequence[TableContents]) -> str:
    return digest(*(f"{table.table_name} {table.row_count} {table.hash}" for table in tables))
