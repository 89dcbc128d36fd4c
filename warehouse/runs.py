"""Read the summaries of runs: the writer and the readers ask in the same words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from warehouse.records import records
from warehouse.values import RunSummary, StageSummary

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

_RUNS = """
select
    run_id, status, started_at, finished_at, seconds, pages_seen, loaded, unchanged, duplicate, quarantined,
    message, sources, stages
from run_summary
where $run_id is null or run_id = $run_id
order by run_no desc
limit $most
"""


def read_runs(
    connection: duckdb.DuckDBPyConnection, *, run_id: str | None = None, limit: int = 20
) -> list[RunSummary]:
    """Return the newest `limit` runs, or the one named."""
    found = records(connection, _RUNS, {"run_id": run_id, "most": limit})
    return [RunSummary(**row | {"sources": _sources(row), "stages": _stages(row)}) for row in found]


def _sources(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(json.loads(row["sources"]))


def _stages(row: Mapping[str, Any]) -> tuple[StageSummary, ...]:
    return tuple(
        StageSummary(stage["stage"], stage["batches"], stage["rows_written"], stage["seconds"])
        for stage in row["stages"]
    )
