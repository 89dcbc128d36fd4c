"""What the Argos index offers, and how a package comes from there to here within a time limit."""

from __future__ import annotations

import json
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from corpus.errors import CioAdviceError, ModelError, StepError
from corpus.translate.argos_archive import MAX_BYTES
from corpus.translate.argos_install import install_package
from corpus.translate.argos_packages import argos_module, packages_dir
from corpus.translate.routes import language_code, routes_to_english

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from corpus.settings import Settings

Result = TypeVar("Result")
PROBE_SECONDS = 5.0
DOWNLOAD_SECONDS = 900.0
_INDEX_BYTES = 20_000_000


def index_address() -> str:
    """Return the address of the index that argostranslate itself would ask (`ARGOS_PACKAGE_INDEX` changes it)."""
    return str(argos_module("settings").remote_package_index)


def install_from_index(
    settings: Settings, languages: Sequence[str], report: Callable[[str], None], address: str | None = None
) -> tuple[list[str], str]:
    """Install packages that bring `languages` into English; returns the pairs installed and what went wrong.

    Without network it gives up after five seconds; one package may take a quarter of an hour.
    """
    address = address or index_address()
    try:
        offers = _offers(address)
    except StepError as error:
        return [], str(error)
    routes, done, failures = routes_to_english(offers), [], []
    pairs = dict.fromkeys(pair for code in languages for pair in pairwise(routes.get(code, ())))
    for source, target in pairs:
        report(f"fetching the Argos package {source}-{target}")
        try:
            _fetch(offers[source, target], address, settings)
            done.append(f"{source}-{target}")
        except CioAdviceError as error:
            failures.append(str(error))
    return done, "; ".join(failures)


def _offers(address: str) -> dict[tuple[str, str], Any]:
    """Return the newest translation package of each pair as argostranslate's AvailablePackage."""
    content = within(PROBE_SECONDS, lambda: _read(address, _INDEX_BYTES), "the Argos index cannot be reached")
    available = argos_module("package").AvailablePackage
    try:
        packages = [available(entry) for entry in json.loads(content)]
    except (ValueError, TypeError, AttributeError) as error:
        raise StepError(f"the Argos index at {address} cannot be understood: {error}") from error
    usable = [p for p in packages if p.type == "translate" and p.from_code and p.to_code and p.links]
    usable.sort(key=lambda p: [int(n) for n in str(p.package_version).split(".") if n.isdigit()])
    return {(language_code(p.from_code), language_code(p.to_code)): p for p in usable}


def _read(address: str, limit: int) -> bytes:
    with _open(address) as response:
        content: bytes = response.read(limit + 1)
    if len(content) > limit:
        raise StepError(f"{address} is larger than {limit} bytes")
    return content


def _open(address: str) -> Any:
    request = urllib.request.Request(address, headers={"User-Agent": "cio-advice"})  # noqa: S310 checked by _links
    return urllib.request.urlopen(request, timeout=PROBE_SECONDS)  # noqa: S310 checked by _links


def _fetch(package: Any, address: str, settings: Settings) -> None:
    problems = []
    for link in _links(package, address):
        try:
            with tempfile.TemporaryDirectory(prefix=".download-", dir=_folder(settings)) as folder:
                file = Path(folder) / "package.argosmodel"
                _download(link, file)
                install_package(file, settings)
                return
        except (OSError, CioAdviceError) as error:
            problems.append(f"{link}: {error}")
    raise ModelError("; ".join(problems) or f"the Argos index names no link for {package.from_code}")


def _folder(settings: Settings) -> Path:
    folder = packages_dir(settings)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _links(package: Any, address: str) -> list[str]:
    """Return the links of `package` that may be followed: https, or the way in which the index itself came."""
    allowed = {"https", urllib.parse.urlsplit(address).scheme} & {"https", "http"}
    return [str(link) for link in package.links if urllib.parse.urlsplit(str(link)).scheme in allowed]


def _download(link: str, file: Path) -> None:
    end, size = time.monotonic() + DOWNLOAD_SECONDS, 0
    with _open(link) as response, file.open("wb") as sink:
        while chunk := response.read(1 << 20):
            size += len(chunk)
            if size > MAX_BYTES or time.monotonic() > end:
                raise StepError(f"gave up after {size} bytes: too large or too slow")
            sink.write(chunk)


def within(seconds: float, work: Callable[[], Result], what: str) -> Result:
    """Return `work()`, or raise StepError after `seconds`: name resolution heeds no timeout of its own.

    What fails in time raises StepError as well, which begins with `what`.
    """
    outcome: list[Result | Exception] = []

    def run() -> None:
        try:
            outcome.append(work())
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise StepError(f"{what} (no answer for {seconds:.0f} s)")
    if isinstance(outcome[0], Exception):
        raise StepError(f"{what} ({outcome[0]})") from outcome[0]
    return outcome[0]
