"""Which files the named files, folders and globs hold: pages, containers of pages, and others."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

EXTENSIONS = frozenset((".html", ".htm", ".xhtml", ".txt", ".md"))
CONTAINERS = (
    ".jsonl", ".jsonl.gz", ".jsonl.zst", ".ndjson", ".ndjson.gz", ".ndjson.zst", ".warc", ".warc.gz", ".wet", ".wet.gz"
)  # fmt: skip
SIDECAR = ".meta.json"


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
    found, ignored = list_paths([str(source) for source in sources], tuple(EXTENSIONS))
    return Listing(tuple(Path(path) for path in found), ignored)


def list_paths(
    sources: Sequence[str], endings: tuple[str, ...] = (*EXTENSIONS, *CONTAINERS)
) -> tuple[list[str], int]:
    """Return the files that the sources hold, each once, in order of path, and how many others are in the folders.

    In folders, files of these endings count. Raises SourceError as `list_files`.
    """
    files: set[str] = set()
    ignored = 0
    for source in sources:
        for path in _expanded(source):
            if path.endswith(SIDECAR):  # a shell's glob names it too
                continue
            found, passed_over = _below(path, endings) if os.path.isdir(path) else ([path], 0)  # noqa: PTH112 - text
            files.update(os.path.abspath(file) for file in found)  # noqa: PTH100 - resolve() would follow links
            ignored += passed_over
    return sorted(files, key=lambda path: path.split("/")), ignored


def is_container(path: str) -> bool:
    """Say whether a file of this name holds many pages."""
    return path.lower().endswith(CONTAINERS)


def _expanded(source: str) -> list[str]:
    path = at_home(source)
    if source and os.path.lexists(path):
        return [path]
    if glob.has_magic(source) and "\0" not in source:
        if matches := sorted(glob.glob(path, recursive=True)):  # noqa: PTH207 - from any root
            return matches
        raise SourceError(f"no file matches {source!r}")
    endings = ", ".join((*sorted(EXTENSIONS), *CONTAINERS))
    raise SourceError(f"{source!r} does not exist; give files, folders or globs of {endings}")


def at_home(source: str) -> str:
    """Return a path with a leading `~` replaced by the home folder it stands for."""
    try:
        return str(Path(source).expanduser())
    except RuntimeError:  # nobody's home
        return source


def _below(folder: str, endings: tuple[str, ...]) -> tuple[list[str], int]:
    def fail(error: OSError) -> None:
        raise SourceError(f"folder {error.filename} cannot be listed: {error.strerror}") from error

    files: list[str] = []
    ignored = 0
    for parent, names, leaves in os.walk(folder, onerror=fail, followlinks=False):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for leaf in leaves:
            if leaf.lower().endswith(endings) and not leaf.startswith("."):
                files.append(f"{parent}/{leaf}")
            elif not leaf.endswith(SIDECAR):
                ignored += 1
    return files, ignored
