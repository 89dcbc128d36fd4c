"""Apertium's language pairs from Debian's packages, where apt and the right to use it are there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.errors import StepError
from corpus.translate.routes import language_code, routes_to_english

if TYPE_CHECKING:
    from collections.abc import Sequence

SEARCH_SECONDS = 20
UPDATE_SECONDS = 120
INSTALL_SECONDS = 600
LOCK_SECONDS = 120
"""How long another installer is waited for: a fresh machine is often upgrading itself."""
_PACKAGE = re.compile(r"^(apertium-([a-z]{2,3})-([a-z]{2,3})) - (?!Transitional)", re.MULTILINE)


def has_apt() -> bool:
    """Whether this system installs its packages with apt."""
    return bool(shutil.which("apt-get") and shutil.which("apt-cache"))


def may_install() -> bool:
    """Whether packages can be installed without asking for a password."""
    return os.geteuid() == 0 or (
        bool(shutil.which("sudo")) and _succeeds(["sudo", "-n", "true"], SEARCH_SECONDS)
    )


def apertium_packages(languages: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Map those of `languages` that Debian's pairs bring into English to the packages needed, by apt's own lists.

    A pair's package may translate in one direction only; what came of it shows in the modes afterwards.
    """
    packages = known_pairs(_fresh_listing())
    routes = routes_to_english([*packages, *((target, source) for source, target in packages)])
    return {
        code: ("apertium", *(packages.get((a, b)) or packages[b, a] for a, b in pairwise(routes[code])))
        for code in languages
        if code in routes
    }


def known_pairs(text: str) -> dict[tuple[str, str], str]:
    """Read a `listing`: (language, language) to the name of the package."""
    return {
        (language_code(first), language_code(second)): name for name, first, second in _PACKAGE.findall(text)
    }


def listing() -> str:
    """Return what apt knows of Apertium's pairs, one `name - description` a line; nothing is asked over a network."""
    return _output(["apt-cache", "search", "--names-only", "^apertium-[a-z]+-[a-z]+$"])


def _fresh_listing() -> str:
    """Return the listing, after an update if apt knows nothing yet."""
    known = listing()
    if not _PACKAGE.search(known) and may_install():
        _succeeds([*_privileged(), "apt-get", "update", "-q"], UPDATE_SECONDS)
        known = listing()
    return known


def not_installed(packages: Sequence[str]) -> list[str]:
    """Return those of `packages` that dpkg does not hold, in their order."""
    listed = _output(["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n"])
    return [name for name in packages if f"{name} installed" not in listed.splitlines()]


def install(packages: Sequence[str]) -> None:
    """Install packages; a failure is tried once more after `apt-get update`. Raises StepError."""
    waiting = ("-o", f"DPkg::Lock::Timeout={LOCK_SECONDS}")
    command = [
        *_privileged(), "apt-get", *waiting, "install", "-y", "-q", "--no-install-recommends", *packages,
    ]  # fmt: skip
    if _succeeds(command, INSTALL_SECONDS):
        return
    _succeeds([*_privileged(), "apt-get", "update", "-q"], UPDATE_SECONDS)
    if not _succeeds(command, INSTALL_SECONDS):
        raise StepError(f"`{' '.join(command)}` failed; run it to see why")


def _privileged() -> list[str]:
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    return [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]


def _succeeds(command: list[str], seconds: float) -> bool:
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=SEARCH_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")
