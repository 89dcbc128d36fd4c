"""Who is writing a warehouse just now, known without taking any lock: a question must not hold up a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.connect import is_alive
from warehouse.place import lock_of

if TYPE_CHECKING:
    import os

_LOCKS = Path("/proc/locks")


@dataclass(frozen=True, slots=True)
class Writing:
    """A run in progress: `process` is host/pid/start, `since` when it took the lock (UTC)."""

    process: str
    since: datetime


def writer_of(published: Path) -> Writing | None:
    """Return who holds the writer's lock of the warehouse `published`; None where nobody does, or nobody can say.

    The kernel lists all locks in /proc/locks (Linux) by inode; the process that the file names must live, too,
    because files on other devices may have the same inode.
    """
    lock = lock_of(published)
    try:
        status = lock.stat()
        if not _is_locked(status, _LOCKS.read_text("utf-8")):
            return None
        name = lock.read_text("utf-8", "replace").partition("\n")[0].strip().removeprefix("process ")
    except OSError:
        return None
    since = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
    return Writing(name, since) if is_alive(name) else None


def _is_locked(status: os.stat_result, locks: str) -> bool:
    for line in locks.splitlines():
        words = line.split()
        if "FLOCK" in words and "WRITE" in words and "->" not in words:
            inode = words[words.index("WRITE") + 2].rpartition(":")[2]
            if inode == str(status.st_ino):
                return True
    return False
