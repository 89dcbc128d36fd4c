"""What each language adds to every vector of a model, measured on parallel sentences that are shipped."""

from __future__ import annotations

import importlib.resources
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.identity import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from corpus.embed import Embedder


@dataclass(frozen=True, slots=True)
class PriorVectors:
    """The mean vector (dimension,) of the shipped statements, and of the shipped questions, by language."""

    passages: Mapping[str, NDArray[np.float32]]
    queries: Mapping[str, NDArray[np.float32]]


def prior_vectors(embedder: Embedder, cache: Path | None = None) -> PriorVectors:
    """Embed the shipped sentences, once for a model where a `cache` folder is given and can be written."""
    text = importlib.resources.files("corpus.embed").joinpath("prior.toml").read_text("utf-8")
    file = cache / f"prior-{digest(embedder.fingerprint, text)}.npz" if cache else None
    found = _read(file) if file else None
    if found is None:
        found = _embed(embedder, tomllib.loads(text))
        if file:
            _write(file, found)
    return found


def _embed(embedder: Embedder, sentences: Mapping[str, Mapping[str, list[str]]]) -> PriorVectors:
    return PriorVectors(
        {code: embedder.embed_passages(s["passages"]).mean(axis=0) for code, s in sentences.items()},
        {code: embedder.embed_queries(s["questions"]).mean(axis=0) for code, s in sentences.items()},
    )


def _read(file: Path) -> PriorVectors | None:
    try:
        with np.load(file, allow_pickle=False) as arrays:
            roles = {role: {n[2:]: arrays[n] for n in arrays.files if n[0] == role} for role in "pq"}
    except (OSError, ValueError, EOFError, KeyError):
        return None  # none yet, or a damaged one: it is made again
    return PriorVectors(roles["p"], roles["q"])


def _write(file: Path, prior: PriorVectors) -> None:
    arrays = {f"p_{code}": mean for code, mean in prior.passages.items()}
    arrays |= {f"q_{code}": mean for code, mean in prior.queries.items()}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".partial", delete=False) as staged:
            np.savez(staged, allow_pickle=False, **arrays)
        Path(staged.name).replace(file)
    except OSError:
        return  # a read-only folder: the next run embeds the sentences again
