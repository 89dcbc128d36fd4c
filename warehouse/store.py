"""The writer's side of the warehouse: its own working file, published by atomic rename."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from corpus.errors import WarehouseError
from warehouse.connect import WriterLock, open_reader, open_writer
from warehouse.failures import broken_working
from warehouse.migrate import is_ours, migrate
from warehouse.place import has_bytes, lock_of, usable, working_of
from warehouse.publish import copy_whole, partial_of
from warehouse.writer.advice import AdviceRows
from warehouse.writer.english import English
from warehouse.writer.gone import Gone
from warehouse.writer.groups import Groups
from warehouse.writer.history import History
from warehouse.writer.pages import Pages
from warehouse.writer.rebuild import Rebuild
from warehouse.writer.repetition import Repetition
from warehouse.writer.search_index import SearchIndex
from warehouse.writer.vectors import Vectors

if TYPE_CHECKING:
    from types import TracebackType

    from warehouse.values import RunFacts

_UNPUBLISHED = "not published"
_FAIL_NEWEST = """
update runs set status = 'failed', message = 'ended, but was not published'
where run_id = (select max_by(run_id, run_no) from runs) and status = 'finished'
"""
_NEWEST = "select max_by(run_id, run_no) from runs"
_HAS_RUN = "select count(*) from runs where run_id = ?"


class Store(History, Pages, Gone, Rebuild, Repetition, English, Vectors, AdviceRows, Groups, SearchIndex):
    """The one writer of a warehouse; a context manager. Not for several threads at once.

    It writes `<published>.working` under a lock, batch by batch, and `publish` puts a snapshot in the place
    of the published file. A working file that a dead run left behind is where the next one goes on.
    """

    def __init__(
        self,
        published: Path,
        lock: WriterLock,
        connection: duckdb.DuckDBPyConnection,
        memory: str | None = None,
    ) -> None:
        self.published = published
        self._lock = lock
        self._connection = connection
        self._memory = memory

    @classmethod
    def open(cls, published: Path, memory: str | None = None) -> Store:
        """Open the working file of the warehouse `published`, made from it or empty where there is none.

        `memory` is the most that DuckDB may take, as in `4GB`; without it, DuckDB's own limit holds.
        Missing folders are made. Runs whose process is dead are marked abandoned. Raises WarehouseError where
        another process writes, where the path cannot be a warehouse (`warehouse.place.usable`: nothing is
        made or changed then), and where a file is damaged.
        """
        published = usable(Path(published))
        lock = _locked(published)
        try:
            connection = _open_working(published, memory)
        except BaseException:
            lock.release()
            raise
        return cls(published, lock, connection, memory)._prepared()

    def publish(self) -> Path:
        """Put a snapshot of the working file in the place of the published one, whole and synced to disk.

        Raises WarehouseError where that fails; the published file is then as it was, the store still open.
        The next store marks a run as failed that nobody published and nobody could mark on a full disk.
        """
        self._lock.note(_UNPUBLISHED)
        try:
            self._connection.execute("checkpoint")
            self._connection.close()
            copy_whole(self.working, self.published)
        except duckdb.Error as error:
            raise broken_working(self.working, self.published, error) from error
        finally:
            self._reopen()
        self._lock.note("")
        return self.published

    def fail_run(self, run_id: str, message: str, facts: RunFacts | None = None) -> None:
        """Record that a run failed, even one called finished; where the disk is full, say nothing."""
        try:
            self.finish_run(run_id, "failed", message)
        except WarehouseError:
            self._reopen()  # a database that failed fatally is mended by opening it again
            with contextlib.suppress(WarehouseError):
                self.finish_run(run_id, "failed", message)
        if facts:
            with contextlib.suppress(WarehouseError):
                self.describe_run(run_id, facts)

    def close(self) -> None:
        """Close the working file and let the next writer in."""
        try:
            self._connection.close()
        finally:
            self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if isinstance(error, duckdb.Error):  # such as a disk that cannot be read in the middle of an answer
            raise broken_working(self.working, self.published, error) from error

    def _prepared(self) -> Store:
        try:
            if not is_ours(self._connection):
                raise WarehouseError(f"{self.working} is a database of somebody else: move it away")
            migrate(self._connection)
            self._abandon_dead_runs()
            self._fail_unpublished_run()
        except duckdb.Error as error:
            self.close()
            raise broken_working(self.working, self.published, error) from error
        except BaseException:
            self.close()
            raise
        return self

    def _fail_unpublished_run(self) -> None:
        if self._lock.left == _UNPUBLISHED and not self._is_newest_published():
            self._connection.execute(_FAIL_NEWEST)
        self._lock.note("")

    def _is_newest_published(self) -> bool:
        """Tell whether the run that nobody took the note of back was published all the same, and then killed."""
        newest = self._connection.execute(_NEWEST).fetchall()[0]
        try:
            with open_reader(self.published) as published:
                return bool(published.execute(_HAS_RUN, newest).fetchall()[0][0])
        except WarehouseError:  # none, or one of an older schema: not what that run published
            return False

    def _reopen(self) -> None:
        """Open the working file anew; where that fails, the closed one tells so at its next use."""
        with contextlib.suppress(duckdb.Error):
            self._connection.close()
            self._connection = open_writer(self.working, self._memory)


def _locked(published: Path) -> WriterLock:
    try:
        published.parent.mkdir(parents=True, exist_ok=True)
        lock = WriterLock(lock_of(published))
    except OSError as error:
        raise WarehouseError(f"cannot write in {published.parent}: {error.strerror or error}") from error
    lock.acquire()
    return lock


def _open_working(published: Path, memory: str | None) -> duckdb.DuckDBPyConnection:
    """Open the working file; where there is none, begin with what is published and no log of another file."""
    working = working_of(published)
    try:
        for file in (published, working):
            partial_of(file).unlink(missing_ok=True)  # a killed writer's; it may be what fills the disk
        if not has_bytes(working):
            for file in (working, working.with_name(working.name + ".wal")):
                file.unlink(missing_ok=True)
            if has_bytes(published):
                copy_whole(published, working)
        return open_writer(working, memory)
    except duckdb.Error as error:
        raise broken_working(working, published, error) from error
    except OSError as error:
        raise WarehouseError(f"cannot use {working}: {error.strerror or error}") from error
