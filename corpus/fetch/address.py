"""Web addresses as requests need them, and which IP addresses are public."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from corpus.errors import PageError

LONGEST = 4_000
_PORTS = {"http": 80, "https": 443}
_KEPT = "!$%&'()*+,/:;=?@[]~"
_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
_USERINFO = re.compile(r"//[^/?#]*@")

_IPV4_RESERVED = tuple(
    ipaddress.IPv4Network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4")
)
_IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that IANA has given out
_IPV6_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Address:
    """An http(s) address: `host` in lower-case ASCII without brackets, `target` is path and query in ASCII."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as the Host header and an address name them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt is about."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The whole address."""
        return self.origin + self.target

    def at(self, reference: str) -> Address:
        """Return the address that `reference`, from a Location header, means here; raises as `parse` does."""
        try:
            return parse(urljoin(self.url, reference.strip()))
        except ValueError as error:
            raise PageError("bad-address", f"redirected to what is no address: {error}") from error


def parse(url: str) -> Address:
    """Read an http(s) address without its fragment, normalised only where RFC 3986 says it is the same.

    Characters that no address may hold are percent-encoded as UTF-8 (RFC 3987). Raises PageError `bad-address`.
    """
    url = url.strip()
    if len(url) > LONGEST:
        raise PageError("bad-address", f"an address of more than {LONGEST:,} characters")
    if not url.isprintable():
        raise PageError("bad-address", "an address with control characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise PageError("bad-address", f"no address: {error}") from error
    if parts.scheme not in _PORTS:
        raise PageError("bad-address", "no http:// or https:// address")
    if "@" in parts.netloc:
        raise PageError("bad-address", "an address with a user name or password; give it without")
    if port == 0:
        raise PageError("bad-address", "port 0 cannot be asked")
    return Address(parts.scheme, _host(parts), port or _PORTS[parts.scheme], _target(url, parts))


def without_credentials(url: str) -> str:
    """Return any string as it may be stored: no user name or password, no lone surrogates."""
    return _USERINFO.sub("//", url.strip(), count=1).encode("utf-8", "replace").decode()


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        if ":" in host and "%" not in host:  # a zone is of this machine alone
            return ipaddress.IPv6Address(host).compressed
        if not host.isascii() and len(host) <= 253:
            import idna

            host = idna.encode(host, uts46=True).decode("ascii").lower()
    except ValueError as error:  # idna's errors are UnicodeErrors, those are ValueErrors
        raise PageError("bad-address", f"no host name: {error}") from error
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise PageError("bad-address", "no host name that can be looked up")
    return host


def _target(url: str, parts: SplitResult) -> str:
    rest = url[url.index("//") + 2 + len(parts.netloc) :].partition("#")[0]
    return quote(rest if rest.startswith("/") else f"/{rest}", safe=_KEPT)


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet, in itself and in the IPv4 address it may carry."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _carried(ip)
        if inner is not None:
            return is_public(str(inner))
        return ip in _IPV6_UNICAST and ip.is_global and ip.scope_id is None
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _IPV4_RESERVED)


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that a mapped, 6to4 or NAT64 address leads to."""
    if ip in _IPV6_NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour
