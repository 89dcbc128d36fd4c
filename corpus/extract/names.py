"""Texts and names: what a value says as plain text, how alike two texts are, and which is the site's name."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SECOND_LEVEL = frozenset("co com org net gov edu ac or ne go".split())
_SHORTEST = 4
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")

_STILL_ESCAPED = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|quot|[lr][sd]quo|[mn]dash|hellip|nbsp);", re.I)
_NO_TEXT = dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")


def clean(value: str) -> str:
    """Return an attribute or JSON value as plain text, at most 500 characters; escaped twice, it is unescaped twice."""
    text = html.unescape(value[:2_000])
    if "&" in text and _STILL_ESCAPED.search(text):
        text = html.unescape(text)
    return " ".join(text.translate(_NO_TEXT).split())[:500]


def words(text: str) -> list[str]:
    """Return the words of a text in lower case; an ideograph is a word."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def squashed(text: str) -> str:
    """Return the letters and digits of a text in lower case, and nothing between them."""
    return "".join(words(text))


def likeness(a: str, b: str) -> float:
    """Return how alike two texts are, 0..1: F1 of their words, and 1 only where they are the same."""
    first, second = Counter(words(a)), Counter(words(b))
    if squashed(a) == squashed(b):
        return 1.0 if first else 0.0
    return min(0.99, 2 * (first & second).total() / max(1, first.total() + second.total()))


@dataclass(frozen=True, slots=True)
class Site:
    """The names by which the page calls its site, letters and digits only, and the label of its host."""

    names: frozenset[str] = frozenset()
    label: str = ""

    @classmethod
    def of(cls, names: Iterable[str], host: str | None) -> Site:
        """Gather what is known of the site."""
        return cls(frozenset(name for text in names if (name := squashed(text))), _label(host or ""))

    def is_named(self, text: str) -> bool:
        """Whether `text` is the site's name, or the name with a word more or less."""
        found = squashed(text)
        if found in self.names or (self.label and found == self.label):
            return bool(found)
        if len(found) < _SHORTEST:
            return False
        known = [name for name in (*self.names, self.label) if len(name) >= _SHORTEST]
        return any(found in name or (name in found and 2 * len(name) >= len(found)) for name in known)

    def is_exactly(self, text: str) -> bool:
        """Whether `text` is the site's name, or its host's."""
        found = squashed(text)
        return bool(found) and (
            found in self.names or found == self.label or found.startswith(f"{self.label}com")
        )


def _label(host: str) -> str:
    """Return the label that a registrant chose: `example` of `www.example.co.uk`."""
    labels = host.removeprefix("www.").split(".")[:-1]
    while len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels.pop()
    return squashed(labels[-1]) if labels else ""
