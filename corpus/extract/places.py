"""What the place of a block says it is: the element it stands in, by tag, class, id and role."""

from __future__ import annotations

import re

from corpus.models import Kind

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
# Elements that authors close: the others would leave the stack wrong.
_CONTAINERS = frozenset(
    "div section nav aside footer header ul ol form article main table figure dl menu span a h1 h2 h3 h4".split()
)
# Classes that WordPress gives to say what an article is about, not what its element is for.
_ABOUT_CONTENT = re.compile(
    r"(?:^|(?<=\s))(?:category|type|status|format|postid|tag(?!-(?:list|cloud)))-\S+", re.I
)
_MAX_DEPTH = 2_000


class Places:
    """The open elements that say something about what is in them."""

    def __init__(self) -> None:
        self._stack: list[tuple[str, Kind | None, str]] = []
        self._open: dict[str, int] = {}

    def tracks(self, name: str) -> bool:
        """Whether an element of this name is worth reading the attributes of."""
        return name in _CONTAINERS

    def open(self, name: str, attributes: dict[str, str]) -> None:
        """Enter an element; past a depth that no honest page has, nothing more is remembered."""
        if name not in _CONTAINERS or len(self._stack) >= _MAX_DEPTH:
            return
        place, rule = _place(name, attributes)
        if place is None and self._stack:
            place, rule = self._stack[-1][1:]
        self._stack.append((name, place, rule))
        self._open[name] = self._open.get(name, 0) + 1

    def close(self, name: str) -> None:
        """Leave the innermost element of this name, and whatever was left open inside it."""
        if not self._open.get(name):
            return
        while self._stack:
            popped = self._stack.pop()[0]
            self._open[popped] -= 1
            if popped == name:
                return

    def current(self) -> tuple[Kind | None, str]:
        """Return what the innermost telling element says, and the rule that says it."""
        return self._stack[-1][1:] if self._stack else (None, "")


def _place(name: str, attributes: dict[str, str]) -> tuple[Kind | None, str]:
    role = attributes.get("role", "").lower()
    if role in _BY_ROLE:
        return _BY_ROLE[role], f"place:role-{role}"
    label = _ABOUT_CONTENT.sub(" ", f"{attributes.get('class', '')[:300]} {attributes.get('id', '')[:100]}")
    if not label.isspace():
        for kind, pattern in _BY_NAME.items():
            if match := pattern.search(label):
                return kind, f"place:{match[0].strip(' _-').lower()}"
    if name in _BY_TAG:
        return _BY_TAG[name], f"place:{name}"
    return None, ""
