"""Which language a text, a document and its blocks are in: BCP 47 tags, `und` where nothing can be said."""

from __future__ import annotations

from corpus.language.detection import UNDETERMINED, detect, primary
from corpus.language.documents import of_blocks, vote

__all__ = ["UNDETERMINED", "detect", "of_blocks", "primary", "vote"]
