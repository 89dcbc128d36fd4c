"""What a question asks for by its letters: words, names that are the same in every language, and quotations."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from warehouse.sqlfiles import query as sql_query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

_WORDS_OF = "select words_of(?)"
_LANGUAGES = """
select split_part(language, '-', 1) as language, count(*) from passage_vectors group by all order by language
"""
_QUOTED = re.compile(r"[\"“”„«»]\s*([^\"“”„«»]{3,}?)\s*[\"“”„«»]")
_LEAST_WORDS, _LEAST_IDEOGRAPHS = 4, 6  # that make a quotation of a question without quotation marks
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_MOST_WORDS = 200
_LEAST_SHARE = 0.1


@dataclass(frozen=True)
class Question:
    """A question, and the language it is in (a primary subtag, `und` where nothing can be said)."""

    text: str
    language: str

    @cached_property
    def names(self) -> frozenset[str]:
        """Words, in small letters, that are likely names: capitals inside or after the first word, or digits."""
        found = set()
        for place, word in enumerate(re.findall(r"[^\W_]+", self.text)):
            capital = word[:1].isupper() and place > 0 and len(word) > 1
            if capital or any(c.isupper() for c in word[1:]) or any(c.isdigit() for c in word):
                found.add(word.lower())
        return frozenset(found)

    @property
    def quotations(self) -> list[str]:
        """What stands in quotation marks, or the whole question where nothing does and it is long enough."""
        marked = _QUOTED.findall(self.text)
        if marked:
            return marked
        ideographs = len(_IDEOGRAPH.findall(self.text))
        is_long = len(self.text.split()) >= _LEAST_WORDS or ideographs >= _LEAST_IDEOGRAPHS
        return [self.text] if is_long else []


@dataclass(frozen=True, slots=True)
class Wording:
    """What to look for in the index of words: lexemes, each with the word that asks for it.

    `full_weight` is the most that all the words can add to a BM25 score; None where nothing was asked for by words.
    """

    lexeme_nos: list[int]
    words: list[str]
    full_weight: float | None


NO_WORDS = Wording([], [], None)


def spoken_languages(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the languages (primary subtags) whose words the index knows, and how many passages are in each."""
    return {str(code): int(count) for code, count in connection.execute(_LANGUAGES).fetchall()}


def wording(connection: duckdb.DuckDBPyConnection, question: Question, spoken: Mapping[str, int]) -> Wording:
    """Return what a question asks for by its letters; `spoken` are the languages of the index and their passages.

    In the question's language all its words count, in others its names; where its language is not known or is none
    of the corpus, all words count in all.
    """
    from corpus.words import stems

    words = list(dict.fromkeys(connection.execute(_WORDS_OF, [question.text]).fetchall()[0][0]))[:_MOST_WORDS]
    asked = {
        "words": words * len(spoken),
        "languages": [language for language in spoken for _ in words],
        "stems": [stem for language in spoken for stem in stems(words, language)],
    }
    rows = connection.execute(sql_query("lexemes_of"), asked).fetchall()
    counting = [
        (word, number)
        for word, number, language, most in rows
        if most >= _LEAST_SHARE * _most_of_unknown(spoken[language])
        if question.language not in spoken or language == question.language or word in question.names
    ]
    full = _full_weight(question, words, [(word, language, most) for word, _, language, most in rows], spoken)
    return Wording([number for _, number in counting], [word for word, _ in counting], full)


def _full_weight(
    question: Question,
    words: Sequence[str],
    rows: Sequence[tuple[str, str, float]],
    spoken: Mapping[str, int],
) -> float | None:
    """Add up what the words can weigh in the question's language, or where they are known best.

    A word that no passage holds weighs most of all: who asks for it is not answered by the words around it.
    """
    known: dict[tuple[str, str], float] = {}
    for word, language, most in rows:
        known[language, word] = max(most, known.get((language, word), 0.0))
    sums = {
        language: sum(known.get((language, word), _most_of_unknown(count)) for word in words)
        for language, count in spoken.items()
    }
    return sums.get(question.language) or min(sums.values(), default=0.0) or None


def _most_of_unknown(passages: int) -> float:
    """Return what `lexemes.most` would be of a word that none of so many passages holds."""
    return 2.2 * math.log(1 + (passages + 0.5) / 0.5)


def holds_quotation(question: Question, texts: Sequence[str | None]) -> list[bool]:
    """Tell of each text whether it holds a quotation of the question, whatever its case, accents and spaces."""
    sought = [folded for part in question.quotations if (folded := _folded(part))]
    return [text is not None and any(part in _folded(text) for part in sought) for text in texts]


def _folded(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(bare.split()).strip(" .!?…。！？")
