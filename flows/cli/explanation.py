"""`cio-advice explain` for people: the raw lines with their verdicts, and the sentences beside their English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from flows.tables import plain

if TYPE_CHECKING:
    from rich.console import Console

    from warehouse import Explanation, Line, SentenceRow

_LONGEST = 600


def show(explanation: Explanation, out: Console) -> None:
    """Print where something comes from: kept lines plain, dropped ones dim, each with its kind and rule."""
    out.print(Text(f"{explanation.what} {explanation.name}", style="bold"))
    for label in (
        "title",
        "author",
        "published_on",
        "url",
        "host",
        "language",
        "uri",
        "duplicate_of",
        "reason",
    ):
        value = getattr(explanation, label)
        if value:
            out.print(Text(f"{label.replace('_', ' ')}: {plain(value)}", overflow="fold"))
    if explanation.lines:
        out.print(_lines(explanation.lines))
    if explanation.sentences:
        out.print(_sentences(explanation.sentences))


def _lines(lines: tuple[Line, ...]) -> Table:
    drawn = Table(title="Raw lines", title_justify="left", header_style="bold")
    for name, width in (("line", None), ("kind", 11), ("rule", 24), ("text", None)):
        drawn.add_column(
            name, overflow="fold", max_width=width, justify="right" if name == "line" else "left"
        )
    for line in lines:
        if line.text.strip():
            style = "" if line.kept else "dim"
            text = plain(line.text.strip())
            shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … ({len(text):,} characters)"
            cells = (str(line.line_no), plain(line.kind), plain(line.rule), shown)
            drawn.add_row(*(Text(cell, style=style) for cell in cells))
    return drawn


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
            english.append(f"  [{', '.join(sentence.flags)}]", style="dim")
        drawn.add_row(str(sentence.first_line), Text(plain(sentence.text), style=style), english)
    drawn.caption = "bold: advice"
    return drawn
