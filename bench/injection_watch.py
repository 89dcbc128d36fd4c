"""What a folder and this process are asked to do while something runs: no file opened, no program started."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path
from typing import Any

_OPENED, _MODIFIED, _MOVED, _CREATED, _DELETED = 0x20, 0x2, 0xC0, 0x100, 0x200
_NAMES = {
    _OPENED: "opened",
    _MODIFIED: "written",
    0x40: "moved",
    0x80: "moved",
    _CREATED: "made",
    _DELETED: "deleted",
}
_PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect")
_started: list[str] = []


class FolderWatch:
    """Says what any process does in these folders (Linux's inotify): opening a file to read it counts too."""

    def __init__(self, *folders: Path) -> None:
        self._library = ctypes.CDLL(None, use_errno=True)
        self._handle = self._library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._handle < 0:
            raise OSError(ctypes.get_errno(), "inotify is not to be had")
        self._folders: dict[int, Path] = {}
        for folder in folders:
            mask = _OPENED | _MODIFIED | _MOVED | _CREATED | _DELETED
            watched = self._library.inotify_add_watch(self._handle, os.fsencode(folder), mask)
            if watched < 0:
                raise OSError(ctypes.get_errno(), f"cannot watch {folder}")
            self._folders[watched] = folder

    def happened(self) -> list[str]:
        """Return what was done since the last call, each thing once."""
        found: dict[str, None] = {}
        while True:
            try:
                events = os.read(self._handle, 1 << 16)
            except BlockingIOError:
                return list(found)
            place = 0
            while place < len(events):
                watched, mask, _cookie, length = struct.unpack_from("iIII", events, place)
                name = events[place + 16 : place + 16 + length].rstrip(b"\0").decode("utf-8", "replace")
                done = next((word for bit, word in _NAMES.items() if mask & bit), f"event {mask:x}")
                found[f"{done} {self._folders.get(watched, Path('?')) / name}"] = None
                place += 16 + length

    def close(self) -> None:
        """Stop watching."""
        os.close(self._handle)


def watch_programs() -> list[str]:
    """Return a list that grows with every program that this process starts, and every address that it calls."""
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_noted)
    return _started


_hooked: list[bool] = []


def _noted(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _PROGRAMS:
        _started.append(f"{event} {arguments!r}"[:200])
