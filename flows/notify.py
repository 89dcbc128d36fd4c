"""Tell a person that a run failed: a command of theirs, run without a shell, with the facts as JSON on its stdin."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.redaction import redacted
from corpus.settings import Settings
from flows.logs import log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prefect.client.schemas.objects import FlowRun, State

_SECONDS = 60


def tell_of_failure(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001 - Prefect gives it by name
    """Run the setting `on_failure_command` for a scheduled run that failed or crashed; Prefect calls it as a hook.

    Whoever starts a run by hand sees how it ends: a settings file that lies in a folder runs nothing then.
    """
    if flow_run.deployment_id is None:
        return
    said = flow_run.parameters.get("settings_file")
    settings = Settings.load(Path(said) if said else None)
    if settings.on_failure_command:
        tell(settings.on_failure_command, facts_of(flow_run, state, settings))


def facts_of(flow_run: FlowRun, state: State[Any], settings: Settings) -> dict[str, Any]:
    """Return what is told of a failed run: names, times and the message, no page and no secret."""
    return {
        "event": f"run {str(state.name).lower()}",
        "flow_run": redacted(flow_run.name),
        "flow_run_id": flow_run.id,
        "deployment_id": flow_run.deployment_id,
        "scheduled_for": flow_run.expected_start_time,
        "started_at": flow_run.start_time,
        "message": redacted(state.message or ""),
        "warehouse": flow_run.parameters.get("warehouse") or settings.warehouse,
    }


def tell(command: Sequence[str], facts: dict[str, Any]) -> bool:
    """Run `command` with `facts` on stdin, for at most a minute, and say whether it ended well; it never raises."""
    said = json.dumps(facts, default=str, ensure_ascii=False)
    try:
        done = subprocess.run(
            command, input=said.encode(), stdout=subprocess.DEVNULL, timeout=_SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        log.warning("on_failure_command %s could not be run: %s", command[0], type(error).__name__)
        return False
    if done.returncode:
        log.warning("on_failure_command %s ended with %d", command[0], done.returncode)
    return done.returncode == 0
