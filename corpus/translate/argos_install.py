"""Put an `.argosmodel` archive among the Argos packages without trusting it.

argostranslate's own `install_from_path` unzips whatever the archive holds into the folder of all packages: no hash,
no limit, and over any package that is there. Here everything is unpacked aside, read, loaded, and only then moved.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ModelError
from corpus.translate.argos_archive import MAX_BYTES, MAX_MEMBERS, SAFE_NAME, unpack
from corpus.translate.argos_packages import ArgosPackage, package_folders, packages_dir, read_package
from corpus.translate.argos_record import read_record, record_of, write_record
from corpus.translate.argos_trial import try_load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.settings import Settings


def install_package(source: Path, settings: Settings) -> ArgosPackage:
    """Install an `.argosmodel` file or an unpacked package folder; the same model again changes nothing.

    A package whose files were changed since is mended by the source that it came from; a folder among the
    packages that has no record of its installation is adopted. Raises ModelError, leaving nothing behind, if the
    source is not one package, is too large, holds a path or a link that leads out of its folder, does not load, or
    would lie over a different package of the same name.
    """
    folder = packages_dir(settings)
    with _alone(folder):
        staging = _aside(folder, ".staging-")
        try:
            name = _copy(source, staging) if source.is_dir() else unpack(source, staging)
            try_load(staging / name)
            write_record(staging / name)
            return _move(staging / name, folder / name)
        except (
            zipfile.BadZipFile,
            OSError,
            NotImplementedError,
            EOFError,
            RuntimeError,
            zlib.error,
        ) as error:
            raise ModelError(f"{source} is not an Argos package that can be unpacked: {error}") from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def remove_package(name: str, settings: Settings) -> list[str]:
    """Remove the packages of that name, pair (`it-en`) or name and version; returns the names of their folders.

    A package is out of use at once and then deleted. Raises ModelError where there is none.
    """
    folder = packages_dir(settings)
    there = {path.name: _pair(path) for path in package_folders(folder)}
    chosen = [place for place, pair in there.items() if name in (place, pair)]
    if not chosen:
        raise ModelError(
            f"no Argos package is called {name!r}; there are {', '.join(sorted(there)) or 'none'} in {folder}"
        )
    with _alone(folder):
        for place in chosen:
            aside = _aside(folder, ".removed-")
            os.rename(folder / place, aside / place)  # noqa: PTH104 as in _move
            shutil.rmtree(aside, ignore_errors=True)
    return chosen


def _pair(folder: Path) -> str:
    try:
        package = read_package(folder)
    except ModelError:
        return ""
    return f"{package.source}-{package.target}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock of the packages, waiting for it, and clear away what a killed installation left."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise _no_place(folder, error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in (*folder.glob(".staging-*"), *folder.glob(".removed-*")):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(lock)


def _aside(folder: Path, prefix: str) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    except OSError as error:
        raise _no_place(folder, error) from error


def _no_place(folder: Path, error: OSError) -> ModelError:
    return ModelError(
        f"the folder of Argos packages, {folder}, cannot be written ({error.strerror}): "
        "make it writable, or name another by the setting models_dir"
    )


def _move(staged: Path, target: Path) -> ArgosPackage:
    """Move a package with its record to its place, unless it, or another of its name, is there already."""
    if target.exists():
        same = read_record(staged) == (read_record(target) or record_of(target))
        if not same:
            raise ModelError(
                f"{target} holds a different model; `cio-advice models remove {target.name}` first, if it is to go"
            )
        if record_of(target) == record_of(staged):
            write_record(target)
            return read_package(target)
        os.rename(target, staged.with_name(f".tampered-{target.name}"))  # noqa: PTH104 as below
    os.rename(staged, target)  # noqa: PTH104 Path.rename says the same, os.rename is known to be atomic
    return read_package(target)


def _copy(source: Path, staging: Path) -> str:
    """Copy a package folder, plain files alone, into `staging`; returns its name."""
    name = source.resolve().name
    if not SAFE_NAME.fullmatch(name):
        raise ModelError(f"{source}: the name of a package folder is letters, digits, dots and dashes")
    files = [source / where for where in record_of(source)]
    size = sum(file.stat().st_size for file in files)
    if size > MAX_BYTES or len(files) > MAX_MEMBERS:
        raise ModelError(f"{source} holds {size} bytes in {len(files)} files: more than a package has")
    for file in files:
        target = staging / name / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target, follow_symlinks=False)
    return name
