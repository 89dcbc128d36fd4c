"""The wire: names resolved here, connections to addresses that were looked at, and a way to end all of it."""

from __future__ import annotations

import socket
import ssl
import threading
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import certifi
import httpcore

from corpus.errors import PageError
from corpus.fetch import body
from corpus.fetch.address import is_public
from corpus.fetch.stream import Deadline, Stopped, Stream, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from corpus.fetch.address import Address

    Resolver = Callable[[str], Sequence[str]]

_TRIED_ADDRESSES = 4
_HEADER_TOO_LARGE = 431


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer whose body is not read yet; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterable[bytes]

    def read(self, most: int) -> tuple[bytes, bool]:
        """Return the first `most` bytes of the content, and whether there was more; see `body.read`."""
        return body.read(self.chunks, self.headers.get("content-encoding", ""), most)


def system_resolver(host: str) -> list[str]:
    """Return the IP addresses that this system knows for a host name; raises OSError where there is none."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Interruptible(Protocol):
    def cancel(self) -> object: ...


class Network:
    """All connections of one run. `stop` ends every wait for the network, in whichever thread."""

    def __init__(self, resolve: Resolver, private: bool) -> None:
        self._resolve = resolve
        self._private = private
        self._lock = threading.Lock()
        self._live: set[_Interruptible] = set()
        self._stopped = False

    @contextmanager
    def ask(
        self, address: Address, headers: Iterable[tuple[str, str]], deadline: Deadline
    ) -> Iterator[Answer]:
        """Send one GET on a connection of its own, which ends with the block.

        Raises PageError: `private-address`, `unreachable`, `timeout`, `too-large` (headers), `http-error`.
        """
        target = httpcore.URL(
            scheme=address.scheme.encode(),
            host=address.host.encode(),
            port=address.port,
            target=address.target.encode(),
        )
        request = httpcore.Request(
            "GET", target, headers=[(n.encode(), v.encode("latin-1")) for n, v in headers]
        )
        backend = _Backend(self, deadline)
        context = self._tls if address.scheme == "https" else None
        connection = httpcore.HTTPConnection(target.origin, context, network_backend=backend)
        try:
            with _told(backend):
                response = connection.handle_request(request)
                yield Answer(response.status, _headers(response), response.iter_stream())
        finally:
            connection.close()

    def stop(self) -> None:
        """End all connections and lookups, and refuse new ones."""
        with self._lock:
            self._stopped = True
            live = list(self._live)
        for one in live:
            one.cancel()

    def connect(self, host: str, port: int, deadline: Deadline) -> Stream:
        """Connect to the first of the addresses of `host` that answers, each given its share of the time."""
        addresses = self._vetted(host, deadline)[:_TRIED_ADDRESSES]
        error: OSError | None = None
        for number, address in enumerate(addresses):
            try:
                return Stream(self, address, port, deadline, deadline.left() / (len(addresses) - number))
            except OSError as failure:
                error = failure
        if isinstance(error, TimeoutError):
            raise deadline.passed()
        raise PageError("unreachable", f"no connection to {host}: {words(error)}")

    def _vetted(self, host: str, deadline: Deadline) -> list[str]:
        addresses = self._lookup(host, deadline)
        allowed = [address for address in addresses if self._private or is_public(address)]
        if addresses and not allowed:
            reason = f"{host} is {', '.join(sorted(addresses)[:_TRIED_ADDRESSES])}, which is not of the public internet"
            raise PageError("private-address", f"{reason}; the setting fetch_private allows it")
        if not allowed:
            raise PageError("unreachable", f"{host} has no address")
        return allowed

    def _lookup(self, host: str, deadline: Deadline) -> Sequence[str]:
        """Resolve in a thread that is left behind when it takes too long: a lookup cannot be ended."""
        answer: Future[Sequence[str]] = Future()
        with self.held(answer):
            threading.Thread(target=self._resolve_into, args=(answer, host), daemon=True).start()
            try:
                return answer.result(deadline.left())
            except CancelledError as error:
                raise Stopped from error
            except TimeoutError as error:
                raise deadline.passed() from error
            except (OSError, UnicodeError) as error:
                raise PageError("unreachable", f"{host} cannot be resolved: {words(error)}") from error

    def _resolve_into(self, answer: Future[Sequence[str]], host: str) -> None:
        with suppress(InvalidStateError):  # nobody waits any more
            try:
                answer.set_result(self._resolve(host))
            except Exception as error:  # it is raised again where the answer is read
                answer.set_exception(error)

    @contextmanager
    def held(self, one: _Interruptible) -> Iterator[None]:
        """Let `stop` reach `one` while the block runs; raises Stopped where that is over."""
        self.hold(one)
        try:
            yield
        finally:
            self.release(one)

    def hold(self, one: _Interruptible) -> None:
        """Let `stop` reach `one` until it is released; raises Stopped where that is over."""
        with self._lock:
            if self._stopped:
                raise Stopped
            self._live.add(one)

    def release(self, one: _Interruptible) -> None:
        """Forget what `hold` was given."""
        with self._lock:
            self._live.discard(one)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()  # what the system trusts, and SSL_CERT_FILE
        context.load_verify_locations(certifi.where())
        return context


class _Backend(httpcore.NetworkBackend):
    def __init__(self, network: Network, deadline: Deadline) -> None:
        self._network = network
        self._deadline = deadline
        self.stream: Stream | None = None

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        self.stream = self._network.connect(host, port, self._deadline)
        return self.stream


@contextmanager
def _told(backend: _Backend) -> Iterator[None]:
    """Turn what the HTTP library says into reasons for a person."""
    try:
        yield
    except httpcore.NetworkError as error:
        raise PageError("unreachable", f"the connection failed: {error}") from error
    except httpcore.ProtocolError as error:
        if getattr(error.__cause__, "error_status_hint", None) == _HEADER_TOO_LARGE:
            raise PageError("too-large", "the headers of the answer are larger than allowed") from error
        if backend.stream is not None and backend.stream.ended:
            raise PageError(
                "unreachable", "the server closed the connection before its answer was complete"
            ) from error
        raise PageError("http-error", f"the answer is no valid HTTP: {error}") from error


def _headers(response: httpcore.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in response.headers:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1").strip())
    return headers
