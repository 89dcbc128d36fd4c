"""Boilerplate rules by family, on small dumps; guards for what looks like boilerplate and is the article."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.boilerplate import judge, text_metadata
from corpus.boilerplate.dates import find_date
from corpus.extract.text import line_blocks
from corpus.models import Block, Kind, Metadata, Shape, Sourced, Span

PROSE = [
    "Three years ago our company stopped asking departments what they wanted from IT and began to watch them work.",
    "A week in the warehouse taught us more than two years of steering committees, and it cost a pair of boots.",
    "You should write down the decision, the price and the date, and then read it aloud to somebody who has to pay.",
    "Nobody on the board has asked for a slide about architecture since, because each project now carries one figure.",
]


def dump(*head: str, tail: tuple[str, ...] = (), body: list[str] | None = None) -> str:
    return "\n\n".join((*head, *(body or PROSE), *tail))


def verdicts(text: str) -> dict[str, tuple[Kind, str]]:
    return {b.text: (b.kind, b.rule) for b in judge(line_blocks(text), "text") if b.text}


def kind_of(text: str, line: str) -> Kind:
    return verdicts(text)[line][0]


def facts_of(text: str) -> Metadata:
    return text_metadata(judge(line_blocks(text), "text"))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("We use cookies to improve your experience.", Kind.COOKIE),
        ("Questo sito utilizza i cookie. Accetta tutti", Kind.COOKIE),
        ("Nous utilisons des cookies pour mesurer l'audience. Tout accepter", Kind.COOKIE),
        ("Wir verwenden Cookies und ähnliche Techniken. Alle akzeptieren", Kind.COOKIE),
        ("Join our newsletter", Kind.NEWSLETTER),
        ("Abonnieren Sie unseren Newsletter", Kind.NEWSLETTER),
        ("Suscríbete a nuestro boletín", Kind.NEWSLETTER),
        ("Assine a nossa newsletter", Kind.NEWSLETTER),
        ("订阅我们的邮件", Kind.NEWSLETTER),
        ("Share Tweet LinkedIn Print", Kind.SHARE),
        ("Condividi Facebook Twitter WhatsApp", Kind.SHARE),
        ("分享到 微信 微博", Kind.SHARE),
        ("© 2024 Acme Media. All rights reserved.", Kind.LEGAL),
        ("京ICP备12345678号-1", Kind.LEGAL),
        ("Alle Rechte vorbehalten. Amtsgericht Musterstadt HRB 1234", Kind.LEGAL),
        ("Related articles", Kind.RELATED),
        ("Show Comments", Kind.COMMENT),
        ("Afficher les commentaires", Kind.COMMENT),
        ("查看评论", Kind.COMMENT),
        ("Join the Example CIO group on LinkedIn. The group is open to heads of IT.", Kind.PROMOTION),
    ],
)
def test_widgets_below_an_article_have_their_kind_in_seven_languages(line: str, kind: Kind) -> None:
    assert kind_of(dump("A title of some words", tail=(line,)), line) is kind


@pytest.mark.parametrize(
    "line",
    [
        "“Accept all of it or nothing”, she told the supplier.",
        "- Do you send a newsletter about new systems more often than once a quarter?",
        "Share the budget with the people who pay it.",
        "1. Comment your scripts",
        "Next steps",
        "Q: What do you tell a board that never asks?",
        "$ restic restore latest --target /tmp/probe",
        "你应该先卖掉这个项目，再去建设它。",
        "Cookies are a poor way to know your colleagues, and a banner will not help you either.",
    ],
)
def test_a_line_inside_the_article_is_not_lost_for_a_word(line: str) -> None:
    assert kind_of(dump("A title of some words", body=[*PROSE[:2], line, *PROSE[2:]]), line) is Kind.ARTICLE


def test_a_long_paragraph_in_the_middle_is_not_dropped_for_a_phrase() -> None:
    paragraph = (
        "When the vendor says that all rights reserved means you cannot leave, or offers a free trial, ask for the exit"
        " clause in writing, have two colleagues read it, and keep the answer with the contract until it has ended."
    )
    assert (
        kind_of(dump("A title of some words", body=[*PROSE[:2], paragraph, *PROSE[2:]]), paragraph)
        is Kind.ARTICLE
    )


def test_a_hosting_footer_cuts_to_the_end_of_the_page() -> None:
    tail = (
        "Contact Us",
        "The content source of this page is from Internet, which doesn't represent the opinion of Example Cloud.",
        "A Free Trial That Lets You Build Big!",
        "• Sales Support",
        "1 on 1 presale consultation",
    )
    found = verdicts(dump("A title of some words", "Source: Internet", tail=tail))
    assert {found[line][0] for line in tail} == {Kind.FOOTER}
    assert found[tail[1]][1] == "hosting-footer:content-source-disclaimer"


def test_comments_of_a_network_go_with_the_headlines_above_them() -> None:
    tail = (
        "Head of IT at a cannery, gardener",
        "6yThis is a great read and I should think again.",
        "Over 9,000 Connections! Consultant",
        "3 añosMuy buen aporte, gracias.",
    )
    found = verdicts("\n".join(("A title of some words", *PROSE, *tail)))
    assert {found[line][0] for line in tail} == {Kind.COMMENT}
    assert all(found[line][0] is Kind.ARTICLE for line in PROSE)


def test_a_comment_section_ends_where_the_foot_of_the_page_begins() -> None:
    tail = (
        "2 Comments",
        "Ada says:",
        "I would never do this in a hospital, and neither should you.",
        "Reply",
        "Related posts",
        "A second post",
    )
    found = verdicts(dump("A title of some words", tail=tail))
    kinds = [found[line][0] for line in tail]
    assert kinds == [Kind.COMMENT] * 4 + [Kind.RELATED] * 2


def test_an_author_named_above_and_described_below_is_read() -> None:
    bio = "Ada Marchetti is president of an invented group and speaks at a dozen invented events a year."
    text = dump("A title of some words", "Ada Marchetti", tail=("Ada Marchetti", bio))
    found = verdicts(text)
    assert found["Ada Marchetti"][0] is Kind.BYLINE
    assert found[bio][0] is Kind.AUTHOR_BOX
    assert facts_of(text).author == Sourced("Ada Marchetti", "byline")


def test_an_inline_box_does_not_take_the_next_heading_with_it() -> None:
    box = ["Read also", "The licence audit survival kit", "Cloud is a decision"]
    found = verdicts(dump("A title of some words", body=[*PROSE[:2], *box, "Back to zero", *PROSE[2:]]))
    assert {found[line][0] for line in box} == {Kind.RELATED}
    assert found["Back to zero"][0] is Kind.ARTICLE


def test_a_title_repeated_goes_every_time() -> None:
    blocks = judge(line_blocks(dump("A title of some words", "A title of some words | Example")), "text")
    assert [b.kind for b in blocks if b.text][:2] == [Kind.TITLE, Kind.TITLE]
    assert facts_of(dump("A title of some words", "A title of some words | Example")).site is not None


@pytest.mark.parametrize(
    ("line", "author", "date"),
    [
        ("By Ada Marchetti | March 4, 2021 | 5 min read", "Ada Marchetti", "2021-03-04"),
        ("di Ada Marchetti - 12 marzo 2022", "Ada Marchetti", "2022-03-12"),
        ("Publicado el 3 de junio de 2022 por Ada Marchetti", "Ada Marchetti", "2022-06-03"),
        ("Von Ada Marchetti, 3. März 2021", "Ada Marchetti", "2021-03-03"),
        ("Par Ada Marchetti, publié le 1er août 2020", "Ada Marchetti", "2020-08-01"),
        ("作者：王小明 2023年5月6日 来源：企业网", "王小明", "2023-05-06"),
        ("Ada Marchetti (Example News) 07 março, 2022 10:30", "Ada Marchetti", "2022-03-07"),
        ("Author: User", "", ""),
    ],
)
def test_bylines_tell_author_and_date(line: str, author: str, date: str) -> None:
    text = dump("A title of some words", line)
    facts = facts_of(text)
    assert kind_of(text, line) is Kind.BYLINE
    assert (
        facts.author.value if facts.author else "",
        facts.published_on.value if facts.published_on else "",
    ) == (author, date)


def test_a_date_that_can_be_read_two_ways_is_no_date() -> None:
    assert find_date("03/04/2021") is None
    assert find_date("23/04/2021") == ("2021-04-23", 0, 10)


def test_a_from_line_tells_the_original_address_and_host() -> None:
    facts = facts_of(dump("A title of some words", "From: http://www.old.example/k/1.html"))
    assert facts.url is not None
    assert facts.host is not None
    assert (facts.url.value, facts.host.value) == ("http://www.old.example/k/1.html", "www.old.example")


def test_hard_wrapped_paragraphs_are_judged_whole() -> None:
    wrapped = [line for p in PROSE for line in (*_wrap(p * 2, 72), "")]
    found = judge(line_blocks("\n".join(("A title of some words", "", *wrapped))), "text")
    assert all(b.kind is Kind.ARTICLE for b in found[2:] if b.text)


def _wrap(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) + 1 > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def test_html_blocks_that_are_not_article_are_left_as_they_are() -> None:
    blocks = [
        Block(Span(0, 1), "Home", kind=Kind.NAVIGATION, rule="layout:nav"),
        Block(Span(1, 2), "A title of some words", Shape.HEADING),
        *(Block(Span(i + 2, i + 3), p) for i, p in enumerate(PROSE)),
        Block(Span(6, 7), "Subscribe to our newsletter"),
        Block(Span(7, 8), "kept by the extractor", rule="main-content:trafilatura"),
    ]
    judged = judge(blocks, "html")
    assert judged[0] is blocks[0]
    assert [b.kind for b in judged[1:7]] == [Kind.TITLE, *[Kind.ARTICLE] * 4, Kind.NEWSLETTER]
    assert {b.rule for b in judged[2:6]} == {"article:default"}


LINES = st.one_of(
    st.text(max_size=60),
    st.sampled_from([*PROSE, "Comments", "Reply", "6yThis", "Related", "--", "By A B", "© 2020", ""]),
)


@settings(deadline=None)
@given(st.lists(LINES, max_size=30))
def test_any_page_keeps_its_blocks_and_every_verdict_has_a_rule(lines: list[str]) -> None:
    blocks = line_blocks("\n".join(lines))
    judged = judge(blocks, "text")
    assert [(b.span, b.text, b.shape) for b in judged] == [(b.span, b.text, b.shape) for b in blocks]
    assert all(":" in b.rule for b in judged)
    text_metadata(judged)


@given(st.lists(LINES, max_size=30))
def test_judging_twice_gives_the_same_verdicts(lines: list[str]) -> None:
    blocks = line_blocks("\n".join(lines))
    assert judge(blocks, "text") == judge(blocks, "text")
