"""What a reader sees as a heading, a list, a table, a quotation or code is a block of that shape."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.extract.html import html_blocks
from corpus.extract.places import FLAGS
from corpus.models import Shape
from corpus.spans import visible


def shapes(raw: str) -> list[tuple[Shape, str]]:
    return [(block.shape, block.text) for block in html_blocks(raw).blocks]


def test_a_table_is_a_block_a_row_with_its_cells_apart() -> None:
    raw = (
        "<table><tr><th>Year<th>Cost<tr><td>2021<td>4</table>"
        "<table><tr><td><p>a</p></td>\n<td><div>b</div></td></tr></table>"
    )
    assert shapes(raw) == [(Shape.TABLE, "Year Cost"), (Shape.TABLE, "2021 4"), (Shape.TABLE, "a b")]


def test_a_table_that_lays_out_a_page_stays_in_pieces() -> None:
    raw = f"<table><tr><td><p>{'menu ' * 40}</p><td><p>{'text ' * 60}</p></table>"
    assert len(shapes(raw)) == 2


def test_a_table_in_a_table_cell_keeps_its_own_rows() -> None:
    raw = "<table><tr><td>out<table><tr><td>in 1<tr><td>in 2</table>after</table><p>below</p>"
    assert [text for _, text in shapes(raw)] == ["out", "in 1", "in 2", "after", "below"]
    assert shapes(raw)[-1] == (Shape.PARAGRAPH, "below")


def test_lists_in_lists_are_items_and_what_follows_is_not() -> None:
    raw = "<ul><li>one<ol><li>inner</ol><li>two</ul><p>after</p>"
    assert shapes(raw) == [
        *((Shape.LIST_ITEM, text) for text in ("one", "inner", "two")), (Shape.PARAGRAPH, "after")
    ]  # fmt: skip


def test_terms_head_their_definitions() -> None:
    raw = "<dl><dt>Budget</dt><dd>money for things</dd></dl>"
    assert shapes(raw) == [(Shape.HEADING, "Budget"), (Shape.LIST_ITEM, "money for things")]


def test_quotations_and_code_have_their_shapes() -> None:
    raw = "<blockquote><p>Never again.</p></blockquote><pre>x = 1\ny = 2</pre><p>done</p>"
    assert [shape for shape, _ in shapes(raw)] == [Shape.QUOTE, Shape.CODE, Shape.PARAGRAPH]


@pytest.mark.parametrize(
    "raw",
    [
        "<pre>x<p>one</p><p>two</p>",
        "<pre>x<p>one</p><p>two</p><pre>y</pre>",
        "<PRE>x<p>one</p><p>two</p><PRE>y</PRE>",
    ],
)
def test_code_that_is_not_closed_makes_no_code_of_what_follows(raw: str) -> None:
    shaped = {text: shape for shape, text in shapes(raw)}
    assert shaped["one"] is shaped["two"] is Shape.PARAGRAPH


def test_summaries_captions_and_their_texts_are_blocks_of_their_own() -> None:
    raw = (
        "<details><summary>Why?</summary>Because.</details>"
        "<figure><img src=x><figcaption>The desk</figcaption></figure>"
    )
    assert [text for _, text in shapes(raw)] == ["Why?", "Because.", "The desk"]


@pytest.mark.parametrize(
    ("raw", "flag"),
    [
        ("<div hidden>x</div>", "hidden"),
        ("<div style='color:red;display:none'>x</div>", "hidden"),
        ("<section style='VISIBILITY : HIDDEN'>x</section>", "hidden"),
        ("<noscript>x</noscript>", "noscript"),
        ("<div class='commentBody'>x</div>", "comment"),
        ("<div role=main>x</div>", "main"),
    ],
)
def test_a_block_knows_what_surrounds_it(raw: str, flag: str) -> None:
    inside, outside = html_blocks(f"{raw}<p>after</p>").blocks
    assert inside.around.flags >> FLAGS.index(flag) & 1
    assert not outside.around.flags >> FLAGS.index(flag) & 1


def test_what_helps_only_screen_readers_to_skip_is_seen_by_everyone_else() -> None:
    assert shapes("<p aria-hidden='true'>seen</p>") == [(Shape.PARAGRAPH, "seen")]


_PIECES = st.sampled_from(
    ["<table>", "</table>", "<tr>", "<td>", "<th>", "<p>", "</p>", "<pre>", "</pre>", "<ul>", "<li>", "</ul>",
     "<svg>", "</svg>", "<noscript>", "</noscript>", "a", "b &amp; c", "&nbsp;", "\n", " ", "<br>", "<b>",
     "<dl>", "<dt>", "<dd>"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=50).map("".join))
@example("\na")
def test_blocks_are_in_order_and_slice_back_whatever_is_left_open(raw: str) -> None:
    edge = 0
    for block in html_blocks(raw).blocks:
        assert edge <= block.start <= block.runs[0].start
        assert block.runs[-1].end <= block.end
        assert visible(raw[block.start : block.end], "html") == block.text != ""
        edge = block.end
