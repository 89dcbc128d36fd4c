"""Are planted disagreements found? `python -m bench.dissent [--shipped]`.

tests/data/dissent holds twelve pages written for this, six pairs of sources in five languages: each page contradicts
its partner twice (pairs.json), agrees with it once, and says something of its own; one says do, the other don't.
tests/data/dissent_other holds twelve more, in seven languages, of which most tell to do different things (buy, or
build): written before anything looked for those, but by the one who then wrote what looks for them. With `--shipped`
all stand among the shipped pages, which disagree here and there too: what else is found is listed, to be read.
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
OTHER = ROOT / "tests" / "data" / "dissent_other"


def planted_in(folder: Path) -> list[list[str]]:
    """Return words of both sides of each planted pair."""
    pairs: list[list[str]] = json.loads((folder / "pairs.json").read_text("utf-8"))
    return pairs


def is_pair(pair: list[str], row: DissentRow) -> bool:
    """Whether a row is a planted pair, whichever side stands first."""
    one, other = row.do_sentence, row.dont_sentence
    return (pair[0] in one and pair[1] in other) or (pair[0] in other and pair[1] in one)


def measured(sources: list[Path], sets: list[Path]) -> tuple[dict[str, tuple[int, int]], list[DissentRow]]:
    """Return how many pairs of each set are found among the pages of `sources`, of how many; and the other pairs."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load().with_changes(warehouse=Path(folder) / "w.duckdb")
        run([str(source) for source in sources], settings, execute_directly, Quiet())
        with Warehouse.open(settings.warehouse, settings) as published:
            rows = published.dissent(limit=1000)
    planted = {group.name: planted_in(group) for group in sets}
    found = {
        name: (sum(any(is_pair(pair, row) for row in rows) for pair in pairs), len(pairs))
        for name, pairs in planted.items()
    }
    every = [pair for pairs in planted.values() for pair in pairs]
    return found, [row for row in rows if not any(is_pair(pair, row) for pair in every)]


def main() -> None:
    """Print the table, and what else was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shipped", action="store_true", help="among the shipped pages")
    given = parser.parse_args()
    both = [PLANTED, OTHER]
    runs = {"shipped": [*both, PAGES]} if given.shipped else {"alone": [PLANTED], "alone, other": [OTHER]}
    for name, sources in runs.items():
        found, others = measured(sources, [group for group in both if group in sources])
        rows = [(group, *counts, len(others)) for group, counts in found.items()]
        print_table(f"Planted disagreements, {name}", ("set", "found", "of", "other pairs"), rows)
        for row in others:
            print(f"  {row.score:.2f} {row.do_sentence[:90]} || {row.dont_sentence[:90]}")


if __name__ == "__main__":
    main()
