"""WARC and WET archives: the pages among their records.

Pages are `response` records of status 2xx, `resource` records, and the text of `conversion` records (WET), whose
content type is one of `PAGE_TYPES` or is not stated. Redirects, other types and other records are passed over and
counted; other statuses are rejected pages. A page that the crawler cut off (`WARC-Truncated`) is read as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.errors import PageError
from corpus.models import Sourced
from corpus.sources.http_payload import decoded, split
from corpus.sources.origin import web_address
from corpus.sources.times import utc
from corpus.sources.warc_frames import LONGEST_HEADER, frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.models import RawPage, RejectedPage
    from corpus.sources.byte_stream import ByteStream
    from corpus.sources.origin import Origin
    from corpus.sources.warc_frames import Frame

PAGE_TYPES = frozenset(
    ("", "text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/x-markdown")
)
_RECORD_TYPES = frozenset(("response", "resource", "conversion"))
_NOT_OF_THE_WEB = (
    "dns:",
    "metadata:",
    "urn:",
    "screenshot:",
    "whois:",
)  # what crawlers note about their work
_ENCODING_OVERHEAD = 1 << 20


def pages(stream: ByteStream, origin: Origin) -> Iterator[RawPage | RejectedPage]:
    """Yield the pages of an archive, rejected where a record is broken; the others are counted in the origin's tally.

    Raises PageError where the stream is damaged, after the records before.
    """
    longest = origin.settings.page_max_bytes + LONGEST_HEADER + _ENCODING_OVERHEAD
    for frame in frames(stream, longest, _may_be_a_page, origin.again):
        found = _page(frame, origin, longest)
        if found is None:
            origin.tally.records += 1
        else:
            yield found


def _page(frame: Frame, origin: Origin, longest: int) -> RawPage | RejectedPage | None:
    if frame.problem:
        return origin.rejected(frame.number, "bad-record", frame.problem)
    if not _may_be_a_page(frame.fields):
        return None
    if frame.block is None:
        reason = f"record {frame.number}: {frame.length:,} bytes, expected at most {longest:,}"
        return origin.rejected(frame.number, "too-large", reason, url=_url(frame))
    try:
        if not _is_http(frame.fields):
            return _archived(frame, origin, frame.block, frame.fields.get("content-type"))
        return _response(frame, origin, frame.block)
    except PageError as error:
        reason = f"record {frame.number}: {error.reason}"
        return origin.rejected(frame.number, error.code, reason, frame.block, _url(frame))


def _may_be_a_page(fields: dict[str, str]) -> bool:
    if fields.get("warc-type", "").lower() not in _RECORD_TYPES:
        return False
    if _target(fields).lower().startswith(_NOT_OF_THE_WEB):
        return False
    return _is_http(fields) or _is_page_type(fields.get("content-type", ""))


def _is_http(fields: dict[str, str]) -> bool:
    return fields.get("content-type", "").lower().startswith("application/http")


def _is_page_type(declared: str) -> bool:
    return declared.partition(";")[0].strip().lower() in PAGE_TYPES


def _response(frame: Frame, origin: Origin, block: bytes) -> RawPage | RejectedPage | None:
    status, fields, body = split(block)
    declared = fields.get("content-type", "")
    if 300 <= status < 400 or not _is_page_type(declared):
        return None
    if not 200 <= status < 300:
        raise PageError("http-error", f"the server answered with status {status}")
    cut = "warc-truncated" in frame.fields
    content = decoded(fields, body, origin.settings.page_max_bytes, cut=cut)
    return _archived(frame, origin, content, declared or None)


def _archived(frame: Frame, origin: Origin, content: bytes, declared: str | None) -> RawPage | RejectedPage:
    time = utc(frame.fields.get("warc-date"))
    fetched_at = Sourced(time, "warc") if time else None
    return origin.page(frame.number, content, declared, _url(frame), fetched_at)


def _target(fields: dict[str, str]) -> str:
    return fields.get("warc-target-uri", "").strip("<>")  # some writers quote it


def _url(frame: Frame) -> Sourced | None:
    address = web_address(_target(frame.fields))
    return Sourced(address, "warc") if address else None
