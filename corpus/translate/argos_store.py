"""The Argos packages of this installation as a list: what is there, how large it is, and whether it can be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import ModelError
from corpus.translate.argos_packages import package_folders, packages_dir, read_package
from corpus.translate.argos_record import check_record

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.settings import Settings


@dataclass(frozen=True, slots=True)
class Installed:
    """A package folder. `state` is `ok` or what is wrong with it; of a damaged one only that and the size are told."""

    name: str
    pair: str
    version: str
    size_bytes: int
    model_hash: str
    state: str
    folder: str


def installed(settings: Settings) -> list[Installed]:
    """Return the packages in the order of their names; no model is loaded."""
    return [_installed(path) for path in package_folders(packages_dir(settings))]


def _installed(folder: Path) -> Installed:
    size = sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    try:
        check_record(folder)
        package = read_package(folder)
    except ModelError as error:
        return Installed(folder.name, "", "", size, "", str(error), str(folder))
    pair = f"{package.source}-{package.target}"
    return Installed(folder.name, pair, package.version, size, package.model_hash, "ok", str(folder))
