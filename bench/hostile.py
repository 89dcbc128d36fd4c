"""What becomes of hostile input: each named case through the sources and the worker processes that read pages.

`python -m bench.hostile [NAME …]`: cases, pages loaded and quarantined (with their codes), seconds, and the peak memory
of the process that reads the source and of the workers. Each case runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.common import print_table
from bench.hostile_sources import CASES
from corpus.models import ParsedPage, RawPage
from corpus.settings import Settings
from corpus.sources import open_sources
from corpus.workers import ParseWorkers

CAP = 60


def outcomes(name: str, folder: Path, workers: ParseWorkers, settings: Settings) -> Counter[str]:
    """Return how often each outcome came: `loaded`, or the code of the reason why not."""
    counts: Counter[str] = Counter()
    for item in open_sources(CASES[name](folder), settings):
        if isinstance(item, RawPage):
            [read] = workers.parse([item], lambda: None)
        else:
            read = item
        counts["loaded" if isinstance(read, ParsedPage) else read.code] += 1
        if not isinstance(read, ParsedPage) and not read.reason:
            raise AssertionError(f"{name}: quarantined without a reason")
    return counts


def measured(name: str) -> dict[str, Any]:
    """Return the outcomes of one case with its seconds and peak memory, in MB."""
    settings = Settings(workers=1, page_timeout_seconds=CAP)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with ParseWorkers(settings) as workers:
            counts = outcomes(name, Path(folder), workers, settings)
            seconds = time.perf_counter() - started
    own, children = (
        resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"outcomes": dict(counts), "seconds": seconds, "reader": own, "worker": children}


def main() -> None:
    """Print a row for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="cases; default: all")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measured(arguments.one)))
        return
    rows = []
    for name in arguments.names or CASES:
        done = subprocess.run(
            [sys.executable, "-m", "bench.hostile", "--one", name],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            rows.append((name, f"FAILED: {done.stderr.strip()[-200:]}", 0.0, 0, 0))
            continue
        found = json.loads(done.stdout)
        said = ", ".join(f"{count} {code}" for code, count in sorted(found["outcomes"].items()))
        rows.append((name, said or "nothing", found["seconds"], found["reader"], found["worker"]))
        print(*rows[-1], file=sys.stderr)
    print_table(
        f"{len(rows)} hostile cases (cap {CAP} s a page)",
        ("case", "outcome", "seconds", "reader MB", "worker MB"),
        rows,
    )


if __name__ == "__main__":
    main()
