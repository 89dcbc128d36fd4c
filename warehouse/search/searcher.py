"""Runs searches on one connection: ranks in SQL, puts quotations first, spreads hits over sources where asked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import WarehouseError
from warehouse.failures import plain
from warehouse.records import records
from warehouse.results import Hit
from warehouse.search.diversity import spread
from warehouse.search.filters import Filters
from warehouse.search.question import (
    NO_WORDS,
    Question,
    Wording,
    holds_quotation,
    spoken_languages,
    wording,
)
from warehouse.signs import signs
from warehouse.sqlfiles import query as sql_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    from numpy.typing import NDArray

    from warehouse.search.encoder import Encoder

_STORED = "select passage_no, vector from passage_vectors where passage_id = ?"
LEAST_POOL, POOL_PER_HIT = 1_500, 40
"""How many passages are ranked by their exact vectors: those that share most signs with the question's."""
LEAST_DEPTH = 200
_SPARE = 20
_SPREAD = 5
_EVERYTHING = 2**62
_NO_FILTERS = Filters()


class Searcher:
    """Answers questions from what a warehouse's `search` stage wrote."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, encoder: Encoder) -> None:
        self._connection = connection
        self._encoder = encoder

    def search(
        self, queries: Sequence[str], k: int, filters: Filters, *, diverse: bool = False
    ) -> list[list[Hit]]:
        """Return the `k` best passages for each question, by meaning and by words. Raises WarehouseError."""
        vectors, languages = self._encoder.queries(queries)
        answers = []
        for text, vector, language in zip(queries, vectors, languages, strict=True):
            question = Question(plain(text), language)
            rows = self._rank(
                vector, k, filters, diverse, wording(self._connection, question, self._spoken), language
            )
            own = holds_quotation(question, [row["text"] for row in rows])
            english = holds_quotation(question, [row["text_en"] for row in rows])
            marks = [any(pair) for pair in zip(own, english, strict=True)]
            answers.append(self._hits(_marked_first(rows, marks), k, diverse))
        return answers

    def similar(
        self, to: Sequence[str], k: int, filters: Filters, *, diverse: bool = False
    ) -> list[list[Hit]]:
        """Return the `k` passages most like each text, by meaning. Raises WarehouseError for an empty text."""
        return [
            self._hits(self._rank(vector, k, filters, diverse), k, diverse)
            for vector in self._encoder.passages(to)
        ]

    def similar_to(self, passage: str, k: int, filters: Filters, *, diverse: bool = False) -> list[Hit]:
        """Return the `k` passages most like a stored one, without it. Raises WarehouseError where it is not there."""
        found = self._connection.execute(_STORED, [passage]).fetchall()
        if not found:
            raise WarehouseError(f"there is no passage {passage} with a vector")
        number, vector = found[0]
        rows = self._rank(np.asarray(vector, np.float32), k, filters, diverse, without=number)
        return self._hits(rows, k, diverse)

    @cached_property
    def _spoken(self) -> dict[str, int]:
        return spoken_languages(self._connection)

    def _rank(
        self,
        vector: NDArray[np.float32],
        k: int,
        filters: Filters,
        diverse: bool,
        words: Wording = NO_WORDS,
        language: str | None = None,
        without: int | None = None,
    ) -> list[dict[str, Any]]:
        most = k * _SPREAD + _SPARE if diverse else k + _SPARE
        names: dict[str, object] = {
            **(filters.parameters(self._connection) if filters != _NO_FILTERS else {}),
            **{f"sign_{place}": int(word) for place, word in enumerate(signs(vector[np.newaxis])[0])},
            "vector": vector.tolist(),
            "lexeme_nos": words.lexeme_nos,
            "words": words.words,
            "full_weight": words.full_weight,
            "asked_language": language,
            "without": without,
            "pool": min(max(LEAST_POOL, POOL_PER_HIT * most), _EVERYTHING),
            "depth": min(max(LEAST_DEPTH, 2 * most), _EVERYTHING),
            "most": min(most, _EVERYTHING),
        }
        among = "search_among_all" if filters == _NO_FILTERS else "search_among_filtered"
        return records(self._connection, sql_query(among) + sql_query("search"), names)

    def _hits(self, rows: list[dict[str, Any]], k: int, diverse: bool) -> list[Hit]:
        if diverse and rows:
            sources = [row["host"] or row["uri"] for row in rows]
            vectors = np.asarray([row["vector"] for row in rows], np.float32)
            rows = [rows[place] for place in spread([row["score"] for row in rows], vectors, sources, k)]
        rows = rows[:k]
        themes = self._themes([row["passage_id"] for row in rows])
        copies = self._copies([row["copy_group"] for row in rows if row["copy_group"]])
        return [_hit(row, themes.get(row["passage_id"]), copies.get(row["copy_group"], [])) for row in rows]

    def _themes(self, passages: list[str]) -> dict[str, str]:
        found = self._connection.execute(sql_query("hit_themes"), {"passages": passages}).fetchall()
        return dict(found)

    def _copies(self, groups: list[str]) -> dict[str, list[dict[str, str]]]:
        if not groups:
            return {}
        return dict(self._connection.execute(sql_query("hit_copies"), {"groups": groups}).fetchall())


def _marked_first(rows: list[dict[str, Any]], marks: list[bool]) -> list[dict[str, Any]]:
    """Give rows that hold a quotation the highest score, and return them before the others."""
    pairs = list(zip(rows, marks, strict=True))
    quoting = [row | {"score": 1.0} for row, mark in pairs if mark]
    return quoting + [row for row, mark in pairs if not mark]


def _hit(row: dict[str, Any], theme: str | None, copies: list[dict[str, str]]) -> Hit:
    others = tuple(copy["uri"] for copy in copies if copy["document_id"] != row["document_id"])
    fields = {name: value for name, value in row.items() if name not in ("vector", "copy_group", "words")}
    return Hit(**fields, words=tuple(row["words"]), theme=theme, copies=others)
