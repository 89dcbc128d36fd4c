"""Whole runs over other sources than files, and over pages that share a host."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import sys
from typing import TYPE_CHECKING

import pytest
from flow_runs import PAGES, assert_same_tables, ingest_directly, write_pages

from corpus.models import RawPage
from corpus.settings import Settings
from flows.progress import Quiet
from flows.reading import _batches
from flows.runner import execute_directly, run
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.report import RunReport

HOST = "https://ledger.example"
SLOGAN = "The Ledger has advised heads of computing in the harbour towns since the winter of 1998."
WITH_SLOGAN = "select count(*) from sentences where text = $slogan"
ARTICLES = {
    "lighthouse": """Count the lamps before you buy the tower

The lighthouse service asked for a new tower. Its keeper asked how many lamps were lit, and nobody knew.
You should count what burns every night before you sign for anything taller than the roof of the shed.

Ask the night shift, not the brochure. They know which lamp goes out when the wind turns to the north-east.
""",
    "ropewalk": """Never buy rope by the ship

A ropewalk sells length, and a ship needs strength. The purser signed for four miles of it in one afternoon.
Never let the seller choose the measure: ask for the load it bears when it is wet, old and badly tied.

Half of it is still in the loft, where the pigeons have made their own arrangements with the supplier.
""",
    "ferry": """Let the ferryman draw the timetable

Head office drew a timetable with a ruler. The tide did not read it, and for a month the cows missed market.
Let the people who cross the water twice a day draw the first version, and argue about ink afterwards.

It is worth the afternoon. Nobody has asked for a consultant since, and the cows have stopped complaining.
""",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One worker: starting a second takes longer than the few pages here."""
    return Settings(warehouse=tmp_path / "w.duckdb", workers=1)


def write_articles(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or ARTICLES:
        page = folder / f"{name}.txt"
        page.write_text(f"{ARTICLES[name]}\n{SLOGAN}\n", "utf-8")
        sidecar = {"url": f"{HOST}/{name}", "fetched_at": "2026-01-31T05:00:00Z"}
        (folder / f"{name}.txt.meta.json").write_text(json.dumps(sidecar), "utf-8")
    return folder


def ingest(sources: Sequence[str], settings: Settings) -> RunReport:
    return run(sources, settings, execute_directly, Quiet())


def rows(settings: Settings, sql: str, **parameters: object) -> list[tuple[object, ...]]:
    with Warehouse.open(settings.warehouse, settings) as opened:
        return opened.sql(sql, parameters).rows()


def json_lines(pages: dict[str, str]) -> bytes:
    records = [
        {"url": f"{HOST}/{name}", "html" if name.endswith(".html") else "text": text}
        for name, text in pages.items()
    ]
    return "\n".join(json.dumps(record) for record in records).encode()


def test_json_lines_are_pages_known_by_their_address_and_a_bad_line_is_quarantined(
    tmp_path: Path, settings: Settings
) -> None:
    source = tmp_path / "pages.jsonl.gz"
    source.write_bytes(gzip.compress(json_lines(PAGES) + b'\n{"url": "https://x.example", "html": \n'))

    report = ingest([str(source)], settings)

    assert (report.pages["loaded"], report.pages["quarantined"]) == (len(PAGES), 1)
    found = rows(settings, "select uri, url_source from pages order by uri")
    assert found == sorted((f"{HOST}/{name}", "record") for name in PAGES)
    assert rows(settings, "select code from quarantine") == [("bad-record",)]


def test_the_same_pages_from_another_night_and_another_container_are_unchanged(
    tmp_path: Path, settings: Settings
) -> None:
    first, second = tmp_path / "monday.jsonl", tmp_path / "tuesday.jsonl.gz"
    first.write_bytes(json_lines(PAGES))
    changed = PAGES | {
        "board.txt": PAGES["board.txt"] + "\nBring the chair a coffee, and take yours black.\n"
    }
    second.write_bytes(gzip.compress(json_lines(changed)))

    ingest([str(first)], settings)
    report = ingest([str(second)], settings)

    assert (report.pages["loaded"], report.pages["unchanged"]) == (1, len(PAGES) - 1)
    by_time = "select is_current from pages where uri = $uri order by loaded_at"
    versions = rows(settings, by_time, uri=f"{HOST}/board.txt")
    assert versions == [(False,), (True,)]


def test_stdin_is_read_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json_lines(PAGES))))

    report = ingest(["-"], settings)

    assert report.pages["loaded"] == len(PAGES)


def test_a_line_that_a_host_repeats_is_stripped_from_the_older_pages_too(
    tmp_path: Path, settings: Settings
) -> None:
    ingest([str(write_articles(tmp_path / "first", "lighthouse", "ropewalk"))], settings)
    assert rows(settings, WITH_SLOGAN, slogan=SLOGAN) == [(2,)]

    report = ingest([str(write_articles(tmp_path / "second", "ferry"))], settings)

    assert report.made["reread"] == 3
    assert rows(settings, WITH_SLOGAN, slogan=SLOGAN) == [(0,)]
    stripped = rows(settings, "select uri, kind, rule from stripped where text = $slogan", slogan=SLOGAN)
    assert len(stripped) == 3
    assert {rule for _, _, rule in stripped} == {"repetition:host"}
    assert rows(settings, "select page_count, host_page_count from host_lines where is_repeated") == [(3, 3)]


def test_pages_of_a_host_come_out_the_same_whatever_the_order_of_runs(
    tmp_path: Path, settings: Settings
) -> None:
    folder = write_articles(tmp_path / "pages")
    one_run = dataclasses.replace(settings, warehouse=tmp_path / "one.duckdb")
    ingest([str(folder)], one_run)

    for name in ("ropewalk", "ferry", "lighthouse"):
        ingest([str(folder / f"{name}.txt")], settings)

    # vectors of lines that are boilerplate by now stay; keywords of themes are those of the day that named them
    assert_same_tables(settings.warehouse, one_run.warehouse, but=("embeddings", "themes"))


def test_comments_are_kept_apart_where_the_setting_says_so(tmp_path: Path, settings: Settings) -> None:
    page = tmp_path / "post.txt"
    page.write_text(
        ARTICLES["lighthouse"]
        + "\n2 Comments\n\nAda Quill\nAugust 3, 2021 at 9:14 am\n"
        + "We counted ours last winter, and eleven lamps turned out to be owned by nobody at all.\nReply\n"
        + "\nTom Reed\nAugust 4, 2021 at 7:02 pm\nAsk who pays for the oil, too.\nReply\n",
        "utf-8",
    )
    keeping = dataclasses.replace(settings, warehouse=tmp_path / "kept.duckdb", keep_kinds=("comment",))

    ingest([str(page)], settings)
    ingest([str(page)], keeping)

    assert rows(settings, "select distinct kind from passages") == [("article",)]
    assert rows(keeping, "select distinct kind from passages order by kind") == [("article",), ("comment",)]
    eleven = "select kind from passages where text like '%eleven lamps%'"
    assert rows(settings, eleven) == []
    assert rows(keeping, eleven) == [("comment",)]


def test_large_pages_make_small_batches(settings: Settings) -> None:
    pages = [RawPage(str(n), b"x" * 30_000_000, "") for n in range(4)]
    assert [len(batch.items) for batch in _batches(pages, settings.with_changes(batch_pages=200))] == [3, 1]


def test_write_pages_and_their_container_agree(tmp_path: Path, settings: Settings) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_bytes(json_lines(PAGES))
    report = ingest_directly(write_pages(tmp_path / "files"), source, settings=settings)
    assert report.pages["duplicate"] == len(PAGES)
