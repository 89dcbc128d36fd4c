"""Reading the body of an answer without ever holding more of it than is allowed, packed or unpacked.

Only `gzip` and `deflate` are asked for and unpacked: every server has them, and zlib can be told how much to give at
once, so that a bomb is never larger in memory than one step.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from corpus.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

ENCODINGS = "gzip, deflate"
_STEP = 64 * 1024
_PIECE = 4 * 1024  # zlib copies what it leaves over, so it is given little
_PLAIN = frozenset(("", "identity", "none"))
_GZIP = frozenset(("gzip", "x-gzip"))


def read(chunks: Iterable[bytes], encoding: str, most: int) -> tuple[bytes, bool]:
    """Return the first `most` bytes of a body after its content encoding is undone, and whether there was more.

    Raises PageError: `too-large` where the packed bytes alone are more than `most` (and a little), `http-error` for
    an encoding that was not asked for or is damaged, `unreachable` for one that breaks off.
    """
    held = bytearray()
    for chunk in _unpacked(_limited(chunks, most + _STEP), encoding.strip().lower()):
        held += chunk
        if len(held) > most:
            return bytes(held[:most]), True
    return bytes(held), False


def _limited(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > most:
            raise PageError("too-large", "the body as sent is larger than allowed")
        yield chunk


def _unpacked(chunks: Iterable[bytes], encoding: str) -> Iterable[bytes]:
    if encoding in _PLAIN:
        return chunks
    if encoding in _GZIP or encoding == "deflate":
        return _inflated(_pieces(chunks), gzip=encoding in _GZIP)
    raise PageError(
        "http-error", f"sent in the encoding {encoding[:40]!r}, which was not asked for ({ENCODINGS})"
    )


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            yield chunk[start : start + _PIECE]


def _inflated(pieces: Iterator[bytes], gzip: bool) -> Iterator[bytes]:
    """Unpack at most `_STEP` bytes at a time; gzip files may follow one another, what else follows is no content."""
    machine = None
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if machine is None or machine.eof:
                    if machine is not None and not (gzip and rest[0] == 0x1F):
                        return
                    machine = zlib.decompressobj(_window(rest[0], gzip))
                rest = yield from _steps(machine, rest)
    except zlib.error as error:
        raise PageError("http-error", "the packed body is damaged") from error
    if machine is not None and not machine.eof:
        raise PageError("unreachable", "the packed body breaks off")


def _steps(machine: zlib._Decompress, rest: bytes) -> Generator[bytes, None, bytes]:
    while True:
        out = machine.decompress(rest, _STEP)
        yield out
        if machine.eof:
            return machine.unused_data
        rest = machine.unconsumed_tail
        if not rest and len(out) < _STEP:
            return b""


def _window(first: int, gzip: bool) -> int:
    """Some servers' `deflate` has no zlib header (method 8, window of 32 KiB at most): browsers read both."""
    if gzip:
        return 16 + zlib.MAX_WBITS
    return zlib.MAX_WBITS if first & 0x0F == 8 and first >> 4 <= 7 else -zlib.MAX_WBITS
