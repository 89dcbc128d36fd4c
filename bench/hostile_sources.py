"""Hostile sources by name: containers that lie, bombs, and folders that nobody should hand over."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from pathlib import Path

from bench.hostile_pages import ARTICLE, PAGES, PROSE, Case, html, made, noise, page


def _record(kind: str, uri: str, body: bytes, *, length: int | None = None) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2026-01-31T05:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{zlib.crc32(uri.encode()):012d}>\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def response(uri: str, body: bytes, headers: str = "Content-Type: text/html") -> bytes:
    """Return a WARC record of an HTTP answer."""
    return _record("response", uri, f"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n".encode() + body)


def _json_line(**values: object) -> bytes:
    return json.dumps(values).encode() + b"\n"


GOOD_LINE = _json_line(url="https://good.example/page", html=html(ARTICLE))


def _newline_names(folder: Path) -> list[str]:
    for name in (
        b"new\nline.html",
        b"tab\tand space.html",
        b"not-utf8-\xff\xfe.html",
        b"per%20cent#hash?.html",
        b"-rf.html",
    ):
        Path(os.fsdecode(os.path.join(os.fsencode(folder), name))).write_bytes(html(ARTICLE).encode() + name)  # noqa: PTH118 - bytes
    return [str(folder)]


def _symlink_loop(folder: Path) -> list[str]:
    (folder / "inner").mkdir()
    (folder / "inner" / "loop").symlink_to(folder)
    (folder / "self.html").symlink_to(folder / "self.html")
    (folder / "page.html").write_text(html(ARTICLE))
    return [str(folder)]


def _special_files(folder: Path) -> list[str]:
    os.mkfifo(folder / "pipe.html")
    (folder / "folder.html").mkdir()
    (folder / "broken.html").symlink_to(folder / "nowhere")
    (folder / "page.html").write_text(html(ARTICLE))
    return [str(folder)]


def _unreadable(folder: Path) -> list[str]:
    (folder / "closed.html").write_text(html(ARTICLE))
    (folder / "closed.html").chmod(0)
    (folder / "page.html").write_text(html(ARTICLE) + "2")
    return [str(folder)]


def _sidecars(folder: Path) -> list[str]:
    lies = {
        "list": "[]",
        "deep": "[" * 100_000,
        "types": '{"url": 3, "fetched_at": {}}',
        "script": '{"url": "javascript:alert(1)", "fetched_at": "yesterday"}',
        "bytes": "\xff\x00",
        "surrogate": '{"url": "https://a.example/\\ud800"}',
        "huge": '{"url": "' + "a" * 2_000_000 + '"}',
        "charset": '{"content_type": "text/html; charset=unicode_escape"}',
    }
    for name, lie in lies.items():
        (folder / f"{name}.html").write_text(html(ARTICLE + f"<p>{name}</p>"))
        (folder / f"{name}.html.meta.json").write_text(lie, "latin-1")
    return [str(folder)]


def _duplicates(folder: Path) -> list[str]:
    for number in range(20):
        (folder / f"{number}.html").write_text(html(ARTICLE))
    return [str(folder), str(folder / "1.html"), str(folder)]


def _names_of_sql(folder: Path) -> list[str]:
    for name in (
        "'; drop table pages; --.html",
        '" or 1=1.html',
        "$1 $uri ?.html",
        "\\x00%00.html",
        "{{7*7}}${7*7}.html",
    ):
        (folder / name).write_text(html(ARTICLE + f"<p>{name}</p>"))
    return [str(folder)]


def _damaged_gzip() -> bytes:
    whole = gzip.compress(GOOD_LINE * 200)
    return whole[:300] + b"\x00\xff\x00" + whole[303:]


def _zstd_bomb() -> bytes:
    import pyarrow as pa

    return bytes(pa.compress(b'{"html": "' + b"a" * 400_000_000, codec="zstd", asbytes=True))


def _gzip_zeros(megabytes: int, head: bytes = b"") -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(head)]
    parts += [packer.compress(b"\0" * 1_000_000) for _ in range(megabytes)]
    return b"".join((*parts, packer.flush()))


_CONTAINERS: dict[str, Case] = {
    "json-bad-lines": page(
        GOOD_LINE + b'{"url": \n[]\n"x"\n{}\n{"html": 3}\n\xff\xfe\nnull\n' + b"[" * 5_000 + b"\n", "a.jsonl"
    ),
    "json-lone-surrogates": page(
        rb'{"html": "\ud800 ' + PROSE.encode() * 3 + rb'\udfff"}' + b"\n", "a.jsonl"
    ),
    "json-hostile-urls": page(
        b"".join(
            _json_line(url=url, text=PROSE * 3 + url)
            for url in (
                "file:///etc/passwd",
                "javascript:1",
                "http://[::1",
                "https://a.example/\n",
                "'; drop table pages",
            )
        ),
        "a.jsonl",
    ),
    "json-truncated": page(GOOD_LINE * 3 + GOOD_LINE[:100], "a.jsonl"),
    "json-no-newline": page(GOOD_LINE.rstrip(), "a.jsonl"),
    "endless-json-line": made(lambda: b'{"html": "' + b"a" * 100_000_000 + b"\n" + GOOD_LINE, "a.jsonl"),
    "gzip-bomb-jsonl": made(lambda: _gzip_zeros(2_000, b'{"html": "'), "a.jsonl.gz"),
    "zstd-bomb-jsonl": made(_zstd_bomb, "a.jsonl.zst"),
    "gzip-truncated": made(lambda: gzip.compress(GOOD_LINE * 500 + noise(5_000))[:-2_000], "a.jsonl.gz"),
    "gzip-damaged": made(_damaged_gzip, "a.jsonl.gz"),
    "gzip-that-is-none": page(b"this is no gzip", "a.jsonl.gz"),
    "zstd-that-is-none": page(b"this is no zstd", "a.jsonl.zst"),
    "empty-containers": lambda folder: [
        name
        for suffix in ("jsonl", "jsonl.gz", "warc", "warc.gz", "wet")
        for name in page(b"", f"a.{suffix}")(folder)
    ][:1],
    "warc-bad-length": page(
        _record("response", "https://a.example/", b"HTTP/1.1 200 OK\r\n\r\nhalf", length=9_000_000_000)
        + response("https://b.example/", html(ARTICLE).encode()),
        "a.warc",
    ),
    "warc-noise": page(
        b"WARC/1.0\r\n" + noise(5_000) + response("https://b.example/", html(ARTICLE).encode()), "a.warc"
    ),
    "warc-http-error": page(
        _record("response", "https://a.example/", b"HTTP/1.1 404 Not Found\r\n\r\n" + html(ARTICLE).encode()),
        "a.warc",
    ),
    "warc-chunk-lies": page(
        response(
            "https://a.example/",
            b"FFFFFFFF\r\n" + html(ARTICLE).encode(),
            "Transfer-Encoding: chunked\r\nContent-Type: text/html",
        ),
        "a.warc",
    ),
    "zip-bomb-warc": made(
        lambda: response(
            "https://a.example/", _gzip_zeros(1_000), "Content-Type: text/html\r\nContent-Encoding: gzip"
        ),
        "a.warc",
    ),
    "warc-truncated": page(response("https://a.example/", html(ARTICLE).encode())[:-400], "a.warc"),
    "warc-as-gzip-of-html": made(lambda: gzip.compress(html(ARTICLE).encode()), "a.warc.gz"),
}
_FILES: dict[str, Case] = {
    "file-names": _newline_names,
    "symlink-loop": _symlink_loop,
    "special-files": _special_files,
    "unreadable-file": _unreadable,
    "lying-sidecars": _sidecars,
    "twenty-times-the-same": _duplicates,
    "names-of-sql": _names_of_sql,
}

CASES: dict[str, Case] = {**PAGES, **_CONTAINERS, **_FILES}
