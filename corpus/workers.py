"""Processes that parse pages: a page that hangs or crashes costs itself and nobody else."""

from __future__ import annotations

import os
import resource
import sys
from concurrent.futures import TimeoutError as PageTimeoutError
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import TYPE_CHECKING

from corpus.errors import RunError
from corpus.models import RejectedPage
from corpus.parse import parse, reread
from corpus.threads import one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.popen_spawn_posix import Popen
    from multiprocessing.process import BaseProcess
    from types import TracebackType

    from pebble import ProcessFuture, ProcessPool

    from corpus.models import ParsedPage, RawPage, Rereading
    from corpus.settings import Settings

_MEMORY_BYTES = 4 * 1024**3
_TASKS_A_WORKER = 1_000
_START_SECONDS = 120


class ParseWorkers:
    """A pool that is started when the first page comes, reused for all, and closed on exit.

    A page that takes longer than `settings.page_timeout_seconds` is rejected as `timeout`, one whose worker
    dies or runs out of its 4 GiB as `crash`.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: ProcessPool | None = None

    def __enter__(self) -> ParseWorkers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.stop() if kind else self._pool.close()  # type: ignore[no-untyped-call] # pebble leaves these two bare
            self._pool.join()

    def parse(self, pages: Sequence[RawPage], done: Callable[[], None]) -> list[ParsedPage | RejectedPage]:
        """Parse pages, in their order; `done` is called after each."""
        return self._all(parse, [(page, page) for page in pages], done)

    def reread(
        self, stored: Sequence[Rereading], done: Callable[[], None]
    ) -> list[ParsedPage | RejectedPage]:
        """Judge pages again that were decoded before, in their order; `done` is called after each."""
        return self._all(reread, [(item.page, item) for item in stored], done)

    def _all(
        self,
        read: Callable[..., ParsedPage | RejectedPage],
        tasks: Sequence[tuple[RawPage, RawPage | Rereading]],
        done: Callable[[], None],
    ) -> list[ParsedPage | RejectedPage]:
        pool, seconds = self._started(), self._settings.page_timeout_seconds
        futures = [
            (page, pool.schedule(read, args=(task, self._settings), timeout=seconds)) for page, task in tasks
        ]
        results: list[ParsedPage | RejectedPage] = []
        for page, future in futures:
            results.append(self._result(page, future))
            done()
        return results

    def _result(
        self, page: RawPage, future: ProcessFuture[ParsedPage | RejectedPage]
    ) -> ParsedPage | RejectedPage:
        from pebble import ProcessExpired

        try:
            outcome: ParsedPage | RejectedPage = future.result()
        except PageTimeoutError:
            seconds = self._settings.page_timeout_seconds
            return RejectedPage(
                page, "timeout", f"not read within {seconds} seconds (setting page_timeout_seconds)"
            )
        except (ProcessExpired, MemoryError) as error:
            return RejectedPage(page, "crash", f"its worker process died: {error or 'out of memory'}")
        except RecursionError:
            return RejectedPage(page, "crash", "the page is nested too deeply to be read")
        except Exception as error:
            return RejectedPage(
                page, "crash", f"a library failed on it: {type(error).__name__}: {error}"[:500]
            )
        return outcome

    def _started(self) -> ProcessPool:
        from pebble import ProcessPool

        if self._pool is None:
            self._pool = ProcessPool(
                self._settings.worker_count, _TASKS_A_WORKER, _prepare, context=_Context()
            )
            _require_start(self._pool)
        return self._pool


class _Process(SpawnProcess):
    """A process that does not begin by running the program that started it once more.

    Python's own does, so that functions of the program can be called in it; here there are none, and a script
    without `if __name__ == "__main__"` would start its whole run again in every worker.
    """

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Popen:  # noqa: N802 - multiprocessing's name for it
        program = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return SpawnProcess._Popen(process_obj)
        finally:
            sys.modules["__main__"] = program


class _Context(SpawnContext):
    """Spawn: a forked child would inherit the database's file handles and the libraries' threads."""

    Process = _Process


def _require_start(pool: ProcessPool) -> None:
    """Raise RunError where no worker comes up: no page is to blame for that."""
    try:
        pool.schedule(os.getpid).result(timeout=_START_SECONDS)
    except Exception as error:
        pool.stop()  # type: ignore[no-untyped-call] # pebble leaves it bare
        raise RunError(f"the processes that read pages cannot be started: {error!r}") from error


def _prepare() -> None:
    """Prepare a worker: its memory is limited, and it is one of as many as there are processors."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    one_blas_thread()
