"""Files, folders and globs: which files they hold, and one file as a page.

What is known of a page beyond its bytes (URL, fetch time, content type) comes from a sidecar beside it,
`PAGE.meta.json` with the keys `url`, `fetched_at` and `content_type`, or from its path.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote

from corpus.identity import content_hash
from corpus.models import RawPage, RejectedPage, Sourced
from corpus.sources.listing import SIDECAR
from corpus.sources.rejection import rejected
from corpus.sources.times import of_seconds, utc
from corpus.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAX_SIDECAR = 1_000_000
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.I)


class NotRegularError(OSError):
    """A name that is there, but no file to read."""


def open_regular(file: Path) -> BinaryIO:
    """Open a file for reading; raises NotRegularError for pipes, devices and broken links, and never waits for one."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        if file.is_symlink():
            raise _not_regular() from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _not_regular()
    return os.fdopen(handle, "rb")


def _not_regular() -> NotRegularError:
    return NotRegularError(0, "not a regular file (a broken link, a device or a pipe)")


def read(file: Path, max_bytes: int) -> RawPage | RejectedPage:
    """Read one file; one that cannot be read is a rejected page with a reason, not an error."""
    uri = uri_of(file)
    try:
        with open_regular(file) as stream:
            content = stream.read(max_bytes + 1)
            status = os.fstat(stream.fileno())
        sidecar = _sidecar(file)
    except NotRegularError as error:
        return rejected(uri, "unreadable", str(error.strerror))
    except OSError as error:
        return rejected(uri, "unreadable", f"the file cannot be read: {error.strerror}")
    except ValueError as error:
        return rejected(uri, "unreadable", f"its sidecar cannot be read: {error}")
    if not content:
        return rejected(uri, "empty", "the page has no bytes", content)
    if len(content) > max_bytes:
        reason = f"{status.st_size:,} bytes; the setting page_max_bytes allows {max_bytes:,}"
        return rejected(uri, "too-large", reason, f"too-large {status.st_size}".encode())
    fetched_at = _fetched(sidecar, status.st_mtime)
    declared_type = sidecar.get("content_type")
    return RawPage(uri, content, content_hash(content), declared_type, _url(file, sidecar), fetched_at)


def uri_of(file: Path) -> str:
    """Return the `file:` address of a path; bytes that are no characters are percent-encoded."""
    return "file://" + quote(os.fsencode(file), safe="/~!$&'()*+,;=:@")


def _sidecar(file: Path) -> dict[str, str]:
    path = file.with_name(file.name + SIDECAR)
    try:
        with open_regular(path) as stream:
            content = stream.read(_MAX_SIDECAR + 1)
    except (FileNotFoundError, NotRegularError):
        return {}
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # the page's own name leaves no room for a sidecar's
            return {}
        raise
    if len(content) > _MAX_SIDECAR:
        raise ValueError(f"{path.name} is over {_MAX_SIDECAR:,} bytes")
    try:
        data: Any = json.loads(content)
    except RecursionError as error:
        raise ValueError(f"{path.name} is nested too deeply") from error
    if not isinstance(data, dict):
        raise ValueError(f"{path.name} is not a JSON object")
    return {key: value for key, value in data.items() if isinstance(value, str) and _is_text(value)}


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _url(file: Path, sidecar: Mapping[str, str]) -> Sourced | None:
    url = sidecar.get("url", "")
    if host_of(url):
        return Sourced(url, "sidecar")
    return _url_from_path(file)


def _url_from_path(file: Path) -> Sourced | None:
    """Read the layout of mirroring tools, `…/www.host.example/path/page.html`, back as a URL."""
    for number in range(len(file.parts) - 2, 0, -1):
        if _HOST.fullmatch(file.parts[number]):
            path = "/".join(quote(os.fsencode(part)) for part in file.parts[number + 1 :])
            return Sourced(f"http://{file.parts[number].lower()}/{path}", "path")
    return None


def _fetched(sidecar: Mapping[str, str], modified: float) -> Sourced:
    stated = utc(sidecar.get("fetched_at"))
    return Sourced(stated, "sidecar") if stated else Sourced(of_seconds(modified), "file-time")
