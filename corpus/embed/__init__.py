"""Texts to vectors: the door to the embedding models, and the protocol they keep.

    embedder = load(settings)
    vectors = embedder.embed_passages(["The CIO must sell."])

Nothing is fetched from a network here; what is missing is brought by `cio-advice setup --model`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from corpus.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from corpus.settings import Settings

__all__ = ["Embedder", "load", "prepare"]

HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


class Embedder(Protocol):
    """A model that turns texts into vectors."""

    @property
    def name(self) -> str:
        """The model as the settings name it."""

    @property
    def backend(self) -> str:
        """What runs it, in a word or two."""

    @property
    def fingerprint(self) -> str:
        """What the vectors depend on: weights, configuration, and the libraries that read them."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    @property
    def max_tokens(self) -> int:
        """Tokens that the model reads at once, prompt and marks included; of a longer text the parts are averaged."""

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return (texts, dimension), in order; `progress` receives how many more texts are done."""

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, dimension), in order, for texts that are questions."""


def load(settings: Settings, fingerprint: str | None = None) -> Embedder:
    """Return the model that `settings.embedding_model` names, run by what `settings.embedding_backend` says.

    The name is a folder in `settings.models_dir`, a folder anywhere, or a model of the Hugging Face hub that
    is already in the local cache; weights are read at the first use. With `auto`, an export to 8 bits runs it
    where one was made and there is no GPU; with `fingerprint`, whichever of the two made a warehouse's vectors.
    Raises ModelError where there is no such model, or where it would run foreign code.
    """
    from corpus.embed.engine import SentenceTransformerEmbedder, has_gpu
    from corpus.embed.folder import refuse_code

    folder = find_folder(settings)
    refuse_code(folder)
    exported = None
    if settings.embedding_backend != "sentence-transformers":
        exported = _exported(settings, folder)
    if exported is not None and fingerprint is not None and exported.fingerprint == fingerprint:
        return exported
    reference = SentenceTransformerEmbedder(settings.embedding_model, folder)
    if exported is None or (fingerprint is not None and reference.fingerprint == fingerprint):
        return reference
    if settings.embedding_backend == "auto" and has_gpu():
        return reference
    return exported


def prepare(settings: Settings, report: Callable[[str], None]) -> None:
    """Export the model that the settings name, once, where a run is to use an export; `report` receives news.

    Raises ModelError where there is no such model, or where the setting asks for an export that cannot be had.
    """
    from corpus.embed.engine import has_gpu

    wants = settings.embedding_backend
    if wants == "sentence-transformers" or (wants == "auto" and has_gpu()):
        return
    from corpus.embed.export import export

    record = export(settings.embedding_model, find_folder(settings), settings.models_dir, report)
    if record.problem and wants == "onnx":
        raise ModelError(f"setting embedding_backend = onnx, but {settings.embedding_model} {record.problem}")


def _exported(settings: Settings, folder: Path) -> Embedder | None:
    from corpus.embed.exported import ExportedEmbedder, export_folder, read_record

    place = export_folder(folder, settings.models_dir)
    record = read_record(folder, place)
    if record is not None and not record.problem:
        return ExportedEmbedder(settings.embedding_model, place, record)
    if settings.embedding_backend == "onnx":
        problem = record.problem if record else "is not exported yet: run `cio-advice setup --model`"
        raise ModelError(f"setting embedding_backend = onnx, but {settings.embedding_model} {problem}")
    return None


def find_folder(settings: Settings) -> Path:
    """Return the folder of the model that the settings name. Raises ModelError where there is none."""
    name = settings.embedding_model
    for folder in (settings.models_dir / name, Path(name).expanduser()):
        if any((folder / file).is_file() for file in ("modules.json", "config.json")):
            return folder
    cached = _cached(name) if HUB_NAME.fullmatch(name) else None
    if cached is None:
        raise ModelError(
            f"no embedding model {name!r}: neither a folder (here or in {settings.models_dir}) nor in the"
            " hub's cache; `cio-advice setup --model` installs the default one (multilingual-e5-small)"
        )
    return cached


def _cached(name: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None
