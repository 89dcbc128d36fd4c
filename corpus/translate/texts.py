"""What a translation must leave alone, and how a text too long for a model is cut and joined again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from corpus.translate.glossary import Term

VERBATIM = re.compile(
    r"""
      `[^`\n]+`                                               # code
    | (?:https?://|www\.)[^\s<>"“”«»]*[^\s<>"“”«».,;:!?)\]}'’]  # addresses on the web, without the full stop behind
    | (?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+               # e-mail addresses
    | [@#]\w+ | \b[A-Za-z](?:\#|\+\+)(?!\w)                   # @names, #tags, C# and C++
    | (?<![\w-])(?=[\w-]*?[a-z])[\w-]++(?:\.[a-z0-9]+)+\b     # host names, files: example.com, node.js
    | \b\w+(?:_\w+)+\b                                        # names_like_this
    | \b[A-Z]?[a-z]+[A-Z]\w*\b                                # PowerPoint, iPhone
    | (?<![\w.])\.[A-Z]{2,}\b                                 # .NET
    | \A\s*(?:[-*•–—▪◦►·]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{2,4})[.)])(?=\s)  # the marker of a list
    """,
    re.VERBOSE,
)
_CLAUSE_END = re.compile(r"[,;:、，；：。](?=\D)\s*|\s[–—-]\s|\s\(|\)\s")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence as engines get it: terms of the glossary are in English already.

    `kept` are the spans (start, end) of what has to stand in the translation letter by letter.
    """

    text: str
    kept: tuple[tuple[int, int], ...] = ()

    @property
    def tokens(self) -> list[str]:
        """What has to stand in the translation."""
        return [self.text[start:end] for start, end in self.kept]

    @property
    def has_words(self) -> bool:
        """Whether there is anything to translate: a letter outside of what is kept."""
        return any(
            character.isalpha() for is_kept, piece in self.pieces() if not is_kept for character in piece
        )

    def pieces(self) -> Iterator[tuple[bool, str]]:
        """Yield (whether it is kept, text) of all the pieces; joined, they are `text`."""
        position = 0
        for start, end in self.kept:
            yield False, self.text[position:start]
            yield True, self.text[start:end]
            position = end
        yield False, self.text[position:]

    def lost(self, text_en: str) -> list[str]:
        """Return the tokens that `text_en` does not hold as words of their own."""
        return [token for token in self.tokens if not holds(text_en, token)]


def prepare(text: str, terms: Iterable[Term] = ()) -> Source:
    """Return `text` with its terms in English, and the places of these and of addresses, code and names with signs."""
    found = [(match.start(), match.end(), match.group()) for match in VERBATIM.finditer(text)]
    taken = [(start, end) for start, end, _ in found]
    found += [
        (term.start, term.end, term.english)
        for term in terms
        if not any(term.start < end and start < term.end for start, end in taken)
    ]
    pieces, kept, position, length = [], [], 0, 0
    for start, end, english in sorted(found):
        pieces += [text[position:start], english]
        length += start - position
        kept.append((length, length + len(english)))
        length, position = length + len(english), end
    return Source("".join((*pieces, text[position:])), tuple(kept))


def holds(text: str, token: str) -> bool:
    """Whether `token` stands in `text`, not as a part of another word."""
    return bool(re.search(rf"(?<!\w){re.escape(token.strip())}(?!\w)", text))


def split_long(text: str, size: Callable[[str], int], limit: int) -> list[str]:
    """Cut `text` into pieces of at most `limit` by `size`, at the clause end or space nearest to the middle.

    The pieces joined are `text` again. A text without a place to cut is cut in its middle.
    """
    if len(text) < 2 or size(text) <= limit:
        return [text]
    middle = len(text) // 2
    at = _nearest(_CLAUSE_END, text, middle) or _nearest(_SPACE, text, middle) or middle
    return split_long(text[:at], size, limit) + split_long(text[at:], size, limit)


def _nearest(pattern: re.Pattern[str], text: str, middle: int) -> int | None:
    """Return the end of a match in the middle half of `text`, the one nearest to `middle`."""
    ends = (match.end() for match in pattern.finditer(text, len(text) // 4, len(text) - len(text) // 4))
    return min((end for end in ends if 0 < end < len(text)), key=lambda end: abs(end - middle), default=None)


def edges(text: str) -> tuple[str, str, str]:
    """Return the white space before, the text itself and the white space behind."""
    core = text.strip()
    if not core:
        return text, "", ""
    start = text.index(core)
    return text[:start], core, text[start + len(core) :]
