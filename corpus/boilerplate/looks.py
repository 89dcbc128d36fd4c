"""How each unit of a page looks to the line classifier, by itself and beside the rest of the page's words.

No look knows a language: which words are stop words, and which lines speak of what the page speaks of, is learnt from
the page's own paragraphs. Phrases and stems are counted by what they stand for.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from corpus.boilerplate.byline import is_name
from corpus.boilerplate.dates import has_date
from corpus.boilerplate.phrases import CJK, FAMILIES, phrases
from corpus.boilerplate.pitches import offers
from corpus.boilerplate.stems import GROUPS
from corpus.models import Kind, Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus.boilerplate.draft import Draft, Unit
    from corpus.boilerplate.phrases import Tokens

LOOKS = (
    "words", "characters", "word length", "capitals", "digits", "commas", "short words", "common", "overlap",
    "ended", "colon", "item", "quoted", "code", "prose", "question", "exclaimed", "separators", "addresses", "gap",
    "upper", "lower start", "bracketed", "trailing dots", "no letters", "dated", "named", "handle", "sentences",
    "copies", "same tokens", "same frame", "same first", "of title", "table", "offers", "covered", "held",
    "stems", "stem share",
    *(f"stem {group}" for group in GROUPS),
)  # fmt: skip
RULES = ("marked", "context", "navigation", "comment", "box", "foot", "weak", "phrase kind")
SHORT = 16.0
WORD = 6.0  # the length of a word where it cannot be seen
# How the names of rules end that judge by the place of a line.
WEAK = ("-section", ":section", "above-title", "below-heading", "below-name", ":menu")
_LISTS = ("line", "open", "start", "edge", "phrase")
_CONTEXT = frozenset((Kind.TITLE, Kind.BYLINE))
_BOXES = frozenset((Kind.RELATED, Kind.PROMOTION, Kind.NEWSLETTER, Kind.SHARE, Kind.AUTHOR_BOX))
_FOOT = frozenset((Kind.LEGAL, Kind.FOOTER, Kind.COOKIE, Kind.OTHER))
_ORDER = tuple(dict.fromkeys(FAMILIES.values()))
_CJK = re.compile(f"[{CJK}]")
_WORD = re.compile(r"[^\W\d_]+")
_SEPARATORS = re.compile(r"[|｜¦•·●›»→←«/>\\]|\s{2}|::")
_ADDRESS = re.compile(r"https?:|www\.|@|\.(?:com|org|net|example)\b|[#＃]\w")
_STOP = re.compile(r"[.!?…。！？](?:\s|$|[\"”»』」])")
_COMMA = re.compile(r"[,;，；、]")
_HANDLE = re.compile(r"^@?(?=\S*[\d_.-])[^\W\d_][\w.-]{2,30}$")
_BRACKETED = re.compile(r"^\s*[\[(【（<*]|[\])】）>*]\s*$")
_DOTS = re.compile(r"(?:…|\.\.\.)\W*$")
_SAMPLE = 400


class Vocabulary:
    """What the lines of a page have in common."""

    def __init__(self, draft: Draft) -> None:
        units = draft.units
        paragraphs = [set(_pairs(unit.tokens)) for unit in units if unit.prose]
        self.paragraphs = Counter(token for tokens in paragraphs for token in tokens)
        least = max(2.0, 0.25 * len(paragraphs))
        self.common = {token for token, count in self.paragraphs.items() if count >= least}
        self.copies = Counter(unit.folded for unit in units)
        self.tokens = Counter(unit.tokens for unit in units if unit.size <= SHORT)
        self.frames = Counter(map(frame, units))
        self.firsts = Counter(unit.tokens[:1] for unit in units)
        titles = [u for u, kind in zip(units, draft.kinds, strict=True) if kind is Kind.TITLE]
        self.title = set(titles[0].tokens) - self.common if titles else set[str]()
        self.stems = draft.stems

    def look(self, unit: Unit) -> tuple[float, ...]:
        """Return the values of LOOKS."""
        counts = self.stems.count(unit)
        offered = offers(unit, counts.get("promotion", 0.0))
        table = unit.shape is Shape.TABLE
        return (*_letters(unit), *self._page(unit), table, offered, *_known(unit), *_stems(unit, counts))

    def _page(self, unit: Unit) -> tuple[float, ...]:
        """Return how often the page has the unit, or one like it, again."""
        return (
            min(5, self.copies[unit.folded]), min(9, self.tokens[unit.tokens]), min(20, self.frames[frame(unit)]),
            min(20, self.firsts[unit.tokens[:1]]),
            sum(token in self.title for token in set(unit.tokens)) / len(self.title) if self.title else -1.0,
        )  # fmt: skip

    def words(self, unit: Unit) -> tuple[float, float]:
        """Return the share of stop words, and of its other words the share that the paragraphs have."""
        tokens = _pairs(unit.tokens[:_SAMPLE])
        rare = [word for word in tokens if word not in self.common and word != "#"]
        known = sum(self.paragraphs[token] >= 1 + unit.prose for token in rare)
        common = sum(token in self.common for token in tokens) / max(1, len(tokens))
        return common, known / len(rare) if rare else -1.0


def _pairs(tokens: Tokens) -> list[str]:
    """Return the words, of Chinese the pairs of characters: a character alone says little."""
    found = [token for token in tokens if not _CJK.match(token)]
    if len(found) < len(tokens):
        found += [a + b for a, b in pairwise(tokens) if _CJK.match(a) and _CJK.match(b)]
    return found


def looks(draft: Draft) -> NDArray[np.float64]:
    """Return a row of LOOKS for each unit."""
    vocabulary = Vocabulary(draft)
    rows = []
    for unit in draft.units:
        row = list(vocabulary.look(unit))
        row[7:7] = vocabulary.words(unit)
        rows.append(row)
    return np.array(rows, dtype=np.float64).reshape(-1, len(LOOKS))


def frame(unit: Unit) -> tuple[str, ...]:
    """Return what the lines of a form have in common: first and last word, and how many numbers there are."""
    if unit.size > SHORT or not unit.tokens:
        return ("", unit.text[:80])
    return (unit.tokens[0], unit.tokens[-1], str(unit.tokens.count("#")))


def _letters(unit: Unit) -> tuple[float, ...]:
    words = _WORD.findall(unit.bare)
    text, length, short = unit.text, max(1, len(words)), unit.size <= SHORT
    return (
        np.log1p(unit.size), np.log1p(len(text)),
        WORD if _CJK.search(unit.bare) else min(sum(map(len, words)) / length, 12.0),
        sum(word[0].isupper() for word in words) / length,
        sum(character.isdigit() for character in text[:_SAMPLE]) / max(1, min(len(text), _SAMPLE)),
        min(1.0, len(_COMMA.findall(text)) / max(1.0, unit.size)),
        sum(len(word) <= 3 and word.islower() for word in words) / length,
        unit.ended, unit.colon, unit.item, unit.quoted, unit.code, unit.prose,
        "?" in text or "？" in text, "!" in text or "！" in text,
        min(10, len(_SEPARATORS.findall(text))), min(5, len(_ADDRESS.findall(text))), unit.gap,
        sum(len(word) > 1 and word.isupper() for word in words) / length,
        unit.bare[:1].islower(), bool(_BRACKETED.search(text)), bool(_DOTS.search(text[-24:])), not words,
        short and "#" in unit.tokens and has_date(text), short and len(text) < 60 and is_name(unit.bare),
        short and bool(_HANDLE.match(unit.bare)), min(20, len(_STOP.findall(text))),
    )  # fmt: skip


def _stems(unit: Unit, counts: dict[str, float]) -> tuple[float, ...]:
    total = sum(counts.values())
    groups = (min(3.0, counts.get(group, 0.0)) for group in GROUPS)
    return (min(8.0, total), min(1.5, total / max(1.0, unit.size)), *groups)


def _known(unit: Unit) -> tuple[float, int]:
    """Return the share of a unit's words that known phrases cover, and how many phrases it holds."""
    covered, used = phrases().covering(unit.tokens[:_SAMPLE], *_LISTS)
    return covered, min(8, len(used))


def rules(draft: Draft) -> NDArray[np.float64]:
    """Return a row of RULES for each unit: what the rules say of it."""
    rows = [_said(draft, place) for place in range(len(draft.units))]
    return np.array(rows, dtype=np.float64).reshape(-1, len(RULES))


def _said(draft: Draft, place: int) -> tuple[float, ...]:
    kind, unit = draft.kinds[place], draft.units[place]
    held = phrases().covering(unit.tokens[:_SAMPLE], *_LISTS)[1] if unit.size <= 2 * SHORT else []
    return (
        kind is not None and kind not in _CONTEXT, kind in _CONTEXT, kind is Kind.NAVIGATION, kind is Kind.COMMENT,
        kind in _BOXES, kind in _FOOT, is_weak(draft.rules[place]), _ORDER.index(held[0].kind) if held else -1,
    )  # fmt: skip


def is_weak(rule: str) -> bool:
    """Whether a rule judges by the place of a line more than by what it says."""
    return rule.endswith(WEAK)
