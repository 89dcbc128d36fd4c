"""Who wrote a page, from a line that is known to be about it: names anywhere in the line, several of them, handles."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from corpus.boilerplate.byline import is_placeholder
from corpus.boilerplate.dates import has_date, without_date
from corpus.boilerplate.phrases import CJK, one_of, phrases, tokenize, words

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_LENGTH = 300
_PARTICLES = r"de|da|do|dos|das|di|del|della|dei|van|von|der|den|zu|la|le|du|bin|al|el|de la|van der|ten"
_INITIAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž]"
_ABBREVIATED = r"(?:Prof|Dra?|Mag|Ing|Dipl|Geom|Rag|Avv|Mtra?|Sra?|Mr|Mrs|Ms|Lic|St|[A-ZÀ-ÖØ-ÞĀ-Ž])\."
_WORD = rf"(?:{_ABBREVIATED}|(?:[dlO]['’])?{_INITIAL}[^\W\d_]*(?:[-'’‘][^\W\d_]+)*)"
_RUN = re.compile(rf"{_WORD}(?:(?:\s+(?:{_PARTICLES})){{0,2}}\s+{_WORD}){{0,5}}")
_OFFICE = re.compile(  # a name, and what somebody does in small letters: "A B Technology correspondent"
    rf"(?P<name>{_WORD}(?:\s+(?:{_PARTICLES}))?\s+{_WORD})\s+{_WORD}\s+[a-zà-ÿ]+$"
)
_AND = re.compile(r"\s*(?:&|\+|、|\s(?:and|und|sowie|e|et|y|ed)\s)\s*")
_HANDLE = re.compile(r"@?(?=\S*[\d_.]|\S*[a-z][A-Z])[^\W\d_](?:[\w.-]{1,28}\w)")
_PIECES = re.compile(r"\s*[|·•–—~»]\s*|\s//\s|\s+[-/]\s+|\s{2,}|(?<=[^\W\d_]{4})(?<!Prof)[.;]\s+")
_CJK = re.compile(f"[{CJK}]")
_CJK_NAME = rf"(?P<name>[{CJK}][{CJK}·]{{1,6}}?)(?=$|[\s\d,，、|｜/／(（（]|于|發|发)"
_CJK_LEADING = re.compile(rf"^(?:原创|原創|店主|楼主|樓主)?\s*{_CJK_NAME}")
_SENDER_LABEL = re.compile(
    r"^(?:from|von|de|da|发件人)\s*[:：]\s*(?P<name>[^<@\d:]{3,40}?)\s*[<(]", re.IGNORECASE
)


def names(text: str) -> list[str]:
    """Return the authors that a byline names, none where it names nobody: "By A B and C D | 3 May 2022"."""
    line = unicodedata.normalize("NFC", text)[:MOST_LENGTH].strip(" \t*_#>~|-–—/·")
    sender = _SENDER_LABEL.match(line)
    if sender:
        return [sender["name"].strip(' "')]
    line = re.sub(r"\\(?=[.#*_])", "", line)
    line = re.sub(r"\[([^\]]*)\]\([^)]*\)|\*+", r"\1", line)
    while has_date(line) and without_date(line) != line:
        line = without_date(line).replace("  ", " | ", 1)
    if _CJK.search(line):
        return _chinese(line)
    pieces = [piece.strip(" ,;*_") for piece in _PIECES.split(line) if piece and not _credit().match(piece)]
    for read in (_leading, _after_by, _team):
        for piece in pieces:
            found = read(piece)
            if found:
                return found
    return []


def is_nobody(name: str) -> bool:
    """Whether a string that is written like a name is a label, a phrase of boilerplate or a placeholder."""
    tokens = tokenize(name)
    if not tokens or is_placeholder(name):
        return True
    return phrases().covering(tokens, "line", "open", "edge", "published", "phrase", "by")[0] >= 0.5


def handle(text: str) -> str:
    """Return the name that somebody goes by in a forum, where the text is one and no more: "router_rita"."""
    return text if _HANDLE.fullmatch(text) and not is_nobody(text) else ""


def opening(text: str) -> str:
    """Return the full name that a text about a person begins with: "A B has looked after …"."""
    found, rest = _listed(text[:MOST_LENGTH], is_nobody)
    if text.partition(" ")[0].lower() in words("reading", "articles"):
        return ""
    told = re.match(r"\s*(?:$|[(（,–—-]|[^\W\d_A-Z])", rest)
    return found[0] if len(found) == 1 and " " in found[0] and told else ""


def _leading(piece: str) -> list[str]:
    """Return the full names, or the handle, that a piece begins with and says no more than an office of."""
    if handle(piece):
        return [piece]
    by = _by().match(piece)
    found, rest = _listed(piece[by.end() :] if by else piece, is_nobody)
    if not found or " " not in found[0]:
        return []
    if not rest.strip() or rest.lstrip()[0] in ",(（":
        return found
    office = _OFFICE.match(piece)
    return [office["name"]] if office and not is_nobody(office["name"]) else []


def _after_by(piece: str) -> list[str]:
    """Return the names that follow the first word like "by"."""
    match = _by().search(piece)
    if match is None:
        return []
    after = piece[match.end() :].strip()
    found, _ = _listed(after, is_placeholder)
    first = re.split(r"[\s,|·]", after, maxsplit=1)[0]
    alone = first == after and "/" not in first and match.start() == 0 and len(first) > 2
    handle = (_HANDLE.fullmatch(first) and "_" in first) or (alone and first.islower())
    return [first] if handle and not is_nobody(first) else found


def _chinese(line: str) -> list[str]:
    """Return the name behind a word like "by", or the one that a line of Chinese begins with."""
    line = _uncredited().sub(" ", line).strip()
    for pattern in (_by_han(), _CJK_LEADING):
        found = pattern.search(line)
        if found and not is_nobody(found["name"]):
            return [found["name"]]
    return []


@cache
def _by_han() -> re.Pattern[str]:
    han = sorted((word for word in words("byline", "by") if _CJK.match(word)), key=len, reverse=True)
    return re.compile(rf"(?:^|(?<=[\s|｜／、]))(?:{'|'.join(han)})(?:\s*[/:：｜|／]\s*|\s+){_CJK_NAME}")


def _team(piece: str) -> list[str]:
    match = _team_of().search(piece)
    return [match[1]] if match else []


def _listed(text: str, refused: Callable[[str], bool]) -> tuple[list[str], str]:
    """Return the names that a text begins with, one or several joined by "and", and what follows."""
    found: list[str] = []
    rest = text
    while True:
        match = _RUN.match(rest)
        if not match or refused(match[0]):
            return found, rest
        found.append(_tidy(match[0]))
        rest = rest[match.end() :]
        joined = _AND.match(rest)
        if not joined:
            return found, rest
        rest = rest[joined.end() :]


def _tidy(name: str) -> str:
    """Return a name as people write it, not in capitals."""
    return name.title() if name.isupper() and " " in name else name


@cache
def _by() -> re.Pattern[str]:
    known = sorted(words("byline", "by"), key=len, reverse=True)
    latin = "|".join(re.escape(word) for word in known if not _CJK.match(word))
    return re.compile(
        rf"(?:^|(?<=[\s(|·/,_]))(?:{one_of('reading', 'signed')}|{latin}|da)\s*[:：]?\s+", re.IGNORECASE
    )


@cache
def _credit() -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{one_of('reading', 'credits')})", re.IGNORECASE)


@cache
def _uncredited() -> re.Pattern[str]:
    return re.compile(rf"(?:{one_of('reading', 'uncredited')})\s*[／/:：｜|]?\s*[^\s|｜]*")


@cache
def _team_of() -> re.Pattern[str]:
    return re.compile(rf"\b((?:{one_of('reading', 'team')})\b(?:\s+\w+){{1,2}})", re.IGNORECASE)
