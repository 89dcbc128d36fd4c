"""One batch, made where it is called: a pure function from a request in the exchange to a result beside it."""

from __future__ import annotations

import json
import logging
import multiprocessing
import threading
from functools import cache
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from corpus.errors import CioAdviceError, RunError
from corpus.exchange import DamagedError, Place, labels_of, read, write
from corpus.identity import content_hash
from corpus.redaction import described
from corpus.settings import Settings
from flows.scale_out.kinds import KINDS
from flows.session import Engines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from flows.scale_out.kinds import Kind

log = logging.getLogger("cio_advice")
MOST_BYTES = 2_000_000_000
"""No request and no result is longer: a batch of 64 MB of pages gives about four times as much."""

_one_at_a_time = threading.Lock()


def request_name(data: bytes) -> str:
    """Name a request by its bytes: its items, and what its results depend on."""
    return f"{content_hash(data)}.request"


def result_name(request: str) -> str:
    """Name the result of a request."""
    return f"{request.removesuffix('.request')}.result"


def request_bytes(kind: Kind[Any, Any], fingerprint: str, items: Sequence[Any]) -> bytes:
    """Write a request: make `items`, with code and models of this fingerprint."""
    return write(kind.item, items, {"kind": kind.name, "fingerprint": fingerprint})


def read_result(kind: Kind[Any, Any], request: str, items: Sequence[Any], data: bytes) -> list[Any]:
    """Return what was made of `items`. Raises DamagedError where `data` is not the result of that request."""
    sent = read(kind.sent, data, {"kind": kind.name, "request": request}, len(items))
    try:
        return [kind.unpack(item, one) for item, one in zip(items, sent, strict=True)]
    except ValueError as error:
        raise DamagedError(f"a result that does not fit its request: {error}") from error


def make(url: str, request: str, settings: str) -> str:
    """Make the batch `request` in the exchange at `url` and return the name of its result.

    `settings` are those of the run, as JSON. What is made already is not made again. Raises RunError where the
    request is damaged, or where code or models here are not those of the loader; whatever else goes wrong here is
    told without what it quotes: the orchestrator keeps what its tasks say.
    """
    try:
        return _make(url, request, settings)
    except CioAdviceError:
        raise
    except Exception as error:
        raise RuntimeError(described(error)) from None


def _make(url: str, request: str, settings: str) -> str:
    place, result = Place(url), result_name(request)
    if result in place:
        return result
    data = place.get(request, MOST_BYTES)
    if data is None or request_name(data) != request:
        raise RunError(f"the request {request} in {url} is not there, too long, or was changed")
    labels = labels_of(data)
    kind = KINDS[labels["kind"]]
    items = read(kind.item, data, labels)
    with _one_at_a_time:
        engines = _engines(settings)
        _refuse_other_code(kind, engines, labels["fingerprint"])
        made = kind.make(engines, items, lambda _done: None)
    packed = [kind.pack(one) for one in made]
    place.put(result, write(kind.sent, packed, {"kind": kind.name, "request": request}))
    return result


@cache
def _engines(settings: str) -> Engines:
    """Return the engines of this process: they stay warm from batch to batch."""
    if multiprocessing.current_process().daemon:
        raise RunError(
            "a worker must be allowed to start processes, in which pages are read: start Dask's workers with"
            " DASK_DISTRIBUTED__WORKER__DAEMON=False in their environment"
        )
    engines = Engines(local_settings(settings))
    # not atexit: a process that multiprocessing started waits for its children before that
    Finalize(engines, engines.__exit__, (None, None, None), exitpriority=1)
    return engines


def local_settings(text: str) -> Settings:
    """Return the settings of a run as they hold on this machine.

    The models are where the run has them, if that folder is here, else where this machine's own settings say.
    Pages are read by one process, unless `workers` says otherwise: there is a worker for every core.
    """
    settings = Settings.of(json.loads(text))
    own = None if settings.models_dir.is_dir() else Settings.load().models_dir
    return settings.with_changes(models_dir=own, workers=settings.workers or 1)


def _refuse_other_code(kind: Kind[Any, Any], engines: Engines, fingerprint: str) -> None:
    found = kind.fingerprint(engines)
    if found != fingerprint:
        raise RunError(
            f"this worker would {kind.name} with other code, models or settings ({found}) than the loader"
            f" ({fingerprint}): install the same release, and the same models and engines, on both"
        )
