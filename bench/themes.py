"""Do clusters of advice follow the subject rather than the language: the bench of themes.

    python -m bench.themes [--sentences 100]
    python -m bench.themes --labels WAREHOUSE       (after `cio-advice ingest tests/data/pages --warehouse …`)

1. The advice of the shipped pages with its gold themes (tests/data/gold.json): sentences alone, and in the context of
   their passage and document; k-means with the true number of themes as the peer.
2. topics_sib200.json: the same sentences in seven languages with their topics.
3. `--labels`: how many themes of a warehouse of the shipped pages have a word in their label that a person would
   accept for it (theme_words.toml); a theme stands for the gold theme that most of its advice is of.

V-measure and AMI against the gold; `language` is the mutual information of clusters and languages (0 is best), of the
gold itself where it is not 0.
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score, v_measure_score

from bench.common import PAGES, gold, print_table, shared
from corpus.embed import load
from corpus.embed.centre import centre, language_means
from corpus.embed.prior import prior_vectors
from corpus.settings import Settings
from corpus.themes import AdvicePoint, cluster
from corpus.themes.graph import in_context, unit
from corpus.themes.labels import LABEL_SEPARATOR
from corpus.themes.words import stem

HEADER = ("vectors", "method", "clusters", "V", "AMI", "language")
PASSAGE_CHARACTERS = 800
ACCEPTED = Path(__file__).with_name("theme_words.toml")


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


def labels(warehouse: Path) -> None:
    """Print the labels of a warehouse of the shipped pages, and the share with accepted words."""
    accepted = {
        theme: {stem(word) for word in words.split()}
        for theme, words in tomllib.loads(ACCEPTED.read_text("utf-8")).items()
    }
    truth = {
        (page["file"], squeeze(item["sentence"])): item["theme"]
        for page in gold()
        for item in page.get("advice", [])
    }
    rows = []
    for label, sentences, english in read_themes(warehouse):
        known = [truth[key] for key in ((Path(u).name, squeeze(s)) for u, s in sentences) if key in truth]
        theme = Counter(known).most_common(1)[0][0] if known else ""
        words = label.split(LABEL_SEPARATOR)
        hits = sum(any(stem(part) in accepted.get(theme, ()) for part in word.split()) for word in words)
        rows.append((theme, len(sentences), "yes" if english else "no", hits, label))
    print_table("labels", ("gold", "advice", "English", "accepted", "label"), rows)
    shares = []
    for name, chosen in (("all", rows), ("with English", [row for row in rows if row[2] == "yes"])):
        count = max(len(chosen), 1)
        shares.append(
            (name, len(chosen), *(sum(row[3] >= least for row in chosen) / count for least in (1, 2)))
        )
    print_table("accepted words in a label", ("themes", "count", "1 or more", "2 or more"), shares)


def read_themes(warehouse: Path) -> list[tuple[str, list[tuple[str, str]], bool]]:
    """Return each theme's label, its (uri, sentence), and whether any of them is in English."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.sql(
            "select any_value(label), list((uri, sentence)), count(sentence_en) > 0 "
            "from themes inner join theme_members using (theme_id) inner join advice using (advice_id) "
            "inner join documents using (document_id) group by theme_id order by count(*) desc, theme_id"
        ).fetchall()


def squeeze(text: str) -> str:
    """Return the letters and digits of a text, so that spaces and marks do not tell sentences apart."""
    return re.sub(r"\W+", "", text.lower())


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sentences", type=int, default=100)
    parser.add_argument("--labels", type=Path, metavar="WAREHOUSE")
    given = parser.parse_args()
    if given.labels:
        labels(given.labels)
        return
    count = given.sentences
    settings = Settings.load()
    embedder = load(settings)
    prior = prior_vectors(embedder, settings.models_dir / "priors")
    shipped(embedder, prior)
    sib(embedder, prior, count)


if __name__ == "__main__":
    main()
