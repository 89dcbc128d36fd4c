"""How good is the English: every installed route against references, beside leaving the text as it is.

    python -m bench.translation [--data ../shared]

Prints one line a route: chrF (0..100; Popović 2015, character 6-grams, beta 2, as sacrebleu's default), the share of
unknown words, flags, CPU seconds for 1,000 words. For Apertium it also tries the other pivots, so that the order in
`corpus.translate.routes.PIVOTS` can be checked. Then the share of unknown words on the Italian seed.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.settings import Settings
from corpus.translate import load_engines
from corpus.translate.apertium import ApertiumEngine
from corpus.translate.apertium_modes import MODES_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus.translate import Engine

LANGUAGES = {"it": "ita", "fr": "fra", "es": "spa", "de": "deu"}
ORDER, BETA = 6, 2


def chrf(texts: Sequence[str], references: Sequence[str]) -> float:
    """Return the corpus chrF2 of `texts`."""
    matched, said, wanted = Counter[int](), Counter[int](), Counter[int]()
    for text, reference in zip(texts, references, strict=True):
        for size in range(1, ORDER + 1):
            ours, theirs = _grams(text, size), _grams(reference, size)
            matched[size] += (ours & theirs).total()
            said[size] += ours.total()
            wanted[size] += theirs.total()
    precision = sum(matched[n] / said[n] for n in said if said[n]) / ORDER
    recall = sum(matched[n] / wanted[n] for n in wanted if wanted[n]) / ORDER
    return 100 * (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall or 1)


def _grams(text: str, size: int) -> Counter[str]:
    dense = "".join(text.split())
    return Counter(dense[start : start + size] for start in range(len(dense) - size + 1))


def cpu_seconds() -> float:
    """Return the CPU time of this process and of the pipelines it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def routes(language: str) -> Iterator[tuple[str, Engine]]:
    """Yield every way into English for `language`, with Apertium's one pivot at a time."""
    for engine in load_engines(Settings.load()):
        if engine.name != ApertiumEngine.name and language in engine.languages():
            yield engine.languages()[language], engine
    for pivot in ("spa|es", "cat|ca", "por|pt", "fra|fr"):
        with tempfile.TemporaryDirectory() as folder:
            _link_modes(Path(folder), LANGUAGES.get(language, language), language, pivot)
            engine = ApertiumEngine(Path(folder))
            if language in engine.languages():
                yield engine.languages()[language], engine


def _link_modes(folder: Path, long: str, short: str, pivot: str) -> None:
    via = re.compile(rf"(?:{long}|{short})-(?:{pivot})|(?:{pivot})-(?:eng|en)|(?:{long}|{short})-(?:eng|en)")
    for mode in MODES_DIR.glob("*.mode"):
        if via.fullmatch(mode.stem):
            (folder / mode.name).symlink_to(mode)


def measure(engine: Engine, language: str, sources: Sequence[str], references: Sequence[str]) -> str:
    """Translate and return the figures as text."""
    start = cpu_seconds()
    rows = engine.translate(sources, language)
    seconds = cpu_seconds() - start
    words = sum(len(text.split()) for text in sources)
    score = chrf([row.text_en or row.text for row in rows], references) if references else float("nan")
    trust = sum(row.score or 0 for row in rows) / len(rows)
    flags = Counter(flag.split(":")[0] for row in rows for flag in row.flags)
    return (
        f"chrF {score:5.1f}  trust {trust:.3f}  {seconds / words * 1000:.2f} CPU s/1000 words  {dict(flags)}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared")
    shared = parser.parse_args().data
    for language, long in LANGUAGES.items():
        lines = (shared / "data" / f"translation_{long}_eng.tsv").read_text("utf-8").splitlines()
        sources, references = zip(*(line.split("\t")[:2] for line in lines), strict=True)
        print(f"{language}  {'left as it is':60} chrF {chrf(sources, references):5.1f}")
        for name, engine in dict(routes(language)).items():
            print(f"{language}  {name:60.60} {measure(engine, language, sources, references)}")
    for file in sorted((shared / "seeds").glob("*.txt")):
        lines = [line for line in file.read_text("utf-8").splitlines() if line.strip()]
        if sum(" di " in line or " che " in line for line in lines) > len(lines) / 4:
            for name, engine in dict(routes("it")).items():
                print(f"it  seed {name:55.55} {measure(engine, 'it', lines, [])}")


if __name__ == "__main__":
    main()
