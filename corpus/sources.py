"""Where pages come from: files, folders and globs of HTML and text, read one at a time in a fixed order.

What is known of a page beyond its bytes (URL, fetch time, content type) comes from a sidecar beside it,
`PAGE.meta.json` with the keys `url`, `fetched_at` and `content_type`, or from its path.
"""

from __future__ import annotations

import glob
import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from corpus.errors import SourceError
from corpus.identity import content_hash
from corpus.models import RawPage, RejectedPage, Sourced
from corpus.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Sequence

EXTENSIONS = frozenset((".html", ".htm", ".xhtml", ".txt", ".md"))
SIDECAR = ".meta.json"
_MAX_SIDECAR = 1_000_000
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.I)


@dataclass(frozen=True, slots=True)
class Listing:
    """The files that the named sources hold, and how many others beside them are no pages."""

    files: tuple[Path, ...]
    ignored: int


def list_files(sources: Sequence[str | Path]) -> Listing:
    """Return the page files of files, folders (searched to the bottom) and globs, each once, in order of path.

    A file that is named is read whatever it is called; in folders, only `EXTENSIONS` are pages.
    Raises SourceError for a name that does not exist or a glob that matches nothing.
    """
    files: set[Path] = set()
    ignored = 0
    for source in sources:
        for path in _expanded(str(source)):
            if path.name.endswith(SIDECAR):  # a shell's glob names it too
                continue
            found, passed_over = _below(path) if path.is_dir() else ({path}, 0)
            files |= {Path(os.path.abspath(file)) for file in found}  # noqa: PTH100 - resolve() would follow links
            ignored += passed_over
    return Listing(tuple(sorted(files)), ignored)


def _expanded(source: str) -> list[Path]:
    path = Path(source).expanduser()
    if os.path.lexists(path):
        return [path]
    if glob.has_magic(source):
        matches = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207 - any root
        if matches:
            return matches
        raise SourceError(f"no file matches {source!r}")
    raise SourceError(
        f"{source!r} does not exist; give files, folders or globs of {', '.join(sorted(EXTENSIONS))}"
    )


def _below(folder: Path) -> tuple[set[Path], int]:
    def fail(error: OSError) -> None:
        raise SourceError(f"folder {error.filename} cannot be listed: {error.strerror}") from error

    files: set[Path] = set()
    ignored = 0
    for parent, names, leaves in os.walk(folder, onerror=fail, followlinks=False):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for leaf in leaves:
            if Path(leaf).suffix.lower() in EXTENSIONS and not leaf.startswith("."):
                files.add(Path(parent) / leaf)
            elif not leaf.endswith(SIDECAR):
                ignored += 1
    return files, ignored


def read(file: Path, max_bytes: int) -> RawPage | RejectedPage:
    """Read one file; one that cannot be read is a rejected page with a reason, not an error."""
    uri = uri_of(file)
    try:
        if not file.is_file():
            return _unreadable(uri, "not a regular file (a broken link, a device or a pipe)")
        with file.open("rb") as stream:
            content = stream.read(max_bytes + 1)
        sidecar = _sidecar(file)
    except OSError as error:
        return _unreadable(uri, f"the file cannot be read: {error.strerror}")
    except ValueError as error:
        return _unreadable(uri, f"its sidecar cannot be read: {error}")
    if len(content) > max_bytes:
        reason = f"{file.stat().st_size:,} bytes; the setting page_max_bytes allows {max_bytes:,}"
        return RejectedPage(RawPage(uri, b"", _size_mark(file)), "too-large", reason)
    return RawPage(
        uri,
        content,
        content_hash(content),
        sidecar.get("content_type"),
        _url(file, sidecar),
        _fetched(file, sidecar),
    )


def uri_of(file: Path) -> str:
    """Return the `file:` address of a path; bytes that are no characters are percent-encoded."""
    return "file://" + quote(os.fsencode(file), safe="/~!$&'()*+,;=:@")


def _unreadable(uri: str, reason: str) -> RejectedPage:
    return RejectedPage(
        RawPage(uri, b"", content_hash(reason.encode("utf-8", "replace"))), "unreadable", reason
    )


def _size_mark(file: Path) -> str:
    """Name a file that is too large to be read by its size: a changed one is looked at again."""
    return content_hash(f"too-large {file.stat().st_size}".encode())


def _sidecar(file: Path) -> dict[str, str]:
    path = file.with_name(file.name + SIDECAR)
    if not path.is_file():
        return {}
    if path.stat().st_size > _MAX_SIDECAR:
        raise ValueError(f"{path.name} is over {_MAX_SIDECAR:,} bytes")
    try:
        data: Any = json.loads(path.read_bytes())
    except RecursionError as error:
        raise ValueError(f"{path.name} is nested too deeply") from error
    if not isinstance(data, dict):
        raise ValueError(f"{path.name} is not a JSON object")
    return {key: value for key, value in data.items() if isinstance(value, str) and _is_text(value)}


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _url(file: Path, sidecar: dict[str, str]) -> Sourced | None:
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


def _fetched(file: Path, sidecar: dict[str, str]) -> Sourced:
    try:
        stated = datetime.fromisoformat(sidecar.get("fetched_at", ""))
        stated = (stated if stated.tzinfo else stated.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return Sourced(
            datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds"), "file-time"
        )
    return Sourced(stated.isoformat(timespec="seconds"), "sidecar")
