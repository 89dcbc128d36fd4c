"""Dask and Ray through Prefect's task runners: a batch is one task, its parameters are two names and the settings."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.scale_out.choice import require_executor
from flows.scale_out.worker import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.settings import Settings
    from flows.scale_out.sender import Pending, Submit


@contextmanager
def submitting(settings: Settings) -> Iterator[Submit | None]:
    """Give what sends a batch to the executor of the settings; None where that is this process itself.

    With `executor_address`, a cluster that is there already; else one on this machine, with `workers` workers, that
    ends with the run. Raises SettingsError where the executor is not installed.
    """
    if settings.executor == "local":
        yield None
        return
    require_executor(settings)
    task: Task[..., str] = Task(
        make, name=f"make-{settings.executor}", cache_policy=NO_CACHE, persist_result=False
    )
    with temporary_settings({PREFECT_API_URL: _server()}), _runner(settings) as runner:

        def submit(url: str, request: str, settings: str) -> Pending:
            future: Pending = runner.submit(task, {"url": url, "request": request, "settings": settings})
            return future

        yield submit


def _server() -> str:
    """Return the address of the run's own server: told nothing, each worker would start one."""
    with get_client(sync_client=True) as client:
        return str(client.api_url).rstrip("/")


def _runner(settings: Settings) -> Any:
    """Return a Prefect task runner; whether its type is known hangs on what is installed."""
    return _dask(settings) if settings.executor == "dask" else _ray(settings)


def _dask(settings: Settings) -> Any:
    if settings.executor_address:
        from prefect_dask.task_runners import DaskTaskRunner

        return DaskTaskRunner(address=settings.executor_address)
    # a worker of Dask may not start processes unless told so before it starts; pages are read in processes
    os.environ.setdefault("DASK_DISTRIBUTED__WORKER__DAEMON", "False")
    from prefect_dask.task_runners import DaskTaskRunner

    logging.getLogger("distributed").setLevel(logging.WARNING)
    return DaskTaskRunner(
        cluster_kwargs={
            "n_workers": settings.worker_count,
            "threads_per_worker": 1,
            "dashboard_address": None,
        }
    )


def _ray(settings: Settings) -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing phones home
    from prefect_ray.task_runners import RayTaskRunner

    if settings.executor_address:
        return RayTaskRunner(address=settings.executor_address)
    return RayTaskRunner(
        init_kwargs={
            "num_cpus": settings.worker_count,
            "include_dashboard": False,
            "_node_ip_address": "127.0.0.1",  # its own choice is an address that others can reach
        }
    )
