"""A page through all text stages: spans hold, dropped text stays out, and no page can stop a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.identity import content_hash
from corpus.models import Kind, ParsedPage, RawPage, RejectedPage
from corpus.parse import fingerprint, parse
from corpus.settings import Settings
from corpus.sources import read
from corpus.spans import visible

SETTINGS = Settings()


def shipped(pages_dir: Path, entry: dict[str, Any]) -> ParsedPage | RejectedPage:
    page = read(pages_dir / entry["file"], SETTINGS.page_max_bytes)
    return parse(page, SETTINGS) if isinstance(page, RawPage) else page


def assert_spans_hold(page: ParsedPage) -> None:
    text, media_type = page.decoded.text, page.decoded.media_type
    assert "".join(text[b.span.start : b.span.end] for b in page.blocks) == text
    for block in page.blocks:
        assert visible(text[block.span.start : block.span.end], media_type) == block.text
        assert block.rule
    for passage in page.passages:
        assert visible(text[passage.span.start : passage.span.end], media_type) == " ".join(
            passage.text.split()
        )
        for sentence in passage.sentences:
            assert visible(text[sentence.span.start : sentence.span.end], media_type) == sentence.text
            assert page.blocks[sentence.block_no].kept


def test_every_span_of_the_shipped_pages_slices_back(pages_dir: Path, gold: list[dict[str, Any]]) -> None:
    for entry in gold:
        page = shipped(pages_dir, entry)
        if isinstance(page, ParsedPage):
            assert_spans_hold(page)


def test_pages_that_are_no_pages_are_rejected_with_the_reason_of_the_gold(
    pages_dir: Path, gold: list[dict[str, Any]]
) -> None:
    expected = {entry["file"]: entry["reason"] for entry in gold if "expected" in entry}
    found = {}
    for entry in gold:
        page = shipped(pages_dir, entry)
        if isinstance(page, RejectedPage):
            assert len(page.reason.split()) >= 5
            found[entry["file"]] = page.code
    assert found == expected
    assert len(found) == 6


def test_sentences_are_numbered_through_and_passages_are_in_order(
    pages_dir: Path, gold: list[dict[str, Any]]
) -> None:
    page = shipped(pages_dir, next(entry for entry in gold if entry.get("language") == "it"))
    assert isinstance(page, ParsedPage)
    numbers = [sentence.sentence_no for passage in page.passages for sentence in passage.sentences]
    assert numbers == list(range(len(numbers)))
    starts = [passage.span.start for passage in page.passages]
    assert starts == sorted(starts)


def test_no_passage_crosses_a_dropped_block(pages_dir: Path, gold: list[dict[str, Any]]) -> None:
    for entry in gold:
        page = shipped(pages_dir, entry)
        if isinstance(page, RejectedPage):
            continue
        dropped = [b for b in page.blocks if not b.kept and b.kind not in (Kind.BLANK, Kind.MARKUP)]
        for passage in page.passages:
            inside = [
                b for b in dropped if passage.span.start < b.span.end and b.span.start < passage.span.end
            ]
            assert inside == []


def test_the_page_of_two_languages_has_passages_in_both(pages_dir: Path, gold: list[dict[str, Any]]) -> None:
    entry = next(entry for entry in gold if len(entry.get("languages", [])) == 2)
    page = shipped(pages_dir, entry)
    assert isinstance(page, ParsedPage)
    assert page.language.code == entry["language"]
    assert {passage.language for passage in page.passages} == set(entry["languages"])


def test_headings_do_not_decide_in_which_language_a_page_is() -> None:
    headings = [
        "Seven habits of highly effective chief information officers and their teams",
        "How to sell a difficult project to a board that does not want to listen to anything that you say",
        "Why the budget that you asked for last year is not at all the one that you should ask for this year",
        "What the people who keep the servers running would tell the board if only somebody asked them first",
    ]
    prose = "Misurate il valore, non le ore, e ditelo subito al consiglio."
    body = "".join(f"<h2>{heading}</h2>\n<p>{prose}</p>\n" for heading in headings)
    content = f"<html><head><title>{headings[0]}</title></head><body><article>{body}</article></body></html>"
    page = parse(RawPage("file:///p.html", content.encode(), content_hash(content.encode())), SETTINGS)
    assert isinstance(page, ParsedPage)
    assert page.language.code == "it"
    assert {sentence.language for p in page.passages for sentence in p.sentences} == {"it", "en"}


@pytest.mark.shared
def test_the_seeds_keep_their_articles_and_lose_footers_boxes_and_comments(seeds_dir: Path) -> None:
    texts = {}
    for file in sorted(seeds_dir.glob("*.txt")):
        raw = read(file, SETTINGS.page_max_bytes)
        assert isinstance(raw, RawPage)
        page = parse(raw, SETTINGS)
        assert isinstance(page, ParsedPage)
        assert_spans_hold(page)
        assert page.metadata.title is not None
        texts[file.name[:3]] = "\n".join(passage.text for passage in page.passages)
    everything = "\n".join(texts.values())
    for footer in ("Alibaba", "Show Comments", "newsletter!", "Contenuti correlati", "6yThis"):
        assert footer not in everything
    assert "essential skills for CIOs to survive" in texts["000"]
    assert "Thanks in advance for your time." in texts["004"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=600) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_either_read_with_true_spans_or_rejected(content: bytes) -> None:
    padded = (
        content
        + b" The board wants to know what the money buys, and nobody in the room could say why it took so long."
        * 2
    )
    page = parse(RawPage("file:///p.txt", padded, content_hash(padded)), SETTINGS)
    if isinstance(page, ParsedPage):
        assert_spans_hold(page)
    else:
        assert page.code in ("binary", "empty", "no-content")


def test_the_fingerprint_depends_on_what_decides_the_outcome() -> None:
    assert fingerprint(SETTINGS) == fingerprint(Settings(warehouse=Path("elsewhere")))
    assert fingerprint(SETTINGS) != fingerprint(Settings(passage_words=60))
