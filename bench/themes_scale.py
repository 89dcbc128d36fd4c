"""Time and memory of themes by number of sentences, beside BERTopic: `python -m bench.themes_scale [--sizes 1000 …]`.

`a day later` is the run after one that had 99 % of the sentences: what a daily run costs that adds one in a hundred.

The sentences are those of topics_sib200.json, of which as many are made as asked for: their vectors with noise, so that
there is always the same number of subjects to find. Each size runs in a process of its own; seconds of the CPU, and the
most memory that the process held. BERTopic (its defaults: UMAP and HDBSCAN) is no dependency: where it is not installed
(`uv pip install bertopic`), it is left out with a line that says so. V-measure and AMI are against the topics.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score, v_measure_score

from bench.common import ROOT, print_table
from bench.theme_days import known_from, sentences
from corpus.themes import AdvicePoint
from corpus.themes.history import follow_themes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

NOISE = 0.35
LATER = "a day later"
CACHE = ROOT / "build" / "theme_vectors.npz"
HEADER = (
    "way",
    "sentences",
    "CPU s",
    "MB",
    "themes",
    "in none",
    "V",
    "AMI",
    "language",
    "translations together",
)


def made(count: int) -> tuple[list[AdvicePoint], list[str], Vectors]:
    """Return `count` points with topics and vectors: the public ones first, then noisy copies of them."""
    stored = np.load(CACHE, allow_pickle=False)
    vectors, topics = stored["vectors"], stored["topics"]
    told = json.loads(str(stored["points"]))
    if count < len(vectors):  # whole sets of translations
        keys = sorted({document.split("_")[0] for _, _, _, document in told})[: count // 7]
        chosen = np.array([n for n, row in enumerate(told) if row[3].split("_")[0] in set(keys)])
    else:
        chosen = np.resize(np.arange(len(vectors)), count)
    noisy = vectors[chosen].copy()
    fresh = np.arange(len(chosen)) >= len(vectors)
    shaken = np.random.default_rng(5).normal(0, NOISE / vectors.shape[1] ** 0.5, noisy[fresh].shape)
    noisy[fresh] += shaken.astype(np.float32)
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    points = []
    for n, row in enumerate(chosen):
        _, sentence, language, document = told[row]
        english = sentence if language == "en" else None
        copy = f"{document}_{n // len(vectors)}"
        points.append(AdvicePoint(f"adv_{n:07}", sentence, english, language, copy))
    return points, [str(topics[row]) for row in chosen], noisy


def ours(points: list[AdvicePoint], vectors: Vectors) -> list[int]:
    """Return the number of the theme of each point, -1 for none."""
    where = {
        name: n
        for n, theme in enumerate(follow_themes(points, vectors, []).themes)
        for name, _ in theme.members
    }
    return [where.get(point.advice_id, -1) for point in points]


def day_later(points: list[AdvicePoint], vectors: Vectors) -> tuple[list[int], float]:
    """Return the same for a run that adds one in a hundred to the day before, and the CPU seconds of that run alone."""
    before = len(points) * 99 // 100
    known = known_from(follow_themes(points[:before], vectors[:before], []).themes)
    began = time.process_time()
    found = follow_themes(points, vectors, known)
    seconds = time.process_time() - began
    where = {name: n for n, theme in enumerate(found.themes) for name, _ in theme.members}
    return [where.get(point.advice_id, -1) for point in points], seconds


def bertopic(points: list[AdvicePoint], vectors: Vectors) -> list[int]:
    """Return the topic of each point by BERTopic's defaults, -1 for none."""
    from bertopic import BERTopic

    topics, _ = BERTopic().fit_transform([point.sentence for point in points], vectors)
    return [int(topic) for topic in topics]


def figures(way: str, count: int) -> tuple[Any, ...]:
    """Return a row of the table, measured in this process."""
    points, topics, vectors = made(count)
    began = time.process_time()
    if way == LATER:
        labels, seconds = day_later(points, vectors)
    else:
        labels = {"this project": ours, "BERTopic": bertopic}[way](points, vectors)
        seconds = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    languages = [point.language for point in points]
    sets: dict[str, list[int]] = {}
    for point, label in zip(points, labels, strict=True):
        key = point.document_id.replace(f"_{point.language}", "")
        sets.setdefault(key, []).append(label)
    together = np.mean(
        [max(map(found.count, set(found))) / len(found) for found in sets.values() if len(found) > 1]
    )
    return (
        way, len(points), round(seconds, 1), round(memory), len(set(labels) - {-1}), labels.count(-1) / len(labels),
        v_measure_score(topics, labels), adjusted_mutual_info_score(topics, labels) if count <= 20_000 else "",
        normalized_mutual_info_score(languages, labels), float(together),
    )  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 7_000, 20_000, 200_000])
    parser.add_argument("--peer-until", type=int, default=20_000, help="BERTopic up to so many sentences")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "COUNT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(figures(given.one[0], int(given.one[1]))))
        return
    if not CACHE.exists():
        points, topics, vectors = sentences()
        CACHE.parent.mkdir(exist_ok=True)
        told = json.dumps([(p.advice_id, p.sentence, p.language, p.document_id) for p in points])
        np.savez(CACHE, vectors=vectors, topics=np.array(topics), points=np.array(told))
    has_peer = importlib.util.find_spec("bertopic") is not None
    if not has_peer:
        print("LEFT OUT: BERTopic is not installed (uv pip install bertopic)", file=sys.stderr)
    runs = [(way, size) for size in given.sizes for way in ("this project", LATER)]
    runs += [("BERTopic", size) for size in given.sizes if has_peer and size <= given.peer_until]
    rows = []
    for way, size in runs:
        command = [sys.executable, "-m", "bench.themes_scale", "--one", way, str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(ROOT))
        if done.returncode:
            rows.append((way, size, f"failed: {done.stderr.strip().splitlines()[-1][:60]}", *[""] * 7))
        else:
            rows.append(tuple(json.loads(done.stdout.strip().splitlines()[-1])))
        print(rows[-1], file=sys.stderr, flush=True)
    print_table("Themes by number of sentences", HEADER, rows)


if __name__ == "__main__":
    main()
