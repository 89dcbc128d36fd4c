"""The peer of `bench.speed`: the same libraries, put together as their front pages show it.

    python -m bench.naive_stack pages.jsonl out.duckdb --model FOLDER [--package FOLDER] [--sentences]

trafilatura extracts, langdetect tells the language, argostranslate's API translates, SentenceTransformer.encode embeds,
and executemany loads, page after page. With --sentences each sentence gets its vector too, as it must where advice is
to be found by what sentences mean. Prints JSON: wall seconds by stage, pages, texts embedded.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WORDS = 120
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")
_TABLES = """
create table pages (url varchar, language varchar, text varchar);
create table passages (url varchar, passage_no integer, text varchar, text_en varchar, vector float[]);
create table sentences (url varchar, text varchar, vector float[]);
"""


class Sentences:
    """What splits texts for argostranslate, whose own splitter would call home."""

    def split_sentences(self, text: str) -> list[str]:
        """Return the sentences of a text."""
        return [part for part in _SENTENCE.split(text) if part]


def passages_of(text: str) -> list[str]:
    """Put the lines of a text together until they have enough words."""
    found, held, words = list[str](), list[str](), 0
    for line in filter(None, map(str.strip, text.splitlines())):
        held.append(line)
        words += len(line.split()) if " " in line else len(line) // 2
        if words >= _WORDS:
            found.append("\n".join(held))
            held, words = [], 0
    return [*found, "\n".join(held)] if held else found


def translator(folder: Path | None) -> Callable[[str], str] | None:
    """Return argostranslate's way through the package of a folder."""
    if folder is None:
        return None
    from corpus.translate.argos_packages import argos_module

    module, package = argos_module("translate"), argos_module("package").Package(folder)
    translation = module.PackageTranslation(
        module.Language("it", "Italian"), module.Language("en", "English"), package
    )
    translation.sentencizer = Sentences()
    return lambda text: str(translation.translate(text))


def main() -> None:
    """Process a file of pages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--package", type=Path)
    parser.add_argument("--sentences", action="store_true")
    arguments = parser.parse_args()
    begun = time.perf_counter()
    seconds, counts = process(arguments)
    print(json.dumps({"seconds": seconds, "wall": time.perf_counter() - begun} | counts))


def process(arguments: Any) -> tuple[dict[str, float], dict[str, int]]:
    """Return wall seconds by stage, and what was done."""
    seconds: Counter[str] = Counter()

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        seconds[name] += time.perf_counter() - begun

    with stage("start"):
        import duckdb
        import langdetect
        import trafilatura
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(arguments.model))
        translate = translator(arguments.package)
        connection = duckdb.connect(str(arguments.out))
        connection.execute(_TABLES)
    pages = texts = 0
    for line in arguments.pages.open(encoding="utf-8"):
        with stage("extract"):
            record = json.loads(line)
            text = record["text"] if "text" in record else trafilatura.extract(record["html"])
        if not text:
            continue
        with stage("language"):
            try:
                language = langdetect.detect(text)
            except langdetect.LangDetectException:
                continue
        passages = passages_of(text)
        with stage("translate"):
            english = [translate(p) if translate and language == "it" else None for p in passages]
        with stage("embed"):
            vectors = model.encode([f"passage: {passage}" for passage in passages])
        sentences = Sentences().split_sentences(text) if arguments.sentences else []
        with stage("embed sentences"):
            each = model.encode([f"passage: {s}" for s in sentences]) if sentences else []
        with stage("load"):
            url = record["url"]
            connection.execute("insert into pages values (?, ?, ?)", [url, language, text])
            rows = zip(passages, english, vectors, strict=True)
            connection.executemany(
                "insert into passages values (?, ?, ?, ?, ?)",
                [(url, number, *row[:2], row[2].tolist()) for number, row in enumerate(rows)],
            )
            if sentences:
                connection.executemany(
                    "insert into sentences values (?, ?, ?)",
                    [(url, s, vector.tolist()) for s, vector in zip(sentences, each, strict=True)],
                )
        pages, texts = pages + 1, texts + len(passages) + len(sentences)
    connection.close()
    return dict(seconds), {"pages": pages, "texts": texts}


if __name__ == "__main__":
    main()
