"""Past one DuckDB file: shards by host, each loaded by its own writer, read together as Parquet under the same views.

    python -m bench.shards [--shards 2] [--pages 16] [--warehouse FILE]

1. The first `--pages` shipped pages (0: all) go into one warehouse and, dealt out by a hash of their host, into
   `--shards` others. What a page or its host decides alone is written as Parquet, a file a table and shard, and read
   through views; the logical hash of each table must be that of the one warehouse.
2. The one warehouse (or `--warehouse FILE`) is written as Parquet, partitioned by language and by hash of the host,
   and the SQL of the README is asked of both: rows must be equal. Milliseconds are medians of five.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from bench.common import PAGES, ROOT, print_table
from corpus.identity import digest
from corpus.models import ParsedPage, RawPage
from corpus.parse import parse
from corpus.settings import Settings
from corpus.sources import open_sources
from flows.progress import Quiet
from flows.runner import execute_directly, run
from warehouse.logical import read_contents
from warehouse.sqlfiles import sql_files

OF_PAGES = {
    "pages": "",
    "blocks": "",
    "documents": "",
    "passages": "",
    "sentences": "",
    "advice": "",
    "host_lines": "",
    "translations": "text_hash, language",
    "embeddings": "text_hash, model",
}
"""What a page or its host decides alone, and the key of what several shards may make of the same text."""

_HOST = "(select host from documents where documents.document_id = t.document_id)"
PARTITIONS = {
    "passages": f"language, hash({_HOST}) % 8 as shard",
    "sentences": f"language, hash({_HOST}) % 8 as shard",
    "passage_vectors": f"language, hash({_HOST}) % 8 as shard",
    "documents": "language, hash(host) % 8 as shard",
}
"""How the large tables are cut; the others are a file each."""


def main() -> None:
    """Print the tables; exit with 1 where something is not the same."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--pages", type=int, default=16)
    parser.add_argument("--warehouse", type=Path, help="for the second part: a published warehouse")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        same = shards_are_the_whole(folder, arguments.shards, arguments.pages)
        same &= questions_are_answered(arguments.warehouse or folder / "whole.duckdb", folder / "published")
    sys.exit(not same)


def shards_are_the_whole(folder: Path, count: int, pages: int) -> bool:
    """Load pages whole and by shards, and compare what follows from pages alone."""
    files = sorted(file for file in PAGES.iterdir() if file.suffix in (".html", ".txt"))[: pages or None]
    ingest(files, folder / "whole.duckdb")
    for shard in range(count):
        own = [file for file in files if int(digest(host_of(file)), 16) % count == shard]
        ingest(own, folder / f"shard-{shard}.duckdb")
        with duckdb.connect(str(folder / f"shard-{shard}.duckdb"), read_only=True) as connection:
            for table in OF_PAGES:
                write(connection, table, folder / "shards" / table, f"{shard}.parquet")
    together, whole = duckdb.connect(), duckdb.connect()
    whole.execute(f"attach '{folder / 'whole.duckdb'}' as whole (read_only)")
    rows = [
        (
            table,
            *hashes(table, whole, f"whole.{table}"),
            *hashes(table, together, parquet(folder / "shards" / table)),
        )
        for table in OF_PAGES
    ]
    print_table(
        f"{len(files)} pages in {count} warehouses, read as one",
        ("table", "rows", "rows by shards", "same"),
        [(table, n, m, "yes" if one == other else "NO") for table, n, one, m, other in rows],
    )
    return all(one == other for _, _, one, _, other in rows)


def ingest(files: list[Path], warehouse: Path) -> None:
    """Run over files in this process."""
    run([str(file) for file in files], Settings(warehouse=warehouse), execute_directly, Quiet())


def host_of(file: Path) -> str:
    """Return the host that a page is of, or its name."""
    settings = Settings()
    (page,) = open_sources([str(file)], settings)
    read = parse(page, settings) if isinstance(page, RawPage) else None
    host = read.metadata.host if isinstance(read, ParsedPage) else None
    return host.value if host else file.name


def hashes(table: str, connection: duckdb.DuckDBPyConnection, source: str) -> tuple[int, str]:
    """Return how many rows a table has and their hash in any order, without runs, times and what all pages decide."""
    left_out = "run_id|first_run_id|loaded_at|gone_at|seconds|canonical_document_id|similarity"
    key = OF_PAGES[table]
    once = f"qualify row_number() over (partition by {key} order by {key}) = 1" if key else ""
    sql = f"""
        with kept as (select columns(lambda name: not regexp_full_match(name, '{left_out}')) from {source} {once})
        select count(*), sum(md5_number_upper(to_json(kept)::varchar)::hugeint) from kept
    """  # noqa: S608 - names of our own tables
    count, value = connection.execute(sql).fetchall()[0]
    return int(count), str(value)


def parquet(folder: Path) -> str:
    """Return the SQL that reads a table of Parquet files."""
    return f"read_parquet('{folder}/**/*.parquet', hive_partitioning = true)"


def write(connection: duckdb.DuckDBPyConnection, table: str, folder: Path, file: str) -> None:
    """Write a table as Parquet: as one file, or by the language and the host of its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    connection.execute(f"copy {table} to '{folder / file}' (format parquet, compression zstd)")


def questions_are_answered(warehouse: Path, folder: Path) -> bool:
    """Write a whole warehouse as Parquet, and ask the questions of the README of the file and of the views."""
    file = duckdb.connect(str(warehouse), read_only=True)
    began = time.perf_counter()
    tables = [
        str(row[0]) for row in file.execute("select table_name from duckdb_tables() order by all").fetchall()
    ]
    for table in tables:
        write_partitioned(file, table, folder / table)
    seconds = time.perf_counter() - began
    views = duckdb.connect()
    for table in tables:
        names = ", ".join(column[0] for column in file.table(table).description)
        views.execute(f"create view {table} as select {names} from {parquet(folder / table)}")  # noqa: S608 - our own tables
    for sql in sorted((*sql_files("views"), *sql_files("macros")), key=lambda f: f.stem[0]):
        views.execute(sql.text)
    differences = read_contents(file).differences(read_contents(views))
    rows = [ask(statement, file, views) for statement in questions()]
    written = [file.stat().st_size for file in folder.rglob("*.parquet")]
    print_table(
        f"{warehouse.stat().st_size / 1e6:.1f} MB of DuckDB as {sum(written) / 1e6:.1f} MB in"
        f" {len(written)} Parquet files in {seconds:.1f} s; other contents: {', '.join(differences) or 'none'}",
        ("question of the README", "rows", "same", "DuckDB file, ms", "views on Parquet, ms"),
        rows,
    )
    return not differences and all(row[2] == "yes" for row in rows)


def write_partitioned(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> None:
    """Write a table as Parquet: a large one by the language and the host of its rows."""
    if table not in PARTITIONS:
        write(connection, table, folder, "all.parquet")
        return
    shard = PARTITIONS[table].removeprefix("language, ")
    connection.execute(
        f"copy (select t.*, {shard} from {table} as t) to '{folder}'"  # noqa: S608 - our own tables
        " (format parquet, compression zstd, partition_by (language, shard))"
    )


def questions() -> list[str]:
    """Return the SQL of the README."""
    return re.findall(r"```sql\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def ask(statement: str, file: duckdb.DuckDBPyConnection, views: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    """Ask both, and return a row for the table."""
    answers, times = [], []
    for connection in (file, views):
        seconds = []
        for _ in range(5):
            began = time.perf_counter()
            rows = connection.execute(statement).fetchall()
            seconds.append(time.perf_counter() - began)
        answers.append(sorted(map(str, rows)))
        times.append(round(1000 * statistics.median(seconds), 1))
    return (
        " ".join(statement.split())[:60],
        len(answers[0]),
        "yes" if answers[0] == answers[1] else "NO",
        *times,
    )


if __name__ == "__main__":
    main()
