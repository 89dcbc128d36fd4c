"""Names of people as bylines and tags give them: what is a name, and what a role, an address or a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.extract.names import clean, squashed

if TYPE_CHECKING:
    from collections.abc import Iterable

_BY_WORDS = (
    r"(?:(?:written|posted|published|authored|words|text|story|article|reported|started|created|recipe)\s+)?by"
    r"|(?:verfasst\s+)?von|(?:écrit\s+)?par|(?:escrito\s+)?por|di|scritto da|a cura di"
)
_AUTHOR_WORDS = (
    r"authors?|author\(s\)|contributors?|words|text|autor(?:in|es|[aei])?|auteurs?|testo|texto|作者|撰文|文"
)
BY = re.compile(
    rf"^\W{{0,3}}(?:(?:{_BY_WORDS})(?:\s*[:：／/]\s*|\s+)|(?:{_AUTHOR_WORDS})\s*[:：／/]\s*)(?=\S)", re.I
)
_LABEL = re.compile(rf"^(?:{_AUTHOR_WORDS})(?:\s+(?=\S)|(?=[\u3400-\u9fff]))", re.I)
ONLY_BY = re.compile(rf"^\W{{0,3}}(?:{_BY_WORDS}|{_AUTHOR_WORDS})\s*[:：]?$", re.I)
_GLUED_BY = re.compile(r"^[Bb]y(?=[A-Z][a-z])")
_MORE_BY = re.compile(
    r"^(?:view|see|read|all|more|about)\b.{0,30}?\b(?:by|from|of)\s+|^about\s+(?:the author\s+)?(?=[A-Z])",
    re.I,
)
_AFTER_NAME = re.compile(
    r"\s*(?:[|·•●∙(（<\[»]|\s[–—-]\s|,\s+(?:on\s+)?(?:\w+\s+)?\d|\d|\b(?:le|am|il|el|em|den|vom)\s+\d"
    r"|\bon\s+(?:\w+,?\s+){0,2}\d|\s(?:published|posted|updated|last updated|in|for|reviewed|edited)\b"
    r"|\s(?:is an?|says?|writes?)\b"
    r"|\son\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|\s*(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?\s+\d).*$",
    re.I | re.S,
)
_ROLE_AFTER = re.compile(
    r"(?:[\s,]+(?:writer|author|contributor|sponsored|reporter|editor|staff writer|journalist))+$", re.I
)
_NO_NAME = re.compile(
    r"https?:|www\.|@|\badmin(?:istrat(?:or|ion))?n?\b|\buser\b|redaktion|redazione|r[eé]daction|redacci[oó]n"
    r"|reda[cç][aã]o|编辑部|編輯部|\{\{|%[a-z]+%|^\W*$|^\d+$|\.(?:com|org|net)/|\beditorial team\b",
    re.I,
)
_ROLES = frozenset(
    "admin administrator root webmaster wordpress editor editors editorial staff team author authors guest contributor"
    " contributors anonymous unknown none null undefined name the our news desk newsdesk writer reporter blog by"
    " super wp site website web master content marketing press office company redaktion autor autore auteur default"
    " published posted written and board correspondent publisher you read more view profile posts follow share".split()
)
_CAPITALISED = re.compile(r"^[^\W\d_a-zà-öø-ÿ][\w.'’‐-–-]*$")
_PARTICLES = frozenset(
    "de da do dos das di del della dei van von der den zu la le du y e und et and & bin al el ter ten".split()
)
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_LONGEST, _MOST_WORDS, MOST_NAMES = 80, 7, 20


def names_of_line(text: str, *, strict: bool) -> tuple[str, ...]:
    """Return the names of a line, which may go on after them; `strict` lines must be written like names."""
    named = _LABEL.sub("", BY.sub("", clean(text)))
    if _IDEOGRAPH.match(named):
        return distinct([stated_name(named.split()[0])])
    bare = _GLUED_BY.sub("", _MORE_BY.sub("", named))
    bare = _ROLE_AFTER.sub("", _AFTER_NAME.sub("", bare) if strict or len(bare.split()) > 2 else bare)
    names = [
        stated_name(part)
        for part in re.split(r",?\s+(?:and|und|et|y|e|&)\s+(?=[A-Z])|,\s+(?=[A-Z])|、", bare)
    ]
    if strict and names and not is_written_like_a_name(names[0]):
        return ()
    return distinct(name for name in names if not strict or is_written_like_a_name(name))


def is_written_like_a_name(name: str) -> bool:
    """Whether every word of a text begins with a capital, or is one that stands inside names."""
    parts = name.split()
    if not name.isascii() and len(parts) == 1:
        return 2 <= len(name) <= 12
    return 1 <= len(parts) <= 5 and all(
        _CAPITALISED.match(part) or part.lower() in _PARTICLES for part in parts
    )


def is_whole(name: str) -> bool:
    """Whether a name has two words, or is written with ideographs: one word alone may be anything."""
    return len(name.split()) > 1 or bool(_IDEOGRAPH.match(name))


def stated_name(value: str) -> str:
    """Return a name that is stated as one, or an empty string for an address, a role or a sentence."""
    stated = clean(value).strip("\"“”' ")
    name = re.sub(r"^by\s+", "", stated, flags=re.I).strip(" .,:;|-–—")
    if stated.endswith((" Jr.", " Sr.")):
        name += "."
    if not 2 <= len(name) <= _LONGEST or len(name.split()) > _MOST_WORDS or _NO_NAME.search(stated):
        return ""
    plain = (re.sub(r"['’]s$", "", word.strip(".,:").lower()) for word in name.split())
    return "" if all(word in _ROLES for word in plain) else name


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names in order, each once, however it is written."""
    found: dict[str, str] = {}
    for name in names:
        if key := squashed(name):
            found.setdefault(key, name)
    return tuple(found.values())[:MOST_NAMES]
