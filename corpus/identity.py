"""Content addresses: the same content has the same name on every machine and in every run."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.resources
from functools import cache


def digest(*parts: str) -> str:
    """Return 16 hexadecimal digits (64 bits of BLAKE2b) that name the sequence `parts`."""
    state = hashlib.blake2b(digest_size=8)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


def content_hash(content: bytes) -> str:
    """Return the SHA-256 of raw bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def page_id(uri: str, content_sha256: str) -> str:
    """Name one version of a page: where it was found, and its bytes."""
    return f"pg_{digest(uri, content_sha256)}"


def document_id(page: str) -> str:
    """Name the document read from page `page`."""
    return f"doc_{digest(page)}"


def passage_id(document: str, passage_no: int) -> str:
    """Name a passage by its document and its place in it."""
    return f"psg_{digest(document, str(passage_no))}"


def sentence_id(document: str, sentence_no: int) -> str:
    """Name a sentence by its document and its place in it."""
    return f"snt_{digest(document, str(sentence_no))}"


def advice_id(sentence: str) -> str:
    """Name the advice that sentence `sentence` (an id) gives."""
    return f"adv_{digest(sentence)}"


def text_hash(text: str) -> str:
    """Name a text, whichever page it stands on: the key of translations and embeddings."""
    return digest(text)


@cache
def code_fingerprint(*packages: str, libraries: tuple[str, ...] = ()) -> str:
    """Name the code of a stage: the source of its packages or modules and its libraries' versions.

    A stage whose fingerprint differs from the one that made a row makes the row again.
    """
    parts = [f"{name}=={importlib.metadata.version(name)}" for name in libraries]
    for package in packages:
        parts += _sources(package)
    return digest(*parts)


def _sources(name: str) -> list[str]:
    parent, _, leaf = name.rpartition(".")
    module = importlib.resources.files(parent or name).joinpath(f"{leaf}.py") if parent else None
    if module is not None and module.is_file():
        return [module.read_text("utf-8")]
    return _texts_below(importlib.resources.files(name))


def _texts_below(folder: importlib.resources.abc.Traversable) -> list[str]:
    texts: list[str] = []
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir() and entry.name != "__pycache__":
            texts += _texts_below(entry)
        elif entry.name.endswith((".py", ".toml", ".json", ".txt", ".tsv")):
            texts.append(entry.read_text("utf-8"))
        elif entry.name.endswith(".safetensors"):
            texts.append(content_hash(entry.read_bytes()))
    return texts
