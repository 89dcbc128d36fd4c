"""Authors and dates, read from lines that are known to tell them."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.boilerplate import text_metadata
from corpus.boilerplate.dates import loose_dates
from corpus.boilerplate.names import names
from corpus.extract.text import line_blocks
from corpus.models import Block, Kind

BYLINES = {
    "By Ada Marchetti | 3 May 2022 | 4 min read": ["Ada Marchetti"],
    "Words Ola Brandt, photographs by the harbour master": ["Ola Brandt"],
    "Von Käthe Ahlers und Jörn Petersen, 3. Mai 2022": ["Käthe Ahlers", "Jörn Petersen"],
    "Prof. Dr. Lise Aubert, colloque de printemps, 10 mai 2023": ["Prof. Dr. Lise Aubert"],
    "Nuria Salas (colaboración), revisado por Íñigo Paz": ["Nuria Salas"],
    "ORNELLA ZAMBON": ["Ornella Zambon"],
    "From: Gwen Tattersall <gwen at lists.example>": ["Gwen Tattersall"],
    "Publicado por Ruy de Almeida Prado às 10h": ["Ruy de Almeida Prado"],
    "router_rita": ["router_rita"],
    "原创 沈小川 河边记 2022-08-11 21:30 发表于浙江": ["沈小川"],
    "文／林曉青 攝影／陳大同 2023.06.05": ["林曉青"],
    "Foto: Marta Ruiz": [],
    "Last updated 3 May 2022": [],
    "Lesezeit 5 Minuten": [],
}
DATES = {
    ("30/03/23 à 09:00", True): ["2023-03-30"],
    ("3/4/2022", False): ["2022-03-04"],
    ("3/4/2022", True): ["2022-04-03"],
    ("3/4/2022", None): [],
    ("13/4/2022", None): ["2022-04-13"],
    ("Stand März 2021", True): ["2021-03-01"],
    ("19.5.25", None): ["2025-05-19"],
    ("Recorded 11 December 2023, published 19 January 2024", None): ["2023-12-11", "2024-01-19"],
    ("二〇〇八年十二月三十日", None): ["2008-12-30"],
    ("31.2.2024 and 10.20.30.40", True): [],
}  # fmt: skip


@pytest.mark.parametrize("line", BYLINES)
def test_a_byline_names_its_authors(line: str) -> None:
    assert names(line) == BYLINES[line]


@pytest.mark.parametrize(("line", "day_first"), DATES)
def test_dates_are_read_as_who_writes_means_them(line: str, day_first: bool | None) -> None:
    assert [dated.date for dated in loose_dates(line, day_first=day_first)] == DATES[line, day_first]


@given(st.text(max_size=400))
def test_any_line_is_read(line: str) -> None:
    assert all(isinstance(name, str) and name for name in names(line))
    assert all(0 <= dated.start < len(line) + 1 for dated in loose_dates(line, day_first=True))


def page(*lines: tuple[Kind, str]) -> list[Block]:
    """Return the blocks of a page that was judged."""
    text = "".join(f"{line}\n" for _, line in lines)
    found = [block for block in line_blocks(text) if block.text]
    kinds = (kind for kind, _ in lines)
    return [dataclasses.replace(block, kind=kind) for block, kind in zip(found, kinds, strict=True)]


PARAGRAPH = (
    "The tender was two lines long, and the second one said that the first could be left out if need be."
)


def test_the_byline_above_wins_and_one_name_is_completed_from_the_box() -> None:
    found = text_metadata(
        page(
            (Kind.NAVIGATION, "Port Letters"),
            (Kind.TITLE, "What the tide told the server room | Port Letters"),
            (Kind.BYLINE, "Posted on 3 May 2022 by Ottilie"),
            (Kind.ARTICLE, PARAGRAPH),
            (Kind.AUTHOR_BOX, "Ottilie Brandt keeps the clocks of a harbour."),
            (Kind.BYLINE, "Answered by Rolf Meyer, last updated 9 June 2023"),
        )
    )
    assert found.title is not None
    assert found.title.value == "What the tide told the server room"
    assert found.author is not None
    assert found.author.value == "Ottilie Brandt"
    assert found.published_on is not None
    assert found.published_on.value == "2022-05-03"


def test_a_thread_is_by_who_wrote_its_first_post() -> None:
    found = text_metadata(
        page(
            (Kind.TITLE, "Who signs at night?"),
            (Kind.AUTHOR_BOX, "tide_counter"),
            (Kind.ARTICLE, PARAGRAPH),
            (Kind.COMMENT, "Nobody."),
            (Kind.COMMENT, "And you?"),
            (Kind.COMMENT, "Me neither."),
            (Kind.COMMENT, "Then it is settled."),
            (Kind.BYLINE, "by harbour_cat"),
        )
    )
    assert found.author is not None
    assert (found.author.value, found.author.source) == ("tide_counter", "post")


def test_where_nothing_says_when_it_was_published_the_last_change_tells() -> None:
    lines = [
        (Kind.ARTICLE, PARAGRAPH),
        (Kind.FOOTER, "This page was last modified on 2 December 2021 at 16:20."),
    ]
    found = text_metadata(page(*lines)).published_on
    assert found is not None
    assert found.value == "2021-12-02"
    assert (
        text_metadata(
            page((Kind.ARTICLE, PARAGRAPH), (Kind.FOOTER, "Founded on 2 December 2021"))
        ).published_on
        is None
    )
