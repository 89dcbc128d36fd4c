"""JSON Lines: one object a line with a page in it, under the keys that the settings name.

A line is read up to twice `page_max_bytes` and a mebibyte for what stands beside the page, and parsed if it holds no
more than `MAX_VALUES` values: an empty list in two characters is one of 56 bytes in memory.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from corpus.models import Sourced
from corpus.sources.origin import web_address
from corpus.sources.times import utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus.models import RawPage, RejectedPage
    from corpus.settings import Settings
    from corpus.sources.byte_stream import ByteStream
    from corpus.sources.origin import Origin

MAX_VALUES = 1_000_000
_BESIDE_THE_PAGE = 1 << 20
_BOM = b"\xef\xbb\xbf"
_PIECE = 1 << 20
_WHITE = re.compile(rb"[ \t\r\n]*")
_SURROGATES = re.compile("[\ud800-\udfff]")


class RecordError(Exception):
    """A line that is no record; its words say what was found."""


def longest_line(settings: Settings) -> int:
    """Return how many bytes of a line are held."""
    return 2 * settings.page_max_bytes + _BESIDE_THE_PAGE


def pages(stream: ByteStream, origin: Origin) -> Iterator[RawPage | RejectedPage]:
    """Yield the page of every line, rejected where it holds none; blank lines are passed over.

    Raises PageError where the stream is damaged, after the lines before.
    """
    limit, number = longest_line(origin.settings), 0
    if stream.peek(0, len(_BOM)) == _BOM:
        stream.skip(len(_BOM))
    while True:
        number += 1 + stream.pass_over(_WHITE)
        if not (found := stream.line(limit)):
            break
        line, length = found
        if line is None:
            reason = f"line {number}: {length:,} bytes, expected a record of at most {limit:,}"
            yield origin.rejected(number, "too-large", reason)
        else:
            yield _page(line.rstrip(b" \t\r\n"), number, origin)
    stream.check()


def record_of(line: bytes) -> dict[str, Any]:
    """Return the JSON object of a line; raises RecordError with what is wrong."""
    if line.count(b",") + line.count(b"[") + line.count(b"{") > MAX_VALUES and _values(line) > MAX_VALUES:
        raise RecordError(f"over {MAX_VALUES:,} values in one record")
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RecordError(f"byte {error.start + 1:,} of the line is no UTF-8") from error
    except RecursionError as error:
        raise RecordError("JSON that is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise RecordError(f"no JSON at column {error.colno:,} ({error.msg})") from error
    except ValueError as error:  # a number of over 4,300 digits
        raise RecordError(f"a number that cannot be read ({error})") from error
    if not isinstance(record, dict):
        raise RecordError(f"JSON, but no object ({type(record).__name__})")
    return record


def _values(line: bytes) -> int:
    """Return how many values a line holds at most: its commas and opening brackets outside of strings."""
    import numpy as np

    bare = line.replace(b"\\\\", b"").replace(b'\\"', b"")
    inside, count = False, 1
    for start in range(0, len(bare), _PIECE):
        characters = np.frombuffer(bare, np.uint8, min(_PIECE, len(bare) - start), start)
        in_string = np.logical_xor.accumulate(characters == ord('"')) ^ inside
        structural = (characters == ord(",")) | (characters == ord("[")) | (characters == ord("{"))
        count += int(np.count_nonzero(structural & ~in_string))
        inside = bool(in_string[-1])
    return count


def _page(line: bytes, number: int, origin: Origin) -> RawPage | RejectedPage:
    settings = origin.settings
    try:
        record = record_of(line)
    except RecordError as error:
        reason = f"line {number}: expected a JSON object with a page, found {error}"
        return origin.rejected(number, "bad-record", reason, line)
    address = web_address(_first(record, settings.record_url_keys))
    url = Sourced(address, "record") if address else None
    html, text = _first(record, settings.record_html_keys), _first(record, settings.record_text_keys)
    if not html and not text:
        keys = ", ".join(settings.record_html_keys + settings.record_text_keys)
        reason = f"line {number}: expected text under one of the keys {keys}, found none"
        return origin.rejected(number, "empty", reason, line, url)
    kind = "html" if html else "plain"
    return origin.page(
        number, _encoded(html or text), f"text/{kind}; charset=utf-8", url, _time(record, settings)
    )


def _first(record: dict[str, Any], keys: Sequence[str]) -> str:
    """Return the first text under `keys` that says something, or ""."""
    found = (record.get(key) for key in keys)
    return next((value for value in found if isinstance(value, str) and value.strip()), "")


def _time(record: dict[str, Any], settings: Settings) -> Sourced | None:
    stated = (utc(record.get(key)) for key in settings.record_time_keys)
    return next((Sourced(time, "record") for time in stated if time), None)


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text).encode()
