"""Files of every released schema, and what becomes of them here: brought up in place, resumed, rolled back, refused."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import signal
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from old_schemas import ALL_VERSIONS, VERSIONS, write_old
from warehouse_pages import begin, complete, load, raw

from corpus.errors import WarehouseError
from warehouse import Warehouse, migrate
from warehouse.migrate import file_version, program_version
from warehouse.sqlfiles import SqlFile, sql_files
from warehouse.store import Store

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

# A shipped migration never changes: files in the world were made by it. A new one gets its line when it is released.
SHIPPED = {
    "0001_first": "43eac48ce8db1df9",
    "0002_reading_pages": "558b81402ab5f8ca",
    "0003_trust": "6dda7de21f89e33b",
    "0004_search": "4dcdf8ca2bf24e9a",
    "0005_advice_and_themes": "5e65555fcb58f754",
    "0006_gone_pages": "93e47b3b311a2a59",
    "0007_runs": "9343737b3128c4a8",
    "0008_theme_attention": "8fe1e32f3b54f12d",
    "0009_run_order": "684da91ba30cf907",
    "0010_failures": "d2884990584f3200",
}
_VOLATILE = "'run_id', 'first_run_id', 'loaded_at', 'quarantined_at', 'finished_at', 'started_at', 'seconds'"
_KILLS = int(os.environ.get("KILLS", "4"))
"""How often a migration is killed. Bench: `KILLS=200 python -m pytest tests/warehouse/test_upgrade.py -k killed`."""
ENGLISH = (
    "# Sell your project\nThe CIO must sell the project before he builds it. You must never promise a date.\n"
)
ITALIAN = "| Casa\nIl CIO deve vendere il progetto. Il tempo passa.\n| Contatti\n"


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table, without when and by which run they were made."""
    with duckdb.connect(path, read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables() where not internal").fetchall()
        return {
            name: connection.execute(
                f"select columns(lambda name: name not in ({_VOLATILE})) from {name} order by all"  # noqa: S608 - names of our own tables
            ).fetchall()
            for (name,) in tables
            if name not in ("schema_migrations", "runs", "ledger", "run_pages", "theme_events")
        }


def catalogue(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() where not internal order by all"
    ).fetchall()


def ingest_again(published: Path) -> None:
    """Open the store, which migrates, and run every stage over the same pages; publish only if all checks pass."""
    with Store.open(published) as store:
        run = begin(store)
        load(store, run, [raw("pages/a.txt", ENGLISH, "https://a.example/sell")], "0")
        load(store, run, [raw("pages/it.txt", ITALIAN, "https://it.example/vendere")], "1", language="it")
        complete(store, run, {"it": "words-1"})
        assert store.check() == []
        store.publish()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    published = tmp_path_factory.mktemp("fresh") / "fresh.duckdb"
    ingest_again(published)
    return published


def test_a_shipped_migration_is_as_it_was() -> None:
    files = {file.stem: file for file in sql_files("migrations")}
    assert {stem: hashlib.sha256(files[stem].text.encode()).hexdigest()[:16] for stem in SHIPPED} == SHIPPED
    assert all(stem > max(SHIPPED) for stem in files if stem not in SHIPPED), "a new one comes after all"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_of_every_schema_is_brought_up_in_place_and_ends_as_a_fresh_one(
    version: int, fresh: Path, published: Path
) -> None:
    write_old(published, version, fresh)
    with duckdb.connect(published, read_only=True) as connection:
        assert file_version(connection) == version
        assert connection.execute("select count(*) from pages").fetchall() == [(2,)]

    ingest_again(published)

    assert contents(published) == contents(fresh)


def test_a_migration_that_comes_late_is_applied_all_the_same(fresh: Path, published: Path) -> None:
    """Two branches number their migrations; the file saw the second one first."""
    write_old(published, 1, fresh)
    with duckdb.connect(published) as connection:
        migrate._apply(connection, next(f for f in sql_files("migrations") if f.stem.startswith("0003")))

        migrate.migrate(connection)

        versions = connection.execute("select version from schema_migrations order by 1").fetchall()
    assert versions == [(int(file.stem[:4]),) for file in sql_files("migrations")]


@pytest.mark.parametrize("version", ALL_VERSIONS)
def test_an_error_in_the_middle_of_a_migration_rolls_it_back_and_the_next_try_ends_well(
    version: int, fresh: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_it = max((other for other in ALL_VERSIONS if other < version), default=0)
    if before_it:
        write_old(published, before_it, fresh)
    with duckdb.connect(published) as connection:
        connection.execute(migrate._RECORDS)
        before = catalogue(connection)
        with monkeypatch.context() as patch:
            patch.setattr(migrate, "sql_files", lambda folder: _failing(folder, version))
            with pytest.raises(duckdb.Error, match="the disk is on fire"):
                migrate.migrate(connection)
            assert catalogue(connection) == before
            assert file_version(connection) == before_it

        migrate.migrate(connection)
        assert file_version(connection) == program_version()


def _failing(folder: Any, version: int) -> tuple[SqlFile, ...]:
    """Return the files with an error between the statements of one migration."""
    if folder != "migrations":
        return sql_files(folder)
    return tuple(
        replace(file, text=_broken(file.text)) if int(file.stem[:4]) == version else file
        for file in sql_files(folder)
    )


def _broken(text: str) -> str:
    statements = [statement.query for statement in duckdb.extract_statements(text)]
    middle = len(statements) // 2 + 1
    return ";\n".join([*statements[:middle], "select error('the disk is on fire')", *statements[middle:]])


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["duckdb", "warehouse.store"])
    return context


@pytest.mark.parametrize("seed", range(_KILLS))
def test_a_migration_killed_at_any_moment_is_taken_up_by_the_next_run(
    seed: int, fresh: Path, published: Path, processes: ForkServerContext
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a seed is wanted
    write_old(published, chance.choice(VERSIONS), fresh)
    way, most = (_die_at_statement, 40) if seed % 2 else (_die_after_milliseconds, 400)
    killed = processes.Process(target=way, args=(published, chance.randrange(1, most)))
    killed.start()
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL

    ingest_again(published)

    assert contents(published) == contents(fresh)


def _die_after_milliseconds(published: Path, milliseconds: int) -> None:
    """Open the store of `published`, and be killed by the clock, in the middle of whatever is done then."""
    threading.Timer(milliseconds / 1000, _die).start()
    Store.open(published)
    threading.Event().wait()


def _die_at_statement(published: Path, statements: int) -> None:
    """Open the store of `published`, and be killed when so many statements of the migration were run."""

    class Dying:
        def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
            self.connection, self.left = connection, statements

        def execute(self, *arguments: Any) -> Any:
            if not self.left:
                _die()
            self.left -= 1
            return self.connection.execute(*arguments)

    from warehouse import store

    plainly = store.migrate
    store.migrate = lambda connection: plainly(Dying(connection))  # type: ignore[assignment,arg-type] # what migrate needs of it
    Store.open(published)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_newer_file_is_refused_by_reader_and_writer_and_left_as_it_is(fresh: Path, published: Path) -> None:
    with duckdb.connect(published) as connection:
        migrate.migrate(connection)
        connection.execute(
            "insert into schema_migrations values (?, 'later', now())", [program_version() + 1]
        )
    before = published.read_bytes()

    for opening in (Warehouse.open, Store.open):
        with pytest.raises(WarehouseError, match="update cio-advice"):
            opening(published)

    assert published.read_bytes() == before
    assert [path.name for path in published.parent.iterdir() if "lock" not in path.name] == [published.name]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_reader_of_an_older_file_is_told_what_mends_it(version: int, fresh: Path, published: Path) -> None:
    write_old(published, version, fresh)
    with pytest.raises(WarehouseError, match=f"older schema version {version}: `cio-advice ingest` mends it"):
        Warehouse.open(published)
