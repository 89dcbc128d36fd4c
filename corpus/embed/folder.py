"""A model's folder: what it is made of, and what in it is refused because it could run code."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from corpus.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt")
_READ_BY_THE_MODEL = (".json", ".txt", ".model", ".safetensors", ".jinja")
_NOT_READ = ("installed.json",)


def model_files(folder: Path) -> Iterator[Path]:
    """Yield the files that the vectors depend on, in order of their names."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in _READ_BY_THE_MODEL and path.name not in _NOT_READ and path.is_file():
            yield path


def file_hashes(folder: Path) -> list[str]:
    """Return the name and the sha256 of each of them."""
    parts = []
    for path in model_files(folder):
        parts += [str(path.relative_to(folder)), sha256(path)]
    return parts


def file_states(folder: Path) -> list[list[str | int]]:
    """Return name, size and time of each of them: cheap to compare, where reading 235 MB is not."""
    return [
        [str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns]
        for path in model_files(folder)
    ]


def sha256(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_code(folder: Path) -> None:
    """Raise ModelError where the folder holds pickled weights only or asks for code of its own."""
    for module in _modules(folder):
        if not str(module.get("type", "")).startswith("sentence_transformers."):
            raise ModelError(
                f"model folder {folder} asks for code of its own ({module.get('type')}): not loaded"
            )
        place = folder / str(module.get("path", ""))
        weights = [path.suffix for path in place.glob("*")]
        if ".safetensors" not in weights and any(suffix in _PICKLES for suffix in weights):
            raise ModelError(
                f"{place} holds pickled weights, which can run code: convert them to safetensors"
            )


def _modules(folder: Path) -> list[dict[str, object]]:
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
    except FileNotFoundError:
        return [{"type": "sentence_transformers.models.Transformer", "path": ""}]
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / 'modules.json'} cannot be read: {error}") from error
    if not isinstance(modules, list) or not all(isinstance(module, dict) for module in modules):
        raise ModelError(f"{folder / 'modules.json'}: expected a list of modules")
    return modules
