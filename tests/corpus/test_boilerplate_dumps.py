"""Shapes of text dumps: threads, tables of contents, mails, question pages, debris of layout."""

from __future__ import annotations

import time

import pytest

from corpus.boilerplate import judge, judge_draft, text_metadata
from corpus.extract.text import line_blocks
from corpus.models import Block, Kind

PROSE = [
    "Three years ago our company stopped asking departments what they wanted from IT and began to watch them work.",
    "A week in the warehouse taught us more than two years of steering committees, and it cost a pair of boots.",
    "You should write down the decision, the price and the date, and then read it aloud to somebody who has to pay.",
    "Nobody on the board has asked for a slide about architecture since, because each project now carries one figure.",
]


def judged(*lines: str) -> dict[str, Block]:
    return {b.text: b for b in judge(line_blocks("\n".join(lines)), "text") if b.text}


def post(number: int, name: str, text: str) -> list[str]:
    return [
        f"#{number}",
        name,
        "Posts: 12",
        f"Mar {number}, 2021",
        text,
        *(["Fine by me."] if number == 2 else []),
    ]


def test_the_frames_of_a_thread_go_and_every_post_stays() -> None:
    names = ("cable_monkey", "night.shift", "cable_monkey", "rack-7")
    posts = [line for n, name in enumerate(names, 1) for line in post(n, name, PROSE[n - 1])]
    found = judged("Which backup would you trust?", *posts)
    assert {found[line].kind for line in (*PROSE, "Fine by me.")} == {Kind.ARTICLE}
    dropped = {found[line].kind for line in ("cable_monkey", "Posts: 12", "Mar 2, 2021", "#3")}
    assert Kind.ARTICLE not in dropped


def test_a_table_of_contents_is_navigation_and_its_headings_stay() -> None:
    headings = ["1. Watch people work", "2. Write it down", "3. Read it aloud", "4. Ask who pays"]
    body = [line for pair in zip(headings, PROSE, strict=True) for line in pair]
    blocks = [
        b
        for b in judge(line_blocks("\n".join(("A title of some words", *headings, *body))), "text")
        if b.text
    ]
    assert [b.kind for b in blocks[1:5]] == [Kind.NAVIGATION] * 4
    assert [b.kind for b in blocks[5:]] == [Kind.ARTICLE] * 8


def test_the_short_comments_of_a_question_page_are_comments() -> None:
    comment = "That belongs on a tile. – petronella 18 Feb 2020 at 10:40"
    found = judged("Should I hand over the passwords?", *PROSE[:2], comment, *PROSE[2:])
    assert (found[comment].kind, found[comment].rule) == (Kind.COMMENT, "comment:signed")


@pytest.mark.parametrize(
    "line", ["[boat_small.gif]", "![](https://host.example/a.png)", "Photo: A. Marchetti", "____________"]
)
def test_debris_of_pictures_and_layout_goes(line: str) -> None:
    assert judged("A title of some words", *PROSE[:2], line, *PROSE[2:])[line].rule.startswith("debris:")


@pytest.mark.parametrize(
    "heading", ["Contact", "No.", "Photo of a failure nobody wanted to print, in three parts"]
)
def test_short_lines_of_the_article_that_look_like_boilerplate_stay(heading: str) -> None:
    assert judged("A title of some words", *PROSE[:2], heading, *PROSE[2:])[heading].kind is Kind.ARTICLE


def test_a_table_with_bars_is_no_menu() -> None:
    rows = ["Item | Share | Quick", "Idle | 20 % | yes", "Logs | 5 % | no", "Disks | 9 % | no"]
    found = judged("A title of some words", *PROSE, *rows, "© 2020 Example")
    assert {found[row].kind for row in rows} == {Kind.ARTICLE}


def test_paragraphs_of_a_quotation_are_guarded_until_it_is_closed() -> None:
    lines = [
        "“We told the supplier what we thought of his offer and why we would never sign.",
        "Accept all cookies, he said, use of cookies is what we live on, and our cookie policy is our contract.",
        "So we left.”",
    ]
    draft = judge_draft(
        line_blocks("\n\n".join(("A title of some words", PROSE[0], *lines, *PROSE[1:]))), "text"
    )
    quoted = {unit.text: unit.quoted for unit in draft.units}
    assert all(quoted[line] for line in lines[:2])
    assert not quoted[PROSE[1]]


def test_a_mail_of_few_wrapped_lines_is_read_as_paragraphs() -> None:
    mail = [
        "We left the contract open for a year and nobody in the house was",
        "asked what it cost, which is why I would like to hear from you how",
        "you have done it, and what you would never do again in that place",
        "if somebody gave you the choice.",
    ]
    draft = judge_draft(
        line_blocks("\n".join(("Leaving a contract", "", *mail, "", "Thanks", "Ada"))), "text"
    )
    assert " ".join(mail) in {unit.text for unit in draft.units}


def test_the_sender_of_a_mail_in_an_archive_is_its_author() -> None:
    lines = [
        "[heads] Leaving a contract",
        "Ada Marchetti ada at host.example",
        "Tue Sep 14 09:12:44 BST 2021",
        *PROSE,
    ]
    facts = text_metadata(judge(line_blocks("\n".join(lines)), "text"))
    assert facts.author is not None
    assert facts.published_on is not None
    assert (facts.author.value, facts.published_on.value) == ("Ada Marchetti", "2021-09-14")


def test_chinese_written_traditionally_is_known_by_the_same_phrases() -> None:
    text = "\n".join(
        (
            "簽約之前",
            "文／林佳蓉 2021/03/15",
            *["企業應該先寫下決定、價格和日期，然後讀給付錢的人聽，這樣每個人都知道要付出什麼代價。"] * 3,
            "訂閱我們的郵件",
        )
    )
    blocks = {b.text: b.kind for b in judge(line_blocks(text), "text")}
    assert blocks["訂閱我們的郵件"] is Kind.NEWSLETTER
    assert blocks["文／林佳蓉 2021/03/15"] is Kind.BYLINE


def test_an_advertisement_that_names_itself_goes_with_its_pitch() -> None:
    pitch = (
        "Licences under control? The free check of Example Pilots shows in 20 minutes where you pay too much!"
    )
    found = judged("A title of some words", *PROSE[:2], "ADVERTISEMENT", pitch, *PROSE[2:])
    assert found[pitch].kind is Kind.PROMOTION


@pytest.mark.parametrize(
    "line",
    [
        "a",
        "Mar 1, 2021",
        "Home",
        "x | y",
        "“open and never closed",
        "Read also",
        "1. Step",
        "— a 2 Mar 2021",
        "“Yes and no, and then a yes”",
    ],
)
def test_the_time_for_a_page_grows_with_its_lines(line: str) -> None:
    def seconds(count: int) -> float:
        blocks = line_blocks(
            "\n".join([*PROSE, *(f"{line}" if n % 3 else f"{line} {n}" for n in range(count)), *PROSE])
        )
        started = time.process_time()
        judge(blocks, "text")
        return time.process_time() - started

    seconds(100)
    assert seconds(8_000) < 16 * max(seconds(1_000), 0.05)


@pytest.mark.parametrize(
    "form",
    ["{}", "- {} -", "Seite {}", "第 {} 页 共 9 页", "A Small Guide to Pages {}", "IO 7 rev. 2 pag. {} di 9"],
)
def test_page_numbers_and_running_heads_go(form: str) -> None:
    pages = [line for n in (3, 4, 5) for line in (*PROSE, *PROSE, form.format(n), "The Harbour Papers")]
    draft = judge_draft(line_blocks("\n".join(["A title of some words", *pages])), "text")
    rules = dict(zip((unit.text for unit in draft.units), draft.rules, strict=True))
    assert {rules[form.format(n)] for n in (3, 4, 5)} == {"paging:number"}
    assert rules["The Harbour Papers"] == "paging:head"


@pytest.mark.parametrize(
    "form", ["0{}", "Step {}", "{}. Ask who pays", "We bought {}:", "Lorries in the port: {}0"]
)
def test_numbered_headings_are_no_page_numbers(form: str) -> None:
    lines = [line for n in (1, 2, 3) for line in (form.format(n), *PROSE, *PROSE)]
    draft = judge_draft(line_blocks("\n".join(["A title of some words", *lines])), "text")
    assert not [rule for rule in draft.rules if rule.startswith("paging:")]


def test_a_quotation_set_large_goes_where_a_paragraph_has_it_too() -> None:
    said = "“We bought the boots before the software”"
    told = "She said it twice: “We bought the boots before the software, and we would do it again tomorrow.”"
    lines = [
        "A title of some words",
        *PROSE[:2],
        said,
        told,
        "“Nobody else has ever said this to us”",
        *PROSE[2:],
    ]
    draft = judge_draft(line_blocks("\n".join(lines)), "text")
    assert [
        u.text for u, rule in zip(draft.units, draft.rules, strict=True) if rule == "debris:pull-quote"
    ] == [said]
