"""What the records of one container have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.identity import content_hash
from corpus.models import RawPage, RejectedPage
from corpus.sources.rejection import rejected
from corpus.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from corpus.models import Sourced
    from corpus.settings import Settings
    from corpus.sources.byte_stream import ByteStream


@dataclass(slots=True)
class Tally:
    """What a stream passed over: files that are no pages, and records of archives that are none."""

    files: int = 0
    records: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """A container: its address, the time of its file (None for stdin), and whether records are known by content.

    `again` gives its bytes from their beginning, where that is possible.
    A record of stdin without an address of its own is named by the hash of its content: its number means nothing
    in the next run.
    """

    uri: str
    fetched_at: Sourced | None
    settings: Settings
    tally: Tally
    by_content: bool = False
    again: Callable[[], ByteStream] | None = None

    def rejected(
        self, number: int, code: str, reason: str, bad: bytes | None = None, url: Sourced | None = None
    ) -> RejectedPage:
        """Return record `number` as a rejected page."""
        return rejected(f"{self.uri}#{number}", code, reason, bad, url)

    def page(
        self,
        number: int,
        content: bytes,
        declared_type: str | None,
        url: Sourced | None,
        fetched_at: Sourced | None,
    ) -> RawPage | RejectedPage:
        """Return record `number` as a page, or rejected where it is empty or over `page_max_bytes`."""
        limit = self.settings.page_max_bytes
        if not content:
            return self.rejected(number, "empty", f"record {number}: the page has no bytes", b"", url)
        if len(content) > limit:
            reason = f"record {number}: {len(content):,} bytes; the setting page_max_bytes allows {limit:,}"
            return self.rejected(number, "too-large", reason, content, url)
        sha256 = content_hash(content)
        name = f"{self.uri}{sha256[:16]}" if self.by_content else f"{self.uri}#{number}"
        uri = url.value if url else name
        return RawPage(uri, content, sha256, declared_type, url, fetched_at or self.fetched_at)


def web_address(text: str) -> str | None:
    """Return `text` without white space around it where it is an http(s) address."""
    return text.strip() if host_of(text.strip()) else None
