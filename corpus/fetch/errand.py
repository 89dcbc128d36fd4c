"""One thing to fetch, with its trail: the redirects followed, the tries made, the time spent."""

from __future__ import annotations

import email.utils
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from corpus.errors import PageError
from corpus.fetch import robots
from corpus.fetch.stream import Deadline
from corpus.identity import content_hash
from corpus.models import RawPage, RejectedPage, Sourced, Validator

if TYPE_CHECKING:
    from corpus.fetch.address import Address
    from corpus.fetch.network import Answer, Network

LONGEST_WAIT = 60.0
_REDIRECTS = 5
_BUSY = frozenset((429, 503))
_BUSY_RETRIES = 2
_BUSY_WAIT = 2.0  # seconds where the server names none; doubled the second time
_MOVED = frozenset((301, 302, 303, 307, 308))
_TYPES = frozenset(
    "text/html application/xhtml+xml text/plain text/markdown text/x-markdown text/xml application/xml".split()
)
_LONGEST_VALIDATOR = 1_000

Got = TypeVar("Got")
Headers = list[tuple[str, str]]


@dataclass(slots=True, kw_only=True)
class Errand(Generic[Got]):
    """What is to be fetched from `at` next, with `left` seconds of the `seconds` that it may take in all.

    `wait` is how long its host asked to be left alone by its last answer.
    """

    at: Address
    seconds: float
    left: float
    wait: float = 0.0
    trail: set[str] = field(default_factory=set)
    busy: int = 0
    broken: int = 0

    def headers(self) -> Headers:
        """Return what is sent beyond what every request says."""
        return []

    def receive(self, answer: Answer) -> Got:
        """Read an answer that is no redirect and will not be asked for again; raises PageError."""
        raise NotImplementedError

    def ask(self, network: Network, common: Headers) -> Got | None:
        """Send one request. None: another one is to follow, to `at`, after `wait`. Raises PageError when it is over."""
        deadline, begun, self.wait = Deadline(self.left, self.seconds), time.monotonic(), 0.0
        try:
            with network.ask(
                self.at, [("Host", self.at.authority), *common, *self.headers()], deadline
            ) as answer:
                if answer.status in _MOVED:
                    self._follow(answer)
                    return None
                return None if self._again(answer) else self.receive(answer)
        except PageError as error:
            if error.code != "unreachable" or self.broken:
                raise
            self.broken += 1
            return None
        finally:
            self.left -= time.monotonic() - begun

    def _follow(self, answer: Answer) -> None:
        location = answer.headers.get("location")
        if location is None:
            raise PageError("http-error", f"status {answer.status} without a Location")
        self.trail.add(self.at.url)
        to = self.at.at(_as_sent(location))
        if to.url in self.trail:
            raise PageError("redirects", "redirected in a circle")
        if len(self.trail) > _REDIRECTS:
            raise PageError("redirects", f"redirected more than {_REDIRECTS} times")
        self.at = to

    def _again(self, answer: Answer) -> bool:
        """Tell whether to ask once more: twice where a server is busy and says when, once where it failed."""
        if answer.status in _BUSY:
            asked = _retry_after(answer.headers.get("retry-after", ""))
            wait = _BUSY_WAIT * 2**self.busy if asked is None else asked
            self.wait = min(wait, LONGEST_WAIT)
            self.busy += 1
            return wait <= LONGEST_WAIT and self.busy <= _BUSY_RETRIES
        if answer.status >= 500:
            self.broken += 1
            return self.broken <= 1
        return False


@dataclass(slots=True, kw_only=True)
class PageErrand(Errand[RawPage]):
    """A page that was asked for as `uri`; `validator` is what is known of it."""

    uri: str
    validator: Validator | None
    max_bytes: int

    def headers(self) -> Headers:
        """Ask conditionally. After a redirect a date alone says nothing: it may be of another page."""
        known = self.validator
        if known is None:
            return []
        found = [("If-None-Match", known.etag)]
        if not self.trail:
            found.append(("If-Modified-Since", known.last_modified))
        return [(name, value) for name, value in found if value and _sendable(value)]

    def receive(self, answer: Answer) -> RawPage:
        """Return the page, or the known one where it has not changed."""
        if answer.status == 304 and self.validator is not None and self.headers():
            return self._page(answer, b"", self.validator.sha256)
        if answer.status not in (200, 203):
            raise PageError("http-error", f"status {answer.status}")
        self._check(answer)
        content, more = answer.read(self.max_bytes)
        if more:
            raise self._too_large()
        return self._page(answer, content, content_hash(content))

    def rejected(self, error: PageError) -> RejectedPage:
        """Return the page as one that could not be had."""
        return reject(self.uri, error, Sourced(self.at.url, "fetch"))

    def _check(self, answer: Answer) -> None:
        declared = answer.headers.get("content-type", "")
        if declared and declared.partition(";")[0].strip().lower() not in _TYPES:
            raise PageError("no-page", f"of the type {declared[:100]!r}: neither HTML nor text")
        length = answer.headers.get("content-length", "")
        if length.isdecimal() and len(length) < 20 and int(length) > self.max_bytes:
            raise self._too_large()

    def _too_large(self) -> PageError:
        return PageError(
            "too-large", f"larger than the setting page_max_bytes allows ({self.max_bytes:,} bytes)"
        )

    def _page(self, answer: Answer, content: bytes, sha256: str) -> RawPage:
        declared = answer.headers.get("content-type") or None
        url = Sourced(self.at.url, "fetch")
        return RawPage(self.uri, content, sha256, declared, url, _now(), self._validator(answer, sha256))

    def _validator(self, answer: Answer, sha256: str) -> Validator | None:
        etag, modified = _stored(answer, "etag"), _stored(answer, "last-modified")
        if (
            answer.status == 304 and self.validator is not None
        ):  # RFC 9110, 15.4.5: what it leaves out still holds
            etag, modified = etag or self.validator.etag, modified or self.validator.last_modified
        return Validator(sha256, etag, modified) if etag or modified else None


@dataclass(slots=True, kw_only=True)
class RobotsErrand(Errand[robots.Rules]):
    """The robots.txt of `origin`."""

    origin: str
    token: str

    def receive(self, answer: Answer) -> robots.Rules:
        """Return the rules that the answer stands for."""
        if not 200 <= answer.status < 300:
            return robots.without_rules(answer.status)
        return robots.read(answer.read(robots.MOST_BYTES)[0], self.token)

    def failed(self, error: PageError) -> robots.Rules:
        """Return the rules where there was no answer."""
        return robots.unreachable(error, on_its_host=not self.trail)


def reject(uri: str, error: PageError, url: Sourced | None = None) -> RejectedPage:
    """Return a page that could not be had; its hash is that of code and reason."""
    mark = content_hash(f"{error.code} {error.reason}".encode("utf-8", "replace"))
    return RejectedPage(RawPage(uri, b"", mark, None, url, _now()), error.code, error.reason)


def _now() -> Sourced:
    return Sourced(datetime.now(UTC).isoformat(timespec="seconds"), "fetch")


def _retry_after(value: str) -> float | None:
    if value.isdecimal() and value.isascii():
        return float(value[:9])
    try:
        then = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())


def _as_sent(location: str) -> str:
    """Read the bytes of a header as UTF-8, which browsers expect of addresses, where they are that."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return location


def _sendable(value: str) -> bool:
    """Tell whether a stored validator may stand in a header: Latin-1 without control characters."""
    return len(value) <= _LONGEST_VALIDATOR and value.isprintable() and max(value) <= "\xff"


def _stored(answer: Answer, name: str) -> str | None:
    value = answer.headers.get(name, "")
    return value if value and _sendable(value) else None
