"""Do questions find their paragraph, in their own language and in others? XQuAD, through the whole pipeline.

    python -m bench.retrieval [--paragraphs 240] [--step 1]

The same 240 paragraphs in English, Spanish and German are ingested as pages of a temporary warehouse (each language a
host), and every question is asked of it, in each of the three languages (3,570). What is right:

- own: the paragraph in the question's language, among those of its language;
- other: the paragraph in another language, among those of that language (mean over both);
- any: the paragraph in all three languages, in one list of all;
- elsewhere: the paragraph in the two other languages, in one list of all, from which only the paragraph in the
  question's own language is taken out: its other 239 stay in the way.

nDCG@10 and MRR@10 over documents. Even questions were looked at when the weights of the search were chosen, odd ones
are the figures that count. Peers in the same run: bench/search_peers.py.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.common import print_table, shared
from bench.ranking import K, distinct, ndcg, reciprocal_rank
from bench.search_peers import peer_rankings
from corpus.settings import Settings
from flows.progress import Quiet
from flows.runner import execute_directly, run
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence

LANGUAGES = ("de", "en", "es")
CASES = ("own", "other", "any", "elsewhere")
OURS = "cio-advice search"
_DEPTH = 4 * K
_URLS = "select passages.passage_id, documents.url from passages inner join documents using (document_id)"


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the number of the paragraph that answers it."""

    language: str
    text: str
    paragraph: int


Rankings = dict[str, list[list[str]]]
"""For each of `all` and the languages (the list that is searched), the urls found for each question."""


def ingested(folder: Path, paragraphs: int) -> tuple[Settings, list[Question]] | None:
    """Ingest the paragraphs; return the settings of the warehouse and the questions. None where the data is absent."""
    file = shared("data/retrieval_xquad.json")
    if file is None:
        return None
    data = json.loads(file.read_text("utf-8"))
    records = [
        json.dumps({"url": _url(code, number), "text": text})
        for code in LANGUAGES
        for number, text in enumerate(data[code]["passages"][:paragraphs])
    ]
    source = folder / "xquad.jsonl"
    source.write_text("\n".join(records), "utf-8")
    settings = Settings(warehouse=folder / "xquad.duckdb")
    run([str(source)], settings, execute_directly, Quiet())
    asked = [Question(code, q, number) for code in LANGUAGES for number, q in data[code]["questions"]]
    return settings, [question for question in asked if question.paragraph < paragraphs]


def _url(language: str, number: int) -> str:
    return f"https://{language}.xquad.example/{number}"


def own_rankings(warehouse: Warehouse, asked: Sequence[Question]) -> Rankings:
    """Search the list of all and that of each language."""
    texts = [question.text for question in asked]
    found: Rankings = {}
    for shelf in ("all", *LANGUAGES):
        host = None if shelf == "all" else f"{shelf}.xquad.example"
        rows = warehouse.search_many(texts, _DEPTH, host=host).arrow().select(["query_no", "url"]).to_pylist()
        found[shelf] = [[] for _ in asked]
        for row in rows:
            found[shelf][row["query_no"]].append(row["url"])
    return found


def shelved(rankings: Sequence[Sequence[str]], urls: dict[str, str]) -> Rankings:
    """Turn a peer's passages into urls, for the list of all and that of each language."""
    everything = [[urls[name] for name in ranking] for ranking in rankings]
    of_language = {
        code: [[url for url in ranking if url.startswith(f"https://{code}.")] for ranking in everything]
        for code in LANGUAGES
    }
    return {"all": everything, **of_language}


def figures(asked: Sequence[Question], found: Rankings) -> dict[str, tuple[float, float]]:
    """Return (nDCG@10, MRR@10) of each case."""
    scores: dict[str, list[tuple[float, float]]] = {case: [] for case in CASES}
    for number, question in enumerate(asked):
        own = _url(question.language, question.paragraph)
        others = [_url(code, question.paragraph) for code in LANGUAGES if code != question.language]
        everywhere = distinct(found["all"][number])
        scores["own"].append(_scores(distinct(found[question.language][number]), [own]))
        for url in others:
            scores["other"].append(_scores(distinct(found[url[8:10]][number]), [url]))
        scores["any"].append(_scores(everywhere, [own, *others]))
        scores["elsewhere"].append(_scores([url for url in everywhere if url != own], others))
    return {case: tuple(np.mean(pairs, axis=0).tolist()) for case, pairs in scores.items()}


def _scores(ranking: Sequence[str], right: Sequence[str]) -> tuple[float, float]:
    return ndcg(ranking, right), reciprocal_rank(ranking, right)


def floor_figures(folder: Path, paragraphs: int, step: int) -> dict[str, float]:
    """Return the gated figures: nDCG@10 over every `step`-th odd question of the first `paragraphs` paragraphs."""
    found = ingested(folder, paragraphs)
    assert found is not None
    settings, asked = found
    asked = asked[1 :: 2 * step]
    with Warehouse.open(settings.warehouse, settings) as warehouse:
        return {
            f"XQuAD, {case}: nDCG": n
            for case, (n, _) in figures(asked, own_rankings(warehouse, asked)).items()
        }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--paragraphs", type=int, default=240)
    parser.add_argument("--step", type=int, default=1, help="every Nth odd question")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = ingested(Path(folder), arguments.paragraphs)
        if found is None:
            return
        settings, asked = found
        asked = asked[1 :: 2 * arguments.step]
        with Warehouse.open(settings.warehouse, settings) as warehouse:
            urls = {str(name): str(url) for name, url in warehouse.sql(_URLS).rows()}
            rows = [_row(OURS, asked, own_rankings(warehouse, asked))]
            for name, rankings in peer_rankings(warehouse, settings, [question.text for question in asked]):
                rows.append(_row(name, asked, shelved(rankings, urls)))
    title = (
        f"XQuAD: {len(asked)} questions, {arguments.paragraphs} paragraphs in 3 languages (nDCG@10 / MRR@10)"
    )
    print_table(title, ("method", *CASES), rows)


def _row(name: str, asked: Sequence[Question], found: Rankings) -> tuple[Any, ...]:
    return (name, *(f"{n:.3f} / {r:.3f}" for n, r in figures(asked, found).values()))


if __name__ == "__main__":
    main()
