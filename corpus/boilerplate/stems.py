"""Single words that say of a line what it may be: softer than phrases, weighed by the line classifier.

They are the tables `stems` of `data/*.toml`: a word, or with `*` the beginning of one; of Chinese, a run of characters.
A page is read with the lists of the language that it is most likely in, and with the English ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from corpus.boilerplate.phrases import CJK, fold, tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus.boilerplate.draft import Unit

GROUPS = (
    "cookie", "newsletter", "share", "comment", "author", "related", "promotion", "legal", "site", "meta", "media",
)  # fmt: skip
SAMPLE = 400
LINE_TOKENS = 200
_RUN = re.compile(f"[{CJK}]+")


@dataclass(frozen=True, slots=True)
class Stems:
    """The words of some languages: `exact` and `starts` give the groups of a word or of its beginning."""

    exact: dict[str, frozenset[str]]
    starts: dict[str, frozenset[str]]
    runs: dict[str, frozenset[str]]
    widest: int

    def count(self, unit: Unit) -> dict[str, float]:
        """Return how many words of each group a unit holds; characters of Chinese count 0.6 each."""
        counts: dict[str, float] = {}
        for token in unit.tokens[:LINE_TOKENS]:
            for group in self.groups(token.rsplit("'", 1)[-1]):
                counts[group] = counts.get(group, 0.0) + 1.0
        if self.runs:
            for group, length in self._in_runs(unit.folded[: 2 * LINE_TOKENS]):
                counts[group] = counts.get(group, 0.0) + 0.6 * length
        return counts

    def groups(self, word: str) -> frozenset[str]:
        """Return what a word, or its beginning, stands for."""
        found = self.exact.get(word)
        if found:
            return found
        for end in range(min(len(word), self.widest), 1, -1):
            found = self.starts.get(word[:end])
            if found:
                return found
        return frozenset()

    def _in_runs(self, text: str) -> Iterable[tuple[str, int]]:
        for run in _RUN.findall(text):
            place = 0
            while place < len(run):
                widths = range(min(self.widest, len(run) - place), 0, -1)
                width = next((w for w in widths if run[place : place + w] in self.runs), 0)
                for group in self.runs.get(run[place : place + width], ()):
                    yield group, width
                place += max(1, width)


def stems_of(units: Iterable[Unit]) -> Stems:
    """Return the stems to read a page with."""
    return _stems(tuple(sorted({language_of(units), "en"})))


def language_of(units: Iterable[Unit]) -> str:
    """Return the language that the paragraphs of a page have most words of, of those with stems."""
    tokens = [token for unit in units if unit.prose for token in unit.tokens[:SAMPLE]]
    votes = {language: sum(token in words for token in tokens) for language, words in _languages().items()}
    return max(votes, key=lambda language: (votes[language], language == "en"), default="en")


@cache
def _languages() -> dict[str, frozenset[str]]:
    return {
        language: frozenset(table["stems"]["language"].split())
        for language, table in tables().items()
        if "stems" in table
    }


@cache
def _stems(languages: tuple[str, ...]) -> Stems:
    exact: dict[str, frozenset[str]] = {}
    starts: dict[str, frozenset[str]] = {}
    runs: dict[str, frozenset[str]] = {}
    for language in languages:
        for group in GROUPS:
            for word in tables()[language]["stems"][group].split():
                folded = fold(word.removesuffix("*"))
                kind = runs if _RUN.match(folded) else starts if word.endswith("*") else exact
                kind[folded] = kind.get(folded, frozenset()) | {group}
    return Stems(exact, starts, runs, max(map(len, (*starts, *runs))))
