"""Batches made by two processes, one of them killed in the middle: the exchange and the loader, without a cluster."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import logging
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from flow_runs import assert_same_tables, ingest_directly, write_pages

from corpus.errors import RunError, SettingsError, StepError
from corpus.exchange import Place
from corpus.settings import Settings
from flows.progress import Quiet
from flows.runner import execute_directly, run
from flows.scale_out.choice import require_executor
from flows.scale_out.kinds import EMBED
from flows.scale_out.sender import Sender, exchange_of
from flows.scale_out.worker import local_settings, make, request_bytes, request_name, result_name
from flows.session import Engines
from flows.stages import Batch, Plan, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.report import RunReport
    from flows.scale_out.sender import Submit
    from flows.session import Session

ROOT = Path(__file__).parents[2]
TEXTS = ["Ask vendors for an exit plan.", "Misurate il valore, non le ore."]


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
    write_pages(folder / "pages", "board.txt", "consiglio.txt")
    shutil.copy(folder / "pages" / "board.txt", folder / "pages" / "same.txt")
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
    assert report.headline == "3 pages seen: 2 loaded, 0 unchanged, 1 duplicate, 0 quarantined"
    assert_same_tables(settings.warehouse, expected)
    assert list(Path(exchange_of(settings)).iterdir()) == [], "what is loaded is removed"


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
    assert len(left) == 2, "the batches of sentences: those of pages were loaded"
    ingest_elsewhere(local[0], settings, here)
    assert len(made) == len(set(made))
    assert_same_tables(settings.warehouse, local[1])


class Here:
    """Makes nothing, or what `becomes` of a request, before anybody asks."""

    def __init__(self, becomes: Callable[[str, str, str], str]) -> None:
        self._becomes, self.count = becomes, 0

    def __call__(self, url: str, request: str, settings: str) -> Future[str]:
        self.count += 1
        return done(self._becomes(url, request, settings))


@pytest.fixture
def embedding(tmp_path: Path) -> Callable[[Here], list[Any]]:
    """Embeds two texts elsewhere, where `Here` says."""
    settings = small_batches(tmp_path / "w.duckdb")

    def embed(here: Here) -> list[Any]:
        with Engines(settings) as engines:
            return Sender(settings, here).make(engines, EMBED, TEXTS, lambda _done: None)

    return embed


def test_a_damaged_result_is_made_again(embedding: Callable[[Here], list[Any]]) -> None:
    def damaged_at_first(url: str, request: str, settings: str) -> str:
        result = make(url, request, settings)
        if here.count == 1:
            file = Path(url) / result
            file.write_bytes(file.read_bytes()[:-200])
        return result

    here = Here(damaged_at_first)
    vectors = embedding(here)
    assert here.count == 2
    with Engines(Settings()) as engines:
        assert np.array_equal(
            np.stack([one.vector for one in vectors]), engines.embedder.embed_passages(TEXTS)
        )


def test_a_batch_that_could_not_be_sent_ahead_is_sent_in_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put, failures = Place.put, iter([OSError("the store is away")])

    def failing_once(self: Place, name: str, data: bytes) -> None:
        for failure in failures:
            raise StepError(str(failure))
        put(self, name, data)

    monkeypatch.setattr(Place, "put", failing_once)
    settings, here = small_batches(tmp_path / "w.duckdb"), Here(make)
    stage = Stage("embed", "texts", lambda _s: Plan(2, []), lambda *_: None, lambda _s, _b: (EMBED, TEXTS))
    sender = Sender(settings, here)
    with Engines(settings) as engines:
        for _ in sender.look_ahead(cast("Session", engines), stage, [Batch("0", TEXTS)]):
            assert here.count == 0
            assert len(sender.make(engines, EMBED, TEXTS, lambda _done: None)) == 2
    assert "the store is away" in caplog.text
    sender.clear()
    assert list(Path(exchange_of(settings)).iterdir()) == []


def test_the_result_of_another_request_is_not_taken(embedding: Callable[[Here], list[Any]]) -> None:
    def another(url: str, request: str, settings: str) -> str:
        with Engines(Settings()) as engines:
            data = request_bytes(EMBED, EMBED.fingerprint(engines), TEXTS[::-1])
        Place(url).put(request_name(data), data)
        made = make(url, request_name(data), settings)
        (Path(url) / made).rename(Path(url) / result_name(request))
        return made

    with pytest.raises(RunError, match="4 times"):
        embedding(Here(another))


def test_a_batch_that_kills_every_worker_ends_the_run_with_its_reason(
    embedding: Callable[[Here], list[Any]],
) -> None:
    here = Here(lambda _url, request, _settings: request)
    with pytest.raises(RunError, match="a batch to embed was lost 4 times"):
        embedding(here)
    assert here.count == 4


def test_a_worker_with_other_code_or_models_makes_nothing(tmp_path: Path) -> None:
    place = Place(str(tmp_path))
    data = request_bytes(EMBED, "another model", TEXTS)
    place.put(request_name(data), data)
    with pytest.raises(RunError, match="other code, models or settings"):
        make(place.url, request_name(data), shown(Settings(workers=1)))
    assert place.names() == [request_name(data)]


def test_a_request_that_was_changed_is_not_made(tmp_path: Path) -> None:
    place = Place(str(tmp_path))
    place.put(request_name(b"as it was"), b"as it is")
    for name in (request_name(b"as it was"), request_name(b"never there")):
        with pytest.raises(RunError, match="not there, too long, or was changed"):
            make(place.url, name, shown(Settings()))


def test_a_worker_takes_the_run_s_models_where_they_are_and_its_own_where_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIO_ADVICE_MODELS_DIR", str(tmp_path / "own"))
    here = Settings(models_dir=tmp_path, workers=0, translation_engines=("argos",), fetch_delay_seconds=2.5)
    assert local_settings(shown(here)) == here.with_changes(workers=1)
    elsewhere = here.with_changes(models_dir=tmp_path / "elsewhere", workers=3)
    assert local_settings(shown(elsewhere)) == elsewhere.with_changes(models_dir=tmp_path / "own")


def test_an_executor_that_cannot_be_used_is_said_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    require_executor(Settings(), direct=True)
    with pytest.raises(SettingsError, match="expected local, dask, ray"):
        Settings(executor="spark")
    with pytest.raises(SettingsError, match="leave --direct out"):
        require_executor(Settings(executor="ray"), direct=True)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match=r"pip install '.\[dask\]'"):
        require_executor(Settings(executor="dask"))


@pytest.mark.parametrize("executor", ["dask", "ray"])
def test_a_cluster_whose_workers_are_killed_makes_the_tables_of_a_local_run(executor: str) -> None:
    if importlib.util.find_spec(f"prefect_{executor}") is None:
        pytest.skip(f"SKIPPED FOR WANT OF {executor}: `pip install '.[{executor}]'`, some minutes")
    words = f"-m bench.scale_out --executors {executor} --copies 1 --idle 0 --shipped 0".split()
    ran = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"| {executor} | 4 | 4 |" in ran.stdout, "a worker of each stage was killed"


def shown(settings: Settings) -> str:
    return json.dumps(dataclasses.asdict(settings), default=str)


def done(result: str) -> Future[str]:
    future: Future[str] = Future()
    future.set_result(result)
    return future
