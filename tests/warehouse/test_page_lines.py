from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warehouse_pages import begin, load, raw

from corpus.models import Block, DecodedPage, Detection, Kind, Metadata, ParsedPage, Sourced, Span
from warehouse.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.models import RawPage

DRAFTS = st.tuples(
    st.text(st.sampled_from("ab é中😀\n\n\t<|"), max_size=60),
    st.sets(st.integers(1, 60), max_size=12),
    st.lists(st.sampled_from(list(Kind)), min_size=1, max_size=5),
)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("lines") / "lines.duckdb") as opened:
        yield opened


def lines_of(store: Store, uri: str) -> list[tuple[int, str, str, int]]:
    sql = "select line_no, kind, text, block_no from page_lines where uri = ? order by line_no, block_no"
    return store._connection.execute(sql, [uri]).fetchall()


def page_lines_as_python_sees_them(text: str) -> list[str]:
    lines = text.split("\n")
    return lines[:-1] if text.endswith("\n") else lines


def _parsed(page: RawPage, cuts: set[int], kinds: list[Kind]) -> ParsedPage:
    text = page.content.decode()
    decoded = DecodedPage(text, Sourced("utf-8", "test"), "text")
    return ParsedPage(page, decoded, cut(text, cuts, kinds), Metadata(), Detection("und", 0.0), ())


def cut(text: str, cuts: set[int], kinds: list[Kind]) -> tuple[Block, ...]:
    edges = sorted({0, len(text), *(c for c in cuts if c < len(text))})
    return tuple(
        Block(Span(start, end), "x", kind=kinds[i % len(kinds)], rule="test:cut")
        for i, (start, end) in enumerate(itertools.pairwise(edges))
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drafts=st.lists(DRAFTS, min_size=4, max_size=12))
def test_pieces_of_any_partition_put_together_are_the_page(
    shared_store: Store, drafts: list[tuple[str, set[int], list[Kind]]]
) -> None:
    run_id = begin(shared_store)
    names = [f"{run_id}/{number}" for number in range(len(drafts))]
    pages = [raw(name, draft[0] + name) for name, draft in zip(names, drafts, strict=True)]  # no duplicates
    parsed = [_parsed(page, *draft[1:]) for page, draft in zip(pages, drafts, strict=True)]
    shared_store.load_pages(run_id, "0", shared_store.classify(pages, run_id), parsed, [], run_id, 0.0)

    for page in parsed:
        pieces = lines_of(shared_store, page.page.uri)
        numbered = itertools.groupby(pieces, key=lambda piece: piece[0])
        lines = [(number, "".join(piece[2] for piece in group)) for number, group in numbered]
        assert lines == list(enumerate(page_lines_as_python_sees_them(page.decoded.text), start=1))
        for _, kind, text, block_no in pieces:
            block = page.blocks[block_no]
            assert block.kind.value == kind
            assert text in page.decoded.text[block.span.start : block.span.end]


def test_each_line_has_the_verdict_of_its_block(full_store: Store) -> None:
    assert lines_of(full_store, "pages/it.txt") == [
        (1, "navigation", "| Casa", 0),
        (2, "article", "Il CIO deve vendere il progetto. Il tempo passa.", 1),
        (3, "navigation", "| Contatti", 2),
    ]


def test_a_duplicate_page_shows_the_lines_of_the_page_with_the_same_bytes(store: Store) -> None:
    load(store, begin(store), [raw("one", "Same.\n"), raw("two", "Same.\n")])

    assert lines_of(store, "two") == [(1, "article", "Same.", 0)]


def test_an_old_version_shows_no_lines(store: Store) -> None:
    load(store, begin(store), [raw("page", "Old.\n")])
    load(store, begin(store), [raw("page", "New.\n")])

    assert lines_of(store, "page") == [(1, "article", "New.", 0)]


def test_what_was_dropped_is_in_stripped_with_its_rule(full_store: Store) -> None:
    sql = "select kind, rule, text, source from stripped where uri = 'pages/it.txt' order by first_line"

    assert full_store._connection.execute(sql).fetchall() == [
        ("navigation", "links:bar", "| Casa", "it.example"),
        ("navigation", "links:bar", "| Contatti", "it.example"),
    ]


def test_a_minified_page_of_one_long_line_is_cut_into_its_pieces(store: Store) -> None:
    text = "".join(f"piece {number} é; " for number in range(300))
    page = raw("minified", text)
    edges = {index + 1 for index, character in enumerate(text) if character == ";"}
    parsed = _parsed(page, edges, [Kind.ARTICLE, Kind.FOOTER])
    store.load_pages(begin(store), "0", store.classify([page], "f"), [parsed], [], "f", 0.0)

    pieces = lines_of(store, "minified")

    assert len(pieces) == len(parsed.blocks)
    assert "".join(piece[2] for piece in pieces) == text


def test_explain_passage_gives_the_lines_that_page_lines_has(full_store: Store) -> None:
    passages = full_store._connection.execute(
        "select passage_id, uri, first_line, last_line from passages join documents using (document_id)"
    ).fetchall()
    assert len(passages) == 4
    for passage, uri, first, last in passages:
        explained = full_store._connection.execute("from explain_passage(?)", [passage]).fetchall()
        sql = """
            select uri, line_no, kind, kept, rule, text, block_no from page_lines
            where uri = ? and line_no between ? and ? order by line_no, block_no
        """
        assert explained == full_store._connection.execute(sql, [uri, first, last]).fetchall()
        assert explained
