"""Copies of labelled pages, to learn from: what they take away, what they put in, and that labels stay with lines."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from bench.line_copies import NUMBERS, Labelled, grafted, trimmed
from bench.line_network import IN_DOUBT


def page(name: str, kinds: list[str]) -> Labelled:
    lines = [f"{name} {kind} {number}" if kind else "" for number, kind in enumerate(kinds)]
    return Labelled(lines, [NUMBERS.get(kind, IN_DOUBT) for kind in kinds], 0, "written", "en")


OWN = page("own", ["navigation", "title", "article", "", "article", "article", "comment", "legal"])
OTHER = page(
    "other", ["title", "article", "promotion", "promotion", "article", "related", "promotion", "footer"]
)


@given(st.integers(0, 500))
def test_the_copies_of_a_page_keep_its_article_in_order_and_every_label_at_its_line(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - a repeatable draw, not a secret
    for copy in (trimmed(OWN, draw), grafted(OWN, [OTHER], draw)):
        told = dict(zip((*OWN.lines, *OTHER.lines), (*OWN.told, *OTHER.told), strict=True))
        assert all(told[line] == label for line, label in zip(copy.lines, copy.told, strict=True))
        assert [line for line in copy.lines if "own article" in line] == [
            x for x in OWN.lines if "own article" in x
        ]
        assert "other article" not in " ".join(copy.lines)
        assert copy.group == "trimmed"


def test_a_grafted_page_is_interrupted_as_others_are() -> None:
    draw = random.Random(1)  # noqa: S311 - a repeatable draw, not a secret
    copies = [grafted(OWN, [OTHER], draw) for _ in range(20)]
    inside = [
        copy.lines[copy.lines.index("own article 2") : copy.lines.index("own article 5")] for copy in copies
    ]
    assert all(any("other promotion" in line for line in lines) for lines in inside)
    assert {copy.lines[-1] for copy in copies} == {"own legal 7", "other footer 7"}
