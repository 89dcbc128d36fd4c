"""Lists of web addresses: one a line, `#` at the start of a line for comments, blank lines ignored."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import PageError, SourceError
from corpus.sources.compressed import unpacked
from corpus.sources.files import open_regular, uri_of
from corpus.sources.origin import web_address
from corpus.sources.rejection import rejected

if TYPE_CHECKING:
    from corpus.models import RejectedPage

PREFIX = "urls:"
_LONGEST_LINE = 1 << 16


@dataclass(slots=True)
class Addresses:
    """Addresses to fetch, each once, in the order given, and the lines that are none."""

    urls: dict[str, None] = field(default_factory=dict)
    rejected: list[RejectedPage] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Take an address, or the addresses of a list; raises SourceError for neither."""
        if name.startswith(PREFIX):
            self._add_list(name.removeprefix(PREFIX))
        elif address := web_address(name):
            self.urls[address] = None
        else:
            raise SourceError(f"{name!r} is no web address; expected http://HOST/… or https://HOST/…")

    def _add_list(self, name: str) -> None:
        path = Path(name).expanduser().absolute()
        try:
            with open_regular(path) as file:
                stream, number = unpacked(file), 0
                while found := stream.line(_LONGEST_LINE):
                    number += 1
                    self._add_line(found[0], f"{uri_of(path)}#{number}", number)
                stream.check()
        except OSError as error:
            raise SourceError(f"the list of addresses {name!r} cannot be read: {error.strerror}") from error
        except (PageError, RuntimeError, ValueError) as error:
            raise SourceError(f"the list of addresses {name!r} cannot be read: {error}") from error

    def _add_line(self, line: bytes | None, uri: str, number: int) -> None:
        text = (line or b"").removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").strip()
        if line is not None and (not text or text.startswith("#")):
            return
        if address := web_address(text):
            self.urls[address] = None
            return
        found = f"{text[:100]!r}" if text else f"over {_LONGEST_LINE:,} bytes"
        reason = f"line {number}: expected http://HOST/… or https://HOST/…, found {found}"
        self.rejected.append(rejected(uri, "bad-record", reason, line))
