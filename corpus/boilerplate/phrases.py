"""The phrases of boilerplate, by family and language, read from `data/*.toml`: a newcomer adds a language there.

A line is compared as tokens: words in lower case without accents, `#` for any number, each Chinese, Japanese or
Korean character by itself. Tables are families (their names are those of `FAMILIES`), lists say how to compare:

- `line`: the line is this, perhaps with a number or a symbol around it; a line made of several of these is one too
- `open`: the same, and a section of this family begins here
- `start`: a short line begins with this
- `phrase`: a short line holds this; a long one too, above or below the article
- `edge`: like `line`, but only above or below the article: words that could be a heading inside it
- `[reading]`: what bylines and dates are read by (`names`, `metadata`), no phrases: beginnings of words that say of a
  date that it is of publication (`issued`) or not (`changed`), that a line is `about` somebody, that it `credits`
  another than the author, that what follows is `signed`
- `by`, `source`, `published`, `title`, `placeholder`, `says`, `ages`, `bio`, `before` and the lists of `hosting_footer`
  belong to the family that names them
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from corpus.models import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Tokens = tuple[str, ...]

FAMILIES: dict[str, Kind] = {
    "cookie": Kind.COOKIE,
    "newsletter": Kind.NEWSLETTER,
    "share": Kind.SHARE,
    "comment": Kind.COMMENT,
    "author_box": Kind.AUTHOR_BOX,
    "related": Kind.RELATED,
    "promotion": Kind.PROMOTION,
    "legal": Kind.LEGAL,
    "footer": Kind.FOOTER,
    "navigation": Kind.NAVIGATION,
    "byline": Kind.BYLINE,
    "hosting_footer": Kind.FOOTER,
}
CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{CJK}]|\d+|(?:(?![{CJK}])[^\W\d_])+(?:'(?:(?![{CJK}])[^\W\d_])+)*|©")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry of a list; `name` is what a rule calls it."""

    tokens: Tokens
    family: str
    list: str
    language: str

    @property
    def kind(self) -> Kind:
        """The kind that the family stands for."""
        return FAMILIES[self.family]

    @property
    def rule(self) -> str:
        """The name of the rule: family, list and language."""
        return f"{self.family.replace('_', '-')}:{self.list}-{self.language}"


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, widths and typographic variants; Chinese simplified."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("‘", "'")
    marked = unicodedata.normalize("NFD", plain)
    bare = unicodedata.normalize("NFC", "".join(c for c in marked if unicodedata.category(c) != "Mn"))
    return bare if bare.isascii() else bare.translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in tables()["zh"]["traditional"].split()}


def tokenize(text: str) -> Tokens:
    """Split into comparable tokens."""
    return tokenize_folded(fold(text))


def tokenize_folded(folded: str) -> Tokens:
    """Split a folded text into comparable tokens."""
    return tuple("#" if t[0].isdigit() else t for t in _TOKEN.findall(folded))


def core(tokens: Tokens) -> Tokens:
    """Drop the numbers around a line: "12 Comments" and "Comments (12)" are both "comments"."""
    first, last = 0, len(tokens)
    while first < last and tokens[first] == "#":
        first += 1
    while last > first and tokens[last - 1] == "#":
        last -= 1
    return tokens[first:last]


class Phrases:
    """All phrases of all languages, indexed by their first token."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._by_first: dict[str, list[Phrase]] = {}
        for phrase in sorted(phrases, key=lambda p: (-len(p.tokens), p.family, p.language)):
            self._by_first.setdefault(phrase.tokens[0], []).append(phrase)

    def at(self, tokens: Tokens, place: int, *lists: str) -> Iterator[Phrase]:
        """Yield the phrases of `lists` that stand at `place`, longest first."""
        for phrase in self._by_first.get(tokens[place], ()):
            if phrase.list in lists and tokens[place : place + len(phrase.tokens)] == phrase.tokens:
                yield phrase

    def whole(self, tokens: Tokens, *lists: str) -> Phrase | None:
        """Return the phrase that is the whole line, numbers around it aside."""
        for version in (tokens, core(tokens)):
            for phrase in self.at(version, 0, *lists) if version else ():
                if len(phrase.tokens) == len(version):
                    return phrase
        return None

    def starting(self, tokens: Tokens, *lists: str) -> Phrase | None:
        """Return the longest phrase that the line begins with."""
        return next(self.at(tokens, 0, *lists), None) if tokens else None

    def within(self, tokens: Tokens, *lists: str) -> list[Phrase]:
        """Return every phrase the line holds, in order."""
        return [phrase for place in range(len(tokens)) for phrase in self.at(tokens, place, *lists)]

    def covering(self, tokens: Tokens, *lists: str) -> tuple[float, list[Phrase]]:
        """Lay phrases over the line from left to right: the share of its words they cover, and the phrases."""
        place, covered, used = 0, 0, list[Phrase]()
        words = sum(t != "#" for t in tokens)
        while place < len(tokens):
            phrase = next(self.at(tokens, place, *lists), None)
            if phrase is None:
                place += 1
                continue
            used.append(phrase)
            covered += sum(t != "#" for t in phrase.tokens)
            place += len(phrase.tokens)
        return (covered / words if words else 0.0), used


def _entries(table: dict[str, Any], language: str) -> Iterator[Phrase]:
    for family, lists in table.items():
        if family not in FAMILIES:
            continue
        for name, entries in lists.items():
            for entry in entries:
                yield Phrase(tokenize(entry.replace("#", "0")), family, name, language)


@cache
def _files() -> dict[str, str]:
    folder = resources.files(__package__) / "data"
    return {
        entry.name.removesuffix(".toml"): entry.read_text("utf-8")
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".toml")
    }


@cache
def tables() -> dict[str, dict[str, Any]]:
    """Return what each language file holds, read once."""
    return {language: tomllib.loads(text) for language, text in _files().items()}


@cache
def phrases() -> Phrases:
    """Return the phrases of every language file, read once."""
    return Phrases([p for language, table in tables().items() for p in _entries(table, language) if p.tokens])


@cache
def words(family: str, name: str) -> tuple[str, ...]:
    """Return one list of one family as written, over all languages."""
    return tuple(entry for table in tables().values() for entry in table.get(family, {}).get(name, ()))


def one_of(family: str, name: str) -> str:
    """Return a regular expression for any of `words`, the longest first."""
    return "|".join(map(re.escape, sorted(set(words(family, name)), key=lambda word: (-len(word), word))))


@cache
def month_numbers() -> dict[str, int]:
    """Return the number of every month name and abbreviation, folded, over all languages."""
    numbers: dict[str, int] = {}
    for table in tables().values():
        for number, names in enumerate(table.get("months", ()), 1):
            numbers |= {fold(name): number for name in names.split()}
    return numbers
