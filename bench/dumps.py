"""The labelled text dumps of tests/data/dumps: `tuned` were looked at while rules were written, `held_out` never."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.common import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DUMPS = ROOT / "tests" / "data" / "dumps"


@dataclass(frozen=True)
class LabelledDump:
    """A dump as its author labelled it; `lines` are (kind, text), both empty for an empty line."""

    name: str
    language: str
    shape: str
    host: str
    title: str
    author: str
    date: str
    lines: tuple[tuple[str, str], ...]


def read_dump(path: Path) -> LabelledDump:
    """Read one file: `key: value` lines, an empty line, then a line of the dump a line as kind, tab, text."""
    head, _, body = path.read_text("utf-8").partition("\n\n")
    facts = dict(line.split(":", 1) for line in head.split("\n"))
    named = {key: facts[key].strip() for key in ("language", "shape", "host", "title", "author", "date")}
    lines = [line.partition("\t") for line in body.rstrip("\n").split("\n")]
    return LabelledDump(path.stem, lines=tuple((kind, text) for kind, _, text in lines), **named)
