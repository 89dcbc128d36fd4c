"""Runs: begun, ended, found dead; and the laws that must hold before anything is published."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING

import duckdb

from corpus.errors import WarehouseError
from warehouse.checks import failed_checks
from warehouse.connect import is_alive, process_name
from warehouse.failures import broken_working, plain
from warehouse.runs import read_runs
from warehouse.sqlfiles import query
from warehouse.writer.session import Session, now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from warehouse.values import CheckFailure, RunFacts, RunStatus, RunSummary

_START = """
insert into runs (run_id, started_at, status, sources, settings, code_version, process, run_no)
select ?, ?, 'running', ?, ?, ?, ?, coalesce(max(run_no), 0) + 1 from runs
"""
_STAGES = "from run_stages limit 0"
_RUNNING = "select run_id, process from runs where status = 'running'"
_FINISH = """
with counted as (
    select
        count(*) as pages_seen,
        count(*) filter (where outcome = 'loaded') as loaded,
        count(*) filter (where outcome = 'unchanged') as unchanged,
        count(*) filter (where outcome = 'duplicate') as duplicate,
        count(*) filter (where outcome = 'quarantined') as quarantined
    from run_pages
    where run_id = $run_id
)

update runs
set
    status = $status,
    message = $message,
    finished_at = $now,
    pages_seen = counted.pages_seen,
    loaded = counted.loaded,
    unchanged = counted.unchanged,
    duplicate = counted.duplicate,
    quarantined = counted.quarantined
from counted
where runs.run_id = $run_id
"""
_SURROGATE = re.compile("[\ud800-\udfff]")


class History(Session):
    """Runs and checks."""

    def start_run(self, sources: Sequence[str], settings: Mapping[str, object], code_version: str) -> str:
        """Record that a run begins and return its id; what JSON cannot say of `settings` is said by `str`."""
        time = now()
        run_id = f"run_{time:%Y%m%dT%H%M%S}_{secrets.token_hex(3)}"
        said = json.dumps(dict(settings), default=str, ensure_ascii=False)
        said = _SURROGATE.sub(
            lambda match: rf"\\u{ord(match[0]):x}", said
        )  # as JSON writes what `plain` says
        named = json.dumps([plain(source) for source in sources])
        self._rows(_START, [run_id, time, named, said, code_version, process_name()])
        return run_id

    def finish_run(self, run_id: str, status: RunStatus, message: str = "") -> RunSummary:
        """Record how a run ended, with its counts, and return it in figures; a later call corrects it."""
        self._rows(_FINISH, {"run_id": run_id, "status": status, "message": plain(message), "now": now()})
        try:
            found = read_runs(self._connection, run_id=run_id)
        except duckdb.Error as error:
            raise broken_working(self.working, self.published, error) from error
        if not found:
            raise WarehouseError(f"there is no run {run_id}: expected what start_run returned")
        return found[0]

    def describe_run(self, run_id: str, facts: RunFacts) -> None:
        """Record what a run took and what it worked with; a later call corrects it."""
        said = {
            "run_id": run_id,
            "engines": None if facts.engines is None else json.dumps(dict(facts.engines)),
            "model": facts.model,
            "warnings": [plain(warning) for warning in facts.warnings],
            "peak_memory_bytes": facts.peak_memory,
            "worker_memory_bytes": facts.worker_memory,
        }
        self._rows(query("describe_run"), said)
        rows = [
            {"run_id": run_id, "stage_no": number, **asdict(stage)}
            for number, stage in enumerate(facts.stages, 1)
        ]
        try:
            self._load(query("insert_run_stages"), _STAGES, rows)
        except duckdb.Error as error:
            raise broken_working(self.working, self.published, error) from error

    def check(self) -> list[CheckFailure]:
        """Return the laws that do not hold; an empty list is a warehouse that may be published."""
        try:
            return failed_checks(self._connection)
        except duckdb.Error as error:
            raise broken_working(self.working, self.published, error) from error

    def _abandon_dead_runs(self) -> None:
        for run_id, process in self._rows(_RUNNING):
            if not is_alive(str(process)):
                self.finish_run(str(run_id), "abandoned", "the process ended without saying how")
