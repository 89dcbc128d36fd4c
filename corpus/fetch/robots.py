"""What robots.txt says (RFC 9309): read once per origin and run, remembered within a bound."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protego import Protego

from corpus.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.fetch.address import Address

MOST_BYTES = 500_000
LONGEST_DELAY = 60.0
_REMEMBERED_CHARACTERS = 4_000_000
_ENTRY = 200  # what an origin without rules weighs
_AGENT_LINE = re.compile(r"\s*user[- ]?agent[ \t:]+([^#]*)", re.I)
_NO_RULE = re.compile(r"\s*(?:#|$|site-?maps?\b|host\b)", re.I)
_TOKEN = re.compile(r"[A-Za-z_-]+")
_HOST_FAILS = frozenset(("unreachable", "private-address", "timeout"))


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin asks of us: `delay` seconds between requests, and which pages not to ask for.

    `refusal` is why no page at all may be asked for; `weight` is about how much memory this takes.
    """

    delay: float = 0.0
    weight: int = _ENTRY
    parser: Protego | None = None
    refusal: PageError | None = None
    agent: str = "*"

    def check(self, address: Address) -> None:
        """Raise PageError where the page may not be asked for."""
        if self.refusal is not None:
            raise PageError(self.refusal.code, self.refusal.reason)
        if self.parser is not None and not self.parser.can_fetch(address.url, self.agent):
            raise PageError("robots", f"the robots.txt of {address.origin} does not allow it to {self.agent}")


def product_token(user_agent: str) -> str:
    """Return the name that groups of a robots.txt call us by: the user agent without its version."""
    found = _TOKEN.match(user_agent)
    return found.group().lower() if found else user_agent.split("/")[0].split()[0].lower()


def read(content: bytes, token: str) -> Rules:
    """Understand a robots.txt; whatever is no rule in it is passed over."""
    text = "\n".join(_our_groups(content.decode("utf-8-sig", "replace"), token))
    parser = Protego.parse(text)
    delay = min(parser.crawl_delay(token) or 0.0, LONGEST_DELAY)
    return Rules(delay, _ENTRY + len(text), parser, None, token)


def _our_groups(text: str, token: str) -> Iterator[str]:
    """Leave out the groups of others: ten thousand names above ten thousand rules would multiply.

    A group is names, then rules. The name without a version must be ours, or `*` (RFC 9309, 2.2.1).
    """
    naming = ours = False
    for line in text.splitlines():
        found = _AGENT_LINE.match(line)
        if found is None:
            naming = naming and _NO_RULE.match(line) is not None
            if ours:
                yield line
            continue
        ours = ours and naming
        naming = True
        name = found.group(1).strip().lower().partition("/")[0]
        if name == "*" or name.rstrip("* ") == token:
            yield f"User-agent: {name.rstrip('* ') or '*'}"
            ours = True


def without_rules(status: int) -> Rules:
    """Return what an answer that is no robots.txt means: none there (4xx) forbids nothing, all else everything.

    429 counts with the failures of a server: it asks for less, not for all.
    """
    if 400 <= status < 500 and status != 429:
        return Rules()
    return Rules(
        refusal=PageError("robots", f"its robots.txt was answered with status {status}: nothing may be asked")
    )


def unreachable(error: PageError, on_its_host: bool) -> Rules:
    """Return what a robots.txt that could not be had means: nothing may be asked.

    Where its own host cannot be reached at all, that is the reason given for its pages. A robots.txt behind too many
    redirects counts as none (RFC 9309, 2.3.1.2).
    """
    if error.code == "redirects":
        return Rules()
    code = error.code if on_its_host and error.code in _HOST_FAILS else "robots"
    return Rules(refusal=PageError(code, f"its robots.txt could not be had: {error.reason}"))


class Remembered:
    """The rules of the origins last asked for; `weight` in all stays within a bound."""

    def __init__(self) -> None:
        self._rules: OrderedDict[str, Rules] = OrderedDict()
        self._weight = 0

    def get(self, origin: str) -> Rules | None:
        """Return the rules of `origin`, or None where they must be asked for."""
        rules = self._rules.get(origin)
        if rules is not None:
            self._rules.move_to_end(origin)
        return rules

    def put(self, origin: str, rules: Rules) -> None:
        """Remember the rules of `origin`, and forget those not asked for the longest."""
        old = self._rules.pop(origin, None)
        self._rules[origin] = rules
        self._weight += rules.weight - (old.weight if old else 0)
        while self._weight > _REMEMBERED_CHARACTERS and len(self._rules) > 1:
            self._weight -= self._rules.popitem(last=False)[1].weight
