"""`search('…', k)` in SQL: a function that runs the search of `Warehouse.search`, and a table macro around it."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - DuckDB evaluates the annotations of a function
from typing import TYPE_CHECKING, Any

from corpus.errors import WarehouseError
from warehouse.search.columns import HIT_COLUMNS, hit_row
from warehouse.search.encoder import Encoder
from warehouse.search.filters import Filters
from warehouse.search.searcher import Searcher
from warehouse.sqlfiles import query as sql_query

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from warehouse.search.encoder import Embedder

_ARGUMENTS = [
    "VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "VARCHAR", "DATE", "DATE", "VARCHAR", "VARCHAR", "BOOLEAN", "DOUBLE",
]  # fmt: skip


def define_search(
    connection: duckdb.DuckDBPyConnection, load: Callable[[str], Embedder]
) -> duckdb.DuckDBPyConnection:
    """Define `search` on `connection`; return the connection that it runs on, because one in a query takes no other.

    Raises WarehouseError where the warehouse has no vectors, or those of another model.
    """
    beside = connection.cursor()
    beside.execute("use warehouse")
    encoder = Encoder(beside, load)
    encoder.ready()
    searcher = Searcher(beside, encoder)

    def search_hits(
        question: str | None,
        k: int | None,
        language: str | None,
        host: str | None,
        author: str | None,
        since: date | None,
        until: date | None,
        theme: str | None,
        target: str | None,
        advice_only: bool | None,
        least_trust: float | None,
    ) -> list[dict[str, Any]]:
        if question is None:
            return []
        if k is None or k < 1:
            raise WarehouseError(f"search: k is {k}, expected a number of at least 1")
        filters = Filters(language, host, author, since, until, theme, target, bool(advice_only), least_trust)
        return [hit_row(hit) for hit in searcher.search([question], k, filters)[0]]

    import duckdb
    from duckdb.func import FunctionNullHandling

    connection.create_function(
        "search_hits",
        search_hits,
        list(map(duckdb.sqltype, _ARGUMENTS)),
        duckdb.list_type(duckdb.struct_type({n: duckdb.sqltype(t) for n, t in HIT_COLUMNS.items()})),
        null_handling=FunctionNullHandling.SPECIAL,
    )
    connection.execute(sql_query("search_macro"))
    return beside


def define_theme_of(connection: duckdb.DuckDBPyConnection, encoder: Encoder) -> None:
    """Register the function and the macro behind `theme_of(…)`. Raises where the model cannot be loaded."""
    encoder.ready()
    connection.create_function("embed_passage", encoder.passage, ["VARCHAR"], "FLOAT[]")
    connection.execute(sql_query("theme_of_macro"))
