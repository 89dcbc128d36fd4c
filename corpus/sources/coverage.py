"""Which pages of earlier runs the named folders and globs would hold, if those were still there."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from corpus.sources.listing import at_home

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILE = "file://"


class Coverage:
    """The folders, files and globs that a run reads; `has_lost(uri)` says whether a page is theirs and gone."""

    def __init__(self, names: Sequence[str]) -> None:
        self._patterns = [os.path.abspath(at_home(name)).split("/") for name in names]  # noqa: PTH100 - as listed
        self._literal = [os.path.lexists(at_home(name)) for name in names]

    def has_lost(self, uri: str) -> bool:
        """Tell whether the file of `uri`, or the container of its record, would be read here and is not there."""
        if not uri.startswith(_FILE):
            return False
        path = os.fsdecode(unquote_to_bytes(uri.removeprefix(_FILE).partition("#")[0]))
        return self._covers(path.split("/")) and not os.path.lexists(path)

    def _covers(self, path: Sequence[str]) -> bool:
        return any(
            list(path[: len(pattern)]) == pattern if literal else _matches(pattern, path)
            for pattern, literal in zip(self._patterns, self._literal, strict=True)
        )


def _matches(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Tell whether a glob, as its segments, matches a path or a folder that it is in."""
    if not pattern:
        return True
    if not path:
        return False
    if pattern[0] == "**":
        return _matches(pattern[1:], path) or _matches(pattern, path[1:])
    return fnmatchcase(path[0], pattern[0]) and _matches(pattern[1:], path[1:])
