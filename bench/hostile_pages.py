"""Hostile pages by name: markup, texts and charsets that break readers of web pages.

A case writes its files into a folder and returns the names of the sources to read. What counts is that each page ends
loaded or quarantined with a reason, in bounded time and memory.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path

Case = Callable[[Path], list[str]]

PROSE = (
    "You should ask every vendor for an exit plan before you sign, because nobody gives one afterwards. "
    "The board of a small shipyard learnt this in a winter that it would rather forget, and paid for two years. "
)
ARTICLE = f"<h1>Ask for the exit</h1><p>{PROSE}</p><p>{PROSE[::-1]}</p><p>{PROSE}</p>"


def page(content: bytes | str, name: str = "page.html") -> Case:
    """Return the case of one file."""

    def write(folder: Path) -> list[str]:
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        (folder / name).write_bytes(data)
        return [str(folder)]

    return write


def made(make: Callable[[], bytes | str], name: str = "page.html") -> Case:
    """Return the case of one file whose content is made when it is asked for."""
    return lambda folder: page(make(), name)(folder)


def html(body: str, head: str = "") -> str:
    """Return a page around `body`."""
    return (
        f"<!doctype html><html><head><title>Ask for the exit</title>{head}</head><body>{body}</body></html>"
    )


def _nested_gzip() -> bytes:
    data = html(ARTICLE).encode()
    for _ in range(5):
        data = gzip.compress(data)
    return data


def noise(size: int, seed: int = 0) -> bytes:
    """Return `size` bytes without a meaning, the same for a seed."""
    return random.Random(seed).randbytes(size)  # noqa: S311 - noise for a test, no secret


_MARKUP: dict[str, Case] = {
    "deep-nesting": made(lambda: html("<div>" * 100_000 + ARTICLE + "</div>" * 100_000)),
    "deep-nesting-unclosed": made(lambda: html("<div><span><ul><li>" * 5_000 + ARTICLE)),
    "deep-inline": made(lambda: html(f"<p>{'<b><i>' * 50_000}{PROSE}</p>" + ARTICLE)),
    "depth-300": made(lambda: html("<div>" * 300 + ARTICLE + "</div>" * 300)),
    "many-paragraphs": made(lambda: html(ARTICLE + "<p>Yes and no." * 500_000)),
    "many-attributes": made(
        lambda: html(f"<p {' '.join(f'a{n}=1' for n in range(200_000))}>{PROSE}</p>{ARTICLE}")
    ),
    "long-attribute": made(lambda: html(f'<p title="{"x" * 15_000_000}">{PROSE}</p>{ARTICLE}')),
    "many-links": made(lambda: html(ARTICLE + '<a href="/x">more</a> ' * 500_000)),
    "many-breaks": made(lambda: html(ARTICLE + "<br>" * 1_000_000)),
    "many-tables": made(lambda: html(ARTICLE + "<table><tr><td>" * 20_000)),
    "wide-table": made(lambda: html(ARTICLE + f"<table><tr>{'<td>cell' * 300_000}</tr></table>")),
    "many-comments": made(lambda: html(ARTICLE + "<!-- a -- b -->" * 300_000)),
    "unclosed-comment": page(html(f"{ARTICLE}<!-- {PROSE * 50}")),
    "unclosed-script": page(html(f"{ARTICLE}<script>var a = '{PROSE * 50}")),
    "unclosed-attribute": page(html(f'{ARTICLE}<a href="{PROSE * 50}')),
    "unclosed-pre": page(html(f"<pre>code{ARTICLE * 3}")),
    "unclosed-title": page(f"<html><head><title>{PROSE}<body>{ARTICLE}"),
    "angle-brackets": page(html(ARTICLE + "< <<< << <3 <- <=> " * 5_000)),
    "null-tags": page(html(ARTICLE + "<\x00p>a</\x00p><p\x00>" * 500)),
    "no-tags-in-html": page(PROSE * 5),
    "only-entities": page(html("&lt;&gt;&amp;&#0;&#xD800;&#x110000;&bogus;&copy" * 500)),
    "entity-bomb": page(
        '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]>'
        f"<html><body><p>&c;&d;</p>{ARTICLE}</body></html>"
    ),
    "many-entities": made(lambda: html(ARTICLE + f"<p>{'&eacute;&amp;' * 500_000}</p>")),
    "script-in-text": page(html(f"{ARTICLE}<p><script>alert(1)</script><img src=x onerror=alert(1)></p>")),
    "style-hides-all": page(html(f'<div style="display:none">{ARTICLE}</div>')),
    "frames": page(
        "<html><frameset><frame src='file:///etc/passwd'><noframes>no</noframes></frameset></html>"
    ),
    "regex-trap-title": page(html(ARTICLE, head=f"<meta property='og:title' content='{'a | ' * 20_000}'>")),
    "regex-trap-byline": page(html(f"<span class='author'>{'By ' * 30_000}</span>{ARTICLE}")),
    "regex-trap-date": page(html(f"<p>{'2021-01-' * 30_000}</p>{ARTICLE}")),
    "deep-json-ld": made(
        lambda: html(ARTICLE, head=f'<script type="application/ld+json">{"[" * 200_000}</script>')
    ),
    "many-json-ld": made(
        lambda: html(ARTICLE, head='<script type="application/ld+json">{"@type":"Article"}</script>' * 50_000)
    ),
    "json-ld-lies": page(
        html(
            ARTICLE,
            head='<script type="application/ld+json">{"@type": {"a": 1}, "author": [[[]]], "headline": 7, '
            '"datePublished": "99999-99-99", "url": ["javascript:1"]}</script>',
        )
    ),
    "many-meta-tags": made(lambda: html(ARTICLE, head="<meta name='a' content='b'>" * 200_000)),
    "canonical-trap": page(html(ARTICLE, head="<link rel=canonical href='http://[::1'><base href='//@:x'>")),
    "rtl-override": page(html(f"<p>\u202e{PROSE}\u2066{PROSE}\u202c</p>{ARTICLE}")),
    "zalgo": page(html(f"<p>{'a' + chr(0x301) * 5_000}</p>{ARTICLE}")),
    "private-use": page(html(f"<p>{''.join(map(chr, range(0xE000, 0xF000)))}</p>{ARTICLE}")),
    "braille": page(html(f"<p>{''.join(map(chr, range(0x2800, 0x2900))) * 20}</p>{ARTICLE}")),
}
_TEXTS: dict[str, Case] = {
    "long-line-text": made(lambda: PROSE * 90_000, "page.txt"),
    "long-line-html": made(lambda: html(f"<p>{PROSE * 90_000}</p>")),
    "long-word": made(lambda: f"{PROSE * 3}\n{'a' * 15_000_000}\n", "page.txt"),
    "many-lines": made(lambda: f"{PROSE}\n" + "yes\n" * 1_000_000, "page.txt"),
    "many-same-lines": made(lambda: f"{PROSE}\n" * 40_000, "page.txt"),
    "long-line-pipes": made(lambda: f"{PROSE * 3}\n{'a | ' * 200_000}\n", "page.txt"),
    "long-line-brackets": made(lambda: f"{PROSE * 3}\n{'[a](' * 100_000}\n", "page.txt"),
    "long-line-quotes": made(lambda: f"{PROSE * 3}\n{'“”' * 200_000}\n{'((' * 100_000}\n", "page.txt"),
    "empty": page(b""),
    "one-byte": page(b"a", "page.txt"),
    "white-space": page(" \n\t\u3000" * 1_000, "page.txt"),
    "only-newlines": page("\n" * 100_000, "page.txt"),
    "only-punctuation": page("?!… " * 10_000, "page.txt"),
    "only-digits": page("1 2 3 4\n" * 10_000, "page.txt"),
    "too-large-page": made(lambda: PROSE * 150_000, "page.txt"),
}
_CHARSETS: dict[str, Case] = {
    "all-zeros": page(b"\0" * 5_000),
    "noise": page(noise(20_000)),
    "noise-in-text": page(html(ARTICLE).encode() + noise(300) + ARTICLE.encode()),
    "png-as-html": page(b"\x89PNG\r\n\x1a\n" + noise(3_000)),
    "pdf-as-text": page(b"%PDF-1.7\n" + PROSE.encode() * 10, "page.txt"),
    "zip-as-html": page(b"PK\x03\x04" + noise(3_000)),
    "nested-gzip": made(_nested_gzip),
    "truncated-utf8": page(html(ARTICLE + "<p>caffè</p>").encode()[:-17]),
    "utf16-without-bom": page(html(ARTICLE).encode("utf-16-le")),
    "utf16-odd-length": page(b"\xff\xfe" + html(ARTICLE).encode("utf-16-le") + b"x"),
    "utf32": page(html(ARTICLE).encode("utf-32")),
    "utf7": page(b'<meta charset="utf-7">' + ARTICLE.encode() + b"+ADw-script+AD4-"),
    "charset-lie": page(html(ARTICLE + "<p>naïve café</p>", head='<meta charset="shift_jis">')),
    "charset-codec": page(html(ARTICLE, head='<meta charset="zlib_codec"><meta charset="rot13">')),
    "charset-nonsense": page(html(ARTICLE, head=f'<meta charset="{"x" * 39}">')),
    "double-encoded": page(
        html(ARTICLE + "<p>È già così, perché no.</p>").encode().decode("latin-1").encode()
    ),
    "mojibake-megabytes": made(lambda: html(f"<p>{'Ã© â€™ ' * 800_000}</p>{ARTICLE}")),
    "lone-surrogates": page(html(f"<p>\ud800{PROSE}\udfff</p>{ARTICLE}")),
    "control-characters": page(html(ARTICLE) + "".join(map(chr, range(32))) * 20),
}

PAGES: dict[str, Case] = {**_MARKUP, **_TEXTS, **_CHARSETS}
