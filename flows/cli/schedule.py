"""`cio-advice schedule`: the main job every night."""

from __future__ import annotations

from pathlib import Path

import click

from flows.cli.common import load_settings, settings_option, warehouse_option


@click.command()
@click.argument("sources", nargs=-1, required=True)
@click.option("--cron", default="0 5 * * *", show_default=True, help="Minute, hour, day, month, weekday.")
@click.option("--timezone", default="UTC", show_default=True, help="The zone of --cron, as in Europe/Rome.")
@click.option("--name", default="nightly", show_default=True, help="Its name on Prefect's page.")
@click.option("--log", "log_format", type=click.Choice(["text", "json"]), help="Form of the log.")
@warehouse_option
@settings_option
def schedule(
    sources: tuple[str, ...],
    cron: str,
    timezone: str,
    name: str,
    log_format: str | None,
    warehouse: Path | None,
    settings_file: Path | None,
) -> None:
    """Ingest SOURCES at the times of --cron, one run at a time, until it is stopped.

    A Prefect server must be running (`prefect server start`); its page shows the runs. Runs that were missed are
    made up for by one; a run that was killed is called crashed; `on_failure_command` is told of both.
    """
    from corpus.settings import SETTINGS_FILE
    from corpus.sources import open_sources
    from flows.schedule import Job, absolute, at_times
    from flows.schedule import schedule as run_at_times
    from warehouse.place import usable

    file = settings_file or (Path(SETTINGS_FILE) if Path(SETTINGS_FILE).exists() else None)
    settings = load_settings(file, warehouse)
    shown = log_format or ("text" if settings.log_format == "none" else settings.log_format)
    settings = settings.with_changes(log_format=shown)
    named = [absolute(source) for source in sources]
    open_sources(named, settings)  # what cannot work is said now, and not at five in the morning
    usable(settings.warehouse)
    times = at_times(cron, timezone)
    run_at_times(Job(named, settings, file, name, times), lambda line: click.echo(line, err=True))
