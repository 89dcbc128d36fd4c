"""Does a question, in any language, find the passages that answer it? On the shipped pages, through the real search.

The questions (bench/questions.toml) were written before the first run. A passage answers a question when it holds a
gold advice sentence of the question's theme. Peers in the same run: the same model's vectors as it gives them
(no language means), and without the titles of the documents (what plain chunking would embed).

`python -m bench.search` ingests the shipped pages into a temporary warehouse first (about a minute).
"""

from __future__ import annotations

import math
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.common import PAGES, ROOT, gold, print_table
from corpus.embed import load
from corpus.settings import Settings
from flows.progress import Quiet
from flows.runner import execute_directly, run
from warehouse import Warehouse

if TYPE_CHECKING:
    from numpy.typing import NDArray

K = 10
_PASSAGES = """
    select passages.passage_id, passages.text, passages.language, documents.uri, embeddings.vector
    from passages
    inner join documents using (document_id)
    inner join embeddings using (text_hash)
    where documents.canonical_document_id = documents.document_id
    order by passages.passage_id
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an analyst and the gold theme that answers it."""

    theme: str
    language: str
    text: str


def questions() -> list[Question]:
    """Return the questions in order of theme and language."""
    data = tomllib.loads((ROOT / "bench" / "questions.toml").read_text("utf-8"))
    return [Question(t, lang, q) for t, by in data.items() for lang, texts in by.items() for q in texts]


def relevant(passages: list[tuple[Any, ...]]) -> dict[str, set[str]]:
    """Return for each theme the ids of the passages that hold gold advice on it."""
    advice = {
        entry["file"]: [(" ".join(a["sentence"].split()), a["theme"]) for a in entry["advice"]]
        for entry in gold()
        if "advice" in entry
    }
    found: dict[str, set[str]] = {}
    for passage_id, text, _, uri, *_ in passages:
        flat = " ".join(text.split())
        for sentence, theme in advice.get(uri.rpartition("/")[2], []):
            if sentence[:60] in flat:
                found.setdefault(theme, set()).add(passage_id)
    return found


def ndcg(ranking: list[str], right: set[str]) -> float:
    """Return nDCG@10 with binary relevance."""
    gained = sum(1 / math.log2(place + 2) for place, name in enumerate(ranking[:K]) if name in right)
    return gained / sum(1 / math.log2(place + 2) for place in range(min(K, len(right))))


def reciprocal_rank(ranking: list[str], right: set[str]) -> float:
    """Return 1 / rank of the first right passage within the first ten, else 0."""
    return next((1 / place for place, name in enumerate(ranking[:K], 1) if name in right), 0.0)


def search_figures(settings: Settings) -> tuple[float, float, float]:
    """Return nDCG@10, MRR@10 and the share of hits in the question's language, of a warehouse's own search."""
    asked = questions()
    with Warehouse.open(settings.warehouse, settings) as warehouse:
        passages = warehouse.sql(_PASSAGES).rows()
        rankings = [[hit.passage_id for hit in warehouse.search(q.text, K)] for q in asked]
    return _figures(asked, rankings, relevant(passages), {row[0]: row[2] for row in passages})


def measure(folder: Path) -> list[tuple[Any, ...]]:
    """Return (method, *figures) for the search and its peers, on a fresh warehouse of the shipped pages."""
    settings = Settings(warehouse=folder / "bench.duckdb")
    run([str(PAGES)], settings, execute_directly, Quiet())
    asked = questions()
    with Warehouse.open(settings.warehouse, settings) as warehouse:
        passages = warehouse.sql(_PASSAGES).rows()
    embedder = load(settings)
    queries = embedder.embed_queries([q.text for q in asked])
    titled = np.array([row[4] for row in passages], np.float32)
    untitled = embedder.embed_passages([row[1] for row in passages])
    ids, right = [row[0] for row in passages], relevant(passages)
    languages = {row[0]: row[2] for row in passages}
    methods = {
        "the model's vectors, with titles": _nearest(queries, titled, ids),
        "the model's vectors, passages alone": _nearest(queries, untitled, ids),
    }
    rows = [(name, *_figures(asked, rankings, right, languages)) for name, rankings in methods.items()]
    return [("cio-advice search", *search_figures(settings)), *rows]


def _nearest(queries: NDArray[np.float32], vectors: NDArray[np.float32], ids: list[str]) -> list[list[str]]:
    return [
        [ids[place] for place in np.argsort(-scores, kind="stable")[:K]] for scores in queries @ vectors.T
    ]


def _figures(
    asked: list[Question], rankings: list[list[str]], right: dict[str, set[str]], languages: dict[str, str]
) -> tuple[float, float, float]:
    pairs = [(ranking, right[q.theme]) for q, ranking in zip(asked, rankings, strict=True)]
    own = [
        languages[name] == q.language for q, ranking in zip(asked, rankings, strict=True) for name in ranking
    ]
    return (
        float(np.mean([ndcg(*pair) for pair in pairs])),
        float(np.mean([reciprocal_rank(*pair) for pair in pairs])),
        float(np.mean(own)),
    )


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder))
    title = f"Search: {len(questions())} questions in 7 languages over the shipped pages"
    print_table(title, ("method", "nDCG@10", "MRR@10", "hits in the question's language"), rows)


if __name__ == "__main__":
    main()
