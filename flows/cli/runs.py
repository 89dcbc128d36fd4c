"""`cio-advice runs`: what each run did, what it took, and whether one is writing now."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from corpus.errors import WarehouseError
from flows.cli.common import common_options, console, limit_option, load_settings, print_json, print_rows

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse import RunSummary

_COLUMNS = (
    "run_id",
    "status",
    "started_at",
    "seconds",
    "loaded",
    "unchanged",
    "duplicate",
    "quarantined",
    "message",
)


@click.command()
@click.argument("run_id", required=False)
@limit_option
@common_options
def runs(
    run_id: str | None, limit: int, as_json: bool, warehouse: Path | None, settings_file: Path | None
) -> None:
    """List the runs, newest first; with RUN_ID (or `last`), all that is known of one.

    Of a run: what became of its pages, seconds and items a second of each stage, engines and model, warnings,
    peak memory, code version. Whether a run is writing just now is said on stderr.
    """
    from warehouse import Warehouse
    from warehouse.writing import writer_of

    settings = load_settings(settings_file, warehouse)
    if now := writer_of(settings.warehouse):
        click.echo(
            f"a run is writing since {now.since:%Y-%m-%d %H:%M:%S} UTC (process {now.process})", err=True
        )
    with Warehouse.open(settings.warehouse, settings) as published:
        rows = published.runs(1 if run_id else limit, run_id=None if run_id == "last" else run_id)
    if run_id and not rows:
        raise WarehouseError(
            f"there is no run {run_id!r} in {settings.warehouse}: `cio-advice runs` lists them"
        )
    if as_json:
        print_json(asdict(rows[0]) if run_id else [asdict(row) for row in rows])
    elif run_id:
        _show(rows[0])
    else:
        listed = [{name: getattr(row, name) for name in _COLUMNS} for row in rows]
        for row in listed:
            row["message"] = "" if row["status"] == "finished" else row["message"]
        print_rows("Runs", listed, as_json, "no runs")


def _show(run: RunSummary) -> None:
    from rich.text import Text

    from flows.report import facts_of, stage_row
    from flows.tables import plain, table

    out = console()
    counts = ", ".join(
        f"{getattr(run, name)} {name}" for name in ("loaded", "unchanged", "duplicate", "quarantined")
    )
    facts = facts_of(run) | {"began": run.started_at, "pages": f"{run.pages_seen} seen: {counts}"}
    shown = run.sources[:5]
    facts["sources"] = ", ".join(shown) + (f" and {len(run.sources) - 5} more" if run.sources[5:] else "")
    for name, value in facts.items():
        out.print(Text(f"{name.replace('_', ' '):>18}  {plain(value)}"), soft_wrap=True)
    if run.stages:
        out.print(table("Stages", [stage_row(stage) for stage in run.stages]))
    for warning in run.warnings:
        out.print(Text(f"warning: {plain(warning)}", style="yellow"))
    if run.status != "finished" and run.message:
        out.print(Text(plain(run.message)))
