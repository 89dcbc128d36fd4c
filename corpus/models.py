"""The values that travel between rooms: frozen, slotted, with no behaviour beyond their own shape.

Offsets are Python string offsets (code points) into `DecodedPage.text`, the decoded raw page; `end` is exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

MediaType = Literal["html", "text"]


class Kind(StrEnum):
    """What a block of a page is. `ARTICLE` is kept for passages, and what the setting `keep_kinds` names."""

    ARTICLE = "article"
    TITLE = "title"
    BYLINE = "byline"
    NAVIGATION = "navigation"
    COOKIE = "cookie"
    SHARE = "share"
    NEWSLETTER = "newsletter"
    COMMENT = "comment"
    AUTHOR_BOX = "author_box"
    RELATED = "related"
    FOOTER = "footer"
    LEGAL = "legal"
    PROMOTION = "promotion"
    OTHER = "other"
    MARKUP = "markup"
    BLANK = "blank"


class Shape(StrEnum):
    """The typographic shape of a block."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE = "table"
    CODE = "code"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters of the decoded page."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sourced:
    """A fact about a page and where it was read (`sidecar`, `canonical`, `json-ld`, `from-line`, `path`, …)."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Validator:
    """What a web server gave to ask it later whether a page has changed (RFC 9110), and the bytes it stood for."""

    sha256: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as the source gave it, before anything was understood.

    `content` is empty where a server said that the bytes `sha256`, known from an earlier run, have not changed.
    """

    uri: str
    content: bytes
    sha256: str
    declared_type: str | None = None
    url: Sourced | None = None
    fetched_at: Sourced | None = None
    validator: Validator | None = None


@dataclass(frozen=True, slots=True)
class DecodedPage:
    r"""Characters of a page. `text` has `\\n` line ends only, no NUL and no lone surrogate."""

    text: str
    charset: Sourced
    media_type: MediaType
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page with one verdict. The blocks of a page cover all of its characters, in order.

    `text` is what a reader sees of the span: tags removed, entities resolved, white space collapsed.
    `rule` names what decided the verdict; it is empty only while nothing has. `wanted` says that the block is kept
    although it is no article, by the setting `keep_kinds`.
    """

    span: Span
    text: str
    shape: Shape = Shape.PARAGRAPH
    kind: Kind = Kind.ARTICLE
    rule: str = ""
    wanted: bool = False

    @property
    def kept(self) -> bool:
        """Whether passages are made of the block."""
        return self.kind is Kind.ARTICLE or self.wanted


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of itself; `published_on` is an ISO date, `language` a BCP 47 code as declared."""

    title: Sourced | None = None
    author: Sourced | None = None
    published_on: Sourced | None = None
    site: Sourced | None = None
    url: Sourced | None = None
    host: Sourced | None = None
    language: Sourced | None = None


@dataclass(frozen=True, slots=True)
class Detection:
    """A language as a lower-case BCP 47 primary code (`und`: nothing can be said) and a confidence in 0..1."""

    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the article; `block_no` is the index of its block in the page, `heading` its block's shape."""

    sentence_no: int
    block_no: int
    span: Span
    text: str
    language: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive sentences of one kind of block, about a paragraph long: the unit of search."""

    passage_no: int
    span: Span
    text: str
    language: str
    sentences: tuple[Sentence, ...]
    kind: Kind = Kind.ARTICLE


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """Everything the text stages know of one readable page."""

    page: RawPage
    decoded: DecodedPage
    blocks: tuple[Block, ...]
    metadata: Metadata
    language: Detection
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class RejectedPage:
    """A page that could not be read: the row that goes to quarantine."""

    page: RawPage
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rereading:
    """A page that was decoded before, to be judged again: `repeated` are its texts that its host repeats."""

    page: RawPage
    decoded: DecodedPage
    repeated: frozenset[str]


@dataclass(frozen=True, slots=True)
class Translation:
    """A sentence in English, or the reason why it is not.

    `text_en` is None exactly when `status` is `untranslated`; `engine` is the identity of what made it
    (name, version, model hash, pivot); `score` is the engine's own trust in 0..1 where it has one, `trust` what is
    left of it after the flags.
    """

    text: str
    language: str
    text_en: str | None
    status: Literal["translated", "untranslated"]
    engine: str
    reason: str = ""
    score: float | None = None
    flags: tuple[str, ...] = ()
    trust: float = 0.0


@dataclass(frozen=True, slots=True)
class Advice:
    """One sentence that tells somebody to do (`do`) or not to do (`dont`) something.

    `target` is whom it tells (cio, it-staff, vendor, business, anybody), None where nothing judged that; `condition`
    are the words of the sentence that say when it holds.
    """

    sentence_id: str
    score: float
    cue: str
    polarity: Literal["do", "dont"]
    target: str | None = None
    condition: str | None = None
