from __future__ import annotations

import hashlib
import logging
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from dying_runs import MOMENTS, NOT_PERMITTED, run_and_die, run_and_wait, run_without_network
from flow_runs import ITALIAN, PAGES, assert_same_tables, contents, ingest_directly, write_pages

from bench.killed_runs import left_behind, warm_server
from corpus.errors import ModelError, RunError, SourceError, StepError, WarehouseError
from corpus.settings import Settings
from corpus.translate.argos_install import install_package
from flows import runner
from flows.runner import execute_directly
from flows.stages import Batch, Plan, Stage
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ARGOS_PACKAGE = Path(__file__).parents[1] / "data" / "translate-it_en-1_0.argosmodel"
NOTHING = Stage("nothing", "steps", lambda _session: Plan(0, []), lambda _session, _batch, _advance: None)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of pages and the warehouse that a first run made of it."""
    folder = tmp_path_factory.mktemp("first")
    settings = Settings(
        warehouse=folder / "w.duckdb", batch_pages=2, batch_passages=5, batch_sentences=4, workers=1
    )
    ingest_directly(write_pages(folder / "pages"), settings=settings)
    return folder / "pages", settings.warehouse


@pytest.fixture
def ran(first: tuple[Path, Path], settings: Settings) -> Iterator[Path]:
    """The folder of pages, which the warehouse of `settings` has seen; both may be changed."""
    folder, warehouse = first
    shutil.copyfile(warehouse, settings.warehouse)
    yield folder
    shutil.rmtree(folder)
    write_pages(folder)


def rows(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with Warehouse.open(settings.warehouse, settings) as opened:
        return opened.sql(sql).rows()


def file_hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def no_page_made(*_arguments: object) -> None:
    raise AssertionError("a batch was made")


def test_a_second_run_does_nothing_again_and_says_so(
    ran: Path, settings: Settings, first: tuple[Path, Path]
) -> None:
    done: list[str] = []

    def noting(stage: Stage, batch: Batch, work: Callable[[], None]) -> None:
        done.append(stage.name)
        work()

    report = ingest_directly(ran, settings=settings, execute=noting)
    assert report.headline == (
        "4 pages seen: 0 loaded, 4 unchanged, 0 duplicate, 0 quarantined - no page was done again"
    )
    assert report.made == {}
    assert done == ["pages", "pages", "gone", "english"]
    assert_same_tables(settings.warehouse, first[1])


def test_of_a_changed_page_only_what_is_new_is_made(ran: Path, settings: Settings) -> None:
    before = contents(settings.warehouse)
    (ran / "board.txt").write_text(
        PAGES["board.txt"].replace("You should sell the project", "You must never sell the project"), "utf-8"
    )
    report = ingest_directly(ran, settings=settings)
    after = contents(settings.warehouse)
    assert report.headline == "4 pages seen: 1 loaded, 3 unchanged, 0 duplicate, 0 quarantined"
    changed = {
        name: set(map(str, after[name])) ^ set(map(str, before[name])) for name in ("documents", "embeddings")
    }
    assert len(changed["documents"]) == 2
    assert len(changed["embeddings"]) == 2, "its passage, its changed advice"
    assert report.made["embedded"] == 1, "the advice has its vector from being judged"
    assert "translated" not in report.made
    sentences = [row[0] for row in rows(settings, "select text from sentences")]
    assert sum("must never sell the project" in str(text) for text in sentences) == 1
    assert sum("should sell the project" in str(text) for text in sentences) == 0


def test_pages_read_anew_to_the_same_keep_vectors_copies_and_themes(
    ran: Path, settings: Settings, first: tuple[Path, Path]
) -> None:
    report = ingest_directly(ran, settings=settings.with_changes(page_max_bytes=10_000_000))
    assert report.headline == "4 pages seen: 4 loaded, 0 unchanged, 0 duplicate, 0 quarantined"
    assert report.made == {"advice": report.totals["advice"]}
    assert_same_tables(settings.warehouse, first[1], but=("pages",))  # they name the code that read them


def test_advice_judged_anew_to_the_same_keeps_its_themes(
    ran: Path, settings: Settings, first: tuple[Path, Path]
) -> None:
    report = ingest_directly(ran, settings=settings.with_changes(advice_floor=0.49))
    assert report.made["advice"] == report.totals["advice"]
    assert_same_tables(settings.warehouse, first[1], but=("advice", "sentences"))  # they name their judge


def test_a_page_gone_bad_is_quarantined_its_last_reading_stays_and_the_run_goes_on(
    ran: Path, settings: Settings
) -> None:
    (ran / "board.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(4000))
    (ran / "cost.txt").write_text("Show costs to the business. " * 8, "utf-8")
    report = ingest_directly(ran, settings=settings)
    assert report.headline == "5 pages seen: 1 loaded, 3 unchanged, 0 duplicate, 1 quarantined"
    assert [(row["uri"].rpartition("/")[2], row["code"]) for row in report.quarantine] == [
        ("board.txt", "binary")
    ]
    assert "image" in report.quarantine[0]["reason"]
    assert len(rows(settings, "from documents where uri like '%/board.txt'")) == 1
    again = ingest_directly(ran, settings=settings)
    assert again.headline == (
        "5 pages seen: 0 loaded, 4 unchanged, 0 duplicate, 1 quarantined - no page was done again"
    )


def test_the_same_bytes_in_two_files_are_one_document(ran: Path, settings: Settings) -> None:
    shutil.copyfile(ran / "board.txt", ran / "copy.txt")
    report = ingest_directly(ran, settings=settings)
    assert report.headline.startswith("5 pages seen: 0 loaded, 4 unchanged, 1 duplicate, 0 quarantined")
    assert report.made == {}
    assert report.totals["documents"] == 4
    with Warehouse.open(settings.warehouse, settings) as opened:
        assert opened.explain("copy.txt").duplicate_of == opened.explain("board.txt").uri


def test_a_folder_without_pages_is_a_run_without_pages(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "picture.png").write_bytes(b"\x89PNG")
    report = ingest_directly(tmp_path / "none", settings=settings)
    assert report.headline == "0 pages seen: 0 loaded, 0 unchanged, 0 duplicate, 0 quarantined"
    assert report.ignored_files == 1
    assert report.totals["documents"] == 0


def test_only_unreadable_pages_are_not_called_done_before(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "empty.txt").touch()
    report = ingest_directly(tmp_path / "empty.txt", settings=settings)
    assert report.headline == "1 pages seen: 0 loaded, 0 unchanged, 0 duplicate, 1 quarantined"


def test_a_source_that_does_not_exist_leaves_no_file(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(SourceError, match="nowhere"):
        ingest_directly(tmp_path / "nowhere", settings=settings)
    assert not [*tmp_path.glob("w.duckdb*")]


def test_killed_at_any_moment_a_run_is_taken_up_to_the_same_tables(
    first: tuple[Path, Path], settings: Settings
) -> None:
    server = warm_server()
    for moment in MOMENTS:
        run = server.Process(target=run_and_die, args=(moment, str(first[0]), settings))
        run.start()
        run.join(120)
        assert run.exitcode == -signal.SIGKILL, moment
        assert not settings.warehouse.exists(), moment
        assert_ends(run.pid or 0)
    report = ingest_directly(first[0], settings=settings)
    assert report.pages["pages_seen"] == 4
    assert_same_tables(settings.warehouse, first[1])
    statuses = [str(row[0]) for row in rows(settings, "select status from runs order by started_at")]
    assert statuses == [*["abandoned"] * len(MOMENTS[:-1]), "failed", "finished"]


def assert_ends(session: int) -> None:
    """Hold the workers of a killed run to ending by themselves."""
    for _ in range(100):
        if not left_behind(session):
            return
        time.sleep(0.1)
    raise AssertionError(f"processes {left_behind(session)} go on without their run")


def test_while_a_run_writes_another_is_refused_and_readers_read(ran: Path, settings: Settings) -> None:
    server = warm_server()
    begun, go_on = server.Event(), server.Event()
    run = server.Process(target=run_and_wait, args=(str(ran), settings, begun, go_on))
    run.start()
    try:
        assert begun.wait(60)
        with pytest.raises(WarehouseError, match=rf"another run is writing.*/{run.pid}/.*wait until it ends"):
            ingest_directly(ran, settings=settings)
        assert len(rows(settings, "from documents")) == 4
    finally:
        go_on.set()
        run.join(60)
    assert run.exitcode == 0
    assert len(rows(settings, "from runs")) == 2


def test_without_any_network_a_run_does_all_it_does(
    tmp_path: Path, first: tuple[Path, Path], settings: Settings
) -> None:
    run = warm_server().Process(target=run_without_network, args=(str(first[0]), settings))
    run.start()
    run.join(120)
    if run.exitcode == NOT_PERMITTED:
        pytest.skip("NOT TESTED: this system does not let us take a process's network away")
    assert run.exitcode == 0
    assert_same_tables(settings.warehouse, first[1])


def test_a_failed_check_publishes_nothing_and_says_how_to_go_on(ran: Path, settings: Settings) -> None:
    ingest_directly(ran, settings=settings)
    before = file_hash(settings.warehouse)
    working = settings.warehouse.with_name("w.duckdb.working")
    with duckdb.connect(str(working)) as damaged:
        damaged.execute("delete from sentences where sentence_no = 1")
    with pytest.raises(WarehouseError, match=r"check failed: .* Delete .*w\.duckdb\.working"):
        ingest_directly(ran, settings=settings)
    assert file_hash(settings.warehouse) == before
    working.unlink()
    assert ingest_directly(ran, settings=settings).pages["unchanged"] == 4


@pytest.mark.parametrize("error", [KeyboardInterrupt, ModelError])
def test_a_run_that_stops_publishes_nothing_and_the_next_goes_on(
    ran: Path, settings: Settings, error: type[BaseException]
) -> None:
    before = file_hash(settings.warehouse)

    def stopping(stage: Stage, batch: Batch, work: Callable[[], None]) -> None:
        if stage.name == "english":
            raise error("enough")
        work()

    with pytest.raises(error, match="enough"):
        ingest_directly(ran, settings=settings, execute=stopping)
    assert file_hash(settings.warehouse) == before
    ingest_directly(ran, settings=settings)
    found = rows(settings, "select status, message from runs order by started_at")
    assert [row[0] for row in found] == ["finished", "failed", "finished"]
    assert found[1][1] == f"{error.__name__}: enough"


def test_what_nothing_translated_is_translated_by_the_next_run_that_can(
    tmp_path: Path, pages: Path, settings: Settings
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for name in (settings.embedding_model, "priors"):
        (models / name).symlink_to(settings.models_dir / name)
    settings = settings.with_changes(models_dir=models, translation_engines=("argos",))
    english = "select text_en from passages where language = 'it'"
    reason = "select untranslated_reason from passages where language = 'it'"
    translated = """
        select sentences.text, translations.text_en, engine
        from sentences inner join translations using (text_hash) order by sentence_no
    """

    report = ingest_directly(pages, settings=settings)
    assert [(row["language"], row["translated"], row["untranslated"]) for row in report.engines] == [
        ("it", 0, len(ITALIAN))
    ]
    assert "translated" not in report.made
    assert rows(settings, english) == [(None,)]
    assert "cio-advice setup --translate" in str(rows(settings, reason))
    sentence = next(iter(ITALIAN))
    with Warehouse.open(settings.warehouse, settings) as published:
        best = published.search(sentence, k=1)[0]
    assert (best.language, best.text_en) == ("it", None)
    assert sentence in best.text

    install_package(ARGOS_PACKAGE, settings)
    report = ingest_directly(pages, settings=settings)
    assert report.pages["unchanged"] == 4
    assert report.made == {"translated": len(ITALIAN)}
    found = rows(settings, translated)
    assert {row[0]: row[1] for row in found} == ITALIAN
    assert {str(row[2]).split()[0] for row in found} == {"argos"}
    assert all(str(sentence) in str(rows(settings, english)[0][0]) for sentence in ITALIAN.values())

    assert ingest_directly(pages, settings=settings).made == {}


def test_a_step_that_may_go_through_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runner, "RETRY_SECONDS", (0, 0))
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise StepError("the disk is busy")

    with caplog.at_level(logging.WARNING):
        execute_directly(NOTHING, Batch("000007", []), work)
    assert len(tries) == 3
    assert "nothing 000007: the disk is busy; again in 0 s" in caplog.text


@pytest.mark.parametrize(("error", "tries"), [(StepError, 3), (RunError, 1)])
def test_a_step_that_does_not_go_through_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], tries: int
) -> None:
    monkeypatch.setattr(runner, "RETRY_SECONDS", (0, 0))
    made: list[int] = []

    def work() -> None:
        made.append(1)
        raise error("busy")

    with pytest.raises(error, match="busy"):
        execute_directly(NOTHING, Batch("all", []), work)
    assert len(made) == tries


def test_a_script_without_a_main_guard_reads_pages_and_runs_once(tmp_path: Path, pages: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from corpus.settings import Settings\nfrom corpus.sources import list_files, read\n"
        "from corpus.workers import ParseWorkers\n"
        "print('begun')\n"
        f"found = [read(file, 10**6) for file in list_files([{str(pages)!r}]).files]\n"
        "with ParseWorkers(Settings(workers=2)) as workers:\n"
        "    print([type(page).__name__ for page in workers.parse(found, lambda: None)])\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["begun", str(["ParsedPage"] * 4)]
    assert done.stderr == ""
