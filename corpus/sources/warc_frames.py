"""The records of a WARC file, cut by their lengths; a broken one costs itself and not the rest of the file.

fastwarc's own iterator ends the file at the first record whose length or header is broken, takes a length that is
no number for 0 and a truncated stream for a whole one, so the cutting is done here (ISO 28500). A record's length is
believed only if what ends a record follows it; text inside of a record is never taken for one while its length
holds, so that a page cannot smuggle records in. For the same reason a length over the limit is believed until the
archive ends before it; then it is read again from that record on, if it can be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from corpus.sources.byte_stream import ByteStream

LONGEST_HEADER = 1 << 16
_VERSION = re.compile(rb"WARC/\d\.\d\s*$")
_NEXT_RECORD = re.compile(
    rb"WARC/\d\.\d\r?\n"
)  # in the middle of a line, where a crawler broke off and went on
_LONGEST_VERSION = len(b"WARC/1.0\r\n")
_NOT_OF_A_HEADER = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\nWARC/\d")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_LINE_ENDS = re.compile(rb"[\r\n]*")
_BEHIND = 16


@dataclass(frozen=True, slots=True)
class Frame:
    """Record `number` (from 1): its header fields, lower case, and its block, None where nobody wants it.

    `problem` says why the record cannot be used; its header and block are empty then.
    """

    number: int
    fields: dict[str, str]
    block: bytes | None
    length: int = 0
    problem: str = ""


class _OverrunError(Exception):
    """The archive ended before the bytes of a record that was not held; `start` is the place of that record."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


def frames(
    stream: ByteStream,
    longest: int,
    wanted: Callable[[dict[str, str]], bool],
    again: Callable[[], ByteStream] | None = None,
) -> Iterator[Frame]:
    """Yield the records of an archive, with the blocks of at most `longest` bytes that are wanted.

    `again` gives the archive from its beginning, where that is possible. Raises PageError where the stream is
    damaged, after the records before.
    """
    number = 0
    size: int | None = None
    while True:
        stream.pass_over(_LINE_ENDS)
        if not stream.ahead(1):
            break
        number += 1
        try:
            found = _record(stream, number, longest, wanted, size)
        except _OverrunError as error:
            size = stream.offset
            found = f"expected more bytes than the {size - error.start:,} that are left, the rest is not read"
            if again:
                stream = again()
                stream.skip(error.start)
                number -= 1
                continue
        if isinstance(found, Frame):
            yield found
            continue
        yield Frame(number, {}, None, problem=f"record {number} at byte {stream.offset:,}: {found}")
        stream.skip(1)
        stream.seek_before(_NEXT_RECORD, _LONGEST_VERSION)
    stream.check()


def fields_of(header: bytes) -> dict[str, str]:
    """Return the fields of a header by their names in lower case, the first of each; folded lines are joined."""
    fields: dict[str, str] = {}
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", header)
    for line in unfolded.split(b"\n"):
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields


def header_end(data: bytes) -> int:
    """Return where the header that `data` begins with ends, its blank line included; 0 where it does not."""
    match = _HEADER_END.search(data, 0, LONGEST_HEADER)
    return match.end() if match else 0


def _record(
    stream: ByteStream, number: int, longest: int, wanted: Callable[[dict[str, str]], bool], size: int | None
) -> Frame | str:
    """Read one record; leave the stream at its start and return what is wrong where it cannot be read.

    `size` is that of the archive where it is known.
    """
    head = _header(stream)
    if isinstance(head, str):
        return head
    fields = fields_of(head)
    stated = fields.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,18}", stated):
        return f"expected a Content-Length in digits, found {stated[:40]!r}"
    length = int(stated)
    if size is not None and stream.offset + len(head) + length > size:
        return f"expected {length:,} bytes, the archive ends before them"
    if length > longest:
        return _passed_over(stream, number, fields, len(head), length)
    if stream.ahead(len(head) + length) < len(head) + length:
        stream.check()
        return f"expected {length:,} bytes, the archive ends before them"
    behind = stream.peek(len(head) + length, len(head) + length + _BEHIND)
    if not behind.startswith(b"\r\n\r\n") and not b"WARC/".startswith(behind.lstrip(b"\r\n")[:5]):
        return f"expected another record after its {length:,} bytes, found {behind!r}"
    stream.skip(len(head))
    if wanted(fields):
        return Frame(number, fields, stream.read(length), length)
    stream.skip(length)
    return Frame(number, fields, None, length)


def _header(stream: ByteStream) -> bytes | str:
    for size in (1 << 11, LONGEST_HEADER):  # most headers are short
        data = stream.peek(0, size)
        version = data[:64].split(b"\n", 1)[0]
        if not _VERSION.match(version):
            if len(data) < len(b"WARC/1.0\n"):
                stream.check()
            return f"expected a WARC version, found {version[:40]!r}"
        if end := header_end(data):
            found = _NOT_OF_A_HEADER.search(data, 1, end)
            return f"expected a header, found {found[0]!r} in it" if found else data[:end]
    if len(data) < LONGEST_HEADER:
        stream.check()
    return f"expected a header of at most {LONGEST_HEADER:,} bytes, found no end of it"


def _passed_over(stream: ByteStream, number: int, fields: dict[str, str], head: int, length: int) -> Frame:
    start = stream.offset
    stream.skip(head)
    if stream.skip(length) < length:
        stream.check()
        raise _OverrunError(start)
    return Frame(number, fields, None, length)
