"""Reading what stands around a title: who wrote it, when, where it first stood."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from corpus.boilerplate.dates import find_date, has_date, without_date
from corpus.boilerplate.phrases import CJK, phrases, tokenize, words

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Unit

URL = re.compile(r"https?://[^\s<>\"'）)】」]+")
MAX_SIZE = 30.0
DATED_SIZE = 18.0
MAX_LENGTH = 400
MAX_REST = 4
_PARENTHESIS = re.compile(r"[(（][^)）]*[)）]")
_SEPARATOR = re.compile(r"\s*[|·•–—~»]\s*|\s+[-/]\s+|\s{2,}|\s*[,，]\s+(?=\D*\d)")
_SPACES = re.compile(r"[\s|·•–—~,，、-]+")
CJK_LINE = re.compile(rf"[{CJK}]")
_PARTICLES = "de|da|do|dos|das|di|del|della|dei|van|von|der|den|zu|la|le|du|y|e|und|et|and|bin|al|el"
_CAPITAL = r"(?:[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’-]*\.?)"
NAME = re.compile(rf"^{_CAPITAL}(?:(?:\s+(?:{_PARTICLES})){{0,2}}\s+{_CAPITAL}){{0,4}}$")
CJK_NAME = re.compile(rf"^[{CJK}]{{2,4}}$")
_ACRONYM = re.compile(r"\b(?!CIO\b)[A-Z]{2,}\b")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\b|\b(?:am|pm|uhr|gmt|utc|cet)\b", re.IGNORECASE)
_HEAD = re.compile(r"^\s*([^:：\d]{1,24})\s*[:：]\s*(.*)$")
LABEL = re.compile(r"^[^:：\s]{1,16}\s?[:：]\s?\S")
_LISTED = re.compile(r"\s[·|•–—]\s")
_SENDER = re.compile(
    r"^(?P<name>[^\d@<>:]{3,40}?)\s+<?[\w.+-]{2,40}\s?(?:@|\s(?:at|a|bei|chez|en|em|auf)\s)\s?[\w-]+(?:\.[\w-]+)+>?$"
)
_HANDLE = re.compile(r"^[\w.-]{3,30}$")


@dataclass(frozen=True, slots=True)
class Byline:
    """What one line tells; `rest` counts its words that are none of that."""

    author: str = ""
    date: str = ""
    url: str = ""
    site: str = ""
    title: str = ""
    rest: int = 0
    telling: bool = False


def is_name(text: str, *, words_least: int = 2) -> bool:
    """Whether `text` is written like a person's name (or a pen name)."""
    if CJK_NAME.match(text):
        return True
    return (
        bool(NAME.match(text))
        and len(text.split()) >= words_least
        and not phrases().whole(tokenize(text), "line", "edge", "open")
    )


def is_placeholder(name: str) -> bool:
    """Whether a named author or source is nobody: "User", "Internet", "La redazione"."""
    return phrases().whole(tokenize(name), "placeholder") is not None


def read(unit: Unit) -> Byline:
    """Read a short line as a byline; `telling` says whether it is one."""
    if unit.size > MAX_SIZE or len(unit.text) > MAX_LENGTH or not unit.tokens:
        return Byline()
    text = unicodedata.normalize("NFKC", unit.bare)
    sender = _SENDER.match(text)
    if sender:
        return Byline(author=sender["name"], telling=True)
    labelled = _read_labelled(text)
    return labelled if labelled.telling else _read_pieces(text)


def is_dated(unit: Unit) -> bool:
    """Whether a line above the article is about a date, whatever else it says: "3 May 2022 · A B · one bus ride"."""
    ended = unit.ended and not _LISTED.search(unit.text)
    return unit.size <= DATED_SIZE and not ended and "#" in unit.tokens and has_date(unit.text)


def is_mail_address(text: str) -> bool:
    """Whether a line is what list archives write of a sender: "A B ab at host.example"."""
    return len(text) <= MAX_LENGTH and bool(_SENDER.match(text))


def _read_labelled(text: str) -> Byline:
    match = _HEAD.match(text)
    label = tokenize(match[1]) if match else ()
    if match is None or not label:
        return Byline()
    value = match[2].strip()
    url = URL.search(value)
    if phrases().whole(label, "title") and value:
        return Byline(title=value, telling=True)
    if phrases().whole(label, "source"):
        site = "" if url or is_placeholder(value) or len(value.split()) > 6 else value
        return Byline(url=url[0] if url else "", site=site, telling=bool(url) or len(value.split()) <= 6)
    if phrases().whole(label, "by") and len(value.split()) <= 7:
        inner = _read_pieces(value)
        return Byline(author=inner.author or _person(value), date=inner.date, telling=True)
    if phrases().whole(label, "published") and has_date(value):
        found = find_date(value)
        return Byline(date=found[0] if found else "", telling=True)
    return Byline()


def _person(text: str) -> str:
    name = re.split(r"[|·•,，(（@]", text)[0].strip(" .-–—")
    return name if name and not is_placeholder(name) and not any(c.isdigit() for c in name) else ""


def _read_pieces(text: str) -> Byline:
    """Read "By A B | 3 May 2022 | 4 min read": every piece tells something, or little is left over."""
    if text.rstrip().endswith((".", "!", "?", "。", "！", "？")):
        return Byline()
    found = find_date(text)
    telling, author, rest = has_date(text), "", 0
    separator = _SPACES if CJK_LINE.search(text) else _SEPARATOR
    for piece in filter(None, separator.split(_TIME.sub(" ", without_date(text)))):
        bare = _PARENTHESIS.sub(" ", piece).strip(" ,.;:-–—/()（）")
        tokens = tokenize(bare)
        name, by = _named(bare)
        name = name if by or not _meta(tokens) else ""
        author = author or ("" if is_placeholder(name) else name)
        telling = telling or by or (_meta(tokens) and bool(phrases().within(tokens, "phrase")))
        rest += 0 if name or _meta(tokens) else sum(t != "#" for t in tokens)
    return Byline(
        author=author, date=found[0] if found else "", rest=rest, telling=telling and rest <= MAX_REST
    )


def _meta(tokens: tuple[str, ...]) -> bool:
    """Whether all the words of a piece are those of date lines ("published on", "# min read")."""
    if not any(t != "#" for t in tokens):
        return True
    share, used = phrases().covering(tokens, "published", "phrase", "by")
    return share >= 0.6 and any(p.family == "byline" for p in used)


def _named(piece: str) -> tuple[str, bool]:
    """Return the person a piece names, and whether a word like "by" says that it is the author."""
    match = _by().match(piece) or _by().search(piece)
    if match:
        name = re.split(r",| on | il | el | am | le | em |\d", piece[match.end() :])[0].strip(" :：/")
        if match.start() == 0 and len(match[0].split()) > 1 and _HANDLE.match(piece[match.end() :]):
            return piece[match.end() :], True
        if is_name(name, words_least=1) and (match.start() == 0 or _meta(tokenize(piece[: match.start()]))):
            return name, True
    return (piece, False) if is_name(piece) and not _ACRONYM.search(piece) else ("", False)


@cache
def _by() -> re.Pattern[str]:
    latin = [w for w in words("byline", "by") if not re.match(f"[{CJK}]", w)] + ["da"]
    cjk = [w for w in words("byline", "by") if re.match(f"[{CJK}]", w)]
    either = "|".join(sorted(map(re.escape, latin), key=len, reverse=True))
    return re.compile(
        rf"\b(?:{either})\s+|^(?:{'|'.join(sorted(cjk, key=len, reverse=True))})\s*[/:：]?\s*", re.IGNORECASE
    )
