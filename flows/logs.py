"""The run's log on stderr: lines for people or JSON for machines, with names, counts and seconds.

Never page text and never a secret: messages are written here, addresses in them lose passwords and tokens, and
of a foreign error only its type and place are told.
"""

from __future__ import annotations

import json
import logging
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus.redaction import described, redacted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

log = logging.getLogger("cio_advice")
_ABOUT: ContextVar[Mapping[str, Any]] = ContextVar("about", default=MappingProxyType({}))


@contextmanager
def about(**facts: Any) -> Iterator[None]:
    """Say of everything that is logged in the body what it is about: `run_id`, `stage`, `batch`."""
    token = _ABOUT.set({**_ABOUT.get(), **facts})
    try:
        yield
    finally:
        _ABOUT.reset(token)


def note(event: str, message: str, level: int = logging.INFO, **facts: Any) -> None:
    """Log one event of a run: a stable word for machines, a sentence for people, and its figures.

    Only those who asked for a log see it: the error that ends a command is told once.
    """
    if log.isEnabledFor(logging.INFO):
        log.log(level, message, extra={"event": event, "facts": facts})


@contextmanager
def written(form: str, *more: logging.Handler) -> Iterator[None]:
    """Write the log of the body to stderr as the setting `log_format` says, and to the handlers in `more` as text.

    With `none`, only warnings are written, as Python does by itself.
    """
    handlers = [*more]
    for handler in more:
        handler.setFormatter(_Text())
    if form != "none":
        handlers.append(_Stderr(_Json() if form == "json" else _Text()))
    if not handlers:
        yield
        return
    before = (log.level, log.propagate)
    log.setLevel(logging.INFO)
    log.propagate = form == "none"
    for handler in handlers:
        log.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            log.removeHandler(handler)
        log.level, log.propagate = before


class _Stderr(logging.StreamHandler[Any]):
    """Writes to what stderr is when a line comes: progress bars put themselves in its place."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)


class _Text(logging.Formatter):
    """`05:00:07 pages 000003: 200 pages in 12.3 s`, with the level where it is a warning or worse."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said = _said(record)
        place = " ".join(str(said[name]) for name in ("stage", "batch") if name in said)
        level = f"{said['level']}: " if record.levelno > logging.INFO else ""
        time = datetime.fromtimestamp(record.created).astimezone()
        return f"{time:%Y-%m-%d %H:%M:%S} {level}{place}{': ' if place else ''}{said['message']}"


class _Json(logging.Formatter):
    """One object a line: `time` (UTC), `level`, `event`, `message`, what it is about, and its figures."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps(_said(record), ensure_ascii=False, default=str)


def _said(record: logging.LogRecord) -> dict[str, Any]:
    message = redacted(record.getMessage().replace("\n", " "))
    if record.exc_info and record.exc_info[1]:
        message += f" ({described(record.exc_info[1])})"
    facts = {**_ABOUT.get(), **getattr(record, "facts", {})}
    time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return {
        "time": time.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "event": getattr(record, "event", "message"),
        "message": message,
    } | {name: redacted(value) if isinstance(value, str) else value for name, value in facts.items()}
