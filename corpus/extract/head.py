"""The raw material of a page's metadata: title, meta tags, JSON-LD, headings and bylines, read in one pass."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from corpus.markup import CLOSE, HIDDEN, OPEN, TEXT, attributes, tokens
from corpus.spans import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.markup import Token

_BYLINE_NAME = re.compile(
    r"(?:^|[\s_-])(?:author|byline|p-author|entry-author|autor|autore|auteur|fn)(?:$|[\s_-])", re.I
)
_MAX_JSON = 500_000


@dataclass(slots=True)
class Head:
    """The raw material, read in one pass."""

    metas: dict[str, str] = field(default_factory=dict)
    canonical: str = ""
    language: str = ""
    title: str = ""
    headings: list[tuple[str, str]] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    scripts: list[dict[str, Any]] = field(default_factory=list)


def read_head(raw: str) -> Head:
    """Read a page once, from its first tag to its last."""
    head = Head()
    pending: str | None = None
    start = 0
    for token in tokens(raw):
        if token.kind == HIDDEN:
            _read_hidden(raw, token, head)
        elif token.kind == OPEN:
            found = attributes(raw, token) if token.name in _READ_TAGS else {}
            _read_tag(token.name, found, head)
            if token.name in HEADINGS or _is_byline(token.name, found):
                pending, start = token.name, token.end
        elif token.kind == CLOSE and token.name == pending:
            _read_element(pending, visible(raw[start : token.start], "html"), head)
            pending = None
        elif token.kind == TEXT and pending and token.end - start > 2_000:
            pending = None
    return head


_BYLINE_TAGS = frozenset(("a", "span", "p", "div", "address", "em", "strong", "b", "i", "cite", "li"))
HEADINGS = frozenset(("h1", "h2", "h3"))
_READ_TAGS = frozenset(("html", "meta", "link", "time")) | _BYLINE_TAGS


def _read_hidden(raw: str, token: Token, head: Head) -> None:
    element = raw[token.start : token.end]
    if token.name == "title" and not head.title:
        head.title = clean(re.sub(r"^<[^>]*>|</title[^>]*>$", "", element, flags=re.I))
    elif token.name == "script" and "ld+json" in element[:200] and len(element) < _MAX_JSON:
        body = element[element.find(">") + 1 : element.rfind("</")]
        head.scripts += _objects(body)


def _read_tag(name: str, found: dict[str, str], head: Head) -> None:
    if name == "meta":
        key = (
            found.get("property")
            or found.get("name")
            or found.get("itemprop")
            or found.get("http-equiv")
            or ""
        ).lower()
        if key and found.get("content"):
            head.metas.setdefault(key, clean(found["content"]))
    elif name == "link" and "canonical" in found.get("rel", "").lower():
        head.canonical = head.canonical or clean(found.get("href", ""))
    elif name == "html":
        head.language = head.language or found.get("lang", "") or found.get("xml:lang", "")
    elif name == "time" and found.get("datetime"):
        head.times.append(found["datetime"])


def _is_byline(name: str, found: dict[str, str]) -> bool:
    label = found.get("class", "")[:200]
    return (
        name in _BYLINE_TAGS
        and "comment" not in label.lower()
        and (
            found.get("rel", "").lower() == "author"
            or found.get("itemprop", "").lower() == "author"
            or bool(_BYLINE_NAME.search(label))
        )
    )


def _read_element(name: str, text: str, head: Head) -> None:
    if name in HEADINGS:
        head.headings.append((name, text.rstrip("¶#§ \u200b")))
    elif text:
        head.bylines.append(text)


def _objects(body: str) -> list[dict[str, Any]]:
    try:
        data = json.loads(body, strict=False)
    except (ValueError, RecursionError):
        return []
    return list(_flatten(data, 0))


def _flatten(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(data, list) and depth < 4:
        for item in data[:100]:
            yield from _flatten(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        yield from _flatten(data.get("@graph"), depth + 1)


def clean(value: str) -> str:
    """Return an attribute or JSON value as plain text, at most 500 characters."""
    return " ".join(html.unescape(value).split())[:500]
