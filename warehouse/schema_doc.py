"""The README's section on the schema, made from a migrated database so that it cannot rot.

python -m warehouse.schema_doc README.md            rewrite the section
python -m warehouse.schema_doc README.md --check    exit with 1 where it is not as it should be
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb

from warehouse.migrate import migrate
from warehouse.sqlfiles import sql_files

BEGIN, END = "<!-- schema:begin -->", "<!-- schema:end -->"
_COLUMNS = """
select columns.table_name, columns.column_name, lower(columns.data_type), columns.comment, keys.column_name is not null
from duckdb_columns() as columns
left join (
    select table_name, unnest(constraint_column_names) as column_name
    from duckdb_constraints() where constraint_type = 'PRIMARY KEY'
) as keys using (table_name, column_name)
where not columns.internal
order by columns.table_name, columns.column_index
"""
_TABLES = "select table_name, comment from duckdb_tables() where not internal order by table_oid"
_MACROS = """
select function_name, parameters from duckdb_functions()
where function_type in ('table_macro', 'macro') and not internal order by function_name
"""
_LINKS = (
    ("runs", "ledger", "writes"),
    ("runs", "run_pages", "sees"),
    ("runs", "run_stages", "took"),
    ("pages", "run_pages", "is seen in"),
    ("pages", "blocks", "is cut into"),
    ("pages", "documents", "is read as"),
    ("documents", "passages", "has"),
    ("documents", "sentences", "has"),
    ("passages", "sentences", "is made of"),
    ("passages", "passage_vectors", "is found by"),
    ("passages", "embeddings", "by text_hash"),
    ("sentences", "translations", "by text_hash and language"),
    ("sentences", "advice", "may be"),
    ("themes", "theme_members", "gathers"),
    ("advice", "theme_members", "is"),
    ("themes", "sub_themes", "has parts"),
    ("themes", "theme_events", "went through"),
    ("advice", "theme_dissent", "is contradicted in"),
    ("passage_vectors", "postings", "is found by"),
    ("lexemes", "postings", "stands in"),
    ("lexemes", "word_forms", "is written as"),
    ("models", "embeddings", "makes"),
    ("models", "language_means", "has"),
)
_Column = tuple[str, str, str, "str | None", bool]


def schema_markdown() -> str:
    """Return a diagram of the tables, and tables, views and macros with what they say of themselves."""
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(Path(folder) / "schema.duckdb") as connection,
    ):
        migrate(connection)
        columns: dict[str, list[_Column]] = {}
        for row in connection.execute(_COLUMNS).fetchall():
            columns.setdefault(row[0], []).append(row)
        tables = dict(connection.execute(_TABLES).fetchall())
        macros = dict(connection.execute(_MACROS).fetchall())
    parts = [_diagram(tables, columns), "### Tables", _tables(tables, columns)]
    parts += ["### Views", _views(columns), "### Macros", _macros(macros)]
    return "\n\n".join(parts) + "\n"


def rewritten(readme: str) -> str:
    """Return the text of a README with its schema section made anew. Raises ValueError where it has none."""
    head, begin, rest = readme.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no section between {BEGIN} and {END}: put both lines where the schema belongs")
    return f"{head}{BEGIN}\n{schema_markdown()}{END}{tail}"


def main(arguments: list[str] | None = None) -> int:
    """Rewrite or check the section of a file; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m warehouse.schema_doc", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("readme", type=Path)
    parser.add_argument(
        "--check", action="store_true", help="change nothing, exit with 1 where it would change"
    )
    options = parser.parse_args(arguments)
    old = options.readme.read_text("utf-8")
    try:
        new = rewritten(old)
    except ValueError as error:
        sys.stderr.write(f"{options.readme}: {error}\n")
        return 1
    if new == old:
        return 0
    if options.check:
        sys.stderr.write(f"{options.readme}: the schema section is old, run python -m warehouse.schema_doc\n")
        return 1
    options.readme.write_text(new, "utf-8")
    return 0


def _diagram(tables: dict[str, str], columns: dict[str, list[_Column]]) -> str:
    lines = ["```mermaid", "erDiagram"]
    lines += [f'    {left} ||--o{{ {right} : "{verb}"' for left, right, verb in _LINKS]
    for table in tables:
        fields = [f"        {_type(c[2])} {c[1]}{' PK' if c[4] else ''}" for c in columns[table] if _joins(c)]
        lines += [f"    {table} {{", *fields, "    }"]
    return "\n".join([*lines, "```"])


def _tables(tables: dict[str, str], columns: dict[str, list[_Column]]) -> str:
    sections = []
    for table, comment in tables.items():
        rows = [f"| `{c[1]}` | {c[2]} | {_about(c)} |" for c in columns[table]]
        sections.append(
            "\n".join([f"**`{table}`**: {comment}.", "", "| column | type | |", "|---|---|---|", *rows])
        )
    return "\n\n".join(sections)


def _views(columns: dict[str, list[_Column]]) -> str:
    files = sorted(sql_files("views"), key=lambda file: file.name)
    rows = [
        f"| `{f.name}` | {_cell(f.comment_lines()[0])} | {', '.join(c[1] for c in columns[f.name])} |"
        for f in files
    ]
    return "\n".join(["| view | the question | columns |", "|---|---|---|", *rows])


def _macros(macros: dict[str, list[str]]) -> str:
    files = sorted(sql_files("macros"), key=lambda file: file.name)
    rows = [f"| `{f.name}({', '.join(macros[f.name])})` | {_cell(f.comment_lines()[0])} |" for f in files]
    return "\n".join(["| macro | the question |", "|---|---|", *rows])


def _joins(column: _Column) -> bool:
    """Tell whether a column is a key or leads to another table: the diagram shows only these."""
    name = column[1]
    return column[4] or name.endswith("_id") or name in ("uri", "text_hash", "language", "model")


def _about(column: _Column) -> str:
    return ". ".join(part for part in ("key" if column[4] else "", _cell(column[3])) if part)


def _type(name: str) -> str:
    return name.replace("[]", "_list").replace(" ", "_")


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
