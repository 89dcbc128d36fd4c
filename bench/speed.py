"""Pages a second of whole runs, beside a straightforward stack of the same libraries; and how runs grow.

    python -m bench.speed [--pages 1000] [--peer-pages 1000] [--sizes 1000 5000 20000 [--tiny]] [--prefect] [--seed 1]

1. A corpus of `--pages` made-up pages (`bench.made_up_pages`) through `cio-advice ingest --direct`, beside
   `bench.naive_stack` on the first `--peer-pages` of them: stage by stage, by the clock and by CPU. Both use the same
   embedding model, and for Italian the same Argos package of real size (`bench.made_up_model`).
2. The same again, unchanged; and with --prefect, through Prefect: what the orchestrator costs.
3. `--sizes`: runs alone, their memory and time by page. With --tiny a model of one layer embeds, and a tiny Argos
   package translates, so that large corpora can be tried in an hour: what the models cost is left out then, and
   advice is found by the rules alone, as nobody trained a judge for such a model.

Each run is a process of its own; the CPU is that of it and all its children, the memory that of the largest process.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.common import print_table
from bench.made_up_model import write_package
from bench.made_up_pages import Generator, write
from bench.small_corpus import tiny_settings
from corpus.embed import find_folder
from corpus.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

_STAGES = {  # the peer's stages, and ours that do the same and more
    "extract, language, load": (("extract", "language", "load"), ("pages", "repetition")),
    "translate": (("translate",), ("translate",)),
    "embed passages": (("embed",), ("embed",)),
    "embed sentences, find advice": (("embed sentences",), ("advice",)),
}


@dataclass(frozen=True)
class Measured:
    """A process that has ended: seconds by the clock and of all CPUs, most megabytes, and what it printed."""

    wall: float
    cpu: float
    megabytes: float
    said: dict[str, Any]


def run(command: Sequence[str | Path], environment: dict[str, str]) -> Measured:
    """Run a command that prints JSON; raises where it fails."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen([sys.executable, *command], stdout=out, env=os.environ | environment)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, list(command))
        out.seek(0)
        said = json.load(out)
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, said)


def ingest(pages: Path, warehouse: Path, environment: dict[str, str], *options: str) -> Measured:
    """Run `cio-advice ingest`."""
    place = ["--warehouse", str(warehouse), "--json", "--no-progress"]
    program = Path(sys.executable).with_name("cio-advice")
    return run([program, "ingest", str(pages), *place, *options], environment)


def first_lines(pages: Path, count: int) -> Path:
    """Write the first lines of a file beside it."""
    part = pages.with_name(f"first-{count}.jsonl")
    with pages.open(encoding="utf-8") as whole, part.open("w", encoding="utf-8") as out:
        out.writelines(itertools.islice(whole, count))
    return part


def beside_the_peer(folder: Path, count: int, peer_count: int, seed: int, prefect: bool) -> None:
    """Print both, stage by stage."""
    generator = Generator.of_the_project()
    package = folder / "package"
    write_package(package, generator.sentences("it"))
    environment = {"CIO_ADVICE_TRANSLATION_ENGINES": str(package)}
    pages = write(folder / "pages.jsonl", count, seed)
    part = first_lines(pages, peer_count)
    model = find_folder(Settings())
    naive = ["-m", "bench.naive_stack", str(part)]
    told = ["--model", str(model), "--package", str(package), "--sentences"]
    ours = ingest(pages, folder / "ours.duckdb", environment, "--direct")
    peer = run([*naive, str(folder / "peer.duckdb"), *told], environment)
    _print_stages(ours, count, peer, peer_count)
    again = ingest(pages, folder / "ours.duckdb", environment, "--direct")
    rows = [("first run", count, ours.wall, ours.cpu, count / ours.wall, ours.megabytes)]
    rows.append(("unchanged", count, again.wall, again.cpu, count / again.wall, again.megabytes))
    if prefect:
        through = ingest(pages, folder / "prefect.duckdb", environment)
        rows.append(
            ("first run, Prefect", count, through.wall, through.cpu, count / through.wall, through.megabytes)
        )
        share = (through.cpu - ours.cpu) / through.cpu
        print(f"\nPrefect's share of the CPU: {share:.3f} ({through.cpu - ours.cpu:.1f} CPU s)")
    print_table("Runs", ("run", "pages", "s", "CPU s", "pages a second", "MB"), rows)


def _print_stages(ours: Measured, count: int, peer: Measured, peer_count: int) -> None:
    rows: list[tuple[Any, ...]] = []
    mine, theirs = ours.said["seconds"], peer.said["seconds"]
    for name, (peer_stages, our_stages) in _STAGES.items():
        a = sum(mine.get(stage, 0.0) for stage in our_stages) / count * 1000
        b = sum(theirs.get(stage, 0.0) for stage in peer_stages) / peer_count * 1000
        rows.append((name, a, b, b / a if a else 0.0))
    shared = {stage for _, stages in _STAGES.values() for stage in stages}
    rows.append(
        (
            "what the peer does not do",
            sum(s for n, s in mine.items() if n not in shared) / count * 1000,
            "",
            "",
        )
    )
    without = peer.wall - theirs.get("embed sentences", 0.0)
    a, b, c = (ours.wall / count * 1000, peer.wall / peer_count * 1000, without / peer_count * 1000)
    rows.append(("in all", a, b, b / a))
    rows.append(("in all, the peer without vectors of sentences", a, c, c / a))
    a, b = ours.cpu / count * 1000, peer.cpu / peer_count * 1000
    rows.append(("CPU in all", a, b, b / a))
    title = f"{count} pages (peer: {peer_count}), ms a page by the clock"
    print_table(title, ("stage", "ours", "peer", "times"), rows)


def alone(folder: Path, sizes: Sequence[int], seed: int, environment: dict[str, str]) -> None:
    """Print how a first run and an unchanged one grow."""
    rows = []
    for size in sizes:
        pages = write(folder / f"{size}.jsonl", size, seed)
        first = ingest(pages, folder / f"{size}.duckdb", environment, "--direct")
        again = ingest(pages, folder / f"{size}.duckdb", environment, "--direct")
        megabytes = (folder / f"{size}.duckdb").stat().st_size / 1e6
        per_page = (first.wall / size * 1000, first.cpu / size * 1000)
        rows.append((size, *per_page, first.megabytes, megabytes, size / again.wall, again.megabytes))
        slow = {name: round(value / size * 1000, 2) for name, value in first.said["seconds"].items()}
        print(f"{size} pages, ms a page by stage: {slow}", flush=True)
    header = ("pages", "ms a page", "CPU ms a page", "MB", "file MB", "unchanged pages a second", "MB then")
    print_table("Alone", header, rows)


def tiny_models(folder: Path) -> dict[str, str]:
    """Make the models of `bench.small_corpus`; return the environment of runs that use them."""
    settings = tiny_settings(folder / "models")
    return {
        "CIO_ADVICE_MODELS_DIR": str(settings.models_dir),
        "CIO_ADVICE_EMBEDDING_MODEL": settings.embedding_model,
        "CIO_ADVICE_EMBEDDING_BACKEND": settings.embedding_backend,
    }


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--peer-pages", type=int, default=1000)
    parser.add_argument("--sizes", type=int, nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--prefect", action="store_true")
    parser.add_argument("--tiny", action="store_true", help="tiny models, for --sizes")
    arguments = parser.parse_args()
    print(
        f"seed {arguments.seed}, {os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}"
    )
    with tempfile.TemporaryDirectory(prefix="cio-advice-speed-") as place:
        if arguments.pages:
            beside_the_peer(
                Path(place), arguments.pages, arguments.peer_pages, arguments.seed, arguments.prefect
            )
        models = tiny_models(Path(place)) if arguments.tiny else {}
        alone(Path(place), arguments.sizes, arguments.seed, models)


if __name__ == "__main__":
    main()
