"""How work and results travel between machines: values as Arrow columns, files in a folder or object store."""

from __future__ import annotations

from corpus.exchange.files import DamagedError, labels_of, read, write
from corpus.exchange.place import Place

__all__ = ["DamagedError", "Place", "labels_of", "read", "write"]
