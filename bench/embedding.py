"""Does a text find its translation, and a question its paragraph, across languages: the embedding bench.

    python -m bench.embedding [--passages 60]

1. Tatoeba-like: 150 Italian sentences and their translations retrieve each other (translation_ita_eng.tsv).
2. Questions to paragraphs (retrieval_xquad.json) where half of the corpus is in another language, and where one
   language has few paragraphs: raw vectors, each language less its own mean, and `corpus.embed.centre`.
3. The five seed pages: which pages three questions find.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from bench.common import SHARED
from corpus.embed import load
from corpus.embed.centre import centre, language_means
from corpus.embed.prior import prior_vectors
from corpus.settings import Settings

QUESTIONS = {
    "how do I win money for an IT project": "en",
    "come ottengo i fondi per un progetto IT?": "it",
    "myths about IT people": "en",
}


def pairs(embedder: Any) -> None:
    """Print how often a sentence's nearest is its translation, both ways."""
    lines = (SHARED / "data" / "translation_ita_eng.tsv").read_text("utf-8").splitlines()
    sides = list(zip(*(line.split("\t")[:2] for line in lines), strict=True))
    italian, english = (embedder.embed_queries(side) for side in sides)
    likeness, right = italian @ english.T, np.arange(len(lines))
    forth, back = (likeness.argmax(1) == right).mean(), (likeness.argmax(0) == right).mean()
    print(f"it->en {forth:.3f}  en->it {back:.3f}  ({len(lines)} pairs)")


def reciprocal_rank(queries: Any, passages: Any, targets: list[int]) -> float:
    """Return the mean reciprocal rank of each query's target."""
    scores = queries @ passages.T
    ranks = [(row > row[target]).sum() + 1 for row, target in zip(scores, targets, strict=True)]
    return float(np.mean([1 / rank for rank in ranks]))


def retrieval(embedder: Any, prior: Any, count: int) -> None:
    """Print the mean reciprocal rank by case and by way of centring."""
    data = json.loads((SHARED / "data" / "retrieval_xquad.json").read_text("utf-8"))
    codes = ("en", "es", "de")
    passages = {code: embedder.embed_passages(data[code]["passages"][:count]) for code in codes}
    asked = {code: [(i, text) for i, text in data[code]["questions"] if i < count][::3] for code in codes}
    questions = {code: embedder.embed_queries([text for _, text in asked[code]]) for code in codes}
    half, few = count // 2, max(count // 12, 2)
    cases = {
        "es->en, half es": ("es", "en", {"en": range(half), "es": range(half, count)}),
        "en->de, half en": ("en", "de", {"de": range(half), "en": range(half, count)}),
        "en->es, few es": ("en", "es", {"es": range(few), "en": range(few, count)}),
        "es->en, few es": ("es", "en", {"es": range(few), "en": range(few, count)}),
        "en->en": ("en", "en", {"en": range(count)}),
    }
    for name, (asks, holds, shelf) in cases.items():
        vectors = np.concatenate([passages[code][list(rows)] for code, rows in shelf.items()])
        languages = [code for code, rows in shelf.items() for _ in rows]
        rows = [k for k, (i, _) in enumerate(asked[asks]) if i in shelf[holds]]
        offset = languages.index(holds) - shelf[holds].start
        targets = [asked[asks][k][0] + offset for k in rows]
        query, tongue = questions[asks][rows], [asks] * len(rows)
        own = {code: vectors[[c == code for c in languages]].mean(0) for code in shelf}
        plain = unit(vectors - np.stack([own[code] for code in languages]))
        results = {"raw": reciprocal_rank(query, vectors, targets)}
        results["own mean"] = reciprocal_rank(unit(query - prior.queries[asks]), plain, targets)
        for weight in (5, 20, 100):
            means = language_means(vectors, languages, prior, weight)
            centred = centre(vectors, languages, means, "passage")
            results[f"prior {weight}"] = reciprocal_rank(
                centre(query, tongue, means, "query"), centred, targets
            )
        print(f"{name:18}", "  ".join(f"{way} {value:.3f}" for way, value in results.items()))


def unit(vectors: Any) -> Any:
    """Return the rows at length 1."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def seeds(embedder: Any, prior: Any) -> None:
    """Print the pages of the ten best paragraphs for each question."""
    files = sorted((SHARED / "seeds").glob("*.txt"))
    lines = [
        (f.name[:3], line) for f in files for line in f.read_text("utf-8").splitlines() if len(line) > 60
    ]
    languages = ["it" if page == "003" else "en" for page, _ in lines]
    vectors = embedder.embed_passages([line for _, line in lines])
    means = language_means(vectors, languages, prior)
    centred = centre(vectors, languages, means, "passage")
    for question, code in QUESTIONS.items():
        asked = centre(embedder.embed_queries([question]), [code], means, "query")[0]
        print(question, "->", *[lines[row][0] for row in np.argsort(-(centred @ asked))[:10]])


def main() -> None:
    """Print the three measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=60)
    count = parser.parse_args().passages
    settings = Settings.load()
    embedder = load(settings)
    prior = prior_vectors(embedder, settings.models_dir / "priors")
    pairs(embedder)
    seeds(embedder, prior)
    retrieval(embedder, prior, count)


if __name__ == "__main__":
    main()
