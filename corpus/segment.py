"""The article to sentences and passages, each of which slices back to the raw page."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from corpus.language import primary
from corpus.models import Kind, Passage, Sentence, Shape, Span
from corpus.spans import visible_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus.models import Block, DecodedPage

_LIST_MARK = re.compile(
    r"""(?: [•◦▪●·*>–—-]\s+ | \#{1,6}\s+
        | \d{1,2}[.)]\s+(?!(?:Jan|Feb|März|Apr|Mai|Juni|Juli|Aug|Sep|Okt|Nov|Dez|Quartal|Platz|Jahr))
        | \d{1,2}、\s* | [一二三四五六七八九十]{1,3}[、．.]\s* | [(（][一二三四五六七八九十\d]{1,2}[)）]\s* )(?=\S)""",
    re.VERBOSE,
)
_CLAUSE_END = re.compile(r"[;；:：,，、–—]\s*|\s+")
_MAX_SENTENCE = 1_000
_IDEOGRAPHS_A_WORD = 1.7
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Burmese, Khmer
_UNSPACED_LETTERS_A_WORD = 4
_HARD_WRAP = (50, 90)
_HEADING_NEEDS_BREAK = 0.3


@dataclass(frozen=True, slots=True)
class _Unit:
    """A paragraph: one block, or the lines of a hard-wrapped one; `joined` if nothing was dropped before it."""

    block_no: int
    span: Span
    language: str
    heading: bool
    joined: bool
    kind: Kind


def segment(
    page: DecodedPage, blocks: Sequence[Block], languages: Sequence[str], words: int
) -> list[Passage]:
    """Return passages of about `words` words over the kept blocks; `languages[i]` is the language of `blocks[i]`.

    A passage never crosses a dropped block or a change of language or kind, and never cuts a sentence; a heading
    begins a new one. Sentences are numbered through the document.
    """
    builder = _Builder(page, words)
    for unit in _units(page, blocks, languages):
        builder.add(unit)
    return builder.finish()


class _Builder:
    def __init__(self, page: DecodedPage, words: int) -> None:
        self._page = page
        self._words = words
        self._passages: list[Passage] = []
        self._pending: list[Sentence] = []
        self._pending_start = 0
        self._pending_words = 0.0
        self._kind = Kind.ARTICLE
        self._sentence_no = 0

    def add(self, unit: _Unit) -> None:
        if self._pending and self._starts_anew(unit):
            self._close()
        self._kind = unit.kind
        for start, sentence in self._sentences(unit):
            size = word_count(sentence.text)
            if self._pending and self._pending_words + size > self._words * 1.5:
                self._close()
            if not self._pending:
                self._pending_start = start
            self._pending.append(sentence)
            self._pending_words += size
        if self._pending_words >= self._words:
            self._close()

    def finish(self) -> list[Passage]:
        self._close()
        return self._passages

    def _starts_anew(self, unit: _Unit) -> bool:
        if not unit.joined or unit.language != self._pending[-1].language or unit.kind is not self._kind:
            return True
        return (
            unit.heading
            and self._pending_words >= self._words * _HEADING_NEEDS_BREAK
            and not self._pending[-1].heading
        )

    def _sentences(self, unit: _Unit) -> Iterator[tuple[int, Sentence]]:
        """Yield each sentence with where a passage that begins with it starts: at its list marker, if it has one."""
        seen = visible_text(self._page.text, unit.span.start, unit.span.end, self._page.media_type)
        for index, (start, end) in enumerate(sentence_ranges(seen.text, unit.language)):
            span = Span(seen.starts[start], seen.ends[end - 1])
            text = seen.text[start:end]
            yield (
                seen.starts[0] if index == 0 else span.start,
                Sentence(self._sentence_no, unit.block_no, span, text, unit.language, unit.heading),
            )
            self._sentence_no += 1

    def _close(self) -> None:
        if self._pending:
            span = Span(self._pending_start, self._pending[-1].span.end)
            text = _passage_text(self._page, span.start, self._pending)
            self._passages.append(
                Passage(
                    len(self._passages),
                    span,
                    text,
                    self._pending[0].language,
                    tuple(self._pending),
                    self._kind,
                )
            )
        self._pending, self._pending_words = [], 0.0


def _passage_text(page: DecodedPage, start: int, sentences: Sequence[Sentence]) -> str:
    """Return the visible text from `start`, with a line end before each new paragraph."""
    edges = [start]
    for before, sentence in pairwise(sentences):
        if before.block_no != sentence.block_no:
            edges.append(before.span.end)
    edges.append(sentences[-1].span.end)
    paragraphs = (
        visible_text(page.text, left, right, page.media_type).text for left, right in pairwise(edges)
    )
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def word_count(text: str) -> float:
    """Count words; in scripts without spaces an ideograph counts as 1/1.7 of a word, a Thai letter as a quarter."""
    ideographs = sum("\u3400" <= c <= "\u9fff" or "\u3040" <= c <= "\u30ff" for c in text)
    unspaced = len(_UNSPACED.findall(text))
    return len(text.split()) + ideographs / _IDEOGRAPHS_A_WORD + unspaced / _UNSPACED_LETTERS_A_WORD


def sentence_ranges(text: str, language: str) -> list[tuple[int, int]]:
    """Return `(start, end)` of the sentences of a paragraph, without list markers and surrounding space.

    Rules of `sentencex` (Wikimedia), offline, for every language; a "sentence" of over 1,000 characters is
    cut at the last clause end before that.
    """
    import sentencex

    marker = _LIST_MARK.match(text)
    begin = marker.end() if marker else 0
    ranges: list[tuple[int, int]] = []
    rules = primary(language) if language != "und" else "en"
    for boundary in sentencex.get_sentence_boundaries(rules, text[begin:]):
        start, end = begin + boundary["start_index"], begin + boundary["end_index"]
        for piece in _capped(text, start, end):
            trimmed = _trimmed(text, *piece)
            if trimmed[0] < trimmed[1]:
                ranges.append(trimmed)
    return ranges


def _capped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _MAX_SENTENCE:
        cuts = [
            m.end() for m in _CLAUSE_END.finditer(text, start + _MAX_SENTENCE // 2, start + _MAX_SENTENCE)
        ]
        cut = cuts[-1] if cuts else start + _MAX_SENTENCE
        yield start, cut
        start = cut
    yield start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _units(page: DecodedPage, blocks: Sequence[Block], languages: Sequence[str]) -> Iterator[_Unit]:
    wrapped = page.media_type == "text" and _is_hard_wrapped(blocks)
    joined = False
    unit: _Unit | None = None
    for number, (block, language) in enumerate(zip(blocks, languages, strict=True)):
        if block.kept:
            if unit and wrapped and blocks[number - 1].kept and _continues(blocks[number - 1], block):
                unit = dataclasses.replace(unit, span=Span(unit.span.start, block.span.end), heading=False)
                continue
            if unit:
                yield unit
            heading = block.shape is Shape.HEADING
            unit = _Unit(number, block.span, language, heading, joined, block.kind)
            joined = True
        elif block.kind not in (Kind.BLANK, Kind.MARKUP):
            joined = False
    if unit:
        yield unit


def _is_hard_wrapped(blocks: Sequence[Block]) -> bool:
    """Whether the lines of a text dump were broken by a program at 50 to 90 columns."""
    lengths = [len(block.text) for block in blocks if block.kept and len(block.text) > 30]
    return len(lengths) >= 8 and max(lengths) <= _HARD_WRAP[1] + 10 and median(lengths) >= _HARD_WRAP[0]


def _continues(before: Block, block: Block) -> bool:
    same = block.shape is Shape.PARAGRAPH and block.kind is before.kind
    return same and len(before.text) >= _HARD_WRAP[0] - 10
