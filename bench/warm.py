"""Imported by a server of processes before it forks the first: what a run loads is loaded then, once.

Against the rule of the house this acts at import, because that is the only moment that multiprocessing's forkserver
leaves. Only the benches and tests that start runs by the thousand name it.
"""

from __future__ import annotations

import importlib

from corpus.identity import code_fingerprint

LIBRARIES = (
    "ctranslate2",
    "duckdb",
    "flows.runner",
    "onnxruntime",
    "pebble",
    "pyarrow",
    "sentencepiece",
    "sknetwork.clustering",
    "sklearn.neighbors",
    "tokenizers",
)


def _read_pages() -> None:
    """Read the small pages once: the models and patterns of their languages stay in memory."""
    from bench.small_corpus import DAY_ONE, DAY_TWO
    from corpus import advice, parse
    from corpus.identity import content_hash
    from corpus.models import ParsedPage, RawPage
    from corpus.settings import Settings
    from flows.derived import _CODE

    settings = Settings()
    parse.fingerprint(settings)
    code_fingerprint(*_CODE)
    code_fingerprint("corpus.advice", "corpus.meaning")
    for name, text in (DAY_ONE | DAY_TWO).items():
        content = text.encode()
        read = parse.parse(RawPage(name, content, content_hash(content)), settings)
        if isinstance(read, ParsedPage):
            sentences = [sentence for passage in read.passages for sentence in passage.sentences]
            advice.judge([("", sentence.text, read.language.code, False) for sentence in sentences], 0.5)


try:
    for _library in LIBRARIES:
        importlib.import_module(_library)
    _read_pages()
except ImportError as error:
    raise RuntimeError(
        f"the server cannot be warmed: {error}"
    ) from error  # it would go on cold and say nothing
