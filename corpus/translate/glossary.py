"""Terms of the trade: how each stands in English, from the shipped glossary and one of the user's."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from corpus.errors import SettingsError
from corpus.identity import text_hash
from corpus.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAX_TERMS = 5_000
MAX_CHARACTERS = 200
KEEP = "keep"
_CODE = re.compile(r"[a-z]{2,3}")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

Terms = dict[str, str]


@dataclass(frozen=True, slots=True)
class Term:
    """A term at its place in a sentence, `start` to `end` (exclusive), and its English."""

    start: int
    end: int
    english: str


class Glossary:
    """Terms by language (a primary code); under `keep` those that every language leaves as they are."""

    def __init__(self, terms: Mapping[str, Terms]) -> None:
        self._terms = terms
        self._compiled: dict[str, tuple[Terms, re.Pattern[str] | None]] = {}

    @classmethod
    def load(cls, file: Path | None = None) -> Glossary:
        """Read the shipped glossary and, on top of it, `file`. Raises SettingsError where that is no glossary."""
        shipped = resources.files(__package__) / "data" / "glossary.toml"
        terms = _checked(tomllib.loads(shipped.read_text("utf-8")), shipped.name)
        for language, own in (_read(file) if file else {}).items():
            terms[language] = terms.get(language, {}) | own
        return cls(terms)

    def fingerprint(self, language: str) -> str:
        """Name the terms that `language` is translated with."""
        terms = self._of(language)[0]
        return text_hash("\n".join(f"{term}\t{english}" for term, english in sorted(terms.items())))[:8]

    def find(self, text: str, language: str) -> Iterator[Term]:
        """Yield the terms of `text` from left to right, the longest where several begin at one place.

        In a text without small letters, terms with capitals mean nothing and are left alone.
        """
        terms, pattern = self._of(language)
        shouted = text.isupper() and " " in text.strip()
        for match in pattern.finditer(text) if pattern else ():
            said = match.group()
            english = terms.get(said) or terms.get(said[:1].lower() + said[1:])
            if english and not (shouted and said.isupper()):
                yield Term(match.start(), match.end(), english)

    def _of(self, language: str) -> tuple[Terms, re.Pattern[str] | None]:
        if language not in self._compiled:
            terms = self._terms.get(KEEP, {}) | self._terms.get(language, {})
            self._compiled[language] = terms, _pattern(terms)
        return self._compiled[language]


def _pattern(terms: Terms) -> re.Pattern[str] | None:
    """Return what finds any of the terms: whole words, but for scripts that have no spaces."""
    longest_first = sorted(terms, key=lambda term: (-len(term), term))
    return re.compile("|".join(map(_form, longest_first))) if terms else None


def _form(term: str) -> str:
    form = re.escape(term)
    if term == term.lower() and term[:1].upper() != term[:1]:
        form = f"[{re.escape(term[0])}{re.escape(term[0].upper())}]{re.escape(term[1:])}"
    return form if _UNSPACED.search(term) else rf"(?<![\w-]){form}(?![\w])"


def _read(file: Path) -> dict[str, Terms]:
    try:
        return _checked(read_toml(file), str(file))
    except (
        OSError,
        ValueError,
        RecursionError,
    ) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise SettingsError(f"glossary {file}: {error}") from error


def _checked(told: dict[str, Any], name: str) -> dict[str, Terms]:
    kept = told.pop(KEEP, [])
    if not isinstance(kept, list):
        raise SettingsError(f"glossary {name}: `keep` must be a list of terms")
    terms = {KEEP: {str(term): str(term) for term in kept}}
    for language, table in told.items():
        if not _CODE.fullmatch(language) or not isinstance(table, dict):
            raise SettingsError(
                f'glossary {name}: expected a table a language, such as [it] and then "IA" = "AI"; found {language!r}'
            )
        terms[language] = {str(term): str(english) for term, english in table.items()}
    for term, english in (pair for table in terms.values() for pair in table.items()):
        if not (term.strip() and english.strip()) or max(len(term), len(english)) > MAX_CHARACTERS:
            raise SettingsError(
                f"glossary {name}: {term[:40]!r} = {english[:40]!r} is no term and its English"
            )
    if sum(map(len, terms.values())) > MAX_TERMS:
        raise SettingsError(f"glossary {name}: more than {MAX_TERMS:,} terms")
    return terms
