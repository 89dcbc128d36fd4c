"""What the tag and the attributes of an element say it holds: a heading, an author's name, a date."""

from __future__ import annotations

import re
from functools import lru_cache

HEADINGS = frozenset(("h1", "h2", "h3"))
_BYLINE_TAGS = frozenset(
    "a span p div address em strong b i cite li small h4 h5 h6 section header footer td dd ul".split()
)
_DATE_TAGS = frozenset("time span p div li em small strong b i abbr td dd a h4 h5 h6".split())
_AUTHOR_LABEL = re.compile(
    r"(?:^|[\s_-])(?:authors?|bylines?|writer|autor|autore|auteur|verfasser|writtenby|written-by|posted-by|fn)(?:$|[\s_-])"
    r"|(?:author|byline)-?_?_?(?:name|link|title|text)|post-?author|AuthorName|authorName",
)
_AUTHOR_ADDRESS = re.compile(
    r"/(?:authors?|autor(?:es|en)?|auteurs?|autori|autore|contributors?|writers?)/[^/?#]", re.I
)
_NOT_AUTHOR = re.compile(
    r"comment|avatar|image|img|photo|bio\b|desc|social|count|role|job|position|follow|related|box-title|author-title",
    re.I,
)
_DATE_LABEL = re.compile(
    r"(?:^|[\s_-])(?:date|dates|dateline|datetime|timestamp|pubdate|published|publish|posted|posted-on|fecha|data|datum)"
    r"(?:$|[\s_-])|(?:post|entry|article|publish(?:ed)?|publication|blog|story|news|meta)_?-?_?(?:date|time|on)\b",
    re.I,
)
VOID = frozenset(("meta", "link", "img", "input"))
DATE_MARKS = frozenset(("microdata-published", "microdata-modified", "time-element", "date-element"))


def mark_of(name: str, found: dict[str, str]) -> str:
    """Return what kind of clue an element is (the `source` of a `Clue`), or an empty string."""
    if name in HEADINGS:
        return name
    stated = f"{found.get('itemprop', '')} {found.get('property', '')}".lower().split() if found else []
    if stated:
        item = {term.rpartition(":")[2] for term in stated}
        if "datepublished" in item:
            return "microdata-published"
        if "datemodified" in item:
            return "microdata-modified"
        if "author" in item and name != "meta":
            return "microdata"
    if name == "time":
        return "time-element"
    return _labelled(name, found) if found else ""


def _labelled(name: str, found: dict[str, str]) -> str:
    if name in _BYLINE_TAGS and "author" in found.get("rel", "").lower().split():
        return "rel-author"
    if name == "a" and _AUTHOR_ADDRESS.search(found.get("href", "")[:300]):
        return "author-link"
    label = f"{found.get('class', '')[:200]} {found.get('id', '')[:60]} {found.get('data-testid', '')[:60]}"
    return "" if label.isspace() else _told_by_label(name, label)


@lru_cache(maxsize=4_096)
def _told_by_label(name: str, label: str) -> str:
    if name in _BYLINE_TAGS and _AUTHOR_LABEL.search(label) and not _NOT_AUTHOR.search(label):
        return "byline"
    if name in _DATE_TAGS and _DATE_LABEL.search(label):
        return "date-element"
    return ""
