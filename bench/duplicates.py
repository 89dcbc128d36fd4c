"""Near-duplicates: recall on edited copies, and false pairs among different pages.

    python -m bench.duplicates [--pages 300]

Copies are the article texts of ../shared/data/web_pages with 2, 8 and 20 % of their words replaced, half of the
edits, or dropped, the other half. Different pages that it joins are printed: some are true copies.
"""

from __future__ import annotations

import argparse
import json
import random
import time

from bench.common import SHARED, print_table
from corpus.duplicates import THRESHOLD, jaccard, near_duplicates, shingle

TRUTH = SHARED / "data" / "web_pages" / "truth"
EDITS = (0.02, 0.08, 0.20)


def texts(count: int) -> dict[str, str]:
    """Return the article texts of at least 100 words, by page."""
    found = {}
    for path in sorted(TRUTH.glob("*.json")):
        text = json.loads(path.read_text("utf-8"))["ground_truth"].get("main_content") or ""
        if len(text.split()) >= 100:
            found[path.stem] = text
    return dict(list(found.items())[:count])


def edited(text: str, share: float, vocabulary: list[str], source: random.Random) -> str:
    """Replace or drop `share` of the words."""
    words = []
    for word in text.split():
        if source.random() >= share:
            words.append(word)
        elif source.random() < 0.5:
            words.append(source.choice(vocabulary))
    return " ".join(words)


def recall(originals: dict[str, str]) -> dict[str, tuple[float, float]]:
    """Return by share of edits how many copies are found, and how many comparing every pair would find."""
    source = random.Random(0)  # noqa: S311  # edits for a measurement, no secret
    vocabulary = sorted({word for text in originals.values() for word in text.split()})
    shares = {}
    for share in EDITS:
        copies = {name: edited(text, share, vocabulary, source) for name, text in originals.items()}
        found = near_duplicates(
            [(name, text, f"0{name}") for name, text in originals.items()]
            + [(f"c{name}", text, f"1{name}") for name, text in copies.items()]
        )
        right = {pair.document_id for pair in found if pair.document_id.startswith("c")}
        close = sum(
            jaccard(shingle(text), shingle(copies[name])) >= THRESHOLD for name, text in originals.items()
        )
        shares[f"{share:.0%}"] = (len(right) / len(originals), close / len(originals))
    return shares


def main() -> None:
    """Print recall for each share of edits, and the pairs of different pages that were joined."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    originals = texts(parser.parse_args().pages)
    start = time.process_time()
    for pair in near_duplicates([(name, text, name) for name, text in originals.items()]):
        print(f"different pages joined: {pair.document_id} {pair.canonical_id} {pair.similarity:.2f}")
    print(f"{len(originals)} pages alone: {time.process_time() - start:.2f} CPU s")
    rows = [(share, *figures) for share, figures in recall(originals).items()]
    print_table("Near duplicates found", ("words edited", "recall", "every pair compared"), rows)


if __name__ == "__main__":
    main()
