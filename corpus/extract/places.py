"""What the place of a block says it is: the elements it stands in, by tag, class, id and role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from corpus.markup import OPEN, Token, attributes
from corpus.models import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_TAG = {
    "nav": Kind.NAVIGATION,
    "menu": Kind.NAVIGATION,
    "form": Kind.NAVIGATION,
    "aside": Kind.RELATED,
    "footer": Kind.FOOTER,
}
_BY_ROLE = {
    "navigation": Kind.NAVIGATION,
    "search": Kind.NAVIGATION,
    "banner": Kind.NAVIGATION,
    "contentinfo": Kind.FOOTER,
}
# Words in class names and ids, tried in this order; the first kind that has one names the place.
_WORDS = {
    Kind.COOKIE: r"""
        cookies? cookie-?(?:banner|notice|bar|consent|law) consent gdpr cmp privacy-?(?:banner|notice)""",
    Kind.NEWSLETTER: r"""
        newsletters? newsletter-?\w{1,12} subscribe subscription signup sign-up mailchimp mc4wp\w{0,20}""",
    Kind.COMMENT: r"""
        comments? comment-?(?:list|s-area|respond|form|body|content|thread) disqus respond replies""",
    Kind.SHARE: r"""
        share shares sharing share-?(?:bar|buttons?|links?|tools?) social
        social-?(?:links?|media|share|icons?) sharedaddy addtoany\w{0,20} follow-?us""",
    Kind.RELATED: r"""
        related related-?(?:posts?|articles?|content|stories) recommended recommendations
        more-?(?:stories|articles|posts) most-?(?:read|popular) popular trending read-?(?:next|more)
        also-?(?:read|like) teasers? post-?navigation nav-?links jp-relatedposts outbrain taboola""",
    Kind.AUTHOR_BOX: r"""
        author-?(?:box|bio|info|card|profile|about) about-?(?:the-?)?author bio biography post-author-box""",
    Kind.PROMOTION: r"""
        ads? advert\w{0,12} sponsor\w{0,6} promo\w{0,8} banner-?ad cta call-to-action webinar paywall
        partner-?content""",
    Kind.NAVIGATION: r"""
        nav navbar navigation menu main-?menu breadcrumbs? sidebar toc table-of-contents on-this-page
        pagination skip-?(?:link|to)\w{0,12} search search-?form login topbar tags? tag-?(?:list|cloud|s-links)
        cat-links widgets? widget-area toolbar site-header masthead""",
    Kind.LEGAL: "copyright legal disclaimer imprint impressum colophon",
    Kind.FOOTER: "footer site-?footer page-?footer bottom-?bar",
}
_BY_NAME = {
    kind: re.compile(rf"(?:^|[\s_-])(?:{'|'.join(words.split())})(?:$|[\s_-])", re.I)
    for kind, words in _WORDS.items()
}
_CONTENT = re.compile(
    r"(?:^|[\s_-])(?:articles?|post|entry|story|content|contents|main|body|prose|rich-?text|markdown|wysiwyg|"
    r"text|copy|single|page|blog|detail|description|richtext)(?:$|[\s_-])",
    re.I,
)
_TEASER = re.compile(
    r"(?:^|[\s_-])(?:cards?|items?|grid|list|listing|loop|feed|carousel|slider|slick|swiper|tiles?|thumb\w{0,6}|"
    r"modal|popup|overlay|dropdown|tabs?|accordion|collapse|hero|banner|products?|price|reviews?|meta|header|"
    r"sub-?menu|mega-?menu)(?:$|[\s_-])",
    re.I,
)
# Elements that authors close: the others would leave the stack wrong.
CONTAINERS = frozenset(
    "div section nav aside footer header ul ol form article main table figure dl menu span a h1 h2 h3 h4"
    " noscript button details blockquote select label".split()
)
# Classes that WordPress gives to say what an article is about, not what its element is for.
_ABOUT_CONTENT = re.compile(r"(?:category|type|status|format|postid|tag(?!-(?:list|cloud)))-\S+", re.I)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[a-zA-Z])(?=\d)")
_HIDING_STYLE = re.compile(r"display\s*+:\s*+none|visibility\s*+:\s*+hidden", re.I)
_MAX_DEPTH = 2_000
_CACHED_TAG = 1_000

# What the elements around a block are, as bits that are handed down.
FLAGS = (
    "main", "article", "header", "list", "table", "form", "figure", "details", "heading", "button", "select",
    "content word", "teaser word", "hidden", "noscript", *(kind.value for kind in _WORDS),
)  # fmt: skip
BITS = {name: 1 << place for place, name in enumerate(FLAGS)}
_BY_ELEMENT = {
    "ul": "list", "ol": "list", "dl": "list", "table": "table", "form": "form", "figure": "figure",
    "details": "details", "main": "main", "article": "article", "header": "header", "button": "button",
    "select": "select", "noscript": "noscript", **dict.fromkeys(("h1", "h2", "h3", "h4"), "heading"),
}  # fmt: skip


class Place(NamedTuple):
    """What surrounds a block: the innermost telling kind and its rule, the flags, the element, its path's number."""

    kind: Kind | None = None
    rule: str = ""
    flags: int = 0
    element: int = 0
    path: int = 0
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Label:
    """What an element says of itself."""

    kind: Kind | None
    rule: str
    flags: int
    class_names: str


class Places:
    """The open elements, and of every element that was ever opened its parent (`parents`, 0 is the page)."""

    def __init__(self) -> None:
        self._stack: list[tuple[str, Place]] = [("", Place())]
        self._open: dict[str, int] = {}
        self._paths: dict[tuple[int, str, str], int] = {}
        self.parents: list[int] = [0]

    def open(self, name: str, attributes: Mapping[str, str]) -> None:
        """Enter an element; past a depth that no honest page has, nothing more is remembered."""
        if name in CONTAINERS:
            self._enter(name, _label(name, attributes))

    def open_tag(self, name: str, tag: str) -> None:
        """Enter an element by the text of its opening tag: faster than `open`, as pages repeat their tags."""
        if name in CONTAINERS:
            self._enter(
                name, _label_of_tag(name, tag) if len(tag) <= _CACHED_TAG else _label(name, _read(name, tag))
            )

    def _enter(self, name: str, label: _Label) -> None:
        if len(self._stack) > _MAX_DEPTH:
            return
        outer = self._stack[-1][1]
        key = (outer.path, name, label.class_names)
        place = Place(
            label.kind or outer.kind,
            label.rule if label.kind else outer.rule,
            outer.flags | label.flags,
            len(self.parents),
            self._paths.setdefault(key, len(self._paths) + 1),
            len(self._stack),
        )
        self.parents.append(outer.element)
        self._stack.append((name, place))
        self._open[name] = self._open.get(name, 0) + 1

    def close(self, name: str) -> None:
        """Leave the innermost element of this name, and whatever was left open inside it."""
        if not self._open.get(name):
            return
        while len(self._stack) > 1:
            popped = self._stack.pop()[0]
            self._open[popped] -= 1
            if popped == name:
                return

    def current(self) -> Place:
        """Return what surrounds the next character."""
        return self._stack[-1][1]


def _read(name: str, tag: str) -> dict[str, str]:
    return attributes(tag, Token(OPEN, name, 0, len(tag)))


@lru_cache(maxsize=8_192)
def _label_of_tag(name: str, tag: str) -> _Label:
    return _label(name, _read(name, tag))


def _label(name: str, found: Mapping[str, str]) -> _Label:
    class_names, role = found.get("class", "")[:300], found.get("role", "").lower()
    words = [_word(word) for word in f"{class_names} {found.get('id', '')[:100]}".split()]
    kind, rule = _place(name, role, words)
    names = {_BY_ELEMENT.get(name, ""), kind.value if kind else "", "main" if role == "main" else ""}
    if "hidden" in found or _HIDING_STYLE.search(found.get("style", "")[:300]):
        names.add("hidden")
    flags = sum(BITS[name] for name in names if name)
    for word in words:
        flags |= word.flags
    return _Label(kind, rule, flags, class_names[:100])


def _place(name: str, role: str, words: list[_Word]) -> tuple[Kind | None, str]:
    if role in _BY_ROLE:
        return _BY_ROLE[role], f"place:role-{role}"
    for kind in _BY_NAME:
        for word in words:
            if word.kind is kind:
                return kind, word.rule
    if name in _BY_TAG:
        return _BY_TAG[name], f"place:{name}"
    return None, ""


class _Word(NamedTuple):
    """What one class name or id says: the first kind it names, the rule, the flags of content and teasers."""

    kind: Kind | None
    rule: str
    flags: int


@lru_cache(maxsize=16_384)
def _word(text: str) -> _Word:
    if _ABOUT_CONTENT.match(text):
        return _Word(None, "", 0)
    text = _CAMEL.sub("-", text)
    flags = BITS["content word"] if _CONTENT.search(text) else 0
    flags |= BITS["teaser word"] if _TEASER.search(text) else 0
    for kind, pattern in _BY_NAME.items():
        if match := pattern.search(text):
            return _Word(kind, f"place:{match[0].strip(' _-').lower()}", flags)
    return _Word(None, "", flags)
