"""Every visible character knows its raw place, whatever the markup."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.markup import tokens
from corpus.spans import visible, visible_text

_PIECES = st.sampled_from(
    ["<p>", "</p>", "<br>", "<b>", "</b>", "<script>x='</p>'</script>", "<!-- c -->", "<", ">", "&", "&amp;", "&#233;",
     "&nbsp;", "&lt;", "<a href='x>y'>", "</a>", "\n", "  ", "word", "è", "中文", "<style", "'", '"', "=", "/", "&copy"]
)  # fmt: skip
_HTML = st.lists(_PIECES | st.text(max_size=5), max_size=40).map("".join)


@given(_HTML)
def test_tokens_cover_the_page_without_gaps(raw: str) -> None:
    edge = 0
    for token in tokens(raw):
        assert token.start == edge
        edge = token.end
    assert edge == len(raw)


@given(_HTML)
def test_visible_text_of_html_has_no_tags_and_collapsed_space(raw: str) -> None:
    text = visible(raw, "html")
    assert text == " ".join(text.split(" ")).strip()
    assert "  " not in text


@given(_HTML, st.data())
def test_any_range_of_visible_html_slices_back(raw: str, data: st.DataObject) -> None:
    seen = visible_text(raw, 0, len(raw), "html")
    words = [i for i, c in enumerate(seen.text) if not c.isspace()]
    if not words:
        return
    first = data.draw(st.sampled_from(words))
    last = data.draw(st.sampled_from([i for i in words if i >= first]))
    # an entity that makes several characters cannot be cut: widen to its edges
    while first and seen.starts[first - 1] == seen.starts[first]:
        first -= 1
    while last + 1 < len(seen.text) and seen.ends[last + 1] == seen.ends[last]:
        last += 1
    assert visible(raw[seen.starts[first] : seen.ends[last]], "html") == seen.text[first : last + 1]


@given(st.text(max_size=200), st.data())
def test_any_range_of_visible_plain_text_slices_back(raw: str, data: st.DataObject) -> None:
    seen = visible_text(raw, 0, len(raw), "text")
    words = [i for i, c in enumerate(seen.text) if not c.isspace()]
    if not words:
        return
    first = data.draw(st.sampled_from(words))
    last = data.draw(st.sampled_from([i for i in words if i >= first]))
    assert visible(raw[seen.starts[first] : seen.ends[last]], "text") == seen.text[first : last + 1]


def test_an_entity_that_smuggles_a_nul_or_a_surrogate_is_replaced() -> None:
    assert visible("a&#0;b&#xD800;c", "html") == "a\ufffdb\ufffdc"


def test_a_comparison_is_not_a_tag() -> None:
    assert visible("if a < b and c > d: 3 <4", "html") == "if a < b and c > d: 3 <4"


def test_unclosed_script_hides_the_rest_only() -> None:
    assert visible("<p>seen<script>var a = 1; hidden", "html") == "seen"
