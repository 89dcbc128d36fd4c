"""Whose turn it is: one job at a time per host, with a pause between them, hosts beside one another."""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from typing import Generic, TypeVar

Job = TypeVar("Job")


class Turns(Generic[Job]):
    """Jobs by host, taken by threads. A host is known while it is busy, waits, or has jobs."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._jobs: dict[str, deque[Job]] = {}
        self._ready: list[tuple[float, str]] = []  # a heap: when each host that is not busy may be asked
        self._stopped = False

    def add(self, host: str, job: Job, first: bool = False) -> None:
        """Put a job at the end of its host's queue, or at the front."""
        with self._change:
            if host not in self._jobs:
                self._jobs[host] = deque()
                heapq.heappush(self._ready, (time.monotonic(), host))
            if first:
                self._jobs[host].appendleft(job)
            else:
                self._jobs[host].append(job)
            self._change.notify()

    def take(self) -> tuple[str, Job] | None:
        """Wait for a job whose host may be asked now, and make the host busy; None after `stop`."""
        with self._change:
            while not self._stopped:
                wait = self._ready[0][0] - time.monotonic() if self._ready else None
                if wait is None or wait > 0:
                    self._change.wait(wait)
                    continue
                _, host = heapq.heappop(self._ready)
                if self._jobs[host]:
                    self._change.notify()  # if this thread alone was waiting for the next host, another must
                    return host, self._jobs[host].popleft()
                del self._jobs[host]
            return None

    def give_back(self, host: str, pause: float) -> None:
        """Say that the job is done: `host` may be asked again after `pause` seconds."""
        with self._change:
            heapq.heappush(self._ready, (time.monotonic() + pause, host))
            self._change.notify()

    def stop(self) -> None:
        """Wake all threads and let them go."""
        with self._change:
            self._stopped = True
            self._change.notify_all()


class Outbox(Generic[Job]):
    """Results on their way from threads to one caller, at most `room` of them."""

    def __init__(self, room: int) -> None:
        self._change = threading.Condition()
        self._results: deque[Job] = deque()
        self._room = room
        self._failure: BaseException | None = None
        self._stopped = False

    def put(self, result: Job) -> None:
        """Hand over a result, when there is room."""
        with self._change:
            while len(self._results) >= self._room and not self._stopped:
                self._change.wait()
            self._results.append(result)
            self._change.notify_all()

    def fail(self, failure: BaseException) -> None:
        """Let the caller's next `take` raise `failure`."""
        with self._change:
            self._failure = failure
            self._change.notify_all()

    def waiting(self) -> bool:
        """Tell whether `take` would return at once."""
        with self._change:
            return bool(self._results) or self._failure is not None

    def take(self) -> Job:
        """Wait for a result."""
        with self._change:
            while not self._results:
                if self._failure is not None:
                    raise self._failure
                self._change.wait()
            self._change.notify_all()
            return self._results.popleft()

    def stop(self) -> None:
        """Let threads go that wait for room."""
        with self._change:
            self._stopped = True
            self._change.notify_all()
