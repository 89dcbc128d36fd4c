"""The right characters come out, or a reason."""

from __future__ import annotations

import contextlib
import gzip
import time
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.decode import decode
from corpus.errors import PageError
from corpus.models import DecodedPage, RawPage, Sourced

if TYPE_CHECKING:
    from pathlib import Path

ITALIAN = (
    "<html><head>%s</head><body>"
    "<p>Perché la città è già così? Un’altra società, più qualità e novità.</p></body></html>"
)
RUSSIAN = "Руководитель отдела должен спросить совет директоров, сколько стоит один день простоя."
JAPANESE = "情報システム部門の責任者は取締役会に三つの数字だけを持っていくべきです。"
CHINESE = "项目经理陈喆：小步快走，先问董事会停一天要花多少钱，再决定买什么。"
SAMPLES = [
    (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (RUSSIAN, "cp866"), (RUSSIAN, "iso8859-5"), (JAPANESE, "cp932"),
    (JAPANESE, "euc_jp"), (JAPANESE, "iso2022_jp"), (CHINESE, "gb18030"),
    ("專案經理應該先問董事會停一天要花多少錢，再決定買什麼系統。", "big5"),
    ("정보시스템 책임자는 이사회에 하루 중단 비용을 먼저 물어야 합니다.", "euc-kr"),
    ("Ο διευθυντής πρέπει να ρωτήσει πόσο κοστίζει μία μέρα διακοπής.", "cp1253"),
    ("מנהל המחשוב צריך לשאול את הדירקטוריון כמה עולה יום של השבתה.", "cp1255"),
    ("على مدير المعلومات أن يسأل مجلس الإدارة كم يكلف يوم من التوقف.", "cp1256"),
    ("Dyrektor powinien zapytać zarząd, ile kosztuje dzień przestoju i kto za to płaci, zanim kupi.", "cp1250"),
    ("Bilgi işlem müdürü yönetim kuruluna bir günlük kesintinin ne kadara mal olduğunu sormalıdır.", "cp1254"),
    ("Perché la città è già così? Più qualità e novità per la società.", "cp1252"),
    ("Perché la città è già così? Più qualità e novità per la società.", "utf-16-le"),
    (RUSSIAN, "utf-16-be"), (CHINESE + "\n" + CHINESE, "utf-16-le"), (RUSSIAN, "utf-32-le"),
]  # fmt: skip
IDS = [charset for _, charset in SAMPLES]
LABELS = {"cp932": "shift_jis", "cp866": "ibm866", "euc_jp": "euc-jp", "iso2022_jp": "iso-2022-jp"}


def decoded(content: bytes, uri: str = "file:///p.html", declared: str | None = None) -> DecodedPage:
    return decode(RawPage(uri, content, "", declared), 1_000_000)


def text_of(content: bytes | str, declared: str | None = None) -> str:
    content = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return decoded(content, "file:///p.txt", declared).text


# Charsets


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "cp1252", "mac-roman"]
)
def test_italian_comes_out_right_whatever_the_charset(charset: str) -> None:
    meta = '<meta charset="macintosh">' if charset == "mac-roman" else '<meta charset="utf-8">'
    content = (ITALIAN % meta).encode(charset)
    assert decoded(content).text == ITALIAN % meta


@pytest.mark.parametrize(("text", "charset"), SAMPLES, ids=IDS)
def test_every_charset_is_found_without_a_declaration(text: str, charset: str) -> None:
    assert text_of(text.encode(charset)) == text


@pytest.mark.parametrize(("text", "charset"), SAMPLES, ids=IDS)
def test_every_charset_is_read_as_its_header_says(text: str, charset: str) -> None:
    declared = f"text/plain; charset={LABELS.get(charset, charset)}"
    assert text_of(text.encode(charset), declared) == text


@pytest.mark.parametrize(
    "lie", ["utf-8", "iso-8859-1", "windows-1251", "shift_jis", "gb2312", "utf-16", "x-nothing"]
)
@pytest.mark.parametrize(("text", "charset"), SAMPLES, ids=IDS)
def test_a_header_that_lies_is_not_believed(text: str, charset: str, lie: str) -> None:
    page = decoded(text.encode(charset), "file:///p.txt", f"text/plain; charset={lie}")
    assert page.text == text


def test_a_meta_that_lies_is_not_believed_and_noted() -> None:
    page = decoded((ITALIAN % '<meta charset="utf-8">').encode("cp1252"))
    assert page.charset == Sourced("cp1252", "detected")
    assert page.repairs == ("charset-disbelieved:utf-8 in meta",)


def test_of_header_and_meta_that_differ_the_true_one_is_believed() -> None:
    page = f'<html><meta charset="windows-1251"><p>{RUSSIAN}</p>'
    found = decoded(page.encode("cp1251"), declared="text/html; charset=ISO-8859-1")
    assert found.text == page
    assert found.charset == Sourced("cp1251", "meta")
    assert found.repairs == ("charset-disbelieved:iso-8859-1 in content-type",)
    found = decoded(page.encode("koi8-r"), declared='text/html;charset = "KOI8-R"')
    assert found.text == page
    assert found.charset == Sourced("koi8-r", "content-type")


def test_latin_1_is_read_as_windows_1252() -> None:
    page = decoded("It’s “true” – 5 €".encode("cp1252"), declared="text/html; charset=ISO-8859-1")
    assert page.text == "It’s “true” – 5 €"
    assert page.charset == Sourced("cp1252", "content-type")


def test_utf_8_with_a_mark_wins_over_a_header() -> None:
    page = decoded(b"\xef\xbb\xbf" + "perché “sì”".encode(), declared="text/html; charset=iso-8859-1")
    assert page.text == "perché “sì”"
    assert page.charset == Sourced("utf-8", "bom")


def test_a_byte_order_mark_before_something_else_is_not_believed() -> None:
    assert text_of(b"\xef\xbb\xbf" + "perché la città è così, più giù".encode("cp1252")) == (
        "perché la città è così, più giù"
    )
    page = decoded(b"\xff\xfe" + "<html><p>perché no, a long page of single bytes</p>".encode("cp1252"))
    assert page.text == "<html><p>perché no, a long page of single bytes</p>"
    assert "byte-order-mark-disbelieved:1" in page.repairs


def test_a_meta_that_says_utf_16_means_utf_8_unless_it_is_true() -> None:
    page = ITALIAN % '<meta charset="utf-16">'
    for charset in ("utf-8", "cp1252", "utf-16-le", "utf-16-be"):
        assert decoded(page.encode(charset)).text == page


@pytest.mark.parametrize(
    "label", ["utf-7", "unicode_escape", "raw_unicode_escape", "idna", "punycode", "zlib", "base64", "rot13", "mbcs",
              "cp037", "undefined", "x-user-defined", "replacement", "os", "../../etc/passwd"]
)  # fmt: skip
def test_a_charset_that_is_none_or_dangerous_is_never_used(label: str) -> None:
    text = f'<html><meta charset="{label}"><p>Perché +ADw-script+AD4- \\x3cscript\\x3e no, è così</p>'
    for charset in ("utf-8", "cp1252"):
        page = decoded(text.encode(charset))
        assert page.text == text
        assert page.charset.value == charset
    page = decoded(text.encode(), declared=f"text/html; charset={label}")
    assert page.text == text
    assert any(repair.startswith("charset-unknown:") for repair in page.repairs)


def test_xml_says_its_charset_in_its_declaration() -> None:
    feed = f'<?xml version="1.0" encoding="koi8-r"?><rss><title>{RUSSIAN}</title></rss>'
    page = decoded(feed.encode("koi8-r"), "file:///feed")
    assert page.text == feed
    assert page.charset == Sourced("koi8-r", "xml")
    assert page.media_type == "html"


def test_the_language_of_a_page_helps_to_tell_its_charset() -> None:
    page = "<html lang='hu'><p>983-ban induló történet főszereplője a balerina</p>"
    assert decoded(page.encode("iso8859-2")).text == page


def test_gb2312_is_read_as_its_superset() -> None:
    page = decoded('<meta charset="gb2312"><p>项目经理陈喆：小步快走。</p>'.encode("gb18030"))
    assert page.charset.value == "gb18030"
    assert "陈喆" in page.text


# Damage


def test_a_page_cut_inside_a_character_stays_utf_8() -> None:
    content = (ITALIAN % '<meta charset="utf-8">').encode()
    cut = content[: content.index("novità".encode()) + 6]
    page = decoded(cut)
    assert page.charset.value == "utf-8"
    assert "città è già così" in page.text
    assert "undecodable-characters:1" in page.repairs


@pytest.mark.parametrize(("text", "charset"), SAMPLES, ids=IDS)
def test_a_page_cut_by_one_byte_loses_one_character(text: str, charset: str) -> None:
    declared = f"text/plain; charset={LABELS.get(charset, charset)}"
    assert text_of(text.encode(charset)[:-1], declared).startswith(text[:-2])


def test_a_comment_in_another_charset_is_read_in_its_own() -> None:
    article = "<p>Perché la città è già così, più qualità e novità.</p>\n" * 9
    for comment, charset in (("Così è, più giù: perché no", "cp1252"), (RUSSIAN, "cp1251")):
        page = decoded(article.encode() + f"<p>{comment}</p>".encode(charset))
        assert page.text == f"{article}<p>{comment}</p>"
        assert page.repairs == (f"mixed-charset:{charset} 1",)


def test_single_foreign_bytes_among_utf_8_are_read_as_windows_1252_only_where_they_make_sense() -> None:
    article = "Perché la città è già così, più qualità e novità.\n" * 9
    page = decoded(
        article.encode()
        + "Però ".encode()
        + b"It\x92s \x93fine\x94, Perch\xe9 \xc9cole: caf\xc3 \xe2\x80 \xff."
    )
    assert page.text == article + "Però It’s “fine”, Perché École: caf\ufffd \ufffd \ufffd."
    assert "stray-bytes-read-as-cp1252:5" in page.repairs
    assert "undecodable-characters:3" in page.repairs


def test_characters_written_as_two_surrogates_are_joined() -> None:
    page = decoded(b"Bravo " + "\ud83d\ude00".encode("utf-8", "surrogatepass"))
    assert page.text == "Bravo 😀"
    assert page.repairs == ("surrogate-pairs-joined:1",)


# Mojibake


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("charset", ["latin-1", "sloppy-windows-1252"])
def test_mojibake_is_mended_however_often_it_was_encoded(charset: str, times: int) -> None:
    import ftfy.bad_codecs  # noqa: F401  # registers the charset that browsers read

    clean = "Perché la città è “così”, à la carte – 5 €?\nProjektmanager müssen größer denken.\n项目经理\nSå er det."
    broken = clean
    for _ in range(times):
        broken = broken.encode().decode(charset)
    page = decoded(broken.encode(), "file:///p.txt")
    assert page.text == clean
    assert page.repairs == ("mojibake:4",)


def test_only_the_broken_line_of_a_page_is_mended() -> None:
    clean = "“quotes” — ﬁne ligatures … １２３ stay, ½ and ﾊﾝｶｸ too"
    assert text_of(f"{clean}\ncosÃ¬ Ã¨, perchÃ© no\n{clean}") == f"{clean}\ncosì è, perché no\n{clean}"


@pytest.mark.parametrize(
    "clean",
    [
        "“quotes” — ﬁne ligatures … １２３ stay", "“CAFÉ” – ‘DÍA’", "LE CAFÉ «À LA CARTE»…", "NÃO – CORAÇÃO «É»",
        "È° and ÖÄÜ‰ß", "L’État—c’est", "ŞİRKET “Ğ”", "ITÄ™", "Il prezzo è 5 €… «à»", "e\u0301 is not é", "Å “x”",
        "If you see Ã© instead of é, the charset was wrong.", "MÃ¼nchen und München",
        "The word cafÃ© should be café.", "Vous verrez « Ã© » au lieu de « é »", "&lt;b&gt; and &amp;amp; stay",
    ],
)  # fmt: skip
def test_clean_text_is_left_alone_even_where_it_speaks_of_mojibake(clean: str) -> None:
    page = decoded(clean.encode(), "file:///p.txt")
    assert page.text == clean
    assert page.repairs == ()


def test_a_quote_that_lost_its_last_byte_is_mended() -> None:
    assert text_of("â€œquoteâ€\ufffd and itâ€™s") == "“quote” and it’s"


# Characters nobody sees


def test_nul_surrogates_and_line_ends_are_normalised() -> None:
    page = decoded(
        b"one\x00\r\ntwo\rthree " + "\ufeffx".encode() + b" and enough words here", "file:///p.txt"
    )
    assert page.text == "one\ntwo\nthree x and enough words here"
    assert page.repairs == ("control-characters-removed:1", "zero-width-removed:1")


def test_every_kind_of_line_end_becomes_a_newline() -> None:
    assert text_of("a\x0bb\x0cc\u2028d\u2029e\nf") == "a\nb\nc\nd\n\ne\nf"
    assert text_of("a\x85b\x85c") == "a\nb\nc"
    assert text_of("wait\x85\nfor “it”") == "wait…\nfor “it”"


def test_text_that_shows_other_than_it_says_is_shown_as_it_is() -> None:
    page = decoded("if admin {\u202e\u2066// check\u2069 \u2066}".encode(), "file:///p.txt")
    assert page.text == "if admin {// check }"
    assert page.repairs == ("bidi-controls-removed:4",)
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "ignore all")
    assert text_of(f"Hello{hidden} there, pass\u200bword, wat\u200cer\u200dmark, a\u200eb") == (
        "Hello there, password, watermark, ab"
    )


@pytest.mark.parametrize(
    "honest",
    ["שלום \u200fעולם\u200e (a)", "نامه\u200cها می\u200cخواهم", "ക്\u200d ക\u200dഷ",
     "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥", "ภาษา\u200bไทย",
     "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "葛\U000e0100城"],
)  # fmt: skip
def test_marks_that_a_script_needs_stay(honest: str) -> None:
    page = decoded(honest.encode(), "file:///p.txt")
    assert page.text == honest
    assert page.repairs == ()


def test_soft_hyphens_and_terminal_colours_go() -> None:
    assert text_of("Infor\u00admation \x1b[1mN\x08NA\x08A\x1b[0m") == "Information NA"


# What is no page


def _zipped() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w:t>hello</w:t>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\t\n ", "empty"),
        ("\u200b\ufeff\u202e \r\n".encode(), "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "binary"),
        (gzip.compress(b"hello" * 100), "binary"),
        (_zipped(), "binary"),
        (b"%PDF-1.7 ...", "binary"),
        (b"\n\n%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj", "binary"),
        (rb"{\rtf1\ansi\deff0 {\fonttbl} A letter.}", "binary"),
        (b"SQLite format 3\0" + bytes(90), "binary"),
        (b"\0" * 4_096, "binary"),
        (b"\xff\xfe" + b"\0" * 4_096, "binary"),
        (b"\xfe\xff" + bytes(range(256)) * 20, "binary"),
        (bytes(range(256)) * 16, "binary"),
        (b"x" * 1_000_001, "too-large"),
    ],
)
def test_what_is_no_page_says_why(content: bytes, code: str) -> None:
    for uri in ("file:///p.html", "file:///p.txt"):
        with pytest.raises(PageError) as caught:
            decoded(content, uri)
        assert caught.value.code == code
        assert len(caught.value.reason) > 15


def test_text_that_speaks_of_binaries_is_text() -> None:
    for text in (
        "ID3 tags are old",
        "%PDF-1.4 is how one starts: <p>",
        "PK is a beginning",
        "MZ too",
        "GIF8 is not",
    ):
        if not text.startswith("%PDF"):
            assert text_of(text) == text
    assert (
        text_of("A file that starts with %PDF-1.4 is a PDF.") == "A file that starts with %PDF-1.4 is a PDF."
    )


# HTML or text


@pytest.mark.parametrize(
    ("text", "uri", "declared", "media_type"),
    [
        ("<!DOCTYPE html><html><body><p>x</p></body></html>", "p.txt", None, "html"),
        ("<!-- a --><!-- b -->\n<HTML><p>x", "p.txt", None, "html"),
        ("<?xml version='1.0'?><feed><title>x</title></feed>", "p.txt", None, "html"),
        ("<div class='a'><p>one</p><p>two</p><ul><li>x</li></ul></div>", "p.txt", None, "html"),
        ("Just a few words, and 3 < 4.", "p.html", None, "text"),
        ("Fine<br>two lines", "p.html", None, "html"),
        ("One<p>Two<p>Three", "http://x.org/page", "text/html; charset=utf-8", "html"),
        ("We use <div>, <p>, `<span>` and <title> every day.", "p.html", None, "text"),
        (
            "We use <div>, <p>, <span>, <table> and <title> every day, and <script> never.\n" * 3,
            "p.txt",
            None,
            "text",
        ),
        (
            "# Tags\n\nUse them so:\n\n```html\n<p>one</p>\n<p>two</p>\n<div></div>\n```\n",
            "p.md",
            None,
            "text",
        ),
        ("<3 this. if a<b and c>d then…", "p.txt", None, "text"),
        ("plain words", "http://x.org/index.html?print=1", None, "text"),
    ],
)
def test_html_is_what_uses_tags(text: str, uri: str, declared: str | None, media_type: str) -> None:
    assert decoded(text.encode(), uri, declared).media_type == media_type


def test_html_without_any_tag_is_text_with_its_entities_as_characters() -> None:
    page = decoded(b"Caf&eacute; &amp; cr&#232;me:\n\n3 &gt; 2", "file:///p.html")
    assert page.media_type == "text"
    assert page.text == "Café & crème:\n\n3 > 2"
    assert page.repairs == ("entities-resolved:4",)


# Properties


FORBIDDEN = frozenset("\x00\r\x0b\x0c\x85\u2028\u2029\ufeff\u202e\u2066\xad\ufffe")


@settings(max_examples=300, deadline=None)
@given(
    st.binary(min_size=1, max_size=400),
    st.sampled_from(
        [None, "text/html; charset=utf-16", "text/plain; charset=gbk", "text/html; charset=hz-gb-2312"]
    ),
)
def test_any_bytes_end_as_clean_characters_or_a_reason(content: bytes, declared: str | None) -> None:
    try:
        page = decode(RawPage("file:///p", content, "", declared), 1_000)
    except PageError as refused:
        codes = {refused.code}
        assert codes <= {"empty", "binary"}
        return
    assert not FORBIDDEN & set(page.text)
    assert page.text.encode("utf-8").decode() == page.text  # no lone surrogate


LETTERS = st.text(st.characters(categories=("Lu", "Ll", "Nd", "Po", "Zs"), max_codepoint=0x17F), min_size=4)


@settings(max_examples=200, deadline=None)
@given(LETTERS)
def test_what_was_read_once_is_read_alike_again(text: str) -> None:
    if not text.strip():
        return
    once = text_of("Clean words first: " + text)
    assert text_of(once) == once


@pytest.mark.parametrize(
    "piece",
    [b"a", b"<", b"<!-- ", b"<meta charset=", "Ã©".encode(), "Ã©x—œâ€žя ".encode(), b"\xc3",
     b"\xe9 \xc3\xa9", b"a\x1b]",
     "\u202e\u200b".encode(), b"&amp;", b"\xed\xa0\xbd\xed\xb8\x80", "х".encode("cp1251"), "\x80".encode()],
)  # fmt: skip
def test_hostile_pages_take_time_in_proportion(piece: bytes) -> None:
    def seconds(size: int) -> float:
        content = (piece * size)[:size]
        start = time.process_time()
        with contextlib.suppress(PageError):
            decode(RawPage("file:///p.html", content, ""), size)
        return time.process_time() - start

    seconds(1_000)
    assert seconds(800_000) < 12 * seconds(200_000) + 0.2


def test_the_shipped_pages_need_no_repair(pages_dir: Path) -> None:
    pages = [path for path in sorted(pages_dir.iterdir()) if path.suffix in {".html", ".htm", ".md", ".txt"}]
    clean = [path for path in pages if not path.name.startswith("bad_")]
    assert len(clean) >= 30
    for path in clean:
        content = path.read_bytes()
        try:
            truth = content.decode("utf-8")
        except UnicodeDecodeError:
            continue
        page = decoded(content, path.as_uri())
        assert page.text == truth.replace("\r\n", "\n").removeprefix("\ufeff")
        assert page.repairs == ()
