"""What a killed run leaves behind: SIGKILL at random moments and at every named step, then a plain new run.

`python -m bench.crash --kills 1000 --seed 1 [--model NAME]`. After each kill the published file must be
absent, or the one of before, or one whole new run, and no process may go on; sometimes the run that takes up is killed
too, up to five times. Then a plain new run must end with the contents, and the files, of a run that was never killed.

Half of the random kills come from outside, by the clock; half at a statement of the warehouse drawn by the seed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing import forkserver
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.common import machine, print_table
from bench.killed_runs import (
    Doom,
    children_of,
    left_behind,
    rows_of_steps,
    run_doomed,
    server_cpu_seconds,
    steps,
    warm_server,
)
from bench.small_corpus import DAY_ONE, DAY_TWO, tiny_settings, write_pages
from corpus.settings import Settings
from warehouse.connect import open_reader
from warehouse.logical import Contents, read_contents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess

MOST_IN_A_ROW = 5
_PATIENCE = 60
_CLOCK = Doom("", 0)


@dataclass
class Tally:
    """What came of the kills, by the place where they struck."""

    kills: Counter[str] = field(default_factory=Counter)
    outlived: int = 0
    published: Counter[tuple[str, str]] = field(default_factory=Counter)
    recoveries: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    slowest_end: float = 0.0

    @property
    def killed(self) -> int:
        """How many runs were killed."""
        return sum(self.kills.values())


@dataclass(frozen=True, slots=True)
class Length:
    """How long a run is that nobody kills."""

    seconds: float
    statements: int


class Ground:
    """A folder with pages and a warehouse, where runs are killed; `first`: nothing was ever published there."""

    def __init__(self, folder: Path, settings: Settings, server: ForkServerContext, *, first: bool) -> None:
        self._folder, self._server, self._first = folder, server, first
        self.notes = folder / "notes"
        self.pages = folder / "pages"
        self.settings = settings.with_changes(warehouse=folder / "warehouse" / "w.duckdb")
        self.day_one = folder / "day one.duckdb"
        self._prepare()
        self.begin()
        self.whole = self._measured()
        self.contents = contents_of(self.settings.warehouse)
        self.files = _files_beside(self.settings.warehouse)
        self.again = self._measured()

    def _prepare(self) -> None:
        if not self._first:
            write_pages(self.pages, DAY_ONE)
            self._measured()
            shutil.copyfile(self.settings.warehouse, self.day_one)
        write_pages(self.pages, DAY_ONE if self._first else DAY_TWO)

    def begin(self) -> None:
        """Put the warehouse as it was before the run that is to be killed."""
        shutil.rmtree(self.settings.warehouse.parent, ignore_errors=True)
        self.settings.warehouse.parent.mkdir(parents=True)
        if not self._first:
            shutil.copyfile(self.day_one, self.settings.warehouse)

    def doomed(self, doom: Doom, after: float | None = None) -> tuple[int, str, float]:
        """Run and be killed; return the exit code, the place where it was, and how long its processes outlived it.

        `after` that many seconds it is killed from outside, if it has not ended by then.
        """
        self.notes.unlink(missing_ok=True)
        run = self._server.Process(
            target=run_doomed, args=(str(self.pages), self.settings, str(self.notes), doom)
        )
        run.start()
        if after is not None:
            self._kill(run, after)
        run.join(_PATIENCE)
        if run.is_alive():
            raise AssertionError(f"a run hangs at {self.place()}")
        return run.exitcode or 0, self.place(), self._wait_for_processes(run.pid or 0)

    def _kill(self, run: BaseProcess, after: float) -> None:
        while not self.notes.exists() and run.is_alive():
            time.sleep(0.001)
        time.sleep(after)
        if run.is_alive():
            os.kill(run.pid or 0, signal.SIGKILL)

    def _measured(self) -> Length:
        started = time.perf_counter()
        code, place, _ = self.doomed(_CLOCK)
        assert code == 0, place
        return Length(time.perf_counter() - started, int(place.rpartition(" ")[2]))

    def place(self) -> str:
        """Return where the run of the moment is."""
        return self.notes.read_text().strip() if self.notes.exists() else "before it began"

    def _wait_for_processes(self, session: int) -> float:
        """Return after how many seconds the last process of a run had ended; raise AssertionError where one goes on."""
        started = time.perf_counter()
        server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
        while time.perf_counter() - started < _PATIENCE:
            if not left_behind(session) and not children_of(server):
                return time.perf_counter() - started
            time.sleep(0.005)
        raise AssertionError(f"processes go on: {left_behind(session)} {children_of(server)}")

    def published(self, path: Path | None = None) -> str:
        """Say what a reader finds, there or elsewhere: `absent`, `as before`, `new and whole`, or what is wrong."""
        path = path or self.settings.warehouse
        if not path.exists():
            return "absent" if self._first else "LOST"
        if not self._first and _hash(path) == _hash(self.day_one):
            return "as before"
        return "new and whole" if contents_of(path) == self.contents else "HALF"

    def unlike(self, path: Path | None = None) -> str:
        """Say in what the warehouse differs from that of a run that was never killed; empty: in nothing."""
        tables = contents_of(path or self.settings.warehouse).differences(self.contents)
        more = sorted(set(_files_beside(path or self.settings.warehouse)) ^ set(self.files))
        return " ".join([*(f"table {name}" for name in tables), *(f"file {name}" for name in more)])


def named_kills(ground: Ground, tally: Tally, rows: Sequence[tuple[str, ...]]) -> None:
    """Kill at each step of a row, one run after the other; after the row a plain run, and the next begins anew."""
    for row in rows:
        ground.begin()
        for step in row:
            _kill(ground, tally, Doom(step), None, step)
        _recover(ground, tally, f"{row[0]} and {len(row) - 1} more")


def random_kills(ground: Ground, tally: Tally, kills: int, chance: random.Random) -> None:
    """Kill so many runs, in rows of one to five, each row with a plain run at its end."""
    wanted = tally.killed + kills
    while tally.killed < wanted:
        ground.begin()
        row = min(chance.randint(1, MOST_IN_A_ROW), wanted - tally.killed)
        for number in range(row):
            length = ground.again if number else ground.whole
            if chance.random() < 0.5:
                ended = _kill(ground, tally, _CLOCK, chance.random() * length.seconds)
            else:
                ended = _kill(ground, tally, Doom(statement=chance.randint(1, length.statements)), None)
            if ended:
                break
        _recover(ground, tally, f"a row of {row}")


def _kill(ground: Ground, tally: Tally, doom: Doom, after: float | None, step: str = "") -> bool:
    """Kill a run and look at what it left; return whether it had ended before."""
    code, place, lingering = ground.doomed(doom, after)
    tally.slowest_end = max(tally.slowest_end, lingering)
    found = ground.published()
    if code == -signal.SIGKILL:
        tally.kills[step or place] += 1
        tally.published[step or place, found] += 1
    elif code == 0 and not step:
        tally.outlived += 1
    else:
        tally.problems.append(f"{step or place}: ended with {code}")
    if found.isupper():
        tally.problems.append(f"{step or place}: the published file is {found}")
    return code == 0


def _recover(ground: Ground, tally: Tally, after: str) -> None:
    code, place, _ = ground.doomed(Doom("nothing"))
    unlike = ground.unlike() if code == 0 else f"ended with {code} at {place}"
    tally.recoveries["DIFFERENT" if unlike else "equal"] += 1
    if unlike:
        tally.problems.append(f"after {after}: {unlike}")


def contents_of(path: Path) -> Contents:
    """Return what a published warehouse says, without times and runs."""
    with open_reader(path) as connection:
        return read_contents(connection)


def _files_beside(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def report(tally: Tally, title: str) -> None:
    """Print where runs were killed, and what was found then."""
    outcomes = sorted({found for _, found in tally.published})
    rows: list[tuple[Any, ...]] = [
        (place, count, *(tally.published[place, found] for found in outcomes))
        for place, count in sorted(tally.kills.items(), key=_in_order)
    ]
    print_table(title, ("killed at", "kills", *(f"published file {found}" for found in outcomes)), rows)
    print(f"\n{tally.killed} kills, {tally.outlived} runs ended before their kill")
    print(f"then a plain run: {', '.join(f'{n} {what}' for what, n in tally.recoveries.items())}")
    print(f"processes left behind: 0; the last worker ended {tally.slowest_end:.2f} s after its run")
    for problem in tally.problems:
        print(f"PROBLEM: {problem}")


def _in_order(item: tuple[str, int]) -> int:
    places = ("opening", *(step.rpartition(" ")[2] for step in steps()), "check", "publish")
    named = steps()
    if item[0] in named:
        return named.index(item[0])
    return places.index(item[0]) if item[0] in places else len(places)


def campaign(
    folder: Path, kills: int, seed: int, settings: Settings, in_rows: bool = False
) -> list[tuple[str, Tally]]:
    """Kill at each named step and `kills` times at random, a quarter of them in a first run; return what came of it.

    After each kill at a named step comes a plain run; with `in_rows`, after a row of them (4 rows, 52 steps).
    """
    chance, server = random.Random(seed), warm_server()  # noqa: S311 - no secret hangs on it
    named, later, first = Tally(), Tally(), Tally()
    ground = Ground(folder / "later", settings, server, first=False)
    named_kills(ground, named, rows_of_steps() if in_rows else [(step,) for step in steps()])
    random_kills(ground, later, kills - kills // 4, chance)
    if kills:
        random_kills(Ground(folder / "first", settings, server, first=True), first, kills // 4, chance)
    return [
        ("Killed at each named step", named),
        (f"Killed at random, seed {seed}, something published before", later),
        (f"Killed at random, seed {seed}, in a first run", first),
    ]


def main() -> int:
    """Print the tables; return 1 where anything was lost, half or left behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", help="an embedding model of the installation in place of a tiny one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = tiny_settings(Path(folder) / "models")
        if arguments.model:
            settings = settings.with_changes(
                models_dir=Settings().models_dir, embedding_model=arguments.model
            )
        found = campaign(Path(folder), arguments.kills, arguments.seed, settings)
    own = sum(os.times()[:2])
    print(f"{machine()}\n{own + server_cpu_seconds():.0f} CPU seconds")
    for title, tally in found:
        report(tally, title)
    return int(any(tally.problems for _, tally in found))


if __name__ == "__main__":
    sys.exit(main())
