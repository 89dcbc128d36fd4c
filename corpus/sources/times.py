"""Times as sidecars, records and archives state them, as one form: ISO 8601 in UTC, to the second."""

from __future__ import annotations

from datetime import UTC, datetime

_LEAST_MILLISECONDS = 1e11  # as seconds the year 5138, as milliseconds 1973
_COMPACT = "%Y%m%d%H%M%S"  # the 14 digits of web archives


def utc(value: object) -> str | None:
    """Return the time that `value` states, or None where it states none.

    Understood are ISO 8601 (without a zone: UTC), the 14 digits of web archives, and seconds or milliseconds since
    the epoch as a number or as digits.
    """
    try:
        if isinstance(value, str):
            return _of_text(value.strip())
        if isinstance(value, int | float) and not isinstance(value, bool):
            return of_seconds(value / 1000 if abs(value) >= _LEAST_MILLISECONDS else value)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def of_seconds(seconds: float) -> str:
    """Return the time so many seconds after the epoch; raises ValueError, OverflowError or OSError for none."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _of_text(text: str) -> str | None:
    if text.isascii() and text.isdigit() and len(text) != len("20230405"):
        if len(text) == len("20230405060708"):
            return datetime.strptime(text, _COMPACT).replace(tzinfo=UTC).isoformat(timespec="seconds")
        return utc(int(text)) if len(text) < len("20230405060708") else None
    stated = datetime.fromisoformat(text)
    stated = (stated if stated.tzinfo else stated.replace(tzinfo=UTC)).astimezone(UTC)
    return stated.isoformat(timespec="seconds")
