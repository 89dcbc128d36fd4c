"""Bring a warehouse file to this program's schema, or refuse to touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.errors import WarehouseError
from warehouse.sqlfiles import SqlFile, sql_files

if TYPE_CHECKING:
    import duckdb

_RECORDS = """
create table if not exists schema_migrations (
    version integer primary key, name varchar not null, applied_at timestamp not null
)
"""
_TABLES = """
select table_name from duckdb_tables() where database_name = current_database()
union all
select view_name from duckdb_views() where database_name = current_database() and not internal
"""
_RECORD_COLUMNS = """
select column_name || ' ' || data_type from duckdb_columns()
where database_name = current_database() and schema_name = 'main' and table_name = 'schema_migrations'
order by column_index
"""
_OUR_COLUMNS = ["version INTEGER", "name VARCHAR", "applied_at TIMESTAMP"]
_OUR_TABLES = {"runs", "run_pages", "ledger"}
_APPLIED = "select coalesce(max(version), 0) from schema_migrations"
_DONE = "select version from schema_migrations"
_RECORD = "insert into schema_migrations values (?, ?, current_localtimestamp())"


def program_version() -> int:
    """Return the schema version that this program writes and reads."""
    return max(_version(file) for file in sql_files("migrations"))


def file_version(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the schema version of an open file; 0 where it has no tables of ours."""
    if not _has_records(connection):
        return 0
    return _number(connection, _APPLIED)


def is_ours(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether an open file is a warehouse of this program, or has nothing in it yet."""
    tables = {str(row[0]) for row in connection.execute(_TABLES).fetchall()}
    if not tables:
        return True
    begun = tables == {"schema_migrations"}
    return _has_records(connection) and (begun or tables >= _OUR_TABLES)


def refuse_newer(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the schema version of an open file. Raises WarehouseError where it is newer than the program."""
    found = file_version(connection)
    if found > program_version():
        raise WarehouseError(
            f"the warehouse has schema version {found}, this program knows up to {program_version()}: "
            "update cio-advice"
        )
    return found


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Apply what is missing, each migration in one transaction with its record; then views and macros anew.

    Raises WarehouseError where the file is newer than the program: nothing is changed then.
    """
    refuse_newer(connection)
    connection.execute(_RECORDS)
    done = {int(row[0]) for row in connection.execute(_DONE).fetchall()}
    for file in sql_files("migrations"):
        if _version(file) not in done:
            _apply(connection, file)
    _create_views(connection)


def _version(file: SqlFile) -> int:
    return int(file.stem.partition("_")[0])


def _has_records(connection: duckdb.DuckDBPyConnection) -> bool:
    return [str(row[0]) for row in connection.execute(_RECORD_COLUMNS).fetchall()] == _OUR_COLUMNS


def _number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    rows = connection.execute(sql).fetchall()
    return int(rows[0][0])


def _apply(connection: duckdb.DuckDBPyConnection, file: SqlFile) -> None:
    connection.execute("begin")
    try:
        connection.execute(file.text)
        connection.execute(_RECORD, [_version(file), file.name])
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def _by_layer() -> list[SqlFile]:
    """Return views and macros; the number in a file's name is its layer."""
    return sorted((*sql_files("views"), *sql_files("macros")), key=lambda f: f.stem[0])


def _create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make comments, views and macros as this program knows them."""
    connection.execute("begin")
    try:
        for file in (*sql_files("comments"), *_by_layer()):
            connection.execute(file.text)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
