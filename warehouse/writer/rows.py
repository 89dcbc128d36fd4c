"""Read pages as the rows of the tables pages, blocks, documents, passages and sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from corpus.identity import document_id, page_id, passage_id, sentence_id, text_hash
from corpus.urls import host_of
from warehouse.writer.session import now

if TYPE_CHECKING:
    from corpus.models import ParsedPage, Passage, RawPage, Sourced, Span

Row = dict[str, object]
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
NOT_YET = "not translated yet"


class Lines:
    """Where the lines of a text begin: offsets to line numbers, which count from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def of(self, span: Span) -> Row:
        """Return the first and last line of a span; a line's break belongs to it."""
        last = max(span.start, span.end - 1)
        return {
            "span_start": span.start,
            "span_end": span.end,
            "first_line": bisect_right(self._starts, span.start),
            "last_line": bisect_right(self._starts, last),
        }


def page_row(page: RawPage, parse_fingerprint: str, run_id: str) -> Row:
    """Return what is known of a page without reading it."""
    host = host_of(page.url.value) if page.url else None
    fetched_at = time_of(page.fetched_at)
    return {
        "page_id": page_id(page.uri, page.sha256),
        "uri": page.uri,
        "sha256": page.sha256,
        "byte_count": len(page.content),
        "url": _value(page.url),
        "url_source": _source(page.url),
        "host": host,
        "host_source": page.url.source if page.url and host else None,
        "fetched_at": fetched_at,
        "fetched_source": _source(page.fetched_at) if fetched_at else None,
        "etag": page.validator.etag if page.validator else None,
        "last_modified": page.validator.last_modified if page.validator else None,
        "is_current": True,
        "parse_fingerprint": parse_fingerprint,
        "run_id": run_id,
        "loaded_at": now(),
    }


def parsed_page_row(parsed: ParsedPage, parse_fingerprint: str, run_id: str) -> Row:
    """Return the row of a page that was read."""
    row = page_row(parsed.page, parse_fingerprint, run_id)
    decoded = parsed.decoded
    row |= {
        "media_type": decoded.media_type,
        "charset": decoded.charset.value,
        "charset_source": decoded.charset.source,
        "repairs": list(decoded.repairs),
        "text": decoded.text,
    }
    return row | _place(parsed)


def _place(parsed: ParsedPage) -> Row:
    """Return url and host with their sources, as far as the page or its source tells them."""
    url, host = parsed.metadata.url, parsed.metadata.host
    place: Row = {"url": url.value, "url_source": url.source} if url else {}
    return place | ({"host": host.value, "host_source": host.source} if host else {})


def block_rows(parsed: ParsedPage) -> list[Row]:
    """Return the rows of a page's blocks, in order."""
    lines, page = Lines(parsed.decoded.text), _page_id(parsed)
    return [
        {
            "page_id": page,
            "block_no": number,
            "kind": block.kind.value,
            "shape": block.shape.value,
            "kept": block.kept,
            "rule": block.rule,
            "text": block.text,
            **lines.of(block.span),
        }
        for number, block in enumerate(parsed.blocks)
    ]


def document_row(parsed: ParsedPage, run_id: str) -> Row:
    """Return the row of a page's document."""
    metadata, identity = parsed.metadata, document_id(_page_id(parsed))
    page = page_row(parsed.page, "", run_id) | _place(parsed)
    published_on = _date(metadata.published_on)
    return {
        "document_id": identity,
        "page_id": page["page_id"],
        "uri": page["uri"],
        "url": page["url"],
        "host": page["host"],
        "title": _value(metadata.title),
        "title_source": _source(metadata.title),
        "author": _value(metadata.author),
        "author_source": _source(metadata.author),
        "published_on": published_on,
        "published_source": _source(metadata.published_on) if published_on else None,
        "site": _value(metadata.site),
        "language": parsed.language.code,
        "language_confidence": parsed.language.confidence,
        "declared_language": _value(metadata.language),
        "word_count": sum(len(_WORD.findall(passage.text)) for passage in parsed.passages),
        "canonical_document_id": identity,
        "run_id": page["run_id"],
    }


def passage_rows(parsed: ParsedPage) -> list[Row]:
    """Return the rows of a page's passages, as they are before anything was translated."""
    lines, document = Lines(parsed.decoded.text), document_id(_page_id(parsed))
    title = _value(parsed.metadata.title)
    return [_passage_row(passage, document, title, lines) for passage in parsed.passages]


def _passage_row(passage: Passage, document: str, title: str | None, lines: Lines) -> Row:
    original = all(sentence.language == "en" for sentence in passage.sentences)
    return {
        "passage_id": passage_id(document, passage.passage_no),
        "document_id": document,
        "passage_no": passage.passage_no,
        "kind": passage.kind.value,
        "text": passage.text,
        "text_en": passage.text if original else None,
        "language": passage.language,
        "translation_status": "original" if original else "untranslated",
        "untranslated_reason": None if original else NOT_YET,
        "text_hash": text_hash(f"{title}\n{passage.text}" if title else passage.text),
        **lines.of(passage.span),
    }


def sentence_rows(parsed: ParsedPage) -> list[Row]:
    """Return the rows of a page's sentences; none has been judged."""
    lines, document = Lines(parsed.decoded.text), document_id(_page_id(parsed))
    return [
        {
            "sentence_id": sentence_id(document, sentence.sentence_no),
            "document_id": document,
            "passage_id": passage_id(document, passage.passage_no),
            "sentence_no": sentence.sentence_no,
            "block_no": sentence.block_no,
            "text": sentence.text,
            "language": sentence.language,
            "is_heading": sentence.heading,
            "text_hash": text_hash(sentence.text),
            **lines.of(sentence.span),
        }
        for passage in parsed.passages
        for sentence in passage.sentences
    ]


def _page_id(parsed: ParsedPage) -> str:
    return page_id(parsed.page.uri, parsed.page.sha256)


def _value(fact: Sourced | None) -> str | None:
    return fact.value if fact else None


def _source(fact: Sourced | None) -> str | None:
    return fact.source if fact else None


def _date(fact: Sourced | None) -> date | None:
    try:
        return date.fromisoformat(fact.value[:10]) if fact else None
    except ValueError:
        return None


def time_of(fact: Sourced | None) -> datetime | None:
    """Return a stated time in UTC without a zone; None where it cannot be read."""
    try:
        time = datetime.fromisoformat(fact.value) if fact else None
    except ValueError:
        return None
    return time.astimezone(UTC).replace(tzinfo=None) if time and time.tzinfo else time
