"""Disks that fail for real: a small file system of memory in a namespace, system calls that the kernel refuses."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

CALLS = {"write": (18, 40, 326), "sync": (74, 75), "rename": (82, 264, 316), "read": (17,)}
"""By what a disk does, the numbers of x86-64's calls: pwrite64, sendfile, copy_file_range (write also feeds pipes);
fsync, fdatasync; rename, renameat, renameat2; pread64, which the database reads with and Python does not.
"""
_EIO, _NO_NEW_PRIVILEGES, _SECCOMP, _SET_FILTER, _ALL_THREADS = 5, 38, 317, 1, 1
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_STANDARD_STREAMS = 3


class NotPermittedError(Exception):
    """The system does not let us do what is needed; the message says what."""


class SmallDisk:
    """A file system of so many kB at `folder`, seen only by a process of its own and by who `enter`s that."""

    def __init__(self, folder: Path, kilobytes: int) -> None:
        self.folder = folder
        self._shell = subprocess.Popen(
            ["unshare", "--mount", *(["--map-root-user"] if os.geteuid() else []), "sh"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            self._do(f"mount -t tmpfs -o size={kilobytes}k none '{folder}'")
        except NotPermittedError:
            self.__exit__(None, None, None)
            raise

    @property
    def seen(self) -> Path:
        """The folder as others can reach it."""
        return Path(f"/proc/{self._shell.pid}/root{self.folder}")

    def resize(self, kilobytes: int) -> None:
        """Make the disk larger or smaller."""
        self._do(f"mount -o remount,size={kilobytes}k '{self.folder}'")

    def writable(self, yes: bool) -> None:
        """Let it be written, or only read."""
        self._do(f"mount -o remount,{'rw' if yes else 'ro'} '{self.folder}'")

    @property
    def process(self) -> int:
        """The process that holds the namespace."""
        return self._shell.pid

    def _do(self, command: str) -> None:
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        try:
            self._shell.stdin.write(f"{command} && echo done || echo failed\n")
            self._shell.stdin.flush()
        except BrokenPipeError as error:
            raise NotPermittedError(f"unshare: {self._shell.stdout.read().strip()}") from error
        said = []
        for line in self._shell.stdout:
            if line.strip() == "done":
                return
            said.append(line.strip())
            if line.strip() == "failed":
                break
        raise NotPermittedError(f"{command}: {' '.join(said)}")

    def __enter__(self) -> SmallDisk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shell.kill()
        self._shell.communicate()


def enter(process: int) -> None:
    """See the disks that another process sees. Raises OSError."""
    names = ("mnt",) if os.geteuid() == 0 else ("user", "mnt")
    for name in names:
        with Path(f"/proc/{process}/ns/{name}").open("rb") as namespace:
            _call("setns", namespace.fileno(), 0)


def refuse(call: str) -> None:
    """Let the kernel answer EIO to these calls, but those on the standard streams, in every thread, for ever.

    Raises NotPermittedError where filters of system calls cannot be had.
    """
    if platform.machine() != "x86_64":
        raise NotPermittedError("system calls are numbered for x86-64 only")
    load_number, load_first = (0x20, 0, 0, 0), (0x20, 0, 0, 16)
    numbers = CALLS[call]
    match = [(0x15, len(numbers) - 1 - place, 0, number) for place, number in enumerate(numbers)]
    program = [
        load_number,
        *match,
        (0x06, 0, 0, _ALLOW),
        load_first,
        (0x35, 1, 0, _STANDARD_STREAMS),
        (0x06, 0, 0, _ALLOW),
        (0x06, 0, 0, _ERROR | _EIO),
    ]
    # a matching number jumps over the ones after it and over the allowance
    program[1 : 1 + len(match)] = [(code, yes + 1, no, value) for code, yes, no, value in match]
    if call == "rename":  # its first argument is a name, not a stream
        program[-4:-1] = []
    packed = b"".join(struct.pack("<HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(packed)
    header = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(buffer))
    try:
        _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _call("syscall", _SECCOMP, _SET_FILTER, _ALL_THREADS, header)
    except OSError as error:
        raise NotPermittedError(f"a filter of system calls: {error.strerror}") from error


def _call(name: str, *arguments: int | bytes) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    values = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    if getattr(library, name)(*values):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
