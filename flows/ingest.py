"""The Prefect flow of the main job: sources in, one published warehouse out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flows.prefect_environment import apply_defaults

apply_defaults()  # before Prefect is imported: it reads the environment at import

from prefect import Task, flow  # noqa: E402
from prefect.artifacts import create_markdown_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.runtime import flow_run  # noqa: E402

from corpus.errors import StepError  # noqa: E402
from corpus.settings import Settings  # noqa: E402
from flows.progress import progress  # noqa: E402
from flows.runner import RETRY_SECONDS, run  # noqa: E402
from flows.runner import rebuild as make_again  # noqa: E402
from flows.scale_out.executors import submitting  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flows.report import RunReport
    from flows.stages import Batch, Stage


def _run_name() -> str:
    """Name a run by its first source: a glob that the shell has expanded names thousands."""
    sources = flow_run.parameters["sources"]
    more = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
    return f"ingest {sources[0] if sources else 'nothing'}{more}"


@flow(name="ingest", flow_run_name=_run_name, validate_parameters=True)
def ingest(
    sources: list[str],
    warehouse: str | None = None,
    settings_file: str | None = None,
    show_progress: bool | None = None,
) -> RunReport:
    """Bring the warehouse up to date with `sources` and publish it.

    `sources` are files, folders, globs, `http(s)://…` addresses, `urls:FILE` for a list of those, `-` for stdin.

    One task a stage and batch; a task is retried only where a retry can help. The summary is also the
    artifact `ingest-summary` of the run. With the setting `executor`, batches are made by the workers of Dask or Ray,
    a task each, and loaded here. Raises RunError; nothing is published then.
    """
    settings = Settings.load(Path(settings_file) if settings_file else None)
    settings = settings.with_changes(warehouse=Path(warehouse) if warehouse else None)
    with submitting(settings) as submit, progress(show_progress) as shown:
        report = run(sources, settings, _execute, shown, submit)
    create_markdown_artifact(key="ingest-summary", markdown=report.markdown(), description="What the run did")
    return report


@flow(name="rebuild", validate_parameters=True)
def rebuild(
    warehouse: str | None = None, settings_file: str | None = None, show_progress: bool | None = None
) -> RunReport:
    """Make everything again from the raw pages that the warehouse keeps, and publish it; as `ingest` else."""
    settings = Settings.load(Path(settings_file) if settings_file else None)
    settings = settings.with_changes(warehouse=Path(warehouse) if warehouse else None)
    with submitting(settings) as submit, progress(show_progress) as shown:
        report = make_again(settings, _execute, shown, submit)
    create_markdown_artifact(key="ingest-summary", markdown=report.markdown(), description="What the run did")
    return report


def _execute(stage: Stage, batch: Batch, work: Callable[[], None]) -> None:
    """Run one batch as a Prefect task without parameters: Prefect would walk through everything in them."""
    run_batch: Task[[], None] = Task(
        work,
        name=stage.name,
        task_run_name=f"{stage.name}-{batch.key}",
        retries=len(RETRY_SECONDS),
        retry_delay_seconds=list(RETRY_SECONDS),
        retry_condition_fn=_retry_helps,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    run_batch()


def _retry_helps(_task: Any, _task_run: Any, state: Any) -> bool:
    try:
        state.result()
    except StepError:
        return True
    except Exception:
        return False
    return False
