"""Run every bench, one after the other: `python -m bench`."""

from __future__ import annotations

import subprocess
import sys

BENCHES = (
    "sources",
    "charset",
    "extraction",
    "language",
    "metadata",
    "boilerplate",
    "repetition",
    "hostile",
    "injection",
    "hostile_warehouses",
    "fuzz",
    "duplicates",
    "advice",
    "advice_model",
    "dissent",
    "embedding",
    "themes",
    "theme_days",
    "themes_scale",
    "translation",
    "translation_flags",
    "argos_speed",
    "embedding_speed",
    "search",
    "retrieval",
    "search_scale",
    "any_order",
    "speed",
    "schedule",
    "crash",
    "trouble",
    "faults",
    "readers",
)


def main() -> int:
    """Return how many benches failed."""
    failed = 0
    for name in BENCHES:
        print(f"\n## {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
