"""Does a question, in any language, find the passages that answer it? On the shipped pages, through the real search.

    python -m bench.search [--questions]

The questions (bench/questions.toml) and the places that answer them were written before the first run; a passage is
right when it holds such a place. Peers in the same run: bench/search_peers.py. The shipped pages are ingested into a
temporary warehouse first (about a minute). `--questions` prints each question with its figures.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.common import PAGES, print_table
from bench.question_set import KINDS, Question, answers, questions
from bench.ranking import K, ndcg, reciprocal_rank
from bench.search_peers import peer_rankings
from corpus.settings import Settings
from flows.progress import Quiet
from flows.runner import execute_directly, run
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence

_PASSAGES = """
    select passages.passage_id, documents.uri, passages.text
    from passages
    inner join documents using (document_id)
    where documents.canonical_document_id = documents.document_id
"""
OURS = "cio-advice search"


def own_rankings(warehouse: Warehouse, asked: Sequence[Question]) -> list[list[str]]:
    """Return the ids of the first ten hits of each question."""
    found = warehouse.search_many([question.text for question in asked], K)
    rankings: list[list[str]] = [[] for _ in asked]
    for row in found.arrow().select(["query_no", "passage_id"]).to_pylist():
        rankings[row["query_no"]].append(row["passage_id"])
    return rankings


def right_passages(warehouse: Warehouse, asked: Sequence[Question]) -> list[set[str]]:
    """Return the ids of the passages that answer each question."""
    passages = [(str(name), str(uri), str(text)) for name, uri, text in warehouse.sql(_PASSAGES).rows()]
    return [answers(question, passages) for question in asked]


def figures(
    asked: Sequence[Question], rankings: Sequence[Sequence[str]], right: Sequence[set[str]]
) -> list[tuple[str, float, float]]:
    """Return (kind, nDCG@10, MRR@10) over all questions that have an answer, and over those of each kind."""
    pairs = list(zip(asked, rankings, right, strict=True))
    rows = []
    for kind in ("all", *KINDS):
        chosen = [(ranking, names) for q, ranking, names in pairs if names and kind in ("all", q.kind)]
        rows.append(
            (
                kind,
                float(np.mean([ndcg(*pair) for pair in chosen])),
                float(np.mean([reciprocal_rank(*pair) for pair in chosen])),
            )
        )
    return rows


def floor_figures(settings: Settings) -> dict[str, float]:
    """Return the gated figures of a warehouse of the shipped pages."""
    asked = questions()
    with Warehouse.open(settings.warehouse, settings) as warehouse:
        found = figures(asked, own_rankings(warehouse, asked), right_passages(warehouse, asked))
    gated = {f"search, {kind}: nDCG": gain for kind, gain, _ in found}
    return gated | {"search, all: MRR": found[0][2]}


def measure(folder: Path, asked: Sequence[Question]) -> tuple[dict[str, list[list[str]]], list[set[str]]]:
    """Return the rankings of the search and of its peers on a fresh warehouse, and what is right."""
    settings = Settings(warehouse=folder / "bench.duckdb")
    run([str(PAGES)], settings, execute_directly, Quiet())
    with Warehouse.open(settings.warehouse, settings) as warehouse:
        texts = [question.text for question in asked]
        rankings = {OURS: own_rankings(warehouse, asked)} | dict(peer_rankings(warehouse, settings, texts))
        return rankings, right_passages(warehouse, asked)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", action="store_true", help="print each question and its figures")
    each = parser.parse_args().questions
    asked = questions()
    with tempfile.TemporaryDirectory() as folder:
        rankings, right = measure(Path(folder), asked)
    unanswered = sum(not names for names in right)
    title = f"Search: {len(asked)} questions in 7 languages over the shipped pages (nDCG@10 / MRR@10)"
    rows: list[tuple[Any, ...]] = [
        (name, *(f"{n:.3f} / {r:.3f}" for _, n, r in figures(asked, found, right)))
        for name, found in rankings.items()
    ]
    print_table(title, ("method", "all", *KINDS), rows)
    print(f"\n{unanswered} questions have no passage that holds a marked place")
    if each:
        for question, ranking, names in zip(asked, rankings[OURS], right, strict=True):
            shown = f"{ndcg(ranking, names):.2f} of {len(names)}" if names else "no passage"
            print(f"{question.language} {question.kind:8} {shown:14} {question.text[:90]}")


if __name__ == "__main__":
    main()
