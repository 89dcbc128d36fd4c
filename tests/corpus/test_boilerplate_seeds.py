"""The five seed pages, line by line: labels are line numbers, the text itself stays beside the checkout."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from corpus.boilerplate import judge, text_metadata
from corpus.extract.text import line_blocks
from corpus.models import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.models import Block

pytestmark = pytest.mark.shared

# file: (first digits of its SHA-256, what is not the article as (kind, first line, last line)); all other lines are.
# 000, lines 70 to 73: an unsigned note of whoever reposted the article reads like its end, and is left in it.
SEED_LINES: dict[str, tuple[str, list[tuple[str, int, int]]]] = {
    "000_4f5bb6b621f0c8b6.txt": ("f3539384", [("title", 1, 1), ("byline", 3, 6), ("footer", 77, 95)]),
    "001_dedc4f5de873fbaf.txt": (
        "535febfe",
        [("title", 1, 3), ("promotion", 24, 24), ("newsletter", 26, 28), ("comment", 29, 29)],
    ),
    "002_e422e16cf1e86236.txt": ("d070efbd", [("title", 1, 1), ("comment", 11, 16)]),
    "003_9d023ac50abd5b01.txt": (
        "207e9480",
        [("title", 1, 1), ("byline", 5, 5), ("byline", 54, 54), ("author_box", 56, 56), ("related", 58, 58)],
    ),
    "004_bb531295ddb83bc1.txt": ("b2c1b073", [("title", 1, 1), ("byline", 31, 31), ("author_box", 33, 33)]),
}

# file: title, author, date, original URL
SEED_FACTS: dict[str, tuple[str, str, str, str]] = {
    "000_4f5bb6b621f0c8b6.txt": (
        "The CIO is wrong and will not promote informatization",
        "",
        "",
        "http://www.amteam.org/k/CIO/2009-6/625118.html",
    ),
    "001_dedc4f5de873fbaf.txt": (
        "Blog: Marketing, Selling, or Self-Promotion? No Wonder CIOs are Confused",
        "",
        "",
        "",
    ),
    "002_e422e16cf1e86236.txt": ("The CIO as a Sales Person", "", "", ""),
    "003_9d023ac50abd5b01.txt": ("Gestione IT: IL problema di marketing", "Romi Mahajan", "", ""),
    "004_bb531295ddb83bc1.txt": ("Respect the CIO", "Mr. CIO Talks", "", ""),
}


def judged_seed(seeds_dir: Path, name: str) -> dict[int, Block]:
    """Return the judged block of every visible line of a seed page, by line number."""
    content = (seeds_dir / name).read_bytes()
    assert hashlib.sha256(content).hexdigest().startswith(SEED_LINES[name][0]), (
        f"{name} is not the page labelled here"
    )
    text = content.decode()
    blocks = judge(line_blocks(text), "text")
    return {text.count("\n", 0, b.span.start) + 1: b for b in blocks if b.kind is not Kind.BLANK}


@pytest.mark.parametrize("name", SEED_LINES)
def test_every_line_of_the_seed_pages_has_its_kind(seeds_dir: Path, name: str) -> None:
    expected = {n: kind for kind, first, last in SEED_LINES[name][1] for n in range(first, last + 1)}
    found = judged_seed(seeds_dir, name)
    assert {n: b.kind.value for n, b in found.items()} == {n: expected.get(n, "article") for n in found}


@pytest.mark.parametrize("name", SEED_FACTS)
def test_the_seed_pages_say_who_wrote_what_and_where(seeds_dir: Path, name: str) -> None:
    facts = text_metadata(list(judged_seed(seeds_dir, name).values()))
    read = (facts.title, facts.author, facts.published_on, facts.url)
    assert tuple(fact.value if fact else "" for fact in read) == SEED_FACTS[name]


def test_a_machine_reprint_names_no_author_but_its_original(seeds_dir: Path) -> None:
    facts = text_metadata(list(judged_seed(seeds_dir, "000_4f5bb6b621f0c8b6.txt").values()))
    assert facts.author is None
    assert facts.site is None
    assert facts.url is not None
    assert facts.url.source == "from-line"
