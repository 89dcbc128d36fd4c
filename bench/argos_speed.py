"""How fast an Argos package is driven: ours beside `argostranslate.translate`, the same model on the same cores.

`python -m bench.argos_speed [--sentences 100]`: Italian sentences of SIB-200 (CC-BY-SA-4.0) through a package of real
size with made-up weights (`bench.made_up_model`). Both take turns. Printed are English tokens a second, and a second of
CPU, which says more where other programs want the cores, the share of sentences with equal output, and whether memory
grows with the number of batches.

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
from typing import TYPE_CHECKING, NamedTuple

from bench.common import print_table, shared
from bench.made_up_model import write_package
from corpus.settings import Settings
from corpus.translate import argos_model
from corpus.translate.argos import ArgosEngine
from corpus.translate.argos_packages import argos_module
from corpus.translate.texts import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BATCH = 100


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


class Found(NamedTuple):
    """Tokens a second and a CPU second of the fastest turn, and the output."""

    speed: float
    cpu_speed: float
    answers: list[str]


def measure(
    ways: dict[str, tuple[Callable[[Sequence[str]], list[str]], int]],
    texts: Sequence[str],
    count: Callable[[str], int],
    turns: int,
) -> dict[str, Found]:
    """Return what the fastest of some turns found, for (way, patience) by name."""
    found: dict[str, Found] = {}
    for _ in range(turns):
        for name, (way, patience) in ways.items():
            argos_model.PATIENCE = patience
            begun, begun_cpu = time.perf_counter(), time.process_time()
            answers = way(texts)
            seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - begun_cpu
            tokens = sum(map(count, answers))
            best = found.get(name, Found(0.0, 0.0, []))
            speeds = max(best.speed, tokens / seconds), max(best.cpu_speed, tokens / cpu_seconds)
            found[name] = Found(*speeds, answers)
    return found


def resident_megabytes() -> float:
    """Return the memory that this process has now, in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sentences", type=int, default=100)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument(
        "--batches", type=int, default=22, help="of 100 sentences, to see memory grow; 0: none"
    )
    chosen = parser.parse_args()
    number = chosen.sentences
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
        found = measure(ways, texts[:number], lambda text: len(processor.encode(text)), chosen.turns)
        _print_speed(found, f"{number} sentences, best of {chosen.turns} turns")
        if chosen.batches:
            _print_memory(ours, texts, chosen.batches)


def _print_speed(found: dict[str, Found], measured: str) -> None:
    theirs = found["argostranslate"]
    rows = []
    for name, ours in found.items():
        same = sum(a == b for a, b in zip(ours.answers, theirs.answers, strict=True)) / len(theirs.answers)
        times = ours.speed / theirs.speed, ours.cpu_speed / theirs.cpu_speed
        rows.append((name, ours.speed, times[0], ours.cpu_speed, times[1], same))
    title = f"Argos package of real size, made-up weights, {measured}"
    header = (
        "way",
        "tokens a second",
        "times argostranslate",
        "tokens a CPU second",
        "times",
        "equal output",
    )
    print_table(title, header, rows)


def _print_memory(ours: Callable[[Sequence[str]], list[str]], texts: Sequence[str], batches: int) -> None:
    rows: list[tuple[int, float]] = []
    for number in range(batches):
        ours([texts[(number * BATCH + place) % len(texts)] for place in range(BATCH)])
        rows.append((number + 1, resident_megabytes()))
    title = f"Memory after each batch of {BATCH} sentences, MB"
    print_table(title, ("batch", "MB"), [rows[0], *rows[1::3]])
    half = rows[batches // 2 :]
    print(f"growth over the second half: {(half[-1][1] - half[0][1]) / (len(half) - 1):.2f} MB a batch")


if __name__ == "__main__":
    main()
