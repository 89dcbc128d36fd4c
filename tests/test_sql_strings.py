"""No SQL is made of strings: what reaches the database is written in this repository, word by word."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOORS = {"execute", "executemany", "sql", "extract_statements", "query"}
FILES = {"query", "sql_query"}
"""Functions that return a file of `warehouse/sql/`."""

# Where a statement is handed on, or comes from whom it is meant to come from. Every caller is looked at itself.
HANDED_ON = {
    ("warehouse/migrate.py", "file.text"): "the text of a file of warehouse/sql",
    ("warehouse/migrate.py", "sql"): "a helper; its callers name constants",
    ("warehouse/records.py", "sql"): "the helper of all readers; its callers are looked at",
    ("warehouse/writer/session.py", "sql"): "the helpers of the writer; their callers are looked at",
    ("warehouse/writer/session.py", "shape"): "the same: a query that has the columns of a table",
    ("warehouse/checks.py", "file.text"): "a check of warehouse/sql",
    ("warehouse/writer/rebuild.py", "statement"): "one of a constant list of the module",
    ("warehouse/writer/search_index.py", "file.text"): "a comment of warehouse/sql",
    ("warehouse/statements.py", "sql"): "the user's own statement, taken apart to see that it reads",
    ("warehouse/statements.py", "statement"): "the same, parsed",
    ("warehouse/search/nearness.py", "query"): "a question on its way to the model, no SQL",
    ("warehouse/reader.py", "query"): "the user's own statement on its way to warehouse/statements.py",
    ("warehouse/writer/groups.py", "statement"): "one of a constant list of the module",
    ("warehouse/writer/replace.py", "statement"): "the same",
    ("warehouse/writer/search_index.py", "statement"): "the same, and names of files of warehouse/sql",
    ("warehouse/writer/search_index.py", "sql"): "a helper; its callers name files and constants",
    ("warehouse/search/encoder.py", "fingerprint"): "no SQL: what loads the model",
    ("flows/verify.py", "session"): "no SQL: loads pages anew",
    ("flows/report.py", "sql"): "a helper; its callers name constants",
    ("flows/cli/answers.py", "statement or ''"): "what the user typed after `cio-advice sql`",
}
HELPERS = {
    "records",
    "rows",
    "_rows",
    "_scalar",
    "_change",
    "_load",
    "_load_arrow",
    "_number",
    "run_statement",
}


def constants(tree: ast.Module) -> set[str]:
    """Return the names that the module, or a class of it, binds once to text that is written there."""
    found: set[str] = set()
    for statement in (part for body in (tree, *_classes(tree)) for part in body.body):
        if isinstance(statement, ast.Assign) and _is_written(statement.value, found):
            found |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return found


def _classes(tree: ast.Module) -> list[ast.ClassDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def _is_written(value: ast.expr, names: set[str]) -> bool:
    """Tell whether an expression is text that stands in this repository: constants, files, and these joined by +."""
    match value:
        case ast.Constant(value=str()):
            return True
        case ast.Name(id=name):
            return name in names
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _is_written(left, names) and _is_written(right, names)
        case ast.IfExp(body=one, orelse=other):
            return _is_written(one, names) and _is_written(other, names)
        case ast.Call(func=ast.Name(id=name)):
            return name in FILES
    return False


def statements(file: Path) -> list[ast.expr]:
    """Return what a module hands to the database, or to a helper that does, and does not stand there as text."""
    tree = ast.parse(file.read_text("utf-8"))
    names = constants(tree)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        is_door = isinstance(node.func, ast.Attribute) and called in DOORS
        if is_door or called in HELPERS:
            place = 1 if called in ("records", "_number", "run_statement") else 0
            found += [given for given in node.args[place : place + 1] if not _is_written(given, names)]
    return found


@pytest.mark.parametrize(
    "folder", ["warehouse", "flows"]
)  # corpus may not import duckdb: a contract holds it
def test_no_statement_is_made_of_strings(folder: str) -> None:
    made = {
        (str(file.relative_to(ROOT)), ast.unparse(given))
        for file in sorted((ROOT / folder).rglob("*.py"))
        for given in statements(file)
    }
    assert made - HANDED_ON.keys() == set()


def test_what_is_allowed_is_still_there() -> None:
    made = {
        (str(file.relative_to(ROOT)), ast.unparse(given))
        for folder in ("warehouse", "flows")
        for file in (ROOT / folder).rglob("*.py")
        for given in statements(file)
    }
    assert HANDED_ON.keys() - made == set()


@pytest.mark.parametrize(
    "made",
    [
        'c.execute(f"select * from {t}")',
        'c.execute("select * from " + t)',
        'c.execute("select %s" % t)',
        'c.sql("select {}".format(t))',
        'S = "select " + x\nc.execute(S)',
        "self._rows(t)",
    ],
)
def test_what_is_made_of_strings_is_found(made: str, tmp_path: Path) -> None:
    (tmp_path / "made.py").write_text(made, "utf-8")
    assert len(statements(tmp_path / "made.py")) == 1
