"""Real runs for the tests of flows and of the command line: one over all shipped pages, read by every test."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flow_runs import WATCH, ingest_directly, write_pages

from bench.small_corpus import tiny_settings
from corpus.embed import load
from corpus.errors import ModelError
from corpus.settings import PREFIX, Settings
from flows import prefect_environment
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.report import RunReport


@pytest.fixture(autouse=True, scope="session")
def defaults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the settings of whoever runs the tests out of them: no variable of theirs, no file of this folder."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            patch.delenv(name)
        patch.chdir(tmp_path_factory.mktemp("nowhere"))
        yield


@pytest.fixture(autouse=True, scope="session")
def model(defaults: None) -> None:
    try:
        load(Settings())
    except ModelError as error:
        pytest.fail(f"these tests need what `make setup` installs: {error}")


@pytest.fixture(scope="session")
def watch_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Python processes that begin with the folder of this file in their path write what they ask the network."""
    folder = tmp_path_factory.mktemp("watch")
    (folder / "sitecustomize.py").write_text(WATCH, "utf-8")
    return folder / "watched.txt"


@pytest.fixture(scope="session")
def prefect_server(watch_file: Path) -> Iterator[None]:
    """A Prefect database and server for the tests only: one, because it costs 12 CPU seconds; it is watched."""
    prefect_environment.apply_defaults()
    from prefect.testing.utilities import prefect_test_harness

    harness = prefect_test_harness(server_startup_timeout=120)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(watch_file.parent))
        patch.setenv("WATCHED", str(watch_file))
        harness.__enter__()
    yield
    harness.__exit__(None, None, None)


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory, pages_dir: Path) -> RunReport:
    """The one full run of the tests (about a minute): every shipped page, without Prefect."""
    settings = Settings(warehouse=tmp_path_factory.mktemp("sample") / "sample.duckdb")
    return ingest_directly(pages_dir, settings=settings)


@pytest.fixture(scope="session")
def sample_warehouse(sample_run: RunReport) -> Path:
    """What the full run published. Do not write it."""
    return Path(sample_run.warehouse)


@pytest.fixture(scope="session")
def sample(sample_warehouse: Path) -> Iterator[Warehouse]:
    """The warehouse of the full run, open; the model for questions is loaded once."""
    with Warehouse.open(sample_warehouse, Settings()) as opened:
        yield opened


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a tiny model, made once: for runs by the dozen, where what vectors mean does not matter."""
    return tiny_settings(tmp_path_factory.mktemp("models"))


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder of four small pages, one of them Italian."""
    return write_pages(tmp_path / "pages")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two pages a batch, so that there are batches; a worker for each core."""
    return Settings(warehouse=tmp_path / "w.duckdb", batch_pages=2, batch_passages=5, batch_sentences=4)
