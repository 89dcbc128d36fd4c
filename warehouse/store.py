"""The writer's side of the warehouse: its own working file, published by atomic rename."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from corpus.errors import WarehouseError
from warehouse.connect import WriterLock, open_writer
from warehouse.migrate import migrate
from warehouse.publish import copy_whole
from warehouse.writer.advice import AdviceRows
from warehouse.writer.english import English
from warehouse.writer.groups import Groups
from warehouse.writer.history import History
from warehouse.writer.pages import Pages
from warehouse.writer.vectors import Vectors

if TYPE_CHECKING:
    from types import TracebackType


class Store(History, Pages, English, Vectors, AdviceRows, Groups):
    """The one writer of a warehouse; a context manager. Not for several threads at once.

    It writes `<published>.working` under a lock, batch by batch, and `publish` puts a snapshot in the place
    of the published file. A working file that a dead run left behind is where the next one goes on.
    """

    def __init__(self, published: Path, lock: WriterLock, connection: duckdb.DuckDBPyConnection) -> None:
        self.published = published
        self._lock = lock
        self._connection = connection

    @classmethod
    def open(cls, published: Path) -> Store:
        """Open the working file of the warehouse `published`, made from it or empty where there is none.

        Runs whose process is dead are marked abandoned. Raises WarehouseError where another process writes,
        where the file is newer than this program, or where the folder cannot be written.
        """
        published = Path(published).absolute()
        lock = _locked(published)
        try:
            connection = _open_working(published)
        except BaseException:
            lock.release()
            raise
        return cls(published, lock, connection)._prepared()

    @property
    def working(self) -> Path:
        """The file that this store writes."""
        return _working(self.published)

    def publish(self) -> Path:
        """Put a snapshot of the working file in the place of the published one, whole and synced to disk.

        Raises WarehouseError where that fails; the published file is then as it was, the store still open.
        """
        try:
            self._connection.execute("checkpoint")
        except duckdb.Error as error:
            raise WarehouseError(f"cannot write {self.working}: {error}") from error
        self._connection.close()
        try:
            copy_whole(self.working, self.published)
        finally:
            self._connection = open_writer(self.working)
        return self.published

    def close(self) -> None:
        """Close the working file and let the next writer in."""
        self._connection.close()
        self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepared(self) -> Store:
        try:
            migrate(self._connection)
            self._abandon_dead_runs()
        except BaseException:
            self.close()
            raise
        return self


def _working(published: Path) -> Path:
    return published.with_name(published.name + ".working")


def _locked(published: Path) -> WriterLock:
    path = published.with_name(published.name + ".lock")
    try:
        published.parent.mkdir(parents=True, exist_ok=True)
        lock = WriterLock(path)
    except OSError as error:
        raise WarehouseError(f"cannot write in {published.parent}: {error.strerror or error}") from error
    lock.acquire()
    return lock


def _open_working(published: Path) -> duckdb.DuckDBPyConnection:
    working = _working(published)
    if published.is_file() and not working.exists():
        copy_whole(published, working)
    return open_writer(working)
