"""A mode of Apertium kept running: its tools, joined by pipes, answer one stream after the other.

Every tool flushes and forgets at a NUL (see `apertium_modes`), so what a stream becomes does not depend on the
streams before it, and starting the tools, 0.05 s and the reading of all their data, is paid once and not for each
batch. Each stream carries its number in its last blank: an answer is taken only for the stream that it answers.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import threading
import time
import weakref
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from corpus.errors import StepError
from corpus.translate.apertium_stream import END

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.translate.apertium_modes import Mode

RECYCLE_AFTER = 20_000
"""Streams that one set of tools answers before a fresh one takes over: tools that leak stay small."""
_CHUNK = 1 << 16
_MOST_BYTES, _MOST_TIMES = 1_000_000, 100
"""An answer larger than this and than so many times the request is babble, which would fill the memory."""


class Pipeline:
    """The tools of one mode, started at first use, started again after a misfortune; usable from many threads."""

    def __init__(self, mode: Mode, recycle_after: int = RECYCLE_AFTER) -> None:
        self._mode = mode
        self._recycle_after = recycle_after
        self._lock = threading.Lock()
        self._tools: _Tools | None = None
        self._answered = 0

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that are there now; none before the first use and after `close`."""
        return tuple(tool.pid for tool in self._tools.processes) if self._tools else ()

    def close(self) -> None:
        """End the tools and collect them; the next `ask` starts them again."""
        with self._lock:
            self._end()

    def ask(self, streams: Sequence[str], seconds: float) -> list[str]:
        """Send `streams` (see `apertium_stream.encode`) through the mode, each on its own; same order and length.

        Raises StepError, with the tools ended, if one dies, if they need more than `seconds` or if an answer is not
        the answer to its stream.
        """
        with self._lock:
            if self._tools is not None and (self._answered >= self._recycle_after or not self._tools.idle()):
                self._end()
            try:
                return self._exchange(streams, seconds)
            except BaseException:  # what is still in the pipes would answer the next request
                self._end()
                raise

    def _exchange(self, streams: Sequence[str], seconds: float) -> list[str]:
        if self._tools is None:
            self._tools = _Tools(self._mode)
        ends = [
            f"{END[:-1]}{number}{END[-1]}" for number in range(self._answered, self._answered + len(streams))
        ]
        sent = "".join(
            f"{stream.removesuffix(END)}{end}\0" for stream, end in zip(streams, ends, strict=True)
        ).encode()
        received = self._tools.exchange(sent, len(streams), time.monotonic() + seconds)
        if received is None:
            raise StepError(f"apertium {self._mode.name} gave no answer for {seconds:.0f} s")
        answers = received.decode("utf-8", "replace").split("\0")
        right = [answer.endswith(end) for answer, end in zip(answers, ends, strict=False)]
        if len(answers) != len(streams) + 1 or answers[-1] or not all(right):
            raise StepError(f"apertium {self._mode.name} broke off after {sum(right)} of {len(streams)}")
        self._answered += len(streams)
        return [answer.removesuffix(end) + END for answer, end in zip(answers, ends, strict=False)]

    def _end(self) -> None:
        if self._tools is not None:
            self._tools.end()
        self._tools, self._answered = None, 0


class _Tools:
    """The running tools of a mode, and the two ends of their chain."""

    def __init__(self, mode: Mode) -> None:
        """Start them; raises StepError if one cannot be started."""
        self.processes: list[subprocess.Popen[bytes]] = []
        self._owner = os.getpid()
        self.end = weakref.finalize(self, _end, self.processes, self._owner)
        try:
            for command in mode.commands:
                self.processes.append(_start(command, self.processes))
        except OSError as error:
            self.end()
            raise StepError(f"apertium {mode.name} cannot be started: {error}") from error
        for tool in self.processes[:-1]:  # the next tool alone reads it: the death of one is the end of all
            _pipe(tool.stdout).close()
        self._source, self._sink = _pipe(self.processes[0].stdin), _pipe(self.processes[-1].stdout)
        os.set_blocking(self._source.fileno(), False)
        os.set_blocking(self._sink.fileno(), False)

    def idle(self) -> bool:
        """Whether all tools are there, ours (not those of the process that forked us), and owe nobody an answer."""
        return self._owner == os.getpid() and not any(map(_is_dead, self.processes)) and self._read() is None

    def exchange(self, sent: bytes, count: int, deadline: float) -> bytes | None:
        """Write and read at once until `count` NULs came, or the tools end or babble; None if time runs out before."""
        unsent, received, missing = memoryview(sent), bytearray(), count
        with selectors.DefaultSelector() as selector:
            selector.register(self._sink, selectors.EVENT_READ)
            selector.register(self._source, selectors.EVENT_WRITE)
            while missing > 0 and len(received) <= _MOST_BYTES + _MOST_TIMES * len(sent):
                left = deadline - time.monotonic()
                ready = [key.fileobj for key, _ in selector.select(left)] if left > 0 else []
                if not ready:
                    return None
                if self._source in ready:
                    unsent = unsent[self._write(unsent) :]
                    if not unsent:
                        selector.unregister(self._source)
                if self._sink in ready:
                    chunk = self._read()
                    if chunk == b"":
                        break
                    received += chunk or b""
                    missing -= (chunk or b"").count(0)
        return bytes(received)

    def _read(self) -> bytes | None:
        """Return what is there: nothing yet is None, the end is empty."""
        try:
            return os.read(self._sink.fileno(), _CHUNK)
        except BlockingIOError:
            return None

    def _write(self, unsent: memoryview) -> int:
        """Write what goes in now; to tools that are gone all goes in, and reading finds their end."""
        try:
            return os.write(self._source.fileno(), unsent[:_CHUNK])
        except BlockingIOError:
            return 0
        except BrokenPipeError:
            return len(unsent)


def _start(command: Sequence[str], before: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Start one tool behind those that are there, in their process group: Ctrl-C is for us to hear, not for them."""
    return subprocess.Popen(
        command,
        bufsize=0,
        stdin=before[-1].stdout if before else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        process_group=before[0].pid if before else 0,
    )


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("a tool was started without its pipe")
    return pipe


def _is_dead(tool: subprocess.Popen[bytes]) -> bool:
    """Whether `tool` has ended; it is not collected, so that its number and its group stay ours until `_end`."""
    try:
        return os.waitid(os.P_PID, tool.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _end(processes: list[subprocess.Popen[bytes]], owner: int) -> None:
    """Kill the tools with all their children and collect them; a forked child leaves its parent's tools alone."""
    if processes and owner == os.getpid():
        with suppress(ProcessLookupError):
            os.killpg(processes[0].pid, signal.SIGKILL)
    for tool in processes:
        for pipe in (tool.stdin, tool.stdout):
            if pipe is not None:
                pipe.close()
        if owner == os.getpid():
            tool.wait()
