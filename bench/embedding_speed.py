"""What a vector costs, and a first search: the export beside the same model in sentence-transformers, in one run.

    python -m bench.embedding_speed [--passages 240] [--rounds 3]

1. Passages a second, by the clock and by CPU, of the export (`corpus.embed.exported`) and of plain
   `SentenceTransformer.encode` in single precision, in turn; the least cosine between their vectors; how far a vector
   moves when its batch and order change.
2. One question, by both.
3. CPU seconds, from nothing, of `cio-advice search` on a warehouse of the shipped pages, and of
   `import sentence_transformers` alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.common import PAGES, print_table, shared
from corpus.embed import find_folder, load, prepare
from corpus.embed.engine import load_model, passage_prompt, query_prompt
from corpus.settings import Settings
from flows.progress import Quiet
from flows.runner import execute_directly, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

QUESTION = "how do I win money for an IT project"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=240)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    file = shared("data/retrieval_xquad.json")
    if file is not None:
        passages = _passages(file, arguments.passages)
        throughput(passages, arguments.rounds)
    cold_start()


def _passages(file: Path, count: int) -> list[str]:
    data = json.loads(file.read_text("utf-8"))
    mixed = [
        text
        for trio in zip(*(data[code]["passages"] for code in ("en", "es", "de")), strict=True)
        for text in trio
    ]
    return mixed[:count]


def throughput(passages: Sequence[str], rounds: int) -> None:
    """Measure both engines in turn, and print their medians."""
    settings = Settings(embedding_backend="onnx")
    prepare(settings, print)
    exported, reference = load(settings), load_model("reference", find_folder(settings), "cpu")
    prompts = passage_prompt(reference), query_prompt(reference)
    exported.embed_passages(passages[:4])
    reference.encode(list(passages[:4]))
    runs: dict[str, list[tuple[float, float, Any]]] = {"the export": [], "sentence-transformers": []}
    for _ in range(rounds):
        runs["the export"].append(_timed(lambda: exported.embed_passages(passages)))
        runs["sentence-transformers"].append(
            _timed(lambda: reference.encode(list(passages), prompt=prompts[0], show_progress_bar=False))
        )
    asked = {
        "the export": [_timed(lambda: exported.embed_queries([QUESTION])) for _ in range(20)],
        "sentence-transformers": [
            _timed(lambda: reference.encode([QUESTION], prompt=prompts[1], show_progress_bar=False))
            for _ in range(20)
        ],
    }
    rows = [
        (name, *(len(passages) / _median(found, part) for part in (0, 1)), 1000 * _median(asked[name], 1))
        for name, found in runs.items()
    ]
    ratios = ("times as fast", *(rows[0][part] / rows[1][part] for part in (1, 2)), rows[1][3] / rows[0][3])
    print_table(
        f"{len(passages)} passages in 3 languages, {rounds} rounds, medians",
        ("engine", "passages a second", "passages a CPU second", "CPU ms a question"),
        [*rows, ratios],
    )
    first, other = runs["the export"][0][2], runs["sentence-transformers"][0][2]
    print(f"\nleast cosine of both: {float((first * other).sum(axis=1).min()):.4f}")
    backwards = exported.embed_passages(passages[::-1])[::-1]
    alone = np.concatenate([exported.embed_passages([text]) for text in passages[:20]])
    moved = max(float(np.abs(backwards - first).max()), float(np.abs(alone - first[:20]).max()))
    print(f"a component moves at most {moved:.1e} when the batch or the order changes")


def cold_start() -> None:
    """Measure the first search of a process."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "pages.duckdb"
        run([str(PAGES)], Settings(warehouse=warehouse), execute_directly, Quiet())
        search = [
            str(Path(sys.executable).parent / "cio-advice"),
            "search",
            QUESTION,
            "--warehouse",
            str(warehouse),
        ]
        heavy = [sys.executable, "-c", "import sentence_transformers"]
        rows = [
            ("cio-advice search", _least_cpu(search)),
            ("import sentence_transformers", _least_cpu(heavy)),
        ]
    print_table("From nothing, the least of 3", ("process", "CPU seconds"), rows)


def _least_cpu(command: Sequence[str]) -> float:
    return min(_cpu_of(command) for _ in range(3))


def _cpu_of(command: Sequence[str]) -> float:
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - wall, time.process_time() - cpu, found


def _median(timed: Sequence[tuple[float, float, Any]], part: int) -> float:
    return float(np.median([measured[part] for measured in timed]))


if __name__ == "__main__":
    main()
