"""Hits as rows: for SQL, and for thousands of questions at once."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from warehouse.results import Hit

HIT_COLUMNS = {
    "passage_id": "VARCHAR", "document_id": "VARCHAR", "uri": "VARCHAR", "url": "VARCHAR", "host": "VARCHAR",
    "title": "VARCHAR", "author": "VARCHAR", "published_on": "DATE", "language": "VARCHAR", "text": "VARCHAR",
    "text_en": "VARCHAR", "trust": "DOUBLE", "score": "DOUBLE", "similarity": "DOUBLE", "word_score": "DOUBLE",
    "words": "VARCHAR[]", "theme": "VARCHAR", "copies": "VARCHAR[]", "span_start": "BIGINT", "span_end": "BIGINT",
    "first_line": "BIGINT", "last_line": "BIGINT",
}  # fmt: skip
"""The fields of a hit, with their types in SQL."""


def hit_row(hit: Hit) -> dict[str, Any]:
    """Return a hit as a row."""
    return dataclasses.asdict(hit)


def hits_table(answers: Sequence[Sequence[Hit]]) -> pa.Table:
    """Return the hits of many questions: `query_no` (from 0), `rank` (from 1), and the fields of a hit."""
    import pyarrow as pa

    types = {
        "VARCHAR": pa.string(), "DATE": pa.date32(), "DOUBLE": pa.float64(), "BIGINT": pa.int64(),
        "VARCHAR[]": pa.list_(pa.string()),
    }  # fmt: skip
    fields = [("query_no", pa.int64()), ("rank", pa.int64())]
    schema = pa.schema([*fields, *((name, types[sql]) for name, sql in HIT_COLUMNS.items())])
    rows = [
        {"query_no": number, "rank": rank, **hit_row(hit)}
        for number, hits in enumerate(answers)
        for rank, hit in enumerate(hits, 1)
    ]
    return pa.Table.from_pylist(rows, schema=schema)
