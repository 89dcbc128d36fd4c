"""Our verdicts on public pages as text dumps, each by a classifier that has seen no page of its domain."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bench.boilerplate import as_html, by_c4
from bench.common import print_table
from bench.dumps import Dump
from bench.public_lines import public_dumps
from bench.train_lines import CATALOGUES, VARIANTS, out_of_fold, pages_of
from corpus.boilerplate import classifier, judge_draft
from corpus.extract.text import line_blocks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench.public_lines import PublicDump

Kept = dict[str, set[int]]


def print_tables(step: int) -> None:
    """Train in folds by domain and print removal on every `step`th page, by page type."""
    dumps = [dump for dump in public_dumps(step) if dump.page_type not in CATALOGUES]
    thought = out_of_fold(pages_of(dumps))[::VARIANTS]
    counts: dict[tuple[str, str], Counter[tuple[bool, bool]]] = {}
    for dump, probability in zip(dumps, thought, strict=True):
        for name, kept in kept_lines(dump, probability).items():
            for group in (dump.page_type, "all"):
                counted = counts.setdefault((group, name), Counter())
                labelled = ((label, n) for n, label in enumerate(dump.labels) if label)
                counted.update((label == "article", n in kept) for label, n in labelled)
    sizes = Counter(dump.page_type for dump in dumps) + Counter(all=len(dumps))
    rows = [
        (group, sizes[group], name, *shares(counted)) for (group, name), counted in sorted(counts.items())
    ]
    header = ("type", "pages", "filter", "precision", "recall", "F1", "article lines kept")
    print_table(f"Lines removed, {len(dumps)} public pages (WCXB), folds by domain", header, rows)


def shares(counts: Counter[tuple[bool, bool]]) -> tuple[float, float, float, float]:
    """Return precision, recall and F1 of removal and the share of article lines kept of (article, kept) counts."""
    removed, lost = counts[False, False], counts[True, False]
    precision, recall = removed / max(1, removed + lost), removed / max(1, removed + counts[False, True])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return precision, recall, f1, counts[True, True] / max(1, counts[True, True] + lost)


def kept_lines(dump: PublicDump, probability: NDArray[np.float32]) -> Kept:
    """Return the lines that each filter keeps, numbered from 0."""
    draft = judge_draft(line_blocks("\n".join(dump.lines)), "text")
    kept: Kept = {"rules alone": _open(draft.kinds, [unit.members for unit in draft.units])}
    classifier.decide(draft, probability)
    kept["rules and classifier"] = _open(draft.kinds, [unit.members for unit in draft.units])
    plain = Dump(dump.name, "public", "en", dump.lines, {}, {})
    kept["C4 filter"] = {number - 1 for number in by_c4(plain)}
    kept["jusText"] = _by_justext(plain)
    return kept


def _by_justext(dump: Dump) -> set[int]:
    """Return what jusText calls good; it takes the page for English, which nearly all of these are."""
    import justext

    stoplist = justext.get_stoplist("English")
    good = {
        " ".join(p.text.split()) for p in justext.justext(as_html(dump), stoplist) if not p.is_boilerplate
    }
    return {number for number, line in enumerate(dump.lines) if line in good}


def _open(kinds: list[object], members: list[tuple[int, ...]]) -> set[int]:
    return {
        number for kind, numbers in zip(kinds, members, strict=True) if kind is None for number in numbers
    }
