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

from bench.common import SHARED
from corpus.duplicates import near_duplicates

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


def main() -> None:
    """Print recall for each share of edits, and the pairs of different pages that were joined."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    originals = texts(parser.parse_args().pages)
    source = random.Random(0)  # noqa: S311  # edits for a measurement, no secret
    vocabulary = sorted({word for text in originals.values() for word in text.split()})
    start = time.process_time()
    for pair in near_duplicates([(name, text, name) for name, text in originals.items()]):
        print(f"different pages joined: {pair.document_id} {pair.canonical_id} {pair.similarity:.2f}")
    print(f"{len(originals)} pages alone: {time.process_time() - start:.2f} CPU s")
    for share in EDITS:
        copies = [
            (f"c{name}", edited(t, share, vocabulary, source), f"1{name}") for name, t in originals.items()
        ]
        found = near_duplicates([(name, text, f"0{name}") for name, text in originals.items()] + copies)
        right = {pair.document_id for pair in found if pair.document_id.startswith("c")}
        print(f"edits {share:4.0%}: recall {len(right) / len(originals):.3f}")


if __name__ == "__main__":
    main()
