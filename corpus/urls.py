"""Web addresses as pages give them: any string at all, of which few are addresses."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

_LONGEST = 4_000


def host_of(url: str) -> str | None:
    """Return the host of an http(s) address in lower case, or None where `url` is no such address."""
    if len(url) > _LONGEST or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:  # urlsplit's word for brackets and ports that make no sense
        return None


def absolute(url: str, base: str) -> str:
    """Return `url` as a page at `base` means it; unchanged where that makes no sense."""
    try:
        return urljoin(base, url)
    except ValueError:
        return url
