"""Warehouse files as older versions of this program left them: their tables, with the rows that they held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from warehouse.migrate import _RECORDS, _apply, _version
from warehouse.sqlfiles import sql_files

if TYPE_CHECKING:
    from pathlib import Path

OLD = "an older program"
BEFORE_SEARCH = 4
"""The version from which on `passage_vectors` is what search reads, made by the stage `search`."""
_COLUMNS = """
select table_name, column_name from duckdb_columns()
where database_name = ? and schema_name = 'main' and not internal and table_name in
    (select table_name from duckdb_tables() where database_name = ?)
order by table_name, column_index
"""
ALL_VERSIONS = tuple(_version(file) for file in sql_files("migrations"))
VERSIONS = ALL_VERSIONS[:-1]


def write_old(path: Path, version: int, current: Path) -> Path:
    """Write at `path` what a program of schema `version` would have made of the pages of the warehouse `current`.

    What names its code (fingerprints) names an older one, so that the next run does everything again.
    """
    with duckdb.connect(path) as connection:
        connection.execute(_RECORDS)
        for file in sql_files("migrations"):
            if _version(file) <= version:
                _apply(connection, file)
        connection.execute("attach ? as newer (read_only)", [str(current)])
        old, new = (_columns(connection, name) for name in (path.stem, "newer"))
        for table, columns in old.items():
            if table in new and table != "schema_migrations":
                _copy(connection, table, [name for name in columns if name in new[table]], version)
        connection.execute("detach newer")
    return path


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(_COLUMNS, [database, database]).fetchall():
        found.setdefault(table, []).append(column)
    return found


def _copy(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], version: int) -> None:
    values = {name: name for name in columns}
    for name in (
        "parse_fingerprint",
        "advice_fingerprint",
        "fingerprint",
        "engine",
    ):  # whose names say which code
        if name in values:
            values[name] = f"'{OLD}'"
    if table == "ledger" and version < BEFORE_SEARCH:
        values["stage"] = "replace(stage, 'search', 'vectors')"
    if table == "passage_vectors" and version >= BEFORE_SEARCH:
        # its vectors are as long as the model's, whatever the migration says: the stage makes the table anew
        connection.execute("create or replace table passage_vectors as from newer.passage_vectors limit 0")
    names, selected = ", ".join(columns), ", ".join(values.values())
    connection.execute(f"insert into {table} ({names}) select {selected} from newer.{table}")  # noqa: S608 - names of our own tables
