"""Rows as tables in a terminal. Page text is data: nothing in it is taken for markup or a terminal command."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")

_MARKUP = re.compile(r"[\\`*_\[\](){}|~!#$]")


def plain(value: object) -> str:
    """Return a value as text without terminal control characters and direction overrides."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(plain, value))
    return CONTROL.sub("", str(value))


def markdown_text(text: str) -> str:
    """Return a text on one line in which Markdown finds neither markup nor HTML: a title may hold a script."""
    return _MARKUP.sub(r"\\\g<0>", html.escape(plain(" ".join(text.split()))))


def table(title: str, rows: Sequence[dict[str, Any]]) -> Table:
    """Return a rich table of rows that share their keys."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title, title_justify="left", header_style="bold")
    for name, sample in rows[0].items():
        numeric = isinstance(sample, (int, float))
        drawn.add_column(
            Text(plain(name).replace("_", " ")), justify="right" if numeric else "left", overflow="fold"
        )
    for row in rows:
        drawn.add_row(*(Text(plain(value)) for value in row.values()))
    return drawn
