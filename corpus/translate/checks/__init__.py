"""What looks wrong with a translation, and how far it may be trusted."""

from __future__ import annotations

from corpus.translate.checks.flags import flags_of, trust_of

__all__ = ["flags_of", "trust_of"]
