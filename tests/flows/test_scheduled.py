"""Scheduled runs against a real Prefect server: the dead are called dead, the overdue struck off, failures told."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from corpus.errors import RunError, SettingsError
from corpus.settings import Settings
from warehouse.connect import process_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefect.client.orchestration import SyncPrefectClient

pytestmark = pytest.mark.usefixtures("prefect_server")
TELL = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read() + chr(10))"


@pytest.fixture
def client() -> Iterator[SyncPrefectClient]:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as opened:
        yield opened


class Night:
    """A deployment of the job `ingest` over a folder of this test, and what its command is told."""

    def __init__(self, client: SyncPrefectClient, folder: Path, source: str) -> None:
        from flows.schedule import Job, at_times

        self.client, self._told = client, folder / "told.jsonl"
        file = folder / "settings.toml"
        command = [sys.executable, "-c", TELL, str(self._told)]
        file.write_text(f"on_failure_command = {json.dumps(command)}\n", "utf-8")
        self.settings = Settings.load(file).with_changes(warehouse=folder / "w.duckdb")
        job = Job([source], self.settings, file, folder.name, at_times("0 5 * * *", "Europe/Rome"))
        self.id: UUID = job.deployment().apply()  # type: ignore[assignment]

    @property
    def told(self) -> list[dict[str, Any]]:
        if not self._told.exists():
            return []
        return [json.loads(line) for line in self._told.read_text("utf-8").splitlines()]

    def run(self, state: Any, process: str = "") -> UUID:
        """Have a flow run in a state, as if a person had asked for it, begun by a process."""
        made = self.client.create_flow_run_from_deployment(self.id, state=state)
        if process:
            self.client.update_flow_run_labels(made.id, {"cio-advice.process": process})
        return made.id

    def plan(self, begin: datetime, end: datetime) -> list[UUID]:
        """Have the server plan the runs of the schedule between two times, and return them in order."""
        times = {"start_time": begin.isoformat(), "end_time": end.isoformat(), "min_runs": 50, "max_runs": 50}
        self.client._client.post(f"/deployments/{self.id}/schedule", json=times)
        body = {"deployments": {"id": {"any_": [str(self.id)]}}, "sort": "EXPECTED_START_TIME_ASC"}
        runs = self.client._client.post("/flow_runs/filter", json=body).json()
        return [UUID(run["id"]) for run in runs if run["auto_scheduled"]]

    def state(self, run: UUID) -> str:
        return str(self.client.read_flow_run(run).state_name)


@pytest.fixture
def night(client: SyncPrefectClient, tmp_path: Path) -> Night:
    return Night(client, tmp_path, str(tmp_path / "nowhere"))


def test_a_run_whose_process_is_dead_is_called_crashed_and_told_of(night: Night) -> None:
    from prefect.states import Running

    from flows.scheduled import call_dead

    host, _pid, _start = process_name().split("/")
    dead = night.run(Running(), f"{host}/4194304/1")
    alive = night.run(Running(), process_name())
    elsewhere = night.run(Running(), "another-machine/17/4711")
    begins = night.run(Running())

    assert [run.id for run in call_dead(night.client, night.id, night.settings, me=begins)] == [dead]

    states = [night.state(run) for run in (dead, alive, elsewhere, begins)]
    assert states == ["Crashed", "Running", "Running", "Running"]
    assert [(fact["event"], fact["flow_run_id"]) for fact in night.told] == [("run crashed", str(dead))]


def test_a_run_that_named_no_process_is_dead_after_a_while(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.states import Pending

    from flows import scheduled

    begins = night.run(Pending())
    assert scheduled.call_dead(night.client, night.id, night.settings) == []
    monkeypatch.setattr(scheduled, "_TO_BEGIN", timedelta(0))
    assert [run.id for run in scheduled.call_dead(night.client, night.id, night.settings)] == [begins]


def test_a_failing_run_of_a_schedule_tidies_up_names_its_process_and_tells_of_its_failure(
    night: Night,
) -> None:
    from prefect.flow_engine import run_flow
    from prefect.states import Running

    from flows.ingest import ingest

    host, _pid, _start = process_name().split("/")
    dead = night.run(Running(), f"{host}/4194304/1")
    made = night.client.create_flow_run_from_deployment(night.id)

    with pytest.raises(RunError, match="nowhere"):
        run_flow(ingest, flow_run=made, parameters=made.parameters)

    mine = night.client.read_flow_run(made.id)
    assert (mine.state_name, mine.labels["cio-advice.process"]) == ("Failed", process_name())
    assert night.state(dead) == "Crashed"
    assert [fact["event"] for fact in night.told] == ["run crashed", "run failed"]
    assert "nowhere" in night.told[1]["message"]
    assert night.told[1]["warehouse"] == str(night.settings.warehouse)


def test_of_a_run_that_a_person_started_nobody_else_is_told(night: Night, tmp_path: Path) -> None:
    from flows.ingest import ingest

    with pytest.raises(RunError, match="nowhere"):
        ingest([str(tmp_path / "nowhere")], str(tmp_path / "w.duckdb"), str(tmp_path / "settings.toml"))
    assert night.told == []


def test_of_overdue_runs_one_makes_up_for_all_and_what_a_person_asked_for_stays(night: Night) -> None:
    from prefect.states import Scheduled

    from flows.scheduled import strike_off

    now = datetime.now(UTC)
    *missed, coming = night.plan(now - timedelta(days=3), now + timedelta(days=1))
    asked = night.run(Scheduled(scheduled_time=now - timedelta(hours=1)))
    assert len(missed) == 3

    assert len(strike_off(night.client, night.id, but_newest=True)) == 2
    assert [night.state(run) for run in missed] == ["Cancelled", "Cancelled", "Scheduled"]
    strike_off(night.client, night.id)
    assert [night.state(run) for run in (missed[2], asked, coming)] == ["Cancelled", "Scheduled", "Scheduled"]


def test_a_start_takes_back_a_pause(night: Night) -> None:
    from flows.schedule import _resume

    night.client.pause_deployment(night.id)
    _resume(night.client, night.id)
    assert not night.client.read_deployment(night.id).paused


def test_prefect_yaml_names_the_flow_and_parameters_that_it_takes() -> None:
    import yaml
    from prefect.flows import load_flow_from_entrypoint

    file = Path(__file__).parents[2] / "flows" / "prefect.yaml"
    (deployment,) = yaml.safe_load(file.read_text("utf-8"))["deployments"]
    flow = load_flow_from_entrypoint(deployment["entrypoint"])
    assert flow.name == "ingest"
    flow.validate_parameters(deployment["parameters"])


@pytest.mark.parametrize(
    ("cron", "zone"), [("5 o'clock", "UTC"), ("0 5 * * *", "Europe/Atlantis"), ("", "UTC")]
)
def test_times_that_are_none_are_refused(cron: str, zone: str) -> None:
    from flows.schedule import at_times

    with pytest.raises(SettingsError, match="expected five fields"):
        at_times(cron, zone)


def test_sources_are_named_from_the_root_and_stdin_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.schedule import absolute

    monkeypatch.chdir(tmp_path)
    assert absolute("pages/*.html") == str(tmp_path / "pages" / "*.html")
    assert absolute("urls:list.txt") == f"urls:{tmp_path / 'list.txt'}"
    assert absolute("https://host.example/a") == "https://host.example/a"
    with pytest.raises(SettingsError, match="stdin"):
        absolute("-")


def test_without_a_server_one_is_told_how_to_start_it(night: Night) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.schedule import Job, schedule

    job = Job(["/srv/pages"], night.settings, None)
    with (
        temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}),
        pytest.raises(RunError, match="prefect server start"),
    ):
        schedule(job, lambda _line: None)


def test_where_the_server_goes_away_the_scheduler_waits_for_it_and_begins_anew(
    night: Night, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from httpx import ConnectError

    from flows import schedule

    endings = iter((RuntimeError("Service exceeded error threshold."), ConnectError("refused"), None))

    def serve(*_: object) -> None:
        if ending := next(endings):
            raise ending

    monkeypatch.setattr(schedule, "_serve", serve)
    schedule.schedule(schedule.Job(["/srv/pages"], night.settings, None), lambda _line: None)
    assert next(endings, "all seen") == "all seen"
    assert caplog.text.count("waiting for it") == 2
