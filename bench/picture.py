"""Draws the picture of the README: what `cio-advice themes` prints, as SVG without fonts from elsewhere.

`python -m bench.picture WAREHOUSE docs/themes.svg`
"""

from __future__ import annotations

import re
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console

from flows.cli.listing import show_themes
from warehouse import Warehouse

_FOREIGN_FONT = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
SHOWN = 5


def main(warehouse: str, picture: str) -> None:
    """Draw the themes that most sources share."""
    console = Console(record=True, width=104, file=StringIO(), force_terminal=True, highlight=False)
    with Warehouse.open(warehouse) as published:
        show_themes(published.themes(min_hosts=3)[:SHOWN], console)
    svg = console.export_svg(title="cio-advice themes --min-hosts 3")
    Path(picture).write_text(_FOREIGN_FONT.sub("", svg), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
