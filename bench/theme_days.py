"""Do themes stay? Thirty days in a row on public sentences in seven languages: `python -m bench.theme_days [--sample]`.

topics_sib200.json, a day's sentences drawn by the hash of their ids, all translations of a sentence on one day. Day 0
has half of all but one topic; every day brings a thirtieth of the rest, and the topic that was held back begins on day
10. Nothing about old sentences ever changes, so every one of them ought to keep its theme. The peer is Leiden anew each
day, its themes named by the members that they share with yesterday's (what this project did before). `--sample`: five
days on a seventh of the sentences, whose vectors (their 64 main directions, no text) are stored beside the tests.

`kept`: share of the day before's sentences in a theme that are in the same theme today, over all days and on the worst;
`V`: V-measure against the topics on the last day; `late`: themes of the last day most of which is the late topic.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import v_measure_score

from bench.common import ROOT, print_table, shared
from corpus.embed import load
from corpus.embed.centre import centre, language_means
from corpus.embed.prior import prior_vectors
from corpus.settings import Settings
from corpus.theme_models import KnownTheme
from corpus.themes import AdvicePoint
from corpus.themes.graph import find_communities, unit
from corpus.themes.history import follow_themes
from corpus.themes.lineage import name_themes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Assigned = dict[str, str]

DAYS = 30
LATE = "travel"
SAMPLE = ROOT / "tests" / "data" / "theme_days.npz"
SAMPLE_DAYS, SAMPLE_SETS, DIRECTIONS = 5, 140, 64


def sentences() -> tuple[list[AdvicePoint], list[str], Vectors]:
    """Return the sentences as points without English, their topics, and centred vectors."""
    file = shared("data/topics_sib200.json")
    if file is None:
        raise SystemExit(0)
    data = json.loads(file.read_text("utf-8"))
    items = [(code, item) for code in sorted(data) for item in data[code]]
    points = [
        AdvicePoint(f"adv_{i['id']}_{code}", i["text"], None, code, f"{i['id']}_{code}") for code, i in items
    ]
    settings = Settings.load()
    embedder = load(settings)
    raw = embedder.embed_passages([item["text"] for _, item in items])
    languages = [code for code, _ in items]
    prior = prior_vectors(embedder, settings.models_dir / "priors")
    means = language_means(raw, languages, prior)
    return points, [item["topic"] for _, item in items], centre(raw, languages, means, "passage")


def drawn(point: AdvicePoint) -> int:
    """Return a number that all translations of a sentence share."""
    return int(hashlib.sha256(point.document_id.split("_")[0].encode()).hexdigest()[:8], 16)


def day_of(point: AdvicePoint, topic: str, days: int) -> int:
    """Return the day on which a sentence appears."""
    number = drawn(point)
    first = days // 3 if topic == LATE else 0
    return max(first, 0 if number % 2 and topic != LATE else first + number // 2 % (days - first + 1))


def sample() -> tuple[list[AdvicePoint], list[str], Vectors]:
    """Return the stored part of `sentences`: points without text, their topics, and unit vectors."""
    stored = np.load(SAMPLE, allow_pickle=False)
    documents = [str(name) for name in stored["documents"]]
    points = [AdvicePoint(f"adv_{name}", name, None, name.split("_")[1], name) for name in documents]
    return points, [str(topic) for topic in stored["topics"]], unit(stored["vectors"].astype(np.float32))


def write_sample() -> None:
    """Store whole sets of translations, chosen by hash, with their vectors on the main directions."""
    points, topics, vectors = sentences()
    sets = set(sorted({drawn(point) for point in points})[:SAMPLE_SETS])
    rows = [n for n, point in enumerate(points) if drawn(point) in sets]
    directions = np.linalg.svd(vectors[rows], full_matrices=False)[2][:DIRECTIONS]
    np.savez_compressed(
        SAMPLE,
        documents=np.array([points[row].document_id for row in rows]),
        topics=np.array([topics[row] for row in rows]),
        vectors=(vectors[rows] @ directions.T).astype(np.float16),
    )


class Steady:
    """What a run does."""

    def __init__(self) -> None:
        self._known: list[KnownTheme] = []
        self.events: Counter[str] = Counter()

    def __call__(self, points: list[AdvicePoint], vectors: Vectors) -> Assigned:
        """Return the theme of each sentence in one."""
        found = follow_themes(points, vectors, self._known)
        self._known = [KnownTheme.of(theme) for theme in found.themes]
        self.events.update(event.event for event in found.events)
        return {name: theme.theme_id for theme in found.themes for name, _ in theme.members}


class Anew:
    """Leiden anew every day, named by shared members."""

    def __init__(self) -> None:
        self._known: dict[str, frozenset[str]] = {}
        self.events: Counter[str] = Counter()

    def __call__(self, points: list[AdvicePoint], vectors: Vectors) -> Assigned:
        """Return the theme of each sentence in one."""
        groups = [
            frozenset(points[row].advice_id for row in group.rows) for group in find_communities(vectors)
        ]
        self._known = dict(zip(name_themes(groups, self._known), groups, strict=True))
        return {name: theme for theme, members in self._known.items() for name in members}


def run(
    follow: Callable[[list[AdvicePoint], Vectors], Assigned],
    points: list[AdvicePoint],
    topics: list[str],
    vectors: Vectors,
    days: int = DAYS,
) -> tuple[float, float, int, float, int]:
    """Return kept over all days and on the worst, themes at the end, V-measure, and themes of the late topic."""
    begins = np.array([day_of(point, topic, days) for point, topic in zip(points, topics, strict=True)])
    shares, counts, before = [], [], {}
    assigned: Assigned = {}
    for day in range(days + 1):
        rows = np.flatnonzero(begins <= day)
        assigned = follow([points[row] for row in rows], vectors[rows])
        if before:
            shares.append(sum(assigned.get(name) == theme for name, theme in before.items()) / len(before))
            counts.append(len(before))
        before = assigned
    labels = [assigned.get(point.advice_id, "") for point in points]
    themes: dict[str, Counter[str]] = {}
    for label, topic in zip(labels, topics, strict=True):
        themes.setdefault(label, Counter())[topic] += 1
    late = sum(name != "" and topic.most_common(1)[0][0] == LATE for name, topic in themes.items())
    kept = float(np.average(shares, weights=counts))
    return kept, min(shares), len(themes.keys() - {""}), float(v_measure_score(topics, labels)), late


def measured(*, small: bool = False) -> dict[str, tuple[float, float, int, float, int]]:
    """Return the figures of both ways."""
    points, topics, vectors = sample() if small else sentences()
    ways: dict[str, Any] = {"this project": Steady(), "Leiden anew, matched": Anew()}
    days = SAMPLE_DAYS if small else DAYS
    figures = {name: run(way, points, topics, vectors, days) for name, way in ways.items()}
    print(f"\n{len(points)} sentences; events of this project: {dict(ways['this project'].events)}")
    return figures


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", action="store_true", help="five days on the stored sample")
    parser.add_argument("--write-sample", action="store_true", help="make the stored sample anew")
    given = parser.parse_args()
    if given.write_sample:
        write_sample()
    header = ("way", "kept", "kept, worst day", "themes", "V", "late")
    rows = [(name, *row) for name, row in measured(small=given.sample or given.write_sample).items()]
    print_table(f"Themes over {SAMPLE_DAYS if given.sample else DAYS} days", header, rows)


if __name__ == "__main__":
    main()
