"""The commands that ask the published warehouse."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import SettingsError
from flows.cli.common import (
    as_rows,
    common_options,
    console,
    limit_option,
    open_warehouse,
    print_json,
    print_rows,
    stdin_text,
    text,
)
from flows.cli.limits import memory_capped
from flows.cli.listing import show_advice, show_dissent, show_hits, show_themes
from flows.tables import CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from rich.console import Console

    from warehouse import Result

NO_HITS = "no passage matches"
MOST_ROWS = 10_000
"""Rows of a table for people."""
TARGETS = ("cio", "it-staff", "vendor", "business", "anybody")
_language_option = click.option(
    "--language", type=text, help="Only passages in this language (en, it, zh, …)."
)
_host_option = click.option("--host", type=text, help="Only pages of this host.")
_theme_option = click.option("--theme", type=text, help="Only this theme (its id or label).")


_target_option = click.option("--target", type=click.Choice(TARGETS), help="Only what this one is told.")
_DAY = click.DateTime(["%Y-%m-%d"])
_FILTERS = (
    _language_option,
    _host_option,
    click.option("--author", type=text, help="Only authors whose name holds this."),
    click.option("--since", type=_DAY, help="Only what was published on this day or later."),
    click.option("--until", type=_DAY, help="Only what was published on this day or before."),
    _theme_option,
    _target_option,
    click.option("--advice-only", is_flag=True, help="Only passages that give advice."),
    click.option(
        "--least-trust", type=click.FloatRange(0, 1), help="Only passages whose English is trusted so far."
    ),
    click.option("--diverse", is_flag=True, help="Spread the hits over sources and meanings."),
)


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    """Add what narrows a search, and give it to the command with days as days."""

    @functools.wraps(command)
    def narrowed(since: datetime | None, until: datetime | None, **others: Any) -> None:
        command(since=since and since.date(), until=until and until.date(), **others)

    for option in reversed(_FILTERS):
        narrowed = option(narrowed)
    return narrowed


@click.command()
@click.argument("query", type=text)
@limit_option
@_filters
@common_options
def search(
    query: str, limit: int, as_json: bool, warehouse: Path | None, settings_file: Path | None, **filters: Any
) -> None:
    """Find passages that answer QUERY, by meaning and by words, in any language.

    Words in "quotation marks", or a sentence as it stands, come first where a passage holds them.
    """
    with open_warehouse(settings_file, warehouse) as published:
        _answer(published.search(query, limit, **filters), show_hits, as_json, NO_HITS)


@click.command()
@click.argument("to", required=False, type=text)
@click.option(
    "--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Take the text of a file."
)
@limit_option
@_filters
@common_options
def similar(
    to: str | None,
    file: Path | None,
    limit: int,
    as_json: bool,
    warehouse: Path | None,
    settings_file: Path | None,
    **filters: Any,
) -> None:
    """Find passages like TO: a passage id (psg_…) or a text of your own; "-" reads the text from stdin."""
    with open_warehouse(settings_file, warehouse) as published:
        _answer(published.similar(_text(to, file), limit, **filters), show_hits, as_json, NO_HITS)


def _text(to: str | None, file: Path | None) -> str:
    if (to is None) == (file is None):
        raise click.UsageError("give either TO or --file")
    if file is not None:
        try:
            return file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"--file {file}: {error}") from error
    return stdin_text() if to == "-" else to or ""


def _answer(
    results: Sequence[Any], show: Callable[[Any, Console], None], as_json: bool, nothing: str
) -> None:
    if as_json:
        print_json(as_rows(results))
    elif results:
        show(results, console())
    else:
        click.echo(nothing, err=True)


@click.command()
@click.option(
    "--min-hosts", type=click.IntRange(1), default=1, show_default=True, help="Shared by so many hosts."
)
@common_options
def themes(min_hosts: int, as_json: bool, warehouse: Path | None, settings_file: Path | None) -> None:
    """List the themes: their keywords, how many hosts and languages share them, an example."""
    with open_warehouse(settings_file, warehouse) as published:
        _answer(published.themes(min_hosts=min_hosts), show_themes, as_json, "no theme has so many hosts")


@click.command()
@click.argument("query", required=False, type=text)
@_theme_option
@_language_option
@_host_option
@_target_option
@click.option("-k", "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many rows.")
@common_options
def advice(
    query: str | None,
    limit: int,
    as_json: bool,
    warehouse: Path | None,
    settings_file: Path | None,
    **filters: Any,
) -> None:
    """List advice sentences: the surest first, or with QUERY the nearest to it in meaning."""
    with open_warehouse(settings_file, warehouse) as published:
        rows = published.advice(query=query, limit=limit, **filters)
    _answer(rows, show_advice, as_json, "no advice matches")


@click.command()
@_theme_option
@click.option("-k", "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many pairs.")
@common_options
def dissent(
    theme: str | None, limit: int, as_json: bool, warehouse: Path | None, settings_file: Path | None
) -> None:
    """List advice that other advice of its theme contradicts, both quoted, the surest pair first."""
    with open_warehouse(settings_file, warehouse) as published:
        rows = published.dissent(theme=theme, limit=limit)
    _answer(rows, show_dissent, as_json, "no advice here contradicts other advice of its theme")


@click.command()
@click.argument("query", required=False, type=text)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option(
    "--timeout", type=click.FloatRange(0, min_open=True), help="Stop the statement after so many seconds."
)
@common_options
def sql(
    query: str | None,
    as_csv: bool,
    timeout: float | None,
    as_json: bool,
    warehouse: Path | None,
    settings_file: Path | None,
) -> None:
    """Run one read-only SQL QUERY (default: from stdin) on the published file, locked down.

    search('text', k), theme_of('text'), similar_to(passage_id, k) and passages_with('words', k) are table macros.
    Tables and views: see the README.
    """
    statement = query if query not in (None, "-") else stdin_text()
    with (
        open_warehouse(settings_file, warehouse) as published,
        memory_capped(published.memory_bytes),
    ):
        result = published.sql(statement or "", seconds=timeout)
        if as_csv:
            _print_csv(result)
            return
        shown = result if as_json else result.first(MOST_ROWS)
        names = _distinct(result.columns)
        print_rows("", [dict(zip(names, row, strict=True)) for row in shown.rows()], as_json, "no rows")
    if more := len(result) - len(shown):
        click.echo(f"{more:,} more rows: ask for all with --json or --csv", err=True)


def _distinct(columns: Sequence[str]) -> list[str]:
    """Number the columns that share a name, so that none hides another."""
    names: list[str] = []
    for column in columns:
        name, turn = column, 0
        while name in names:
            turn += 1
            name = f"{column}_{turn}"
        names.append(name)
    return names


def _print_csv(result: Result) -> None:
    import csv

    writer = csv.writer(sys.stdout)
    writer.writerow(result.columns)
    writer.writerows([_printable(value) for value in row] for row in result.rows())


def _printable(value: object) -> object:
    """Keep from a terminal what it would obey; a file gets the data as they are."""
    return CONTROL.sub("", value) if isinstance(value, str) and sys.stdout.isatty() else value
