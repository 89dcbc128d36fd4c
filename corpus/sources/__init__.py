"""Where pages come from: files, folders, globs, JSON Lines, web archives, standard input and the web, one at a time.

    NAME                  what it stands for
    page.html             a page, whatever the file is called; in folders only .html .htm .xhtml .txt .md
    folder                the pages and containers below, without hidden files and linked folders
    "glob*"               every file and folder that matches, as if it were named
    pages.jsonl           JSON Lines (also .ndjson, and either with .gz or .zst)
    crawl.warc, x.wet     web archives (also with .gz)
    -                     standard input: any of these, told from its first bytes
    https://…             a page of the web, fetched
    urls:FILE             a list of such addresses

What is wrong with a name is a SourceError before the first page; what is wrong with a page, a record or a container
is a rejected page, and the next one comes. No more is held than one record and what its decoder needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import SourceError
from corpus.sources.containers import container_pages
from corpus.sources.coverage import Coverage
from corpus.sources.files import read, uri_of
from corpus.sources.listing import EXTENSIONS, SIDECAR, Listing, is_container, list_files, list_paths
from corpus.sources.origin import Tally
from corpus.sources.standard_input import standard_input, stdin_pages
from corpus.sources.url_lists import PREFIX, Addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from typing import BinaryIO, Self

    from corpus.models import RawPage, RejectedPage, Validator
    from corpus.settings import Settings

    Known = Callable[[str], Validator | None]

__all__ = ["EXTENSIONS", "SIDECAR", "Listing", "Stream", "list_files", "open_sources", "read", "uri_of"]

STDIN = "-"


class Stream:
    """The pages of several sources, once, in a fixed order; `total` is their number where it is known beforehand.

    `ignored` counts the files in folders that are no pages. `ignored_records` counts the records of archives that
    are none; it grows while the stream is read. `coverage` knows which pages of earlier runs the sources have lost.
    """

    def __init__(
        self,
        pages: Generator[RawPage | RejectedPage, None, None],
        total: int | None,
        tally: Tally,
        coverage: Coverage,
    ) -> None:
        self._pages = pages
        self._tally = tally
        self.total = total
        self.coverage = coverage

    @property
    def ignored(self) -> int:
        """How many files in folders are no pages."""
        return self._tally.files

    @property
    def ignored_records(self) -> int:
        """How many records of archives that have been read so far are no pages."""
        return self._tally.records

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> RawPage | RejectedPage:
        return next(self._pages)

    def close(self) -> None:
        """Give back the file or the connections that are open; there is no next page."""
        self._pages.close()


def open_sources(
    names: Sequence[str],
    settings: Settings,
    known: Known = lambda _url: None,
    stdin: BinaryIO | None = None,
) -> Stream:
    """Return the pages of the named sources: files and containers by path, then stdin, then addresses as given.

    Each file and each address counts once, however often it is named. `known` gives what an earlier run noted of
    an address; `stdin` stands in for the process's own. Raises SourceError for a name that does not exist, a glob
    that matches nothing, a folder that cannot be listed, a list of addresses that cannot be read, and a second `-`.
    """
    addresses = Addresses()
    paths: list[str] = []
    for name in names:
        if _is_address(name):
            addresses.add(name)
        elif name != STDIN:
            paths.append(name)
    if (from_stdin := list(names).count(STDIN)) > 1:
        raise SourceError("'-' (standard input) is named twice; it can be read once")
    files, ignored = list_paths(paths)
    piped = (stdin or standard_input()) if from_stdin else None
    total = len(files) + len(addresses.urls) + len(addresses.rejected)
    tally = Tally(files=ignored)
    unknown = piped is not None or any(is_container(file) for file in files)
    pages = _pages(files, piped, addresses, settings, known, tally)
    return Stream(pages, None if unknown else total, tally, Coverage(paths))


def _is_address(name: str) -> bool:
    return name.startswith(PREFIX) or name.lower().startswith(("http://", "https://"))


def _pages(
    files: list[str],
    piped: BinaryIO | None,
    addresses: Addresses,
    settings: Settings,
    known: Known,
    tally: Tally,
) -> Generator[RawPage | RejectedPage, None, None]:
    for file in files:
        if is_container(file):
            yield from container_pages(Path(file), settings, tally)
        else:
            yield read(Path(file), settings.page_max_bytes)
    if piped is not None:
        yield from stdin_pages(piped, settings, tally)
    yield from addresses.rejected
    if addresses.urls:
        from corpus.fetch import fetch_pages

        yield from fetch_pages(addresses.urls, settings, known)
