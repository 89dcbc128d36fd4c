"""What an HTML page says of itself, each fact with where it was read."""

from __future__ import annotations

from corpus.extract.article import read_article
from corpus.extract.authors import read_author
from corpus.extract.declared import read_language, read_site, read_url
from corpus.extract.head import read_head
from corpus.extract.names import Site
from corpus.extract.neighbourhood import Neighbourhood
from corpus.extract.published import Reading, read_published
from corpus.extract.titles import read_title
from corpus.models import Metadata, Sourced
from corpus.urls import host_of


def html_metadata(raw: str, *, url: str = "", fetched_on: str = "") -> Metadata:
    """Return title, author, day of publication, site, address and language of a page.

    `url` is where the page was found and `fetched_on` the ISO date of that, where they are known: the one makes
    addresses absolute and tells the site's name, the other refuses dates that were still to come. Linear in the
    length of the page; raises nothing. `source` of a fact is `json-ld`, `open-graph`, `twitter`, `dublin-core`,
    `meta`, `microdata`, `rel-author`, `byline`, `byline-line`, `author-link`, `heading`, `title-tag`, `time-element`,
    `date-element`, `date-line`, `address`, `canonical`, `base` or `html-lang`.
    """
    head = read_head(raw)
    article = read_article(head)
    address, language = read_url(head, article, url), read_language(head, article)
    host = host_of(address.value) if address else None
    names = (head.meta("og:site_name"), head.meta("application-name"), article.publisher, *article.site_names)
    site = Site.of(names, host or host_of(url))
    title, heading = read_title(head, article.headline, site)
    near = Neighbourhood.around(head, heading, title.value if title else "")
    reading = Reading.of(language.value if language else "", fetched_on)
    return Metadata(
        title=title,
        author=read_author(head, article, near, site),
        published_on=read_published(head, article, near, reading, address.value if address else url),
        site=read_site(head, article),
        url=address,
        host=Sourced(host, address.source) if address and host else None,
        language=language,
    )
