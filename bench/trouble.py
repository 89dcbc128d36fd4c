"""What a run does in trouble: on full, read-only and failing disks, by a clock set back, beside another writer.

`python -m bench.trouble`: for each trouble what the person is told, what readers find, and whether a plain run, when
the trouble is over, ends with the contents and the files of a run that never had any. Full and read-only disks are
small file systems of memory in a namespace; failing calls are refused by the kernel (`bench.sick_disks`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.common import machine, print_table
from bench.crash import Ground
from bench.killed_runs import STAGES, Doom, Watch, fork_workers, warm_server
from bench.sick_disks import CALLS, NotPermittedError, SmallDisk, enter, refuse
from bench.small_corpus import tiny_settings
from corpus.errors import CioAdviceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess

    from corpus.settings import Settings

TOLD, NOT_PERMITTED = 3, 77  # a Python that raises exits with 1
PLACES = ("opening", "pages", "advice", "search", "check", "publish")
_LATE = 2031
_DISK_SIZES = 12
_PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a run is to suffer: a disk of another `process`, no `call` from `place` on, a clock that shows `year`."""

    process: int = 0
    call: str = ""
    place: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row: `unlike` says in what the run after the trouble differs from one without; empty: in nothing."""

    trouble: str
    told: str
    published: str
    unlike: str

    @property
    def is_good(self) -> bool:
        """Whether readers were served and the next run made it good."""
        return not self.unlike and not self.published.isupper() and not self.told.startswith("RAISED")


class _Troubled(Watch):
    """A run that falls ill when it comes to a place."""

    def __init__(self, notes: int, trouble: Trouble) -> None:
        super().__init__(notes, Doom("nothing"))
        self._trouble = trouble

    def note(self, place: str) -> None:
        super().note(place)
        if place == self._trouble.place:
            if self._trouble.call:
                refuse(self._trouble.call)
            if self._trouble.year:
                _set_clock(self._trouble.year)


def run_in_trouble(source: str, settings: Settings, notes: str, trouble: Trouble) -> None:
    """Ingest; write what the person would be told to `notes`.told, and exit with TOLD or NOT_PERMITTED."""
    from flows.runner import run

    os.setsid()
    fork_workers()
    told = os.open(f"{notes}.told", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    with Path(notes).open("wb", buffering=0) as file:
        try:
            if trouble.process:
                enter(trouble.process)
            watch = _Troubled(file.fileno(), trouble)
            watch.install()
            watch.note("opening")
            report = run([source], settings, watch.execute, watch)
            os.write(told, f"made {sum(report.made.values())}".encode())
        except CioAdviceError as error:
            os.write(told, str(error).encode())
            sys.exit(TOLD)
        except (NotPermittedError, PermissionError) as error:
            os.write(told, str(error).encode())
            sys.exit(NOT_PERMITTED)


def _set_clock(year: int) -> None:
    """Let the warehouse believe that it is another year."""
    from warehouse.writer import session

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz).replace(year=year)

    session.datetime = Clock  # type: ignore[misc]


class Patient:
    """A ground on which runs get into trouble; `folder` is where others find the warehouse's folder."""

    def __init__(self, ground: Ground, server: ForkServerContext, folder: Path | None = None) -> None:
        self._ground, self._server = ground, server
        self.folder = folder or ground.settings.warehouse.parent
        self._published = self.folder / ground.settings.warehouse.name

    def begin(self) -> None:
        """Put the warehouse of yesterday there, and nothing else."""
        for file in self.folder.iterdir():
            file.unlink()
        shutil.copyfile(self._ground.day_one, self._published)

    def run(self, trouble: Trouble) -> tuple[int, str]:
        """Run in trouble; return the exit code and what the person is told."""
        run = self.start(trouble)
        run.join(_PATIENCE)
        if run.is_alive():
            raise AssertionError(f"a run hangs in {trouble}")
        return run.exitcode or 0, self._told()

    def start(self, trouble: Trouble) -> BaseProcess:
        """Begin a run in trouble."""
        source, notes = str(self._ground.pages), str(self._ground.notes)
        run = self._server.Process(
            target=run_in_trouble, args=(source, self._ground.settings, notes, trouble)
        )
        run.start()
        return run

    def _told(self) -> str:
        return Path(f"{self._ground.notes}.told").read_text("utf-8")

    def in_trouble(self, name: str, trouble: Trouble, relieve: Callable[[], None]) -> Outcome:
        """Run in trouble and look at what is published; then take the trouble away and run plainly."""
        code, told = self.run(trouble)
        if code == NOT_PERMITTED:
            raise NotPermittedError(told)
        told = told if code in (0, TOLD) else f"RAISED ({code}) {told}"
        found = self._ground.published(self._published)
        relieve()
        return Outcome(name, told, found, self._after(Trouble(process=trouble.process)))

    def _after(self, trouble: Trouble) -> str:
        code, told = self.run(trouble)
        return self._ground.unlike(self._published) if code == 0 else f"RAISED ({code}) {told}"


def full_disks(ground: Ground, server: ForkServerContext, sizes: int) -> Iterator[Outcome]:
    """Yield what comes of disks from one that has just room for the published file to one that has enough."""
    least = ground.day_one.stat().st_size // 1024 + 64
    for number in range(sizes):
        size = least + least * 3 * number // max(1, sizes - 1)
        with SmallDisk(ground.settings.warehouse.parent, size) as disk:
            patient = Patient(ground, server, disk.seen)
            patient.begin()
            yield patient.in_trouble(
                f"disk of {size / least:.2f} times the published file",
                Trouble(process=disk.process),
                lambda disk=disk: disk.resize(10 * least),  # type: ignore[misc]
            )


def read_only_disk(ground: Ground, server: ForkServerContext) -> Iterator[Outcome]:
    """Yield what comes of a disk that may only be read."""
    with SmallDisk(ground.settings.warehouse.parent, 10 * ground.day_one.stat().st_size // 1024) as disk:
        patient = Patient(ground, server, disk.seen)
        patient.begin()
        disk.writable(False)
        trouble = Trouble(process=disk.process)
        yield patient.in_trouble("read-only disk", trouble, lambda: disk.writable(True))


def failing_calls(
    ground: Ground, server: ForkServerContext, calls: Sequence[str], places: Sequence[str]
) -> Iterator[Outcome]:
    """Yield what comes of a disk that answers EIO to each kind of call, from each of several places on."""
    patient = Patient(ground, server)
    for call in calls:
        for place in places:
            patient.begin()
            yield patient.in_trouble(
                f"EIO for every {call} from {place} on", Trouble(call=call, place=place), lambda: None
            )


def clock_set_back(ground: Ground, server: ForkServerContext) -> Iterator[Outcome]:
    """Yield what comes of a clock that was five years ahead, and of one set back within a run."""
    patient = Patient(ground, server)
    for name, trouble in (
        ("clock set back after a run", Trouble(year=_LATE, place="opening")),
        ("clock set back within a run", Trouble(year=2001, place="translate")),
    ):
        patient.begin()
        outcome = patient.in_trouble(name, trouble, lambda: None)
        _, made = patient.run(Trouble())
        yield outcome if made == "made 0" else Outcome(name, outcome.told, outcome.published, f"again {made}")


def second_writer(ground: Ground, server: ForkServerContext) -> Iterator[Outcome]:
    """Yield what a second run is told while the first one stands still in the middle."""
    patient = Patient(ground, server)
    patient.begin()
    first = patient.start(Trouble())
    while not ground.place().startswith(STAGES[2:]):
        time.sleep(0.001)
    os.kill(first.pid or 0, signal.SIGSTOP)

    def go_on() -> None:
        os.kill(first.pid or 0, signal.SIGCONT)
        first.join(_PATIENCE)
        if first.exitcode != 0:
            raise AssertionError("the first writer was disturbed")

    yield patient.in_trouble("a second writer", Trouble(), go_on)


def outcomes(
    folder: Path,
    settings: Settings,
    sizes: int = _DISK_SIZES,
    calls: Sequence[str] = tuple(CALLS),
    places: Sequence[str] = PLACES,
) -> Iterator[Outcome]:
    """Yield the outcome of every trouble; what this system does not let us try is named on stderr."""
    server = warm_server()
    ground = Ground(folder, settings, server, first=False)
    for troubles in (
        full_disks(ground, server, sizes),
        read_only_disk(ground, server),
        failing_calls(ground, server, calls, places),
        clock_set_back(ground, server),
        second_writer(ground, server),
    ):
        try:
            yield from troubles
        except NotPermittedError as error:
            print(f"LEFT OUT: {error}", file=sys.stderr)


def main() -> int:
    """Print a row for each trouble; return 1 where one was not survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, default=_DISK_SIZES, help="how many sizes of a full disk")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = tiny_settings(Path(folder) / "models")
        found = list(outcomes(Path(folder) / "ground", settings, arguments.sizes))
        print(machine())
        rows = [
            (one.trouble, one.published, one.unlike or "equal", one.told.replace(folder, "")[:160])
            for one in found
        ]
    print_table("In trouble", ("trouble", "published file", "the run after it", "told"), rows)
    bad = [one for one in found if not one.is_good]
    print(f"\n{len(found)} troubles, {len(found) - len(bad)} survived")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
