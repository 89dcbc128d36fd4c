"""What the shipped pages and the seeds become: the promises of the README, on real runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flow_runs import ingest_directly

from corpus.language import primary
from corpus.settings import Settings
from corpus.spans import visible
from corpus.translate import Translator
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from corpus.models import MediaType
    from flows.report import RunReport

BOILERPLATE = {
    "footer", "cookie", "newsletter", "share", "navigation", "comment", "author_box", "related", "legal", "promotion",
}  # fmt: skip
LEAST_OF_A_LINE = 25
"""Characters from which a dropped line is told from a phrase that an article may well use."""


def by_file(opened: Warehouse, sql: str) -> dict[str, tuple[Any, ...]]:
    """Return rows by the name of the file; the first column is the uri."""
    return {str(row[0]).rpartition("/")[2]: row[1:] for row in opened.sql(sql).rows()}


def passages_of(opened: Warehouse) -> dict[str, str]:
    """Return all passages of each file as one text."""
    sql = "select uri, string_agg(text, chr(10) order by passage_no) from documents inner join passages using (document_id) group by uri"  # noqa: E501 - one join
    return {name: str(row[0]) for name, row in by_file(opened, sql).items()}


def require_italian(settings: Settings) -> None:
    with Translator.open(settings) as translator:
        if "it" not in translator.routes():
            pytest.skip(
                "NOT TESTED: no engine translates Italian here; `cio-advice setup --translate` says why"
            )


# The pages that ship with the project


def test_every_shipped_page_is_a_document_or_in_quarantine_with_its_reason(
    sample_run: RunReport, sample: Warehouse, gold: list[dict[str, Any]]
) -> None:
    bad = {entry["file"]: entry["reason"] for entry in gold if "reason" in entry}
    good = {entry["file"] for entry in gold} - set(bad)
    assert (len(good), len(bad)) == (45, 6)
    assert {row.uri.rpartition("/")[2]: row.code for row in sample.quarantine()} == bad
    assert all(len(row.reason.split()) >= 4 for row in sample.quarantine())
    assert set(by_file(sample, "select uri from documents")) == good
    assert sample_run.headline == "51 pages seen: 45 loaded, 0 unchanged, 0 duplicate, 6 quarantined"


def test_every_shipped_page_is_in_its_language(sample: Warehouse, gold: list[dict[str, Any]]) -> None:
    found = by_file(sample, "select uri, language from documents")
    assert {name: primary(row[0]) for name, row in found.items()} == {
        entry["file"]: entry["language"] for entry in gold if "language" in entry
    }


def test_the_summary_counts_what_is_there(sample_run: RunReport, sample: Warehouse) -> None:
    assert sum(row["documents"] for row in sample_run.languages) == sample_run.totals["documents"] == 45
    assert sum(row["passages"] for row in sample_run.languages) == sample_run.totals["passages"]
    assert sample_run.made["advice"] == sample_run.totals["advice"]
    languages = {row["language"] for row in sample_run.languages}
    assert languages == {"de", "en", "es", "fr", "it", "pt", "zh-Hans", "zh-Hant"}
    assert sample_run.totals["themes"] == len(sample.sql("from themes"))


def test_what_an_engine_serves_is_in_english_and_the_rest_says_why_not(sample: Warehouse) -> None:
    require_italian(Settings())
    found = sample.sql("""
        select documents.language, count(*), count(*) filter (text_en is null), count(untranslated_reason)
        from documents inner join passages using (document_id)
        where passages.language = documents.language group by all
    """).rows()
    missing = {str(row[0]): (row[2], row[3]) for row in found}
    assert missing["it"] == missing["en"] == (0, 0)
    assert all(without == reasons for without, reasons in missing.values())


def test_the_syndicated_copy_points_at_its_original(sample: Warehouse, gold: list[dict[str, Any]]) -> None:
    sql = """
        select copy.uri, original.uri
        from documents as copy inner join documents as original on original.document_id = copy.canonical_document_id
        where copy.document_id <> copy.canonical_document_id
    """
    found = {name: str(row[0]).rpartition("/")[2] for name, row in by_file(sample, sql).items()}
    assert found == {e["file"]: e["syndicated_from"] for e in gold if e.get("syndicated_from")}


def test_the_passages_hold_next_to_nothing_that_is_not_the_article(
    sample: Warehouse, gold: list[dict[str, Any]], pages_dir: Path
) -> None:
    """Of 100 lines that a person calls footer, box, comment …, at most four; of a vendor's hosting footer none."""
    passages, looked_for, found = passages_of(sample), 0, []
    for entry in gold:
        if entry["file"] in passages:
            lines = dropped_lines(entry, pages_dir)
            looked_for += len(lines)
            found += [(entry["file"], line) for line in lines if line in passages[entry["file"]]]
    assert looked_for > 400
    assert len(found) <= 0.04 * looked_for, found
    assert [line for name, line in found if "nimbuscloud" in name or "lanyun" in name] == []


def dropped_lines(entry: dict[str, Any], pages_dir: Path) -> list[str]:
    """Return what a reader sees of the lines of a page that gold calls no part of the article."""
    media_type: MediaType = "html" if ".htm" in entry["file"] else "text"
    raw = (pages_dir / entry["file"]).read_bytes().decode("utf-8", "replace").splitlines()
    spans = [(first, last) for kind, first, last in entry["lines"] if kind in BOILERPLATE]
    seen = [visible(line, media_type) for first, last in spans for line in raw[first - 1 : last]]
    return [line for line in seen if len(line) >= LEAST_OF_A_LINE]


# The seeds


@pytest.fixture(scope="module")
def seeds(defaults: None, seeds_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse of the five seed pages."""
    settings = Settings(warehouse=tmp_path_factory.mktemp("seeds") / "seeds.duckdb")
    report = ingest_directly(seeds_dir, settings=settings)
    assert report.headline == "5 pages seen: 5 loaded, 0 unchanged, 0 duplicate, 0 quarantined"
    with Warehouse.open(settings.warehouse, settings) as opened:
        yield opened


@pytest.mark.shared
def test_the_seeds_are_four_english_documents_and_an_italian_one(seeds: Warehouse) -> None:
    found = by_file(seeds, "select uri, language from documents")
    assert {name[:3]: row[0] for name, row in found.items()} == {
        "000": "en", "001": "en", "002": "en", "003": "it", "004": "en",
    }  # fmt: skip


@pytest.mark.shared
def test_the_seeds_say_what_their_pages_name(seeds: Warehouse) -> None:
    found = by_file(seeds, "select uri, title, author, published_on, url, host from documents")
    assert {name[:3]: row for name, row in found.items()} == {
        "000": (
            "The CIO is wrong and will not promote informatization", None, None,
            "http://www.amteam.org/k/CIO/2009-6/625118.html", "www.amteam.org",
        ),
        "001": (
            "Blog: Marketing, Selling, or Self-Promotion? No Wonder CIOs are Confused", None, None, None, None,
        ),
        "002": ("The CIO as a Sales Person", None, None, None, None),
        "003": ("Gestione IT: IL problema di marketing", "Romi Mahajan", None, None, None),
        "004": ("Respect the CIO", "Mr. CIO Talks", None, None, None),
    }  # fmt: skip


@pytest.mark.shared
def test_no_seed_passage_holds_footer_newsletter_box_or_comments(seeds: Warehouse) -> None:
    text = "\n".join(passages_of(seeds).values()).lower()
    for phrase in ("show comments", "join the newsletter", "content source of this page", "alibaba cloud"):
        assert phrase not in text, phrase


@pytest.mark.shared
def test_the_italian_seed_is_in_english_too(seeds: Warehouse) -> None:
    require_italian(Settings())
    rows = seeds.sql("select text, text_en from passages where language = 'it'").rows()
    assert rows
    assert all(english and english != text for text, english in rows)


@pytest.mark.shared
@pytest.mark.parametrize(
    "question", ["how do I win money for an IT project", "come ottengo i soldi per un progetto IT?"]
)
def test_a_question_finds_the_seed_on_selling_projects_in_either_language(
    seeds: Warehouse, question: str
) -> None:
    assert "000" in [name_of(hit.uri) for hit in seeds.search(question, 3)]


@pytest.mark.shared
def test_an_english_question_finds_the_italian_seed(seeds: Warehouse) -> None:
    assert name_of(seeds.search("myths about IT people", 3)[0].uri) == "003"


@pytest.mark.shared
def test_every_passage_of_the_seeds_is_explained_by_lines_that_were_kept(seeds: Warehouse) -> None:
    for (name,) in seeds.sql("select passage_id from passages").rows():
        lines = seeds.explain(str(name)).lines
        assert any(line.kept for line in lines), name


def name_of(uri: str) -> str:
    return uri.rpartition("/")[2][:3]
