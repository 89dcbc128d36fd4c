"""Progress for people at a terminal, on stderr; silence for scripts and logs."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from rich.progress import Progress as RichProgress


class Progress(Protocol):
    """Shows one stage at a time."""

    def stage(self, name: str, unit: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
        """Enter a stage of `total` units (None: nobody knows); call what it gives with the number just done."""


class Quiet:
    """Shows nothing."""

    @contextmanager
    def stage(self, name: str, unit: str, total: int | None) -> Iterator[Callable[[int], None]]:  # noqa: ARG002 - the protocol's
        """Do nothing with the numbers."""
        yield lambda _done: None


class Bars:
    """One bar a stage, kept on the screen when the stage is done."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars

    @contextmanager
    def stage(self, name: str, unit: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Draw a bar with the unit, the count and the time."""
        task = self._bars.add_task(name, total=total, unit=unit)
        yield lambda done: self._bars.advance(task, done)


@contextmanager
def progress(show: bool | None = None) -> Iterator[Progress]:
    """Give bars where stderr is a terminal (or where `show` says so), silence elsewhere."""
    if not (sys.stderr.isatty() if show is None else show):
        yield Quiet()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:>10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        yield Bars(bars)
