"""`cio-advice ingest`: the main job."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

import click

from flows.cli.common import (
    console,
    json_option,
    load_settings,
    print_json,
    settings_option,
    warehouse_option,
)
from flows.scale_out.choice import require_executor

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.settings import Settings
    from flows.report import RunReport


@click.command()
@click.argument("sources", nargs=-1)
@click.option(
    "--urls",
    "lists",
    multiple=True,
    metavar="FILE",
    help="Fetch the addresses in FILE, one a line; may be given more than once.",
)
@warehouse_option
@settings_option
@click.option(
    "--direct", is_flag=True, help="Run the same stages without Prefect (starts about 12 s sooner)."
)
@click.option("--progress/--no-progress", default=None, help="Progress bars. [default: on a terminal]")
@click.option(
    "--log",
    "log_format",
    type=click.Choice(["text", "json"]),
    help="Log to stderr: a line a batch, for people or machines. [default: the setting log_format]",
)
@json_option
def ingest(
    sources: tuple[str, ...],
    lists: tuple[str, ...],
    warehouse: Path | None,
    settings_file: Path | None,
    direct: bool,
    progress: bool | None,
    log_format: str | None,
    as_json: bool,
) -> None:
    r"""Read SOURCES into the warehouse and publish it.

    \b
    SOURCES are files, folders and globs of
      pages      .html .htm .xhtml .txt .md
      JSON lines .jsonl .ndjson, also .gz and .zst, with keys such as "url", "html", "text"
      archives   .warc .wet, also .gz
    web addresses (http://… or https://…), and - for stdin, which may be any of these.

    Pages that are there already are not done again. A page that cannot be read goes to the table
    `quarantine` with its reason, and the run goes on. Beside PAGE, a sidecar PAGE.meta.json may give its
    "url", "fetched_at" and "content_type".
    """
    if not sources and not lists:
        raise click.UsageError("nothing to read: give files, folders, globs, addresses or - for stdin")
    settings = load_settings(settings_file, warehouse).with_changes(log_format=log_format)
    require_executor(settings, direct)
    named = [*sources, *(f"urls:{name}" for name in lists)]
    report = (_directly if direct else _through_prefect)(named, settings, settings_file, progress)
    if as_json:
        print_json(report.as_dict())
    else:
        show_report(report)


def show_report(report: RunReport) -> None:
    """Print what a run did."""
    report.show(console())


def _directly(sources: list[str], settings: Settings, _file: Path | None, show: bool | None) -> RunReport:
    from flows.logs import written
    from flows.progress import progress
    from flows.runner import execute_directly, run

    with progress(show) as shown, written(settings.log_format):
        return run(sources, settings, execute_directly, shown)


def _through_prefect(
    sources: list[str], settings: Settings, file: Path | None, show: bool | None
) -> RunReport:
    from corpus.sources import open_sources
    from warehouse.place import usable

    # what cannot work is said at once, and not when a server has started
    open_sources(sources, settings)
    usable(settings.warehouse)
    from flows.ingest import ingest as flow

    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).addFilter(_is_news)
    try:
        return flow(sources, str(settings.warehouse), str(file) if file else None, show, settings.log_format)
    except BaseException as error:
        # Prefect keeps the error until the process ends, and DuckDB complains of what is kept with it
        traceback.clear_frames(error.__traceback__)
        raise


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether a log record says more than the error that ends the command."""
    return record.levelno < logging.ERROR
