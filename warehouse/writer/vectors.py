"""Embeddings: which texts lack a vector, and the vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.errors import WarehouseError
from warehouse.writer.session import Session, now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


_TO_EMBED = """
with texts as (
    -- a passage is embedded under the title of its document: alone, many do not say what they are about
    select passages.text_hash, coalesce(documents.title || chr(10), '') || passages.text as text
    from passages
    inner join documents using (document_id)
    union
    select sentences.text_hash, sentences.text
    from advice inner join sentences using (sentence_id)
)

select text_hash, any_value(text) as text
from texts
anti join (select text_hash from embeddings where model = ?) as embedded using (text_hash)
group by text_hash
order by text_hash
"""
_FORGIVE = """
delete from failures
where
    text_hash in (select unnest(?::varchar[]))
    or (
        text_hash not in (select text_hash from passages)
        and text_hash not in (select text_hash from sentences)
    )
"""
_FAIL = "insert into failures by name from incoming"
_EMBED = "insert or replace into embeddings select text_hash, model, vector from incoming"


class Vectors(Session):
    """The stage `embeddings`."""

    def texts_to_embed(self, model: str) -> list[tuple[str, str]]:
        """Return (text_hash, text) of titled passages and of advice without a vector of this model, by hash."""
        return [(str(key), str(text)) for key, text in self._rows(_TO_EMBED, [model])]

    def load_embeddings(
        self,
        run_id: str,
        batch_key: str,
        model: str,
        hashes: Sequence[str],
        vectors: NDArray[np.float32],
        seconds: float,
        failed: Mapping[str, str] | None = None,
    ) -> None:
        """Store raw vectors, shape (len(hashes), dimension), under the fingerprint `model`.

        `failed` gives by hash why a text has none: it stays in `failures` until a later call brings its vector.
        """
        if self._is_done(run_id, "embeddings", batch_key):
            return
        import pyarrow as pa

        columns = {
            "text_hash": pa.array(hashes, pa.string()),
            "model": pa.array([model] * len(hashes), pa.string()),
            "vector": arrow_vectors(vectors, len(hashes)),
        }
        with self._batch(run_id, "embeddings", batch_key, model, seconds) as batch:
            batch.rows = self._load_arrow(_EMBED, pa.table(columns))
            self._connection.execute(_FORGIVE, [[*hashes, *(failed or ())]])
            rows: list[dict[str, object]] = [
                {"text_hash": key, "model": model, "reason": reason, "run_id": run_id, "failed_at": now()}
                for key, reason in (failed or {}).items()
            ]
            self._load(_FAIL, "from failures limit 0", rows)


def arrow_vectors(vectors: NDArray[np.float32], count: int) -> pa.FixedSizeListArray:
    """Return the rows of a matrix as an Arrow column. Raises WarehouseError where it has not `count` rows."""
    import numpy as np
    import pyarrow as pa

    if vectors.ndim != 2 or len(vectors) != count:
        raise WarehouseError(f"expected {count} vectors as rows, got an array of shape {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise WarehouseError("a vector has a component that is not a finite number: the model is damaged")
    flat = np.ascontiguousarray(vectors, dtype=np.float32).reshape(-1)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat), max(1, vectors.shape[1]))


def matrix(column: pa.ChunkedArray) -> NDArray[np.float32]:
    """Return an Arrow column of vectors as rows; shape (0, 0) where it is empty."""
    import numpy as np

    if len(column) == 0:
        return np.zeros((0, 0), dtype=np.float32)
    flat = np.concatenate([chunk.flatten().to_numpy(zero_copy_only=False) for chunk in column.chunks])
    return flat.astype(np.float32, copy=False).reshape(len(column), -1)
