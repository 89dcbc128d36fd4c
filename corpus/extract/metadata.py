"""What an HTML page says of itself, each fact with where it was read."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from corpus.markup import CLOSE, HIDDEN, OPEN, TEXT, attributes, tokens
from corpus.models import Metadata, Sourced
from corpus.spans import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpus.markup import Token

_ARTICLE_TYPES = (
    "article",
    "newsarticle",
    "blogposting",
    "techarticle",
    "report",
    "webpage",
    "reportagenewsarticle",
)
_ISO_DATE = re.compile(r"\b(?:19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)")
_BYLINE_NAME = re.compile(
    r"(?:^|[\s_-])(?:author|byline|p-author|entry-author|autor|autore|auteur|fn)(?:$|[\s_-])", re.I
)
_BY = re.compile(
    r"^(?:by|von|par|por|di|作者|撰文|text|texto|testo|words)\s*[:：]?\s+|^(?:作者|撰文|文)\s*[／/:：]\s*",
    re.I,
)
_AFTER_NAME = re.compile(
    r"\s*(?:[|·•–—(,;]|\s-\s|\d|\bon\b|\ble\b|\bam\b|\bil\b|\bel\b|\bem\b|\bpublished\b|\bposted\b).*$",
    re.I | re.S,
)
_NO_NAME = re.compile(
    r"https?:|www\.|@|\badmin\b|\beditor(?:ial)?\b|redaktion|redazione|r[eé]daction|redacci[oó]n|reda[cç][aã]o|\bstaff\b|编辑部|\buser\b",
    re.I,
)
_MAX_JSON = 500_000


@dataclass(slots=True)
class _Head:
    """The raw material, read in one pass."""

    metas: dict[str, str] = field(default_factory=dict)
    canonical: str = ""
    language: str = ""
    title: str = ""
    headings: list[tuple[str, str]] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    scripts: list[dict[str, Any]] = field(default_factory=list)


def html_metadata(raw: str) -> Metadata:
    """Read JSON-LD first, then OpenGraph and meta tags, then the page's own headings, bylines and time elements."""
    head = _read(raw)
    article = _article(head.scripts)
    url = _url(head, article)
    return Metadata(
        title=_title(head, article),
        author=_author(head, article),
        published_on=_published(head, article, raw),
        site=_first((("open-graph", head.metas.get("og:site_name")), ("json-ld", _name(article.get("publisher"))))),
        url=url,
        host=Sourced(urlsplit(url.value).hostname or "", url.source) if url else None,
        language=_first((
            ("html-lang", head.language),
            ("json-ld", _string(article.get("inLanguage"))),
            ("open-graph", head.metas.get("og:locale", "").replace("_", "-")),
            ("meta", head.metas.get("content-language")),
        )),
    )  # fmt: skip


def _read(raw: str) -> _Head:
    head = _Head()
    pending: str | None = None
    start = 0
    for token in tokens(raw):
        if token.kind == HIDDEN:
            _read_hidden(raw, token, head)
        elif token.kind == OPEN:
            found = attributes(raw, token) if token.name in _READ_TAGS else {}
            _read_tag(token.name, found, head)
            if token.name in _HEADINGS or _is_byline(token.name, found):
                pending, start = token.name, token.end
        elif token.kind == CLOSE and token.name == pending:
            _read_element(pending, visible(raw[start : token.start], "html"), head)
            pending = None
        elif token.kind == TEXT and pending and token.end - start > 2_000:
            pending = None
    return head


_BYLINE_TAGS = frozenset(("a", "span", "p", "div", "address", "em", "strong", "b", "i", "cite", "li"))
_HEADINGS = frozenset(("h1", "h2", "h3"))
_READ_TAGS = frozenset(("html", "meta", "link", "time")) | _BYLINE_TAGS


def _read_hidden(raw: str, token: Token, head: _Head) -> None:
    element = raw[token.start : token.end]
    if token.name == "title" and not head.title:
        head.title = _clean(re.sub(r"^<[^>]*>|</title[^>]*>$", "", element, flags=re.I))
    elif token.name == "script" and "ld+json" in element[:200] and len(element) < _MAX_JSON:
        body = element[element.find(">") + 1 : element.rfind("</")]
        head.scripts += _objects(body)


def _read_tag(name: str, found: dict[str, str], head: _Head) -> None:
    if name == "meta":
        key = (
            found.get("property")
            or found.get("name")
            or found.get("itemprop")
            or found.get("http-equiv")
            or ""
        ).lower()
        if key and found.get("content"):
            head.metas.setdefault(key, _clean(found["content"]))
    elif name == "link" and "canonical" in found.get("rel", "").lower():
        head.canonical = head.canonical or _clean(found.get("href", ""))
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


def _read_element(name: str, text: str, head: _Head) -> None:
    if name in _HEADINGS:
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


def _article(scripts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the JSON-LD object of the article, all references by `@id` left as they are."""

    def rank(item: dict[str, Any]) -> int:
        kinds = item.get("@type")
        names = [str(k).lower() for k in (kinds if isinstance(kinds, list) else [kinds])]
        return min((_ARTICLE_TYPES.index(n) for n in names if n in _ARTICLE_TYPES), default=99)

    best = min(scripts, key=rank, default={})
    if best and rank(best) < 99:
        return {**best, "author": _resolved(best.get("author"), scripts)}
    return {}


def _resolved(value: Any, scripts: list[dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_resolved(item, scripts) for item in value[:10]]
    if isinstance(value, dict) and "name" not in value and "@id" in value:
        return next((s for s in scripts if s.get("@id") == value["@id"] and "name" in s), value)
    return value


def _title(head: _Head, article: dict[str, Any]) -> Sourced | None:
    """Prefer the heading that the page's title tags contain: site names are no part of a title."""
    stated = _first(
        (("json-ld", _string(article.get("headline"))), ("open-graph", head.metas.get("og:title")))
    )
    heading = _main_heading(head)
    if heading and (stated is None or _contains(stated.value, heading)):
        return Sourced(heading, "heading")
    if stated:
        return stated
    return Sourced(_without_site(head.title), "title-tag") if head.title else None


def _main_heading(head: _Head) -> str | None:
    """Return the heading that the title tag repeats, else the first of a level that has only one, h1 before h3."""
    repeated = [text for _, text in head.headings if len(text) > 3 and _contains(head.title, text)]
    if repeated:
        return max(repeated, key=len)
    for level in sorted(_HEADINGS):
        texts = [text for name, text in head.headings if name == level and text]
        if texts and (level == "h1" or len(texts) == 1):
            return texts[0]
    return None


def _without_site(title: str) -> str:
    """Return the longest part of `Article | Section | Site`."""
    separator = r"\s+[|–—·»:-]+\s+|_" if title.isascii() or " " in title else r"[|_–—-]"
    return max(re.split(separator, title), key=len).strip()


def _contains(longer: str, shorter: str) -> bool:
    return " ".join(shorter.lower().split()) in " ".join(longer.lower().split())


def _author(head: _Head, article: dict[str, Any]) -> Sourced | None:
    candidates: list[tuple[str, str | None]] = [("json-ld", _name(article.get("author")))]
    candidates += [
        ("meta", head.metas.get(key))
        for key in ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")
    ]
    candidates += [("byline", text) for text in head.bylines]
    for source, value in candidates:
        if (name := _person(value)) is not None:
            return Sourced(name, source)
    return None


def _person(value: str | None) -> str | None:
    """Return a person's name, or None for an address, a role or a sentence."""
    name = _AFTER_NAME.sub("", _BY.sub("", _clean(value or ""))).strip(" .,:")
    if not 2 <= len(name) <= 60 or _NO_NAME.search(value or "") or len(name.split()) > 6:
        return None
    return name


def _published(head: _Head, article: dict[str, Any], raw: str) -> Sourced | None:
    candidates = [("json-ld", _string(article.get("datePublished")))]
    candidates += [("meta", head.metas.get(key)) for key in ("article:published_time", "datepublished", "date", "dc.date",
                   "dc.date.issued", "publication_date", "pubdate", "parsely-pub-date", "sailthru.date")]  # fmt: skip
    candidates += [("time-element", value) for value in head.times[:3]]
    for source, value in candidates:
        if match := _ISO_DATE.search(value or ""):
            return Sourced(match[0], source)
    return _searched_date(raw)


def _searched_date(raw: str) -> Sourced | None:
    from htmldate import find_date

    try:
        found = find_date(raw, original_date=True, extensive_search=False)
    except (ValueError, TypeError, OverflowError):
        return None
    return Sourced(found, "htmldate") if found else None


def _url(head: _Head, article: dict[str, Any]) -> Sourced | None:
    main = article.get("mainEntityOfPage")
    entity = main.get("@id") if isinstance(main, dict) else main
    found = _first((("canonical", head.canonical), ("json-ld", _string(article.get("url")) or _string(entity)),
                    ("open-graph", head.metas.get("og:url"))))  # fmt: skip
    base = head.metas.get("og:url", "")
    if found and base and not urlsplit(found.value).scheme:
        found = Sourced(urljoin(base, found.value), found.source)
    return found if found and urlsplit(found.value).scheme in ("http", "https") else None


def _first(candidates: Iterable[tuple[str, str | None]]) -> Sourced | None:
    return next(
        (Sourced(_clean(value), source) for source, value in candidates if value and _clean(value)), None
    )


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        names = [name for item in value[:10] if (name := _name(item))]
        return names[0] if names else None
    return _string(value.get("name")) if isinstance(value, dict) else _string(value)


def _string(value: Any) -> str | None:
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, str) else None


def _clean(value: str) -> str:
    return " ".join(html.unescape(value).split())[:500]
