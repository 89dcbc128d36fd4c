"""Runs in processes of their own that are killed: by a clock outside, at a statement, or at a named step.

They fork from a server that has loaded what is slow to load, and so do their workers: a run costs less than a second.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import ForkServerContext

    from corpus.settings import Settings
    from flows.stages import Batch, Stage

STAGES = (
    "pages", "gone", "repetition", "translate", "advice", "english", "embed", "duplicates", "themes", "search",
)  # fmt: skip
_LEDGER_NAMES = {"translate": "translations", "embed": "embeddings"}
_WITHOUT_BATCHES = ("repetition",)


@dataclass(frozen=True, slots=True)
class Doom:
    """How a run is to end: at a named `step`, at statement number `statement`, or, with neither, from outside."""

    step: str = ""
    statement: int = 0


def rows_of_steps() -> tuple[tuple[str, ...], ...]:
    """Return every named step at which a run can be killed, in rows whose kills can follow each other.

    A kill in the middle of a stage of one batch strikes when that is stored: the stage has nothing to do then.
    """
    stages = [stage for stage in STAGES if stage not in _WITHOUT_BATCHES]
    unstored = [f"{when} {stage}" for stage in stages for when in ("before", "before the ledger row of")]
    return (
        ("copying the published file", "before migrating", *unstored),
        tuple(f"in the middle of {stage}" for stage in stages),
        tuple(f"after a batch of {stage}" for stage in stages),
        tuple(_PLACES),
    )


def steps() -> tuple[str, ...]:
    """Return every named step at which a run can be killed."""
    return tuple(step for row in rows_of_steps() for step in row)


def warm_server() -> ForkServerContext:
    """Return a context whose processes begin with everything loaded."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # else it warns of the fork
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.warm"])
    return context


def run_doomed(source: str, settings: Settings, notes: str, doom: Doom) -> None:
    """Ingest `source`; write the place where the run is to the file `notes` whenever it comes to another."""
    from flows.runner import run

    os.setsid()  # so that what it leaves behind can be found
    fork_workers()
    with Path(notes).open("wb", buffering=0) as file:
        watch = Watch(file.fileno(), doom)
        watch.note("opening")
        watch.install()
        run([source], settings, watch.execute, watch)
        watch.uninstall()
        watch.note(f"ended after {watch.statements}")


def server_cpu_seconds() -> float:
    """Return what the server and all that it has forked and that has ended cost so far."""
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    spent = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[11:15]
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def fork_workers() -> None:
    """Let workers fork from the server that this process was forked from, in place of starting from nothing."""
    import corpus.workers

    context = multiprocessing.get_context("forkserver")
    forkserver._forkserver.ensure_running = lambda: None  # type: ignore[attr-defined]  # it would start one more
    corpus.workers._Context = lambda: context  # type: ignore[assignment,misc]


def left_behind(session: int) -> list[int]:
    """Return the living processes of a session, its dead leader aside."""
    return [pid for pid, parent, owner in _processes() if owner == session]


def children_of(parent: int, but: int = 0) -> list[int]:
    """Return the living children of a process, one of them aside."""
    return [pid for pid, owner, _ in _processes() if owner == parent and pid != but]


def _processes() -> Iterator[tuple[int, int, int]]:
    """Yield (process, parent, session) of what lives."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent, _group, session = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:  # it has just ended
            continue
        if state != "Z":
            yield int(stat.parent.name), int(parent), int(session)


def die(*_arguments: object) -> NoReturn:
    """End this process by a signal that nobody can catch."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


class Watch:
    """Runs batches and shows progress as the runner asks, knows where the run is, and ends it where it is to end."""

    def __init__(self, notes: int, doom: Doom) -> None:
        self._notes = notes
        self._doom = doom
        self.statements = 0

    def note(self, place: str) -> None:
        """Write down where the run is."""
        os.lseek(self._notes, 0, os.SEEK_SET)
        os.write(self._notes, place.encode().ljust(100))

    def execute(self, stage: Stage, _batch: Batch, work: Callable[[], None]) -> None:
        """Do a batch, or die before or after it."""
        self.note(stage.name)
        self._at(f"before {stage.name}")
        work()
        self._at(f"after a batch of {stage.name}")

    @contextmanager
    def stage(self, name: str, unit: str, total: int | None) -> Iterator[Callable[[int], None]]:  # noqa: ARG002
        """Show nothing, and die in the middle of a batch."""
        yield lambda _done: self._at(f"in the middle of {name}")

    def install(self) -> None:
        """Put the end where it is to be."""
        if self._doom.statement or not self._doom.step:
            self._count_statements()
        self._watch_the_end()
        if self._doom.step == "before migrating":
            _before("warehouse.store", "migrate")
        if self._doom.step == "copying the published file":
            _half_a_copy("working")
        if self._doom.step.startswith("before the ledger row of "):
            _before_the_ledger_row(self._doom.step.rpartition(" ")[2])

    def uninstall(self) -> None:
        """Count no more."""
        sys.setprofile(None)

    def _at(self, step: str) -> None:
        if step == self._doom.step:
            die()

    def _watch_the_end(self) -> None:
        """Note when the checks and the publication begin; a step in them is laid out then, not before."""
        from warehouse.store import Store

        for name in ("check", "publish"):
            original = getattr(Store, name)

            def noted(*arguments: Any, original: Any = original, name: str = name) -> Any:
                self.note(name)
                if name == "check":
                    self._at("before the checks")
                    _PLACES.get(self._doom.step, lambda: None)()
                return original(*arguments)

            setattr(Store, name, noted)

    def _count_statements(self) -> None:
        """Count what the warehouse asks of the database and of the system, before and after each call."""
        import warehouse

        ours = str(Path(warehouse.__file__).parent)

        def on_event(frame: Any, event: str, _argument: object) -> None:
            if event.startswith("c_") and frame.f_code.co_filename.startswith(ours):
                self.statements += 1
                if self.statements == self._doom.statement:
                    die()

        sys.setprofile(on_event)


def _before(module: str, name: str, attribute: str = "", calls: int = 1) -> None:
    """Die instead of the given call of a function of a module, or of a method of its class."""
    _replace(module, name, attribute, calls, lambda _original, *_arguments, **_named: die())


def _after(module: str, name: str, attribute: str = "", calls: int = 1) -> None:
    """Die when the given call has returned."""

    def called(original: Any, *arguments: Any, **named: Any) -> NoReturn:
        original(*arguments, **named)
        die()

    _replace(module, name, attribute, calls, called)


def _replace(module: str, name: str, attribute: str, calls: int, instead: Callable[..., Any]) -> None:
    owner = sys.modules[module]
    owner, name = (getattr(owner, name), attribute) if attribute else (owner, name)
    original, seen = getattr(owner, name), 0

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal seen
        seen += 1
        return instead(original, *arguments, **named) if seen == calls else original(*arguments, **named)

    setattr(owner, name, counted)


def _half_a_copy(suffix: str) -> None:
    """Die when half of a copy to a file with this suffix is written."""
    original = shutil.copyfile

    def copy(source: Path, target: Path) -> object:
        if f".{suffix}" not in target.suffixes:
            return original(source, target)
        whole = source.read_bytes()
        target.write_bytes(whole[: len(whole) // 2])
        die()

    shutil.copyfile = copy  # type: ignore[assignment]


def _before_the_ledger_row(stage: str) -> None:
    """Die when the rows of a batch are written and their transaction is not ended."""
    from warehouse.writer.session import Session

    original, wanted = Session._batch, _LEDGER_NAMES.get(stage, stage)

    @contextmanager
    def batch(self: Session, run_id: str, name: str, *rest: Any) -> Iterator[Any]:
        with original(self, run_id, name, *rest) as begun:
            yield begun
            if name == wanted:
                die()

    Session._batch = batch  # type: ignore[method-assign]


_STORE, _PUBLISH = "warehouse.store", "warehouse.publish"
_PLACES: dict[str, Callable[[], None]] = {
    "before the checks": lambda: None,
    "after the checks": lambda: _before(_STORE, "Store", "finish_run"),
    "when the run is called finished": lambda: _after(_STORE, "Store", "finish_run"),
    "before the checkpoint": lambda: _after("warehouse.connect", "WriterLock", "note"),
    "after the checkpoint": lambda: _before(_STORE, "copy_whole"),
    "when half is copied": lambda: _half_a_copy("partial"),
    "before the copy is synced": lambda: _before(_PUBLISH, "_sync"),
    "before the rename": lambda: _after(_PUBLISH, "_sync"),
    "after the rename": lambda: _before(_PUBLISH, "_sync", calls=2),
    "after the folder is synced": lambda: _after(_PUBLISH, "_sync", calls=2),
    "when the working file is open again": lambda: _after(_STORE, "Store", "_reopen"),
    "when the note is taken back": lambda: _after("warehouse.connect", "WriterLock", "note", calls=2),
    "before the lock is released": lambda: _before("warehouse.connect", "WriterLock", "release"),
    "when the run is reported": lambda: _before("flows.runner", "report_on"),
}
