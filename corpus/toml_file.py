"""Small files in TOML that a person wrote: settings, orders for themes, glossaries."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1_000_000
"""Nobody writes more by hand; a device never ends."""


def read_toml(file: Path) -> dict[str, Any]:
    """Return what a file says. Raises OSError, ValueError (no UTF-8, no TOML, too large) or RecursionError."""
    with file.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES:,} bytes")
    return tomllib.loads(content.decode("utf-8"))
