"""The same pages in any order, batches and number of runs: the same tables.

    python -m bench.any_order [--pages 24] [--seeds 10]

Made-up pages (`bench.made_up_pages`, copies and unreadable ones among them) as files, some of them under three names.
Once they are read in one run; then for each seed shuffled, in three runs that overlap, with batch sizes drawn by the
seed. Compared is the logical hash that `cio-advice verify` prints. Themes follow history, and are left out.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.common import machine, print_table
from bench.made_up_pages import Generator
from corpus.settings import Settings
from flows.progress import Quiet
from flows.runner import execute_directly, run
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.logical import Contents


def write_files(folder: Path, count: int) -> list[Path]:
    """Write made-up pages as files; every eighth under two other names, too, one of them another host's."""
    mirror = folder / "www.mirror.example"
    mirror.mkdir(parents=True)
    for number, record in enumerate(Generator.of_the_project().records(count, seed=3)):
        ending = "html" if "html" in record else "txt"
        file = folder / f"page-{number:03}.{ending}"
        file.write_text(record.get("html", record.get("text", "")), "utf-8")
        if number % 8 == 0:
            shutil.copyfile(file, folder / f"a-copy-{number:03}.{ending}")
            shutil.copyfile(file, mirror / file.name)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def ingest(parts: Sequence[Sequence[Path]], settings: Settings) -> Contents:
    """Read the parts, a run each, and return what the warehouse says then."""
    for part in parts:
        run([str(path) for path in part], settings, execute_directly, Quiet())
    with Warehouse.open(settings.warehouse, settings) as opened:
        return opened.contents()


def main() -> int:
    """Print for each seed whether the tables were the same; return how often they were not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=24)
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    print(machine())
    rows = []
    with tempfile.TemporaryDirectory() as place:
        files = write_files(Path(place) / "pages", arguments.pages)
        once = ingest([files], Settings(warehouse=Path(place) / "once.duckdb"))
        for seed in range(arguments.seeds):
            draw = random.Random(seed)  # noqa: S311 - it only shuffles
            shuffled = draw.sample(files, len(files))
            first, second = sorted(draw.sample(range(len(files)), 2))
            parts = [part for part in (shuffled[:second], shuffled[first:], shuffled) if part]
            settings = Settings(
                warehouse=Path(place) / f"{seed}.duckdb",
                batch_pages=draw.randint(1, 20),
                batch_passages=draw.randint(1, 200),
                batch_sentences=draw.randint(1, 200),
            )
            found = ingest(parts, settings)
            differing = [name for name in found.differences(once) if "theme" not in name]
            rows.append((seed, settings.batch_pages, found.hash == once.hash, ", ".join(differing)))
    print_table(
        f"{len(files)} files, hash {once.hash}", ("seed", "pages a batch", "same", "tables that differ"), rows
    )
    return sum(not row[2] for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
