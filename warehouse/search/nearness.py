"""Advice by its nearness to a text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from warehouse.sqlfiles import query as sql_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from warehouse.results import AdviceRow
    from warehouse.search.encoder import Encoder


def by_nearness(
    connection: duckdb.DuckDBPyConnection, encoder: Encoder, found: Sequence[AdviceRow], query: str
) -> list[AdviceRow]:
    """Return the advice that has a vector, nearest to `query` first; `score` is the cosine then."""
    asked = encoder.query(query)
    ids = [row.advice_id for row in found]
    rows = connection.execute(sql_query("advice_vectors"), {"ids": ids}).fetchall()
    if not rows:
        return []
    vectors = np.asarray([row[2] for row in rows], dtype=np.float32)
    scores = encoder.centred(vectors, [row[1] for row in rows]) @ asked
    near = dict(zip((row[0] for row in rows), scores.tolist(), strict=True))
    scored = [replace(row, score=near[row.advice_id]) for row in found if row.advice_id in near]
    return sorted(scored, key=lambda row: (-row.score, row.advice_id))
