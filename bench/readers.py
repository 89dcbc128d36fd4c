"""Readers through many publications: `python -m bench.readers --readers 8 --publishes 50 --seed 1`.

Processes open the published file again and again, ask in SQL, by words and by meaning, while real runs publish. Each
must see one whole run at a time, never an older one than before, and get no error. One more reader stays open from the
first publication to the last. Waiting shows in the longest time against the median; the same readers alone, with the
machine as busy, say what of that the machine does.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.common import machine, print_table
from bench.killed_runs import Doom, run_doomed, warm_server
from bench.small_corpus import DAY_ONE, tiny_settings, write_pages

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess

    from corpus.settings import Settings
    from warehouse import Warehouse

_PATIENCE = 300
_WHOLE = """
select
    (select max(run_no) from runs) as run_no,
    (select status from runs order by run_no desc limit 1) as status,
    (select pages_seen from runs order by run_no desc limit 1) as pages_seen,
    (select count(*) from run_pages where run_id = (select max_by(run_id, run_no) from runs)) as run_pages,
    (select count(*) from passages) as passages,
    (select count(*) from passage_vectors) as vectors,
    (select count(distinct passage_no) from postings) as indexed,
    (select count(*) from passages where text like '%day ' || ((select max(run_no) from runs) - 1) || ' of%') as marks
"""
_QUESTIONS = ("restore the backups", "parlare con il consiglio", "plan de salida", "talk to the board")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one reader reports: how often it opened the file, the runs it saw, its times, and what was wrong."""

    opened: int
    runs: list[int]
    open_seconds: list[float]
    ask_seconds: list[float]
    problems: list[str]


def read_on(settings: Settings, stop: str, answer: str, seed: int, stays_open: bool) -> None:
    """Open and ask until the file `stop` is there; write what was seen to the file `answer`."""
    from corpus.embed import load
    from warehouse import Warehouse

    chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
    embedder = load(settings)
    embedder.embed_queries(["the model is loaded now, not in the middle of a measurement"])
    seen = Seen(0, [], [], [], [])
    opened = 0
    while not Path(stop).exists():
        started = time.perf_counter()
        with Warehouse.open(settings.warehouse, settings, embedder=lambda: embedder) as warehouse:
            seen.open_seconds.append(time.perf_counter() - started)
            opened += 1
            while True:
                _ask(warehouse, chance, seen)
                if not stays_open or Path(stop).exists():
                    break
                time.sleep(0.2)
    report = {name: getattr(seen, name) for name in ("runs", "open_seconds", "ask_seconds", "problems")}
    Path(answer).write_text(json.dumps(report | {"opened": opened}), "utf-8")


def _ask(warehouse: Warehouse, chance: random.Random, seen: Seen) -> None:
    """Ask for the state before and after two searches: it must be one, and whole."""
    started = time.perf_counter()
    before = warehouse.sql(_WHOLE)
    state = dict(zip(before.columns, before.rows()[0], strict=True))
    asked = chance.choice(_QUESTIONS)
    hits = warehouse.search(asked, k=3)
    by_words = warehouse.sql("from passages_with($asked, 3)", {"asked": asked}).rows()
    after = warehouse.sql(_WHOLE).rows()[0]
    seen.ask_seconds.append(time.perf_counter() - started)
    if after != before.rows()[0]:
        seen.problems.append(f"two states in one reading: {state} {after}")
    if (
        state["status"] != "finished"
        or state["pages_seen"] != state["run_pages"]
        or not state["passages"] == state["vectors"] == state["indexed"]
        or state["marks"] != 2
        or not hits
        or not by_words
    ):
        seen.problems.append(f"not whole: {state}, {len(hits)} and {len(by_words)} hits")
    if seen.runs and state["run_no"] < seen.runs[-1]:
        seen.problems.append(f"run {state['run_no']} after run {seen.runs[-1]}")
    if not seen.runs or state["run_no"] != seen.runs[-1]:
        seen.runs.append(int(state["run_no"]))


def _pages(day: int) -> dict[str, str]:
    """Return the pages of a day: two of them say which day it is."""
    marks = {
        f"diary-{name}.txt": f"A diary of {name}\n\nThis is day {day} of the diary of {name}. Test what you restore, "
        f"and tell the board what it cost, because nobody else will do it for you in the year that comes.\n"
        for name in ("one", "other")
    }
    return DAY_ONE | marks


class Readers:
    """Processes that read until they are told to stop; the last of them stays open."""

    def __init__(
        self, folder: Path, settings: Settings, server: ForkServerContext, count: int, seed: int
    ) -> None:
        self._stop = folder / "stop"
        self._stop.unlink(missing_ok=True)
        self._answers = [folder / f"answer-{number}" for number in range(count + 1)]
        self._processes = [
            server.Process(
                target=read_on,
                args=(settings, str(self._stop), str(answer), seed + number, number == count),
            )
            for number, answer in enumerate(self._answers)
        ]
        for process in self._processes:
            process.start()

    def stop(self) -> list[Seen]:
        """Tell them to stop; return what each saw. Raises AssertionError where one failed or hangs."""
        self._stop.touch()
        for process in self._processes:
            process.join(_PATIENCE)
            assert process.exitcode == 0, f"a reader ended with {process.exitcode}"
        return [Seen(**json.loads(answer.read_text("utf-8"))) for answer in self._answers]

    def held_files(self, published: Path) -> int:
        """Return how many replaced versions of the published file the processes hold open."""
        names = [_links_of(process) for process in self._processes]
        return sum(
            name.startswith(str(published)) and name.endswith("(deleted)")
            for links in names
            for name in links
        )


def _links_of(process: BaseProcess) -> set[str]:
    """Return the files that a process has open; of a file opened twice, one."""
    return {str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir() if link.is_symlink()}


def publish(folder: Path, settings: Settings, server: ForkServerContext, day: int) -> None:
    """Run over the pages of a day, in a process of its own."""
    pages = write_pages(folder / "pages", _pages(day))
    run = server.Process(
        target=run_doomed, args=(str(pages), settings, str(folder / "notes"), Doom("nothing"))
    )
    run.start()
    run.join(_PATIENCE)
    assert run.exitcode == 0, f"the writer ended with {run.exitcode}"


def measure(folder: Path, settings: Settings, readers: int, publishes: int, seed: int) -> dict[str, Any]:
    """Publish while readers read, then let them read alone beside runs for another warehouse; return the figures."""
    server = warm_server()
    settings = settings.with_changes(warehouse=folder / "warehouse" / "w.duckdb")
    elsewhere = settings.with_changes(warehouse=folder / "elsewhere" / "w.duckdb")
    for one in (settings, elsewhere):
        publish(folder, one, server, 0)
    reading = Readers(folder, settings, server, readers, seed)
    for day in range(1, publishes + 1):
        publish(folder, settings, server, day)
    held = reading.held_files(settings.warehouse)
    *through, stayed = reading.stop()
    alone = Readers(folder, settings, server, readers, seed)
    for day in range(1, max(2, publishes // 5) + 1):
        publish(folder, elsewhere, server, day)
    *quiet, _ = alone.stop()
    return {
        "problems": [problem for seen in (*through, stayed) for problem in seen.problems],
        "runs": sorted({run for seen in through for run in seen.runs}),
        "stayed": stayed.runs,
        "held": held,
        "left": sorted(file.name for file in settings.warehouse.parent.iterdir()),
        "times": [
            _times("through publications", through),
            _times("no publication, as busy a machine", quiet),
        ],
    }


def _times(name: str, readers: list[Seen]) -> tuple[Any, ...]:
    opens = [second for seen in readers for second in seen.open_seconds]
    asks = [second for seen in readers for second in seen.ask_seconds]
    return (name, len(opens), *_spread(opens), *_spread(asks))


def _spread(seconds: list[float]) -> tuple[float, float]:
    """Return the median in milliseconds, and the longest as a multiple of it."""
    median = statistics.median(seconds)
    return median * 1000, max(seconds) / median


def main() -> int:
    """Print the figures; return 1 where a reader saw anything but one whole run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--publishes", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = tiny_settings(Path(folder) / "models")
        found = measure(Path(folder), settings, chosen.readers, chosen.publishes, chosen.seed)
    print(f"{machine()}, seed {chosen.seed}")
    print_table(
        f"{chosen.readers} readers through {chosen.publishes} publications",
        ("readers", "times opened", "open ms", "longest / median", "ask ms", "longest / median"),
        found["times"],
    )
    print(f"\nruns seen: {len(found['runs'])} of {chosen.publishes + 1}")
    print(f"errors and states not whole: {len(found['problems'])}")
    print(f"runs seen by the reader that stayed open: {len(found['stayed'])}")
    print(f"replaced files that readers still held: {found['held']}")
    print(f"files beside the published one: {', '.join(found['left'])}")
    for problem in found["problems"][:20]:
        print(f"PROBLEM: {problem}")
    return int(bool(found["problems"]) or len(found["stayed"]) != 1)


if __name__ == "__main__":
    sys.exit(main())
