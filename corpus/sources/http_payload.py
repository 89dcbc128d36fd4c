"""The page in an archived HTTP response: transfer and content encodings undone, no further than a page may be large."""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from corpus.errors import PageError
from corpus.sources.byte_stream import ByteStream
from corpus.sources.compressed import unzstd
from corpus.sources.warc_frames import fields_of, header_end

if TYPE_CHECKING:
    from collections.abc import Callable

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +([1-5]\d\d)\b")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]{0,1000})?\r?\n")
_PIECE = 1 << 18
_ENCODINGS = 3
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def split(block: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return status, header fields and body of a response; raises PageError `bad-record`."""
    match = _STATUS.match(block)
    end = header_end(block)
    if not match:
        raise PageError("bad-record", f"expected an HTTP status, found {block[:40]!r}")
    if not end:
        raise PageError("bad-record", "expected an HTTP header, found no end of it")
    return int(match[1]), fields_of(block[:end]), block[end:]


def decoded(fields: dict[str, str], body: bytes, longest: int, *, cut: bool = False) -> bytes:
    """Return the body as the page it was before the server encoded it.

    Crawlers store bodies decoded under headers that still speak of the encoding: what is no such encoding but text
    is taken as it is. `cut` says that the crawler cut the body off on purpose; else a body that ends in the middle
    is `damaged`. Raises PageError `damaged`, `bad-record` or `too-large` (more than `longest` bytes).
    """
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _without_chunks(body, cut=cut)
    stated = [name.strip().lower() for name in fields.get("content-encoding", "").split(",")]
    encodings = [name for name in stated if name not in ("", "identity")]
    if len(encodings) > _ENCODINGS:
        raise PageError(
            "bad-record", f"expected at most {_ENCODINGS} content encodings, found {len(encodings)}"
        )
    for name in reversed(encodings):
        body = _undone(name, body, longest, cut=cut)
    return body


def _without_chunks(body: bytes, *, cut: bool) -> bytes:
    if not _CHUNK_SIZE.match(body):
        return body
    chunks: list[bytes] = []
    place = 0
    while match := _CHUNK_SIZE.match(body, place):
        size = int(match[1], 16)
        if not size:
            return b"".join(chunks)
        chunks.append(body[match.end() : match.end() + size])
        place = match.end() + size
        place += 2 if body.startswith(b"\r\n", place) else body.startswith(b"\n", place)
    if not cut:
        raise PageError(
            "damaged", f"expected another chunk at byte {place:,} of the body, found {body[place:][:20]!r}"
        )
    return b"".join(chunks)


def _undone(name: str, body: bytes, longest: int, *, cut: bool) -> bytes:
    try:
        data, whole = _DECODERS[name](body, longest)
    except KeyError:
        raise PageError("bad-record", f"expected a known content encoding, found {name[:40]!r}") from None
    except (OSError, PageError, zlib.error) as error:
        if body and not _CONTROL.search(body, 0, 512):
            return body
        raise PageError("damaged", f"the {name} body cannot be decoded: {error}") from error
    if len(data) > longest:
        reason = f"the {name} body of {len(body):,} bytes holds more than the {longest:,} of page_max_bytes"
        raise PageError("too-large", reason)
    if not whole and not cut:
        raise PageError("damaged", f"the {name} body ends in the middle")
    return data


def _zlib(windows: tuple[int, ...], body: bytes, longest: int) -> tuple[bytes, bool]:
    """Undo the first of several formats of zlib that fits; what servers put behind the end is left out."""
    for window in windows[:-1]:
        with suppress(zlib.error):
            return _zlib((window,), body, longest)
    decoder = zlib.decompressobj(windows[-1])
    return decoder.decompress(body, longest + 1), decoder.eof


def _brotli(body: bytes, longest: int) -> tuple[bytes, bool]:
    from fastwarc.stream_io import BrotliReader

    reader, size = BrotliReader(BytesIO(body)), 0
    pieces: list[bytes] = []
    while size <= longest and (piece := reader.read(min(_PIECE, longest + 1 - size))):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces), True


def _zstd(body: bytes, longest: int) -> tuple[bytes, bool]:
    stream = ByteStream(unzstd(ByteStream(iter((body, b"")).__next__)))
    data = stream.read(longest + 1)
    if not data:
        stream.check()
    return data, not stream.damaged


_GZIP = partial(_zlib, (16 + zlib.MAX_WBITS,))
_DEFLATE = partial(
    _zlib, (zlib.MAX_WBITS, -zlib.MAX_WBITS)
)  # zlib's format, and the bare one that some servers mean
_DECODERS: dict[str, Callable[[bytes, int], tuple[bytes, bool]]] = {
    "gzip": _GZIP,
    "x-gzip": _GZIP,
    "deflate": _DEFLATE,
    "br": _brotli,
    "zstd": _zstd,
}
