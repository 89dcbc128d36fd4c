from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from warehouse.migrate import _apply, file_version, migrate, program_version
from warehouse.sqlfiles import sql_files

if TYPE_CHECKING:
    from pathlib import Path


def test_an_empty_file_gets_the_schema_the_views_and_the_macros(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "new.duckdb") as connection:
        assert file_version(connection) == 0

        migrate(connection)

        assert file_version(connection) == program_version()
        views = {
            row[0]
            for row in connection.execute(
                "select view_name from duckdb_views() where not internal"
            ).fetchall()
        }
        assert views == {file.name for file in sql_files("views")}


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "new.duckdb") as connection:
        migrate(connection)
        first = connection.execute("from schema_migrations").fetchall()

        migrate(connection)

        assert connection.execute("from schema_migrations").fetchall() == first


def test_a_migration_that_fails_leaves_neither_tables_nor_record(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "new.duckdb") as connection:
        connection.execute("create table themes (in_the_way integer)")

        with pytest.raises(duckdb.CatalogException):
            migrate(connection)

        assert file_version(connection) == 0
        tables = connection.execute("select table_name from duckdb_tables() order by all").fetchall()
        assert tables == [("schema_migrations",), ("themes",)]

        connection.execute("drop table themes")
        migrate(connection)
        assert file_version(connection) == program_version()


def test_every_table_and_view_says_what_it_is_for(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "new.duckdb") as connection:
        migrate(connection)

        silent = connection.execute("select table_name from duckdb_tables() where comment is null").fetchall()

    assert silent == []
    assert all(
        file.why
        for folder in ("views", "macros", "checks", "queries", "migrations")
        for file in sql_files(folder)
    )


def test_a_file_of_the_first_schema_is_brought_up_in_place(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "first.duckdb") as connection:
        connection.execute(
            "create table schema_migrations (version integer primary key, name varchar not null, "
            "applied_at timestamp not null)"
        )
        _apply(connection, sql_files("migrations")[0])
        connection.execute(
            "insert into passages values ('p', 'd', 0, 0, 3, 1, 1, 'One', 'One', 'en', 'original', null, 'h')"
        )

        migrate(connection)

        assert file_version(connection) == program_version()
        assert connection.execute("select text, kind from passages").fetchall() == [("One", "article")]
