"""Put an `.argosmodel` archive among the Argos packages without trusting it.

argostranslate's own `install_from_path` unzips whatever the archive holds into the folder of all packages: no hash,
no limit, and over any package that is there. Here everything is unpacked aside, read, loaded, and only then moved.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from corpus.errors import ModelError
from corpus.translate.argos_model import Step
from corpus.translate.argos_packages import ArgosPackage, packages_dir, read_package

if TYPE_CHECKING:
    from corpus.settings import Settings

MAX_BYTES = 2_000_000_000
MAX_RATIO = 100
MAX_MEMBERS = 2_000
_FREE_BYTES = 1_000_000
"""Below this size no ratio is asked: small tables of zeros compress well."""
_SAFE_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,100}")
_ENCRYPTED = 0x1


def install_package(file: Path, settings: Settings) -> ArgosPackage:
    """Install one `.argosmodel` file; installing the same model again changes nothing.

    Raises ModelError, leaving nothing behind, if the archive is not one package, is too large, holds a path or a
    link that leads out of its folder, does not load, or would lie over a different package of the same name.
    """
    folder = packages_dir(settings)
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=folder))
    try:
        name = _unpack(file, staging)
        package = read_package(staging / name)
        Step(package, threads=1)
        return _move(package, folder / name)
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, RuntimeError) as error:
        raise ModelError(f"{file} is not an Argos package that can be unpacked: {error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move(staged: ArgosPackage, target: Path) -> ArgosPackage:
    if target.exists():
        there = read_package(target)
        if there.model_hash == staged.model_hash:
            return there
        raise ModelError(
            f"{target} holds a different model ({there.name} {there.model_hash}); delete it first"
        )
    os.rename(staged.folder, target)  # noqa: PTH104 Path.rename says the same, os.rename is known to be atomic
    return read_package(target)


def _unpack(file: Path, staging: Path) -> str:
    """Unpack the checked members into `staging`; returns the name of the one folder they lie in."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        _check_size(file, members)
        name = _one_folder(file, members)
        budget = MAX_BYTES
        for member in members:
            if not member.is_dir():
                budget -= _write(archive, member, staging / member.filename, budget)
    return name


def _check_size(file: Path, members: list[zipfile.ZipInfo]) -> None:
    size = sum(member.file_size for member in members)
    ratio = size / max(1, file.stat().st_size)
    if size > MAX_BYTES or len(members) > MAX_MEMBERS:
        raise ModelError(f"{file} unpacks to {size} bytes in {len(members)} files: more than a package has")
    if size > _FREE_BYTES and ratio > MAX_RATIO:
        raise ModelError(f"{file} unpacks to {ratio:.0f} times its size: no model compresses like that")


def _one_folder(file: Path, members: list[zipfile.ZipInfo]) -> str:
    for member in members:
        if not _is_safe(member):
            raise ModelError(
                f"{file} holds {member.filename!r}, which is no plain file inside its own folder"
            )
    names = [member.filename.rstrip("/") for member in members]
    tops = {PurePosixPath(name).parts[0] for name in names}
    if len(tops) != 1 or len(set(map(str.lower, names))) < len(names):
        raise ModelError(f"{file} must hold exactly one folder, each file once; found {sorted(tops)[:5]}")
    return tops.pop()


def _is_safe(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a plain, unencrypted file or folder whose path stays below the first folder."""
    path, kind = PurePosixPath(member.filename), stat.S_IFMT(member.external_attr >> 16)
    return (
        all(_SAFE_NAME.fullmatch(part) for part in path.parts)
        and not path.is_absolute()
        and (member.is_dir() or len(path.parts) > 1)
        and kind in {0, stat.S_IFREG, stat.S_IFDIR}
        and not member.flag_bits & _ENCRYPTED
    )


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, budget: int) -> int:
    """Write one member, counting what really comes out; returns the bytes written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(member) as source, target.open("xb") as sink:
        while chunk := source.read(1 << 20):
            written += len(chunk)
            if written > min(budget, member.file_size):
                raise ModelError(f"{member.filename!r} unpacks to more bytes than the archive says")
            sink.write(chunk)
    return written
