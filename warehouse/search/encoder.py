"""Turn a question into the vector that the warehouse ranks by: the one door to the model and the detector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from corpus.errors import WarehouseError
from warehouse.failures import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import duckdb
    from numpy.typing import NDArray

    from corpus.settings import Settings
    from warehouse.values import Role

_CURRENT_MODEL = "select model, name from models where is_current"
_MEANS = "select role, language, weight, mean from language_means where model = ?"
_NOTHING = 1e-6


class Embedder(Protocol):
    """What this module needs of an embedding model; `corpus.embed.load` gives one."""

    @property
    def fingerprint(self) -> str:
        """Name the model and its files."""

    @property
    def dimension(self) -> int:
        """Say how many components a vector has."""

    def embed_queries(self, texts: list[str], /) -> NDArray[np.float32]:
        """Return a row for each question."""

    def embed_passages(self, texts: list[str], /) -> NDArray[np.float32]:
        """Return a row for each passage."""


def load_embedder(settings: Settings, fingerprint: str) -> Embedder:
    """Load the model that the settings name, as what made the vectors of `fingerprint` runs it, if it can be had.

    Raises ModelError where it is missing.
    """
    from corpus.embed import load

    return load(settings, fingerprint)


class Encoder:
    """Texts to centred unit vectors in the space of one warehouse; the model is loaded at the first text.

    What it needs of the warehouse is read once.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, load: Callable[[str], Embedder]) -> None:
        self._connection = connection
        self._load = load
        self._embedder: Embedder | None = None
        self._means: dict[tuple[Role, str], NDArray[np.float32]] = {}

    def query(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a question. Raises WarehouseError for an empty one or another model."""
        vectors, _ = self.queries([text])
        return np.asarray(vectors[0], np.float32)

    def queries(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], list[str]]:
        """Return the vectors of questions, shape (n, dimension), and the language of each (a primary subtag)."""
        return self._encode(texts, "query")

    def passage(self, text: str) -> list[float]:
        """Return the vector of a text that is to be compared as a passage."""
        vector: list[float] = self.passages([text])[0].tolist()
        return vector

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts that are to be compared as passages, shape (n, dimension)."""
        return self._encode(texts, "passage")[0]

    def ready(self) -> Embedder:
        """Return the model, loaded. Raises WarehouseError where the warehouse was made with another."""
        if self._embedder is None:
            found = self._connection.execute(_CURRENT_MODEL).fetchall()
            if not found:
                raise WarehouseError("this warehouse has no vectors yet: run `cio-advice ingest`")
            fingerprint, name = found[0]
            embedder = self._load(fingerprint)
            if embedder.fingerprint != fingerprint:
                raise WarehouseError(
                    f"the warehouse was made with embedding model {name} ({fingerprint}), the settings give "
                    f"{embedder.fingerprint}: use that model, or run `cio-advice ingest` with this one"
                )
            self._means = _read_means(self._connection, embedder)
            self._embedder = embedder
        return self._embedder

    def centred(self, vectors: NDArray[np.float32], languages: Sequence[str]) -> NDArray[np.float32]:
        """Return raw passage vectors less the mean of their language, as unit vectors."""
        return centre(vectors, np.stack([self._mean("passage", language) for language in languages]))

    def _encode(self, texts: Sequence[str], role: Role) -> tuple[NDArray[np.float32], list[str]]:
        if not all(text.strip() for text in texts):
            raise WarehouseError("the query is empty: give a word, a question or a paragraph")
        from corpus.language import detect, primary

        texts = [plain(text) for text in texts]
        embedder = self.ready()
        embed = embedder.embed_queries if role == "query" else embedder.embed_passages
        languages = [primary(detect(text).code) for text in texts]
        if not texts:
            return np.zeros((0, embedder.dimension), np.float32), []
        means = np.stack([self._mean(role, language) for language in languages])
        return centre(embed(texts), means), languages

    def _mean(self, role: Role, language: str) -> NDArray[np.float32]:
        from corpus.language import primary

        return self._means.get((role, primary(language)), self._means[role, "und"])


def _read_means(
    connection: duckdb.DuckDBPyConnection, embedder: Embedder
) -> dict[tuple[Role, str], NDArray[np.float32]]:
    """Return the stored means; where there is none for `und`, that is the weighted mean of the others, or zeros."""
    rows = connection.execute(_MEANS, [embedder.fingerprint]).fetchall()
    means = {(role, language): np.asarray(mean, np.float32) for role, language, _, mean in rows}
    roles: tuple[Role, ...] = ("passage", "query")
    for role in roles:
        weighted = [(weight, mean) for row_role, _, weight, mean in rows if row_role == role and weight > 0]
        middle = np.zeros(embedder.dimension, np.float32)
        if weighted:
            weights, vectors = zip(*weighted, strict=True)
            middle = np.average(np.asarray(vectors, np.float32), axis=0, weights=weights).astype(np.float32)
        means.setdefault((role, "und"), middle)
    return means


def centre(vectors: NDArray[np.float32], means: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows less their means, at length 1; a row that equals its mean stays as it is, at length 1."""
    moved = vectors - means
    moved = np.where(np.linalg.norm(moved, axis=1, keepdims=True) > _NOTHING, moved, vectors)
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.where(lengths == 0, 1, lengths), dtype=np.float32)
