"""Pages that could not be read, as the rows that go to quarantine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.identity import content_hash
from corpus.models import RawPage, RejectedPage

if TYPE_CHECKING:
    from corpus.models import Sourced


def rejected(
    uri: str, code: str, reason: str, bad: bytes | None = None, url: Sourced | None = None
) -> RejectedPage:
    """Return the rejected page at `uri`, known by the hash of its bytes `bad`, or of the reason without them.

    Codes are those of `corpus.errors.PageError`, and for containers `bad-record`, `damaged` and `http-error`.
    """
    sha256 = content_hash(reason.encode("utf-8", "replace") if bad is None else bad)
    return RejectedPage(RawPage(uri, b"", sha256, url=url), code, reason)
