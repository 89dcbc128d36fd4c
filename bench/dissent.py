"""Are planted disagreements found? `python -m bench.dissent [--shipped]`.

tests/data/dissent holds twelve pages written for this, six pairs of sources in five languages: each page contradicts
its partner twice (pairs.json), agrees with it once, and says something of its own. With `--shipped` they stand among
the shipped pages, which disagree here and there too: what else is found is listed, to be read.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.common import PAGES, ROOT, print_table
from corpus.settings import Settings
from flows.progress import Quiet
from flows.runner import execute_directly, run
from warehouse import Warehouse

if TYPE_CHECKING:
    from warehouse import DissentRow

PLANTED = ROOT / "tests" / "data" / "dissent"


def pairs_found(rows: list[DissentRow]) -> tuple[list[list[str]], list[DissentRow]]:
    """Return the planted pairs that are among `rows`, and the rows that are no planted pair."""
    planted: list[list[str]] = json.loads((PLANTED / "pairs.json").read_text("utf-8"))
    found, others = [], []
    for row in rows:
        hits = [pair for pair in planted if pair[0] in row.do_sentence and pair[1] in row.dont_sentence]
        found += hits
        others += [] if hits else [row]
    return found, others


def measured(sources: list[Path]) -> tuple[int, int, list[DissentRow]]:
    """Return how many planted pairs are found among the pages of `sources`, of how many, and the other pairs."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load().with_changes(warehouse=Path(folder) / "w.duckdb")
        run([str(source) for source in sources], settings, execute_directly, Quiet())
        with Warehouse.open(settings.warehouse, settings) as published:
            found, others = pairs_found(published.dissent(limit=1000))
    return len(found), len(json.loads((PLANTED / "pairs.json").read_text("utf-8"))), others


def main() -> None:
    """Print the table, and what else was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shipped", action="store_true", help="among the shipped pages")
    given = parser.parse_args()
    found, planted, others = measured([PLANTED, PAGES] if given.shipped else [PLANTED])
    print_table("Planted disagreements", ("found", "of", "other pairs"), [(found, planted, len(others))])
    for row in others:
        print(f"  {row.score:.2f} {row.do_sentence[:90]} || {row.dont_sentence[:90]}")


if __name__ == "__main__":
    main()
