"""Web archives become pages; what is no page is counted, what is broken is rejected, and the rest is read."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from source_files import HTML, SMALL, contents, everything, gz, only_rejected, opened, record, response, zstd

from corpus.models import RawPage, RejectedPage, Sourced
from corpus.settings import Settings
from corpus.sources import uri_of, warc
from corpus.sources.byte_stream import ByteStream
from corpus.sources.origin import Origin, Tally

if TYPE_CHECKING:
    from pathlib import Path

GOOD = response(b"<p>good")


def pages_of(
    tmp_path: Path, data: bytes, name: str = "a.warc", **changes: Any
) -> list[RawPage | RejectedPage]:
    file = tmp_path / name
    file.write_bytes(data)
    return everything(file, **changes)


def encoded(encoding: str, body: bytes, transfer: str = "") -> bytes:
    head = f"{HTML}Content-Encoding: {encoding}\r\n" if encoding else HTML
    return response(body, f"{head}Transfer-Encoding: {transfer}\r\n" if transfer else head)


def brotli(data: bytes, path: Path) -> bytes:
    from fastwarc.stream_io import BrotliWriter

    with path.open("wb") as file:
        writer = BrotliWriter(file)
        writer.write(data)
        writer.close()
    return path.read_bytes()


def test_a_response_has_the_address_time_and_type_that_the_archive_states(tmp_path: Path) -> None:
    (page,) = pages_of(tmp_path, GOOD)
    assert isinstance(page, RawPage)
    assert (page.uri, page.url) == ("https://a.example/x", Sourced("https://a.example/x", "warc"))
    assert page.fetched_at == Sourced("2023-04-05T06:07:08+00:00", "warc")
    assert (page.content, page.declared_type) == (b"<p>good", "text/html; charset=utf-8")


def test_resources_and_text_conversions_are_pages_too(tmp_path: Path) -> None:
    data = record(b"<p>r", "resource", "<https://a.example/r>", "text/html") + record(
        "è".encode(), "conversion", "https://a.example/c", "text/plain"
    )
    found = pages_of(tmp_path, gz(data), "a.warc.wet.gz")
    assert contents(found) == [b"<p>r", "è".encode()]
    assert [item.uri for item in found if isinstance(item, RawPage)] == [
        "https://a.example/r",
        "https://a.example/c",
    ]


NO_PAGES = {
    "warcinfo": record(b"software: x", "warcinfo", None, "application/warc-fields"),
    "request": record(b"GET / HTTP/1.1\r\n\r\n", "request"),
    "metadata": record(b"a: b", "metadata", content_type="text/plain"),
    "revisit": response(b"", kind="revisit"),
    "image": response(b"\x89PNG", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"),
    "missing image": response(b"", "HTTP/1.1 404 Not Found\r\nContent-Type: image/png\r\n"),
    "style": response(b"a{}", "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\n"),
    "redirect": response(b"<p>moved", "HTTP/1.1 301 Moved\r\nContent-Type: text/html\r\nLocation: /y\r\n"),
    "dns": record(b"1.2.3.4", "response", "dns:a.example", "text/dns"),
    "log": record(b"wget", "resource", "metadata://gnu.org/software/wget/warc/wget.log", "text/plain"),
    "pdf": record(b"%PDF-", "resource", "https://a.example/x.pdf", "application/pdf"),
}


@pytest.mark.parametrize("name", NO_PAGES)
def test_what_is_no_page_is_counted_and_not_rejected(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.warc").write_bytes(GOOD + NO_PAGES[name] + GOOD)
    stream = opened(tmp_path / "a.warc")
    assert contents(list(stream)) == [b"<p>good"] * 2
    assert stream.ignored_records == 1


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "100 Continue"])
def test_other_statuses_are_rejected_with_the_status(tmp_path: Path, status: str) -> None:
    found = pages_of(tmp_path, response(b"<p>no", f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n") + GOOD)
    assert contents(found) == ["http-error", b"<p>good"]
    rejected = only_rejected(found)
    assert status[:3] in rejected.reason
    assert rejected.page.uri == uri_of(tmp_path / "a.warc") + "#1"
    assert rejected.page.url == Sourced("https://a.example/x", "warc")


def test_a_page_without_type_status_phrase_or_address_is_a_page(tmp_path: Path) -> None:
    found = pages_of(tmp_path, response(b"<p>a", "HTTP/2 200\r\n", uri=None))
    assert contents(found) == [b"<p>a"]
    assert [item.uri for item in found if isinstance(item, RawPage)] == [uri_of(tmp_path / "a.warc") + "#1"]


def test_encoded_bodies_are_decoded(tmp_path: Path) -> None:
    body = b"<p>" + b"page " * 50
    chunks = b"3\r\n<p>\r\nFA;name=value\r\n" + body[3:] + b"\r\n0\r\n\r\n"
    packed = gz(body)
    bare = zlib.compressobj(wbits=-15)
    records = [
        encoded("gzip", packed),
        encoded("x-gzip", packed + b"trailing"),
        encoded("deflate", zlib.compress(body)),
        encoded("deflate", bare.compress(body) + bare.flush()),
        encoded("br", brotli(body, tmp_path / "br")),
        encoded("zstd", zstd(body)),
        encoded("gzip, gzip", gz(packed)),
        encoded("identity", body),
        encoded("", chunks, "chunked"),
        encoded("gzip", f"{len(packed):x}\r\n".encode() + packed + b"\r\n0\r\n\r\n", "chunked"),
    ]
    assert contents(pages_of(tmp_path, b"".join(records))) == [body] * len(records)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_was_stored_decoded_is_taken_as_it_is(tmp_path: Path, encoding: str) -> None:
    assert contents(pages_of(tmp_path, encoded(encoding, b"<p>plain text", "chunked"))) == [b"<p>plain text"]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gz(b"<p>" + b"page" * 50)[:-9]),
        ("gzip", gz(b"<p>page")[:11] + b"\xff\xff\xff" + gz(b"<p>page")[14:]),
        ("deflate", zlib.compress(b"<p>page")[:-3]),
        ("zstd", zstd(b"<p>page")[:-3]),
    ],
)
def test_a_broken_body_is_damaged_unless_the_crawler_says_that_it_cut_it(
    tmp_path: Path, encoding: str, body: bytes
) -> None:
    found = pages_of(tmp_path, encoded(encoding, body) + GOOD)
    assert contents(found) == ["damaged", b"<p>good"]
    assert encoding in only_rejected(found).reason


def test_a_body_cut_by_the_crawler_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    text = bytes(range(33, 127)) * 8
    head = f"{HTML}Content-Encoding: gzip\r\n"
    found = pages_of(tmp_path, response(gz(text)[:-20], head, more="WARC-Truncated: length\r\n"))
    (content,) = contents(found)
    assert isinstance(content, bytes)
    assert text.startswith(content)
    assert len(content) > 50


def test_chunks_that_break_off_are_damaged(tmp_path: Path) -> None:
    found = pages_of(
        tmp_path, encoded("", b"3\r\nabc\r\n", "chunked") + encoded("", b"FFFFFFFF\r\nabc", "chunked")
    )
    assert contents(found) == ["damaged", "damaged"]


@pytest.mark.parametrize("pack", [gz, zstd, zlib.compress])
def test_a_bomb_in_a_body_ends_at_the_limit_of_a_page(tmp_path: Path, pack: Any) -> None:
    encoding = {gz: "gzip", zstd: "zstd", zlib.compress: "deflate"}[pack]
    bomb = pack(b"\0" * 20_000_000)
    twice = encoded(f"{encoding}, {encoding}", pack(bomb))
    found = pages_of(tmp_path, encoded(encoding, bomb) + twice + GOOD)
    assert contents(found) == ["too-large", "too-large", b"<p>good"]


def test_a_bomb_of_chunks_ends(tmp_path: Path) -> None:
    bomb = b"1\r\na\r\n" * 200_000
    assert contents(pages_of(tmp_path, encoded("", bomb + b"0\r\n\r\n", "chunked") + GOOD)) == [
        "too-large",
        b"<p>good",
    ]


BROKEN = {
    "length too short": (response(b"<p>" + b"x" * 200, length=40), "found"),
    "length too long": (response(b"<p>x", length=500), "expected another record"),
    "length past the end": (response(b"<p>x", length=90_000), "the archive ends before"),
    "no number": (response(b"<p>x", length="many"), "'many'"),
    "negative": (response(b"<p>x", length=-1), "'-1'"),
    "no length": (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n<p>x\r\n\r\n", "Content-Length"),
    "garbage": (b"garbage\r\n\r\n", "expected a WARC version"),
    "other version": (response(b"<p>x").replace(b"WARC/1.0", b"WARC/one"), "expected a WARC version"),
    "noise in a header": (b"WARC/1.0\r\n\x00\xff\x01noise", "expected a header, found"),
    "record in a header": (b"WARC/1.0\r\nWARC-Type: response\r\n", "expected a header, found"),
    "header too long": (
        response(b"<p>x", more="X: " + "x" * 70_000 + "\r\n"),
        "expected a header of at most",
    ),
    "no HTTP": (record(b"nonsense\r\n\r\n<p>x"), "expected an HTTP status"),
    "no end of HTTP": (record(b"HTTP/1.1 200 OK\r\nContent-Type: text/html"), "expected an HTTP header"),
    "encodings": (encoded("gzip, " * 9 + "gzip", b"x"), "at most 3"),
    "encoding": (encoded("rot13", b"x"), "'rot13'"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_record_is_rejected_and_the_next_is_read(tmp_path: Path, name: str) -> None:
    data, words = BROKEN[name]
    found = pages_of(tmp_path, GOOD + data + GOOD * 2, settings=Settings(page_max_bytes=100_000))
    assert contents(found) == [b"<p>good", "bad-record", b"<p>good", b"<p>good"]
    assert words in only_rejected(found).reason


def test_a_page_cannot_smuggle_records_in(tmp_path: Path) -> None:
    inner = response(b"<p>smuggled", uri="https://bank.example/")
    found = pages_of(tmp_path, response(b"<p>x\r\n\r\n" + inner) + GOOD)
    assert contents(found)[1:] == [b"<p>good"]
    assert len(found) == 2
    large = pages_of(tmp_path, response(b"x" * 2_000_000 + b"\r\n\r\n" + inner) + GOOD)
    assert contents(large) == ["too-large", b"<p>good"]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_length_beyond_the_end_of_the_archive_costs_one_record(tmp_path: Path, name: str) -> None:
    lies = [response(b"<p>x", length=10**17), response(b"<p>x", length=9_000_000_000)]
    data = [GOOD, lies[0], GOOD, *lies * 100, GOOD]
    found = pages_of(tmp_path, b"".join(gz(item) if name.endswith("gz") else item for item in data), name)
    assert contents(found) == [b"<p>good", "bad-record", b"<p>good", *["bad-record"] * 200, b"<p>good"]
    assert "the archive ends before" in next(item.reason for item in found if isinstance(item, RejectedPage))


def test_a_length_beyond_the_end_of_standard_input_is_told(tmp_path: Path) -> None:
    found = everything("-", stdin=io.BytesIO(GOOD + response(b"<p>x", length=10**17) + GOOD))
    assert contents(found) == [b"<p>good", "bad-record"]
    assert "the rest is not read" in only_rejected(found).reason


def test_many_lies_about_lengths_cost_linear_time(tmp_path: Path) -> None:
    lie = response(b"", length=15_000_000)
    found = pages_of(tmp_path, lie * 3_000 + GOOD, settings=Settings())
    assert contents(found) == ["bad-record"] * 3_000 + [b"<p>good"]


def test_line_ends_without_carriage_returns_are_understood(tmp_path: Path) -> None:
    block = b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n<p>x"
    data = b"WARC/1.0\nWARC-Type: response\nContent-Type: application/http\nContent-Length: %d\n\n%s\n\n" % (
        len(block),
        block,
    )
    assert contents(pages_of(tmp_path, data * 2)) == [b"<p>x"] * 2


def test_one_gzip_member_a_record_and_one_for_all_are_the_same(tmp_path: Path) -> None:
    records = [response(b"<p>%d" % number) for number in range(50)]
    members = b"".join(gz(item) for item in records)
    assert contents(pages_of(tmp_path, members, "a.warc.gz")) == contents(
        pages_of(tmp_path, gz(b"".join(records)))
    )


def test_an_archive_that_breaks_off_gives_what_was_whole_before(tmp_path: Path) -> None:
    found = pages_of(tmp_path, gz(GOOD) * 2 + gz(GOOD)[:-20], "a.warc.gz")
    assert contents(found) == [b"<p>good", b"<p>good", "damaged"]
    assert only_rejected(found).page.uri == uri_of(tmp_path / "a.warc.gz")
    assert contents(pages_of(tmp_path, GOOD * 2 + GOOD[:-20])) == [b"<p>good", b"<p>good", "bad-record"]


def test_an_archive_of_other_records_is_not_empty(tmp_path: Path) -> None:
    assert pages_of(tmp_path, NO_PAGES["request"]) == []


@given(st.data())
def test_mutated_archives_end_in_pages_or_reasons(data: st.DataObject) -> None:
    archive = bytearray(encoded("gzip", gzip.compress(b"<p>x")) + GOOD + NO_PAGES["request"] + GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(archive) - 1))
        archive[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    step = data.draw(st.integers(1, 500))
    pieces = [bytes(archive[start : start + step]) for start in range(0, len(archive), step)]
    tally = Tally()
    origin = Origin("file:///x", None, SMALL, tally)
    found = list(warc.pages(ByteStream(iter([*pieces, b""]).__next__), origin))
    whole = list(
        warc.pages(
            ByteStream(iter([bytes(archive), b""]).__next__), Origin("file:///x", None, SMALL, Tally())
        )
    )
    assert found == whole
    assert found or tally.records
    assert all(item.reason if isinstance(item, RejectedPage) else item.content for item in found)
