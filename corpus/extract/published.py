"""When a page was published: as an ISO date, from what is stated for machines before what is written for people."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, NamedTuple

from corpus.boilerplate.dates import find_date, has_date, without_date
from corpus.extract.json_ld import string
from corpus.extract.names import words
from corpus.models import Kind, Sourced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpus.extract.article import Article
    from corpus.extract.head import Clue, Head, Line
    from corpus.extract.neighbourhood import Neighbourhood

FIRST_DAY = datetime.date(1990, 1, 1)
_ISO = re.compile(r"^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)|^(\d{4})(\d\d)(\d\d)(?=$|[T\s])")
_EPOCH = re.compile(r"^(\d{10})(\d{3})?$")
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d{2})[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/_-]|$)")
_MONTH_FIRST = frozenset(("en-us", "en-ph"))
_MODIFIED = re.compile(
    r"updat|modif|revis|edited|reviewed|aktualisier|geändert|mis? à jour|actualiz|aggiornat|atualiza|更新|修改",
    re.I,
)
_PUBLISHED = re.compile(r"publi|posted|veröffentlich|pubblicat|erschienen|发布|發布|发表", re.I)
_NO_DATE = re.compile(
    r"©|\b(?:copyright|all rights|since|joined|registered|member|event|deadline|expires?|ends|effective|retrieved"
    r"|accessed|due|last post|last active)\b",
    re.I,
)
_META_PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datepublished",
    "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "citation_publication_date",
    "citation_date", "citation_online_date", "parsely-pub-date", "sailthru.date", "publish_date", "publish-date",
    "og:publish_date", "publication_date", "publication-date", "pubdate", "date-pub", "published",
    "cxenseparse:publishtime",
    "article.published", "originalpublicationdate", "rnews:datepublished", "dc.date", "dcterms.date", "date",
)  # fmt: skip
_META_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
)
_LONGEST_LINE = 160
_LABEL = 30
_BESIDE = 4
_OTHER_WORDS = 10
_MANY = 2


class Reading(NamedTuple):
    """How dates are read here: which come first, day or month, and the last day that can be."""

    month_first: bool | None = None
    last_day: datetime.date | None = None

    @classmethod
    def of(cls, language: str, fetched_on: str) -> Reading:
        """Read as in the page's language; no day is later than the one after the fetch, by the clocks of the world."""
        lower = language.lower()
        month_first = None if lower in ("", "en") else lower in _MONTH_FIRST
        try:
            fetched = datetime.date.fromisoformat(fetched_on[:10])
        except ValueError:
            return cls(month_first)
        return cls(month_first, fetched + datetime.timedelta(days=1))


def read_published(
    head: Head, article: Article, near: Neighbourhood, reading: Reading, address: str
) -> Sourced | None:
    """Return the day of publication; the day of the last change is none.

    Refused are days before 1990, after `reading.last_day` (that of the fetch), and what is no day of the calendar.
    """
    candidates = (
        *_beside_the_title(head, article, near, reading),
        *_stated(head, article),
        *_elements(head, near),
        *_lines(near),
        *_in_address(address),
    )
    for source, value in candidates:
        if value and (day := iso_day(value, reading)):
            return Sourced(day, source)
    return None


def _beside_the_title(
    head: Head, article: Article, near: Neighbourhood, reading: Reading
) -> Iterator[tuple[str, str]]:
    """Yield the date that readers see by the title, unless it is the one of the last change."""
    modified = {
        iso_day(value, reading)
        for value in (string(article.item.get("dateModified")), string(article.page.get("dateModified")),
                      head.meta(*_META_MODIFIED), *(c.text for c in head.dates if c.source == "microdata-modified"))
    }  # fmt: skip
    if sum(_is_date_line(line.text) for line in near.near()) > _MANY:
        return
    for label, text in _labelled(near.below(_BESIDE)):
        if (
            _is_date_line(text)
            and not _MODIFIED.search(label + text)
            and iso_day(text, reading) not in modified
        ):
            yield "date-line", text


def _stated(head: Head, article: Article) -> Iterator[tuple[str, str]]:
    yield "json-ld", string(article.item.get("datePublished")) or string(article.item.get("dateCreated"))
    yield from (("microdata", clue.text) for clue in head.dates if _is_own(clue, "microdata-published"))
    yield from (("meta", head.meta(name)) for name in _META_PUBLISHED)


def _is_own(clue: Clue, source: str) -> bool:
    return clue.source == source and clue.place not in (Kind.COMMENT, Kind.RELATED)


def _elements(head: Head, near: Neighbourhood) -> Iterator[tuple[str, str]]:
    clues = [c for c in head.dates if c.source in ("time-element", "date-element")]
    for clue in near.order(clues):
        told = f"{clue.before} {clue.text} {clue.label}"
        far = near.distance(clue) is None and clue.source == "date-element"
        if not far and not _NO_DATE.search(told) and not _tells_change(told):
            yield clue.source, clue.text


def _lines(near: Neighbourhood) -> Iterator[tuple[str, str]]:
    """Yield the dated lines near the title, then those that "Published" stands above.

    Many dates are those of a list, of events or of other articles.
    """
    dated = [(label, text) for label, text in _labelled(near.near()) if _is_date_line(text)]
    if len(dated) <= _MANY:
        yield from (("date-line", text) for label, text in dated if not _tells_change(label + text))
    for label, text in _labelled(near.lines):
        if _PUBLISHED.search(label) and _is_date_line(text):
            yield "date-line", text


def _tells_change(text: str) -> bool:
    return bool(_MODIFIED.search(text)) and not _PUBLISHED.search(text)


def _labelled(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """Yield the texts of lines, each with the short line above it, which may say what it is."""
    label = ""
    for line in lines:
        if line.place is not Kind.COMMENT:
            yield label, line.text
        label = line.text if len(line.text) < _LABEL else ""


def _is_date_line(text: str) -> bool:
    """Whether a line holds a date and little else."""
    if len(text) > _LONGEST_LINE or not any(map(str.isdigit, text)) or _NO_DATE.search(text):
        return False
    return has_date(text) and len(words(without_date(text))) <= _OTHER_WORDS


def _in_address(address: str) -> Iterator[tuple[str, str]]:
    if match := _IN_ADDRESS.search(address):
        yield "address", f"{match[1]}-{match[2]}-{match[3]}"


def iso_day(value: str, reading: Reading) -> str | None:
    """Return the day that a value or a short line names, or None where it names none that can be."""
    text = value.strip().strip("\"'")
    day = _day_of_machine(text)
    if day is None:
        found = find_date(text[:300])
        day = datetime.date.fromisoformat(found[0]) if found else _slashed(text, reading)
    if day is None or day < FIRST_DAY or (reading.last_day and day > reading.last_day):
        return None
    return day.isoformat()


def _day_of_machine(text: str) -> datetime.date | None:
    if match := _ISO.match(text):
        year, month, day = (match[1], match[3], match[4]) if match[1] else (match[5], match[6], match[7])
        return _calendar(int(year), int(month), int(day))
    if match := _EPOCH.match(text):
        return datetime.datetime.fromtimestamp(int(match[1]), datetime.UTC).date()
    return None


def _slashed(text: str, reading: Reading) -> datetime.date | None:
    """Read `3/4/2022` where the page's language says whether the month comes first."""
    match = _SLASHED.search(text)
    if match is None or reading.month_first is None:
        return None
    first, second = int(match[1]), int(match[2])
    return _calendar(int(match[3]), *((first, second) if reading.month_first else (second, first)))


def _calendar(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
