"""Pages from standard input: an archive, JSON Lines or one page, told from the first bytes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, BinaryIO

from corpus.errors import PageError, SourceError
from corpus.identity import content_hash
from corpus.models import RawPage
from corpus.sources import jsonl, warc
from corpus.sources.byte_stream import CHUNK
from corpus.sources.compressed import unpacked
from corpus.sources.containers import records
from corpus.sources.origin import Origin
from corpus.sources.rejection import rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.models import RejectedPage
    from corpus.settings import Settings
    from corpus.sources.byte_stream import ByteStream
    from corpus.sources.origin import Tally

URI = "stdin:"


def standard_input() -> BinaryIO:
    """Return the bytes of the process's standard input; raises SourceError where it is closed."""
    if sys.stdin is None or sys.stdin.closed:
        raise SourceError("'-' names standard input, but it is closed; pipe pages into the command")
    return sys.stdin.buffer


def stdin_pages(file: BinaryIO, settings: Settings, tally: Tally) -> Iterator[RawPage | RejectedPage]:
    """Yield the pages that a stream holds; a page without an address is named `stdin:` and the hash of its content."""
    origin = Origin(URI, None, settings, tally, by_content=True)
    try:
        stream = unpacked(file)
        if stream.peek(0, 5) == b"WARC/":
            yield from records(warc.pages, stream, origin)
        elif _holds_json_lines(stream, jsonl.longest_line(settings)):
            yield from records(jsonl.pages, stream, origin)
        else:
            yield _one_page(stream, settings)
    except PageError as error:
        yield rejected(URI, error.code, error.reason)


def _holds_json_lines(stream: ByteStream, longest: int) -> bool:
    """Say whether the first line that is not blank is a JSON object; nothing is read."""
    size = CHUNK
    while True:
        there = stream.ahead(size)
        start = stream.peek(0, there).removeprefix(b"\xef\xbb\xbf").lstrip()
        if start and not start.startswith(b"{"):
            return False
        line, end, _ = start.partition(b"\n")
        if end or there < size or there >= longest:
            break
        size *= 2
    try:
        return bool(jsonl.record_of(line)) or line.strip() == b"{}"
    except jsonl.RecordError:
        return False


def _one_page(stream: ByteStream, settings: Settings) -> RawPage | RejectedPage:
    limit = settings.page_max_bytes
    content = stream.read(limit + 1)
    sha256 = content_hash(content)
    uri = f"{URI}{sha256[:16]}"
    if len(content) > limit:
        reason = f"over {limit:,} bytes; the setting page_max_bytes allows no more"
        return rejected(uri, "too-large", reason, content)
    stream.check()
    if not content:
        return rejected(URI, "empty", "standard input holds nothing", content)
    return RawPage(uri, content, sha256)
