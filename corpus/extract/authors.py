"""Who wrote a page: names of people where they are given, no roles, no addresses, no site that a person wrote for."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus.boilerplate.dates import has_date, without_date
from corpus.extract.json_ld import resolved, string, types
from corpus.extract.names import squashed, words
from corpus.extract.people import (
    BY,
    MOST_NAMES,
    ONLY_BY,
    distinct,
    is_whole,
    is_written_like_a_name,
    names_of_line,
    stated_name,
)
from corpus.models import Kind, Sourced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.extract.article import Article
    from corpus.extract.head import Clue, Head
    from corpus.extract.names import Site
    from corpus.extract.neighbourhood import Neighbourhood

_META = (
    "author", "article:author", "og:article:author", "og:author", "parsely-author", "sailthru.author", "byl",
    "cxenseparse:author", "dc.creator", "dcterms.creator", "dc.creator.creator", "creator", "authors", "bc:authors",
    "article.author", "shareaholic:article_author_name", "rnews:author", "citation_author", "citation_authors",
)  # fmt: skip
_LAST_NAME_FIRST = frozenset(("citation_author", "citation_authors", "dc.creator", "dcterms.creator"))
_LATER_BY = re.compile(r"\b(?:by|von|par|por|di|da)\s+(?=[A-ZÀ-ÖØ-Þ])")
_LONGEST_LINE = 200


class Byline(NamedTuple):
    """The names one place gives, joined as they are to be shown."""

    names: tuple[str, ...]
    source: str


def read_author(head: Head, article: Article, near: Neighbourhood, site: Site) -> Sourced | None:
    """Return the authors, joined by commas, from the first place that names a person; a group only where none does."""
    groups: list[Byline] = []
    printed = _printed_below_the_title(near)
    for byline in _bylines(head, article, near):
        people = tuple(name for name in byline.names if not _is_group(name, site))
        if people and printed and not _agree(printed.names, people):
            return Sourced(", ".join(printed.names), printed.source)
        if people:
            return Sourced(", ".join(people), byline.source)
        if byline.names:
            groups.append(byline)
    return Sourced(", ".join(groups[0].names), groups[0].source) if groups else None


def _bylines(head: Head, article: Article, near: Neighbourhood) -> Iterator[Byline]:
    yield Byline(_from_json_ld(article), "json-ld")
    yield from (Byline(_from_meta(head, name), "meta") for name in _META)
    yield Byline(_twitter(head), "twitter")
    yield from _elements(head, near, ("microdata", "rel-author", "byline"))
    yield from _lines(near)
    yield from _elements(head, near, ("author-link",))
    yield from _beside_a_date(near)


def _printed_below_the_title(near: Neighbourhood) -> Byline | None:
    """Return the names after "by" right below the title: what is stated for machines may be who typed the page in."""
    for line in near.below(3):
        if len(line.text) <= 100 and line.place is not Kind.RELATED and BY.match(line.text):
            names = names_of_line(line.text, strict=True)
            if names and all(map(is_whole, names)):
                return Byline(names, "byline-line")
    return None


def _agree(printed: tuple[str, ...], stated: tuple[str, ...]) -> bool:
    """Whether two bylines share a name, or a part of one."""
    return bool(
        {word for name in printed for word in words(name)} & {word for name in stated for word in words(name)}
    ) or (squashed("".join(stated)) in squashed("".join(printed)))


def _from_json_ld(article: Article) -> tuple[str, ...]:
    """Return the people; an organisation that calls itself the author of its page tells nothing."""
    value = article.get("author") or article.get("creator")
    people = value if isinstance(value, list) else [value]
    names: list[str] = []
    for person in people[:MOST_NAMES]:
        names += _json_ld_names(resolved(person, article.by_identity))
    return distinct(names)


def _json_ld_names(person: Any) -> list[str]:
    if isinstance(person, dict):
        if any("organi" in kind or kind in ("corporation", "brand") for kind in types(person)):
            return []
        name = person.get("name")
        return [
            stated_name(text)
            for text in (name if isinstance(name, list) else [name])
            if isinstance(text, str)
        ]
    return [stated_name(text) for text in (string(person),) if text]


def _from_meta(head: Head, name: str) -> tuple[str, ...]:
    values = head.metas.get(name, [])
    if name in _LAST_NAME_FIRST:
        values = [_first_name_first(value) for value in values]
    parts = [part for value in values[:MOST_NAMES] for part in _split_when_many(value)]
    return distinct(stated_name(part) for part in parts)


def _split_when_many(value: str) -> list[str]:
    """Split a list of people, each of two words or more; "Rebecca Lake, CEPF" is one."""
    parts = [part.strip() for part in re.split(r"[,;]\s*(?:and\s+)?", value) if part.strip()]
    return parts if len(parts) > 1 and all(len(part.split()) > 1 for part in parts) else [value]


def _first_name_first(value: str) -> str:
    last, comma, first = value.partition(",")
    return (
        f"{first.strip()} {last.strip()}"
        if comma and first.strip() and "," not in first and ";" not in value
        else value
    )


def _twitter(head: Head) -> tuple[str, ...]:
    """Return who the card of a shared link says it is by: "Written by" in a label, the name in its data."""
    for number in ("1", "2"):
        if head.meta(f"twitter:label{number}").lower().rstrip(":") in _WRITTEN_BY:
            return distinct([stated_name(head.meta(f"twitter:data{number}"))])
    return ()


_WRITTEN_BY = frozenset(
    (
        "written by",
        "by",
        "author",
        "verfasst von",
        "geschrieben von",
        "écrit par",
        "escrito por",
        "scritto da",
        "作者",
    )
)


def _elements(head: Head, near: Neighbourhood, sources: tuple[str, ...]) -> Iterator[Byline]:
    """Yield what elements marked as an author's say near the title, all of a line; else in a box about the author."""
    for source in sources:
        clues = [clue for clue in head.authors if clue.source == source and clue.place is not Kind.COMMENT]
        for clue in near.order(clues):
            if near.centre >= 0 and near.distance(clue) is None and not _is_of_the_page(clue):
                continue
            if names := _read_byline(clue):
                yield Byline(distinct((*names, *_beside(clue, clues, near))), source)
                break


def _beside(clue: Clue, clues: list[Clue], near: Neighbourhood) -> Iterator[str]:
    """Yield the names that clues of the same mark give on the same line or the next."""
    if clue.source != "byline":
        for other in clues:
            if other.label == clue.label and 0 <= near.number(other) - near.number(clue) <= 1:
                yield from _read_byline(other)


def _is_of_the_page(clue: Clue) -> bool:
    """Whether a clue far from the title may still speak of the article: not one of a list, and no testimonial."""
    if clue.source == "author-link":
        return False
    return clue.source != "byline" or clue.place is Kind.AUTHOR_BOX or bool(BY.match(clue.text))


def _read_byline(clue: Clue) -> tuple[str, ...]:
    if _NOT_WRITING.search(f"{clue.before} {clue.text}"[:80]):
        return ()
    by = BY.match(clue.text) or ONLY_BY.match(clue.before)
    names = names_of_line(clue.text, strict=clue.source in ("byline", "author-link"))
    if clue.source in ("byline", "author-link") and not by and "author" not in clue.label.lower():
        return tuple(filter(is_whole, names))
    return names


_NOT_WRITING = re.compile(r"(?:review|edit|check|updat|photo|illustrat|translat|sponsor)\w*\s+by", re.I)


def _lines(near: Neighbourhood) -> Iterator[Byline]:
    """Yield what lines near the title say after "by", below a line that says nothing else, or beside their date."""
    label = ""
    for line in near.near():
        text = without_date(line.text).strip() if len(line.text) <= _LONGEST_LINE else ""
        later = _LATER_BY.search(text) if text != line.text else None
        if text and (label or later or BY.match(text)):
            names = names_of_line(text[later.end() :] if later else text, strict=True)
            yield Byline(tuple(filter(is_whole, names)), "byline-line")
        label = line.text if ONLY_BY.match(line.text) else ""


def _beside_a_date(near: Neighbourhood) -> Iterator[Byline]:
    """Yield the line below the title that is written like a name and stands right beside one that is a date."""
    for one, other in itertools.pairwise(near.below(5)):
        for line, dated in ((one, other), (other, one)):
            is_date = len(dated.text) <= 30 and has_date(dated.text)
            if is_date and 2 <= len(line.text.split()) <= 3 and is_written_like_a_name(line.text):
                yield Byline(distinct([stated_name(line.text)]), "byline-line")


def _is_group(name: str, site: Site) -> bool:
    return site.is_exactly(name) or bool(
        set(words(name)) & {"team", "staff", "editors", "editorial", "contributor", "newsroom", "desk"}
    )
