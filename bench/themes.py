"""Do clusters of advice follow the subject rather than the language: the bench of themes.

    python -m bench.themes [--sentences 100]

1. The advice of the shipped pages with its gold themes (tests/data/gold.json): sentences alone, and in the context of
   their passage and document; k-means with the true number of themes as the peer.
2. topics_sib200.json: the same sentences in seven languages with their topics.

V-measure and AMI against the gold; `language` is the mutual information of clusters and languages (0 is best), of the
gold itself where it is not 0.
"""

from __future__ import annotations

import argparse
import json
import re
from html import unescape
from typing import Any

from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score, v_measure_score

from bench.common import PAGES, gold, print_table, shared
from corpus.embed import load
from corpus.embed.centre import centre, language_means
from corpus.embed.prior import prior_vectors
from corpus.settings import Settings
from corpus.themes import AdvicePoint, cluster
from corpus.themes.graph import in_context, unit

HEADER = ("vectors", "method", "clusters", "V", "AMI", "language")
PASSAGE_CHARACTERS = 800


def advice() -> tuple[list[dict[str, Any]], list[str]]:
    """Return the gold advice sentences of the shipped pages, and for each the article lines around it."""
    rows, passages = [], []
    for page in gold():
        if not page.get("advice"):
            continue
        lines = (PAGES / page["file"]).read_bytes().decode(page.get("charset", "utf-8")).split("\n")
        kept = [n for kind, first, last in page["lines"] for n in range(first, last + 1) if kind == "article"]
        texts = {n: " ".join(unescape(re.sub(r"<[^>]+>", "", lines[n - 1])).split()) for n in kept}
        for item in page["advice"]:
            rows.append({**item, "language": page["language"], "document": page["file"]})
            passages.append(around(texts, item["line"]))
    return rows, passages


def around(texts: dict[int, str], line: int) -> str:
    """Return the text of `line` with the lines before and after it, up to a passage's length."""
    near = sorted(texts, key=lambda n: abs(n - line))
    taken: list[int] = []
    for n in near:
        if taken and sum(len(texts[t]) for t in taken) + len(texts[n]) > PASSAGE_CHARACTERS:
            break
        taken.append(n)
    return " ".join(texts[n] for n in sorted(taken))


def labels_of(points: list[AdvicePoint], vectors: Any, passages: Any = None) -> list[int]:
    """Return each point's theme by number; points in none share one number."""
    themes = cluster(points, vectors, {}, passages)
    where = {advice_id: n for n, theme in enumerate(themes) for advice_id, _ in theme.members}
    return [where.get(point.advice_id, -1) for point in points]


def figures(name: str, method: str, labels: Any, truth: list[str], languages: list[str]) -> tuple[Any, ...]:
    """Return a row of the table."""
    return (
        name,
        method,
        len(set(labels)),
        v_measure_score(truth, labels),
        adjusted_mutual_info_score(truth, labels),
        normalized_mutual_info_score(languages, labels),
    )


def measure(points: list[AdvicePoint], truth: list[str], ways: dict[str, tuple[Any, Any]]) -> None:
    """Print Leiden and k-means for each way of making vectors."""
    languages, documents = [p.language for p in points], [p.document_id for p in points]
    rows = [figures("", "gold", truth, truth, languages)]
    for name, (vectors, passages) in ways.items():
        rows.append(figures(name, "Leiden", labels_of(points, vectors, passages), truth, languages))
        means = KMeans(len(set(truth)), n_init=5, random_state=0)
        peer = means.fit_predict(in_context(vectors, passages, documents))
        rows.append(figures(name, "k-means", peer, truth, languages))
    print_table("themes", HEADER, rows)


def shipped(embedder: Any, prior: Any) -> None:
    """Measure on the gold advice of the shipped pages."""
    rows, texts = advice()
    languages = [row["language"] for row in rows]
    points = [
        AdvicePoint(f"adv_{n:05}", row["sentence"], None, row["language"], row["document"])
        for n, row in enumerate(rows)
    ]
    raw = embedder.embed_passages([row["sentence"] for row in rows])
    distinct = list(dict.fromkeys(texts))
    around_raw = embedder.embed_passages(distinct)[[distinct.index(text) for text in texts]]
    centred, passages = (
        centre(v, languages, language_means(v, languages, prior), "passage") for v in (raw, around_raw)
    )
    ways = {"raw": (unit(raw), None), "centred": (centred, None), "centred, in context": (centred, passages)}
    measure(points, [row["theme"] for row in rows], ways)
    for theme in cluster(points, centred, {}, passages):
        print(f"  {len(theme.members):4}  {theme.label}")


def sib(embedder: Any, prior: Any, count: int) -> None:
    """Measure on sentences that are the same in seven languages."""
    file = shared("data/topics_sib200.json")
    if file is None:
        return
    data = json.loads(file.read_text("utf-8"))
    ids = set(sorted(item["id"] for item in data["en"])[:count])
    items = [(code, item) for code in data for item in data[code] if item["id"] in ids]
    languages = [code for code, _ in items]
    points = [AdvicePoint(f"adv_{n:05}", i["text"], None, c, str(i["id"])) for n, (c, i) in enumerate(items)]
    raw = embedder.embed_passages([item["text"] for _, item in items])
    centred = centre(raw, languages, language_means(raw, languages, prior), "passage")
    ways = {"raw": (unit(raw), None), "centred": (centred, None)}
    measure(points, [item["topic"] for _, item in items], ways)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sentences", type=int, default=100)
    count = parser.parse_args().sentences
    settings = Settings.load()
    embedder = load(settings)
    prior = prior_vectors(embedder, settings.models_dir / "priors")
    shipped(embedder, prior)
    sib(embedder, prior, count)


if __name__ == "__main__":
    main()
