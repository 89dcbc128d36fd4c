"""The same pages give the same warehouse, whoever brought them when; `verify` sees where that is not so."""

from __future__ import annotations

import json
import random
import re
import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest
from click.testing import CliRunner
from flow_runs import PAGES, ingest_directly, write_pages

from corpus.settings import Settings
from flows.cli import cli
from flows.progress import Quiet
from flows.runner import execute_directly, rebuild
from flows.verify import verify
from warehouse import Warehouse
from warehouse.sqlfiles import query

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flows.stages import Batch, Stage
    from warehouse.logical import Contents


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four pages, two of them under other names too, a near copy, and one that cannot be read."""
    folder = write_pages(tmp_path_factory.mktemp("verify") / "pages")
    shutil.copyfile(folder / "board.txt", folder / "aaa.txt")
    (folder / "www.mirror.example").mkdir()
    shutil.copyfile(folder / "board.txt", folder / "www.mirror.example" / "board.txt")
    shutil.copyfile(folder / "vendors.html", folder / "zzz.html")
    (folder / "near.txt").write_text(PAGES["backup.txt"].replace("nine days", "ten days"), "utf-8")
    (folder / "empty.txt").touch()
    return folder


@pytest.fixture(scope="module")
def once(folder: Path) -> Settings:
    """What one plain run made of them. Do not write it."""
    settings = Settings(warehouse=folder.parent / "once.duckdb", workers=1)
    ingest_directly(folder, settings=settings)
    return settings


@pytest.fixture
def copied(once: Settings, tmp_path: Path) -> Settings:
    """The same, to be changed."""
    shutil.copyfile(once.warehouse, tmp_path / "copy.duckdb")
    return once.with_changes(warehouse=tmp_path / "copy.duckdb")


def contents(settings: Settings) -> Contents:
    with Warehouse.open(settings.warehouse, settings) as opened:
        return opened.contents()


def change(settings: Settings, sql: str) -> None:
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(sql)


def answer(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [*arguments])
    return result.exit_code, result.stdout


def test_in_any_order_split_over_runs_and_batches_pages_give_the_same(
    folder: Path, once: Settings, tmp_path: Path
) -> None:
    draw = random.Random(1)  # noqa: S311 - it only shuffles
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    draw.shuffle(files)
    settings = Settings(warehouse=tmp_path / "w.duckdb", workers=1, batch_pages=2, batch_passages=3)
    for part in (files[:4], files[2:7], files[5:]):  # the runs overlap
        ingest_directly(*part, settings=settings)
    assert contents(settings).hash == contents(once).hash


def test_the_same_pages_again_change_nothing_not_even_themes(folder: Path, copied: Settings) -> None:
    before = contents(copied)
    for _ in range(2):
        ingest_directly(folder, settings=copied)
    after = contents(copied)
    assert after.differences(before) == []
    assert (after.hash, after.themes_hash) == (before.hash, before.themes_hash)


def test_every_table_is_in_the_hash_or_tells_of_runs_only(once: Settings) -> None:
    hashed = set(re.findall(r"^    select '(\w+)'", query("logical_contents"), re.MULTILINE))
    with Warehouse.open(once.warehouse, once) as opened:
        names = {str(row[0]) for row in opened.sql("select table_name from duckdb_tables()").rows()}
    of_runs = {"schema_migrations", "runs", "run_stages", "ledger", "run_pages", "theme_events"}
    assert names - hashed == of_runs
    assert {table.table_name for table in contents(once).tables} <= hashed


def test_what_a_run_made_holds(once: Settings) -> None:
    verdict = verify(once, Quiet(), sample=3)
    assert verdict.holds
    assert (verdict.from_bytes, verdict.from_characters, dict(verdict.outdated)) == (3, 0, {})
    assert {"pages", "blocks", "documents", "passages", "sentences", "embeddings"} <= set(verdict.compared)
    assert verdict.compared["pages"] == 3


def test_rows_that_their_pages_do_not_make_are_found(copied: Settings) -> None:
    changes = {
        "blocks": "update blocks set kind = 'footer' where text like 'A backup that was never%'",
        "sentences": "update sentences set text = 'Buy more.' where sentence_no = 2",
        "advice": "update advice set polarity = 'dont'",
        "embeddings": "update embeddings set vector = list_transform(vector, lambda x: -x)",
        "translations": "update translations set text_en = 'Pay the invoice.'",
    }
    for sql in changes.values():
        change(copied, sql)
    code, said = answer("verify", "--sample", "100", "--json", "--warehouse", str(copied.warehouse))
    assert code == 1
    assert {difference["table_name"] for difference in json.loads(said)["differences"]} == set(changes)


def test_a_broken_law_is_named(copied: Settings) -> None:
    change(copied, "delete from sentences where sentence_no = 1")
    code, said = answer("verify", "--sample", "0", "--warehouse", str(copied.warehouse))
    assert code == 1
    assert "law broken: orphans" in said
    assert "Does not hold" in said


def test_what_other_code_made_is_counted_and_not_called_wrong(copied: Settings) -> None:
    change(copied, "update pages set parse_fingerprint = 'of-old:30' where text like '%exit plan before%'")
    change(copied, "update blocks set kind = 'footer' where text like 'Never go all-in%'")
    verdict = verify(copied, Quiet(), sample=100)
    assert verdict.holds
    assert verdict.outdated["pages"] == 1


def test_rebuilt_from_what_it_keeps_a_warehouse_says_the_same(copied: Settings) -> None:
    before = contents(copied)
    code, said = answer("rebuild", "--direct", "--json", "--warehouse", str(copied.warehouse))
    assert code == 0
    assert json.loads(said)["changed_tables"] == []
    assert json.loads(said)["made"]["forgotten"] == 5
    assert contents(copied).differences(before) == []


def test_a_rebuild_that_stopped_is_taken_up_by_the_next_run(folder: Path, copied: Settings) -> None:
    before = contents(copied)

    def stopping(stage: Stage, batch: Batch, work: Callable[[], None]) -> None:
        if stage.name == "advice":
            raise KeyboardInterrupt
        execute_directly(stage, batch, work)

    with pytest.raises(KeyboardInterrupt):
        rebuild(copied, stopping, Quiet())
    assert contents(copied).differences(before) == [], "nothing was published"
    ingest_directly(folder, settings=copied)
    assert contents(copied).differences(before) == []


def test_a_page_gone_from_its_folder_is_marked_and_back_when_it_is_back(tmp_path: Path) -> None:
    pages = write_pages(tmp_path / "pages")
    settings = Settings(warehouse=tmp_path / "w.duckdb", workers=1)
    ingest_directly(pages, settings=settings)
    gone = "select uri from pages where gone_at is not null"

    def lost() -> list[str]:
        with Warehouse.open(settings.warehouse, settings) as opened:
            return [str(row[0]).rpartition("/")[2] for row in opened.sql(gone).rows()]

    (pages / "backup.txt").unlink()
    ingest_directly(pages / "board.txt", settings=settings)
    assert lost() == [], "nobody looked for it there"
    report = ingest_directly(pages / "*.txt", settings=settings)
    assert report.made["gone"] == 1
    assert lost() == ["backup.txt"]
    with Warehouse.open(settings.warehouse, settings) as opened:
        assert "gone from its source since" in opened.why_not("backup.txt").steps[0].message
        assert opened.sql("from documents where uri like '%backup.txt'").rows(), "marked, not deleted"
    write_pages(pages, "backup.txt")
    ingest_directly(pages, settings=settings)
    assert lost() == []
