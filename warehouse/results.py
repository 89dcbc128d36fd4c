"""What readers get back: frozen values, whose fields are the columns of the queries that fill them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date, datetime


ThingName = Literal["passage", "advice", "document", "page", "quarantined page"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers a search, and why.

    `score` ranks, up to 1 for the same words and meaning or a quotation; `similarity` is the cosine of centred vectors,
    -1..1; `word_score` the BM25 score of the matching `words`, None where none match. `trust` is that of its English,
    0..1, as the worst of its sentences deserves. Its place on the page is `span_start` to `span_end` (characters) and
    `first_line` to `last_line`; `copies` are uris of pages with the same article, folded under this hit.
    """

    passage_id: str
    document_id: str
    uri: str
    url: str | None
    host: str | None
    title: str | None
    author: str | None
    published_on: date | None
    language: str
    text: str
    text_en: str | None
    trust: float | None
    score: float
    similarity: float
    word_score: float | None
    words: tuple[str, ...]
    theme: str | None
    copies: tuple[str, ...]
    span_start: int
    span_end: int
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme and who stands behind it; copies are not counted. The example is its most central advice.

    `parts` are the labels of its parts; `dissent_count` says how many pairs of its advice contradict each other.
    """

    theme_id: str
    label: str
    keywords: tuple[str, ...]
    advice_count: int
    document_count: int
    sources: tuple[str, ...]
    languages: tuple[str, ...]
    example: str | None
    example_en: str | None
    author_count: int
    dissent_count: int
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """A sentence that tells somebody what to do. `score`: how surely, or how near to the query.

    `target` is whom it tells, None where nothing judged that; `condition` are its words that say when it holds.
    """

    advice_id: str
    passage_id: str
    document_id: str
    sentence: str
    sentence_en: str | None
    language: str
    polarity: str
    target: str | None
    condition: str | None
    score: float
    cue: str
    theme: str | None
    uri: str
    url: str | None
    source: str
    title: str | None
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class DissentRow:
    """Two pieces of advice of one theme, of different sources, that contradict each other; `score` says how surely."""

    score: float
    theme_id: str
    theme: str
    do_source: str
    do_author: str | None
    do_language: str
    do_sentence: str
    do_sentence_en: str | None
    dont_source: str
    dont_author: str | None
    dont_language: str
    dont_sentence: str
    dont_sentence_en: str | None
    do_advice_id: str
    dont_advice_id: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a raw page, or a piece of one, and its verdict."""

    line_no: int
    kind: str
    kept: bool
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """How many lines of a page one rule kept or dropped as one kind; a line in several pieces counts in each."""

    kind: str
    kept: bool
    rule: str
    lines: int
    characters: int


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """A sentence with its English; `engine`, `flags` and `trust` say who translated it and what looks wrong."""

    sentence_id: str
    text: str
    text_en: str | None
    language: str
    first_line: int
    last_line: int
    is_advice: bool
    engine: str | None
    reason: str | None
    flags: tuple[str, ...]
    trust: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where something comes from: the raw lines with their verdicts, and the sentences beside their English.

    Of a quarantined page there are no lines; `reason` says why. `verdicts` counts `lines`, the most first.
    """

    what: ThingName
    name: str
    uri: str
    url: str | None
    host: str | None
    title: str | None
    author: str | None
    published_on: date | None
    language: str | None
    page_id: str | None
    document_id: str | None
    duplicate_of: str | None
    reason: str | None
    lines: tuple[Line, ...]
    sentences: tuple[SentenceRow, ...]
    verdicts: tuple[VerdictCount, ...] = ()


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """A page that could not be read, and why."""

    uri: str
    sha256: str
    code: str
    reason: str
    byte_count: int
    run_id: str
    quarantined_at: datetime
