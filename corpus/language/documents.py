"""The language of a document, by the vote of its blocks, and of the blocks that clearly differ from it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from corpus.language.detection import UNDETERMINED, detect, primary
from corpus.language.scripts import count_letters
from corpus.models import Detection

if TYPE_CHECKING:
    from collections.abc import Sequence

_VOTER_LETTERS = 40
_OWN_LETTERS = 60
_OWN_CONFIDENCE = 0.98
_MOST_JUDGED = 2_000


def vote(texts: Sequence[str]) -> Detection:
    """Return the language of a document from its blocks: each votes with its letters; short ones do not vote.

    Where no block is long enough, all of them are read as one text. Blocks of one language in several scripts vote
    together, and then for the script.
    """
    votes: dict[str, float] = defaultdict(float)
    voters = 0.0
    for text in texts[:: _together(texts)]:
        letters = count_letters(text)
        if letters >= _VOTER_LETTERS:
            found = detect(text)
            votes[found.code] += letters * found.confidence
            voters += letters
    if not votes:
        return detect("\n".join(texts))
    languages: dict[str, float] = defaultdict(float)
    for code, count in votes.items():
        languages[primary(code)] += count
    language = min(languages, key=lambda name: (-languages[name], name))
    tags = [code for code in votes if primary(code) == language]
    code = min(
        tags, key=lambda name: (name == language, -votes[name], name)
    )  # one that says its script, if any
    share = languages[language] / voters
    return Detection(code, round(share, 6)) if share > 0 else UNDETERMINED


def of_blocks(texts: Sequence[str], document: Detection) -> list[str]:
    """Return a language for each block: the document's, unless the block, or both neighbours, clearly differ."""
    width = _together(texts)
    groups = [texts[start : start + width] for start in range(0, len(texts), width)]
    own = [code for group in groups for code in [_own(" ".join(group), document.code)] * len(group)]
    before = _carried(own)
    after = _carried(own[::-1])[::-1]
    return [
        code or (left if left and left == right else document.code)
        for code, left, right in zip(own, before, after, strict=True)
    ]


def _together(texts: Sequence[str]) -> int:
    """Return how many neighbouring blocks are judged as one: one, but on pages of a great many."""
    return -(-len(texts) // _MOST_JUDGED) or 1


def _own(text: str, document: str) -> str | None:
    if count_letters(text) < _OWN_LETTERS:
        return None
    found = detect(text)
    if primary(found.code) == primary(document):
        return document
    return found.code if found.confidence >= _OWN_CONFIDENCE else None


def _carried(codes: Sequence[str | None]) -> list[str | None]:
    carried: list[str | None] = []
    last: str | None = None
    for code in codes:
        last = code or last
        carried.append(last)
    return carried
