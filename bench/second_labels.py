"""How far two passes of labels agree.

    python -m bench.second_labels [--labels FILE] [--draw FILE] [--of-each 30] [--seed 1]

With --draw: held-out sentences of each language, drawn at random, with their neighbours and without their labels, as
JSON Lines for whoever labels them again by docs/advice-guidelines.md. Without: compares second labels with the first,
by the first 16 digits of a sentence's SHA-256: `advice_second_labels.tsv` (drawn so), or with --labels another file,
such as `advice_french_labels.tsv` (whole pages to learn from, by a reader of their own). Printed are the share of
equal labels and Cohen's kappa for what is advice, and of what both call advice, for do or don't and for whom it
tells, where both say it.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from bench.common import print_table
from bench.labelled_advice import LABELS, labelled, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.labelled_advice import Labelled

SECOND = LABELS.with_name("advice_second_labels.tsv")
Pairs = list[tuple[str, str]]
_AROUND = 6


def draw(file: Path, of_each: int, seed: int) -> None:
    """Write what is to be labelled again."""
    sentences = labelled()
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    with file.open("w", encoding="utf-8") as out:
        for language in sorted({sentence.language for sentence in sentences}):
            mine = [n for n, s in enumerate(sentences) if s.held_out and s.language == language]
            for number in sorted(chance.sample(mine, min(of_each, len(mine)))):
                out.write(json.dumps(_shown(sentences, number), ensure_ascii=False) + "\n")


def _shown(sentences: Sequence[Labelled], number: int) -> dict[str, str]:
    page = sentences[number].page

    def near(numbers: range) -> str:
        return "\n".join(
            sentences[n].text for n in numbers if 0 <= n < len(sentences) and sentences[n].page == page
        )

    one = sentences[number]
    return {
        "sha256": name_of(one.text),
        "page": page,
        "language": one.language,
        "before": near(range(number - _AROUND, number)),
        "sentence": one.text,
        "after": near(range(number + 1, number + 1 + _AROUND)),
    }


def kappa(pairs: Pairs) -> float:
    """Return Cohen's kappa: agreement beyond what two with these habits would have by chance."""
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    by_chance = sum(first[label] * second[label] for label in first) / len(pairs) ** 2
    return 1.0 if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def compare(second: Path) -> None:
    """Print how far the passes agree."""
    first = {name_of(sentence.text): sentence for sentence in labelled()}
    with second.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["sha256"] in first]
    advice: dict[str, Pairs] = {}
    both: list[tuple[Labelled, dict[str, str]]] = []
    for row in rows:
        one = first[row["sha256"]]
        pair = ("advice" if one.advice else "none", "none" if row["label"] == "none" else "advice")
        for key in (one.language, "all"):
            advice.setdefault(key, []).append(pair)
        if pair == ("advice", "advice"):
            both.append((one, row))
    shown = [_row(f"advice or none, {key}", pairs) for key, pairs in sorted(advice.items())]
    shown.append(_row("do or don't, of what both call advice", [(s.polarity, r["label"]) for s, r in both]))
    whom = [(s.target, r["target"]) for s, r in both if s.target and r["target"]]
    if whom:
        shown.append(_row("whom it tells, of the same", whom))
    print_table("Two passes of labels", ("question", "sentences", "equal", "kappa"), shown)


def _row(question: str, pairs: Pairs) -> tuple[str, int, float, float]:
    return question, len(pairs), sum(a == b for a, b in pairs) / len(pairs), kappa(pairs)


def main() -> None:
    """Draw, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=Path, default=SECOND, help="the second labels")
    parser.add_argument("--draw", type=Path)
    parser.add_argument("--of-each", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if chosen.draw:
        draw(chosen.draw, chosen.of_each, chosen.seed)
    else:
        compare(chosen.labels)


if __name__ == "__main__":
    main()
