"""Containers and archive records for the tests of sources."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus.models import RawPage, RejectedPage
from corpus.settings import Settings
from corpus.sources import Stream, open_sources

if TYPE_CHECKING:
    from pathlib import Path

SMALL = Settings(page_max_bytes=1_000)
HTML = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def zstd(data: bytes) -> bytes:
    packed: bytes = pa.Codec("zstd").compress(data, asbytes=True)
    return packed


def lines(*records: dict[str, Any] | bytes) -> bytes:
    return b"".join((r if isinstance(r, bytes) else json.dumps(r).encode()) + b"\n" for r in records)


def record(
    block: bytes,
    kind: str = "response",
    uri: str | None = "https://a.example/x",
    content_type: str = "application/http; msgtype=response",
    length: object = None,
    more: str = "",
) -> bytes:
    target = f"WARC-Target-URI: {uri}\r\n" if uri else ""
    header = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\n{target}WARC-Date: 2023-04-05T06:07:08Z\r\n{more}"
        f"Content-Type: {content_type}\r\nContent-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return header.encode("utf-8", "surrogateescape") + block + b"\r\n\r\n"


def response(body: bytes, head: str = HTML, **changes: Any) -> bytes:
    return record(head.encode() + b"\r\n" + body, **changes)


def everything(
    *names: Path | str, settings: Settings = SMALL, **changes: Any
) -> list[RawPage | RejectedPage]:
    return list(opened(*names, settings=settings, **changes))


def opened(*names: Path | str, settings: Settings = SMALL, **changes: Any) -> Stream:
    return open_sources([str(name) for name in names], settings, **changes)


def contents(found: list[RawPage | RejectedPage]) -> list[bytes | str]:
    """Return the bytes of every page, and the code of every rejected one."""
    return [item.content if isinstance(item, RawPage) else item.code for item in found]


def only_rejected(found: list[RawPage | RejectedPage]) -> RejectedPage:
    (rejected,) = (item for item in found if isinstance(item, RejectedPage))
    return rejected


def gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
