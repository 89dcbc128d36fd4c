"""The files of a warehouse on the disk, and whether a path can be one: told before anything is made."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import duckdb

from corpus.errors import WarehouseError
from warehouse.connect import attach_reader
from warehouse.failures import unusable
from warehouse.migrate import is_ours, refuse_newer
from warehouse.publish import partial_of


def usable(given: Path) -> Path:
    """Return the absolute path, without links, of a file that can be or become the warehouse.

    Folders that are missing on the way are made later, by the writer. Raises WarehouseError, and leaves
    nothing behind, for a folder, a device, a pipe, a file that is no warehouse of ours or a newer one, and
    where nothing can be written.
    """
    try:
        str(given).encode()
        path = Path(os.path.realpath(given))
        for file in (path, *_companions(path)):
            _refuse_irregular(file)
        _refuse_closed_folder(path.parent)
    except ValueError as error:
        raise WarehouseError(f"cannot use {str(given)!r} as the warehouse: {error}") from error
    except OSError as error:
        raise WarehouseError(f"cannot write in {given.parent}: {error.strerror or error}") from error
    if has_bytes(path):
        _refuse_foreign(path)
    return path


def working_of(published: Path) -> Path:
    """Return the file that the writer works in."""
    return published.with_name(published.name + ".working")


def lock_of(published: Path) -> Path:
    """Return the file that the writer holds a lock on."""
    return published.with_name(published.name + ".lock")


def has_bytes(path: Path) -> bool:
    """Tell whether there is a file with anything in it: an empty one counts as none."""
    return path.is_file() and path.stat().st_size > 0


def _companions(path: Path) -> tuple[Path, ...]:
    """Return the files that the writer makes; of a folder, that is refused, none."""
    if not path.name or path.is_dir():
        return ()
    return working_of(path), lock_of(path), partial_of(path)


def _refuse_irregular(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):  # the latter is told when the folder is looked at
        return
    if stat.S_ISDIR(mode):
        raise WarehouseError(
            f"cannot use {path} as the warehouse: it is a folder; give a file, as {path / 'cio-advice.duckdb'}"
        )
    if not stat.S_ISREG(mode):
        raise WarehouseError(f"cannot use {path} as the warehouse: it is a device or a pipe; give a file")


def _refuse_closed_folder(folder: Path) -> None:
    """Look at the nearest folder that is there: what is missing below it is to be made in it."""
    while not os.path.lexists(folder):
        folder = folder.parent
    if not folder.is_dir():
        raise WarehouseError(f"cannot write in {folder}: it is not a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise WarehouseError(f"cannot write in {folder}: no right to, or read-only")


def _refuse_foreign(path: Path) -> None:
    try:
        connection = attach_reader(path)
    except duckdb.Error as error:
        raise unusable(path, error) from error
    try:
        if not is_ours(connection):
            raise WarehouseError(
                f"{path} is a database of somebody else: give another path for the warehouse"
            )
        refuse_newer(connection)
    except duckdb.Error as error:
        raise unusable(path, error) from error
    finally:
        connection.close()
