"""Charsets: how often bytes become the right characters, to the letter.

    python -m bench.charset [--part held-out|seen|all] [--pages 150]

Real texts (article texts of ../shared/data/web_pages, language_samples.tsv, translation_*.tsv, the Chinese sentences of
topics_sib200.json) without those that hold mojibake, freed of control and format characters and of white space at their
ends, each in every legacy charset that can hold it, in pieces of 100 and of 1,000 characters and whole. `exact` is the
share of texts recovered to the letter, `error` the mean share of characters that two texts do not have in common. A
quarter of the texts (by their CRC) is held out: the rest was looked at while the rules were made. Peers of this run:
chardetng and charset-normalizer alone (neither knows of declarations), w3lib, which trusts them, and ftfy with its
defaults and with its encoding fix alone.
"""

from __future__ import annotations

import argparse
import json
import re
import time
import unicodedata
import zlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from bench.common import PAGES, SHARED, print_table, shared
from corpus.decode import decode, labels
from corpus.errors import PageError
from corpus.models import RawPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LENGTHS = {"100": 100, "1,000": 1_000, "whole": 1_000_000}
PIECES = 12
# What was lost or garbled before, in the charsets that it was read in since: no text to be recovered to the letter.
DAMAGED = re.compile("[\ufffd\x80-\x84\x86-\x9f]|ï¿½|ďż˝|Â\xa0|â€|Ã[\xa0-\xbf]")
SENTENCES = 15
WESTERN, CENTRAL = ("cp1252", "iso8859-15", "utf-16-le"), ("cp1250", "iso8859-2")
CHARSETS = {
    **dict.fromkeys(("en", "it", "fr", "de", "es", "pt", "nl", "sv", "da", "no", "fi", "id"), WESTERN),
    **dict.fromkeys(("pl", "cs", "hu", "ro"), CENTRAL),
    "ru": ("cp1251", "koi8-r", "cp866", "iso8859-5"), "bg": ("cp1251",), "uk": ("cp1251", "koi8-u"),
    "el": ("cp1253", "iso8859-7"), "tr": ("cp1254",), "he": ("cp1255",), "ar": ("cp1256",), "hi": (), "vi": (),
    "ja": ("cp932", "euc_jp", "iso2022_jp"), "ko": ("cp949",), "zh": ("gb18030", "big5", "utf-16-le"),
}  # fmt: skip
WIDE = frozenset(("utf-16-le", "utf-16-be"))
LABELS = {
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "euc_jp": "euc-jp",
    "iso2022_jp": "iso-2022-jp",
    "cp866": "ibm866",
}
LIES = ("utf-8", "iso-8859-1", "windows-1251", "shift_jis")
SAME = {"cp1252": "iso-8859-1", "iso8859-15": "iso-8859-1", "cp1251": "windows-1251", "cp932": "shift_jis"}


class Text(NamedTuple):
    """A piece of real text; `page` says that it comes from web_pages, so its language is not stated."""

    language: str
    text: str


class Case(NamedTuple):
    """Bytes to read: `group` is the row of the table, `charset` what they are in."""

    group: str
    charset: str
    content: bytes
    declared: str | None
    truth: str


def clean(text: str) -> str:
    """Return a text without what decoding takes out on purpose, so that only charsets are measured."""
    text = re.sub(r"[\r\x0b\x0c\x85\u2028\u2029]+", "\n", text)
    return "".join(
        c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn")
    ).strip()


def sources(pages: int) -> Iterator[Text]:
    """Yield every text whole, by language; web pages are taken for English, whatever they are in."""
    by_language: dict[str, list[str]] = defaultdict(list)
    for line in (SHARED / "data" / "language_samples.tsv").read_text("utf-8").splitlines():
        language, kind, text = line.split("\t", 2)
        if kind == "sentences":
            by_language[language].append(text)
    for path in sorted((SHARED / "data").glob("translation_*_eng.tsv")):
        lines = path.read_text("utf-8").splitlines()
        by_language[{"ita": "it", "fra": "fr", "deu": "de", "spa": "es"}[path.stem[12:15]]] += [
            line.split("\t")[0] for line in lines
        ]
    topics = json.loads((SHARED / "data" / "topics_sib200.json").read_text("utf-8"))
    by_language["zh"] += [row["text"] for row in topics["zh"]]
    for language, texts in by_language.items():
        whole = [text for text in texts if not DAMAGED.search(text)]
        for start in range(0, len(whole), SENTENCES):
            yield Text(language, clean("\n".join(whole[start : start + SENTENCES])))
    for path in sorted((SHARED / "data" / "web_pages" / "truth").glob("*.json"))[:pages]:
        text = json.loads(path.read_text("utf-8"))["ground_truth"].get("main_content") or ""
        if len(text) >= 1_000 and not DAMAGED.search(text):
            yield Text("en", clean(text))


def pieces(texts: Iterable[Text], length: int) -> list[Text]:
    """Return up to 12 pieces of each text, spread over it, with characters beyond ASCII."""
    found = []
    for language, text in texts:
        step = max(length, len(text) // PIECES)
        cut = (text[start : start + length].strip() for start in range(0, len(text), step))
        found += [Text(language, piece) for piece in cut if not piece.isascii()]
    return found


def encoded(text: Text, charset: str) -> tuple[bytes, str] | None:
    """Return the bytes of a text and what can be read in them, or None where a charset cannot hold it."""
    content = text.text.encode(charset, "ignore")
    truth = content.decode(charset)
    if len(truth) < 0.98 * len(text.text) or truth.isascii():
        return None
    return truth.encode(charset), truth


def cases(texts: list[Text]) -> Iterator[Case]:
    """Yield every text in every condition."""
    for text in texts:
        utf8 = text.text.encode()
        yield Case("clean UTF-8", "utf-8", utf8, None, text.text)
        for lie in LIES[1:]:
            yield Case("declared wrongly", "utf-8", utf8, f"text/plain; charset={lie}", text.text)
        once = as_cp1252(text.text)
        yield Case("mojibake once", "utf-8", once.encode(), None, text.text)
        yield Case("mojibake twice", "utf-8", as_cp1252(once).encode(), None, text.text)
        for charset in CHARSETS.get(text.language, ()):
            if made := encoded(text, charset):
                yield from _legacy(charset, *made)


def _legacy(charset: str, content: bytes, truth: str) -> Iterator[Case]:
    width = " UTF-16" if charset in WIDE else ""
    yield Case(f"undeclared{width}", charset, content, None, truth)
    label = LABELS.get(charset, charset)
    yield Case(f"declared rightly{width}", charset, content, f"text/plain; charset={label}", truth)
    for lie in LIES:
        if SAME.get(charset) != lie:
            yield Case(f"declared wrongly{width}", charset, content, f"text/plain; charset={lie}", truth)


def as_cp1252(text: str) -> str:
    """Return what browsers and old software make of UTF-8 that is said to be latin-1."""
    import ftfy.bad_codecs  # noqa: F401  # registers sloppy-windows-1252, the charset that browsers read

    return text.encode().decode("sloppy-windows-1252")


def ours(case: Case) -> str:
    """Read as this project does."""
    try:
        return decode(RawPage("file:///text", case.content, "", case.declared), 100_000_000).text
    except PageError:
        return ""


def chardetng(case: Case) -> str:
    """Read as the detector of Firefox says, whatever is declared."""
    import chardetng_py

    detector = chardetng_py.EncodingDetector()
    detector.feed(case.content, last=True)
    name = detector.guess(tld=None, allow_utf8=True)
    return case.content.decode(labels.codec(name), "replace")


def charset_normalizer(case: Case) -> str:
    """Read as charset-normalizer says, whatever is declared."""
    import charset_normalizer

    return str(charset_normalizer.from_bytes(case.content).best() or "")


def w3lib(case: Case) -> str:
    """Read as w3lib does, which trusts a declaration and else takes UTF-8."""
    from w3lib.encoding import html_to_unicode

    return html_to_unicode(case.declared, case.content)[1]


def ftfy_defaults(case: Case) -> str:
    """Read UTF-8 and give it to ftfy with its defaults."""
    import ftfy

    return ftfy.fix_text(case.content.decode("utf-8", "replace"))


def ftfy_encoding(case: Case) -> str:
    """Read UTF-8 and give it to ftfy's encoding fix alone."""
    import ftfy

    return ftfy.fix_encoding(case.content.decode("utf-8", "replace"))


PEERS = {
    "chardetng": chardetng, "charset_normalizer": charset_normalizer, "w3lib": w3lib,
    "ftfy, defaults": ftfy_defaults, "ftfy, encoding": ftfy_encoding,
}  # fmt: skip
DETECTORS, MENDERS = ("chardetng", "charset_normalizer"), ("ftfy, defaults", "ftfy, encoding")
MEASURED_ON = {
    "undeclared": (*DETECTORS, "w3lib"), "undeclared UTF-16": ("charset_normalizer",),
    "declared rightly": ("chardetng", "w3lib"), "declared rightly UTF-16": ("w3lib",),
    "declared wrongly": ("chardetng", "w3lib"), "declared wrongly UTF-16": ("charset_normalizer", "w3lib"),
    "mojibake once": MENDERS, "mojibake twice": MENDERS, "clean UTF-8": (*DETECTORS, "w3lib", *MENDERS),
}  # fmt: skip


def error(read: str, truth: str) -> float:
    """Return the share of characters that two texts do not have in common, whatever their order."""
    common = (Counter(read) & Counter(truth)).total()
    return 1 - common / max(len(read), len(truth), 1)


def shares(read: Callable[[Case], str], all_cases: list[Case]) -> tuple[float, float, float]:
    """Return the share read exactly, the mean error and the CPU milliseconds a text."""
    start = time.process_time()
    texts = [read(case) for case in all_cases]
    spent = (time.process_time() - start) * 1_000 / len(all_cases)
    exact = sum(text == case.truth for text, case in zip(texts, all_cases, strict=True))
    errors = sum(error(text, case.truth) for text, case in zip(texts, all_cases, strict=True))
    return exact / len(all_cases), errors / len(all_cases), spent


def floors_sample() -> dict[str, float]:
    """Return the figures that a floor holds, from the shipped pages in the charsets of their languages."""
    texts = []
    for path in sorted(PAGES.glob("[a-z][a-z]_*.[hmt]*")):
        if not path.name.endswith(".meta.json"):
            text = re.sub(r"<meta[^>]*charset[^>]*>", "", clean(path.read_bytes().decode("utf-8", "replace")))
            texts += [Text(path.name[:2], text)] if not DAMAGED.search(text) else []
    by_group: dict[str, list[Case]] = defaultdict(list)
    for case in cases(pieces(texts, 1_000)[::7] + texts[::7]):
        by_group[case.group].append(case)
    return {f"charset, {group}: exact": shares(ours, some)[0] for group, some in by_group.items()}


def print_tables(texts: list[Text]) -> None:
    """Print exact share and error by condition, length and reader, then by charset without declaration."""
    rows: list[tuple[str | float, ...]] = []
    by_charset: list[tuple[str, str, int, float, float]] = []
    for name, length in LENGTHS.items():
        by_group: dict[str, list[Case]] = defaultdict(list)
        for case in cases(pieces(texts, length)):
            by_group[case.group].append(case)
        for group, some in by_group.items():
            for peer in ("ours", *MEASURED_ON[group]):
                rows += [(group, name, len(some), peer, *shares(PEERS.get(peer, ours), some))]
        by_charset += _by_charset(name, by_group["undeclared"] + by_group["undeclared UTF-16"])
    header = ("condition", "characters", "texts", "reader", "exact", "error", "CPU ms")
    print_table("Charsets", header, sorted(rows, key=lambda row: str(row[0])))
    columns = ("charset", "characters", "texts", "ours", "chardetng")
    print_table("Undeclared, by charset: exact", columns, sorted(by_charset))


def _by_charset(name: str, undeclared: list[Case]) -> list[tuple[str, str, int, float, float]]:
    rows = []
    for charset in sorted({case.charset for case in undeclared}):
        some = [case for case in undeclared if case.charset == charset]
        rows.append((charset, name, len(some), shares(ours, some)[0], shares(chardetng, some)[0]))
    return rows


def main() -> None:
    """Print the tables for the part of the texts that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("held-out", "seen", "all"), default="held-out")
    parser.add_argument("--pages", type=int, default=150)
    arguments = parser.parse_args()
    print_table("On the shipped pages", ("figure", "share"), list(floors_sample().items()))
    if shared("data") is None:
        return
    wanted = {"held-out": (3,), "seen": (0, 1, 2), "all": (0, 1, 2, 3)}[arguments.part]
    texts = [text for text in sources(arguments.pages) if zlib.crc32(text.text.encode()) % 4 in wanted]
    print(f"\n{len(texts)} texts ({arguments.part}) in {len({text.language for text in texts})} languages")
    print_tables(texts)


if __name__ == "__main__":
    main()
