"""Options and printing that commands share."""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.settings import Settings
from flows.tables import CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from warehouse import Warehouse


WIDTH = 110
"""Columns of what is not printed on a terminal."""


def text(value: str) -> str:
    """Return what a person typed; bytes that are no characters become the replacement character."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def stdin_text() -> str:
    """Return what stdin holds, whatever its bytes."""
    return sys.stdin.buffer.read().decode("utf-8", "replace")


warehouse_option = click.option(
    "--warehouse",
    type=click.Path(path_type=Path),
    help="The published DuckDB file. [env: CIO_ADVICE_WAREHOUSE; default: cio-advice.duckdb]",
)
settings_option = click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file. [default: cio-advice.toml, where it is there]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
limit_option = click.option(
    "-k",
    "--limit",
    "limit",
    type=click.IntRange(1, 10_000),
    default=10,
    show_default=True,
    help="How many rows.",
)


def common_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --warehouse, --settings and --json."""
    return warehouse_option(settings_option(json_option(command)))


def load_settings(settings_file: Path | None, warehouse: Path | None) -> Settings:
    """Return the settings with what the command line says on top."""
    return Settings.load(settings_file).with_changes(warehouse=warehouse)


def open_warehouse(settings_file: Path | None, warehouse: Path | None) -> Warehouse:
    """Open the published file for reading."""
    from warehouse import Warehouse

    settings = load_settings(settings_file, warehouse)
    return Warehouse.open(settings.warehouse, settings)


def console() -> Console:
    """Return a console on stdout that takes nothing in data for markup."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)


def as_rows(results: Sequence[Any]) -> list[dict[str, Any]]:
    """Turn dataclasses into dictionaries."""
    return [dataclasses.asdict(result) for result in results]


def print_json(value: Any) -> None:
    """Print a value as indented JSON; dates as ISO 8601, what a terminal would obey as escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    click.echo(CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)


def print_rows(title: str, rows: list[dict[str, Any]], as_json: bool, nothing: str) -> None:
    """Print rows as JSON or as a table; `nothing` says what an empty answer means, on stderr."""
    if as_json:
        print_json(rows)
    elif rows:
        from flows.tables import table

        console().print(table(title, rows))
    else:
        click.echo(nothing, err=True)
