"""Pages are fetched from real servers: politely, once each, with what later runs need to ask again."""

from __future__ import annotations

import email.utils
import gzip
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from fetch_sites import Reply, Request, Site, answer, moved, serving, settings

from corpus.errors import SettingsError
from corpus.fetch import fetch_pages
from corpus.identity import content_hash
from corpus.models import RawPage, RejectedPage, Sourced, Validator

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

ALLOW_ALL = answer(b"", type_="text/plain")
PAGE = "<p>Città</p>".encode()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving({"/": answer(PAGE, type_="text/html; charset=UTF-8")}) as found:
        yield found


def fetched(url: str, **changes: object) -> RawPage:
    (found,) = fetch_pages([url], settings(**changes))
    assert isinstance(found, RawPage), found
    return found


def fetching() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("fetch-")]


def refused(url: str, **changes: object) -> tuple[str, str]:
    (found,) = fetch_pages([url], settings(**changes))
    assert isinstance(found, RejectedPage), found
    assert found.page.sha256 == content_hash(f"{found.code} {found.reason}".encode())
    assert found.page.content == b""
    return found.code, found.reason


def test_a_page_comes_with_its_bytes_type_address_and_time(site: Site) -> None:
    page = fetched(site.url("/#part"))
    assert page.uri == site.url("/")
    assert page.content == PAGE
    assert page.sha256 == content_hash(PAGE)
    assert page.declared_type == "text/html; charset=UTF-8"
    assert page.url == Sourced(site.url("/"), "fetch")
    assert page.fetched_at is not None
    assert page.fetched_at.source == "fetch"
    assert page.validator is None


def test_a_request_says_who_asks_and_carries_no_cookie_nor_credentials(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    site.routes["/a"] = answer(status=302, Location="/", Set_Cookie="id=1")
    fetched(site.url("/a"), fetch_user_agent="my-crawler/1.0")
    for request in site.requests:
        assert request.headers["user-agent"] == "my-crawler/1.0"
        assert request.headers["host"] == f"127.0.0.1:{site.port}"
        assert not {"cookie", "authorization", "referer"} & set(request.headers)


def test_a_packed_page_is_unpacked(site: Site) -> None:
    site.routes["/"] = answer(gzip.compress(PAGE), Content_Encoding="gzip")
    assert fetched(site.url()).content == PAGE


def test_a_page_without_a_declared_type_is_read(site: Site) -> None:
    site.routes["/"] = b"HTTP/1.0 200 OK\r\n\r\nplain old page"
    page = fetched(site.url())
    assert page.content == b"plain old page"
    assert page.declared_type is None


def test_every_address_has_one_result_whatever_becomes_of_it(site: Site) -> None:
    urls = [site.url("/"), site.url("/none"), "nonsense", site.url("/"), "http://u:p@h.example/", ""]
    found = list(fetch_pages(urls, settings()))
    assert len(found) == len(urls)
    codes = sorted(page.code for page in found if isinstance(page, RejectedPage))
    assert codes == ["bad-address", "bad-address", "bad-address", "http-error"]
    assert "u:p" not in str(found)


@pytest.mark.parametrize("status", [201, 204, 404, 410, 451])
def test_an_answer_that_is_no_page_names_its_status(site: Site, status: int) -> None:
    site.routes["/"] = answer(b"sorry", status=status)
    assert refused(site.url()) == ("http-error", f"status {status}")
    assert site.paths.count("/") == 1


@pytest.mark.parametrize("type_", ["image/png", "application/pdf", "application/json", "video/mp4"])
def test_the_body_of_another_type_is_not_read(site: Site, type_: str) -> None:
    closed: list[bool] = []

    def never_ends(connection: socket.socket, request: Request) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {type_}\r\n\r\n".encode())
        connection.settimeout(5)
        closed.append(connection.recv(1) == b"")

    site.routes["/"] = never_ends
    code, reason = refused(site.url())
    assert (code, type_ in reason) == ("no-page", True)
    site.wait()
    assert closed == [True]


# robots.txt


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer(b"User-agent: *\nDisallow: /private", type_="text/plain"), None),
        (answer(b"User-agent: *\nDisallow: /", type_="text/plain"), "robots"),
        (answer(status=404), None),
        (answer(status=403), None),
        (answer(status=500), "robots"),
        (answer(status=503, Retry_After="0"), "robots"),
        (b"nonsense\r\n\r\n", "robots"),
        (moved("/elsewhere.txt"), "robots"),
        (moved("/robots.txt"), None),
        (moved("ftp://files.example/robots.txt"), "robots"),
        (answer(b"#" + b"x" * 600_000 + b"\nUser-agent: *\nDisallow: /"), None),
    ],
    ids="other-path all 404 403 500 503 no-http moved circle ftp beyond-cap".split(),
)
def test_robots_txt_decides(site: Site, reply: Reply, code: str | None) -> None:
    site.routes |= {"/robots.txt": reply, "/elsewhere.txt": answer(b"User-agent: *\nDisallow: /\n")}
    if code is None:
        assert fetched(site.url()).content == PAGE
    else:
        assert refused(site.url())[0] == code
        assert "/" not in site.paths


def test_robots_txt_is_asked_for_once_and_first(site: Site) -> None:
    site.routes["/robots.txt"] = answer(b"User-agent: *\nDisallow: /b", type_="text/plain")
    site.routes |= {f"/{name}": answer(PAGE) for name in "abcdef"}
    found = list(fetch_pages((site.url(f"/{name}") for name in "abcdef"), settings()))
    assert [page.code for page in found if isinstance(page, RejectedPage)] == ["robots"]
    assert site.paths[0] == "/robots.txt"
    assert sorted(site.paths[1:]) == ["/a", "/c", "/d", "/e", "/f"]


def test_robots_txt_of_the_host_that_a_redirect_leads_to_counts(site: Site) -> None:
    with serving(
        {"/robots.txt": answer(b"User-agent: *\nDisallow: /secret")},
    ) as other:
        site.routes["/"] = moved(other.url("/secret", host="localhost"))
        code, reason = refused(site.url())
        assert (code, f"localhost:{other.port}" in reason) == ("robots", True)
        assert other.paths == ["/robots.txt"]


def test_two_hosts_whose_robots_txt_lead_to_one_another_are_both_read(site: Site) -> None:
    with serving({"/": answer(PAGE), "/rules": answer(b"")}) as other:
        site.routes |= {"/robots.txt": moved(other.url("/rules", "localhost")), "/rules": answer(b"")}
        other.routes["/robots.txt"] = moved(site.url("/rules"))
        found = list(fetch_pages([site.url(), other.url("/", "localhost")] * 3, settings()))
    assert [type(page) for page in found] == [RawPage] * 6


# politeness


def gaps(site: Site) -> list[float]:
    return [later.began - earlier.ended for earlier, later in itertools.pairwise(site.requests)]


def test_requests_to_one_host_never_overlap_and_keep_their_distance(site: Site) -> None:
    def slow(connection: socket.socket, request: Request) -> None:
        time.sleep(0.05)
        connection.sendall(answer(PAGE))

    site.routes = {"/robots.txt": moved("/r"), "/r": ALLOW_ALL, "/": slow, "/x": moved("/")}
    list(fetch_pages([site.url(), site.url("/x"), site.url()], settings(fetch_delay_seconds=0.2)))
    assert len(site.requests) == 6
    assert min(gaps(site)) > 0.15  # the server's clock starts and stops a little beside ours


def test_the_delay_that_robots_txt_asks_for_is_kept_where_it_is_longer(site: Site) -> None:
    site.routes["/robots.txt"] = answer(b"User-agent: *\nCrawl-delay: 0.4")
    list(fetch_pages([site.url(), site.url()], settings(fetch_delay_seconds=0.05)))
    assert min(gaps(site)) > 0.35


def test_two_hosts_are_asked_beside_one_another() -> None:
    both = threading.Barrier(2, timeout=10)

    def meet(connection: socket.socket, request: Request) -> None:
        both.wait()
        connection.sendall(answer(PAGE))

    with serving({"/": meet}) as site:
        found = list(fetch_pages([site.url(), site.url("/", host="localhost")], settings()))
    assert [type(page) for page in found] == [RawPage, RawPage]


def test_no_more_hosts_at_once_than_allowed() -> None:
    now, most = [0], [0]
    lock = threading.Lock()

    def count(connection: socket.socket, request: Request) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        with lock:
            now[0] -= 1
        connection.sendall(answer(PAGE))

    with serving({"/": count}) as site:
        urls = [site.url("/", host=f"h{number}.example") for number in range(9)]
        given = settings(fetch_hosts_at_once=2)
        found = list(fetch_pages(urls, given, resolve=lambda host: ["127.0.0.1"]))
    assert [type(page) for page in found] == [RawPage] * 9
    assert most[0] == 2


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [False, True])
def test_a_busy_server_is_asked_again_when_it_says(site: Site, status: int, as_date: bool) -> None:
    wait = email.utils.formatdate(time.time() + 2, usegmt=True) if as_date else "1"
    site.routes["/"] = [answer(status=status, Retry_After=wait), answer(PAGE)]
    assert fetched(site.url()).content == PAGE
    assert site.requests[-1].began - site.requests[-2].ended > (0.5 if as_date else 0.95)


def test_a_server_that_stays_busy_is_left_alone_after_two_more_tries(site: Site) -> None:
    site.routes["/"] = answer(status=503, Retry_After="0")
    assert refused(site.url()) == ("http-error", "status 503")
    assert site.paths.count("/") == 3


def test_a_server_that_is_busy_for_long_is_not_asked_again(site: Site) -> None:
    site.routes["/"] = answer(status=429, Retry_After="9999999999")
    assert refused(site.url()) == ("http-error", "status 429")
    assert site.paths.count("/") == 1


def test_a_server_that_fails_once_is_asked_once_more(site: Site) -> None:
    site.routes["/"] = [answer(status=500), answer(PAGE)]
    assert fetched(site.url()).content == PAGE
    site.routes["/"] = answer(status=502)
    assert refused(site.url()) == ("http-error", "status 502")
    assert site.paths.count("/") == 4


# redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_the_last_address_is_told(site: Site, status: int) -> None:
    site.routes |= {
        "/old": moved("new?x=città#part".encode().decode("latin-1"), status),
        "/new?x=citt%C3%A0": answer(PAGE),
    }
    page = fetched(site.url("/old"))
    assert (page.uri, page.url) == (site.url("/old"), Sourced(site.url("/new?x=citt%C3%A0"), "fetch"))


def test_five_redirects_are_followed_and_not_six(site: Site) -> None:
    site.routes |= {f"/{number}": moved(f"/{number - 1}") for number in range(1, 7)} | {"/0": answer(PAGE)}
    assert fetched(site.url("/5")).content == PAGE
    assert refused(site.url("/6")) == ("redirects", "redirected more than 5 times")


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("/", "redirects"),
        ("/back", "redirects"),
        ("ftp://files.example/", "bad-address"),
        ("file:///etc/passwd", "bad-address"),
        ("http://me:secret@127.0.0.1/", "bad-address"),
        ("http://[", "bad-address"),
    ],
)
def test_a_redirect_in_a_circle_or_to_no_page_is_refused(site: Site, to: str, code: str) -> None:
    site.routes |= {"/": moved(to), "/back": moved("/")}
    found, reason = refused(site.url())
    assert found == code
    assert "secret" not in reason


# asking again


def test_what_a_server_says_for_later_is_kept_and_sent_and_no_news_is_the_known_page(site: Site) -> None:
    stamp = "Mon, 02 Jan 2023 03:04:05 GMT"
    site.routes["/"] = [answer(PAGE, ETag='W/"7"', Last_Modified=stamp), answer(status=304, ETag='W/"8"')]
    first = fetched(site.url())
    assert first.validator == Validator(content_hash(PAGE), 'W/"7"', stamp)
    (second,) = fetch_pages([site.url("/#again")], settings(), {site.url(): first.validator}.get)
    assert isinstance(second, RawPage)
    assert (second.content, second.sha256) == (b"", first.sha256)
    assert second.validator == Validator(first.sha256, 'W/"8"', stamp)
    asked = site.requests[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('W/"7"', stamp)


def test_a_page_that_has_changed_comes_with_its_bytes(site: Site) -> None:
    known = Validator(content_hash(b"old"), '"old"')
    (page,) = fetch_pages([site.url()], settings(), lambda uri: known)
    assert isinstance(page, RawPage)
    assert page.content == PAGE


@pytest.mark.parametrize(
    "known", [None, Validator("0" * 64), Validator("0" * 64, '"a\r\nb"'), Validator("0" * 64, "字")]
)
def test_no_news_that_nobody_asked_for_is_an_error(site: Site, known: Validator | None) -> None:
    site.routes["/"] = answer(status=304)
    (page,) = fetch_pages([site.url()], settings(), lambda uri: known)
    assert isinstance(page, RejectedPage)
    assert (page.code, page.reason) == ("http-error", "status 304")


def test_a_date_is_not_sent_where_a_redirect_leads(site: Site) -> None:
    site.routes["/old"] = moved("/")
    known = Validator("0" * 64, '"7"', "Mon, 02 Jan 2023 03:04:05 GMT")
    list(fetch_pages([site.url("/old")], settings(), lambda uri: known))
    assert "if-none-match" in site.requests[-1].headers
    assert "if-modified-since" not in site.requests[-1].headers


# streaming, and its end


def test_a_list_of_a_million_addresses_is_read_as_pages_are_taken(site: Site) -> None:
    taken = itertools.count()
    read = [0]

    def urls() -> Iterator[str]:
        for number in range(1_000_000):
            read[0] = number + 1
            yield site.url("/")

    pages = fetch_pages(urls(), settings())
    assert read == [0]
    for _ in range(20):
        assert isinstance(next(pages), RawPage)
        assert read[0] <= 1_100 + next(taken)
    pages.close()
    assert not fetching()


def test_a_million_refused_addresses_take_no_memory_and_no_thread() -> None:
    threads = threading.active_count()
    pages = fetch_pages((f"nonsense-{number}" for number in range(1_000_000)), settings())
    assert sum(1 for _ in itertools.islice(pages, 10_000)) == 10_000
    assert threading.active_count() <= threads


@pytest.mark.parametrize("asked", ["/", "/robots.txt"])
def test_closing_ends_threads_that_wait_for_a_server(site: Site, asked: str) -> None:
    reached = threading.Event()

    def hang(connection: socket.socket, request: Request) -> None:
        reached.set()
        connection.recv(1)  # returns when the other side has closed

    site.routes[asked] = [hang, site.reply(asked)]  # one of the two hosts is answered
    pages = fetch_pages([site.url(), site.url("/", "localhost")], settings(fetch_timeout_seconds=600))
    assert isinstance(next(pages), RawPage)
    assert reached.wait(10)
    begun = time.monotonic()
    pages.close()
    assert time.monotonic() - begun < 1.9  # at 2 seconds it would have given up on them
    assert not fetching()


def test_closing_ends_a_lookup_that_takes_its_time() -> None:
    asked, late = threading.Event(), threading.Event()

    def slow(host: str) -> list[str]:
        asked.set()
        late.wait(10)
        return ["127.0.0.1"]

    pages = fetch_pages(["http://slow.example/"], settings(), resolve=slow)
    taking = threading.Thread(target=lambda: asked.wait(10) and os.kill(os.getpid(), signal.SIGINT))
    taking.start()
    with pytest.raises(KeyboardInterrupt):
        next(pages)
    assert not fetching()
    taking.join()
    late.set()


def test_an_error_in_the_list_or_in_what_is_known_comes_through(site: Site) -> None:
    def urls() -> Iterator[str]:
        yield site.url()
        raise LookupError("the list broke")

    with pytest.raises(LookupError, match="the list broke"):
        list(fetch_pages(urls(), settings()))

    def unknown(uri: str) -> Validator | None:
        raise KeyError(uri)

    with pytest.raises(KeyError):
        list(fetch_pages([site.url()], settings(), unknown))


def test_an_error_of_our_own_in_a_thread_is_not_silent(site: Site) -> None:
    def broken(host: str) -> list[str]:
        raise RuntimeError("the resolver broke")

    with pytest.raises(RuntimeError, match="the resolver broke"):
        list(fetch_pages([site.url()], settings(), resolve=broken))


def test_ctrl_c_ends_a_program_that_waits_for_a_server(site: Site) -> None:
    def hang(connection: socket.socket, request: Request) -> None:
        os.kill(program.pid, signal.SIGINT)
        connection.recv(1)

    site.routes["/"] = hang
    code = (
        "import sys; from corpus.fetch import fetch_pages; from corpus.settings import Settings; "
        "given = Settings(fetch_private=True, fetch_delay_seconds=0, fetch_timeout_seconds=600); "
        "list(fetch_pages([sys.argv[1]], given))"
    )
    program = subprocess.Popen([sys.executable, "-c", code, site.url()], stderr=subprocess.PIPE)
    _, told = program.communicate(timeout=60)
    assert b"KeyboardInterrupt" in told


@pytest.mark.parametrize("agent", ["", "  ", "my\ncrawler", "città"])
def test_a_name_that_cannot_be_sent_is_a_wrong_setting(agent: str) -> None:
    with pytest.raises(SettingsError, match="fetch_user_agent"):
        fetch_pages(["http://example.com/"], settings(fetch_user_agent=agent))


def test_importing_costs_nothing_and_starts_nothing() -> None:
    code = (
        "import sys, threading; import corpus.fetch; "
        "print(threading.active_count(), [m for m in ('httpcore', 'ssl', 'protego') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "1 []"
