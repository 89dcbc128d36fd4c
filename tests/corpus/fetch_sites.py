"""Real servers on this machine that answer with exactly the bytes a test wants, and keep what they were asked."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from corpus.settings import Settings

Reply = bytes | Callable[[socket.socket, "Request"], None]


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    began: float
    ended: float = 0.0


@dataclass
class Site:
    port: int
    routes: dict[str, Reply | list[Reply]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    host: str = "127.0.0.1"
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str = "/", host: str | None = None) -> str:
        return f"http://{host or self.host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def reply(self, path: str) -> Reply:
        """Return what is served there; of a list one after the other, and the last for good."""
        with self.lock:
            found = self.routes.get(path, answer(b"not here", status=404))
            if not isinstance(found, list):
                return found
            return found.pop(0) if len(found) > 1 else found[0]

    def wait(self) -> None:
        """Wait until all requests have come to their end."""
        end = time.monotonic() + 5
        while time.monotonic() < end and not all(request.ended for request in self.requests):
            time.sleep(0.01)


def answer(body: bytes = b"", status: int = 200, type_: str = "text/html", **headers: str) -> bytes:
    """Write a whole answer; `etag="x"` is sent as `Etag: x`, `_` in names as `-`."""
    fields = {"Content-Type": type_, "Content-Length": str(len(body))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def moved(to: str, status: int = 302) -> bytes:
    return answer(status=status, Location=to)


@contextmanager
def serving(routes: dict[str, Reply | list[Reply]] | None = None, wrap: object = None) -> Iterator[Site]:
    """Serve `routes` until the block ends; `wrap` turns an accepted connection into a TLS one."""
    site = Site(0, routes or {})

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                _serve(site, wrap(self.request) if callable(wrap) else self.request)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def _serve(site: Site, connection: socket.socket) -> None:
    began = time.monotonic()
    with connection:
        connection.settimeout(20)
        head = b""
        while b"\r\n\r\n" not in head:
            data = connection.recv(65536)
            if not data:
                return
            head += data
        first, *lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        request = Request(first.split()[1], headers, began)
        site.requests.append(request)
        reply = site.reply(request.path)
        try:
            if callable(reply):
                reply(connection, request)
            else:
                connection.sendall(reply)
            connection.shutdown(socket.SHUT_WR)
        finally:
            request.ended = time.monotonic()


def settings(**changes: object) -> Settings:
    """Settings for servers on this machine, without pauses unless a test wants them."""
    values: dict[str, object] = {
        "fetch_private": True,
        "fetch_delay_seconds": 0.0,
        "fetch_timeout_seconds": 10,
    }
    return Settings(**(values | changes))  # type: ignore[arg-type] - the names are the tests' own
