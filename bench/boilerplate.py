"""Which lines of a text dump are boilerplate: ours beside a C4-style line filter, jusText and trafilatura.

`python -m bench.boilerplate [--files] [--held-out] [--folds]`: the written dumps that were tuned on, fresh ones of
another hand that nothing has learnt from yet, the shipped pages as dumps, and the seed pages beside the checkout.
`--held-out` adds the written dumps that nobody looks at: their figures only, never a row or a line of one. `--folds`
trains the classifier anew in folds (minutes): what decides on a page has learnt from other domains. It adds the
written dumps so, and public pages (WCXB development split, CC-BY-4.0) as dumps, labelled by alignment with their true
content.

Two variants of ours are measured: rules alone, and rules with the line classifier.
"""

from __future__ import annotations

import argparse
import html
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bench.common import print_table
from bench.dumps import Dump, gold_dumps, seed_dumps, written_dumps
from corpus.boilerplate import judge, judge_draft, text_metadata
from corpus.extract.text import line_blocks
from corpus.models import Block, Kind

if TYPE_CHECKING:
    from corpus.boilerplate.draft import Draft

__all__ = [
    "HELD_OUT",
    "by_rules",
    "by_us",
    "figures",
    "floor_figures",
    "gold_dumps",
    "main",
    "seed_dumps",
    "written_dumps",
]

# The languages of the shipped pages that nobody looked at before the line classifier came; tuned on since.
HELD_OUT = frozenset(("fr", "de", "zh"))
STOPLISTS = {
    "en": "English",
    "it": "Italian",
    "fr": "French",
    "de": "German",
    "es": "Spanish",
    "pt": "Portuguese",
}
TERMINAL = (".", "!", "?", '"', "”", "’", "»", "。", "！", "？")
LEAST_WORDS = 5
HEADER = (
    "precision",
    "recall",
    "F1",
    "article lines kept",
    "article lines lost",
    "boilerplate lines left",
    "own kind",
)

Filter = Callable[[Dump], set[int]]
Judge = Callable[[Dump], Sequence[Block]]
Figures = tuple[float, float, float, float, int, int]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", action="store_true", help="a row for each page that may be looked at, too")
    parser.add_argument(
        "--held-out", action="store_true", help="measure the written dumps that nobody looks at"
    )
    parser.add_argument("--folds", action="store_true", help="cross-validate the classifier (many minutes)")
    parser.add_argument("--step", type=int, default=4, help="with --folds: every Nth public page")
    arguments = parser.parse_args()
    groups = {
        "written dumps, tuned on": list(written_dumps("tuned")),
        "written dumps, fresh": list(written_dumps("fresh")),
        "shipped pages, tuned on": list(gold_dumps()),
        "seeds": list(seed_dumps()),
    }
    seen = [dump for dumps in groups.values() for dump in dumps]
    if arguments.files:
        rows = [(d.name, *figures([d], by_us), own_kind([d])) for d in seen]
        print_table("Page by page", ("page", *HEADER), rows)
    if arguments.held_out:
        groups["written dumps, held out"] = list(written_dumps("held_out"))
    for group, dumps in groups.items():
        _print_group(group, dumps)
    print_table("Kinds of removed lines, without the held-out", ("true", "named", "lines"), confusion(seen))
    if arguments.folds:
        from bench import line_folds

        line_folds.print_tables(arguments.step)


def _print_group(group: str, dumps: list[Dump]) -> None:
    if not dumps:
        return
    rows = [(name, *figures(dumps, keep), "") for name, keep in FILTERS.items()]
    rows[0] = (*rows[0][:-1], own_kind(dumps))
    languages = len({dump.language for dump in dumps})
    lines = sum(len(dump.kinds) for dump in dumps)
    print_table(
        f"Lines removed, {group}: {len(dumps)} pages in {languages} languages, {lines} lines",
        ("filter", *HEADER),
        rows,
    )
    print_table(f"Metadata, {group}", ("fact", "right", "pages"), metadata_rows(dumps))


def floor_figures() -> dict[str, float]:
    """Return what the floors hold, of every group that is there: removal F1, article lines kept, and metadata."""
    groups = {
        "boilerplate, tuned dumps": list(written_dumps("tuned")),
        "boilerplate, fresh dumps": list(written_dumps("fresh")),
        "boilerplate, held-out dumps": list(written_dumps("held_out")),
        "boilerplate, shipped pages": list(gold_dumps()),
        "boilerplate, seeds": list(seed_dumps()),
    }
    found: dict[str, float] = {}
    for group, dumps in groups.items():
        if dumps:
            once = {dump.name: by_judge(dump) for dump in dumps}
            _, _, f1, kept, _, _ = figures(dumps, lambda dump, once=once: kept_lines(dump, once[dump.name]))
            found |= {f"{group}: removal f1": f1, f"{group}: article lines kept": kept}
            rows = metadata_rows(dumps, lambda dump, once=once: once[dump.name])
            found |= {f"{group}: {name}": share for name, share, _ in rows}
    return found


def figures(dumps: list[Dump], keep: Filter) -> Figures:
    """Return precision, recall and F1 of removal, the share of article lines kept, and both kinds of error."""
    counts: Counter[tuple[bool, bool]] = Counter()
    for dump in dumps:
        kept = keep(dump)
        counts.update((kind == "article", number in kept) for number, kind in dump.kinds.items())
    removed, lost = counts[False, False], counts[True, False]
    precision, recall = removed / max(1, removed + lost), removed / max(1, removed + counts[False, True])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    kept_share = counts[True, True] / max(1, counts[True, True] + lost)
    return precision, recall, f1, kept_share, lost, counts[False, True]


def by_us(dump: Dump) -> set[int]:
    """Return the lines that corpus.boilerplate keeps."""
    return kept_lines(dump, by_judge(dump))


def by_judge(dump: Dump) -> Sequence[Block]:
    """Return the blocks of a dump with our verdicts."""
    return judge(line_blocks("\n".join(dump.lines)), "text")


def kept_lines(dump: Dump, blocks: Sequence[Block]) -> set[int]:
    """Return the lines of which `blocks` are the article's."""
    return {number for number, kind in _kinds(dump, blocks).items() if kind is Kind.ARTICLE}


def by_rules(dump: Dump) -> set[int]:
    """Return the lines that the rules of corpus.boilerplate keep without the classifier."""
    text = "\n".join(dump.lines)
    blocks = line_blocks(text)
    return open_lines(judge_draft(blocks, "text"), blocks, text)


def open_lines(draft: Draft, blocks: Sequence[Block], text: str) -> set[int]:
    """Return the lines of `text` whose blocks have no verdict."""
    open_units = (unit for unit, kind in zip(draft.units, draft.kinds, strict=True) if kind is None)
    return {text.count("\n", 0, blocks[n].span.start) + 1 for unit in open_units for n in unit.members}


def judged_kinds(dump: Dump) -> dict[int, Kind]:
    """Return the kind of every line."""
    return _kinds(dump, by_judge(dump))


def _kinds(dump: Dump, blocks: Sequence[Block]) -> dict[int, Kind]:
    text = "\n".join(dump.lines)
    return {text.count("\n", 0, block.span.start) + 1: block.kind for block in blocks}


def by_c4(dump: Dump) -> set[int]:
    """Return the lines that C4's line rules keep: five words, an end of sentence, no notice of scripts or cookies."""
    notice = re.compile(
        r"javascript|cookie policy|privacy policy|terms of use|uses cookies|use of cookies", re.IGNORECASE
    )
    return {
        number
        for number, line in enumerate(dump.lines, 1)
        if line.endswith(TERMINAL)
        and (len(line.split()) >= LEAST_WORDS or (dump.language == "zh" and len(line) >= 2 * LEAST_WORDS))
        and not notice.search(line)
    }


def by_justext(dump: Dump) -> set[int]:
    """Return the lines that jusText calls good, each line a paragraph."""
    import justext

    language = STOPLISTS.get(dump.language)
    stoplist = justext.get_stoplist(language) if language else frozenset()
    limits = {} if language else {"stopwords_low": 0, "stopwords_high": 0}
    good = {
        " ".join(p.text.split())
        for p in justext.justext(as_html(dump), stoplist, **limits)
        if not p.is_boilerplate
    }
    return {number for number, line in enumerate(dump.lines, 1) if line in good}


def by_trafilatura(dump: Dump) -> set[int]:
    """Return the lines that trafilatura keeps, each line a paragraph."""
    import trafilatura

    found = trafilatura.extract(as_html(dump), include_comments=False) or ""
    kept = {" ".join(line.lstrip("- ").split()) for line in found.split("\n")}
    return {number for number, line in enumerate(dump.lines, 1) if line and line.lstrip("- ") in kept}


def as_html(dump: Dump) -> str:
    """Return the dump as the plainest page: a paragraph for each line."""
    paragraphs = "\n".join(f"<p>{html.escape(line)}</p>" for line in dump.lines if line)
    return f"<html><body>{paragraphs}</body></html>"


FILTERS: dict[str, Filter] = {
    "rules and classifier": by_us,
    "rules alone": by_rules,
    "C4 filter": by_c4,
    "jusText": by_justext,
    "trafilatura": by_trafilatura,
}


def own_kind(dumps: list[Dump]) -> float:
    """Return the share of the lines rightly removed that have their own kind."""
    right = confusion(dumps)[0][2]
    wrong = confusion(dumps)[1][2]
    return right / max(1, right + wrong)


def confusion(dumps: list[Dump]) -> list[tuple[str, str, int]]:
    """Return how often a removed line got another kind than its own, and how often its own."""
    pairs: Counter[tuple[str, str]] = Counter()
    for dump in dumps:
        found = judged_kinds(dump)
        for number, kind in dump.kinds.items():
            named = found.get(number, Kind.BLANK)
            if kind != "article" and named not in (Kind.ARTICLE, Kind.BLANK):
                pairs[kind, named.value] += 1
    right = sum(count for (true, named), count in pairs.items() if true == named)
    wrong = [(true, named, count) for (true, named), count in pairs.most_common() if true != named]
    return [("(all)", "(as it is)", right), ("(all)", "(another)", sum(c for _, _, c in wrong)), *wrong[:12]]


def metadata_rows(dumps: list[Dump], judge_dump: Judge | None = None) -> list[tuple[str, float, int]]:
    """Return the share right for title, author and date; where a page names none, none is right."""
    right: Counter[str] = Counter()
    for dump in dumps:
        blocks = (judge_dump or by_judge)(dump)
        facts = text_metadata(blocks)
        found = {"title": facts.title, "author": facts.author, "date": facts.published_on}
        right.update(n for n, fact in found.items() if (fact.value if fact else "") == dump.facts[n])
    return [(name, right[name] / len(dumps), len(dumps)) for name in ("title", "author", "date")]


if __name__ == "__main__":
    main()
