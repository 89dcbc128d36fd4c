"""Files that hold many pages: opened, unpacked and read record by record, whatever is wrong with some of them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from corpus.errors import PageError
from corpus.models import RawPage, Sourced
from corpus.sources import jsonl, warc
from corpus.sources.compressed import unpacked
from corpus.sources.files import open_regular, uri_of
from corpus.sources.origin import Origin
from corpus.sources.rejection import rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from corpus.models import RejectedPage
    from corpus.settings import Settings
    from corpus.sources.byte_stream import ByteStream
    from corpus.sources.origin import Tally

    Page = RawPage | RejectedPage
    Reader = Callable[[ByteStream, Origin], Iterator[Page]]

MOST_BAD_RECORDS = 10_000
_OTHERS = 10  # records without text, too large or not found: ten times as many of them may follow each other
_COMPRESSED = (".gz", ".zst")
_STARTS: dict[Reader, tuple[bytes, ...]] = {jsonl.pages: (b"{", b"\xef\xbb\xbf{"), warc.pages: (b"WARC/",)}


def container_pages(path: Path, settings: Settings, tally: Tally) -> Iterator[Page]:
    """Yield the pages of one container; what is wrong with it as a whole is its last, rejected page."""
    uri = uri_of(path)
    try:
        with open_regular(path) as file:
            modified = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC).isoformat(
                timespec="seconds"
            )
            origin = Origin(uri, Sourced(modified, "file-time"), settings, tally, again=partial(_again, file))
            stream = unpacked(file)
            reader = reader_of(path.name)
            _refuse_what_is_not_compressed(path.name, stream, reader)
            yield from records(reader, stream, origin)
    except OSError as error:
        yield rejected(uri, "unreadable", f"the file cannot be read: {error.strerror}")
    except PageError as error:
        yield rejected(uri, error.code, error.reason)


def _again(file: BinaryIO) -> ByteStream:
    file.seek(0)
    return unpacked(file)


def reader_of(name: str) -> Reader:
    """Return what reads a container of this file name."""
    stem = name.lower().removesuffix(".gz").removesuffix(".zst")
    return jsonl.pages if stem.endswith((".jsonl", ".ndjson")) else warc.pages


def records(reader: Reader, stream: ByteStream, origin: Origin) -> Iterator[Page]:
    """Yield the pages of an open container, and at last why not all of it, or nothing, could be read.

    A file that is not what its name says ends after `MOST_BAD_RECORDS` broken records in a row, before it fills the
    quarantine.
    """
    seen, bad, passed_over = 0, 0, origin.tally.records
    try:
        for page in reader(stream, origin):
            yield page
            seen += 1
            bad = 0 if isinstance(page, RawPage) else bad + (_OTHERS if page.code == "bad-record" else 1)
            if bad >= MOST_BAD_RECORDS * _OTHERS:
                raise PageError("damaged", "too many records in a row cannot be read")
    except PageError as error:
        where = f"after {seen:,} pages, at byte {stream.offset:,} of the unpacked data"
        yield rejected(origin.uri, error.code, f"{error.reason} ({where}); the rest of the file is not read")
        return
    if not seen and origin.tally.records == passed_over:
        yield rejected(origin.uri, "empty", "the file holds no records")


def _refuse_what_is_not_compressed(name: str, stream: ByteStream, reader: Reader) -> None:
    """Raise PageError for a file that is compressed by name only, unless it is plainly what it should hold."""
    start = stream.peek(0, 8)
    if (
        name.lower().endswith(_COMPRESSED)
        and not stream.unpacked
        and start
        and not start.startswith(_STARTS[reader])
    ):
        raise PageError("damaged", f"expected compressed data by its name, found {start!r}")
