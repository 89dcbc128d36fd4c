"""A warehouse of any size, made from the shipped pages by a seed: what search is measured on where size counts.

Vectors are mixed from pairs of real passage vectors, with noise that spreads as the real ones do, within a language;
texts are sentences of real passages in new company. Search's own stage writes the index.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from corpus.embed.centre import centre, means_of_sums
from corpus.embed.prior import PriorVectors
from corpus.words import stems
from warehouse.store import Store
from warehouse.values import ModelInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from warehouse import Warehouse

MODEL = "made-up"
_BATCH = 2_000
_OF_DOCUMENT, _HOSTS, _AUTHORS = 10, 300, 200
_REAL = """
    select passages.language, passages.text, embeddings.vector
    from passages inner join embeddings using (text_hash)
    where passages.language not in ('und') order by passage_id
"""
_DOCUMENTS = """
    insert into documents by name
    select * exclude (n), document_id as canonical_document_id, 'run_bench' as run_id, 120 as word_count,
        1.0 as language_confidence from incoming
"""
_PASSAGES = """
    insert into passages by name
    select *, 0 as span_start, 0 as span_end, 1 as first_line, 1 as last_line, 'original' as translation_status,
        '' as untranslated_reason from incoming
"""
_EMBEDDINGS = "insert into embeddings select text_hash, model, vector from incoming"


@dataclass(frozen=True)
class Generator:
    """Makes vectors, shape (n, dimension), and texts of a language from real ones of it."""

    vectors: dict[str, NDArray[np.float32]]
    sentences: dict[str, list[str]]
    spread: NDArray[np.float32]

    @classmethod
    def of(cls, warehouse: Warehouse) -> Generator:
        """Learn from the passages of a warehouse."""
        rows = warehouse.sql(_REAL).rows()
        languages = [str(row[0]) for row in rows]
        vectors = np.array([row[2] for row in rows], np.float32)
        chosen = sorted(code for code in set(languages) if languages.count(code) >= 15)
        of = {code: vectors[[other == code for other in languages]] for code in chosen}
        sentences = {
            code: [s for row in rows if row[0] == code for s in str(row[1]).replace("\n", ". ").split(". ")]
            for code in chosen
        }
        centred = np.concatenate([v - v.mean(axis=0) for v in of.values()])
        _, scales, axes = np.linalg.svd(centred, full_matrices=False)
        spread = (scales / np.sqrt(len(centred)))[:, None] * axes
        return cls(of, sentences, spread.astype(np.float32))

    def make(self, language: str, count: int, draw: np.random.Generator) -> NDArray[np.float32]:
        """Return `count` vectors of length 1."""
        real = self.vectors[language]
        first, second = draw.integers(0, len(real), (2, count))
        share = draw.beta(1, 3, count).astype(np.float32)[:, None]
        noise = draw.standard_normal((count, len(self.spread))).astype(np.float32) @ self.spread
        mixed = (1 - share) * real[first] + share * real[second] + 0.5 * noise
        return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)

    def texts(self, language: str, count: int, draw: np.random.Generator) -> list[str]:
        """Return `count` texts of five sentences."""
        sentences = self.sentences[language]
        places = draw.integers(0, len(sentences), (count, 5))
        return [". ".join(sentences[place] for place in row) for row in places]


def build(generator: Generator, path: Path, count: int, seed: int) -> dict[str, float]:
    """Write a warehouse of `count` passages; return what its search stage took: wall seconds, CPU seconds."""
    from time import perf_counter, process_time

    draw = np.random.default_rng(seed)
    languages = sorted(generator.vectors)
    with Store.open(path, "4GB") as store:
        run_id = store.start_run(["made up"], {}, "bench")
        for start in range(0, count, _BATCH):
            _write(store, generator, languages, start, min(_BATCH, count - start), draw)
        info = ModelInfo(MODEL, MODEL, generator.spread.shape[1], 512)
        wall, cpu = perf_counter(), process_time()
        nothing = PriorVectors(
            *({code: np.zeros(info.dimension, np.float32) for code in languages} for _ in range(2))
        )
        means = means_of_sums(store.language_sums(MODEL), nothing)
        means |= {("query", code): mean for (role, code), mean in means.items() if role == "passage"}
        store.build_search(
            run_id, info, means, lambda vectors, codes: centre(vectors, codes, means, "passage"), stems
        )
        took = {"wall": perf_counter() - wall, "cpu": process_time() - cpu}
        store.finish_run(run_id, "finished")
        store._connection.execute("checkpoint")
    store.working.replace(path)
    return took


def _write(
    store: Store,
    generator: Generator,
    languages: Sequence[str],
    start: int,
    count: int,
    draw: np.random.Generator,
) -> None:
    language = languages[start // _BATCH % len(languages)]
    names = [f"{number:016x}" for number in range(start, start + count)]
    numbers = range(start // _OF_DOCUMENT, (start + count - 1) // _OF_DOCUMENT + 1)
    documents = [_document(number, language) for number in numbers]
    passages = {
        "passage_id": [f"psg_{name}" for name in names],
        "document_id": [f"doc_{n // _OF_DOCUMENT:016x}" for n in range(start, start + count)],
        "passage_no": [n % _OF_DOCUMENT for n in range(start, start + count)],
        "text": generator.texts(language, count, draw),
        "language": [language] * count,
        "text_hash": names,
        "trust": draw.random(count).tolist(),
    }
    vectors = generator.make(language, count, draw)
    flat = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
    store._load_arrow(_DOCUMENTS, pa.Table.from_pylist(documents))
    store._load_arrow(_PASSAGES, pa.table(passages))
    store._load_arrow(_EMBEDDINGS, pa.table({"text_hash": names, "model": [MODEL] * count, "vector": flat}))


def _document(number: int, language: str) -> dict[str, Any]:
    host = f"host{number % _HOSTS}.example"
    return {
        "n": number,
        "document_id": f"doc_{number:016x}",
        "page_id": f"pg_{number:016x}",
        "uri": f"https://{host}/{number}",
        "url": f"https://{host}/{number}",
        "host": host,
        "title": f"Title {number}",
        "author": f"Author {number % _AUTHORS}",
        "published_on": date(2020, 1, 1) + timedelta(days=number % 2000),
        "language": language,
    }
