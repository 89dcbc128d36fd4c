"""JSON Lines become pages; a bad line is a rejected page and never the end of the file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from source_files import SMALL, contents, everything, gz, lines, only_rejected

from corpus.decode import decode
from corpus.identity import content_hash
from corpus.models import RawPage, RejectedPage, Sourced
from corpus.settings import Settings
from corpus.sources import jsonl, uri_of
from corpus.sources.byte_stream import ByteStream
from corpus.sources.origin import Origin, Tally

if TYPE_CHECKING:
    from pathlib import Path


def pages_of(tmp_path: Path, data: bytes, **changes: Any) -> list[RawPage | RejectedPage]:
    file = tmp_path / "pages.jsonl"
    file.write_bytes(data)
    return everything(file, **changes)


def test_a_record_has_the_address_time_and_type_that_it_states(tmp_path: Path) -> None:
    record = {
        "url": " https://a.example/x#y ",
        "html": "<p>é",
        "text": "no",
        "timestamp": "2023-04-05T06:07:08+02:00",
    }
    (page,) = pages_of(tmp_path, lines(record))
    assert isinstance(page, RawPage)
    assert page.uri == "https://a.example/x#y"
    assert page.url == Sourced("https://a.example/x#y", "record")
    assert page.fetched_at == Sourced("2023-04-05T04:07:08+00:00", "record")
    assert (page.content, page.declared_type) == ("<p>é".encode(), "text/html; charset=utf-8")
    assert page.sha256 == content_hash(page.content)


def test_a_record_without_address_and_time_has_its_line_and_the_time_of_the_file(tmp_path: Path) -> None:
    found = pages_of(
        tmp_path, b"\n" + lines({"text": "one", "url": "javascript:1"}) + b"  \r\n" + lines({"body": "two"})
    )
    place = uri_of(tmp_path / "pages.jsonl")
    assert [(item.uri, item.content, item.declared_type) for item in found if isinstance(item, RawPage)] == [
        (f"{place}#2", b"one", "text/plain; charset=utf-8"),
        (f"{place}#4", b"two", "text/plain; charset=utf-8"),
    ]
    assert all(isinstance(item, RawPage) and item.fetched_at for item in found)
    assert {item.fetched_at.source for item in found if isinstance(item, RawPage) and item.fetched_at} == {
        "file-time"
    }


@pytest.mark.parametrize(
    ("stated", "time"),
    [
        (1680674828, "2023-04-05T06:07:08+00:00"),
        (1680674828.9, "2023-04-05T06:07:08+00:00"),
        (1680674828123, "2023-04-05T06:07:08+00:00"),
        ("1680674828", "2023-04-05T06:07:08+00:00"),
        ("1612120112345", "2021-01-31T19:08:32+00:00"),
        ("20230405060708", "2023-04-05T06:07:08+00:00"),
        ("20230405", "2023-04-05T00:00:00+00:00"),
        ("2023-04-05 06:07:08", "2023-04-05T06:07:08+00:00"),
        (True, None),
        (1e300, None),
        (float("nan"), None),
        (10**400, None),
        ("9" * 5_000, None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
        ([1680674828], None),
    ],
)
def test_times_are_understood_in_the_forms_that_crawlers_write(
    tmp_path: Path, stated: Any, time: str | None
) -> None:
    (page,) = pages_of(tmp_path, lines({"text": "one", "fetched_at": stated}), settings=Settings())
    assert isinstance(page, RawPage)
    assert page.fetched_at is not None
    assert (page.fetched_at.value if page.fetched_at.source == "record" else None) == time


def test_the_settings_name_the_keys_and_the_first_that_says_something_wins(tmp_path: Path) -> None:
    settings = Settings(record_html_keys=("h",), record_text_keys=("t", "u"), record_url_keys=("a", "b"))
    record = {"h": 3, "t": " \n", "u": "said", "html": "other", "a": "", "b": "http://b.example"}
    (page,) = pages_of(tmp_path, lines(record), settings=settings)
    assert isinstance(page, RawPage)
    assert (page.content, page.uri) == (b"said", "http://b.example")


def test_a_charset_in_the_markup_does_not_matter(tmp_path: Path) -> None:
    html = '<meta charset="latin-1"><p>perché'
    (page,) = pages_of(tmp_path, lines({"html": html}))
    assert isinstance(page, RawPage)
    assert decode(page, 1_000).text == html


def test_lone_surrogates_are_replaced_and_pairs_are_joined(tmp_path: Path) -> None:
    (page,) = pages_of(tmp_path, rb'{"text": "a\ud800b\ud83d\ude00\udfff"}')
    assert contents([page]) == ["a\ufffdb😀\ufffd".encode()]


BAD = {
    "no JSON": (b"{nonsense", "bad-record", "no JSON at column 2"),
    "no object": (b'["a"]', "bad-record", "no object (list)"),
    "broken UTF-8": (b'{"text": "\xff"}', "bad-record", "byte 11 of the line is no UTF-8"),
    "nested": (b'{"text": "a", "x": ' + b"[" * 100_000, "bad-record", "nested too deeply"),
    "long number": (b'{"x": ' + b"1" * 5_000 + b"}", "bad-record", "a number"),
    "no text": (
        b'{"url": "https://a.example", "html": "", "text": 7}',
        "empty",
        "html, raw_html, content, text, body",
    ),
    "large": (b'{"text": "' + b"x" * 1_001 + b'"}', "too-large", "1,001 bytes"),
    "cut off": (b'{"text": "abc', "bad-record", "no JSON"),
    "two objects": (b'{"text": "a"}{"text": "b"}', "bad-record", "no JSON"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_rejected_with_its_number_and_the_next_is_read(tmp_path: Path, name: str) -> None:
    line, code, words = BAD[name]
    found = pages_of(tmp_path, lines({"text": "before"}, line, {"text": "after"}))
    assert contents(found) == [b"before", code, b"after"]
    rejected = only_rejected(found)
    assert words in rejected.reason
    assert "2" in rejected.reason.split(":")[0]
    assert rejected.page.uri == uri_of(tmp_path / "pages.jsonl") + "#2"
    assert rejected.page.sha256 == content_hash(b"x" * 1_001 if name == "large" else line)


def test_a_rejected_record_keeps_its_address(tmp_path: Path) -> None:
    rejected = only_rejected(pages_of(tmp_path, lines({"url": "https://a.example/x"})))
    assert rejected.page.url == Sourced("https://a.example/x", "record")


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    assert contents(pages_of(tmp_path, b'\xef\xbb\xbf{"text": "a"}\r\n{"text": "b"}')) == [b"a", b"b"]


def test_a_line_without_an_end_is_rejected_and_reading_goes_on_behind_it(tmp_path: Path) -> None:
    long = jsonl.longest_line(SMALL) + 5_000_000
    found = pages_of(tmp_path, lines({"text": "a"}, b"x" * long, {"text": "b"}, b"y" * long))
    assert contents(found) == [b"a", "too-large", b"b", "too-large"]
    assert f"{long:,} bytes" in next(item.reason for item in found if isinstance(item, RejectedPage))


def test_a_line_of_more_values_than_memory_is_for_is_not_parsed() -> None:
    many = b'{"text": "a", "x": [' + b"[]," * 1_000_000 + b"0]}"
    with pytest.raises(jsonl.RecordError, match="over 1,000,000 values"):
        jsonl.record_of(many)
    prose = rb'{"text": "a \" b, \\", "html": "' + b"[a], {b}, \\\\" * 500_000 + b'"}'
    assert len(jsonl.record_of(prose)["html"]) > 5_000_000


def test_the_same_record_twice_is_two_pages(tmp_path: Path) -> None:
    assert len(pages_of(tmp_path, lines({"text": "a", "url": "https://a.example"}) * 2)) == 2


def test_a_file_that_is_no_json_lines_ends_before_it_fills_the_quarantine(tmp_path: Path) -> None:
    found = pages_of(tmp_path, b"x\n" * 20_000)
    assert len(found) == 10_001
    assert contents(found[-1:]) == ["damaged"]
    assert "too many records in a row" in only_rejected(found[-1:]).reason


@pytest.mark.parametrize("data", [b"", gz(b""), b"\n\n \n"])
def test_an_empty_container_says_so(tmp_path: Path, data: bytes) -> None:
    rejected = only_rejected(pages_of(tmp_path, data))
    assert (rejected.code, rejected.page.uri) == ("empty", uri_of(tmp_path / "pages.jsonl"))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner),
    max_leaves=5,
)
keys = st.sampled_from(["url", "html", "text", "timestamp", "other"])


@given(
    st.lists(
        st.dictionaries(keys, values).map(lambda r: json.dumps(r).encode()) | st.binary(max_size=30),
        max_size=8,
    ),
    st.integers(1, 20),
)
def test_every_line_that_is_not_blank_comes_out_as_one_page_however_the_bytes_arrive(
    records: list[bytes], step: int
) -> None:
    data = b"\n".join(records)
    pieces = iter([data[start : start + step] for start in range(0, len(data), step)] + [b""])
    found = list(jsonl.pages(ByteStream(pieces.__next__), Origin("file:///x", None, SMALL, Tally())))
    whole = list(
        jsonl.pages(ByteStream(iter([data, b""]).__next__), Origin("file:///x", None, SMALL, Tally()))
    )
    assert found == whole
    blank = {
        n
        for n, line in enumerate(data.split(b"\n"))
        if not line.removeprefix(b"\xef\xbb\xbf" * (n == 0)).strip(b" \t\r\n")
    }
    assert len(found) == data.count(b"\n") + 1 - len(blank)
