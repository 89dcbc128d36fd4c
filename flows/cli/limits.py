"""What one command may take of the machine, where DuckDB's own limits do not reach."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOM = 2**31
"""Bytes for the program itself and the model that a search in SQL loads."""


@contextlib.contextmanager
def memory_capped(most: int) -> Iterator[None]:
    """Let this process take `most` bytes for a statement, as many for its answer, and what it needs itself.

    DuckDB counts its tables and sorts, but no single text or list: `repeat('x', 4000000000)` would take what there is.
    An allocation above the cap fails, and DuckDB says so as an error.
    """
    import resource  # POSIX only, as the writer's lock

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    cap = 2 * most + _ROOM
    bounds = [cap, *(bound for bound in (soft, hard) if bound != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(bounds), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
