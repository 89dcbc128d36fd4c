"""What a robots.txt allows us, whatever is written in it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import PageError
from corpus.fetch.address import parse
from corpus.fetch.robots import (
    LONGEST_DELAY,
    Remembered,
    Rules,
    product_token,
    read,
    unreachable,
    without_rules,
)

ME = "cio-advice"


def allows(rules: Rules, path: str) -> bool:
    try:
        rules.check(parse(f"http://example.com{path}"))
    except PageError as error:
        return error.code != "robots"
    return True


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("cio-advice/0.1", ME),
        ("My-Crawler/2.0 (+http://me.example)", "my-crawler"),
        ("Solo", "solo"),
        ("007/1", "007"),
    ],
)
def test_our_name_is_the_user_agent_without_its_version(agent: str, token: str) -> None:
    assert product_token(agent) == token


@pytest.mark.parametrize(
    ("text", "allowed", "forbidden"),
    [
        ("", ["/", "/x"], []),
        ("User-agent: *\nDisallow: /", [], ["/", "/x"]),
        ("User-agent: *\nDisallow:", ["/", "/x"], []),
        ("User-agent: other\nDisallow: /", ["/"], []),
        ("User-agent: cio-advice\nDisallow: /x\n\nUser-agent: *\nDisallow: /", ["/y"], ["/x"]),
        ("user-agent: CIO-Advice/9.9\ndisallow: /x", ["/y"], ["/x/y"]),
        ("User-agent: other\nUser-agent: cio-advice\nDisallow: /x", ["/"], ["/x"]),
        ("User-agent: cio-advice\nUser-agent: other\nDisallow: /x", ["/"], ["/x"]),
        (
            "User-agent: cio-advice\nSitemap: http://e.example/s\nUser-agent: other\nDisallow: /x",
            ["/"],
            ["/x"],
        ),
        ("User-agent: cio-advice\n# and\n\nUser-agent: other\nDisallow: /x", ["/"], ["/x"]),
        ("User-agent: cio-advice\nAllow: /\nUser-agent: other\nDisallow: /x", ["/", "/x"], []),
        (
            "User-agent: *\nDisallow: /a/\nUser-agent: other\nAllow: /\nUser-agent: *\nDisallow: /b/",
            ["/"],
            ["/a/", "/b/"],
        ),
        ("User-agent: *\nAllow: /x/y\nDisallow: /x", ["/x/y"], ["/x/z"]),
        ("User-agent: *\nDisallow: /*.pdf$", ["/a.pdfx"], ["/a.pdf"]),
        ("User-agent: *\nDisallow: /citt%C3%A0", ["/b"], ["/città"]),
        ("User-agent: advice\nDisallow: /\nUser-agent: cio\nDisallow: /", ["/"], []),
        ("User-agent:\nDisallow: /", ["/"], []),
        ("<html><p>User-agent: *<p>Disallow: /</html>", ["/"], []),
    ],
)
def test_the_group_that_names_us_counts_else_the_one_for_all(
    text: str, allowed: list[str], forbidden: list[str]
) -> None:
    for encoding in ("utf-8", "utf-8-sig"):
        rules = read(text.encode(encoding), ME)
        assert [path for path in allowed if not allows(rules, path)] == []
        assert [path for path in forbidden if allows(rules, path)] == []


@pytest.mark.parametrize(
    ("text", "delay"),
    [("2.5", 2.5), ("0", 0), ("86400", LONGEST_DELAY), ("-1", 0), ("nan", 0), ("inf", 0), ("soon", 0)],
)
def test_the_delay_asked_for_is_read_up_to_a_cap(text: str, delay: float) -> None:
    assert read(f"User-agent: *\nCrawl-delay: {text}\n".encode(), ME).delay == delay


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (401, True), (410, True), (429, False), (500, False), (304, False)]
)
def test_no_robots_file_forbids_nothing_and_a_failing_server_everything(status: int, allowed: bool) -> None:
    assert allows(without_rules(status), "/") is allowed


def test_a_robots_file_that_cannot_be_had_forbids_everything_for_the_reason_why() -> None:
    gone = PageError("unreachable", "no connection")
    for on_its_host, code in ((True, "unreachable"), (False, "robots")):
        with pytest.raises(PageError) as caught:
            unreachable(gone, on_its_host).check(parse("http://example.com/"))
        assert caught.value.code == code
    assert allows(unreachable(PageError("redirects", "too many"), on_its_host=True), "/")


@given(st.binary(max_size=500))
def test_any_bytes_are_rules(content: bytes) -> None:
    rules = read(content, ME)
    assert 0 <= rules.delay <= LONGEST_DELAY
    allows(rules, "/some/page?x=1")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{number}\n" for number in range(18_000)) + "Disallow: /x\n" * 18_000,
        "User-agent: *\n" * 18_000 + "Disallow: /x\n" * 18_000,
        "User-agent: *\n" + "".join(f"Disallow: /{number}\n" for number in range(30_000)),
        "User-agent: *\nDisallow: /" + "*a" * 249_000 + "*b",
        "User-agent: *\nDisallow: /" + "$" * 499_000,
        "User-agent: *\n" + "Disallow: /*a*a*a*a*a*b\n" * 20_000,
        " " * 500_000,
        "User-agent" + "\t" * 499_000,
    ],
    ids="agents-by-rules repeated-agents rules wildcards dollars wildcard-rules spaces tabs".split(),
)
def test_a_hostile_robots_file_takes_no_longer_than_it_is_long(text: str) -> None:
    begun = time.process_time()
    rules = read(text.encode(), ME)
    allows(rules, "/" + "a" * 3_900)
    assert time.process_time() - begun < 5  # minutes, and gigabytes, where names and rules multiply


def test_what_is_remembered_stays_bounded_and_keeps_the_last_used() -> None:
    remembered = Remembered()
    for number in range(1_000):
        remembered.put(f"http://h{number}.example", Rules(weight=50_000))
        assert remembered.get("http://h0.example") is not None
    kept = [number for number in range(1_000) if remembered.get(f"http://h{number}.example")]
    assert kept[0] == 0
    assert kept[-1] == 999
    assert len(kept) == 80
