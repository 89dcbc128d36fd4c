"""A decoded page to blocks that cover it, and to what the page says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.models import Metadata

if TYPE_CHECKING:
    from corpus.models import Block, DecodedPage


def extract(page: DecodedPage, url: str = "", fetched_on: str = "") -> tuple[list[Block], Metadata]:
    """Return the blocks of the page, in order and without gaps, and its metadata.

    `url` and `fetched_on` (an ISO date) are what its source knows: a page is not published after it was fetched.

    HTML: what the block classifier calls the main content is `article`, the rest is named by where it stands.
    Text: one block a line, all of them `article` until the boilerplate rules have spoken; their metadata
    comes from `corpus.boilerplate.text_metadata`.
    """
    if page.media_type == "text":
        from corpus.extract.text import line_blocks

        return line_blocks(page.text), Metadata()
    from corpus.extract.html import html_blocks
    from corpus.extract.main_content import mark_main_content
    from corpus.extract.metadata import html_metadata

    layout = html_blocks(page.text)
    return mark_main_content(page.text, layout), html_metadata(page.text, url=url, fetched_on=fetched_on)
