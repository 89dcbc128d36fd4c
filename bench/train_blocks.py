"""Train the classifier that says which blocks of an HTML page are its article.

Data: the development split of WCXB (506 pages of 7 kinds, CC-BY-4.0), beside the checkout; nothing else. A block is
the article where at least half of its words stand in the page's stated main content, by the longest common
subsequence of words of the two. Every page has the same weight; where an extractor cannot see a page is taught by
copies of pages without its figures. The same data make the same file.

`python -m bench.train_blocks`: writes `corpus/extract/data/blocks.json`. How well it does on pages of domains that it
has not seen is what `python -m bench.extraction` reports; this figure is not kept in the file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.boost import export
from bench.common import ROOT, shared
from corpus.decode import decode
from corpus.extract.features import FEATURES, features
from corpus.extract.html import html_blocks
from corpus.extract.witnesses import ask
from corpus.models import RawPage
from corpus.trees import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from corpus.extract.layout import Layout
    from corpus.extract.witnesses import Witnesses
    from corpus.trees import Trees

    Rows = NDArray[np.float32]
    Sample = tuple[Rows, NDArray[np.bool_], NDArray[np.float64]]

FOLDS = 5
ABOUT = {
    "task": "which visible blocks of an HTML page are its main content",
    "data": "WCXB, development split, 506 pages",
    "licence": "CC-BY-4.0",
    "made by": "python -m bench.train_blocks",
}
_OPTIONS: dict[str, Any] = {
    "max_iter": 80, "learning_rate": 0.1, "max_leaf_nodes": 16, "min_samples_leaf": 30, "l2_regularization": 5.0,
    "early_stopping": False, "random_state": 0,
}  # fmt: skip
_MOST_WORDS = 400
_NEAR = 2
_ROWS_NEAR, _ROWS_FAR = 150, 40
# Every sixth page is also shown without trafilatura, every twelfth without any extractor.
_WITHOUT_TRAFILATURA, _WITHOUT_ANY = 6, 12


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A public page: its characters and blocks, its stated main content, and which blocks that makes the article."""

    identity: str
    kind: str
    domain: str
    raw: str
    truth: str
    layout: Layout
    witnesses: Witnesses
    article: NDArray[np.bool_]

    @property
    def fold(self) -> int:
        """Pages of one domain are in one fold."""
        return int(hashlib.sha256(self.domain.encode()).hexdigest(), 16) % FOLDS


def words(text: str) -> list[str]:
    """Return the words by which texts are compared."""
    return re.findall(r"\w+", text.lower())


def labelled_pages(folder: Path) -> Iterator[LabelledPage]:
    """Yield the public pages in the order of their index."""
    for entry in json.loads((folder / "index.json").read_text("utf-8")):
        content = gzip.decompress((folder / "html" / f"{entry['id']}.html.gz").read_bytes())
        raw = decode(RawPage("page.html", content, ""), 10**9).text
        stated = json.loads((folder / "truth" / f"{entry['id']}.json").read_text("utf-8"))
        truth = stated["ground_truth"]["main_content"]
        layout = html_blocks(raw)
        article = in_truth([words(block.text) for block in layout.blocks], words(truth))
        yield LabelledPage(
            entry["id"], entry["type"], entry["domain"], raw, truth, layout, ask(raw, layout), article
        )


def in_truth(blocks: Sequence[list[str]], truth: list[str]) -> NDArray[np.bool_]:
    """Return which blocks have half of their words or more in the longest common subsequence with `truth`."""
    owner = [number for number, block in enumerate(blocks) for _ in block]
    found = np.zeros(len(blocks))
    for place in common_subsequence([word for block in blocks for word in block], truth):
        found[owner[place]] += 1
    sizes = np.array([max(1, len(block)) for block in blocks])
    return found >= 0.5 * sizes


def common_subsequence(left: Sequence[str], right: Sequence[str]) -> list[int]:
    """Return the places in `left` of a longest common subsequence, last first (Hyyrö 2004, bit-parallel)."""
    full = (1 << len(right)) - 1
    where: dict[str, int] = {}
    for place, word in enumerate(right):
        where[word] = where.get(word, 0) | 1 << place
    rows = [full]
    for word in left:
        matched = rows[-1] & where.get(word, 0)
        rows.append(((rows[-1] + matched) | (rows[-1] - matched)) & full)
    found = []
    i, j = len(left), len(right)
    while i and j:
        below = (1 << j) - 1
        if rows[i] >> (j - 1) & 1:
            j -= 1
        elif (rows[i - 1] & below).bit_count() == (rows[i] & below).bit_count():
            i -= 1
        else:
            i, j = i - 1, j - 1
            found.append(i)
    return found


def train(samples: Sequence[Sample], file: Path) -> Trees:
    """Fit on the samples of pages, write the model to `file`, and return it as the project will load it."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    rows, labels, weights = (np.concatenate(column) for column in zip(*samples, strict=True))
    model = HistGradientBoostingClassifier(**_OPTIONS)
    model.fit(rows, labels, sample_weight=weights * (len(weights) / weights.sum()))
    export(model, FEATURES, ABOUT | {"pages": len(samples), "rows": len(rows)}, file)
    return load(file, FEATURES)


def train_folds(pages: Sequence[LabelledPage]) -> list[Trees]:
    """Return for each fold the model that has seen no page of it."""
    samples = [(page.fold, sample(page)) for page in pages if page.layout.blocks]
    with tempfile.TemporaryDirectory() as folder:
        return [
            train([found for other, found in samples if other != fold], Path(folder) / f"{fold}.json")
            for fold in range(FOLDS)
        ]


def sample(page: LabelledPage) -> Sample:
    """Return rows, labels and weights of a page: all that is near its article, some of what is far from it."""
    weights = _row_weights(page)
    taken = weights > 0
    seen = [_rows(page, page.witnesses.trafilatura, page.witnesses.resiliparse)]
    number = int(page.identity)
    if number % _WITHOUT_TRAFILATURA == 0:
        seen.append(_rows(page, None, page.witnesses.resiliparse))
    if number % _WITHOUT_ANY == 0:
        seen.append(_rows(page, None, None))
    return (
        np.concatenate([rows[taken] for rows in seen]),
        np.tile(page.article[taken], len(seen)),
        np.tile(weights[taken] / len(seen), len(seen)),
    )


def _rows(page: LabelledPage, trafilatura: Rows | None, resiliparse: Rows | None) -> Rows:
    return features(page.raw, page.layout, trafilatura, resiliparse)


def _row_weights(page: LabelledPage) -> NDArray[np.float64]:
    """Weigh blocks by the root of their words, to the same sum a page; what stands for others has their weight too."""
    sizes = np.array([min(_MOST_WORDS, len(words(block.text))) for block in page.layout.blocks])
    weights = np.sqrt(sizes) / np.sqrt(sizes).sum()
    near = np.convolve(page.article, np.ones(2 * _NEAR + 1), "same")[: len(sizes)] > 0
    for shares in (page.witnesses.trafilatura, page.witnesses.resiliparse):
        near |= shares > 0 if shares is not None else False
    taken = _every_nth(near, _ROWS_NEAR) + _every_nth(~near, _ROWS_FAR)
    return np.asarray(weights * taken, dtype=np.float64)


def _every_nth(chosen: NDArray[np.bool_], most: int) -> NDArray[np.float64]:
    """Return how many of the chosen each stands for: 1, or more where there are more than `most`."""
    stands_for = chosen.astype(float)
    places = np.flatnonzero(chosen)
    if len(places) > most:
        stands_for[places] = 0
        stands_for[places[np.arange(most) * len(places) // most]] = len(places) / most
    return stands_for


def main() -> None:
    """Train on all public pages and write the shipped model."""
    folder = shared("data/web_pages")
    if folder is None:
        raise SystemExit(1)
    file = ROOT / "corpus" / "extract" / "data" / "blocks.json"
    file.parent.mkdir(exist_ok=True)
    trees = train([sample(page) for page in labelled_pages(folder) if page.layout.blocks], file)
    print(
        f"{file.relative_to(ROOT)}: {len(trees.feature)} trees, {file.stat().st_size:,} bytes, {trees.about}"
    )


if __name__ == "__main__":
    main()
