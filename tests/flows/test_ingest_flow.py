from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from flow_runs import WATCH, assert_same_tables, ingest_directly, write_pages

from corpus.errors import ModelError, StepError
from corpus.settings import Settings
from flows import prefect_environment
from flows.stages import Batch, Plan, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.report import RunReport


@pytest.fixture(scope="module", autouse=True)
def watched(watch_file: Path, prefect_server: None) -> Iterator[Path]:
    """A file with a line for each Python process that starts, and for each attempt of one to use the network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(watch_file.parent))
        patch.setenv("WATCHED", str(watch_file))
        exec(compile(WATCH, "sitecustomize", "exec"), {})  # noqa: S102 - the text of flow_runs, in this process
        yield watch_file


@pytest.fixture(scope="module")
def flow_run(prefect_server: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunReport, Path]:
    """The report of one run through Prefect, two pages a batch, and its folder."""
    from flows.ingest import ingest

    folder = tmp_path_factory.mktemp("flow")
    write_pages(folder / "pages")
    file = folder / "settings.toml"
    file.write_text("batch_pages = 2\nbatch_passages = 10\n", "utf-8")
    report = ingest([str(folder / "pages")], str(folder / "w.duckdb"), str(file), show_progress=False)
    return report, folder


def test_each_batch_of_a_stage_is_a_task(flow_run: tuple[RunReport, Path]) -> None:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        name = f"ingest {flow_run[1] / 'pages'}"
        (run,) = (run for run in client.read_flow_runs() if run.name == name)
        tasks = [task for task in client.read_task_runs() if task.flow_run_id == run.id]
    tasks.sort(key=lambda task: task.start_time)
    assert run.state.is_completed()
    assert [task.name for task in tasks] == [
        "pages-000000",
        "pages-000001",
        "gone-000000",
        "translate-000000",
        "advice-000000",
        "english-000000",
        "embed-000000",
        "duplicates-000000",
        "themes-000000",
        "search-000000",
    ]
    assert all(task.state.is_completed() and task.run_count == 1 for task in tasks)


def test_the_summary_is_an_artifact(flow_run: tuple[RunReport, Path]) -> None:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        artifacts = {artifact.key: artifact.data for artifact in client.read_latest_artifacts()}
    assert artifacts["ingest-summary"] == flow_run[0].markdown()
    assert "**4 pages seen: 4 loaded, 0 unchanged, 0 duplicate, 0 quarantined**" in str(
        artifacts["ingest-summary"]
    )
    assert "| it |" in str(artifacts["ingest-summary"])
    stages = json.loads(str(artifacts["ingest-stages"]))
    assert stages == flow_run[0].stages
    assert (stages[0]["stage"], stages[0]["items"], stages[0]["batches"]) == ("pages", 4, 2)


def test_through_prefect_and_directly_the_tables_are_the_same(
    flow_run: tuple[RunReport, Path], tmp_path: Path
) -> None:
    settings = Settings(warehouse=tmp_path / "w.duckdb", batch_passages=10)
    report = ingest_directly(flow_run[1] / "pages", settings=settings)
    assert report.made == flow_run[0].made
    assert_same_tables(settings.warehouse, flow_run[1] / "w.duckdb")


@pytest.mark.parametrize(("error", "tries"), [(StepError, 3), (ModelError, 1)])
def test_a_task_is_tried_again_only_where_that_can_help(
    prefect_server: None, monkeypatch: pytest.MonkeyPatch, error: type[Exception], tries: int
) -> None:
    from prefect import flow

    from flows import ingest

    monkeypatch.setattr(ingest, "RETRY_SECONDS", (0, 0))
    made: list[int] = []

    def work() -> None:
        made.append(1)
        raise error("busy")

    stage = Stage("failing", "steps", lambda _session: Plan(0, []), lambda _session, _batch, _advance: None)
    with pytest.raises(error, match="busy"):
        flow(name="failing")(lambda: ingest._execute(stage, Batch("all", []), work))()
    assert len(made) == tries


def test_a_step_that_goes_through_the_second_time_is_done_once(
    prefect_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect import flow

    from flows import ingest

    monkeypatch.setattr(ingest, "RETRY_SECONDS", (0, 0))
    made: list[int] = []

    def work() -> None:
        made.append(1)
        if len(made) == 1:
            raise StepError("busy")

    stage = Stage("flaky", "steps", lambda _session: Plan(0, []), lambda _session, _batch, _advance: None)
    flow(name="flaky")(lambda: ingest._execute(stage, Batch("all", []), work))()
    assert len(made) == 2


def test_what_the_user_has_set_for_prefect_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_LOGGING_LEVEL", "DEBUG")
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    monkeypatch.delenv("PREFECT_SERVER_ANALYTICS_ENABLED", raising=False)
    prefect_environment.apply_defaults()
    assert os.environ["PREFECT_LOGGING_LEVEL"] == "DEBUG"
    assert os.environ["DO_NOT_TRACK"] == "1"
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_neither_the_run_nor_its_server_nor_its_workers_asked_for_the_network(
    flow_run: tuple[RunReport, Path], watched: Path
) -> None:
    lines = watched.read_text("utf-8").splitlines()
    assert len(lines) >= 3, "this process, the server, a worker"
    assert [line for line in lines if not line.endswith("is watched")] == []


def test_thousands_of_sources_that_a_shell_has_expanded_are_taken(flow_run: tuple[RunReport, Path]) -> None:
    from prefect.client.orchestration import get_client

    from flows.ingest import ingest

    page = str(flow_run[1] / "pages" / "board.txt")
    sources = [page] * (600_000 // len(page))  # more than the half megabyte that Prefect takes by itself
    report = ingest(sources, str(flow_run[1] / "w.duckdb"), show_progress=False)
    assert report.pages["unchanged"] == 1
    with get_client(sync_client=True) as client:
        names = {run.name for run in client.read_flow_runs()}
    assert f"ingest {page} and {len(sources) - 1} more" in names
