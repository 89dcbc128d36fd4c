"""How fast an Argos package is driven: ours beside `argostranslate.translate`, the same model on the same cores.

`python -m bench.argos_speed [--sentences 100]`: Italian sentences of SIB-200 (CC-BY-SA-4.0) through a package of real
size with made-up weights (`bench.made_up_model`). Both take turns. Printed are English tokens a second, the share of
sentences with equal output, and whether memory grows with the number of sentences.

With the same decoding settings the outputs are to be equal; ours as shipped looks further (`PATIENCE`), which costs
time.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.common import print_table, shared
from bench.made_up_model import write_package
from corpus.settings import Settings
from corpus.translate import argos_model
from corpus.translate.argos import ArgosEngine
from corpus.translate.argos_packages import argos_module
from corpus.translate.texts import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TURNS = 2


class OneSentence:
    """A splitter for argostranslate that leaves a sentence whole, where its own would call home."""

    def split_sentences(self, text: str) -> list[str]:
        """Return the text as one sentence."""
        return [text]


def by_argostranslate(folder: Path) -> Callable[[Sequence[str]], list[str]]:
    """Return argostranslate's own way through the package."""
    module, package = argos_module("translate"), argos_module("package").Package(folder)
    english, italian = module.Language("en", "English"), module.Language("it", "Italian")
    translation = module.PackageTranslation(italian, english, package)
    translation.sentencizer = OneSentence()
    return lambda texts: [str(translation.translate(text)).strip() for text in texts]


def by_ours(folder: Path) -> Callable[[Sequence[str]], list[str]]:
    """Return our way through the package."""
    engine = ArgosEngine.at(str(folder), Settings())
    engine.languages()
    return lambda texts: [
        row.text_en or "" for row in engine.translate([Source(text) for text in texts], "it")
    ]


def measure(
    ways: dict[str, tuple[Callable[[Sequence[str]], list[str]], int]],
    texts: Sequence[str],
    count: Callable[[str], int],
) -> dict[str, tuple[float, list[str]]]:
    """Return tokens a second of the fastest of some turns, and the output, for (way, patience) by name."""
    found: dict[str, tuple[float, list[str]]] = {}
    for _ in range(TURNS):
        for name, (way, patience) in ways.items():
            argos_model.PATIENCE = patience
            begun = time.perf_counter()
            answers = way(texts)
            speed = sum(map(count, answers)) / (time.perf_counter() - begun)
            found[name] = max(speed, found.get(name, (0.0, []))[0]), answers
    return found


def peak_megabytes() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sentences", type=int, default=100)
    number = parser.parse_args().sentences
    path = shared("data/topics_sib200.json")
    if path is None:
        return
    texts = [str(row["text"]) for row in json.loads(path.read_text("utf-8"))["it"]]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "package"
        write_package(folder, texts)
        shipped, ours = argos_model.PATIENCE, by_ours(folder)
        ways = {
            "argostranslate": (by_argostranslate(folder), 1),
            "ours, the same settings": (ours, 1),
            "ours, as shipped": (ours, shipped),
        }
        import sentencepiece

        processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
        for way, _ in ways.values():
            way(texts[:2])
        _print_speed(measure(ways, texts[:number], lambda text: len(processor.encode(text))), number)
        _print_memory(ours, texts)


def _print_speed(found: dict[str, tuple[float, list[str]]], number: int) -> None:
    speed, theirs = found["argostranslate"]
    rows = []
    for name, (tokens, answers) in found.items():
        same = sum(a == b for a, b in zip(answers, theirs, strict=True)) / len(theirs)
        rows.append((name, tokens, tokens / speed, same))
    title = f"Argos package of real size, made-up weights, {number} sentences, best of {TURNS} turns"
    print_table(title, ("way", "tokens a second", "times argostranslate", "equal output"), rows)


def _print_memory(ours: Callable[[Sequence[str]], list[str]], texts: Sequence[str]) -> None:
    rows: list[tuple[str, float]] = []
    for number in (100, 900, 900):
        ours(texts[:number])
        rows.append((f"after {number} sentences" if not rows else f"after {number} more", peak_megabytes()))
    print_table("Most memory so far, MB", ("when", "MB"), rows)


if __name__ == "__main__":
    main()
