"""What becomes of scheduled runs: a real Prefect server, runs by the clock, and kill -9 in the middle of them.

    python -m bench.schedule                 every 20 s, 3 pages, about four minutes
    python -m bench.schedule --every 60      minute by minute, about eight minutes

1. runs by the clock end as completed; 2. the process of a run is killed: its run is called crashed, the command
is told, the next run takes up; 3. the run, the scheduler and the server are killed together and stay away for
three planned times: afterwards the dead run is called crashed, one run makes up for all, the others are struck
off; 4. the scheduler gets SIGTERM during a run: cancelled, and the next start goes on. No state is asked for by
time: what ends in another state than said is printed and counted.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.common import PAGES, print_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE = 300
_LABEL = "cio-advice.process"
_FINAL = ("Completed", "Crashed", "Cancelled", "Failed")


@dataclass
class Place:
    """The folder of one bench: pages, warehouse, Prefect's home, and what the command was told."""

    folder: Path
    every: int
    port: int
    failures: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What server and scheduler see: nothing of this user's Prefect."""
        return os.environ | {
            "PREFECT_HOME": str(self.folder / "prefect"),
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }

    @property
    def told(self) -> list[dict[str, Any]]:
        """What `on_failure_command` got on its stdin."""
        file = self.folder / "told.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    def expect(self, what: str, found: object, *wanted: object) -> None:
        """Print whether something is as it should be."""
        good = found in wanted
        print(f"{'ok  ' if good else 'FAIL'} {what}: {found}", flush=True)
        if not good:
            self.failures.append(what)


def main() -> int:
    """Run the scenes and print what states the runs ended in."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=int, default=20, help="seconds between runs")
    parser.add_argument("--pages", type=int, default=3)
    parser.add_argument("--serve", metavar="FOLDER", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        _serve(arguments.serve, arguments.every)
        return 0
    with tempfile.TemporaryDirectory() as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = Place(Path(name), arguments.every, probe.getsockname()[1])
        probe.close()
        _prepare(place.folder, arguments.pages)
        try:
            _scenes(place)
            _print_runs(place)
        except BaseException:
            print((place.folder / "scheduler.log").read_text("utf-8")[-4000:], file=sys.stderr)
            raise
    return len(place.failures)


def _prepare(folder: Path, pages: int) -> None:
    (folder / "pages").mkdir()
    good = (page for page in PAGES.glob("*.html") if not page.name.startswith("bad_"))
    for page in sorted(good, key=lambda page: page.stat().st_size)[:pages]:
        shutil.copy(page, folder / "pages")
    command = [sys.executable, "-c", "import sys; open(sys.argv[1], 'a').write(sys.stdin.read() + chr(10))"]
    said = json.dumps([*command, str(folder / "told.jsonl")])
    (folder / "settings.toml").write_text(f"on_failure_command = {said}\nbatch_pages = 1\n", "utf-8")


def _serve(folder: Path, every: int) -> None:
    """Be the scheduler, as `cio-advice schedule` is, but by the second."""
    from corpus.settings import Settings
    from flows.schedule import Job, schedule
    from flows.schedule import every as by_interval

    file = folder / "settings.toml"
    settings = Settings.load(file).with_changes(warehouse=folder / "w.duckdb", log_format="json")
    job = Job([str(folder / "pages")], settings, file, "bench", by_interval(every))
    schedule(job, lambda line: print(line, file=sys.stderr), query_seconds=2)


def _scenes(place: Place) -> None:
    with _server(place):
        with _scheduler(place):
            first, second = (_run_of(place, number) for number in (0, 1))
            place.expect("1. a run by the clock", _end(place, first), "Completed")
            _kill_run(_process_of(place, second))
            place.expect("2. a run killed with SIGKILL", _end(place, second), "Crashed")
            _wait("the command is told", lambda: bool(place.told))
            place.expect("   the command is told", place.told[0]["event"], "run crashed")
            third = _run_of(place, 2)
            place.expect("   the run after it", _end(place, third), "Completed")
            fourth = _run_of(place, 3)
            process = _process_of(place, fourth)
            _kill(place.folder / "scheduler.pid")
            _kill_run(process)
        place.expect("3. run and scheduler killed: before", _state(place, fourth), "Running")
    time.sleep(3 * place.every)  # nobody is there at three planned times
    with _server(place):
        with _scheduler(place):
            place.expect("   the run of before", _end(place, fourth), "Crashed")
            fifth = _run_of(place, 4)
            place.expect("   the one that makes up for all", _end(place, fifth), "Completed")
            missed = [run for run in _runs(place) if run.state_name == "Cancelled"]
            place.expect("   missed runs that were struck off, two at least", len(missed) >= 2, True)
            place.expect("   the command is told of the dead one", len(place.told), 2)
            sixth = _run_of(place, 5)
            _process_of(place, sixth)
            _kill(place.folder / "scheduler.pid", signal.SIGTERM)
            place.expect("4. a run whose scheduler gets SIGTERM", _end(place, sixth), "Cancelled", "Crashed")
        with _scheduler(place):
            place.expect("   the run after the next start", _end(place, _run_of(place, 6)), "Completed")
    _expect_sound_warehouse(place)


def _expect_sound_warehouse(place: Place) -> None:
    from warehouse import Warehouse

    with Warehouse.open(place.folder / "w.duckdb") as published:
        runs = published.runs(100)
        pages = published.sql("select count(*) from pages where is_current").rows()[0][0]
    place.expect("runs that are called running in the warehouse", sum(r.status == "running" for r in runs), 0)
    place.expect("pages in the warehouse", pages, len(list((place.folder / "pages").iterdir())))


@contextmanager
def _server(place: Place) -> Iterator[None]:
    prefect = str(Path(sys.executable).with_name("prefect"))
    command = [prefect, "server", "start", "--no-ui", "--port", str(place.port)]
    with _process(place, command, "server"):
        _wait("the server answers", lambda: _answers(place.port))
        yield


@contextmanager
def _scheduler(place: Place) -> Iterator[None]:
    command = [
        sys.executable,
        "-m",
        "bench.schedule",
        "--every",
        str(place.every),
        "--serve",
        str(place.folder),
    ]
    with _process(place, command, "scheduler"):
        yield


@contextmanager
def _process(place: Place, command: list[str], name: str) -> Iterator[None]:
    with (place.folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(command, env=place.environment, stdout=log, stderr=log)
    (place.folder / f"{name}.pid").write_text(str(process.pid))
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _runs(place: Place) -> list[Any]:
    """Return the flow runs that are more than planned, in the order in which they began or were struck off."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.settings import PREFECT_API_URL, temporary_settings

    chosen = FlowRunFilter.model_validate({"state": {"type": {"not_any_": ["SCHEDULED"]}}})
    with (
        temporary_settings({PREFECT_API_URL: place.environment["PREFECT_API_URL"]}),
        get_client(sync_client=True) as client,
    ):
        runs = client.read_flow_runs(flow_run_filter=chosen, limit=200)
    return sorted(runs, key=lambda run: run.start_time or run.end_time or run.created)


def _begun(place: Place) -> list[Any]:
    return [run for run in _runs(place) if _LABEL in run.labels]


def _run_of(place: Place, number: int) -> str:
    """Wait for the run with this number, from 0, and return its id."""
    _wait(f"run {number + 1} begins", lambda: len(_begun(place)) > number)
    return str(_begun(place)[number].id)


def _state(place: Place, run_id: str) -> str:
    return next(str(run.state_name) for run in _runs(place) if str(run.id) == run_id)


def _end(place: Place, run_id: str) -> str:
    """Wait for the end of a run and of its process (Prefect calls a run cancelled that is stopped between the two)."""
    from warehouse.connect import is_alive

    _wait("a run ends", lambda: _state(place, run_id) in _FINAL)
    _wait("its process ends", lambda: not is_alive(_label(place, run_id)))
    return _state(place, run_id)


def _label(place: Place, run_id: str) -> str:
    return next(str(run.labels[_LABEL]) for run in _runs(place) if str(run.id) == run_id)


def _process_of(place: Place, run_id: str) -> int:
    """Wait until a run is at work in the warehouse, and return its process id."""
    from warehouse.writing import writer_of

    label = _label(place, run_id)
    _wait("the run writes", lambda: (now := writer_of(place.folder / "w.duckdb")) and now.process == label)
    return int(label.split("/")[1])


def _kill_run(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def _kill(file: Path, how: signal.Signals = signal.SIGKILL) -> None:
    os.kill(int(file.read_text()), how)


def _wait(what: str, there: Callable[[], object]) -> None:
    begun = time.monotonic()
    while not there():
        if time.monotonic() - begun > _PATIENCE:
            raise TimeoutError(f"waited {_PATIENCE} s: {what}")
        time.sleep(0.5)


def _print_runs(place: Place) -> None:
    with _server(place):
        rows = [
            (
                f"{run.expected_start_time:%H:%M:%S}",
                run.start_time and f"{run.start_time:%H:%M:%S}",
                run.state_name,
                (run.state.message or "")[:70],
            )
            for run in _runs(place)
        ]
    print_table("Scheduled runs", ("planned", "began", "ended as", "message"), rows)


if __name__ == "__main__":
    sys.exit(main())
