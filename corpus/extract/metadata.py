"""What an HTML page says of itself, each fact with where it was read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from corpus.extract.head import HEADINGS, Head, clean, read_head
from corpus.models import Metadata, Sourced
from corpus.urls import absolute, host_of

if TYPE_CHECKING:
    from collections.abc import Iterable

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
_BY = re.compile(
    r"^(?:by|von|par|por|di|作者|撰文|text|texto|testo|words)\s*[:：]?\s+|^(?:作者|撰文|文)\s*[／/:：]\s*",
    re.I,
)
_AFTER_NAME = re.compile(
    r"\s*(?:[|·•(,;]|\s[–—-]\s|\d|\b(?:le|am|il|el|em|den|vom)\s+\d|\bon\s+(?:\w+,?\s+){0,2}\d"
    r"|\bpublished\b|\bposted\b).*$",
    re.I | re.S,
)
_NO_NAME = re.compile(
    r"https?:|www\.|@|\badmin\b|\beditor(?:ial)?\b|redaktion|redazione|r[eé]daction|redacci[oó]n|reda[cç][aã]o"
    r"|^staff$|\bstaff\s+(?:writer|reporter)|编辑部|\buser\b",
    re.I,
)
_STRUCTURED = ("json-ld", "meta")
_SITE_WORDS = 4


_DATE_TAGS = (
    *("article:published_time", "datepublished", "date", "dc.date", "dc.date.issued"),
    *("publication_date", "pubdate", "parsely-pub-date", "sailthru.date"),
)


def html_metadata(raw: str) -> Metadata:
    """Read JSON-LD first, then OpenGraph and meta tags, then the page's own headings, bylines and time elements."""
    head = read_head(raw)
    article = _article(head.scripts)
    url = _url(head, article)
    return Metadata(
        title=_title(head, article),
        author=_author(head, article),
        published_on=_published(head, article, raw),
        site=_first((("open-graph", head.metas.get("og:site_name")), ("json-ld", _name(article.get("publisher"))))),
        url=url,
        host=Sourced(host_of(url.value) or "", url.source) if url else None,
        language=_first((
            ("html-lang", head.language),
            ("json-ld", _string(article.get("inLanguage"))),
            ("open-graph", head.metas.get("og:locale", "").replace("_", "-")),
            ("meta", head.metas.get("content-language")),
        )),
    )  # fmt: skip


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


def _title(head: Head, article: dict[str, Any]) -> Sourced | None:
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


def _main_heading(head: Head) -> str | None:
    """Return the heading that the title tag repeats, else the first of a level that has only one, h1 before h3.

    Of several, the last: a site's name stands above the title.
    """
    repeated = [text for _, text in head.headings if len(text) > 3 and _contains(head.title, text)]
    whole = [
        text
        for text in dict.fromkeys(repeated)
        if not any(text in other for other in repeated if other != text)
    ]
    if whole:
        return whole[-1]
    for level in sorted(HEADINGS):
        texts = [text for name, text in head.headings if name == level and text]
        if texts and (level == "h1" or len(texts) == 1):
            return texts[0]
    return None


def _without_site(title: str) -> str:
    """Return the title of `Article | Site`, `Site :: Article` or `Article - Site`."""
    if (
        not title.isascii() and " " not in title
    ):  # Chinese and Japanese: nothing but the sign itself separates
        return max(re.split(r"[|_–—-]", title), key=len).strip()
    part = max(re.split(r"\s+(?:[|·»]|::)\s+", title), key=len)
    article, dash, site = part.rpartition(" - ")
    return (
        article.strip()
        if dash and len(site.split()) <= _SITE_WORDS and len(site) < len(article)
        else part.strip()
    )


def _contains(longer: str, shorter: str) -> bool:
    return " ".join(shorter.lower().split()) in " ".join(longer.lower().split())


def _author(head: Head, article: dict[str, Any]) -> Sourced | None:
    candidates: list[tuple[str, str | None]] = [("json-ld", _name(article.get("author")))]
    candidates += [
        ("meta", head.metas.get(key))
        for key in ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")
    ]
    candidates += [("byline", text) for text in head.bylines]
    for source, value in candidates:
        if (name := _person(value, source)) is not None:
            return Sourced(name, source)
    return None


def _person(value: str | None, source: str) -> str | None:
    """Return a person's name, or None for an address, a role or a sentence.

    What a tag gives as the author is a name as it stands; a byline says more than the name.
    """
    stated = clean(value or "")
    structured = source in _STRUCTURED
    name = (
        re.sub(r"^by\s+", "", stated, flags=re.I) if structured else _AFTER_NAME.sub("", _BY.sub("", stated))
    )
    name = name.strip(" .,:")
    if (
        not 2 <= len(name) <= 60
        or _NO_NAME.search(name)
        or _NO_NAME.search(value or "")
        or len(name.split()) > 6
    ):
        return None
    return name


def _published(head: Head, article: dict[str, Any], raw: str) -> Sourced | None:
    candidates = [("json-ld", _string(article.get("datePublished")))]
    candidates += [("meta", head.metas.get(key)) for key in _DATE_TAGS]
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


def _url(head: Head, article: dict[str, Any]) -> Sourced | None:
    main = article.get("mainEntityOfPage")
    entity = main.get("@id") if isinstance(main, dict) else main
    found = _first((("canonical", head.canonical), ("json-ld", _string(article.get("url")) or _string(entity)),
                    ("open-graph", head.metas.get("og:url"))))  # fmt: skip
    base = head.metas.get("og:url", "")
    if found and base and host_of(found.value) is None:
        found = Sourced(absolute(found.value, base), found.source)
    return found if found and host_of(found.value) else None


def _first(candidates: Iterable[tuple[str, str | None]]) -> Sourced | None:
    return next(
        (Sourced(clean(value), source) for source, value in candidates if value and clean(value)), None
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
