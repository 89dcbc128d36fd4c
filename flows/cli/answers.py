"""The commands that ask the published warehouse."""

from __future__ import annotations

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
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from warehouse import Hit

_language_option = click.option("--language", help="Only passages in this language (en, it, zh, …).")
_host_option = click.option("--host", help="Only pages of this host.")
_theme_option = click.option("--theme", help="Only this theme (its id or label).")


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    advice_only = click.option("--advice-only", is_flag=True, help="Only passages that give advice.")
    return _language_option(_host_option(_theme_option(advice_only(command))))


@click.command()
@click.argument("query")
@limit_option
@_filters
@common_options
def search(
    query: str, limit: int, as_json: bool, warehouse: Path | None, settings_file: Path | None, **filters: Any
) -> None:
    """Find passages that answer QUERY, in any language, by meaning."""
    with open_warehouse(settings_file, warehouse) as published:
        _print_hits(published.search(query, limit, **filters), as_json)


@click.command()
@click.argument("to", required=False)
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
        _print_hits(published.similar(_text(to, file), limit, **filters), as_json)


def _text(to: str | None, file: Path | None) -> str:
    if (to is None) == (file is None):
        raise click.UsageError("give either TO or --file")
    if file is not None:
        try:
            return file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"--file {file}: {error}") from error
    return sys.stdin.read() if to == "-" else to or ""


def _print_hits(hits: Sequence[Hit], as_json: bool) -> None:
    if as_json:
        print_json(as_rows(hits))
        return
    if not hits:
        click.echo("no passage matches these filters", err=True)
    from rich.text import Text

    from flows.tables import plain

    out = console()
    for number, hit in enumerate(hits, 1):
        date = f", {hit.published_on}" if hit.published_on else ""
        out.print(Text(f"{number}. {plain(hit.title) or '(no title)'}", style="bold"),
                  Text(f"{plain(hit.host or hit.uri)}{date} [{hit.language}] score {hit.score:.3f} {hit.passage_id}", style="dim"))  # fmt: skip
        out.print(Text(plain(hit.text)))
        if hit.text_en and hit.text_en != hit.text:
            out.print(Text("in English: " + plain(hit.text_en), style="italic"))
        if hit.theme:
            out.print(Text(f"theme: {plain(hit.theme)}", style="dim"))
        out.print()


@click.command()
@click.option(
    "--min-hosts", type=click.IntRange(1), default=1, show_default=True, help="Shared by so many hosts."
)
@common_options
def themes(min_hosts: int, as_json: bool, warehouse: Path | None, settings_file: Path | None) -> None:
    """List the themes: their keywords, how many hosts and languages share them, an example."""
    with open_warehouse(settings_file, warehouse) as published:
        print_rows("Themes", as_rows(published.themes(min_hosts=min_hosts)), as_json, "no themes yet")


@click.command()
@click.argument("query", required=False)
@_theme_option
@_language_option
@_host_option
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
    """List advice sentences, best first; QUERY keeps those whose sentence or English contains it."""
    with open_warehouse(settings_file, warehouse) as published:
        rows = as_rows(published.advice(query=query, limit=limit, **filters))
    print_rows("Advice", rows, as_json, "no advice matches")


@click.command()
@click.argument("name")
@common_options
def explain(name: str, as_json: bool, warehouse: Path | None, settings_file: Path | None) -> None:
    """Show where NAME comes from: the raw lines, each with its verdict and rule.

    NAME is the id of a passage, advice, document or page, or a page's address or the end of it.
    """
    with open_warehouse(settings_file, warehouse) as published:
        explanation = published.explain(name)
    if as_json:
        print_json(explanation)
        return
    from flows.cli.explanation import show

    show(explanation, console())


@click.command()
@click.argument("query", required=False)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@common_options
def sql(
    query: str | None, as_csv: bool, as_json: bool, warehouse: Path | None, settings_file: Path | None
) -> None:
    """Run one read-only SQL QUERY (default: from stdin) on the published file, locked down.

    search('text', k) and similar_to(passage_id, k) are table macros. Tables and views: see the README.
    """
    statement = query if query not in (None, "-") else sys.stdin.read()
    with open_warehouse(settings_file, warehouse) as published:
        result = published.sql(statement or "")
        rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows()]
        if as_csv:
            _print_csv(result.columns, rows)
            return
    print_rows("", rows, as_json, "no rows")


def _print_csv(columns: Sequence[str], rows: list[dict[str, Any]]) -> None:
    import csv

    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    writer.writerows(row.values() for row in rows)


@click.command()
@limit_option
@common_options
def runs(limit: int, as_json: bool, warehouse: Path | None, settings_file: Path | None) -> None:
    """List the runs, newest first: what became of their pages."""
    with open_warehouse(settings_file, warehouse) as published:
        print_rows("Runs", as_rows(published.runs(limit)), as_json, "no runs")
