"""How search does at size: time, CPU and recall at 10 among made-up passages, beside exact numpy, faiss and usearch.

    python -m bench.search_scale [--passages 1000000] [--queries 40] [--keep FOLDER]

The passages come from bench/made_up_corpus.py (seed 7), the queries from the same generator with another seed. Times
are medians of a query, on one thread for the peers; `CPU` counts all threads. `whole search` is `Warehouse.search`:
vectors, words, filters, and the rows of ten hits; `signs, then vectors` is what it does of it with vectors alone. faiss
IVF and usearch are given the settings with which they reach a recall of 0.99 (faiss: the number of lists probed; both:
built in this run). `--keep` keeps the warehouse in a folder, or uses the one that is there.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.common import PAGES, print_table
from bench.made_up_corpus import MODEL, Generator, build
from corpus.settings import Settings
from flows.progress import Quiet
from flows.runner import execute_directly, run
from warehouse import Warehouse
from warehouse.search import Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

K = 10
LISTS = 2_048
ENOUGH = 0.99
_VECTORS = "select passage_no, vector from passage_vectors order by passage_no"
_BATCH = 50_000


class Known:
    """Gives each query the vector that was made for it."""

    fingerprint = MODEL

    def __init__(self, vectors: dict[str, NDArray[np.float32]]) -> None:
        self._vectors = vectors
        self.dimension = len(next(iter(vectors.values())))

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return their vectors."""
        return np.stack([self._vectors[text] for text in texts])

    embed_passages = embed_queries


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        measure(folder, arguments.passages, arguments.queries)


def measure(folder: Path, count: int, queries: int) -> None:
    """Build, ask, compare, print."""
    generator = _generator(folder)
    path = folder / f"made-up-{count}.duckdb"
    if not path.exists():
        took = build(generator, path, count, seed=7)
        print(
            f"search stage: {took['wall']:.0f} s, {took['cpu']:.0f} CPU s; file {path.stat().st_size / 1e9:.2f} GB"
        )
        print(f"peak memory of building: {_peak():.2f} GB")
    draw = np.random.default_rng(8)
    languages = sorted(generator.vectors)
    asked = {
        f"{number} {generator.texts(languages[number % len(languages)], 1, draw)[0][:80]}": generator.make(
            languages[number % len(languages)], 1, draw
        )[0]
        for number in range(queries)
    }
    with Warehouse.open(path, Settings(), embedder=lambda: Known(asked)) as warehouse:
        cold = _timed(lambda: warehouse.search(next(iter(asked)), K))
        print(
            f"first query of a process: {cold[0]:.2f} s, {cold[1]:.2f} CPU s (the file in the system's cache)"
        )
        centred, _ = warehouse._encoder.queries(list(asked))
        vectors = _all_vectors(warehouse)
        exact = [_exact(vectors, query) for query in centred]
        rows = [_row("exact, numpy", [_timed(lambda q=q: _exact(vectors, q)) for q in centred], exact)]
        searcher, nothing = warehouse._searcher, Filters()
        rows += [
            _row(
                "signs, then vectors",
                [_timed(lambda q=q: _numbers(searcher._rank(q, K, nothing, diverse=False))) for q in centred],
                exact,
            ),
            *(
                _row(
                    f"whole search{name}",
                    [_timed(lambda q=q, f=f: _ids(warehouse, q, f)) for q in asked],
                    None,
                )
                for name, f in _FILTERS.items()
            ),
            _faiss(vectors, centred, exact),
            _usearch(vectors, centred, exact),
        ]
    print_table(
        f"{count:,} passages of {vectors.shape[1]} dimensions, {queries} queries, top {K}",
        ("method", "wall ms", "CPU ms", "recall@10", "build s"),
        rows,
    )
    print(f"peak memory of this process, peers included: {_peak():.2f} GB")


_FILTERS: dict[str, dict[str, Any]] = {
    "": {},
    ", one language": {"language": "en"},
    ", one host": {"host": "host7.example"},
    ", dates and trust": {"since": "2022-01-01", "until": "2022-12-31", "least_trust": 0.5},
    ", spread over sources": {"diverse": True},
}


def _generator(folder: Path) -> Generator:
    settings = Settings(warehouse=folder / "pages.duckdb")
    if not settings.warehouse.exists():
        run([str(PAGES)], settings, execute_directly, Quiet())
    with Warehouse.open(settings.warehouse, settings) as warehouse:
        return Generator.of(warehouse)


def _ids(warehouse: Warehouse, query: str, filters: dict[str, Any]) -> list[str]:
    hits = warehouse.search(query, K, **filters)
    assert len(hits) == K
    return [hit.passage_id for hit in hits]


def _numbers(rows: Sequence[dict[str, Any]]) -> list[int]:
    return [int(row["passage_id"].removeprefix("psg_"), 16) for row in rows[:K]]


def _all_vectors(warehouse: Warehouse) -> NDArray[np.float32]:
    """Return every vector in the order of passage_no, which is that of the made-up ids."""
    found = warehouse._connection.execute(_VECTORS)
    parts = []
    while chunk := found.fetchmany(_BATCH):
        parts.append(np.array([row[1] for row in chunk], np.float32))
    return np.concatenate(parts)


def _exact(vectors: NDArray[np.float32], query: NDArray[np.float32]) -> list[int]:
    scores = vectors @ query
    best = np.argpartition(-scores, K)[:K]
    return [int(place) for place in best[np.argsort(-scores[best], kind="stable")]]


def _timed(ask: Callable[[], Any]) -> tuple[float, float, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    answer = ask()
    return time.perf_counter() - wall, time.process_time() - cpu, answer


def _row(
    name: str,
    timed: Sequence[tuple[float, float, Any]],
    exact: Sequence[list[int]] | None,
    built: float | None = None,
) -> tuple[Any, ...]:
    wall, cpu = (1000 * float(np.median([measured[part] for measured in timed])) for part in (0, 1))
    recall = "" if exact is None else f"{_recall([t[2] for t in timed], exact):.3f}"
    return name, f"{wall:.1f}", f"{cpu:.1f}", recall, "" if built is None else f"{built:.0f}"


def _recall(found: Sequence[Sequence[int]], exact: Sequence[Sequence[int]]) -> float:
    return float(np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(found, exact, strict=True)]))


def _faiss(
    vectors: NDArray[np.float32], queries: NDArray[np.float32], exact: Sequence[list[int]]
) -> tuple[Any, ...]:
    import faiss

    began = time.perf_counter()
    index = faiss.index_factory(vectors.shape[1], f"IVF{LISTS},Flat", faiss.METRIC_INNER_PRODUCT)
    index.train(vectors[:: max(1, len(vectors) // (40 * LISTS))])
    index.add(vectors)
    built = time.perf_counter() - began
    faiss.omp_set_num_threads(1)
    for probes in (1, 2, 4, 8, 16, 32, 64, 128, 256, LISTS):
        index.nprobe = probes
        timed = [_timed(lambda q=q: index.search(q[None], K)[1][0].tolist()) for q in queries]
        if _recall([t[2] for t in timed], exact) >= ENOUGH:
            break
    return _row(f"faiss IVF{LISTS}, {probes} lists probed", timed, exact, built)


def _usearch(
    vectors: NDArray[np.float32], queries: NDArray[np.float32], exact: Sequence[list[int]]
) -> tuple[Any, ...]:
    from usearch.index import Index

    began = time.perf_counter()
    graph = Index(ndim=vectors.shape[1], metric="ip", dtype="f16")
    graph.add(np.arange(len(vectors)), vectors)
    built = time.perf_counter() - began
    for expansion in (64, 128, 256, 512, 1024, 2048):
        graph.expansion_search = expansion
        timed = [_timed(lambda q=q: graph.search(q, K, threads=1).keys.tolist()) for q in queries]
        if _recall([t[2] for t in timed], exact) >= ENOUGH:
            break
    return _row(f"usearch HNSW f16, expansion {expansion}", timed, exact, built)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
