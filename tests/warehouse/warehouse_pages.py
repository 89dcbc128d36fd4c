"""Pages, vectors and verdicts for the tests of the warehouse: small, deterministic and real.

A page is text. Each line is a block: `| …` is navigation, an empty line is blank, all else is the article,
where `# …` is a heading. Sentences end with `. `; a passage is a run of article lines.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import numpy as np

from corpus.identity import content_hash
from corpus.models import (
    Advice,
    Block,
    DecodedPage,
    Detection,
    Kind,
    Metadata,
    ParsedPage,
    Passage,
    RawPage,
    RejectedPage,
    Sentence,
    Shape,
    Sourced,
    Span,
    Translation,
)
from corpus.theme_models import Theme
from corpus.words import stems
from warehouse.values import ModelInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from warehouse.store import Store

FINGERPRINT = "parse-1"
DICTIONARY = {
    "deve": "must",
    "vendere": "sell",
    "il": "the",
    "progetto": "project",
    "mai": "never",
    "non": "not",
}


class HashingEmbedder:
    """A bag of words, each word a direction given by its hash: crude, but texts that share words are near."""

    name = "hashing"
    dimension = 256
    max_tokens = 512

    def __init__(self, fingerprint: str = "hashing-1") -> None:
        self.fingerprint = fingerprint

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
                vectors[row, int.from_bytes(digest, "little") % self.dimension] += 1.0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)


def raw(uri: str, text: str, url: str | None = None, fetched_at: str | None = None) -> RawPage:
    content = text.encode()
    return RawPage(
        uri,
        content,
        content_hash(content),
        url=Sourced(url, "sidecar") if url else None,
        fetched_at=Sourced(fetched_at, "sidecar") if fetched_at else None,
    )


def parse(page: RawPage, language: str = "en") -> ParsedPage:
    text = page.content.decode()
    blocks = _blocks(text)
    host = page.url.value.split("/")[2] if page.url else None
    metadata = Metadata(
        title=Sourced(f"Title of {page.uri}", "h1"),
        author=Sourced("A. Writer", "byline"),
        published_on=Sourced("2024-02-29", "json-ld"),
        url=page.url,
        host=Sourced(host, "sidecar") if host else None,
        language=Sourced("en-GB", "html-lang"),
    )
    decoded = DecodedPage(text, Sourced("utf-8", "detected"), "text")
    return ParsedPage(
        page,
        decoded,
        tuple(blocks),
        metadata,
        Detection(language, 0.9),
        tuple(_passages(blocks, text, language)),
    )


def reject(page: RawPage) -> RejectedPage:
    return RejectedPage(page, "binary", "the page is not text")


def _blocks(text: str) -> list[Block]:
    blocks, start = [], 0
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        seen = " ".join(line.split())
        kind = Kind.BLANK if not seen else Kind.NAVIGATION if seen.startswith("|") else Kind.ARTICLE
        shape = Shape.HEADING if seen.startswith("#") else Shape.PARAGRAPH
        rule = {Kind.BLANK: "blank:line", Kind.NAVIGATION: "links:bar", Kind.ARTICLE: "main:text"}[kind]
        blocks.append(Block(Span(start, start + len(line)), seen, shape, kind, rule))
        start += len(line)
    return blocks


def _passages(blocks: Sequence[Block], text: str, language: str) -> list[Passage]:
    passages: list[Passage] = []
    pending: list[Sentence] = []
    number = 0
    for block_no, block in enumerate([*blocks, Block(Span(len(text), len(text)), "", kind=Kind.BLANK)]):
        if block.kept:
            piece = text[block.span.start : block.span.end]
            for match in re.finditer(r"\S(?:(?!\. ).)*\.?", piece):
                span = Span(block.span.start + match.start(), block.span.start + match.end())
                heading = block.shape is Shape.HEADING
                pending.append(Sentence(number, block_no, span, match[0], language, heading))
                number += 1
        elif pending:
            span = Span(pending[0].span.start, pending[-1].span.end)
            joined = text[span.start : span.end]
            passages.append(Passage(len(passages), span, joined, language, tuple(pending)))
            pending = []
    return passages


def load(
    store: Store,
    run_id: str,
    pages: Sequence[RawPage],
    key: str = "0",
    fingerprint: str = FINGERPRINT,
    unreadable: Sequence[str] = (),
    language: str = "en",
) -> list[str]:
    """Classify, read and load a batch; return the outcomes of classify. `unreadable` are uris."""
    classified = store.classify(pages, fingerprint)
    new = [outcome.page for outcome in classified if outcome.outcome == "new"]
    parsed = [parse(page, language) for page in new if page.uri not in unreadable]
    rejected = [reject(page) for page in new if page.uri in unreadable]
    store.load_pages(run_id, key, classified, parsed, rejected, fingerprint, 0.5)
    return [outcome.outcome for outcome in classified]


def begin(store: Store) -> str:
    return store.start_run(["pages"], {"workers": 1}, "0.1.0")


def translate(store: Store, run_id: str, engines: dict[str, str], key: str = "0") -> int:
    """Translate what is missing word by word, where there is an engine for it."""
    rows = []
    for text, language in store.sentences_to_translate(engines):
        english = re.sub(r"\w+", lambda m: DICTIONARY.get(m[0].lower(), m[0]), text)
        if language in engines:
            rows.append(Translation(text, language, english, "translated", engines[language], score=0.5))
        else:
            reason = f"no engine translates {language}"
            rows.append(Translation(text, language, None, "untranslated", "", reason))
    store.load_translations(run_id, key, rows, 0.1)
    store.refresh_english(run_id)
    return len(rows)


def embed(store: Store, run_id: str, embedder: HashingEmbedder, key: str = "0") -> int:
    """Embed what is missing."""
    missing = store.texts_to_embed(embedder.fingerprint)
    vectors = embedder.embed_passages([text for _, text in missing])
    store.load_embeddings(run_id, key, embedder.fingerprint, [h for h, _ in missing], vectors, 0.2)
    return len(missing)


def index(store: Store, run_id: str, embedder: HashingEmbedder) -> None:
    """Write what search reads, with vectors as they are: the hashes know no language."""
    zero = np.zeros(embedder.dimension, dtype=np.float32)
    means = {(role, "und"): (1.0, zero) for role in ("passage", "query")}
    info = ModelInfo(embedder.fingerprint, embedder.name, embedder.dimension, embedder.max_tokens)
    store.build_search(run_id, info, means, lambda vectors, _: vectors, stems)


def judge(store: Store, run_id: str, fingerprint: str = "judge-1", key: str = "0") -> int:
    """Call every sentence with must, never or deve advice."""
    sentences = store.sentences_to_judge(fingerprint)
    found = [
        Advice(name, 0.9, match[0], "dont" if match[0].lower() == "never" else "do")
        for name, text, *_ in sentences
        if (match := re.search(r"must|never|deve", text, re.IGNORECASE))
    ]
    store.load_advice(run_id, key, [name for name, *_ in sentences], found, fingerprint, 0.1)
    return len(sentences)


def group(store: Store, run_id: str, model: str = "hashing-1") -> list[Theme]:
    """Make a theme of the advice on projects and one of the rest, if there is any."""
    advice = store.advice_matrix(model)
    themes = []
    for label, wanted in (("projects", True), ("other", False)):
        members = [
            (name, 1.0 - place / 100)
            for place, (name, text) in enumerate(zip(advice.ids, advice.sentences, strict=True))
            if ("proje" in text or "proge" in text) is wanted
        ]
        if members:
            themes.append(Theme(f"thm_{label}", label, (label, "advice"), tuple(members)))
    store.load_themes(run_id, themes)
    return themes


def run_all(store: Store, pages: Sequence[RawPage], language: str = "en") -> str:
    """Run every stage over `pages` and finish the run."""
    run_id = begin(store)
    load(store, run_id, pages, language=language)
    complete(store, run_id)
    return run_id


def complete(store: Store, run_id: str, engines: dict[str, str] | None = None) -> None:
    """Run every stage after the pages, and finish the run."""
    translate(store, run_id, engines or {})
    judge(store, run_id)
    embed(store, run_id, HashingEmbedder())
    store.load_duplicates(run_id, [])
    group(store, run_id)
    index(store, run_id, HashingEmbedder())
    store.finish_run(run_id, "finished")
