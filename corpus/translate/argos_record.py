"""What a package was when it was installed: the hash and the size of each of its files, checked before every load.

The record lies in the package's own folder, so that both come and go with one rename.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

from corpus.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

RECORD = "cio-advice.json"
MEND = "install it again with `cio-advice models install`"

Record = dict[str, str]


def record_of(folder: Path) -> Record:
    """Return the SHA-256 and size of every file below `folder`, by its path there.

    Raises ModelError for a link or anything else that is neither file nor folder.
    """
    found: Record = {}
    for place, folders, files in os.walk(folder, followlinks=False):
        for name in (*folders, *files):
            path = folder.joinpath(place, name)
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise ModelError(f"Argos package {folder} holds {name!r}, which is no plain file or folder")
        for name in files:
            path = folder.joinpath(place, name)
            where = path.relative_to(folder).as_posix()
            if where != RECORD:
                with path.open("rb") as stream:
                    found[where] = (
                        f"{hashlib.file_digest(stream, 'sha256').hexdigest()} {path.stat().st_size}"
                    )
    return found


def write_record(folder: Path) -> None:
    """Write down what `folder` holds now; the record is there whole or not at all."""
    draft = folder.with_name(f".record-{os.getpid()}-{folder.name}")
    try:
        draft.write_text(json.dumps(record_of(folder), indent=1, sort_keys=True) + "\n", "utf-8")
        draft.replace(folder / RECORD)
    finally:
        draft.unlink(missing_ok=True)


def read_record(folder: Path) -> Record | None:
    """Return what was written down of `folder`, or None where nothing was, or nothing that can be read."""
    try:
        told = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return {str(name): str(said) for name, said in told.items()} if isinstance(told, dict) else None


def check_record(folder: Path) -> None:
    """Raise ModelError unless `folder` holds exactly what was written down when it was installed."""
    recorded = read_record(folder)
    if recorded is None:
        raise ModelError(
            f"Argos package {folder} has no record of its installation: `cio-advice models install {folder}` "
            "checks and adopts it"
        )
    try:
        found = record_of(folder)
    except ModelError as error:
        raise ModelError(f"{error}; remove it and {MEND}") from error
    for name in sorted({*recorded, *found}):
        if recorded.get(name) != found.get(name):
            what = "is missing" if name not in found else "is new" if name not in recorded else "was changed"
            raise ModelError(f"Argos package {folder} was tampered with: {name} {what}; {MEND}")
