"""Servers and names that mean harm: each ends as a rejected page with its reason, within its caps."""

from __future__ import annotations

import datetime
import gzip
import socket
import ssl
import time
import zlib
from typing import TYPE_CHECKING

import pytest
from fetch_sites import Reply, Request, Site, answer, moved, serving, settings

from corpus.fetch import fetch_pages
from corpus.models import RawPage, RejectedPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

PAGE = b"<p>page</p>"
PUBLIC = "192.0.2.1"  # for documentation: nobody is there, and nobody is asked


@pytest.fixture
def site() -> Iterator[Site]:
    with serving({"/": answer(PAGE)}) as found:
        yield found


def refused(
    url: str, resolve: Callable[[str], Sequence[str]] | None = None, **changes: object
) -> tuple[str, str]:
    (found,) = fetch_pages([url], settings(**changes), resolve=resolve)
    assert isinstance(found, RejectedPage), found
    return found.code, found.reason


# where requests may go


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "017700000001"])
def test_this_machine_is_not_asked_however_it_is_called(site: Site, host: str) -> None:
    code, reason = refused(site.url("/", host=host), fetch_private=False)
    assert (code, "fetch_private" in reason) == ("private-address", True)
    assert site.requests == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "nonsense"],
)
def test_a_name_for_a_private_address_is_not_asked(site: Site, address: str) -> None:
    url = site.url("/", host="inner.example")
    assert refused(url, lambda host: [address], fetch_private=False)[0] == "private-address"
    assert site.requests == []


def test_a_name_is_looked_up_for_every_connection_and_each_answer_is_judged(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when robots.txt is asked for and private when the page is, is caught the second time."""
    connected = only_public(monkeypatch, site, PUBLIC)
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    url = site.url("/", host="rebinding.example")
    assert refused(url, lambda host: next(answers), fetch_private=False)[0] == "private-address"
    assert connected == [PUBLIC]
    assert site.paths == ["/robots.txt"]


@pytest.mark.parametrize("what", ["/", "/robots.txt"])
def test_a_redirect_from_a_public_host_into_a_private_network_is_not_followed(
    site: Site, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    only_public(monkeypatch, site, PUBLIC)
    names = {"public.example": [PUBLIC], "inner.example": ["10.0.0.1"], "127.0.0.1": ["127.0.0.1"]}
    for to in (site.url("/secret"), site.url("/secret", host="inner.example")):
        site.routes[what] = moved(to)
        url = site.url("/", host="public.example")
        code, reason = refused(url, names.__getitem__, fetch_private=False)
        assert code == ("private-address" if what == "/" else "robots")
        assert "not of the public internet" in reason
    assert "/secret" not in site.paths


def test_of_public_and_private_addresses_only_the_public_ones_are_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = only_public(monkeypatch, site, PUBLIC)
    found = list(
        fetch_pages(
            [site.url("/", host="both.example")],
            settings(fetch_private=False),
            resolve=lambda host: ["10.0.0.1", PUBLIC, "::1"],
        )
    )
    assert isinstance(found[0], RawPage)
    assert set(connected) == {PUBLIC}


def only_public(monkeypatch: pytest.MonkeyPatch, site: Site, address: str) -> list[str]:
    """Let `address` count as public and lead to `site`; returns where connections were asked for."""
    from corpus.fetch import network, stream

    connected: list[str] = []

    class Socket(socket.socket):
        def connect(self, to: tuple[str, int]) -> None:  # type: ignore[override] - the one form that is used
            connected.append(to[0])
            super().connect(("127.0.0.1", site.port) if to[0] == address else to)

    monkeypatch.setattr(network, "is_public", lambda other: other == address)
    monkeypatch.setattr(stream.socket, "socket", Socket)
    return connected


# hosts that cannot be reached


def test_a_refused_connection_is_tried_once_more_and_the_host_then_left_alone() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # not listening
        looked_up: list[str] = []

        def resolve(host: str) -> list[str]:
            looked_up.append(host)
            return ["127.0.0.1"]

        urls = [f"http://down.example:{taken.getsockname()[1]}/{number}" for number in range(5)]
        found = list(fetch_pages(urls, settings(), resolve=resolve))
    assert [page.code for page in found if isinstance(page, RejectedPage)] == ["unreachable"] * 5
    assert looked_up == ["down.example"] * 2


def test_the_next_address_is_tried_where_one_does_not_answer(site: Site) -> None:
    url = site.url("/", host="two.example")
    (found,) = fetch_pages([url], settings(), resolve=lambda host: ["::1", "127.0.0.1"])
    assert isinstance(found, RawPage)


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    def resolve(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    code, reason = refused("http://nowhere.example/", resolve)
    assert (code, "Name or service not known" in reason) == ("unreachable", True)
    assert refused("http://empty.example/", lambda host: [])[0] == "unreachable"


def test_a_lookup_that_hangs_ends_at_the_cap() -> None:
    def resolve(host: str) -> list[str]:
        time.sleep(3)
        return ["127.0.0.1"]

    assert refused("http://slow.example/", resolve, fetch_timeout_seconds=1)[0] == "timeout"


# answers that never end, or are no answers


def drip(before: bytes, drop: bytes) -> Reply:
    def reply(connection: socket.socket, request: Request) -> None:
        connection.sendall(before)
        for _ in range(200):
            connection.sendall(drop)
            time.sleep(0.05)

    return reply


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    "reply",
    [
        drip(HEAD + b"\r\n", b"x"),
        drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drip(HEAD, b"X: y\r\n"),
        drip(b"HTTP/1.1 200 ", b"O"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(HEAD + b"Content-Length: 9\r\n\r\n", b""),
    ],
    ids="body chunks headers status-line continue silence".split(),
)
def test_a_server_that_drips_ends_at_the_cap_over_the_whole_page(site: Site, reply: Reply) -> None:
    site.routes["/"] = reply
    begun = time.monotonic()
    assert refused(site.url(), fetch_timeout_seconds=1) == ("timeout", "not finished within 1 seconds")
    assert time.monotonic() - begun < 8  # the server would go on for ten


def test_a_robots_txt_that_drips_ends_at_the_cap_too(site: Site) -> None:
    site.routes["/robots.txt"] = drip(HEAD + b"\r\n", b"#")
    code, reason = refused(site.url(), fetch_timeout_seconds=1)
    assert (code, "robots.txt" in reason) == ("timeout", True)


def test_time_is_counted_over_redirects(site: Site) -> None:
    def slow(connection: socket.socket, request: Request) -> None:
        time.sleep(0.4)
        connection.sendall(moved(f"/{int(request.path[1:]) + 1}"))

    site.routes |= {f"/{number}": slow for number in range(5)} | {"/5": answer(PAGE)}
    assert refused(site.url("/0"), fetch_timeout_seconds=1)[0] == "timeout"


def endless(head: bytes, piece: bytes) -> Reply:
    def reply(connection: socket.socket, request: Request) -> None:
        connection.sendall(head)
        for _ in range(200_000_000 // len(piece)):
            connection.sendall(piece)

    return reply


def packed_zeros(megabytes: int) -> bytes:
    machine = zlib.compressobj(9, wbits=31)
    return b"".join([*(machine.compress(bytes(1_000_000)) for _ in range(megabytes)), machine.flush()])


@pytest.mark.parametrize(
    "reply",
    [
        answer(b"x" * 100_001),
        HEAD + b"Content-Length: 100001\r\n\r\n",
        endless(HEAD + b"\r\n", b"x" * 100_000),
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b"x" * 0x4000 + b"\r\n"),
        answer(packed_zeros(100), Content_Encoding="gzip"),
        endless(HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 1_000),
        endless(HEAD, b"X: " + b"y" * 60_000 + b"\r\n"),
        endless(HEAD + b"X: ", b"y" * 60_000),
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;", b"extension" * 1_000),
    ],
    ids="body length endless chunks gzip-bomb gzip-nothing many-headers one-header chunk-extension".split(),
)
def test_what_is_too_large_is_not_read_to_its_end(site: Site, reply: Reply) -> None:
    site.routes["/"] = reply
    assert refused(site.url(), page_max_bytes=100_000)[0] == "too-large"


def test_a_page_of_just_the_allowed_size_is_read(site: Site) -> None:
    site.routes["/"] = answer(b"x" * 100_000)
    (found,) = fetch_pages([site.url()], settings(page_max_bytes=100_000))
    assert isinstance(found, RawPage)


@pytest.mark.parametrize(
    ("reply", "code", "tries"),
    [
        (HEAD + b"Content-Length: 100\r\n\r\nhalf of it", "unreachable", 2),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\nhalf", "unreachable", 2),
        (HEAD[:-9], "unreachable", 2),
        (b"", "unreachable", 2),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "http-error", 1),
        (b"\x16\x03\x01\x02\x00" * 99 + b"\r\n\r\n", "http-error", 1),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + b"x" * 99 + b"\r\n", "http-error", 1),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n123456", "http-error", 1),
        (HEAD + b"Content-Length: -5\r\n\r\n123456", "http-error", 1),
        (HEAD + b"Bad\x00Header: x\r\n\r\n", "http-error", 1),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "http-error", 1),
        (answer(status=302), "http-error", 1),
        (answer(b"nonsense", Content_Encoding="gzip"), "http-error", 1),
        (answer(b"nonsense", Content_Encoding="br"), "http-error", 1),
        (answer(gzip.compress(b"x" * 999)[:-12], Content_Encoding="gzip"), "unreachable", 2),
    ],
    ids="""half half-chunk half-header nothing ssh tls chunk two-lengths negative nul upgrade no-location no-gzip br
    half-gzip""".split(),
)
def test_an_answer_that_is_broken_or_none_says_so(site: Site, reply: bytes, code: str, tries: int) -> None:
    site.routes["/"] = reply
    assert refused(site.url())[0] == code
    assert site.paths.count("/") == tries


def test_a_reset_connection_is_unreachable(site: Site) -> None:
    def reset(connection: socket.socket, request: Request) -> None:
        connection.sendall(HEAD + b"\r\nsome")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()

    site.routes["/"] = reset
    assert refused(site.url())[0] == "unreachable"


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pages.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("pages.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "site.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def tls_site(certificate: Path) -> Iterator[tuple[Site, list[str | None]]]:
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: names.append(name)  # type: ignore[assignment] - returns None
    with serving({"/": answer(PAGE)}, lambda raw: context.wrap_socket(raw, server_side=True)) as found:
        yield found, names


def test_a_trusted_host_is_named_to_its_server_and_asked_at_the_address_that_was_judged(
    tls_site: tuple[Site, list[str | None]], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, names = tls_site
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    url = f"https://pages.example:{site.port}/"
    (found,) = fetch_pages([url], settings(), resolve=lambda host: ["127.0.0.1"])
    assert isinstance(found, RawPage), found
    assert set(names) == {"pages.example"}
    assert {request.headers["host"] for request in site.requests} == {f"pages.example:{site.port}"}


@pytest.mark.parametrize("host", ["pages.example", "other.example"])
def test_a_host_that_cannot_prove_its_name_is_not_asked(
    tls_site: tuple[Site, list[str | None]], certificate: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    site, _ = tls_site
    if host == "other.example":  # trusted, but of another name
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    code, reason = refused(f"https://{host}:{site.port}/", lambda host: ["127.0.0.1"])
    assert (code, "certificate verify failed" in reason) == ("unreachable", True)
    assert site.requests == []


def test_a_server_without_tls_is_unreachable_by_https() -> None:
    def plain(connection: socket.socket) -> socket.socket:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        return connection

    with serving({}, plain) as site:
        code, reason = refused(site.url().replace("http:", "https:"))
    assert (code, "WRONG_VERSION_NUMBER" in reason) == ("unreachable", True)


def test_a_handshake_that_hangs_ends_at_the_cap() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        assert refused(url, fetch_timeout_seconds=1)[0] == "timeout"
