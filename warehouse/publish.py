"""Copies of database files that are either whole or not there."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from corpus.errors import WarehouseError

if TYPE_CHECKING:
    from pathlib import Path


def copy_whole(source: Path, target: Path) -> None:
    """Put a copy of the closed file `source` in the place of `target`, in one step, and on the disk.

    Readers of the old `target` keep it. Raises WarehouseError where there is no room or no right to write;
    the old `target` is then as it was.
    """
    partial = partial_of(target)
    try:
        shutil.copyfile(source, partial)
        _sync(partial)
        partial.replace(target)
        _sync(target.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise WarehouseError(f"cannot write {target}: {error.strerror or error}; it is as it was") from error


def partial_of(target: Path) -> Path:
    """Return the file that a copy is written to before it is put in the place of `target`."""
    return target.with_name(target.name + ".partial")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
