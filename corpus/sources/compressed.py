"""gzip and zstd as streams: never unpacked to disk, never further than a bomb may go.

What is compressed is told from its first bytes, not from its name. A stream that unpacks to more than `BOMB_BYTES` and
to more than `BOMB_RATIO` times what was read of it is a bomb and ends there: web pages shrink to a tenth, pages that
repeat each other to a hundredth. zstd windows over 128 MiB (`zstd --long=28` and more) are refused by the decoder.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, BinaryIO

from corpus.errors import PageError
from corpus.sources.byte_stream import CHUNK, ByteStream

if TYPE_CHECKING:
    from collections.abc import Callable

    Pull = Callable[[], bytes]

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"  # bytes 2 to 4 of a frame that holds no data
BOMB_BYTES = 1 << 30
BOMB_RATIO = 200
_LAYERS = 3
_STEP = 1 << 18
_ZSTD_STEP = 1 << 10
_GZIP_FORMAT = 16 + zlib.MAX_WBITS


def unpacked(file: BinaryIO) -> ByteStream:
    """Return the bytes of an open file, unpacked where they are gzip or zstd, twice or three times if need be.

    The stream ends with PageError `damaged`, `too-large` (a bomb) or `unreadable` (the file system's word).
    """
    stream = ByteStream(_from_file(file))
    for _ in range(_LAYERS):
        pull = _unpacker(stream)
        if pull is None:
            return stream
        stream = ByteStream(_guarded(pull, stream), unpacked=True)
    if _unpacker(stream):
        raise PageError("damaged", f"compressed more than {_LAYERS} times over")
    return stream


def gunzip(stream: ByteStream) -> Pull:
    """Return what hands out the unpacked members of a gzip stream in turn; zeros between them are padding."""
    decoder = zlib.decompressobj(_GZIP_FORMAT)
    pending = stream.read(CHUNK)

    def pull() -> bytes:
        nonlocal decoder, pending
        data = b""
        while not data:
            if decoder.eof:
                if not (pending := _next_member(stream, decoder.unused_data)):
                    return b""
                decoder = zlib.decompressobj(_GZIP_FORMAT)
            elif not (pending := pending or stream.read(CHUNK)):
                stream.check()
                raise PageError("damaged", "the gzip stream ends in the middle")
            data = _step(decoder, pending)
            pending = decoder.unconsumed_tail
        return data

    return pull


def _next_member(stream: ByteStream, pending: bytes) -> bytes:
    while not (pending := pending.lstrip(b"\0")):
        if not (pending := stream.read(CHUNK)):
            stream.check()
            return b""
    return pending


def _step(decoder: zlib._Decompress, data: bytes) -> bytes:
    try:
        return decoder.decompress(data, _STEP)
    except zlib.error as error:
        raise PageError("damaged", f"the gzip stream is broken: {error}") from error


def unzstd(stream: ByteStream) -> Pull:
    """Return what hands out the unpacked frames of a zstd stream.

    Of a broken stream the decoder keeps up to `_ZSTD_STEP` bytes before the damage to itself.
    """
    from fastwarc.stream_io import ZstdReader

    reader = ZstdReader(_Readable(stream))  # type: ignore[arg-type]  # it needs no more than read()
    broken: OSError | None = None

    def pull() -> bytes:
        nonlocal broken
        pieces: list[bytes] = []
        try:
            while broken is None and len(pieces) < _STEP // _ZSTD_STEP and (piece := reader.read(_ZSTD_STEP)):
                pieces.append(piece)
        except OSError as error:
            broken = error
        if broken is not None and not pieces:
            stream.check()
            raise PageError("damaged", f"the zstd stream is broken: {broken}") from broken
        return b"".join(pieces)

    return pull


class _Readable:
    """A byte stream as the file that a decoder reads."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(CHUNK if size < 0 else size)

    def tell(self) -> int:
        return self._stream.offset


def _from_file(file: BinaryIO) -> Pull:
    read: Callable[[int], bytes] = getattr(file, "read1", file.read)  # of a pipe, what is there

    def pull() -> bytes:
        try:
            return read(CHUNK)
        except (OSError, ValueError) as error:
            raise PageError("unreadable", f"reading fails: {error}") from error

    return pull


def _unpacker(stream: ByteStream) -> Pull | None:
    start = stream.peek(0, 4)
    if start.startswith(GZIP_MAGIC):
        return gunzip(stream)
    if start == ZSTD_MAGIC or (start[1:] == _ZSTD_SKIPPABLE and 0x50 <= start[0] <= 0x5F):
        return unzstd(stream)
    return None


def _guarded(pull: Pull, compressed: ByteStream) -> Pull:
    given = 0

    def guarded() -> bytes:
        nonlocal given
        given += len(data := pull())
        if given > BOMB_BYTES and given > BOMB_RATIO * compressed.offset:
            reason = f"a bomb: {compressed.offset:,} compressed bytes have become {given:,}, the limit is"
            raise PageError("too-large", f"{reason} {BOMB_RATIO} times and {BOMB_BYTES:,} bytes")
        return data

    return guarded
