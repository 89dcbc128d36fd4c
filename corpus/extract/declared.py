"""Language, site and address of a page, as it declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.extract.json_ld import string
from corpus.extract.language_tags import language_tag
from corpus.extract.names import clean
from corpus.models import Sourced
from corpus.urls import absolute, host_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus.extract.article import Article
    from corpus.extract.head import Head


def read_language(head: Head, article: Article) -> Sourced | None:
    """Return the first declaration that names a language; one that names several names none."""
    spoken = article.get("inLanguage")
    if isinstance(spoken, dict):
        spoken = spoken.get("alternateName") or spoken.get("name")
    candidates = (
        ("html-lang", head.language),
        ("json-ld", string(spoken)),
        ("open-graph", head.meta("og:locale")),
        ("meta", head.meta("content-language", "language", "dc.language", "dcterms.language")),
    )
    return next((Sourced(tag, source) for source, text in candidates if (tag := language_tag(text))), None)


def read_site(head: Head, article: Article) -> Sourced | None:
    """Return the name of the site."""
    return first_stated((
        ("open-graph", head.meta("og:site_name")),
        ("json-ld", article.publisher),
        ("json-ld", next(iter(article.site_names), "")),
        ("meta", head.meta("application-name", "dc.publisher", "citation_journal_title", "apple-mobile-web-app-title")),
    ))  # fmt: skip


def read_url(head: Head, article: Article, url: str) -> Sourced | None:
    """Return the page's address as it states it, absolute; `url` is where the page was found, where that is known."""
    entity = article.item.get("mainEntityOfPage")
    entity = entity.get("@id") if isinstance(entity, dict) else entity
    stated = (
        ("canonical", head.canonical),
        ("open-graph", head.meta("og:url")),
        ("json-ld", string(article.item.get("url")) or string(entity)),
        ("json-ld", string(article.page.get("url"))),
    )  # fmt: skip
    bases = [absolute(head.base, url) if url else head.base, head.meta("og:url"), url]
    base = next((text for text in bases if host_of(text)), "")
    for source, text in stated:
        whole = absolute(clean(text), base) if text and base else clean(text)
        if host_of(whole):
            return Sourced(whole, source)
    return Sourced(head.base, "base") if host_of(head.base) and not head.base.endswith("/") else None


def first_stated(candidates: Iterable[tuple[str, str]]) -> Sourced | None:
    """Return the first of (source, text) that has a text."""
    return next((Sourced(text, source) for source, value in candidates if (text := clean(value))), None)
