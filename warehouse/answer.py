"""The table that answers a SQL statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Result:
    """The answer to a SQL statement, in memory: as Arrow, as pandas or as rows."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self._table.column_names)

    def arrow(self) -> pa.Table:
        """Return the answer as an Arrow table."""
        return self._table

    def pandas(self) -> pd.DataFrame:
        """Return the answer as a pandas data frame; a date that Python has no value for is a string."""
        import pandas as pd

        try:
            return self._table.to_pandas()
        except (OverflowError, ValueError):
            return pd.DataFrame(self.rows(), columns=self.columns)

    def rows(self) -> list[tuple[object, ...]]:
        """Return the answer as tuples of Python values; a time that Python has no value for is a string."""
        columns = [_values(column) for column in self._table.columns]
        return list(zip(*columns, strict=True))

    def first(self, count: int) -> Result:
        """Return the answer without the rows after the first `count`."""
        return Result(self._table.slice(0, count))

    def __len__(self) -> int:
        return int(self._table.num_rows)


def _values(column: pa.ChunkedArray) -> list[object]:
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):  # infinity, before Christ, after the year 9999
        return [_value(scalar, word) for scalar, word in zip(column, _words(column), strict=True)]


def _value(scalar: pa.Scalar, word: str) -> object:
    try:
        return scalar.as_py()
    except (OverflowError, ValueError):
        return word


def _words(column: pa.ChunkedArray) -> list[str]:
    """Return the values as DuckDB writes them: Arrow has no words for these times."""
    import duckdb
    import pyarrow as pa

    with duckdb.connect(":memory:") as connection:
        connection.register("answer", pa.table({"answer": column}))
        return [row[0] for row in connection.execute("select answer::varchar from answer").fetchall()]
