"""Pages made to hurt: what cannot read them is not asked, time grows with their length, and their text is there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from corpus.extract import extract, witnesses
from corpus.extract.html import html_blocks
from corpus.models import DecodedPage, Kind, Sourced
from corpus.spans import visible

if TYPE_CHECKING:
    from collections.abc import Callable

PROSE = (
    "The finance director asked why the migration had taken eleven months, and nobody could say what had been "
    "promised at the start, because the paper had been written by three people who had since left the company. "
)
# The hostile part of a page, by how large it is.
HOSTILE: dict[str, Callable[[int], str]] = {
    "nesting of divs": lambda n: "<div>" * n,
    "nesting of bold": lambda n: "<b>" * n,
    "nested lists": lambda n: "<ul><li>x" * n,
    "nested tables": lambda n: "<table><tr><td>" * n,
    "end tags alone": lambda n: "</div>" * n,
    "paragraphs": lambda n: "<p>one two" * n,
    "attributes": lambda n: f"<div {' '.join(f'a{i}=1' for i in range(n))}>",
    "line breaks": lambda n: "<p>x" + "<br>" * n,
    "links": lambda n: "<a href=x>l</a> " * n,
    "entities": lambda n: "&amp;&lt;&#233;" * n,
    "one line": lambda n: "word " * n,
    "unclosed everything": lambda n: "<div><p><b><i><a href=x><span>word word" * n,
    "unclosed code": lambda n: "<pre>x<p>y" * n,
    "unclosed pictures": lambda n: "<svg>x" * n,
    "unclosed table cells": lambda n: "<table>" + "<tr><td>word<td>x" * n,
    "quoted tag ends": lambda n: "<i>x</i>" + '<a = "> ' * n,
    "signs": lambda n: "< & " * n,
}
_FEW = 500


def page_of(hostile: str) -> str:
    return f"<html><body><article><p>{PROSE * 3}</p>{hostile}"


def extract_html(raw: str) -> list[tuple[Kind, str]]:
    blocks, _ = extract(DecodedPage(raw, Sourced("utf-8", "test"), "html"))
    assert "".join(raw[block.span.start : block.span.end] for block in blocks) == raw
    for block in blocks[:200]:
        assert visible(raw[block.span.start : block.span.end], "html") == block.text
    return [(block.kind, block.text) for block in blocks if block.text]


def seconds(work: Callable[[str], object], raw: str) -> float:
    taken = []
    for _ in range(3):
        started = time.process_time()
        work(raw)
        taken.append(time.process_time() - started)
    return min(taken)


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_a_hostile_page_takes_time_in_proportion_to_it(name: str) -> None:
    short, long = (page_of(HOSTILE[name](size)) for size in (_FEW, 8 * _FEW))
    # eight times the page: 8 would be linear, 64 is quadratic
    assert seconds(html_blocks, long) < 24 * seconds(html_blocks, short) + 0.02


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_covered_and_its_text_is_seen(name: str) -> None:
    found = extract_html(page_of(HOSTILE[name](_FEW)))
    assert any(text.startswith(PROSE[:60]) for _, text in found)


@pytest.mark.parametrize(
    ("name", "size", "trafilatura", "resiliparse"),
    [
        ("nesting of divs", 260, False, True),
        ("nesting of divs", 100_000, False, False),
        ("nesting of bold", 100_000, False, False),
        ("paragraphs", 40_000, False, True),
        ("line breaks", 100_000, False, True),
        ("links", 50_000, False, True),
        ("attributes", 20_000, False, False),
        ("one line", 1_100_000, False, True),
        ("paragraphs", 50, True, True),
        ("unclosed table cells", 500, True, True),
    ],
)
def test_an_extractor_sees_no_page_that_it_is_slow_on_or_loses_text_of(
    monkeypatch: pytest.MonkeyPatch, name: str, size: int, trafilatura: bool, resiliparse: bool
) -> None:
    asked: set[str] = set()
    monkeypatch.setattr(witnesses, "_trafilatura", lambda _: asked.add("trafilatura") or "")
    monkeypatch.setattr(witnesses, "_resiliparse", lambda _: asked.add("resiliparse") or "")
    raw = page_of(HOSTILE[name](size))
    seen = witnesses.ask(raw, html_blocks(raw))
    assert ("trafilatura" in asked, "resiliparse" in asked) == (trafilatura, resiliparse)
    assert (seen.trafilatura is not None, seen.resiliparse is not None) == (trafilatura, resiliparse)


def test_what_is_nested_deeper_than_lxml_reads_is_kept() -> None:
    raw = f"<html><body><article>{'<div>' * 400}<p>{PROSE}</p><p>{PROSE * 2}</p></article>"
    kept = [text for kind, text in extract_html(raw) if kind is Kind.ARTICLE]
    assert kept == [PROSE.strip(), (PROSE * 2).strip()]


def test_a_page_in_more_pieces_than_the_classifier_is_for_is_still_read() -> None:
    found = extract_html(page_of("<p>one two three" * 31_000))
    assert (Kind.ARTICLE, (PROSE * 3).strip()) in found


def test_a_lone_surrogate_does_not_end_the_page() -> None:
    found = extract_html(f"<html><body><article><p>\ud800 {PROSE}</p><p>{PROSE * 2}</p></article>")
    assert (Kind.ARTICLE, (PROSE * 2).strip()) in found


def test_a_tag_that_never_ends_hides_the_rest_and_a_quote_that_never_ends_hides_nothing() -> None:
    assert visible("<p>seen</p><a href=x never closed", "html") == "seen"
    assert visible('<p>seen</p><a href="x" title="> as well', "html") == "seen as well"
