"""`cio-advice explain`: the raw lines with their verdicts in colour, and the sentences beside their English."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING

import click
from rich.cells import chop_cells
from rich.table import Table
from rich.text import Text

from corpus.models import Kind
from flows.cli.common import common_options, console, open_warehouse, print_json, text
from flows.cli.kinds import legend, sign_of, style_of
from flows.tables import plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from warehouse import Explanation, Line, SentenceRow, VerdictCount

_LONGEST = 600
_TOGETHER = 200
_WIDEST_RULE = 28
_KIND = max(len(kind.value) for kind in Kind)
_FACTS = ("title", "author", "published_on", "url", "host", "language", "uri", "duplicate_of", "reason")


def _line_range(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> tuple[int, int | None] | None:
    """Return the first and the last line of FROM-TO, either of which may be left out, or of one number."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{0,9})(-?)([0-9]{0,9})", value)
    if not found or not (found[1] or found[3]):
        raise click.BadParameter(f"{value!r}: expected line numbers such as 10-20, 10-, -20 or 10")
    first = int(found[1] or 1)
    last = int(found[3]) if found[3] else None if found[2] else first
    if last is not None and last < first:
        raise click.BadParameter(f"{value!r}: the last line is before the first")
    return first, last


@click.command()
@click.argument("name", type=text)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in Kind]),
    help="Only lines of this kind; may be given more than once.",
)
@click.option("--kept/--dropped", "kept", default=None, help="Only lines that were kept, or dropped.")
@click.option(
    "--lines",
    "between",
    metavar="FROM-TO",
    callback=_line_range,
    help="Only these lines: 10-20, 10-, -20 or 10.",
)
@common_options
def explain(
    name: str,
    kinds: tuple[str, ...],
    kept: bool | None,
    between: tuple[int, int | None] | None,
    as_json: bool,
    warehouse: Path | None,
    settings_file: Path | None,
) -> None:
    """Show where NAME comes from: the raw lines, each with its verdict and rule.

    NAME is the id of a passage, advice, document or page, or a page's address or the end of it. The counts at the
    end are of the whole page, or of the lines of the passage. In a terminal each family of kinds has its colour;
    NO_COLOR=1 leaves the signs: - dropped, + kept by the setting keep_kinds.
    """
    with open_warehouse(settings_file, warehouse) as published:
        explanation = published.explain(name)
    shown = [line for line in explanation.lines if _is_asked(line, kinds, kept, between)]
    if as_json:
        print_json(dataclasses.replace(explanation, lines=tuple(shown)))
    else:
        show(explanation, shown, console())


def _is_asked(
    line: Line, kinds: Sequence[str], kept: bool | None, between: tuple[int, int | None] | None
) -> bool:
    first, last = between or (1, None)
    return (
        (not kinds or line.kind in kinds)
        and kept in (None, line.kept)
        and first <= line.line_no
        and (last is None or line.line_no <= last)
    )


def show(explanation: Explanation, lines: Sequence[Line], out: Console) -> None:
    """Print where something comes from: its facts, `lines` of it, its sentences, and the counts of its verdicts."""
    out.print(Text(f"{explanation.what} {plain(explanation.name)}", style="bold"))
    for label in _FACTS:
        value = getattr(explanation, label)
        if value:
            out.print(Text(f"{label.replace('_', ' ')}: {plain(value)}", overflow="fold"))
    if explanation.lines:
        _print_lines([line for line in lines if line.text.strip()], out)
    if explanation.sentences and len(lines) == len(explanation.lines):
        out.print(_sentences(explanation.sentences))
    if explanation.verdicts:
        _print_counts(explanation, len({line.line_no for line in lines}), out)


def _print_lines(lines: Sequence[Line], out: Console) -> None:
    """Print lines in columns as wide as they need, a few hundred at a time: a page of any length begins at once."""
    out.print(Text("Raw lines", style="bold"), legend({(line.kind, line.kept) for line in lines}))
    number = max(len(str(lines[-1].line_no)) if lines else 0, 4)
    rule = max((len(line.rule) for line in lines), default=4)
    rule = max(min(rule, _WIDEST_RULE, out.width // 4), 4)
    rest = max(out.width - number - _KIND - rule - 8, 10)
    out.print(Text(f"{'line':>{number}}    {'kind':<{_KIND}}  {'rule':<{rule}}  text", style="bold"))
    for start in range(0, len(lines), _TOGETHER):
        drawn = Text("\n", end="").join(
            _row(line, number, rule, rest) for line in lines[start : start + _TOGETHER]
        )
        out.print(drawn, no_wrap=True, overflow="ignore", crop=False)


def _row(line: Line, number: int, rule: int, rest: int) -> Text:
    """Draw a line, its rule and its text folded to their widths in cells of the terminal."""
    head = f"{line.line_no:>{number}} {sign_of(line.kind, kept=line.kept)} {plain(line.kind):<{_KIND}}"
    folded = zip_longest(_fold(plain(line.rule), rule), _fold(_cut(line), rest), fillvalue="")
    drawn = [
        f"{'' if place else head:<{number + 3 + _KIND}}  {name:<{rule}}  {said}".rstrip()
        for place, (name, said) in enumerate(folded)
    ]
    return Text("\n".join(drawn), style=style_of(line.kind, kept=line.kept), end="")


def _fold(said: str, cells: int) -> list[str]:
    return chop_cells(said, cells) or [""]


def _cut(line: Line) -> str:
    said = plain(line.text.strip()[: 2 * _LONGEST]).replace("\t", " ")
    return said if len(line.text) <= _LONGEST else f"{said[:_LONGEST]} … ({len(line.text):,} characters)"


def _sentences(sentences: tuple[SentenceRow, ...]) -> Table:
    drawn = Table(title="Sentences", title_justify="left", header_style="bold")
    for name in ("line", "sentence", "in English"):
        drawn.add_column(name, overflow="fold", justify="right" if name == "line" else "left")
    for sentence in sentences:
        style = "bold" if sentence.is_advice else ""
        english = (
            Text("(original)", style="dim") if sentence.language == "en" else Text(plain(sentence.text_en))
        )
        if sentence.text_en is None:
            english = Text(f"untranslated: {plain(sentence.reason)}", style="dim")
        elif sentence.flags:
            trust = f"trust {sentence.trust:.2f}: " if sentence.trust is not None else ""
            english.append(f"  [{trust}{plain(', '.join(sentence.flags))}]", style="dim")
        drawn.add_row(str(sentence.first_line), Text(plain(sentence.text), style=style), english)
    drawn.caption = "bold: advice"
    return drawn


def _print_counts(explanation: Explanation, shown: int, out: Console) -> None:
    """Print how many lines were kept and dropped, by kind and by rule."""
    total = len({line.line_no for line in explanation.lines})
    heading = "Lines kept and dropped"
    out.print(Text(f"{heading} ({shown:,} of {total:,} shown)" if shown < total else heading, style="bold"))
    kinds = Counter[tuple[bool, str]]()
    for verdict in explanation.verdicts:
        kinds[verdict.kept, verdict.kind] += verdict.lines
    for (kept, kind), lines in sorted(kinds.items(), key=lambda item: (not item[0][0], -item[1], item[0][1])):
        drawn = Text(f"{lines:>7,} {sign_of(kind, kept=kept)} {'kept' if kept else 'dropped':<8}")
        drawn.append(f"{plain(kind):<11} ", style=style_of(kind, kept=kept))
        drawn.append(_rules(explanation.verdicts, kind, kept=kept), style=style_of(kind, kept=kept))
        out.print(drawn)


def _rules(verdicts: Sequence[VerdictCount], kind: str, *, kept: bool) -> str:
    found = [verdict for verdict in verdicts if (verdict.kind, verdict.kept) == (kind, kept)]
    return ", ".join(f"{plain(verdict.rule)} {verdict.lines:,}" for verdict in found)
