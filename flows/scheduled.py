"""A run of a schedule makes up for the runs before it: the dead are called dead, the overdue are struck off.

Prefect keeps a run RUNNING for ever whose process was killed together with whatever watched it, and hands out
every run that was missed, one after the other. Here one run makes up for all: it reads whatever is new.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flows.logs import log
from warehouse.connect import is_alive, process_name

if TYPE_CHECKING:
    import logging
    from collections.abc import Sequence
    from uuid import UUID

    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun, State

    from corpus.settings import Settings

PROCESS = "cio-advice.process"
_TO_BEGIN = timedelta(minutes=5)
_MOST = 200


def begin_scheduled(settings: Settings) -> list[logging.Handler]:
    """Begin the flow run in progress, if a schedule made it, and return what also writes its log: Prefect's page.

    Where the server does not answer, the work goes on: it is worth more than its record.
    """
    from prefect.client.orchestration import get_client
    from prefect.logging.handlers import APILogHandler
    from prefect.runtime import deployment, flow_run

    if not deployment.id:
        return []
    from uuid import UUID

    try:
        with get_client(sync_client=True) as client:
            me = UUID(str(flow_run.id))
            client.update_flow_run_labels(me, {PROCESS: process_name()})
            call_dead(client, UUID(str(deployment.id)), settings, me)
            strike_off(client, UUID(str(deployment.id)))
    except Exception as error:
        log.warning("the Prefect server did not take part in the beginning: %s", type(error).__name__)
    return [APILogHandler()]


def call_dead(
    client: SyncPrefectClient, deployment_id: UUID, settings: Settings, me: UUID | None = None
) -> list[FlowRun]:
    """Set runs of a deployment to Crashed that are called running though their process is dead; tell of each."""
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    from flows.notify import facts_of, tell

    dead = [
        run
        for run in _runs(client, deployment_id, [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING])
        if run.id != me and _is_dead(run)
    ]
    for run in dead:
        state: State[None] = Crashed(message="its process is dead; the next run takes up where it stopped")
        client.set_flow_run_state(run.id, state)
        log.warning("flow run %s is dead: now called crashed", run.name)
        if settings.on_failure_command:
            tell(settings.on_failure_command, facts_of(run, state, settings))
    return dead


def strike_off(client: SyncPrefectClient, deployment_id: UUID, *, but_newest: bool = False) -> list[FlowRun]:
    """Cancel the runs that a schedule planned for a time that is past; the run that begins takes their pages.

    `but_newest` leaves the newest one to be that run. Runs that a person asked for stay.
    """
    from prefect.client.schemas.objects import StateType
    from prefect.states import Cancelled

    now = datetime.now(UTC)
    overdue = [
        run
        for run in _runs(client, deployment_id, [StateType.SCHEDULED])
        if run.auto_scheduled and run.next_scheduled_start_time and run.next_scheduled_start_time < now
    ]
    overdue.sort(key=lambda run: run.next_scheduled_start_time or now)
    struck = overdue[:-1] if but_newest else overdue
    for run in struck:
        client.set_flow_run_state(
            run.id, Cancelled(message="overdue: a later run reads what it would have read")
        )
        log.info("flow run %s is overdue and struck off", run.name)
    return struck


def _runs(client: SyncPrefectClient, deployment_id: UUID, types: Sequence[object]) -> list[FlowRun]:
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.client.schemas.sorting import FlowRunSort

    chosen = FlowRunFilter.model_validate(
        {"deployment_id": {"any_": [deployment_id]}, "state": {"type": {"any_": types}}}
    )
    by_time = FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC
    return client.read_flow_runs(flow_run_filter=chosen, limit=_MOST, sort=by_time)


def _is_dead(run: FlowRun) -> bool:
    """Tell by the process that a run noted; one that noted none for five minutes never came so far."""
    process = str(run.labels.get(PROCESS, ""))
    if process:
        here = process_name().partition("/")[0]
        return process.partition("/")[0] == here and not is_alive(process)
    return run.state is not None and datetime.now(UTC) - run.state.timestamp > _TO_BEGIN
