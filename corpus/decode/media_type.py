"""HTML or text: a name or a header may lie, tags do not; but prose may speak of tags."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.models import MediaType, RawPage

_HEAD = 20_000
_START = re.compile(r"<(?:!doctype\s+html|html|head|body|\?xml|rss|feed|svg)(?=[\s>/])", re.I)
_NAMES = (
    "html|head|body|title|meta|link|script|style|div|p|article|section|main|header|footer|nav|aside|table|tr|td|th"
    "|ul|ol|li|dl|dt|dd|h[1-6]|br|hr|span|a|b|i|em|strong|img|blockquote|pre|code|center|font|small|figure|form"
)
_TAG = re.compile(rf"<(/?)(?:{_NAMES})(\s[^<>]{{0,999}})?/?>(.?)", re.I | re.S)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_HTML_PATH = re.compile(r"\.x?html?(?:\.gz)?(?:[?#]|$)", re.I)
_MENTION_END = frozenset("`'\"’”»,.;:)]")


def media_type(page: RawPage, text: str) -> MediaType:
    """Return what the text is. A page that is declared HTML needs one tag in use, any other needs many."""
    if _starts_as_html(text):
        return "html"
    head = text[:_HEAD]
    used, mentioned = _tags(head)
    if is_declared_html(page):
        return "html" if used > mentioned else "text"
    dense = used >= 5 and used * 400 > len(head) and used > 4 * mentioned
    return "html" if dense and head.lstrip().startswith("<") else "text"


def is_declared_html(page: RawPage) -> bool:
    """Whether header, sidecar or name say that the page is HTML."""
    declared = (page.declared_type or "").lower()
    return "html" in declared or (not declared and _HTML_PATH.search(page.uri[-300:]) is not None)


def _starts_as_html(text: str) -> bool:
    """Whether the first thing after comments is the start of a document."""
    position, end = 0, min(len(text), _HEAD)
    while position < end:
        if text[position].isspace():
            position += 1
        elif text.startswith("<!--", position):
            closed = text.find("-->", position, _HEAD)
            if closed < 0:
                return False
            position = closed + 3
        else:
            return _START.match(text, position) is not None
    return False


def _tags(head: str) -> tuple[int, int]:
    """Return how many tags mark something up and how many are spoken of, outside fenced code."""
    used = mentioned = 0
    for prose in head.split("```")[::2]:
        for match in _TAG.finditer(prose):
            if _is_mention(prose, match):
                mentioned += 1
            else:
                used += 1
    return used, mentioned


def _is_mention(prose: str, match: re.Match[str]) -> bool:
    """Whether a tag stands among words as one of them: in quotes, before a comma, between two spaces."""
    before = prose[match.start() - 1 : match.start()] or "\n"
    if before in "`'\"‘“«(":
        return True
    return before == " " and (match[3] in _MENTION_END or match[3] == " ") and not match[1] and not match[2]


def resolved_entities(text: str) -> tuple[str, int]:
    """Return a page that is HTML by its name but has no tag, with its entities as characters, and how many."""
    return _ENTITY.subn(lambda entity: html.unescape(entity[0]), text) if "&" in text else (text, 0)
