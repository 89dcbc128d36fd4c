"""Text dumps with line labels: written ones, the shipped pages, and the seed pages beside the checkout.

`tests/data/dumps/tuned` may be looked at, and `tests/data/dumps/fresh`, which nothing has learnt from yet;
`tests/data/dumps/held_out` may not: nobody who tunes reads it, only the figures over all of it. The gold of the shipped
pages was held out for French, German and Chinese until the line classifier came; since then all of it is tuned on.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.common import PAGES, ROOT, gold, shared
from corpus.spans import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DUMPS = ROOT / "tests" / "data" / "dumps"
FACTS = ("title", "author", "date")
UNJUDGED = frozenset(("markup", "blank", "mixed"))


@dataclass(frozen=True)
class Dump:
    """A page as lines; `kinds[n]` is the true kind of line `n` (from 1)."""

    name: str
    group: str
    language: str
    lines: list[str]
    kinds: dict[int, str]
    facts: dict[str, str]


def written_dumps(group: str) -> Iterator[Dump]:
    """Yield the written dumps of a group: `tuned`, `fresh` or `held_out`."""
    for path in sorted((DUMPS / group).glob("*.dump")):
        yield _written(path, group)


def _written(path: Path, group: str) -> Dump:
    head, _, body = path.read_text("utf-8").partition("\n\n")
    named = dict(line.split(":", 1) for line in head.split("\n"))
    pairs = [line.partition("\t")[::2] for line in body.removesuffix("\n").split("\n")]
    kinds = {n: kind for n, (kind, line) in enumerate(pairs, 1) if line.strip()}
    facts = {fact: named.get(fact, "").strip() for fact in FACTS}
    return Dump(path.name, group, named["language"].strip(), [line for _, line in pairs], kinds, facts)


def gold_dumps() -> Iterator[Dump]:
    """Yield the shipped pages that have line labels; of HTML, what a reader sees of each raw line."""
    for entry in gold():
        if not entry.get("lines"):
            continue
        kinds = {n: kind for kind, first, last in entry["lines"] for n in range(first, last + 1)}
        if "mixed" in kinds.values():
            continue
        raw = (PAGES / entry["file"]).read_bytes().decode(entry.get("charset") or "utf-8").split("\n")
        media_type = "html" if entry["file"].endswith((".html", ".htm")) else "text"
        lines = [
            visible("" if kinds.get(n) == "markup" else x, "html" if media_type == "html" else "text")
            for n, x in enumerate(raw, 1)
        ]
        true = {n: kind for n, kind in kinds.items() if kind not in UNJUDGED and lines[n - 1]}
        facts = {fact: entry.get(fact, "") for fact in FACTS}
        yield Dump(entry["file"], "shipped", entry["language"], lines, true, facts)


def seed_dumps() -> Iterator[Dump]:
    """Yield the seed pages, with the labels that the tests hold."""
    folder = shared("seeds")
    spec = importlib.util.spec_from_file_location(
        "seed_labels", ROOT / "tests" / "corpus" / "test_boilerplate_seeds.py"
    )
    if folder is None or spec is None or spec.loader is None:
        return
    labels = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(labels)
    for name, (_, ranges) in labels.SEED_LINES.items():
        lines = [" ".join(line.split()) for line in (folder / name).read_text("utf-8").split("\n")]
        named = {n: kind for kind, first, last in ranges for n in range(first, last + 1)}
        kinds = {n: named.get(n, "article") for n, line in enumerate(lines, 1) if line}
        facts = dict(zip(FACTS, labels.SEED_FACTS[name], strict=False))
        yield Dump(name, "seeds", "it" if name.startswith("003") else "en", lines, kinds, facts)
