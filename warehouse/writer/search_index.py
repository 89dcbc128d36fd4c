"""What search reads: vectors without what their language adds, their signs, and an index of words.

It is made anew, whole, by every run that changes what it is made from: a mean that moves moves every vector, and a
passage that comes changes how rare a word is. Memory is bounded by a batch of passages, not by their number.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from warehouse.signs import signs
from warehouse.sqlfiles import query, sql_files
from warehouse.writer.session import Session
from warehouse.writer.vectors import arrow_vectors, matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from warehouse.values import ModelInfo, Role

_BATCH = 20_000
_LANGUAGES_AND_VECTORS = """
select passages.language, embeddings.vector
from passages
inner join embeddings using (text_hash)
where embeddings.model = $model
order by passages.passage_id
"""
_FIRST = "create or replace table passage_vectors as from incoming"
_NEXT = "insert into passage_vectors from incoming"
_NONE = "create or replace table passage_vectors as from passage_vectors limit 0"
_NO_OTHER_MODEL = "update models set is_current = false where model <> ?"
_MODEL = "insert or replace into models values (?, ?, ?, ?, true)"
_DROP_EMBEDDINGS = "delete from embeddings where model <> ?"
_DROP_MEANS = "delete from language_means"
_MEAN = "insert into language_means values (?, ?, ?, ?, ?::float[])"
_FORMS = "select language, list(word order by word) from forms group by language order by language"
_LEXICON = ("lexicon_counts", "lexicon_word_forms", "lexicon_lexemes", "lexicon_postings")
_SCRATCH = ("drop table forms", "drop table lexeme_of", "drop table counts")


class SearchIndex(Session):
    """The stage `search`."""

    def language_sums(self, model: str) -> dict[str, tuple[int, NDArray[np.float64]]]:
        """Return for each language how many passages have a raw vector of `model`, and the sum of these vectors."""
        sums: dict[str, tuple[int, NDArray[np.float64]]] = {}
        for batch in self._stream(_LANGUAGES_AND_VECTORS, model):
            languages = np.asarray(batch["language"].to_pylist(), dtype=object)
            vectors = matrix(batch["vector"])
            for language in sorted(set(languages)):
                chosen = vectors[languages == language]
                count, total = sums.get(language, (0, np.zeros(vectors.shape[1], np.float64)))
                sums[language] = count + len(chosen), total + chosen.sum(axis=0, dtype=np.float64)
        return sums

    def build_search(
        self,
        run_id: str,
        model: ModelInfo,
        means: Mapping[tuple[Role, str], tuple[float, NDArray[np.float32]]],
        centre: Callable[[NDArray[np.float32], Sequence[str]], NDArray[np.float32]],
        stems: Callable[[Sequence[str], str], list[str]],
        fingerprint: str = "",
    ) -> None:
        """Replace what search reads by what the passages are now; the model becomes the current one.

        `means` gives for (role, language) how many texts a mean was learnt from, and the mean; language `und`
        serves queries in a language without one. `centre` takes raw vectors and their languages and returns unit
        vectors; `stems` takes words and their language. Raw vectors of other models go: every text has one of this.
        """
        began = monotonic()
        with self._batch(run_id, "search", "all", fingerprint) as batch:
            self._set_model(model, means)
            self._connection.execute(_DROP_EMBEDDINGS, [model.fingerprint])
            batch.rows = self._write_vectors(model.fingerprint, centre)
            self._write_lexicon(stems)
            for file in sql_files("comments"):
                self._connection.execute(file.text)
            batch.seconds = monotonic() - began

    def _set_model(
        self, info: ModelInfo, means: Mapping[tuple[Role, str], tuple[float, NDArray[np.float32]]]
    ) -> None:
        self._connection.execute(_NO_OTHER_MODEL, [info.fingerprint])
        self._connection.execute(_MODEL, [info.fingerprint, info.name, info.dimension, info.max_tokens])
        self._connection.execute(_DROP_MEANS)
        for (role, language), (weight, mean) in means.items():
            row = [info.fingerprint, role, language, float(weight), mean.tolist()]
            self._connection.execute(_MEAN, row)

    def _write_vectors(
        self, model: str, centre: Callable[[NDArray[np.float32], Sequence[str]], NDArray[np.float32]]
    ) -> int:
        written = 0
        for batch in self._stream(query("index_source"), model):
            raw = matrix(batch["vector"])
            vectors = centre(raw, batch["language"].to_pylist())
            vectors[~raw.any(axis=1)] = 0
            table = _indexed(batch.drop_columns("vector"), vectors, written)
            written += self._load_arrow(_NEXT if written else _FIRST, table)
        if not written:
            self._connection.execute(_NONE)
        return written

    def _write_lexicon(self, stems: Callable[[Sequence[str], str], list[str]]) -> None:
        import pyarrow as pa

        self._connection.execute(query("lexicon_forms"))
        languages, words, stemmed = [], [], []
        for language, forms in self._rows(_FORMS):
            languages += [language] * len(forms)
            words += forms
            stemmed += stems(forms, language)
        columns = {"language": languages, "word": words, "stem": stemmed}
        table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
        self._load_arrow(query("lexicon_stems"), table)
        for statement in (*map(query, _LEXICON), *_SCRATCH):
            self._connection.execute(statement)

    def _stream(self, sql: str, model: str) -> Iterator[pa.Table]:
        """Yield what is committed, a batch at a time, on a connection of its own: this one may write meanwhile."""
        import pyarrow as pa

        with self._connection.cursor() as cursor:
            found = cursor.sql(sql, params={"model": model})
            for batch in found.to_arrow_reader(_BATCH):
                if len(batch):
                    yield pa.Table.from_batches([batch])


def _indexed(rows: pa.Table, vectors: NDArray[np.float32], first: int) -> pa.Table:
    """Return rows of `passage_vectors`: numbers from `first`, the rows, their vectors and the signs of these."""
    import pyarrow as pa

    numbers = pa.array(np.arange(first, first + len(vectors), dtype=np.int32))
    table = rows.add_column(0, "passage_no", numbers)
    table = table.append_column("vector", arrow_vectors(vectors, rows.num_rows))
    for place, words in enumerate(signs(vectors).T):
        table = table.append_column(f"sign_{place}", pa.array(np.ascontiguousarray(words)))
    return table
