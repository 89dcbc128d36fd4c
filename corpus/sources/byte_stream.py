"""A stream of bytes that is read forward once, with a look ahead, and that may end in damage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.errors import PageError

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

CHUNK = 1 << 16


class ByteStream:
    """Bytes that `pull` hands out piece by piece, `b""` at their end; it may raise PageError where they are damaged.

    Damage is an end that has a reason: everything before it can be read, and `check` raises it when the caller
    has got there. What is buffered is what callers ask to see ahead, and one piece of `pull`. `unpacked` says that
    the bytes came out of a compressed stream; `offset` is how many have been read.
    """

    def __init__(self, pull: Callable[[], bytes], *, unpacked: bool = False) -> None:
        self._pull = pull
        self.unpacked = unpacked
        self._buffer = bytearray()
        self._ended = False
        self._damage: PageError | None = None
        self.offset = 0

    def ahead(self, size: int) -> int:
        """Buffer `size` bytes if there are so many; return how many there are, at most `size`."""
        while len(self._buffer) < size and self._more():
            pass
        return min(size, len(self._buffer))

    def peek(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end`, counted from the next one, without reading them."""
        self.ahead(end)
        return bytes(self._buffer[start:end])

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end."""
        self.ahead(size)
        found = bytes(self._buffer[:size])
        self._drop(len(found))
        return found

    def skip(self, size: int) -> int:
        """Pass over `size` bytes without holding them; return how many there were."""
        left = size
        while left and self.ahead(1):
            step = min(left, len(self._buffer))
            self._drop(step)
            left -= step
        return size - left

    def line(self, longest: int) -> tuple[bytes | None, int] | None:
        r"""Return the next line without its `\n`, and its length; None in its place where it is over `longest` bytes.

        None alone is the end. A last line without a line end is a line, unless damage cut it off.
        """
        searched = passed_over = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > longest or passed_over:
                passed_over += searched
                self._drop(searched)
                searched = 0
            if not self._more():
                return self._last_line(passed_over)
        length = passed_over + end
        line = None if length > longest else bytes(self._buffer[:end])
        self._drop(end + 1)
        return line, length

    def pass_over(self, characters: re.Pattern[bytes]) -> int:
        r"""Pass over all bytes that the class `characters` (`[…]*`) matches; return how many `\n` were among them."""
        line_ends = 0
        while match := characters.match(self._buffer):
            end = match.end()
            line_ends += self._buffer.count(b"\n", 0, end)
            left = len(self._buffer) - end
            self._drop(end)
            if left or not self._more():
                break
        return line_ends

    def seek_before(self, pattern: re.Pattern[bytes], longest: int) -> bool:
        """Pass over all before the next match of `pattern`, of at most `longest` bytes; False if there is none."""
        while not (match := pattern.search(self._buffer)):
            self._drop(max(0, len(self._buffer) - longest))
            if not self._more():
                self._drop(len(self._buffer))
                return False
        self._drop(match.start())
        return True

    def check(self) -> None:
        """Raise PageError where the stream was damaged after the last byte that could be read."""
        if self._damage is not None:
            raise self._damage

    @property
    def damaged(self) -> bool:
        """Whether the bytes that are buffered are the last ones before damage."""
        return self._damage is not None

    def _last_line(self, passed_over: int) -> tuple[bytes | None, int] | None:
        length = passed_over + len(self._buffer)
        if self._damage is not None or not length:
            self._drop(len(self._buffer))
            return None
        return (None if passed_over else self.read(length)), length

    def _more(self) -> bool:
        if not self._ended:
            try:
                piece = self._pull()
            except PageError as error:
                self._damage, piece = error, b""
            self._ended = not piece
            self._buffer += piece
        return not self._ended

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self.offset += size
