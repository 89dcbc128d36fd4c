"""The words of a sentence as numbers: words and pairs of words, or runs of up to three characters of Chinese.

Each is hashed to one of `SIZE` columns (Weinberger et al. 2009, arXiv:0902.2206), so that no vocabulary is stored. They
tell what no rule has a pattern for: how somebody is told something in a language without a mood for it.
"""

from __future__ import annotations

import re
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from corpus.advice.clauses import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

SIZE = 2**14
RUNS = (1, 2, 3)
WORD = re.compile(r"[^\W\d_]+")
SPACE = re.compile(r"\s")
MARKS = re.compile(r"[，。；：、？！“”「」]")
LEAD = re.compile(r"^[\W\d_]+")


def ngrams(texts: Sequence[str], languages: Sequence[str]) -> csr_matrix:
    """Return (texts, SIZE): which n-grams each text has, rows of length 1; `languages` are primary codes."""
    from scipy.sparse import csr_matrix

    rows = [_columns(text[:LONGEST].lower(), code) for text, code in zip(texts, languages, strict=True)]
    bounds = np.cumsum([0, *map(len, rows)])
    columns = np.concatenate([np.zeros(0, np.int64), *rows])
    values = np.concatenate([np.zeros(0), *(np.full(len(row), len(row) ** -0.5) for row in rows if len(row))])
    return csr_matrix((values, columns, bounds), shape=(len(texts), SIZE))


def _columns(text: str, language: str) -> NDArray[np.int64]:
    terms = _runs(text) if language == "zh" else _words(text)
    return np.unique([zlib.crc32(f"{language} {term}".encode()) % SIZE for term in terms]).astype(np.int64)


def _runs(text: str) -> Iterator[str]:
    """Yield runs of characters, those that the text begins with, and those that its clauses begin with."""
    text = SPACE.sub("", text)
    start = LEAD.sub("", text)
    for size in RUNS:
        yield from (text[n : n + size] for n in range(len(text) - size + 1))
        yield f"^{start[:size]}"
        yield from (f",{clause[:size]}" for clause in MARKS.split(text) if clause and size < max(RUNS))


def _words(text: str) -> Iterator[str]:
    """Yield words, pairs of them, their endings, and the first word and pair."""
    words = WORD.findall(text)
    yield from words
    yield from (f"{one} {other}" for one, other in pairwise(words))
    yield from (f"-{word[-3:]}" for word in words)
    yield f"^{' '.join(words[:1])}"
    yield f"^{' '.join(words[:2])}"
