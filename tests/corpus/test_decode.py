"""The right characters come out, or a reason."""

from __future__ import annotations

import gzip

import pytest

from corpus.decode import decode
from corpus.errors import PageError
from corpus.models import DecodedPage, RawPage

ITALIAN = (
    "<html><head>%s</head><body>"
    "<p>Perché la città è già così? Un’altra società, più qualità e novità.</p></body></html>"
)


def decoded(content: bytes, uri: str = "file:///p.html", declared: str | None = None) -> DecodedPage:
    return decode(RawPage(uri, content, "", declared), 1_000_000)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_italian_comes_out_right_whatever_the_charset(charset: str) -> None:
    content = (ITALIAN % '<meta charset="utf-8">').encode(charset)
    if charset == "utf-16-le":
        content = b"\xff\xfe" + content
    assert "Perché la città è già così? Un’altra" in decoded(content).text


def test_a_meta_that_lies_is_not_believed() -> None:
    page = decoded((ITALIAN % '<meta charset="utf-8">').encode("cp1252"))
    assert page.charset.source == "detected"
    assert page.charset.value == "cp1252"


def test_a_page_cut_inside_a_character_stays_utf_8() -> None:
    content = (ITALIAN % '<meta charset="utf-8">').encode()
    cut = content[: content.index("novità".encode()) + 6]
    page = decoded(cut)
    assert page.charset.value == "utf-8"
    assert "città è già così" in page.text
    assert "undecodable-characters:1" in page.repairs


def test_gb2312_is_read_as_its_superset() -> None:
    page = decoded('<meta charset="gb2312"><p>项目经理陈喆：小步快走。</p>'.encode("gb18030"))
    assert page.charset.value == "gb18030"
    assert "陈喆" in page.text


def test_mojibake_is_mended_and_clean_text_is_left_alone() -> None:
    broken = "<p>La cittÃ  Ã¨ giÃ  cosÃ¬, perchÃ© no</p>".encode()
    assert "La città è già così, perché no" in decoded(broken).text
    clean = "“quotes” — ﬁne ligatures … １２３ stay"
    assert decoded(clean.encode(), "file:///p.txt").text == clean


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\t\n ", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "binary"),
        (gzip.compress(b"hello" * 100), "binary"),
        (b"%PDF-1.7 ...", "binary"),
        (bytes(range(256)) * 16, "binary"),
        (b"x" * 1_000_001, "too-large"),
    ],
)
def test_what_is_no_page_says_why(content: bytes, code: str) -> None:
    with pytest.raises(PageError) as caught:
        decoded(content)
    assert caught.value.code == code
    assert len(caught.value.reason) > 15


def test_nul_surrogates_and_line_ends_are_normalised() -> None:
    page = decoded(
        b"one\x00\r\ntwo\rthree " + "\ufeffx".encode() + b" and enough words here", "file:///p.txt"
    )
    assert page.text == "one\ntwo\nthree x and enough words here"


def test_html_under_a_text_name_is_html_and_text_under_an_html_name_is_text() -> None:
    assert decoded(b"<!DOCTYPE html><html><body><p>x</p></body></html>", "file:///p.txt").media_type == "html"
    assert decoded(b"Just a few words, and 3 < 4.", "file:///p.html").media_type == "text"


def test_a_meta_that_says_utf_16_means_utf_8() -> None:
    page = decoded((ITALIAN % '<meta charset="utf-16">').encode("cp1252"))
    assert "Perché la città" in page.text


def test_declared_iso_2022_jp_is_read() -> None:
    text = "情報システム部門の責任者は取締役会に三つの数字だけを持っていくべきです。"
    content = (
        b'<html><head><meta charset="iso-2022-jp"></head><body><p>' + text.encode("iso2022_jp") + b"</p>"
    )
    assert text in decoded(content).text


def test_prose_about_tags_is_text() -> None:
    text = "We use <div>, <p>, <span>, <table> and <title> every day, and <script> never.\n" * 3
    assert decoded(text.encode(), "file:///p.txt").media_type == "text"
