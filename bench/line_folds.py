"""Our verdicts on text dumps, each by a classifier that has seen no page of its domain: written and public pages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bench.boilerplate import HEADER, by_c4, by_justext, by_rules, figures, metadata_rows, open_lines
from bench.common import print_table
from bench.dumps import Dump
from bench.train_lines import out_of_fold, pages_of, public_pages, written_pages
from corpus.boilerplate import classifier, judge_draft, judged
from corpus.extract.text import line_blocks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench.boilerplate import Filter
    from bench.public_lines import PublicDump
    from corpus.boilerplate.draft import Draft
    from corpus.models import Block


def print_tables(step: int) -> None:
    """Train in folds by domain; print removal on the written dumps and on every `step`th public page, by page type."""
    public, written = public_pages(step), written_pages()
    dumps = [*map(_as_dump, public), *written]
    thought = dict(zip((dump.name for dump in dumps), out_of_fold(pages_of(public, written)), strict=False))

    def by_folds(dump: Dump) -> set[int]:
        return _decided(dump, thought[dump.name])

    tuned = [dump for dump in written if dump.group == "tuned"]
    rows = [(name, *figures(tuned, keep)) for name, keep in (("folds", by_folds), ("rules alone", by_rules))]
    print_table(f"Lines removed, {len(tuned)} tuned dumps, folds by host", ("filter", *HEADER[:-1]), rows)
    facts = metadata_rows(tuned, lambda dump: judged(*_drafted(dump, thought[dump.name])))
    print_table("Metadata, the same folds", ("fact", "right", "pages"), facts)
    _print_public(public, dumps, {
        "rules and classifier": by_folds, "rules alone": by_rules, "C4 filter": by_c4, "jusText": by_justext,
    })  # fmt: skip


def _print_public(public: list[PublicDump], dumps: list[Dump], filters: dict[str, Filter]) -> None:
    rows = []
    types = Counter(page.page_type for page in public)
    for group in (*sorted(types), "all"):
        chosen = [d for page, d in zip(public, dumps, strict=False) if group in (page.page_type, "all")]
        rows += [(group, len(chosen), name, *figures(chosen, keep)[:4]) for name, keep in filters.items()]
    header = ("type", "pages", "filter", *HEADER[:4])
    print_table(f"Lines removed, {len(public)} public pages (WCXB), folds by domain", header, rows)


def _as_dump(page: PublicDump) -> Dump:
    kinds = {number: label for number, label in enumerate(page.labels, 1) if label}
    return Dump(page.name, "public", "en", page.lines, kinds, {})  # nearly all of them are English


def _decided(dump: Dump, probability: NDArray[np.float32]) -> set[int]:
    blocks, draft = _drafted(dump, probability)
    return open_lines(draft, blocks, "\n".join(dump.lines))


def _drafted(dump: Dump, probability: NDArray[np.float32]) -> tuple[list[Block], Draft]:
    """Return the blocks of a dump and the verdicts on them."""
    blocks = list(line_blocks("\n".join(dump.lines)))
    draft = judge_draft(blocks, "text")
    if len(draft.units) >= classifier.LEAST_UNITS:
        classifier.decide(draft, probability)
    return blocks, draft
