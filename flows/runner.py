"""One run from sources to a published warehouse, whoever executes the batches."""

from __future__ import annotations

import json
import logging
import time
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from corpus import parse
from corpus.errors import CioAdviceError, StepError, WarehouseError
from corpus.redaction import described, redacted
from corpus.sources import open_sources
from flows.derived import DERIVED
from flows.logs import about, log, note
from flows.reading import REPETITION, Handed, gone_stage, pages_stage
from flows.report import RunReport, report_on
from flows.scale_out.sender import Sender
from flows.session import Session, Stopwatch
from flows.texts import AFTER_READING, FORGET
from warehouse import Warehouse
from warehouse.store import Store
from warehouse.values import StageSummary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from corpus.models import Validator
    from corpus.settings import Settings
    from flows.progress import Progress
    from flows.scale_out.sender import Submit
    from flows.stages import Batch, Stage
    from warehouse.values import RunSummary

    Execute = Callable[[Stage, Batch, Callable[[], None]], None]

RETRY_SECONDS = (1, 10)


def run(
    sources: Sequence[str],
    settings: Settings,
    execute: Execute,
    progress: Progress,
    submit: Submit | None = None,
) -> RunReport:
    """Bring the warehouse up to date with `sources` and publish it.

    `execute(stage, batch, work)` must call `work` once, and may call it again where it raised StepError. With
    `submit`, what may be made elsewhere is sent through it; what is loaded is loaded here, in the same order.
    Raises RunError: nothing is published then, and the next run takes up where this one stopped.
    """
    return _publish(sources, settings, execute, progress, submit)


def rebuild(
    settings: Settings, execute: Execute, progress: Progress, submit: Submit | None = None
) -> RunReport:
    """Make everything again from the raw pages that the warehouse keeps, and publish it; arguments as of `run`.

    Pages, runs and the names of themes stay. Raises as `run` does, and WarehouseError where there is no warehouse.
    """
    Warehouse.open(settings.warehouse, settings).close()
    return _publish((), settings, execute, progress, submit, (FORGET,))


def _publish(
    sources: Sequence[str],
    settings: Settings,
    execute: Execute,
    progress: Progress,
    submit: Submit | None,
    first: Sequence[Stage] = (),
) -> RunReport:
    validators: dict[str, Validator] = {}
    stream = open_sources(sources, settings, validators.get)
    with Store.open(settings.warehouse, settings.memory_limit) as store:
        fingerprint = parse.fingerprint(settings)
        run_id = store.start_run([redacted(source) for source in sources], _shown(settings), fingerprint)
        session = Session(settings, store, run_id)
        with about(run_id=run_id):
            note("run began", f"run {run_id} began", sources=len(sources))
            try:
                session.sender = Sender(settings, submit) if submit else None
                validators.update(store.validators(fingerprint))
                with session:
                    pages = Handed(stream)
                    gone = gone_stage(stream.coverage.has_lost)
                    for stage in (*first, pages_stage(pages), gone, REPETITION, *AFTER_READING, *DERIVED):
                        _run_stage(session, stage, execute, progress)
                _refuse_failed_checks(store)
                store.describe_run(run_id, session.facts())
                summary = store.finish_run(run_id, "finished", "; ".join(session.warnings))
                _refuse_lost_pages(pages.count, summary.pages_seen)
                store.publish()
            except BaseException as error:
                note("run failed", f"run {run_id} failed: {described(error)}", logging.ERROR)
                message = redacted(f"{type(error).__name__}: {error}")[:1000]
                store.fail_run(run_id, message, session.facts())
                raise
            _note_end(summary, session)
            if session.sender is not None:
                session.sender.clear()
    return report_on(settings, run_id, session, stream)


def execute_directly(stage: Stage, batch: Batch, work: Callable[[], None]) -> None:
    """Do a batch here and now, again after a pause where a retry can help."""
    for pause in (*RETRY_SECONDS, None):
        try:
            return work()
        except StepError as error:
            if pause is None:
                raise
            log.warning("%s %s: %s; again in %s s", stage.name, batch.key, error, pause)
            time.sleep(pause)
    return None


def _run_stage(session: Session, stage: Stage, execute: Execute, progress: Progress) -> None:
    watch, items, batches = Stopwatch(), 0, 0
    with about(stage=stage.name):
        try:
            plan = stage.plan(session)
            if plan.total != 0:
                sender = session.sender
                todo = sender.look_ahead(session, stage, plan.batches) if sender else plan.batches
                with progress.stage(stage.name, stage.unit, plan.total) as advance:
                    for batch in todo:
                        with about(batch=batch.key), _timed("batch", stage.unit, len(batch.items)):
                            execute(stage, batch, lambda batch=batch: stage.work(session, batch, advance))  # type: ignore[misc] # mypy cannot infer a lambda with a default
                        items, batches = items + len(batch.items), batches + 1
        finally:
            session.stages.append(StageSummary(stage.name, stage.unit, batches, items, watch.seconds))
        if batches:
            _note_done("stage", stage.unit, items, watch.seconds)


@contextmanager
def _timed(event: str, unit: str, items: int) -> Iterator[None]:
    watch = Stopwatch()
    yield
    _note_done(event, unit, items, watch.seconds)


def _note_done(event: str, unit: str, items: int, seconds: float) -> None:
    note(event, f"{event} done, {items} {unit} in {seconds:.1f} s", items=items, seconds=round(seconds, 3))


def _note_end(summary: RunSummary, session: Session) -> None:
    counts = {
        name: getattr(summary, name)
        for name in ("pages_seen", "loaded", "unchanged", "duplicate", "quarantined")
    }
    said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    memory = session.facts().peak_memory
    note(
        "run finished",
        f"run {summary.run_id} finished and is published: {said}",
        **counts,
        seconds=summary.seconds,
        peak_memory_bytes=memory,
    )


def _refuse_lost_pages(handed: int, seen: int) -> None:
    """Hold the first law from the outside: the warehouse cannot miss what it was never handed."""
    if handed != seen:
        raise WarehouseError(
            f"the sources gave {handed} pages, the warehouse saw {seen}: nothing is published"
        )


def _refuse_failed_checks(store: Store) -> None:
    failures = store.check()
    if failures:
        raise WarehouseError(
            "the warehouse is not published, a check failed: "
            + "; ".join(
                f"{failure.name} ({failure.why}): {', '.join(failure.rows[:3])}" for failure in failures
            )
            + f". Delete {store.working} to begin again from what is published, and report this as a bug"
        )


def _shown(settings: Settings) -> dict[str, object]:
    """Return the settings as the warehouse remembers them, without what may hold a secret."""
    shown: dict[str, object] = json.loads(redacted(json.dumps(asdict(settings), default=str)))
    return shown | {
        "on_failure_command": settings.on_failure_command[:1]
    }  # its arguments may be a secret address


__all__ = ["CioAdviceError", "execute_directly", "rebuild", "run"]
