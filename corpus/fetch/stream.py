"""One connection, under one deadline for everything that is done with it."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

import httpcore

from corpus.errors import PageError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


class Stopped(Exception):  # noqa: N818 - no error: the caller wants no more pages
    """The run is being ended while somebody waits for the network."""


class Deadline:
    """A moment by which everything must have happened."""

    def __init__(self, seconds: float, allowed: float) -> None:
        self._at = time.monotonic() + seconds
        self._allowed = allowed

    def left(self) -> float:
        """Return the seconds until then; raises PageError `timeout` where there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> PageError:
        """Return the error to raise when it has passed."""
        return PageError("timeout", f"not finished within {self._allowed:g} seconds")


class Holder(Protocol):
    """Who can cancel what it holds; see `Network.hold`."""

    def hold(self, one: Stream) -> None:
        """Raises Stopped where nothing more may be begun."""

    def release(self, one: Stream) -> None:
        """Forget what `hold` was given."""


class Stream(httpcore.NetworkStream):
    """One connection; `ended` tells that the other side has closed it."""

    def __init__(self, holder: Holder, address: str, port: int, deadline: Deadline, share: float) -> None:
        self._holder = holder
        self._deadline = deadline
        self.ended = False
        self._socket = socket.socket(
            socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM
        )
        try:
            holder.hold(self)
            self._socket.settimeout(share)
            self._socket.connect((address, port))
        except BaseException:
            self.close()
            raise

    def cancel(self) -> None:
        """End what any thread waits for on this connection."""
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # not TLS's own, which changes the object

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline decides
        """Return what comes next, or nothing where the other side has closed."""
        with self._waiting(httpcore.ReadError):
            data = self._socket.recv(max_bytes)
        self.ended = not data
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the deadline decides
        """Send all of it."""
        while buffer:
            with self._waiting(httpcore.WriteError):
                buffer = buffer[self._socket.send(buffer) :]

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the deadline decides
    ) -> httpcore.NetworkStream:
        """Go on encrypted, with the other side's certificate checked."""
        try:
            with self._waiting(httpcore.ConnectError):
                self._socket = ssl_context.wrap_socket(
                    self._socket, server_hostname=server_hostname, do_handshake_on_connect=False
                )
                self._socket.settimeout(self._deadline.left())
                self._socket.do_handshake()
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """End the connection; twice does no harm."""
        self._holder.release(self)
        self._socket.close()

    @contextmanager
    def _waiting(self, failure: type[httpcore.NetworkError]) -> Iterator[None]:
        self._socket.settimeout(self._deadline.left())
        try:
            yield
        except TimeoutError as error:
            raise self._deadline.passed() from error
        except (OSError, ValueError) as error:
            raise failure(words(error)) from error


def words(error: Exception | None) -> str:
    """Say what went wrong, without its number."""
    return getattr(error, "strerror", None) or str(error)
