"""The Argos packages in a folder: which are there, which are damaged, and what each one is.

A package is a folder with `metadata.json`, `model/` (CTranslate2) and `sentencepiece.model` or `bpe.model`, read
by `argostranslate.package.Package`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import ModelError
from corpus.translate.argos_record import check_record
from corpus.translate.routes import language_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from argostranslate.package import Package

    from corpus.settings import Settings


_METADATA_BYTES = 1_000_000
_METADATA = {
    "from_code": re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})?"),
    "to_code": re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})?"),
    "package_version": re.compile(r"\w{1,10}(?:[.-]\w{1,10}){0,5}"),
}


@dataclass(frozen=True, slots=True)
class ArgosPackage:
    """One installed direction: `package` is argostranslate's own object, `model_hash` covers model and tokens."""

    folder: Path
    source: str
    target: str
    version: str
    model_hash: str
    package: Package

    @property
    def name(self) -> str:
        """Its pair and version, e.g. `it-en@1.0`."""
        return f"{self.source}-{self.target}@{self.version or '?'}"


def packages_dir(settings: Settings) -> Path:
    """Return the folder of the Argos packages that belong to this installation."""
    return settings.models_dir / "argos"


def package_folders(folder: Path) -> list[Path]:
    """Return the package folders by name; staging folders of an installation (`.name`) are not packages."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def is_package(folder: Path) -> bool:
    """Whether `folder` looks like one unpacked package."""
    return (folder / "metadata.json").is_file()


def read_packages(folder: Path) -> tuple[list[ArgosPackage], list[str]]:
    """Return the usable packages of a folder, or the one that it is, and a sentence for each damaged one.

    Of each pair the newest version comes first.
    """
    packages, problems = [], []
    for path in [folder] if is_package(folder) else package_folders(folder):
        try:
            if path != folder:  # a folder that the settings name is its owner's affair
                check_record(path)
            packages.append(read_package(path))
        except ModelError as error:
            problems.append(str(error))
    return sorted(
        packages, key=lambda p: (p.source, p.target, _version_key(p.version)), reverse=True
    ), problems


def read_package(folder: Path) -> ArgosPackage:
    """Read one package folder without loading its model.

    Raises ModelError where metadata, model or tokens are missing or cannot be understood.
    """
    _check_metadata(folder)
    try:
        package = argos_module("package").Package(folder)
    except Exception as error:  # argostranslate lets any error of json, of the file system or of itself out
        raise ModelError(
            f"Argos package {folder} cannot be read: {error}; delete it and set up again"
        ) from error
    if package.type != "translate" or not (package.from_code and package.to_code):
        raise ModelError(f"Argos package {folder} translates nothing (type {package.type!r}); delete it")
    model = folder / "model" / "model.bin"
    tokens = [folder / name for name in ("sentencepiece.model", "bpe.model") if (folder / name).is_file()]
    if not model.is_file() or not tokens:
        lacking = "model/model.bin" if not model.is_file() else "sentencepiece.model or bpe.model"
        raise ModelError(f"Argos package {folder} has no {lacking}; delete it and set up again")
    return ArgosPackage(
        folder=folder,
        source=language_code(package.from_code),
        target=language_code(package.to_code),
        version=str(package.package_version),
        model_hash=_hash([model, tokens[0]]),
        package=package,
    )


def _check_metadata(folder: Path) -> None:
    """Raise ModelError unless `metadata.json` is small and names languages and a version as others do."""
    file = folder / "metadata.json"
    try:
        if file.stat().st_size > _METADATA_BYTES:
            raise ModelError(f"Argos package {folder} has a metadata.json of {file.stat().st_size:,} bytes")
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"Argos package {folder} has no metadata.json that can be read: {error}") from error
    if not isinstance(told, dict):
        raise ModelError(f"Argos package {folder} has a metadata.json that says nothing")
    for name, form in _METADATA.items():
        if not (isinstance(told.get(name), str) and form.fullmatch(told[name])):
            raise ModelError(f"Argos package {folder}: metadata.json has {name} {str(told.get(name))[:40]!r}")


def argos_module(name: str) -> Any:
    """Import `argostranslate.<name>`, keeping the folders that its settings make at import out of the home folder.

    They go to a scratch folder that is gone after the import: the packages are found by us, and nothing that we
    call writes there.
    """
    import importlib
    import sys

    module = f"argostranslate.{name}"
    if module in sys.modules:
        return sys.modules[module]
    with tempfile.TemporaryDirectory() as scratch, _environment(_folders(scratch)):
        return importlib.import_module(module)


def _folders(scratch: str) -> dict[str, str]:
    names = ("ARGOS_PACKAGES_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    return {name: str(Path(scratch) / name.lower()) for name in names}


@contextmanager
def _environment(changes: dict[str, str]) -> Iterator[None]:
    """Change the environment for the time of an import; `KMP_DUPLICATE_LIB_OK`, set by argostranslate, goes too."""
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        for name in (*changes, "KMP_DUPLICATE_LIB_OK"):
            if name in before:
                os.environ[name] = before[name]
            else:
                os.environ.pop(name, None)


def _hash(files: list[Path]) -> str:
    state = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            state.update(hashlib.file_digest(stream, "sha256").digest())
    return state.hexdigest()[:12]


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
