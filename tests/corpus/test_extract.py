"""Blocks cover the page, lists survive, and the page's own facts come with their source."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.extract import extract
from corpus.extract.metadata import html_metadata
from corpus.extract.text import line_blocks
from corpus.models import DecodedPage, Kind, Shape, Sourced
from corpus.spans import visible

_TAGS = [
    *("<p>", "</p>", "<div class='comments'>", "</div>", "<li>", "<ul>", "</ul>", "<script>a\n<b</script>"),
    *("<h2>", "</h2>", "\n", "\n\n", "<!-- x\ny -->", "<nav>", "</nav>", "text of some words ", "&amp; "),
    *("<br\n>", "<table><tr><td>", "</table>"),
]


def page(text: str, media_type: str = "html") -> DecodedPage:
    return DecodedPage(text, Sourced("utf-8", "test"), "html" if media_type == "html" else "text")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_TAGS), max_size=60).map("".join))
def test_blocks_of_html_cover_it_and_slice_back(raw: str) -> None:
    blocks, _ = extract(page(raw))
    assert "".join(raw[block.span.start : block.span.end] for block in blocks) == raw
    for block in blocks:
        assert visible(raw[block.span.start : block.span.end], "html") == block.text


@given(st.text(max_size=300))
def test_blocks_of_text_cover_it_and_slice_back(raw: str) -> None:
    blocks = line_blocks(raw)
    assert "".join(raw[block.span.start : block.span.end] for block in blocks) == raw
    for block in blocks:
        assert visible(raw[block.span.start : block.span.end], "text") == block.text


PARAGRAPH = (
    "The finance director asked why the migration had taken eleven months, and nobody could say what had been "
    "promised at the start, because the paper had been written by three people who had since left the company. "
)


def test_main_content_is_kept_and_the_rest_says_what_it_is() -> None:
    raw = (
        "<html><body><nav><a href='/'>Home</a> <a href='/blog'>Blog</a></nav>\n"
        f"<article><h1>Why it took so long</h1>\n<p>{PARAGRAPH}</p>\n<p>{PARAGRAPH * 2}</p>\n"
        f"<ul><li>Write down the promise before the work begins.</li>\n<li>Name one owner.</li></ul>\n"
        f"<p>{PARAGRAPH}</p></article>\n"
        "<div class='cookie-banner'><p>We use cookies to improve your experience.</p></div>\n"
        "<footer><p>© 2021 Example</p></footer></body></html>"
    )
    blocks, _ = extract(page(raw))
    kinds = {block.text[:20]: block.kind for block in blocks if block.text}
    assert kinds["The finance director"] is Kind.ARTICLE
    assert kinds["Write down the promi"] is Kind.ARTICLE
    assert kinds["Home Blog"] is Kind.NAVIGATION
    assert kinds["We use cookies to im"] is Kind.COOKIE
    assert kinds["© 2021 Example"] is Kind.FOOTER
    assert all(block.rule for block in blocks)
    assert Shape.LIST_ITEM in {block.shape for block in blocks if block.kept}


def test_every_kept_block_can_be_found_in_a_minified_page() -> None:
    raw = f"<html><body><article><p>{PARAGRAPH}</p><p>{PARAGRAPH * 2}</p></article><footer>© x</footer></body></html>"
    blocks, _ = extract(page(raw))
    assert [block.text for block in blocks if block.kept] == [PARAGRAPH.strip(), (PARAGRAPH * 2).strip()]


def test_json_ld_speaks_before_meta_tags_and_bylines() -> None:
    facts = html_metadata(
        '<html lang="it-IT"><head><title>Vendere i progetti | Rivista</title>'
        '<link rel="canonical" href="https://rivista.example/a">'
        '<meta property="og:title" content="Vendere i progetti"><meta name="author" content="Redazione">'
        '<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"Vendere i progetti",'
        '"datePublished":"2022-03-12T08:00:00+01:00","author":{"@id":"#a"}},'
        '{"@id":"#a","@type":"Person","name":"Mario Rossi"}]}'
        "</script></head><body><h1>Vendere i progetti</h1></body></html>"
    )
    assert facts.title == Sourced("Vendere i progetti", "heading")
    assert facts.author == Sourced("Mario Rossi", "json-ld")
    assert facts.published_on == Sourced("2022-03-12", "json-ld")
    assert facts.url == Sourced("https://rivista.example/a", "canonical")
    assert facts.host == Sourced("rivista.example", "canonical")
    assert facts.language == Sourced("it-IT", "html-lang")


def test_broken_json_ld_and_a_script_address_are_no_facts() -> None:
    facts = html_metadata(
        '<link rel="canonical" href="javascript:alert(1)">'
        '<script type="application/ld+json">{"@type": [</script><p>x</p>'
    )
    assert facts.url is None
    assert facts.author is None


def test_a_byline_is_a_name_and_not_a_sentence() -> None:
    assert html_metadata('<p class="byline">By Jane Roe | 12 Feb 2020</p>').author == Sourced(
        "Jane Roe", "byline"
    )
    assert html_metadata('<span class="author">https://x.example/jane</span>').author is None


def test_an_address_that_makes_no_sense_is_no_fact_and_no_crash() -> None:
    facts = html_metadata(
        '<link rel="canonical" href="http://[::1/x"><meta property="og:url" content="http://[">'
    )
    assert facts.url is None
    assert facts.host is None


@pytest.mark.parametrize(
    "name", ["Jean Le Goff", "Omar El Khatib", "Kim Il Sung", "Siobhan O'Neil–Smith", "Mark Staff"]
)
def test_names_with_small_words_in_them_stay_whole(name: str) -> None:
    script = f'<script type="application/ld+json">{{"@type":"Article","author":{{"name":"{name}"}}}}</script>'
    assert html_metadata(script).author == Sourced(name, "json-ld")
    assert html_metadata(f'<p class="byline">{name}, le 7 septembre 2022</p>').author == Sourced(
        name, "byline"
    )


def test_classes_that_say_what_an_article_is_about_do_not_drop_it() -> None:
    classes = "post-12 post category-bio tag-share"
    raw = f'<article class="{classes}"><h1>No</h1><p>{PARAGRAPH}</p><p>{PARAGRAPH * 2}</p></article>'
    blocks, _ = extract(page(raw))
    kept = [block.text for block in blocks if block.kept]
    assert {PARAGRAPH.strip(), (PARAGRAPH * 2).strip()} <= set(kept)


def test_a_list_with_optional_end_tags_left_out_ends_with_its_list() -> None:
    lists = ("<dl><dt>Budget<dd>money for things</dl>", "<ul><li>one thing<li>another</ul>")
    raw = "<article>" + "".join(f"{items}<p>{PARAGRAPH}</p>" for items in lists)
    blocks, _ = extract(page(raw))
    shapes = [block.shape for block in blocks if block.text == PARAGRAPH.strip()]
    assert shapes == [Shape.PARAGRAPH, Shape.PARAGRAPH]


def test_an_unclosed_picture_hides_nothing_after_it() -> None:
    assert visible("<svg><path d='M0'><p>still here", "html") == "still here"
