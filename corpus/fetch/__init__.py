"""Pages from the web, fetched politely and safely: one result per address, as they finish.

Politeness: robots.txt is obeyed (RFC 9309), one request at a time per host with a pause between them, `Crawl-delay`
and `Retry-After` are honoured, what is known is asked for conditionally (RFC 9110), one connection per request.

Safety: names are resolved here and the connection goes to an address that was looked at, at every hop, so that
neither a name nor a redirect leads into a private network; size, time and headers have caps; no cookies, no
credentials, no `.netrc`. **Proxies of the environment are not used**: a proxy resolves names itself, so that nobody
here could say which address is asked. Where a proxy is the only way out, mirror the pages and give the files.

Nothing here touches the network before `fetch_pages` is given an address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from corpus.models import RawPage, RejectedPage, Validator
    from corpus.settings import Settings

__all__ = ["fetch_pages"]


def _nothing_known(_uri: str) -> Validator | None:
    return None


def fetch_pages(
    urls: Iterable[str],
    settings: Settings,
    known: Callable[[str], Validator | None] = _nothing_known,
    *,
    resolve: Callable[[str], Sequence[str]] | None = None,
) -> Iterator[RawPage | RejectedPage]:
    """Fetch web pages: one result for each of `urls`, in the order in which they finish.

    `urls` is read lazily, at most about a thousand ahead, and `known` is called, both in the caller's thread.
    `known` gives for the address of a page (as in `RawPage.uri`) what the last answer said; where the server says
    that nothing has changed, the page comes with empty `content` and the hash it had. `resolve` gives the IP addresses
    of a host name (default: the system's resolver). Closing the iterator ends all threads and connections.

    A page that cannot be had is a `RejectedPage` with one of the codes `bad-address`, `http-error`, `no-page`,
    `private-address`, `redirects`, `robots`, `timeout`, `too-large`, `unreachable`; its hash is that of code and
    reason. Raises SettingsError where `fetch_user_agent` cannot be sent; what `urls` and `known` raise comes through.
    """
    from corpus.fetch.crawl import Crawl
    from corpus.fetch.network import system_resolver

    return Crawl(settings, known, resolve or system_resolver).results(urls)
