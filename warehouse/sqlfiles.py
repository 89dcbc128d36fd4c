"""The statements of this package, as they stand in `sql/`."""

from __future__ import annotations

import importlib.resources
from dataclasses import dataclass
from functools import cache
from typing import Literal

Folder = Literal["migrations", "comments", "views", "macros", "checks", "queries"]


@dataclass(frozen=True, slots=True)
class SqlFile:
    """One file of `sql/`: `name` without the number that orders it, `why` from its first comment, `text`."""

    stem: str
    text: str

    @property
    def name(self) -> str:
        """The name of the view or macro: the stem without its leading number."""
        head, _, tail = self.stem.partition("_")
        return tail if head.isdigit() else self.stem

    @property
    def why(self) -> str:
        """The comment on top, on one line."""
        return " ".join(self.comment_lines())

    def comment_lines(self) -> list[str]:
        """Return the lines of the comment on top, without their dashes."""
        found: list[str] = []
        for line in self.text.splitlines():
            if not line.startswith("--"):
                break
            found.append(line.removeprefix("--").strip())
        return found


@cache
def sql_files(folder: Folder) -> tuple[SqlFile, ...]:
    """Return the files of `sql/<folder>` in the order of their names, which is the order to run them in."""
    entries = importlib.resources.files("warehouse").joinpath("sql", folder).iterdir()
    found = [(entry.name.removesuffix(".sql"), entry) for entry in entries if entry.name.endswith(".sql")]
    return tuple(SqlFile(stem, entry.read_text("utf-8")) for stem, entry in sorted(found, key=lambda f: f[0]))


def query(name: str) -> str:
    """Return the text of `sql/queries/<name>.sql`."""
    return next(file.text for file in sql_files("queries") if file.stem == name)
