"""Search: a question becomes a vector and words, passages are ranked by both, hits say where they stand and why."""

from warehouse.search.encoder import Embedder, Encoder, load_embedder
from warehouse.search.filters import Filters, FilterWords
from warehouse.search.searcher import Searcher

__all__ = ["Embedder", "Encoder", "FilterWords", "Filters", "Searcher", "load_embedder"]
