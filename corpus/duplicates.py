"""Which documents are copies of which: the same text with small edits, under another address.

Candidates come from MinHash with locality-sensitive hashing (Broder 1997; rensa's implementation) and are confirmed by
the exact Jaccard index of their shingles: three words in a row, or three characters where a script has no spaces.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

THRESHOLD = (
    0.3  # bench/duplicates.py: a fifth of the words edited lies above, different pages of a site below
)
SHINGLE = 3
PERMUTATIONS = 300
BANDS = 100  # of 3 rows: a pair at 0.3 becomes a candidate with probability 0.93, at 0.35 with 0.99, at 0.05 with 0.01
TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+"
)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A copy and the document it is a copy of; `similarity` is their Jaccard index in 0..1."""

    document_id: str
    canonical_id: str
    similarity: float


def near_duplicates(
    documents: Sequence[tuple[str, str, str]], threshold: float = THRESHOLD
) -> list[Duplicate]:
    """Return the copies among (document_id, text, order_key), in the order of their ids.

    Copies of copies belong together; the document with the smallest order key (then id) of a group is canonical
    and has no row. A text without a word is nobody's copy; one of one or two words is a copy of its equal only.
    """
    ordered = sorted(documents, key=lambda document: (document[2], document[0]))
    shingles = [shingle(text) for _, text, _ in ordered]
    leaders = list(range(len(ordered)))
    for one, other in _candidates(shingles):
        if jaccard(shingles[one], shingles[other]) >= threshold:
            first, second = sorted((_leader(leaders, one), _leader(leaders, other)))
            leaders[second] = first
    found = []
    for place, (name, _, _) in enumerate(ordered):
        first = _leader(leaders, place)
        if first != place:
            found.append(Duplicate(name, ordered[first][0], jaccard(shingles[place], shingles[first])))
    return sorted(found, key=lambda duplicate: duplicate.document_id)


def shingle(text: str) -> frozenset[str]:
    """Return each three neighbouring tokens of `text`, case and width folded; a shorter text is one shingle."""
    tokens = TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    last = max(len(tokens) - SHINGLE + 1, min(len(tokens), 1))
    return frozenset(" ".join(tokens[start : start + SHINGLE]) for start in range(last))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of shingles that both have, in 0..1."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0


def _candidates(shingles: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=BANDS)
    for place, pieces in enumerate(shingles):
        if pieces:
            sketch = RMinHash(num_perm=PERMUTATIONS, seed=1)
            sketch.update(sorted(pieces))
            for other in sorted(index.query(sketch)):
                yield other, place
            index.insert(place, sketch)


def _leader(leaders: list[int], place: int) -> int:
    while leaders[place] != place:
        leaders[place] = leaders[leaders[place]]
        place = leaders[place]
    return place
