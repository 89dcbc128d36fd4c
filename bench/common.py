"""What the benches share: where the data is, and tables."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "tests" / "data" / "pages"
GOLD = ROOT / "tests" / "data" / "gold.json"
SHARED = ROOT.parent / "shared"
FLOORS = ROOT / "bench" / "floors.json"


def gold() -> list[dict[str, Any]]:
    """Return the gold entries of the shipped pages."""
    entries: list[dict[str, Any]] = json.loads(GOLD.read_text("utf-8"))
    return entries


def shared(name: str) -> Path | None:
    """Return a file or folder of the public data, or None with a line on stderr that says what is left out."""
    path = SHARED / name
    if path.exists():
        return path
    print(f"LEFT OUT: {name} is not beside the checkout", file=sys.stderr)
    return None


def floors() -> dict[str, float]:
    """Return the floor of every gated figure."""
    values: dict[str, float] = json.loads(FLOORS.read_text("utf-8"))
    return values


def machine() -> str:
    """Say in one line what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{len(os.sched_getaffinity(0))} cores ({platform.machine()}), {memory:.0f} GB of memory, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def print_table(title: str, header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Print rows as a Markdown table."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in row) + " |")
