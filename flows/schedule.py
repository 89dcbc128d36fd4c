"""`schedule`: the main job at its times, one run at a time, against a Prefect server that is running."""

from __future__ import annotations

import asyncio
import signal
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flows.prefect_environment import apply_defaults

apply_defaults()  # before Prefect is imported: it reads the environment at import

from httpx import TransportError  # noqa: E402
from prefect.client.orchestration import SyncPrefectClient, get_client  # noqa: E402
from prefect.runner import Runner  # noqa: E402
from prefect.schedules import Cron, Interval  # noqa: E402
from prefect.settings import PREFECT_API_URL, get_current_settings, temporary_settings  # noqa: E402
from prefect.types.entrypoint import EntrypointType  # noqa: E402

from corpus.errors import RunError, SettingsError  # noqa: E402
from flows.ingest import ingest  # noqa: E402
from flows.logs import log, note, written  # noqa: E402
from flows.scheduled import call_dead, strike_off  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Schedule

    from corpus.settings import Settings

SERVER = "http://127.0.0.1:4200/api"
_WAIT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Job:
    """What is run at which times: sources as `ingest` takes them, absolute; the settings file, or None."""

    sources: Sequence[str]
    settings: Settings
    settings_file: Path | None
    name: str = "nightly"
    times: Schedule = field(default_factory=lambda: Cron("0 5 * * *"))

    def deployment(self) -> RunnerDeployment:
        """Return the job as Prefect's server is told of it."""
        file = self.settings_file
        deployment = ingest.to_deployment(
            self.name,
            schedule=self.times,
            parameters={
                "sources": list(self.sources),
                "warehouse": str(self.settings.warehouse.absolute()),
                "settings_file": str(file.absolute()) if file else None,
                "show_progress": False,
                "log_format": self.settings.log_format,
            },
            paused=False,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        return cast("RunnerDeployment", deployment)  # outside of an event loop it is no coroutine


def at_times(cron: str, timezone: str) -> Schedule:
    """Return a schedule from a cron line and a time zone. Raises SettingsError where one of them is none."""
    from zoneinfo import ZoneInfo

    from prefect.client.schemas.schedules import CronSchedule

    try:
        ZoneInfo(timezone)
        CronSchedule(cron=cron, timezone=timezone)
    except (ValueError, KeyError, OSError) as error:
        raise SettingsError(
            f"--cron {cron!r} --timezone {timezone!r}: expected five fields such as '0 5 * * *' "
            "(minute, hour, day, month, weekday) and a zone such as Europe/Rome"
        ) from error
    return Cron(cron, timezone=timezone)


def every(seconds: float) -> Schedule:
    """Return a schedule by the interval."""
    return Interval(timedelta(seconds=seconds))


def schedule(job: Job, tell: Callable[[str], None], query_seconds: float = 30) -> None:
    """Run `job` at its times until the process is told to stop; where the server goes away, wait for it.

    `tell` receives lines for a person. The server is asked every `query_seconds`; when it has not answered three
    times in a row, each with Prefect's own retries, a run in progress is ended, too. Raises RunError where there is no
    server at the beginning.
    """
    url = get_current_settings().api.url or SERVER
    with temporary_settings({PREFECT_API_URL: url}), written(job.settings.log_format):
        _require_server(url)
        while True:
            try:
                _serve(job, tell, query_seconds)
                return
            except (RuntimeError, ExceptionGroup, TransportError) as error:
                log.warning(
                    "the Prefect server at %s went away (%s): waiting for it", url, type(error).__name__
                )
                _await_server()


def _serve(job: Job, tell: Callable[[str], None], query_seconds: float) -> None:
    # One run at a time by the runner, whose count dies with it. Prefect's limit of a deployment would be a lease in
    # the memory of its server: after a restart of the server it ends the run that holds it, or never comes back.
    runner = _Runner(
        name=f"cio-advice-{job.name}".replace("/", "-").replace("%", "-"),
        limit=1,
        query_seconds=query_seconds,
        pause_on_shutdown=False,  # what is missed while this is down is made up for, once
    )
    deployment_id = cast("UUID", runner.add_deployment(job.deployment()))
    with get_client(sync_client=True) as client:
        _resume(client, deployment_id)
        call_dead(client, deployment_id, job.settings)
        strike_off(client, deployment_id, but_newest=True)
    page = get_current_settings().ui_url or ""
    tell(
        f"scheduled: {job.name}, page {page}/deployments/deployment/{deployment_id}; Ctrl-C or SIGTERM ends it"
    )
    note("scheduled", f"{job.name} is scheduled", deployment_id=str(deployment_id))
    asyncio.run(runner.start_until_stopped())


class _Runner(Runner):
    """Ends at SIGTERM and Ctrl-C in order: the run in progress is stopped and called cancelled."""

    async def start_until_stopped(self) -> None:
        """Start, and return when a signal has ended it."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self.handle_sigterm)
        await self.start()

    def handle_sigterm(self, *_: object, **__: object) -> None:
        """Stop inside of the loop; Prefect's own handler, called in a loop, leaves its stop unawaited."""
        if not (self._loop and self.started):  # it was ended by the server's going away, and is waited for
            raise SystemExit(0)
        self._stopping = self._loop.create_task(self.astop())


def _resume(client: SyncPrefectClient, deployment_id: UUID) -> None:
    """Take back a pause, of a person or of Prefect at a SIGTERM: who starts this wants it to run."""
    if client.read_deployment(deployment_id).paused:
        client.resume_deployment(deployment_id)


def _require_server(url: str) -> None:
    if not _answers():
        raise RunError(
            f"no Prefect server answers at {url}: start one with `prefect server start`, "
            "or name another by PREFECT_API_URL"
        )


def _await_server() -> None:
    while not _answers():
        time.sleep(_WAIT_SECONDS)


def _answers() -> bool:
    with get_client(sync_client=True) as client:
        return client.api_healthcheck() is None


def absolute(source: str) -> str:
    """Return a source as it is meant in this folder, whatever folder the run is in later."""
    prefix, name = ("urls:", source.removeprefix("urls:")) if source.startswith("urls:") else ("", source)
    if name == "-":
        raise SettingsError("- (stdin) cannot be scheduled: give files, folders, globs or addresses")
    return source if "://" in name else prefix + str(Path(name).absolute())


__all__ = ["Job", "absolute", "at_times", "every", "schedule"]
