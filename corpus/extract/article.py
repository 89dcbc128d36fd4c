"""The JSON-LD object that speaks of the page's article, among all those of the site, its lists and its products."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from corpus.extract.json_ld import identities, read_items, resolved, string, types
from corpus.extract.names import squashed

if TYPE_CHECKING:
    from corpus.extract.head import Head
    from corpus.extract.json_ld import Item

_ARTICLE = re.compile(
    r"article|posting$|^report$|^question$|^recipe$|^howto$|^scholarlyarticle$|^podcastepisode$"
)
_PAGE = re.compile(r"^\w*webpage$|^\w{0,20}page$|^creativework$|^blog$")
_SITE = frozenset(("website", "organization", "newsmediaorganization", "corporation"))


@dataclass(frozen=True, slots=True)
class Article:
    """What JSON-LD says: of the article, of the web page it stands on, and of the site."""

    item: Item = field(default_factory=dict)
    page: Item = field(default_factory=dict)
    site_names: tuple[str, ...] = ()
    publisher: str = ""
    by_identity: dict[str, Item] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """Return a property of the article, or else of the page, with its references resolved."""
        return resolved(self.item.get(name) or self.page.get(name), self.by_identity)

    @property
    def headline(self) -> str:
        """What the article is called."""
        return string(self.item.get("headline")) or string(self.item.get("name"))


def read_article(head: Head) -> Article:
    """Return what the page's JSON-LD says of its article; empty where it has none or none can be read."""
    items = read_items(head.scripts)
    by_identity = identities(items)
    article = _best([item for item in items if any(_ARTICLE.search(t) for t in types(item))], head)
    page = _best([item for item in items if any(_PAGE.search(t) for t in types(item))], head)
    publisher = _name_of(resolved(article.get("publisher") or page.get("publisher"), by_identity))
    site_names = tuple(_name_of(item) for item in items if types(item) & _SITE and _is_outer(item))
    return Article(article, page, site_names[:10], publisher, by_identity)


def _best(items: list[Item], head: Head) -> Item:
    """Return the object whose address or headline is the page's, else the first."""
    addresses = {_path(text) for text in (head.canonical, head.meta("og:url")) if text}
    titles = squashed(head.meta("og:title") or "") + " " + squashed(head.title)

    def rank(item: Item) -> int:
        entity = item.get("mainEntityOfPage")
        stated = (
            item.get("url"),
            entity,
            entity.get("@id") if isinstance(entity, dict) else None,
            item.get("@id"),
        )
        if addresses & {_path(text) for text in map(string, stated) if text}:
            return 0
        headline = squashed(string(item.get("headline")) or string(item.get("name")))
        return 1 if headline and headline in titles else 2

    return min(items[:200], key=rank, default={})


def _path(address: str) -> str:
    return address.partition("#")[0].partition("://")[2].removeprefix("www.").rstrip("/").lower()


def _name_of(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    return string(value.get("name")) if isinstance(value, dict) else string(value)


def _is_outer(item: Item) -> bool:
    return bool(string(item.get("name")))
