"""`cio-advice why-not`: where and why a page left the pipeline, or that it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from corpus.errors import WarehouseError
from flows.cli.common import common_options, console, open_warehouse, print_json, text
from flows.cli.kinds import style_of
from flows.tables import plain

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from warehouse import Step, WhyNot

_STYLES = {
    "passed": "color(28)",
    "partly": "color(130)",
    "stopped": "bold color(131)",
    "not reached": "color(243)",
}
_FACTS = ("uri", "url", "host", "document_id", "page_id")


@click.command("why-not")
@click.argument("name", type=text)
@common_options
def why_not(name: str, as_json: bool, warehouse: Path | None, settings_file: Path | None) -> None:
    """Say where and why page NAME left the pipeline, or that it did not: every step, with the evidence.

    NAME is an address, however it is written (scheme, www., trailing slash, fragment and utm_ parameters do not
    matter), a page's uri or the end of it, or an id. Exits with 1 where no run has seen it.
    """
    with open_warehouse(settings_file, warehouse) as published:
        answer = published.why_not(name)
    if as_json:
        print_json(answer)
        if not answer.is_known:
            raise click.exceptions.Exit(1)
    elif answer.is_known:
        show(answer, console())
    else:
        raise WarehouseError(answer.message)


def show(answer: WhyNot, out: Console) -> None:
    """Print the answer, how the page fared at each step, and the largest pieces that were taken off it."""
    out.print(Text(f"{answer.code}: ", style="bold"), Text(plain(answer.message)), sep="")
    for label in _FACTS:
        if value := getattr(answer, label):
            out.print(Text(f"{label.replace('_', ' ')}: {plain(value)}", overflow="fold"))
    for copy in answer.copies:
        how = "the same bytes as" if copy.kind == "exact" else f"a near copy ({copy.similarity:.2f}) of"
        out.print(Text(f"{how} {plain(copy.uri)}", overflow="fold"))
    for other in answer.others:
        out.print(Text(f"the same address: {plain(other)}", overflow="fold"))
    out.print(_steps(answer))
    if answer.dropped:
        _print_dropped(answer, out)


def _steps(answer: WhyNot) -> Table:
    drawn = Table(box=None, header_style="bold", pad_edge=False, expand=True)
    drawn.add_column("step", no_wrap=True)
    drawn.add_column("", no_wrap=True)
    drawn.add_column("what happened", overflow="fold", ratio=1)
    for step in answer.steps:
        style = _STYLES[step.state]
        said = Text(_said(answer, step), style="" if step.state != "not reached" else style)
        if evidence := _evidence(step):
            said.append(f"\n{evidence}", style=_STYLES["not reached"])
        drawn.add_row(Text(step.stage), Text(step.state, style=style), said)
    return drawn


def _evidence(step: Step) -> str:
    """Return what stands behind a step: its code, the rule that decided, the run and its time."""
    if step.state == "not reached":
        return ""
    parts = (step.code, step.rule, step.run_id, step.at and f"{step.at:%Y-%m-%d %H:%M} UTC")
    return "  ".join(plain(part) for part in parts if part and part != step.stage)


def _said(answer: WhyNot, step: Step) -> str:
    whose = f"{plain(step.uri)}: " if step.uri != answer.uri else ""
    return whose + plain(step.message)


def _print_dropped(answer: WhyNot, out: Console) -> None:
    out.print(Text("Largest pieces dropped", style="bold"))
    for piece in answer.dropped:
        where = f"lines {piece.first_line}-{piece.last_line}" if piece.last_line > piece.first_line else ""
        place = where or f"line {piece.first_line}"
        head = f"  {place}, {piece.characters:,} characters, {plain(piece.kind)} ({plain(piece.rule)})"
        out.print(Text(head, style=style_of(piece.kind, kept=False)))
        short = plain(" ".join(piece.text.split()))
        out.print(Text(f"    {short}{'…' if piece.characters > len(piece.text) else ''}", overflow="fold"))
    out.print(Text(f"every line: cio-advice explain {plain(answer.uri)}", overflow="fold"))
