"""Runs in processes of their own, that die or wait at a chosen moment. They fork from a server that has imported
what is slow to import, so that a run costs seconds."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.killed_runs import die

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.synchronize import Event

    from corpus.settings import Settings
    from flows.stages import Batch, Stage

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
NOT_PERMITTED = 77
# stage and place: after which batch is stored, or when work of a batch is done and not stored yet. Here with the real
# model, and with workers that start as a run starts them; every step of a run, cheaper, is in test_crash.py
MOMENTS = ("pages in the middle", "advice after 000000", "publish")


def run_and_die(moment: str, source: str, settings: Settings) -> None:
    """Run until `moment`, then be killed by a signal that nobody can catch."""
    from flows.runner import run

    os.setsid()  # so that what it leaves behind can be found
    if moment == "publish":
        Path.replace = die  # type: ignore[assignment,method-assign]
    run([source], settings, _dying_after(moment), _DyingInTheMiddle(moment))


def run_and_wait(source: str, settings: Settings, begun: Event, go_on: Event) -> None:
    """Run, but wait before the first batch until told to go on."""
    from flows.progress import Quiet
    from flows.runner import run

    def execute(stage: Stage, batch: Batch, work: Callable[[], None]) -> None:
        begun.set()
        if not go_on.wait(60):
            raise TimeoutError("nobody said go on")
        work()

    run([source], settings, execute, Quiet())


def run_without_network(source: str, settings: Settings) -> None:
    """Run where there is no network, not even a loopback; exit with NOT_PERMITTED where that may not be had."""
    import ctypes
    import socket

    from flows.progress import Quiet
    from flows.runner import execute_directly, run

    alone = CLONE_NEWNET | (CLONE_NEWUSER if os.geteuid() else 0)
    if ctypes.CDLL(None, use_errno=True).unshare(alone):
        sys.exit(NOT_PERMITTED)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", 9)) == errno.ENETUNREACH
    run([source], settings, execute_directly, Quiet())


def _dying_after(moment: str) -> Callable[[Stage, Batch, Callable[[], None]], None]:
    def execute(stage: Stage, batch: Batch, work: Callable[[], None]) -> None:
        work()
        if moment == f"{stage.name} after {batch.key}":
            die()

    return execute


class _DyingInTheMiddle:
    def __init__(self, moment: str) -> None:
        self._moment = moment

    @contextmanager
    def stage(self, name: str, unit: str, total: int) -> Iterator[Callable[[int], None]]:
        yield die if self._moment == f"{name} in the middle" else lambda _done: None
