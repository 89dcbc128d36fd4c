"""DuckDB's errors as one line for a person: which file, what DuckDB says, what to do."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

import duckdb

from corpus.errors import WarehouseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    class _HasPath(Protocol):
        path: Path

    Reader = TypeVar("Reader", bound=_HasPath)

P = ParamSpec("P")
T = TypeVar("T")

_REMEDIES = {
    "No space left": "make room on the disk and try again",
    "Input/output error": "the disk is failing: see what the system says of it, then run again",
    "fsync failed": "the disk is failing: see what the system says of it, then run again",
    "lock on file": "close the program that has it open",
    "Permission denied": "its rights do not let you use it",
}


def clear_errors(method: Callable[Concatenate[Reader, P], T]) -> Callable[Concatenate[Reader, P], T]:
    """Make a method raise WarehouseError for what DuckDB cannot read, and KeyboardInterrupt for Ctrl-C."""

    @functools.wraps(method)
    def told(self: Reader, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(self, *args, **kwargs)
        except duckdb.Error as error:
            raise unreadable(self.path, error) from error
        except RuntimeError as error:
            raise_if_interrupted(error)
            raise

    return told


def raise_if_interrupted(error: Exception) -> None:
    """Raise KeyboardInterrupt where DuckDB tells of a Ctrl-C in its own words."""
    if isinstance(error, duckdb.InterruptException) or "Query interrupted" in str(error):
        raise KeyboardInterrupt from error


def unreadable(path: Path, error: duckdb.Error) -> WarehouseError:
    """Return the error of a reader of a published file."""
    raise_if_interrupted(error)
    return WarehouseError(
        f"cannot read {path}: {_line(error)}; "
        + _remedy(error, f"if it is damaged, restore it from a copy, or delete {path}* and ingest again")
    )


def unusable(path: Path, error: duckdb.Error) -> WarehouseError:
    """Return the error of a file that is to be the warehouse, but cannot be opened as a database."""
    damaged = (
        f"give another path, or, if this is a damaged warehouse, restore it from a copy "
        f"or delete {path}* and ingest again"
    )
    return WarehouseError(f"cannot open {path} as a warehouse: {_line(error)}; {_remedy(error, damaged)}")


def broken_working(working: Path, published: Path, error: duckdb.Error) -> WarehouseError:
    """Return the error of a working file; where something is published, that is where to begin again."""
    raise_if_interrupted(error)
    rest = f" to begin again from {published}, which is whole" if published.is_file() else ""
    damaged = f"if it is damaged, delete {working}*{rest} and ingest again"
    return WarehouseError(f"cannot use {working}: {_line(error)}; {_remedy(error, damaged)}")


def plain(text: str) -> str:
    r"""Return a text that can be stored: what is no character, as of a file name in another charset, as `\udcff`."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _line(error: duckdb.Error) -> str:
    return " ".join((str(error).strip() or type(error).__name__).splitlines()[0].split())


def _remedy(error: duckdb.Error, otherwise: str) -> str:
    return next((remedy for sign, remedy in _REMEDIES.items() if sign in str(error)), otherwise)
