"""Open warehouse files: one writer under a lock, any number of locked-down readers."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import tempfile
from pathlib import Path

import duckdb

from corpus.errors import SettingsError, WarehouseError
from warehouse.failures import unreadable
from warehouse.migrate import file_version, program_version

PRIVATE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "python_enable_replacements": "false",
}
_SPILLED = "16GB"
_LOCK_BYTES = 512


class WriterLock:
    """The right to write: an advisory lock on a file beside the working file, freed when the process dies.

    DuckDB's own lock is not enough, because it goes while the closed file is copied to be published. The
    file has one size for ever, so that what is noted in it needs no room on a full disk.
    """

    left = ""
    """What the writer before noted and did not take back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)

    def acquire(self) -> None:
        """Take the lock or raise WarehouseError that names who holds it, or says that the disk is full."""
        import fcntl  # POSIX only: imported where it is needed, so that readers work anywhere

        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = self._read()[0]
            self.release()
            raise WarehouseError(
                f"another run is writing this warehouse ({holder or 'unknown process'}, lock {self.path}): "
                "wait until it ends, or stop it"
            ) from error
        self.left = self._read()[1]
        try:
            self._write(self.left)
        except OSError as error:
            self.release()
            raise WarehouseError(f"cannot write {self.path}: {error.strerror or error}") from error

    def note(self, text: str) -> None:
        """Leave a word to the next writer, for the case that this one cannot take it back."""
        with contextlib.suppress(OSError):  # it is only a note
            self._write(text)

    def _read(self) -> tuple[str, str]:
        """Return who wrote the file, and the note."""
        lines = os.pread(self._handle, _LOCK_BYTES, 0).decode("utf-8", "replace").split("\n")
        return lines[0].strip(), lines[1].strip() if len(lines) > 1 else ""

    def _write(self, note: str) -> None:
        os.pwrite(self._handle, f"process {process_name()}\n{note}\n".encode().ljust(_LOCK_BYTES), 0)

    def release(self) -> None:
        """Give the lock back, once; the file stays, empty of meaning."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def process_name(pid: int | None = None) -> str:
    """Name a process of this machine so that no later process has the same name: host/pid/start."""
    pid = os.getpid() if pid is None else pid
    return f"{socket.gethostname()}/{pid}/{_started(pid)}"


def is_alive(process: str) -> bool:
    """Tell whether the process with this `process_name` still runs; one of another host does not count."""
    pid = process.rpartition("/")[0].rpartition("/")[2]
    return pid.isdigit() and _exists(int(pid)) and process_name(int(pid)) == process


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str:
    """Return the kernel's start time of a process, where there is one to be had."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def open_writer(path: Path, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open a file to write in it, with at most `memory` (as in `4GB`; what needs more goes to files beside it).

    Views and macros of a file may be anybody's SQL, so that the writer too is kept from all files but its own.
    Raises duckdb.Error where the file is locked or not a DuckDB file, SettingsError as `open_reader` does.
    """
    return duckdb.connect(path, config={**_config(memory), "enable_external_access": "false"})


def attach_reader(path: Path, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """Attach a database file read-only to an empty one in memory, and shut the way out before anything of it is used.

    What needs more than `memory` goes to files of the system's folder for such, under a name that nobody can guess.
    Raises duckdb.Error where that is no database, SettingsError for a `memory` that DuckDB does not understand.
    """
    spill = Path(tempfile.gettempdir()) / f"cio-advice-{secrets.token_hex(16)}"
    limits = {"temp_directory": str(spill), "max_temp_directory_size": _SPILLED}
    connection = duckdb.connect(":memory:", config={**_config(memory), **limits})
    try:
        connection.execute("attach ? as warehouse (read_only, type duckdb)", [str(path)])
        connection.execute("set enable_external_access = false")
        connection.execute("use warehouse")
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(path: Path, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open a published file read-only, with no way out of it: no files, no network, no change of settings.

    `memory` is the most that its statements may take together, as in `4GB`; without it, DuckDB's own limit holds.
    Raises WarehouseError where there is no warehouse, or one of another schema version, and SettingsError for a
    `memory` that DuckDB does not understand.

    It is attached to an empty database in memory, because DuckDB hands the same process the old snapshot
    again when a path is opened twice, even after the file has been replaced.
    """
    try:
        is_file = path.is_file()
    except OSError as error:
        raise WarehouseError(f"cannot read {path}: {error.strerror or error}") from error
    if not is_file:
        raise WarehouseError(f"no warehouse at {path}: make one with `cio-advice ingest SOURCE`")
    try:
        connection = attach_reader(path, memory)
    except duckdb.Error as error:
        raise unreadable(path, error) from error
    try:
        connection.execute("set lock_configuration = true")
        _require_version(path, file_version(connection))
    except duckdb.Error as error:
        connection.close()
        raise unreadable(path, error) from error
    except WarehouseError:
        connection.close()
        raise
    return connection


def _config(memory: str | None) -> dict[str, str | bool | int | float | list[str]]:
    if memory is None:
        return PRIVATE
    try:
        with duckdb.connect(":memory:", config={"memory_limit": memory}):
            return {**PRIVATE, "memory_limit": memory}
    except (duckdb.Error, RuntimeError) as error:  # RuntimeError: half of a character
        raise SettingsError(f"setting memory_limit = {memory!r}: expected a size such as 4GB") from error


def _require_version(path: Path, version: int) -> None:
    if version == 0:
        raise WarehouseError(f"{path} is a database, but not a warehouse of cio-advice")
    if version > program_version():
        raise WarehouseError(
            f"{path} has schema version {version}, newer than this program: update cio-advice"
        )
    if version < program_version():
        raise WarehouseError(f"{path} has the older schema version {version}: `cio-advice ingest` mends it")
