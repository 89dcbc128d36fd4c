"""The commands that ask whether a warehouse is what its pages make of it, and that make it again."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from flows.cli.common import common_options, console, load_settings, print_json
from flows.tables import plain

if TYPE_CHECKING:
    from pathlib import Path

    from flows.verify import Verdict

_SHOWN = 20
progress_option = click.option(
    "--progress/--no-progress", default=None, help="Progress bars. [default: on a terminal]"
)


@click.command()
@click.option(
    "--sample",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="How many pages to make again and compare, row by row; 0: none.",
)
@click.option("--seed", default=0, show_default=True, help="Which pages: another number chooses others.")
@progress_option
@common_options
def verify(
    sample: int,
    seed: int,
    progress: bool | None,
    as_json: bool,
    warehouse: Path | None,
    settings_file: Path | None,
) -> None:
    """Check the published warehouse: its laws, a hash of what it says, and a sample of its pages made again.

    Two warehouses with the same hash say the same, whatever runs, batches and order made them. Themes have a hash of
    their own, because they follow those of the runs before. Changes nothing; exits with 1 where anything differs.
    """
    from flows.progress import progress as shown
    from flows.verify import verify as examine

    settings = load_settings(settings_file, warehouse)
    with shown(progress) as bars:
        verdict = examine(settings, bars, sample, seed)
    if as_json:
        print_json(_as_dict(verdict))
    else:
        _show(verdict)
    if not verdict.holds:
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--direct", is_flag=True, help="Run the same stages without Prefect.")
@progress_option
@common_options
def rebuild(
    direct: bool, progress: bool | None, as_json: bool, warehouse: Path | None, settings_file: Path | None
) -> None:
    """Make everything again from the raw pages that the warehouse keeps, publish it, and say what differs.

    Pages, runs and the names of themes stay; every verdict, translation, vector and piece of advice is made anew, and
    what no page needs any more goes. It takes as long as a first run. Killed, it is taken up by the next run.
    """
    from flows.cli.ingest import show_report
    from flows.scale_out.choice import require_executor
    from warehouse import Warehouse

    settings = load_settings(settings_file, warehouse)
    require_executor(settings, direct)
    with Warehouse.open(settings.warehouse, settings) as before:
        was = before.contents()
    if direct:
        from flows.progress import progress as shown
        from flows.runner import execute_directly
        from flows.runner import rebuild as again

        with shown(progress) as bars:
            report = again(settings, execute_directly, bars)
    else:
        from flows.ingest import rebuild as flow

        report = flow(str(settings.warehouse), str(settings_file) if settings_file else None, progress)
    with Warehouse.open(settings.warehouse, settings) as after:
        changed = was.differences(after.contents())
    if as_json:
        print_json(report.as_dict() | {"changed_tables": changed})
        return
    show_report(report)
    click.echo(
        f"Not as before: {', '.join(changed)}" if changed else "Everything came out as it was before.",
        err=True,
    )


def _as_dict(verdict: Verdict) -> dict[str, Any]:
    contents = verdict.contents
    return {"holds": verdict.holds, "hash": contents.hash, "themes_hash": contents.themes_hash} | (
        dataclasses.asdict(verdict)
    )


def _show(verdict: Verdict) -> None:
    from flows.tables import table

    out, contents = console(), verdict.contents
    rows = [
        {
            "table": each.table_name,
            "rows": each.row_count,
            "hash": each.hash,
            "compared": verdict.compared.get(each.table_name, 0) or "",
            "made by other code": verdict.outdated.get(each.table_name, 0) or "",
        }
        for each in contents.tables
    ]
    out.print(table("What the warehouse says", rows))
    out.print(f"hash {contents.hash}  themes {contents.themes_hash}")
    for failure in verdict.failed_checks:
        out.print(f"law broken: {failure.name} ({plain(failure.why)}): {plain(', '.join(failure.rows[:3]))}")
    pages = verdict.from_bytes + verdict.from_characters
    if pages:
        out.print(
            f"{pages} pages made again: {verdict.from_bytes} from their files, "
            f"{verdict.from_characters} from the characters kept here"
        )
    if sum(verdict.outdated.values()):
        out.print("What other code or models made is not compared: the next ingest makes it again")
    for difference in verdict.differences[:_SHOWN]:
        out.print(plain(f"differs: {difference.table_name} {difference.key}"))
        out.print(plain(f"   was  {difference.was}"), style="dim")
        out.print(plain(f"   made {difference.made}"), style="dim")
    if len(verdict.differences) > _SHOWN:
        out.print(f"{len(verdict.differences) - _SHOWN} more rows differ: --json shows all")
    out.print("Holds." if verdict.holds else "Does not hold.", style="bold")
