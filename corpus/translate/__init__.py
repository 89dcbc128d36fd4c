"""Sentences in, English sentences out: engines behind one protocol, and a translator that picks among them."""

from __future__ import annotations

from corpus.translate.engine import Engine, EngineStatus
from corpus.translate.translator import Translator, describe, load_engines

__all__ = ["Engine", "EngineStatus", "Translator", "describe", "load_engines"]
