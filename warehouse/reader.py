"""The readers' side of the warehouse: the verbs of the command line, typed."""

from __future__ import annotations

import re
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import WarehouseError
from corpus.settings import Settings
from warehouse.answer import Result
from warehouse.connect import open_reader
from warehouse.explain import explain
from warehouse.failures import clear_errors
from warehouse.records import records
from warehouse.results import (
    AdviceRow,
    DissentRow,
    Explanation,
    Hit,
    QuarantineRow,
    ThemeRow,
)
from warehouse.runs import read_runs
from warehouse.search import Embedder, Encoder, Filters, Searcher, load_embedder
from warehouse.search.columns import hits_table
from warehouse.search.nearness import by_nearness
from warehouse.search.sql_function import define_search, define_theme_of
from warehouse.sqlfiles import query as sql_query
from warehouse.statements import memory_limit, run_statement
from warehouse.verification import Verifiable
from warehouse.why_not import why_not

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Unpack

    import duckdb

    from warehouse.search import FilterWords
    from warehouse.values import RunSummary
    from warehouse.why_not_results import WhyNot

_QUARANTINE = """
select uri, sha256, code, reason, byte_count, run_id, quarantined_at from quarantine order by uri, sha256
"""
_PASSAGE_ID = re.compile(r"psg_[0-9a-f]{16}")
_EVERYTHING = 2**62


class Warehouse(Verifiable):
    """A published warehouse, read-only; a context manager. It never waits for the writer nor holds it up.

    It shows the snapshot that was published when it was opened. Not for several threads at once.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, path: Path, load: Callable[[str], Embedder]
    ) -> None:
        self.path = path
        self._connection = connection
        self._load = load
        self._encoder = Encoder(connection, load)
        self._searcher = Searcher(connection, self._encoder)
        self._search_connection: duckdb.DuckDBPyConnection | None = None
        self._has_theme_of = False
        # DuckDB complains at exit of functions on connections that nobody closed.
        self._close = weakref.finalize(self, connection.close)

    @classmethod
    def open(
        cls,
        path: str | Path | None = None,
        settings: Settings | None = None,
        *,
        embedder: Callable[[], Embedder] | None = None,
    ) -> Warehouse:
        """Open the warehouse at `path`, by default the one of the settings.

        `embedder` gives the model for queries, by default that of the settings, when the first query comes.
        Raises WarehouseError where there is no warehouse, or one of another schema version.
        """
        settings = settings or Settings.load()
        place = Path(path) if path is not None else settings.warehouse
        connection = open_reader(place, settings.memory_limit)
        if embedder is not None:
            return cls(connection, place, lambda _: embedder())
        return cls(connection, place, lambda fingerprint: load_embedder(settings, fingerprint))

    @clear_errors
    def search(
        self, query: str, k: int = 10, *, diverse: bool = False, **filters: Unpack[FilterWords]
    ) -> list[Hit]:
        """Return the `k` passages that best answer `query`, by meaning and by words, whatever the languages.

        A passage that holds a quotation of four words or more comes first. `diverse` spreads the hits over sources
        and meanings; `filters` are those of `warehouse.search.Filters`, applied before anything is ranked. Raises
        WarehouseError for an empty query or a filter that makes no sense, or where the model is another one.
        """
        return self._searcher.search([query], _count("k", k), Filters(**filters), diverse=diverse)[0]

    @clear_errors
    def search_many(
        self, queries: Sequence[str], k: int = 10, *, diverse: bool = False, **filters: Unpack[FilterWords]
    ) -> Result:
        """Return what `search` does for each of many queries as one table: `query_no`, `rank`, fields of a hit."""
        hits = self._searcher.search(queries, _count("k", k), Filters(**filters), diverse=diverse)
        return Result(hits_table(hits))

    @clear_errors
    def similar(
        self, to: str, k: int = 10, *, diverse: bool = False, **filters: Unpack[FilterWords]
    ) -> list[Hit]:
        """Return the `k` passages most like `to` in meaning: a passage_id (which is not returned), or any text."""
        chosen, count = Filters(**filters), _count("k", k)
        if _PASSAGE_ID.fullmatch(to):
            return self._searcher.similar_to(to, count, chosen, diverse=diverse)
        return self._searcher.similar([to], count, chosen, diverse=diverse)[0]

    @clear_errors
    def similar_many(
        self, texts: Sequence[str], k: int = 10, *, diverse: bool = False, **filters: Unpack[FilterWords]
    ) -> Result:
        """Return what `similar` does for each of many texts as one table: `query_no`, `rank`, fields of a hit."""
        return Result(
            hits_table(self._searcher.similar(texts, _count("k", k), Filters(**filters), diverse=diverse))
        )

    @clear_errors
    def themes(self, *, min_hosts: int = 1) -> list[ThemeRow]:
        """Return the themes that at least `min_hosts` independent sources share, the best supported first."""
        found = records(
            self._connection, sql_query("themes"), {"min_hosts": _count("min_hosts", min_hosts, 0)}
        )
        several = ("keywords", "sources", "languages", "parts")
        return [ThemeRow(**row | {name: tuple(row[name] or ()) for name in several}) for row in found]

    @clear_errors
    def advice(
        self,
        *,
        theme: str | None = None,
        language: str | None = None,
        host: str | None = None,
        target: str | None = None,
        query: str | None = None,
        limit: int = 100,
    ) -> list[AdviceRow]:
        """Return advice, the surest first, or the nearest to `query` first; `score` is what it is ranked by.

        `target` leaves what one is told: cio, it-staff, vendor, business or anybody. Advice of copies is left out,
        unless it is asked for by its host.
        """
        most = limit if query is None else _EVERYTHING
        filters = {
            "theme": theme,
            "language": language,
            "host": host,
            "target": target,
            "most": _count("limit", most),
        }
        found = [AdviceRow(**row) for row in records(self._connection, sql_query("advice"), filters)]
        if query is None:
            return found
        return by_nearness(self._connection, self._encoder, found, query)[: _count("limit", limit)]

    @clear_errors
    def dissent(self, *, theme: str | None = None, limit: int = 100) -> list[DissentRow]:
        """Return pairs of advice that contradict each other, the surest first; `theme` is a label or an id."""
        filters = {"theme": theme, "most": _count("limit", limit)}
        return [DissentRow(**row) for row in records(self._connection, sql_query("dissent"), filters)]

    @clear_errors
    def explain(self, name: str) -> Explanation:
        """Return where a passage, advice, document or page comes from: raw lines, verdicts, English.

        `name` is an id, a page's uri or url, or the end of a uri.
        """
        return explain(self._connection, name)

    @clear_errors
    def why_not(self, name: str) -> WhyNot:
        """Return where and why a page left the pipeline, or that it did not: every step, with its evidence.

        `name` is an address however it is written, a uri or the end of one, or an id. A name that no run saw is
        an answer, too (`is_known`). Raises WarehouseError for an empty name, or the end of several uris.
        """
        return why_not(self._connection, name)

    @clear_errors
    def runs(self, limit: int = 20, *, run_id: str | None = None) -> list[RunSummary]:
        """Return the newest `limit` runs, or the one named: counts, seconds and rates of stages, engines, memory."""
        return read_runs(self._connection, run_id=run_id, limit=_count("limit", limit))

    @clear_errors
    def quarantine(self) -> list[QuarantineRow]:
        """Return the pages that could not be read, with the reasons."""
        return [QuarantineRow(**row) for row in records(self._connection, _QUARANTINE)]

    @clear_errors
    def sql(
        self,
        query: str,
        parameters: Sequence[object] | Mapping[str, object] | None = None,
        *,
        seconds: float | None = None,
    ) -> Result:
        """Run one reading statement, with `?` or `$name` parameters; nothing outside the file can be reached.

        Beside tables, views and macros there are `search(question, k)` and `theme_of(text)`. Raises
        WarehouseError for what DuckDB cannot run, for statements that do not read, for those that take longer than
        `seconds`, and for answers larger than the setting memory_limit.
        """
        if re.search(r"\bsearch\s*\(", query, re.IGNORECASE):
            self._define_search()
        if re.search(r"\btheme_of\s*\(", query, re.IGNORECASE):
            self._define_theme_of()
        return run_statement(self._connection, query, parameters, seconds)

    @property
    def memory_bytes(self) -> int:
        """The most bytes that a statement may take, and again its answer."""
        return int(memory_limit(self._connection))

    def close(self) -> None:
        """Close the file."""
        self._close()

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _define_search(self) -> None:
        """Register the function and the macro behind `search(…)`; the model must be loadable then."""
        if self._search_connection is None:
            self._encoder.ready()
            self._search_connection = define_search(self._connection, self._load)

    def _define_theme_of(self) -> None:
        """Register the function and the macro behind `theme_of(…)`; the model must be loadable then."""
        if not self._has_theme_of:
            define_theme_of(self._connection, self._encoder)
            self._has_theme_of = True


def _count(name: str, value: int, least: int = 1) -> int:
    if not least <= value <= _EVERYTHING:
        raise WarehouseError(f"{name} is {value}: expected a number of at least {least} and at most 2^62")
    return value
