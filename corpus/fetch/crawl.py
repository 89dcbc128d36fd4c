"""One run of fetching: threads that take hosts in turn, and the caller to whom their results go."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import PageError, SettingsError
from corpus.fetch import address, robots
from corpus.fetch.body import ENCODINGS
from corpus.fetch.errand import PageErrand, RobotsErrand, reject
from corpus.fetch.network import Network
from corpus.fetch.stream import Stopped
from corpus.fetch.turns import Outbox, Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from corpus.fetch.network import Resolver
    from corpus.models import RawPage, RejectedPage, Validator
    from corpus.settings import Settings

    Result = RawPage | RejectedPage
    AnyErrand = PageErrand | RobotsErrand

AHEAD = 1_000  # addresses read before their pages are done: sorted lists need some to find several hosts
_PATIENCE = 2.0  # seconds for threads to end; they hold nothing that would need more
_ACCEPT = "text/html,application/xhtml+xml,text/plain;q=0.9,text/markdown;q=0.9,application/xml;q=0.8,text/xml;q=0.8"


@dataclass(frozen=True, slots=True)
class _Step:
    """What one turn led to: a pause for its host, errands to be run, the result of a page."""

    pause: float = 0.0
    errands: tuple[AnyErrand, ...] = ()
    result: Result | None = None


class Crawl:
    """The threads, connections and memory of one call of `fetch_pages`."""

    def __init__(
        self, settings: Settings, known: Callable[[str], Validator | None], resolve: Resolver
    ) -> None:
        agent = settings.fetch_user_agent.strip()
        if not (agent.isascii() and agent.isprintable() and agent):
            raise SettingsError(
                f"setting fetch_user_agent = {agent!r}: expected a name in ASCII, such as my-crawler/1.0"
            )
        self._settings = settings
        self._known = known
        self._token = robots.product_token(agent)
        self._common = [
            ("User-Agent", agent),
            ("Accept", _ACCEPT),
            ("Accept-Encoding", ENCODINGS),
            ("Connection", "close"),
        ]
        self._network = Network(resolve, settings.fetch_private)
        self._turns: Turns[AnyErrand] = Turns()
        self._outbox: Outbox[Result] = Outbox(settings.fetch_hosts_at_once)
        self._threads: list[threading.Thread] = []
        self._pending = 0
        self._lock = threading.Lock()  # of the two below
        self._rules = robots.Remembered()
        self._parked: dict[str, list[PageErrand]] = {}  # pages that wait for the robots.txt of an origin

    def results(self, urls: Iterable[str]) -> Iterator[Result]:
        """Give one result for each of `urls`; threads start with the first and end with the last."""
        try:
            for url in urls:
                first = self._enter(url)
                if first is not None:
                    yield first
                yield from self._finished(AHEAD - 1)
            yield from self._finished(0)
        finally:
            self._stop()

    def _finished(self, most_pending: int) -> Iterator[Result]:
        while self._pending > most_pending or self._outbox.waiting():
            result = self._outbox.take()
            self._pending -= 1
            yield result

    def _enter(self, url: str) -> RejectedPage | None:
        try:
            at = address.parse(url)
        except PageError as error:
            return reject(address.without_credentials(url), error)
        seconds = float(self._settings.fetch_timeout_seconds)
        errand = PageErrand(
            at=at,
            seconds=seconds,
            left=seconds,
            uri=at.url,
            validator=self._known(at.url),
            max_bytes=self._settings.page_max_bytes,
        )
        self._pending += 1
        self._turns.add(at.host, errand)
        if len(self._threads) < self._settings.fetch_hosts_at_once:
            thread = threading.Thread(target=self._work, name=f"fetch-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return None

    def _stop(self) -> None:
        self._turns.stop()
        self._outbox.stop()
        self._network.stop()
        end = time.monotonic() + _PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _work(self) -> None:
        try:
            while (turn := self._turns.take()) is not None:
                host, errand = turn
                step = self._step(errand)
                for following in step.errands:
                    self._turns.add(following.at.host, following, first=isinstance(following, RobotsErrand))
                self._turns.give_back(host, step.pause)
                if step.result is not None:
                    self._outbox.put(step.result)
        except Stopped:
            return
        except BaseException as error:  # the caller's next() raises it
            self._outbox.fail(error)

    def _step(self, errand: AnyErrand) -> _Step:
        if isinstance(errand, RobotsErrand):
            return self._robots_step(errand)
        return self._page_step(errand)

    def _page_step(self, errand: PageErrand) -> _Step:
        rules = self._rules_for(errand)
        if not isinstance(rules, robots.Rules):
            return _Step(errands=rules)
        asked = False
        try:
            rules.check(errand.at)
            asked = True
            page = errand.ask(self._network, self._common)
        except PageError as error:
            return _Step(self._pause(errand, rules) if asked else 0.0, result=errand.rejected(error))
        return _Step(self._pause(errand, rules), (errand,) if page is None else (), page)

    def _rules_for(self, errand: PageErrand) -> robots.Rules | tuple[RobotsErrand, ...]:
        """Return the rules of where the errand goes; else park it, with the errand for the rules if it is the first."""
        origin = errand.at.origin
        with self._lock:
            rules = self._rules.get(origin)
            if rules is not None:
                return rules
            first = origin not in self._parked
            self._parked.setdefault(origin, []).append(errand)
        at = address.Address(errand.at.scheme, errand.at.host, errand.at.port, "/robots.txt")
        new = RobotsErrand(
            at=at, seconds=errand.seconds, left=errand.seconds, origin=origin, token=self._token
        )
        return (new,) if first else ()

    def _robots_step(self, errand: RobotsErrand) -> _Step:
        try:
            rules = errand.ask(self._network, self._common)
        except PageError as error:
            rules = errand.failed(error)
        if rules is None:
            return _Step(self._pause(errand, None), (errand,))
        with self._lock:
            self._rules.put(errand.origin, rules)
            parked = self._parked.pop(errand.origin)
        return _Step(self._pause(errand, rules), tuple(parked))

    def _pause(self, errand: AnyErrand, rules: robots.Rules | None) -> float:
        return max(self._settings.fetch_delay_seconds, errand.wait, rules.delay if rules else 0.0)
