"""What other extractors keep of a page, block by block: features of the classifier, never the last word.

An extractor sees a page only where it reads pages of that weight whole and in time (`corpus.extract.weight`).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.extract.marking import marked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpus.extract.layout import Layout

    Shares = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Shares 0..1 of each block's text that an extractor kept, shape (blocks,); None where it did not see the page."""

    trafilatura: Shares | None
    resiliparse: Shares | None


def ask(raw: str, layout: Layout) -> Witnesses:
    """Return what trafilatura (fast, without comments) and resiliparse (main content) keep of each block."""
    if not layout.blocks or not layout.weight.for_resiliparse:
        return Witnesses(None, None)
    page = marked(raw, [run for block in layout.blocks for run in block.runs], layout.hidden)
    ours = _shares(layout, page.numbers(_trafilatura(page.text))) if layout.weight.for_lxml else None
    return Witnesses(ours, _shares(layout, page.numbers(_resiliparse(page.text))))


def _shares(layout: Layout, kept: set[int]) -> Shares:
    shares = []
    first = 0
    for block in layout.blocks:
        sizes = [run.end - run.start for run in block.runs]
        kept_size = sum(size for number, size in enumerate(sizes, first) if number in kept)
        shares.append(kept_size / sum(sizes))
        first += len(sizes)
    return np.array(shares, dtype=np.float32)


def _trafilatura(page: str) -> str:
    import trafilatura

    # What it rejects is a row here, not a log line.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return (
        trafilatura.extract(page, include_comments=False, include_tables=True, fast=True, output_format="txt")
        or ""
    )


def _resiliparse(page: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(page, main_content=True, alt_texts=False, preserve_formatting=False)
    return text
