"""What `verify` asks of a published warehouse: the laws, a hash of what it says, and a sample to be made again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.checks import failed_checks
from warehouse.failures import clear_errors
from warehouse.logical import read_contents
from warehouse.records import records
from warehouse.sqlfiles import query
from warehouse.stored import rereadings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from corpus.models import Rereading
    from warehouse.logical import Contents
    from warehouse.values import CheckFailure


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of what was made of a page: its text, or its vector, and the identity of what made it."""

    table_name: str
    key: str
    made_by: str
    row: str
    vector: list[float] | None


class Verifiable:
    """The part of a published warehouse that can be held against its pages."""

    path: Path
    _connection: duckdb.DuckDBPyConnection

    @clear_errors
    def contents(self) -> Contents:
        """Return a hash of what every table says, without when and by which run it came to say it."""
        return read_contents(self._connection)

    @clear_errors
    def failed_checks(self) -> list[CheckFailure]:
        """Return the laws of `sql/checks` that do not hold in the published file."""
        return failed_checks(self._connection)

    @clear_errors
    def sample(self, count: int, seed: int = 0) -> list[Rereading]:
        """Return `count` pages by chance, as they were decoded, with the lines of them that their host repeats."""
        chosen = self._connection.execute(query("sample_pages"), {"most": count, "seed": str(seed)})
        lines: dict[str, list[str]] = dict(chosen.fetchall())
        stored = self._connection.execute(query("stored_pages"), {"pages": list(lines)})
        return rereadings(stored.fetchall(), lines)

    @clear_errors
    def readings(self, pages: Sequence[str]) -> list[Reading]:
        """Return what was made of these pages (page_id), row by row."""
        return [
            Reading(**row) for row in records(self._connection, query("readings"), {"pages": list(pages)})
        ]
