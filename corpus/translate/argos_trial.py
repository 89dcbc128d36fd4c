"""Load a package that nobody trusts yet in a process of its own: `python -m corpus.translate.argos_trial FOLDER`.

Damaged weights may make CTranslate2 end its process or ask for all the memory there is; here that harms nobody.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from corpus.errors import ModelError

SECONDS = 120
MEMORY_BYTES = 16_000_000_000  # address space, of which torch alone reserves some
FILE_BYTES = 1_000_000


def try_load(folder: Path) -> None:
    """Raise ModelError unless the package in `folder` loads and translates a word within its limits."""
    command = [sys.executable, "-m", "corpus.translate.argos_trial", str(folder)]
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=2 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"Argos package {folder.name} does not load within {2 * SECONDS} s") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or [
            f"exit status {done.returncode}"
        ]
        raise ModelError(f"Argos package {folder.name} does not load: {said[-1][:300]}")


def main() -> int:
    """Load the package that the command line names, under limits."""
    for limit, value in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    from corpus.translate.argos_model import Step
    from corpus.translate.argos_packages import read_package

    try:
        Step(read_package(Path(sys.argv[1])), threads=1).translate(["a"])
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except MemoryError:
        sys.stderr.write("it asks for more memory than a package needs\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
