"""The classifier decides with what it has, marks come back exactly, and its model is data of the stated form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.train_blocks import common_subsequence, in_truth
from corpus.errors import ModelError
from corpus.extract import classifier, witnesses
from corpus.extract.features import FEATURES, features
from corpus.extract.html import html_blocks
from corpus.extract.main_content import mark_main_content
from corpus.extract.marking import marked
from corpus.extract.witnesses import Witnesses
from corpus.models import Block, Kind, Span
from corpus.trees import load

if TYPE_CHECKING:
    from pathlib import Path

PROSE = (
    "The finance director asked why the migration had taken eleven months, and nobody could say what had been "
    "promised at the start, because the paper had been written by three people who had since left the company. "
)
PAGE = (
    "<html><body><nav><a href='/'>Home</a> <a href='/blog'>Blog</a></nav>\n"
    f"<article><h1>Why it took so long</h1>\n<p>{PROSE}</p>\n<p>{PROSE * 2}</p>\n<h2>What to do</h2>\n"
    f"<ul><li>Write down the promise before the work begins.</li>\n<li>Name one owner.</li></ul>\n<p>{PROSE}</p>"
    "</article>\n<div class='relatedPosts'><h3>More</h3><a href='/a'>Ten ways to say no</a></div>\n"
    "<footer><p>© 2021 Example</p></footer></body></html>"
)


def kept_texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks if block.kept]


@given(
    st.lists(
        st.sampled_from(["<p>", "word ", "⠁⠂", " \n", "<script>x</script>", "&amp;", "é", "\ud800"]),
        max_size=60,
    )
)
def test_every_mark_comes_back_as_the_number_of_its_run(pieces: list[str]) -> None:
    raw = "".join(pieces)
    layout = html_blocks(raw)
    runs = [run for block in layout.blocks for run in block.runs]
    page = marked(raw, runs, layout.hidden)
    assert page.numbers(page.text) == set(range(len(runs)))
    assert "<script>" not in page.text
    page.text.encode()  # at a lone surrogate libxml2 would end the page


def test_marks_of_three_characters_name_more_runs_than_two_can() -> None:
    raw = "a " * 70_000
    runs = [Span(place, place + 1) for place in range(0, len(raw), 2)]
    page = marked(raw, runs, [])
    assert page.width == 3
    assert page.numbers(page.text) == set(range(70_000))


def test_both_witnesses_keep_the_article_and_neither_the_footer() -> None:
    layout = html_blocks(PAGE)
    seen = witnesses.ask(PAGE, layout)
    of = {block.text[:20]: number for number, block in enumerate(layout.blocks)}
    for shares in (seen.trafilatura, seen.resiliparse):
        assert shares is not None
        assert shares[of["The finance director"]] == 1
        assert shares[of["© 2021 Example"]] == 0


@pytest.mark.parametrize("which", ["both", "resiliparse alone", "none"])
def test_the_article_is_found_by_whoever_of_the_witnesses_is_there(which: str) -> None:
    layout = html_blocks(PAGE)
    seen = witnesses.ask(PAGE, layout)
    told = {
        "both": seen,
        "resiliparse alone": Witnesses(None, seen.resiliparse),
        "none": Witnesses(None, None),
    }[which]
    kept = classifier.kept(PAGE, layout, told, classifier.shipped())
    texts = [block.text for block, keep in zip(layout.blocks, kept, strict=True) if keep]
    assert {PROSE.strip(), (PROSE * 2).strip()} <= set(texts)
    assert "© 2021 Example" not in texts


def test_a_dropped_block_is_named_by_its_place_and_a_kept_one_by_the_classifier() -> None:
    blocks = mark_main_content(PAGE, html_blocks(PAGE))
    rules = {block.text[:19]: (block.kind, block.rule) for block in blocks if block.text}
    assert rules["The finance directo"] == (Kind.ARTICLE, "main-content:classifier")
    assert rules["Home Blog"] == (Kind.NAVIGATION, "place:nav")
    assert rules["© 2021 Example"] == (Kind.FOOTER, "place:footer")
    assert rules["Ten ways to say no"] == (Kind.RELATED, "place:related")


def test_comments_below_an_article_are_not_the_article() -> None:
    comments = "".join(f"<li class='comment'><p>I agree, {PROSE}</p></li>" for _ in range(8))
    raw = PAGE.replace("</article>", f"<p>{PROSE * 6}</p></article><ol class='commentList'>{comments}</ol>")
    blocks = mark_main_content(raw, html_blocks(raw))
    agreeing = [block for block in blocks if block.text.startswith("I agree")]
    assert len(agreeing) == 8
    assert {block.kind for block in agreeing} == {Kind.COMMENT}


def test_hidden_text_that_is_left_out_says_so() -> None:
    raw = PAGE.replace("<footer>", "<div style='display: none'><a href='/x'>Menu entry</a></div><footer>")
    block = next(b for b in mark_main_content(raw, html_blocks(raw)) if b.text == "Menu entry")
    assert (block.kind, block.rule) == (Kind.OTHER, "place:hidden")


@given(
    st.lists(
        st.sampled_from(["<p>", "<div class=a>", "</div>", "<li>", "word ", "中文。", "12:30 ", "<b>x</b>"]),
        max_size=40,
    )
)
def test_features_are_finite_numbers_in_one_row_a_block(pieces: list[str]) -> None:
    raw = "".join(pieces)
    layout = html_blocks(raw)
    half = np.full(len(layout.blocks), 0.5, np.float32)
    for ours, other in ((None, None), (None, half), (half, half)):
        rows = features(raw, layout, ours, other)
        assert rows.shape == (len(layout.blocks), len(FEATURES))
        assert np.isfinite(rows).all()


def test_the_shipped_model_is_small_and_names_its_data_and_their_licence() -> None:
    data: dict[str, Any] = json.loads(classifier.MODEL.read_text("utf-8"))
    assert len(classifier.MODEL.read_bytes()) < 1_000_000
    assert data["about"]["licence"] == "CC-BY-4.0"
    assert data["features"] == list(FEATURES)


def test_a_model_for_other_features_is_refused(tmp_path: Path) -> None:
    data = json.loads(classifier.MODEL.read_text("utf-8"))
    (tmp_path / "blocks.json").write_text(json.dumps(data | {"features": data["features"][::-1]}))
    with pytest.raises(ModelError, match="other features"):
        load(tmp_path / "blocks.json", FEATURES)


@given(st.text("abc", max_size=14), st.text("abc", max_size=14))
def test_the_common_subsequence_is_one_and_none_is_longer(left: str, right: str) -> None:
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    found = [left[place] for place in reversed(common_subsequence(left, right))]
    assert len(found) == table[-1][-1]
    rest = iter(right)
    assert all(letter in rest for letter in found)


def test_a_block_is_labelled_article_where_half_of_its_words_are_in_the_truth() -> None:
    blocks = [["home"], ["the", "paper", "was", "lost"], ["share", "this"], ["and", "found"]]
    assert in_truth(blocks, ["the", "paper", "was", "found"]).tolist() == [False, True, False, True]
