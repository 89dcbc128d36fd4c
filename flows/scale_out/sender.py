"""The loader's side: batches go out ahead, results come in by the order of batches, what gets lost goes out again.

Nothing here decides what is loaded: a result is only looked up by the items that a stage asks for. A batch that was
sent ahead in vain costs its work; a worker that dies costs its batch's time.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from corpus.errors import CioAdviceError, RunError, StepError
from corpus.exchange import DamagedError, Place
from corpus.redaction import described
from flows.scale_out.worker import MOST_BYTES, read_result, request_bytes, request_name, result_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from corpus.settings import Settings
    from flows.scale_out.kinds import Advance, Item, Kind, Made
    from flows.session import Engines, Session
    from flows.stages import Batch, Stage

log = logging.getLogger("cio_advice")
_TRIES = 4


class Pending(Protocol):
    """A call that somebody else makes."""

    def result(self) -> object:
        """Wait for it; raise what it raised, or whatever tells that its worker is gone."""


Submit = Callable[[str, str, str], Pending]
"""Calls `flows.scale_out.worker.make` with these arguments, somewhere."""


def _said(problem: Exception | None) -> str:
    return described(problem) if problem else "its worker left no result"


def exchange_of(settings: Settings) -> str:
    """Return where batches travel: the setting `exchange`, else a folder beside the warehouse."""
    return settings.exchange or f"{settings.warehouse.absolute()}.exchange"


@dataclass(eq=False)
class _Request:
    kind: Kind[Any, Any]
    fingerprint: str
    name: str
    items: Sequence[Any]
    pending: Pending | None = None


class Sender:
    """Sends batches to `submit` through the exchange of the settings, `batches_ahead` of them at a time."""

    def __init__(self, settings: Settings, submit: Submit) -> None:
        self._place = Place(exchange_of(settings))
        self._settings = json.dumps(asdict(settings.with_changes(on_failure_command=())), default=str)
        self._submit = submit
        self._ahead = settings.batches_ahead
        self._promised: dict[tuple[str, Any], _Request] = {}
        self._settled: dict[_Request, None] = {}

    def look_ahead(self, session: Session, stage: Stage, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Hand on the batches of a stage, in order, after the work of those behind them was sent out."""
        held: deque[tuple[Batch, _Request | None]] = deque()
        for batch in batches:
            sent = self._send_ahead(session, *stage.ahead(session, batch)) if stage.ahead else None
            held.append((batch, sent))
            if stage.ahead is None or len(held) > self._ahead:
                yield from self._oldest(held)
        while held:
            yield from self._oldest(held)

    def _oldest(self, held: deque[tuple[Batch, _Request | None]]) -> Iterator[Batch]:
        """Hand on the oldest batch; when it is loaded, forget what was sent for it, asked for or not."""
        batch, sent = held.popleft()
        yield batch
        if sent is not None:
            self._settle(sent)
        self._forget_settled()

    def make(
        self, engines: Engines, kind: Kind[Item, Made], items: Sequence[Item], advance: Advance
    ) -> list[Made]:
        """Return what was made of `items`, in their order; what nobody has sent yet is sent now."""
        self._send(engines, kind, items)
        requests = dict.fromkeys(self._promised[kind.name, item] for item in items)
        made: dict[Item, Made] = {}
        wanted = set(items)
        for request in requests:
            made |= zip(request.items, self._result(request), strict=True)
            advance(len(wanted.intersection(request.items)))
        for request in requests:
            self._settle(request)
        return [made[item] for item in items]

    def clear(self) -> None:
        """Remove every request and result of this warehouse from the exchange, those of dead runs too."""
        for name in self._place.names():
            if name.endswith((".request", ".result", ".part")):
                self._remove(name)

    def _send_ahead(self, engines: Engines, kind: Kind[Any, Any], items: Sequence[Any]) -> _Request | None:
        """Send work before its turn; where the exchange fails, its turn comes, and with it the retries of a step."""
        try:
            return self._send(engines, kind, items)
        except StepError as error:
            log.warning("%s: not sent ahead: %s", kind.name, error)
            return None

    def _remove(self, name: str) -> None:
        """Remove a file that nobody needs any more; one that stays harms nobody."""
        try:
            self._place.remove(name)
        except StepError as error:
            log.warning("%s", error)

    def _send(self, engines: Engines, kind: Kind[Any, Any], items: Sequence[Any]) -> _Request | None:
        fresh = [item for item in dict.fromkeys(items) if (kind.name, item) not in self._promised]
        if not fresh:
            return None
        fingerprint = kind.fingerprint(engines)
        data = request_bytes(kind, fingerprint, fresh)
        request = _Request(kind, fingerprint, request_name(data), fresh)
        if result_name(request.name) not in self._place:
            self._submit_now(request, data)
        self._promised |= {(kind.name, item): request for item in fresh}
        return request

    def _submit_now(self, request: _Request, data: bytes) -> None:
        self._place.put(request.name, data)
        request.pending = self._submit(self._place.url, request.name, self._settings)

    def _result(self, request: _Request) -> list[Any]:
        """Wait for a result; where its worker died or left something damaged, have it made again."""
        for left in reversed(range(_TRIES)):
            problem: Exception | None = self._lost(request)
            data = self._place.get(result_name(request.name), MOST_BYTES)
            try:
                if data is not None:
                    return read_result(request.kind, request.name, request.items, data)
            except DamagedError as error:
                problem = error
                self._place.remove(result_name(request.name))
            if left:
                log.warning("%s %.12s: %s; sent again", request.kind.name, request.name, _said(problem))
                self._submit_now(request, request_bytes(request.kind, request.fingerprint, request.items))
        raise RunError(f"a batch to {request.kind.name} was lost {_TRIES} times, last: {_said(problem)}")

    @staticmethod
    def _lost(request: _Request) -> Exception | None:
        """Wait until the call has ended; return what tells that its worker is gone."""
        pending, request.pending = request.pending, None
        try:
            if pending is not None:
                pending.result()
        except CioAdviceError:
            raise
        except Exception as error:  # every executor has its own words for it
            return error
        return None

    def _settle(self, request: _Request) -> None:
        """Let go of a request; its files stay until its batch is loaded, because a load may be tried again."""
        for item in request.items:
            self._promised.pop((request.kind.name, item), None)
        self._settled[request] = None

    def _forget_settled(self) -> None:
        """Remove the files of batches that are loaded: they are in the ledger now."""
        for request in self._settled:
            self._remove(request.name)
            self._remove(result_name(request.name))
        self._settled = {}
