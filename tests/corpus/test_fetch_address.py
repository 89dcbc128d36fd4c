"""Which strings are addresses, when two are the same, and which IP addresses are public."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import PageError
from corpus.fetch.address import is_public, parse, without_credentials


@pytest.mark.parametrize(
    ("given_url", "url"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("https://example.com:80/a", "https://example.com:80/a"),
        ("http://example.com/a#part", "http://example.com/a"),
        ("http://example.com?q=1", "http://example.com/?q=1"),
        ("http://example.com/?", "http://example.com/?"),
        ("http://example.com/A/%7e/%2F//b?x=%20&y[]=1", "http://example.com/A/%7e/%2F//b?x=%20&y[]=1"),
        ("http://example.com/città", "http://example.com/citt%C3%A0"),
        ("http://example.com/a b", "http://example.com/a%20b"),
        ("http://müller.example/", "http://xn--mller-kva.example/"),
        ("http://[2001:DB8:0::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("  http://example.com/\n", "http://example.com/"),
    ],
)
def test_an_address_is_normalised_only_where_it_stays_the_same(given_url: str, url: str) -> None:
    assert parse(given_url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http:///path",
        "http://user:secret@example.com/",
        "http://@example.com/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://example.com:x/",
        "http://a..b/",
        "http://exa mple.com/",
        "http://good.example\\@evil.example/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://example.com/\r\nHost: other",
        "http://example.com/\x00",
        "http://" + "a" * 64 + ".com/",
        "http://example.com/" + "a" * 4_000,
        "http://" + "ü" * 300 + ".example/",
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_a_reason(url: str) -> None:
    with pytest.raises(PageError) as caught:
        parse(url)
    assert caught.value.code == "bad-address"


@given(st.text())
def test_any_string_is_an_address_or_a_reason(text: str) -> None:
    for url in (text, f"http://{text}", f"http://example.com/{text}"):
        try:
            address = parse(url)
        except PageError:
            continue
        assert parse(address.url) == address
        assert address.url.isascii()
        assert address.url.isprintable()
        assert " " not in address.url


@given(st.text())
def test_what_is_stored_of_a_refused_address_is_text_without_credentials(text: str) -> None:
    assert without_credentials(f"http://me:secret@{text}").encode().startswith(b"http://")
    assert "secret" not in without_credentials(f"http://me:secret@host/{text}")


def test_a_relative_redirect_is_read_from_where_it_stood() -> None:
    here = parse("http://example.com/a/b?c")
    assert here.at("../d#e").url == "http://example.com/d"
    assert here.at("//other.example/x").url == "http://other.example/x"
    with pytest.raises(PageError):
        here.at("file:///etc/passwd")


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255 224.0.0.1
    239.1.1.1 240.0.0.1 192.0.0.1 192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 192.88.99.1 :: ::1 fe80::1
    fe80::1%eth0 fc00::1 fec0::1 ff02::1 ff0e::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1
    2002:7f00:1:: 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 2001:0:7f00:1:: 100::1
    4000::1 nonsense""".split(),
)
def test_addresses_of_no_public_server_are_known_however_they_are_written(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", "1.1.1.1 8.8.8.8 2606:4700::1111 ::ffff:8.8.8.8 2002:808:808:: 64:ff9b::808:808".split()
)
def test_addresses_of_public_servers_are_known(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_one_is_judged_like_itself(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    mapped = ipaddress.IPv6Address((0xFFFF << 32) + number)
    sixtofour = ipaddress.IPv6Address((0x2002 << 112) + (number << 80))
    nat64 = ipaddress.IPv6Address((0x64FF9B << 96) + number)
    assert {is_public(str(other)) for other in (mapped, sixtofour, nat64)} == {is_public(str(address))}
