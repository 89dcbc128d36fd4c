"""The Prefect flow of the main job: sources in, one published warehouse out."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flows.prefect_environment import apply_defaults

apply_defaults()  # before Prefect is imported: it reads the environment at import

from prefect import Task, flow  # noqa: E402
from prefect.artifacts import create_markdown_artifact, create_table_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.runtime import flow_run  # noqa: E402

from corpus.errors import CioAdviceError, RunError, StepError  # noqa: E402
from corpus.redaction import described, redacted  # noqa: E402
from corpus.settings import Settings  # noqa: E402
from flows.logs import log, written  # noqa: E402
from flows.notify import tell_of_failure  # noqa: E402
from flows.progress import progress  # noqa: E402
from flows.runner import RETRY_SECONDS, run  # noqa: E402
from flows.runner import rebuild as make_again  # noqa: E402
from flows.scale_out.executors import submitting  # noqa: E402
from flows.scheduled import begin_scheduled  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from flows.report import RunReport
    from flows.stages import Batch, Stage


def _run_name() -> str:
    """Name a run by its first source: a glob that the shell has expanded names thousands."""
    sources = flow_run.parameters["sources"]
    more = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
    return redacted(f"ingest {sources[0] if sources else 'nothing'}{more}")


@flow(
    name="ingest",
    flow_run_name=_run_name,
    validate_parameters=True,
    on_failure=[tell_of_failure],
    on_crashed=[tell_of_failure],
)
def ingest(
    sources: list[str],
    warehouse: str | None = None,
    settings_file: str | None = None,
    show_progress: bool | None = None,
    log_format: str | None = None,
) -> RunReport:
    """Bring the warehouse up to date with `sources` and publish it.

    `sources` are files, folders, globs, `http(s)://…` addresses, `urls:FILE` for a list of those, `-` for stdin.

    One task a stage and batch; a task is retried only where a retry can help. The summary is the artifact
    `ingest-summary` of the run, its stages the table `ingest-stages`. Raises RunError:
    nothing is published then. A run of a schedule first makes up for the runs before it (`flows.scheduled`), and
    `on_failure_command` is told of its failure. With the setting `executor`, batches are made by the workers of
    Dask or Ray, a task each, and loaded here.
    """
    settings = Settings.load(Path(settings_file) if settings_file else None)
    settings = settings.with_changes(warehouse=Path(warehouse) if warehouse else None, log_format=log_format)
    with (
        progress(show_progress) as shown,
        written(settings.log_format, *begin_scheduled(settings)),
        _discreet(),
        submitting(settings) as submit,
    ):
        report = run(sources, settings, _execute, shown, submit)
    _keep_report(report)
    return report


@contextmanager
def _discreet() -> Iterator[None]:
    """Keep from Prefect, which remembers and logs every error, what an error quotes: pages and passwords."""
    try:
        yield
    except CioAdviceError as error:
        if (said := redacted(str(error))) != str(error):
            raise RunError(said) from None
        raise
    except Exception as error:
        log.warning("%s", "".join(traceback.format_tb(error.__traceback__)).strip())
        raise RunError(f"{described(error)} failed unforeseen: report it as a bug") from None


@flow(name="rebuild", validate_parameters=True, on_failure=[tell_of_failure], on_crashed=[tell_of_failure])
def rebuild(
    warehouse: str | None = None, settings_file: str | None = None, show_progress: bool | None = None
) -> RunReport:
    """Make everything again from the raw pages that the warehouse keeps, and publish it; as `ingest` else."""
    settings = Settings.load(Path(settings_file) if settings_file else None)
    settings = settings.with_changes(warehouse=Path(warehouse) if warehouse else None)
    with (
        progress(show_progress) as shown,
        written(settings.log_format),
        _discreet(),
        submitting(settings) as submit,
    ):
        report = make_again(settings, _execute, shown, submit)
    _keep_report(report)
    return report


def _keep_report(report: RunReport) -> None:
    create_markdown_artifact(key="ingest-summary", markdown=report.markdown(), description="What the run did")
    create_table_artifact(key="ingest-stages", table=report.stages, description="What its stages took")


def _execute(stage: Stage, batch: Batch, work: Callable[[], None]) -> None:
    """Run one batch as a Prefect task without parameters: Prefect would walk through everything in them."""

    def discreetly() -> None:
        with _discreet():
            work()

    run_batch: Task[[], None] = Task(
        discreetly,
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
    except StepError as error:
        log.warning("%s; tried again where a try is left", error)
        return True
    except Exception:
        return False
    return False
