"""What an HTML page says of itself: every source is read, in the right order, and what is no fact is refused."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import metadata as bench
from corpus.extract.json_ld import read_items
from corpus.extract.language_tags import language_tag
from corpus.extract.metadata import html_metadata
from corpus.models import Sourced

if TYPE_CHECKING:
    from pathlib import Path


def json_ld(body: str) -> str:
    return f'<script type="application/ld+json">{body}</script>'


def article(fields: str) -> str:
    return json_ld(f'{{"@type":"NewsArticle",{fields}}}')


def title(raw: str) -> Sourced | None:
    return html_metadata(raw).title


def author(raw: str) -> Sourced | None:
    return html_metadata(raw).author


def published(raw: str, fetched_on: str = "") -> Sourced | None:
    return html_metadata(raw, fetched_on=fetched_on).published_on


# --- titles


def test_the_heading_that_the_title_tag_repeats_is_the_title_and_the_site_is_none() -> None:
    raw = "<title>Buying less | The Ledger</title><h1>The Ledger</h1><h1>Buying less</h1><h2>Read on</h2>"
    assert title(raw) == Sourced("Buying less", "heading")


@pytest.mark.parametrize(
    ("raw", "source"),
    [
        (article('"headline":"Why we left the cloud"'), "json-ld"),
        ('<meta property="og:title" content="Why we left the cloud">', "open-graph"),
        ('<meta name="twitter:title" content="Why we left the cloud">', "twitter"),
        ('<meta name="DC.title" content="Why we left the cloud">', "dublin-core"),
        ("<title>Why we left the cloud</title>", "title-tag"),
        ("<h1>Why we left the cloud</h1>", "heading"),
    ],
)
def test_each_place_that_states_a_title_is_read(raw: str, source: str) -> None:
    assert title(raw) == Sourced("Why we left the cloud", source)


@pytest.mark.parametrize(
    "tag",
    [
        "Ten rules | Acme", "Ten rules - Acme", "Acme: Ten rules", "Ten rules :: Acme", "Ten rules — Acme",
        "Acme » Ten rules", "Ten rules | Blog | Acme",
    ],
)  # fmt: skip
def test_the_name_of_the_site_is_taken_off_the_title_tag(tag: str) -> None:
    tag = tag.replace("Acme: ", "Acme : ")
    found = title(f'<meta property="og:site_name" content="Acme"><title>{tag}</title>')
    assert found is not None
    assert found.value.removesuffix(" | Blog") == "Ten rules"


def test_a_dash_inside_a_title_without_a_site_stays() -> None:
    whole = "Cloud exits - what eleven companies learnt on the way back"
    assert title(f"<title>{whole}</title>") == Sourced(whole, "title-tag")


def test_a_slogan_in_the_only_h1_is_not_the_title() -> None:
    whole = "Asset register | Acme"
    raw = f'<meta property="og:title" content="{whole}"><title>{whole}</title><h1>Sleep well!</h1>'
    assert title(raw) == Sourced("Asset register", "open-graph")


def test_a_title_that_was_cut_short_is_the_whole_heading() -> None:
    whole = "How a small bakery in Leeds came to run its own mail server"
    assert title(f"<title>{whole[:40].strip()}…</title><h1>{whole}</h1>") == Sourced(whole, "heading")


def test_entities_and_double_escapes_are_resolved_in_titles() -> None:
    assert title(article('"headline":"R&amp;amp;D &#8211; who pays?"')) == Sourced(
        "R&D – who pays?", "json-ld"
    )
    assert title("<title>Ask &quot;why&quot;</title><h1>Ask &ldquo;why&rdquo;</h1>") == Sourced(
        "Ask “why”", "heading"
    )


def test_a_line_of_the_page_tells_where_the_title_ends_in_a_chinese_title_tag() -> None:
    raw = "<title>小步快走：切成豆腐块-项目管理-管理者在线</title><p>小步快走：切成豆腐块</p><p>正文</p>"
    assert title(raw) == Sourced("小步快走：切成豆腐块", "title-tag")


def test_headings_of_comments_and_related_lists_are_no_titles() -> None:
    raw = "<div class='comments'><h1>Three replies</h1></div><div class='related'><h1>More</h1></div>"
    assert title(raw + "<h1>Pay your debts</h1>") == Sourced("Pay your debts", "heading")


def test_the_sign_of_an_anchor_is_no_part_of_a_heading() -> None:
    assert title("<title>Backups</title><h1>Backups<a href='#b'>¶</a></h1>") == Sourced("Backups", "heading")


# --- authors


@pytest.mark.parametrize(
    ("raw", "source"),
    [
        (article('"author":{"@type":"Person","name":"Jane Roe"}'), "json-ld"),
        (article('"author":[{"name":"Jane Roe"}]'), "json-ld"),
        (article('"author":"Jane Roe"'), "json-ld"),
        ('<meta name="author" content="Jane Roe">', "meta"),
        ('<meta property="article:author" content="Jane Roe">', "meta"),
        ('<meta name="parsely-author" content="Jane Roe">', "meta"),
        ('<meta name="citation_author" content="Roe, Jane">', "meta"),
        ('<meta name="DC.creator" content="Roe, Jane">', "meta"),
        (
            '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Jane Roe">',
            "twitter",
        ),
        ('<h1>T</h1><p itemprop="author">by <b itemprop="name">Jane Roe</b>, a pilot</p>', "microdata"),
        ('<h1>T</h1><p itemprop="author"><meta itemprop="name" content="Jane Roe">J.</p>', "microdata"),
        ('<h1>T</h1><span property="schema:author">Jane Roe</span>', "microdata"),
        ('<h1>T</h1><a rel="author" href="/jane">Jane Roe</a>', "rel-author"),
        ('<h1>T</h1><p class="byline">By Jane Roe | 12 Feb 2020</p>', "byline"),
        ('<h1>T</h1><a href="/author/jane-roe">Jane Roe</a>', "author-link"),
        ("<h1>T</h1><p>By Jane Roe</p>", "byline-line"),
        ("<h1>T</h1><p>Written by</p><p>Jane Roe</p>", "byline-line"),
        ("<h1>T</h1><p>Posted on 9 May 2022 by Jane Roe</p>", "byline-line"),
        ("<h1>T</h1><p>Jane Roe</p><p>9 May 2022</p>", "byline-line"),
        ("<h1>T</h1><p>von Jane Roe, 09.05.2022</p>", "byline-line"),
        ('<div class="author-box"><p class="author-name">Jane Roe</p></div>', "byline"),
    ],
)
def test_each_place_that_names_an_author_is_read(raw: str, source: str) -> None:
    assert author(raw) == Sourced("Jane Roe", source)


def test_a_reference_to_an_author_elsewhere_in_the_graph_is_followed() -> None:
    person = '{"@type":"Person","@id":"#j","name":"Jane Roe"}'
    page = '{"@type":["Article","BlogPosting"],"author":{"@id":"#j"}}'
    assert author(json_ld(f'{{"@graph":[{page},{person}]}}')) == Sourced("Jane Roe", "json-ld")


def test_several_authors_are_joined_by_commas_and_each_is_named_once() -> None:
    people = '"author":[{"name":"Jane Roe"},{"name":"John Doe"},{"name":"jane roe"}]'
    assert author(article(people)) == Sourced("Jane Roe, John Doe", "json-ld")
    assert author('<meta name="author" content="Jane Roe, John Doe">') == Sourced(
        "Jane Roe, John Doe", "meta"
    )
    assert author("<h1>T</h1><p class='byline'>By Jane Roe and John Doe</p>") == Sourced(
        "Jane Roe, John Doe", "byline"
    )


def test_letters_after_a_name_make_no_second_author() -> None:
    assert author('<meta name="author" content="Jane Roe, MD">') == Sourced("Jane Roe, MD", "meta")


@pytest.mark.parametrize(
    "name",
    ["admin", "Administrator", "Editor", "The Editors", "Redazione", "Staff Writer", "https://x.example/jane", "@jane",
     "12345", "jane@x.example", "Guest Author", "{{author}}", "编辑部", "-", "Rédaction du site", "WordPress"],
)  # fmt: skip
def test_roles_addresses_and_templates_are_no_authors(name: str) -> None:
    assert author(f'<meta name="author" content="{name}">') is None
    assert author(article(f'"author":{{"name":"{name}"}}')) is None


def test_a_site_or_a_team_is_the_author_only_where_nobody_is_named() -> None:
    site = '<meta property="og:site_name" content="Acme Weekly"><meta name="author" content="Acme Weekly">'
    assert author(site) == Sourced("Acme Weekly", "meta")
    assert author(site + "<h1>T</h1><p>By Jane Roe</p>") == Sourced("Jane Roe", "byline-line")
    team = '<meta name="author" content="Acme Team"><h1>T</h1><a rel="author">Jane Roe</a>'
    assert author(team) == Sourced("Jane Roe", "rel-author")


def test_an_organisation_that_calls_itself_the_author_names_nobody() -> None:
    assert author(article('"author":{"@type":"Organization","name":"Acme"}')) is None


def test_the_name_printed_below_the_title_goes_before_the_account_that_typed_it_in() -> None:
    raw = article('"author":{"name":"Luke Clerk"}') + "<h1>Rent or buy</h1><p>By: Jane Roe</p>"
    assert author(raw) == Sourced("Jane Roe", "byline-line")


def test_those_who_reviewed_or_took_pictures_and_those_who_comment_are_no_authors() -> None:
    assert author("<h1>T</h1><p class='byline'>Reviewed by Jane Roe</p>") is None
    assert author("<h1>T</h1><p class='byline'>Photos by Jane Roe</p>") is None
    assert author("<h1>T</h1><div class='comments'><span class='author'>Jane Roe</span></div>") is None


@pytest.mark.parametrize(
    "line", ["By Role", "By the end of this guide you will know", "Text Messaging Guide", "by email"]
)
def test_lines_that_only_begin_like_bylines_name_nobody(line: str) -> None:
    assert author(f"<h1>T</h1><p>{line}</p>") is None


# --- dates


@pytest.mark.parametrize(
    ("raw", "source"),
    [
        (article('"datePublished":"2022-03-12T08:00:00+01:00"'), "json-ld"),
        (article('"datePublished":"Mar 12, 2022"'), "json-ld"),
        ('<p itemprop="datePublished" content="2022-03-12">x</p>', "microdata"),
        ('<meta itemprop="datePublished" content="2022-03-12">', "microdata"),
        ('<meta property="article:published_time" content="2022-03-12T23:10:00Z">', "meta"),
        ('<meta name="DC.date.issued" content="2022-03-12">', "meta"),
        ('<meta name="pubdate" content="20220312">', "meta"),
        ('<meta name="parsely-pub-date" content="1647086400">', "meta"),
        ('<h1>T</h1><p><time datetime="2022-03-12T10:00">last spring</time></p>', "time-element"),
        (
            "<h1>T</h1><p>by her, <span class='entry-date'>12. März 2022</span>, and on and on we go, it is long</p>",
            "date-element",
        ),
        ("<h1>T</h1><p>Published on March 12, 2022</p>", "date-line"),
        ("<h1>T</h1><p>12 marzo 2022</p>", "date-line"),
        ('<link rel="canonical" href="https://x.example/2022/03/12/rent">', "address"),
    ],
)
def test_each_place_that_dates_a_page_is_read(raw: str, source: str) -> None:
    assert published(raw) == Sourced("2022-03-12", source)


@pytest.mark.parametrize(
    "value",
    [
        "2022-02-30",
        "2022-13-01",
        "yesterday",
        "3 days ago",
        "1970-01-01",
        "1899-12-30",
        "0001-01-01",
        "2022",
        "03/04/2022",
    ],
)
def test_dates_that_are_none_or_cannot_be_are_refused(value: str) -> None:
    assert published(f'<meta property="article:published_time" content="{value}">') is None
    assert published(article(f'"datePublished":"{value}"')) is None


def test_a_date_after_the_fetch_is_refused_and_the_next_source_is_asked() -> None:
    raw = article('"datePublished":"2031-01-01"') + '<meta name="pubdate" content="2022-03-12">'
    assert published(raw, "2022-04-01") == Sourced("2022-03-12", "meta")
    assert published('<meta name="pubdate" content="2022-03-12">', "2022-03-11") == Sourced(
        "2022-03-12", "meta"
    )
    assert published('<meta name="pubdate" content="2022-03-12">', "2022-03-10T09:00:00Z") is None


def test_the_day_of_a_change_is_not_the_day_of_publication() -> None:
    both = article('"datePublished":"2020-01-05","dateModified":"2022-03-12"')
    assert published(both + "<h1>T</h1><p>12 March 2022</p>") == Sourced("2020-01-05", "json-ld")
    assert published(both + "<h1>T</h1><p>Updated 14 March 2022</p>") == Sourced("2020-01-05", "json-ld")
    for line in (
        "Last updated: 12 March 2022",
        "Zuletzt aktualisiert am 12.03.2022",
        "Aggiornato il 12 marzo 2022",
    ):
        assert published(f"<h1>T</h1><p>{line}</p>") is None
    assert published("<h1>T</h1><p>Last updated:</p><p>12 March 2022</p>") is None
    assert published('<meta property="article:modified_time" content="2022-03-12">') is None


def test_the_plain_date_by_the_title_goes_before_what_machines_are_told() -> None:
    raw = (
        article('"datePublished":"2019-01-01","dateModified":"2023-01-01"') + "<h1>T</h1><p>12 March 2022</p>"
    )
    assert published(raw) == Sourced("2022-03-12", "date-line")


@pytest.mark.parametrize(
    "raw",
    [
        "<h1>T</h1><p>© 2022-03-12 Acme</p>",
        "<h1>T</h1><p>Member since 12 March 2022</p>",
        "<h1>T</h1><div class='comments'><p>12 March 2022</p><time datetime='2022-03-12'>x</time></div>",
        "<h1>T</h1><div class='related'><span itemprop='datePublished'>12 March 2022</span></div>",
        "<h1>T</h1><p>Rates as of 12 March 2022 were higher than anyone at the bank had thought possible.</p>",
        json_ld('{"@type":"WebPage","datePublished":"2022-03-12"}'),
        "<h1>Events</h1><p>12 March 2022</p><p>Oslo</p><p>14 March 2022</p><p>Rome</p><p>17 March 2022</p><p>Kiel</p>",
    ],
)
def test_dates_of_other_things_are_not_the_days_of_publication(raw: str) -> None:
    assert published(raw) is None


def test_day_and_month_are_told_apart_by_the_declared_language() -> None:
    page = "<html lang='{}'><h1>T</h1><p><time datetime='3/4/2022'>x</time></p>"
    assert published(page.format("en-GB")) == Sourced("2022-04-03", "time-element")
    assert published(page.format("en-US")) == Sourced("2022-03-04", "time-element")
    assert published(page.format("it")) == Sourced("2022-04-03", "time-element")
    assert published(page.format("en")) is None


# --- JSON-LD


@pytest.mark.parametrize(
    "body",
    [
        '{"@type":"Article","headline":"a // b, }"}',
        '//<![CDATA[\n{"@type":"Article","headline":"a // b, }"}\n//]]>',
        '<!--\n{"@type":"Article","headline":"a // b, }",}\n-->',
        '/* first */ {"@type":"Article", // what it is\n"headline":"a // b, }",};',
        '[{"@graph":[{"@type":["Article","Thing"],"headline":"a // b, }",},]}]',
        '{"@type":"http://schema.org/Article","headline":"a // b, }"}',
        '{"@type":"Article","headline":"a // b, }","text":"line\nline\ttab"}',
    ],
)
def test_json_ld_is_read_as_pages_write_it(body: str) -> None:
    assert title(json_ld(body)) == Sourced("a // b, }", "json-ld")


def test_json_ld_that_cannot_be_mended_says_nothing() -> None:
    for body in (
        '{"@type": [',
        "[" * 100_000,
        "",
        "null",
        "3",
        '"@type"',
        '{"@type":"Article","headline":{"a":1}}',
    ):
        assert title(json_ld(body)) is None


def test_the_object_of_this_page_is_found_among_those_of_others() -> None:
    others = '{"@type":"Article","url":"https://x.example/b","headline":"B","author":"John Doe"}'
    own = '{"@type":"Article","url":"https://x.example/a/","headline":"A","author":"Jane Roe"}'
    raw = f'<link rel="canonical" href="https://x.example/a">{json_ld(f"[{others},{own}]")}'
    assert author(raw) == Sourced("Jane Roe", "json-ld")


# --- language, site, address


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("pt_BR", "pt-BR"), ("zh_CN", "zh-CN"), ("en-us", "en-US"), ("zh-hant-tw", "zh-Hant-TW"), ("EN", "en"),
        ("ita", "it"), ("en_US.UTF-8", "en-US"), ("es-419", "es-419"), ("en-EN", "en"), ("en-UK", "en-GB"),
        ("Deutsch", "de"), ("iw", "he"), ("de-DE-1996", "de-DE"), ("x-default", None), ("und", None),
        ("", None), ("{{lang}}", None), ("xx", None),
        ("english please", None), ("en, fr", None), ("*", None), ("-", None),
    ],
)  # fmt: skip
def test_declared_languages_are_tags_or_nothing(declared: str, tag: str | None) -> None:
    assert language_tag(declared) == tag


@pytest.mark.parametrize(
    ("raw", "source"),
    [
        ('<html lang="pt_br">', "html-lang"),
        (
            '<html lang="zz">'
            + article('"inLanguage":{"@type":"Language","name":"x","alternateName":"pt-br"}'),
            "json-ld",
        ),
        ('<meta property="og:locale" content="pt_BR">', "open-graph"),
        ('<meta http-equiv="Content-Language" content="pt-br">', "meta"),
    ],
)
def test_each_place_that_declares_the_language_is_read(raw: str, source: str) -> None:
    assert html_metadata(raw).language == Sourced("pt-BR", source)


def test_the_site_is_named_by_open_graph_or_by_the_publisher() -> None:
    assert html_metadata('<meta property="og:site_name" content="Acme">').site == Sourced(
        "Acme", "open-graph"
    )
    assert html_metadata(article('"publisher":{"name":"Acme"}')).site == Sourced("Acme", "json-ld")


def test_a_relative_canonical_address_is_made_absolute() -> None:
    link = '<link rel="canonical" href="/a?b=1&amp;c=2">'
    whole = Sourced("https://x.example/a?b=1&c=2", "canonical")
    assert html_metadata('<base href="https://x.example/z/">' + link).url == whole
    assert html_metadata('<meta property="og:url" content="https://x.example/other">' + link).url == whole
    assert html_metadata(link, url="https://x.example/found").url == whole
    assert html_metadata(link).url is None


# --- bad input


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *("<h1>", "</h1>", "<p class='author'>", "</p>", "By Jane Roe"),
                *("<time datetime='2022-01-02'>", "</time>"),
                *("<script type='application/ld+json'>", '{"@type":"Article","author":', '[{"name":3}]}', "</script>"),
                *("<meta name='author' content='", "'>", "<title>", "</title>", "12 March 2022", "<html lang='"),
                *("<div class='comments'>", "</div>", "&#0;&#xD800;", "\ud800", "\0", "作者：王磊", "<base href='http://[x/'>"),
            ]
        ),
        max_size=40,
    ).map("".join)
)  # fmt: skip
def test_no_page_makes_it_fail_and_every_fact_is_clean_text(raw: str) -> None:
    facts = html_metadata(raw)
    for fact in (facts.title, facts.author, facts.published_on, facts.site, facts.url, facts.language):
        assert fact is None or (fact.value and fact.source and fact.value == " ".join(fact.value.split()))
        assert fact is None or fact.value.encode()


@pytest.mark.parametrize(
    "raw",
    [
        "<span class=author>" * 60_000,
        "<span class=author>x <img>" * 30_000,
        "<p class=author>Jane Roe</p>" * 30_000,
        "<h2>Some heading</h2>" * 30_000,
        "<time datetime=2022-01-01>" * 50_000,
        "<script type=application/ld+json>" + "/*" * 400_000 + "</script>",
        "<script type=application/ld+json>" + '"' * 800_001 + "</script>",
        "<script type=application/ld+json>" + ",  " * 300_000 + "</script>",
        "<script type=application/ld+json>["
        + '{"@type":"Article","headline":"x"},' * 25_000
        + "{}]</script>",
        "<meta name='a' content='" + "&amp;" * 300_000 + "'>",
        "By " * 500_000,
    ],
    ids=range(11),
)
def test_hostile_pages_cost_no_more_than_their_length(raw: str) -> None:
    started = time.process_time()
    html_metadata("<h1>T</h1>" + raw)
    assert time.process_time() - started < 4


def test_one_unreadable_script_does_not_hide_the_others() -> None:
    assert [item["@type"] for item in read_items(["{", '{"@type":"Article"}'])] == ["Article"]


# --- the bench


def test_names_are_compared_as_sets_and_titles_without_their_typography() -> None:
    assert bench.same("author", "Jane Roe, John Doe", "John Doe and Jane Roe")
    assert not bench.same("author", "Jane Roe", "Jane Roe, John Doe")
    assert bench.same("title", "“Cloud” – first…", '"Cloud" - First...')
    assert bench.alike("date", "2022-03-12", "2022-03-13")
    assert not bench.alike("date", "2022-03-12", "2022-03-14")


def test_nothing_found_is_right_only_where_there_is_nothing() -> None:
    shares = bench.figures([("", ""), ("", "a"), ("a", "a"), ("b", "")], "title")
    assert shares == {"right": 0.5, "lenient": 0.5, "precision": 0.5, "recall": 0.5, "none": 0.5}


@pytest.mark.shared
def test_facts_of_public_pages_that_were_not_tuned_on(shared_dir: Path) -> None:
    """A sample: `python -m bench.metadata` measures all of them, and the peers."""
    shares = bench.held_out_shares(shared_dir / "data" / "web_pages", step=5)
    assert min(shares.values()) >= 0.75, shares
