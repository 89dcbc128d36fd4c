"""Batches made by two processes, one of them killed in the middle: the exchange and the loader, without a cluster."""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import signal
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flow_runs import assert_same_tables, ingest_directly, write_pages

from corpus.settings import Settings
from flows.progress import Quiet
from flows.runner import execute_directly, run
from flows.scale_out.sender import exchange_of
from flows.scale_out.worker import make, result_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.report import RunReport
    from flows.scale_out.sender import Submit
    from flows.stages import Batch, Stage


class TwoWorkers:
    """Two processes, each with its own queue; the first is killed when the `fatal`-th batch has been sent."""

    def __init__(self, fatal: int = 0) -> None:
        context = multiprocessing.get_context("spawn")
        self._workers = [ProcessPoolExecutor(1, context) for _ in range(2)]
        self._fatal, self.sent = fatal, 0

    def __call__(self, url: str, request: str, settings: str) -> Future[str]:
        self.sent += 1
        future = self._next().submit(make, url, request, settings)
        if self.sent == self._fatal:
            first = self._workers[0]
            process = first.submit(os.getpid)
            os.kill(next(iter(first._processes)), signal.SIGKILL)
            with pytest.raises(BrokenProcessPool):
                process.result()
        return future

    def _next(self) -> ProcessPoolExecutor:
        """Take the workers in turn, and the second alone when the first is dead."""
        chosen = self._workers[self.sent % 2]
        return self._workers[1] if chosen._broken else chosen

    def close(self) -> None:
        for worker in self._workers:
            worker.shutdown(cancel_futures=True)


@pytest.fixture
def workers() -> Iterator[Callable[[int], TwoWorkers]]:
    started: list[TwoWorkers] = []

    def start(fatal: int = 0) -> TwoWorkers:
        started.append(TwoWorkers(fatal))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of pages, and the warehouse that a run in one process made of it."""
    folder = tmp_path_factory.mktemp("local")
    settings = small_batches(folder / "w.duckdb")
    shutil.copy(write_pages(folder / "pages") / "board.txt", folder / "pages" / "same.txt")
    ingest_directly(folder / "pages", settings=settings)
    return folder / "pages", settings.warehouse


def small_batches(warehouse: Path) -> Settings:
    return Settings(
        warehouse=warehouse, batch_pages=1, batch_passages=3, batch_sentences=4, batches_ahead=2, workers=1
    )


def ingest_elsewhere(pages: Path, settings: Settings, submit: Submit) -> RunReport:
    return run([str(pages)], settings, execute_directly, Quiet(), submit)


def test_a_run_whose_worker_is_killed_ends_in_the_tables_of_a_local_run(
    local: tuple[Path, Path],
    workers: Callable[[int], TwoWorkers],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    pages, expected = local
    settings = small_batches(tmp_path / "w.duckdb")
    two = workers(2)
    with caplog.at_level(logging.WARNING, "cio_advice"):
        report = ingest_elsewhere(pages, settings, two)
    assert "sent again" in caplog.text
    assert report.headline == "5 pages seen: 4 loaded, 0 unchanged, 1 duplicate, 0 quarantined"
    assert_same_tables(settings.warehouse, expected)
    assert list(Path(exchange_of(settings)).iterdir()) == [], "what is loaded is removed"
    assert multiprocessing.active_children(), "the loader made nothing itself: its pool was never started"


def test_what_a_dead_run_left_made_is_not_made_again(local: tuple[Path, Path], tmp_path: Path) -> None:
    settings = small_batches(tmp_path / "w.duckdb")
    made: list[str] = []

    def here(url: str, request: str, settings: str) -> Future[str]:
        made.append(request)
        return done(make(url, request, settings))

    class Killed(BaseException):
        pass

    def die(stage: Stage, _batch: Batch, work: Callable[[], None]) -> None:
        if stage.name == "translate":
            raise Killed
        work()

    with pytest.raises(Killed):
        run([str(local[0])], settings, die, Quiet(), here)
    left = {name for name in made if (Path(exchange_of(settings)) / result_name(name)).exists()}
    assert len(left) == 3, "the first batch of sentences, and the two ahead of it"
    ingest_elsewhere(local[0], settings, here)
    assert len(made) == len(set(made))
    assert_same_tables(settings.warehouse, local[1])


def done(result: str) -> Future[str]:
    future: Future[str] = Future()
    future.set_result(result)
    return future
