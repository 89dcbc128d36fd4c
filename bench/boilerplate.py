"""Which lines of a text dump are boilerplate: the rules beside a C4-style line filter, jusText and trafilatura.

`python -m bench.boilerplate [--files]`: the shipped text pages, the shipped HTML pages as dumps (what a reader sees
of each raw line), and the seed pages beside the checkout. The rules were tuned on the English, Italian, Spanish and
Portuguese pages; nobody looked at the French, German and Chinese ones while tuning ("held out").
"""

from __future__ import annotations

import argparse
import html
import importlib.util
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.common import PAGES, ROOT, gold, print_table, shared
from corpus.boilerplate import judge, text_metadata
from corpus.extract.text import line_blocks
from corpus.models import Kind
from corpus.spans import visible

HELD_OUT = frozenset(("fr", "de", "zh"))
UNJUDGED = frozenset(("markup", "blank", "mixed"))
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


@dataclass(frozen=True)
class Dump:
    """A page as lines; `kinds[n]` is the true kind of line `n` (from 1)."""

    name: str
    group: str
    language: str
    lines: list[str]
    kinds: dict[int, str]
    facts: dict[str, str]


Filter = Callable[[Dump], set[int]]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", action="store_true", help="a row for each page, too")
    arguments = parser.parse_args()
    dumps = [*gold_dumps(), *seed_dumps()]
    if arguments.files:
        rows = [(d.name, *figures([d], by_rules)) for d in dumps]
        print_table("Rules, page by page", ("page", *HEADER), rows)
    filters: dict[str, Filter] = {
        "rules": by_rules,
        "C4 filter": by_c4,
        "jusText": by_justext,
        "trafilatura": by_trafilatura,
    }
    for group in ("tuned on", "held out", "seeds"):
        chosen = [d for d in dumps if d.group == group]
        if chosen:
            rows = [(name, *figures(chosen, keep)) for name, keep in filters.items()]
            print_table(f"Lines removed, {group}: {len(chosen)} pages", ("filter", *HEADER), rows)
    print_table("Kinds of removed lines", ("true", "named", "lines"), confusion(dumps))
    print_table("Metadata of the text pages", ("fact", "right", "pages"), metadata_rows(dumps))


HEADER = ("precision", "recall", "F1", "article lines kept", "article lines lost", "boilerplate lines left")


def figures(dumps: list[Dump], keep: Filter) -> tuple[float, float, float, float, int, int]:
    """Return precision, recall and F1 of removal, the share of article lines kept, and both kinds of error."""
    counts: Counter[tuple[bool, bool]] = Counter()
    for dump in dumps:
        kept = keep(dump)
        counts.update((kind == "article", number in kept) for number, kind in dump.kinds.items())
    removed, lost = counts[False, False], counts[True, False]
    precision, recall = removed / max(1, removed + lost), removed / max(1, removed + counts[False, True])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return (
        precision,
        recall,
        f1,
        counts[True, True] / max(1, counts[True, True] + lost),
        lost,
        counts[False, True],
    )


def by_rules(dump: Dump) -> set[int]:
    """Return the lines that corpus.boilerplate keeps."""
    return {number for number, kind in judged_kinds(dump).items() if kind is Kind.ARTICLE}


def judged_kinds(dump: Dump) -> dict[int, Kind]:
    """Return the kind of every line."""
    text = "\n".join(dump.lines)
    return {text.count("\n", 0, b.span.start) + 1: b.kind for b in judge(line_blocks(text), "text")}


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


def metadata_rows(dumps: list[Dump]) -> list[tuple[str, float, int]]:
    """Return the share right for title, author and date; where a page names none, none is right."""
    right: Counter[str] = Counter()
    for dump in dumps:
        facts = text_metadata(judge(line_blocks("\n".join(dump.lines)), "text"))
        found = {"title": facts.title, "author": facts.author, "date": facts.published_on}
        right.update(n for n, fact in found.items() if (fact.value if fact else "") == dump.facts[n])
    return [(name, right[name] / len(dumps), len(dumps)) for name in ("title", "author", "date")]


def gold_dumps() -> Iterator[Dump]:
    """Yield the shipped pages that have line labels."""
    for entry in gold():
        if not entry.get("lines"):
            continue
        kinds = {n: kind for kind, first, last in entry["lines"] for n in range(first, last + 1)}
        if "mixed" in kinds.values():
            continue
        raw = (PAGES / entry["file"]).read_bytes().decode(entry.get("charset") or "utf-8").split("\n")
        is_html = entry["file"].endswith((".html", ".htm"))
        lines = [
            visible("" if kinds.get(n) == "markup" else x, "html" if is_html else "text")
            for n, x in enumerate(raw, 1)
        ]
        true = {n: kind for n, kind in kinds.items() if kind not in UNJUDGED and lines[n - 1]}
        group = "held out" if entry["language"] in HELD_OUT else "tuned on"
        yield Dump(
            entry["file"],
            group,
            entry["language"],
            lines,
            true,
            {n: entry.get(n, "") for n in ("title", "author", "date")},
        )


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
        title, author, date, _ = labels.SEED_FACTS[name]
        facts = {"title": title, "author": author, "date": date}
        yield Dump(name, "seeds", "it" if name.startswith("003") else "en", lines, kinds, facts)


if __name__ == "__main__":
    main()
