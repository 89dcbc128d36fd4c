"""Train the line classifier of text dumps on public pages: `python -m bench.train_lines [--step N] [--write]`.

The pages are `bench.public_lines`'. Each is learnt as it is and in shapes that public pages lack: most of the menus
gone, menus glued to one line, paragraphs hard-wrapped, blank lines between. Prints figures of five folds grouped by
domain; `--write` trains on all and writes corpus/boilerplate/data/lines.json.
"""

from __future__ import annotations

import argparse
import random
import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bench.boost import export
from bench.common import ROOT, print_table
from bench.public_lines import PublicDump, public_dumps
from corpus.boilerplate import judge_draft
from corpus.boilerplate.features import FEATURES, features, without_letters
from corpus.extract.text import line_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from sklearn.ensemble import HistGradientBoostingClassifier

FOLDS = 4
SEED = 7
VARIANTS = 3
WRAP = 72
MENUS = 0.25
MENU_WEIGHT = 1.0
LETTERLESS = 0.3
FILE = ROOT / "corpus" / "boilerplate" / "data" / "lines.json"
SETTINGS: dict[str, Any] = {
    "max_iter": 90, "learning_rate": 0.12, "max_leaf_nodes": 24, "min_samples_leaf": 60, "l2_regularization": 5.0,
    "max_features": 0.4, "max_bins": 48, "random_state": SEED,
}  # fmt: skip

CATALOGUES = frozenset(("collection", "listing", "product"))  # their main content is no text

Labelled = list[tuple[str, str]]


class Page(NamedTuple):
    """A page to learn from: `truth` of a unit is 1 for boilerplate, 0 for the article, -1 in doubt.

    `domain` is a number; `variant` 0 is the page as it is.
    """

    values: NDArray[np.float32]
    truth: NDArray[np.int8]
    domain: int
    variant: int


def main() -> None:
    """Print cross-validated figures and, if asked, write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    dumps = [dump for dump in public_dumps(arguments.step) if dump.page_type not in CATALOGUES]
    pages = pages_of(dumps)
    figures = figures_of(pages, out_of_fold(pages))
    print_table(f"Line classifier, {len(dumps)} public pages, folds by domain", ("figure", "value"), figures)
    if arguments.write:
        export(fitted(pages), FEATURES, about(len(dumps), figures), FILE)
        print(f"\nwrote {FILE.name}: {FILE.stat().st_size / 1e3:.0f} kB")


def about(pages: int, figures: list[tuple[str, float]]) -> dict[str, Any]:
    """Return what the model says of itself."""
    return {
        "what": "probability that a unit of a text dump is boilerplate",
        "trained on": f"{pages} pages of WCXB (development split) as text dumps, and augmented shapes of them",
        "licence of the data": "CC-BY-4.0",
        "method": f"scikit-learn HistGradientBoostingClassifier {SETTINGS}",
        "cross-validated": {name: round(value, 3) for name, value in figures},
    }


def pages_of(dumps: Sequence[PublicDump]) -> list[Page]:
    """Return every page in every variant."""
    draw = random.Random(SEED)  # noqa: S311 - a repeatable draw, not a secret
    domains = {domain: number for number, domain in enumerate(sorted({d.domain for d in dumps}))}
    pages = []
    for dump in dumps:
        for variant in range(VARIANTS):
            values, truth = learn(variant_of(dump, variant, draw))
            if variant and draw.random() < LETTERLESS:
                values = without_letters(values)
            pages.append(Page(values, truth, domains[dump.domain], variant))
    return pages


def learn(labelled: Labelled) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return features and truth of the units of a page; units whose lines disagree are in doubt."""
    blocks = line_blocks("\n".join(line for _, line in labelled))
    draft = judge_draft(blocks, "text")
    labels = iter([label for label, line in labelled if line])
    by_block = [next(labels) if block.text else "" for block in blocks]
    told = [{by_block[n] for n in unit.members} for unit in draft.units]
    truth = [1 if labels == {"other"} else 0 if labels == {"article"} else -1 for labels in told]
    return features(draft), np.array(truth, dtype=np.int8)


def variant_of(dump: PublicDump, variant: int, draw: random.Random) -> Labelled:
    """Return the lines of a page with their labels: as they are, or in a shape drawn by lot."""
    labelled = list(zip(dump.labels, dump.lines, strict=True))
    if not variant:
        return labelled
    labelled = _trimmed(labelled, draw)
    shapes: list[Callable[[Labelled], Labelled]] = [_spaced, _glued, _wrapped, list]
    return draw.choices(shapes, (4, 3, 2, 3))[0](labelled)


def _trimmed(labelled: Labelled, draw: random.Random) -> Labelled:
    """Leave a few lines of what stands above and below the article, and half of the boxes inside it."""
    places = [n for n, (label, _) in enumerate(labelled) if label == "article"]
    above = int(draw.expovariate(1 / 10))
    below = int(draw.expovariate(1 / 14))
    first = max(0, places[0] - above)
    inside = [pair for pair in labelled[first : places[-1] + 1] if pair[0] != "other" or draw.random() < 0.6]
    return inside + labelled[places[-1] + 1 : places[-1] + 1 + below]


def _spaced(labelled: Labelled) -> Labelled:
    return [pair for line in labelled for pair in (line, ("", ""))]


def _glued(labelled: Labelled) -> Labelled:
    """Join runs of short lines that are not the article, as a scraper does that knows no block elements."""
    glued: Labelled = []
    run: list[str] = []
    separator = (" | ", "  ", " ")[len(labelled) % 3]
    for label, line in [*labelled, ("", "")]:
        if label == "other" and len(line) < 30 and len(run) < 12:
            run.append(line)
            continue
        if run:
            glued.append(("other", separator.join(run)))
            run = []
        if line:
            glued.append((label, line))
    return glued


def _wrapped(labelled: Labelled) -> Labelled:
    lines: Labelled = []
    for label, line in labelled:
        lines += [(label, piece) for piece in textwrap.wrap(line, WRAP, break_long_words=False)] or [
            (label, line)
        ]
        lines.append(("", ""))
    return lines


def fitted(pages: Sequence[Page]) -> HistGradientBoostingClassifier:
    """Return the ensemble that learnt from `pages`: a quarter of the menus is enough."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    draw = np.random.default_rng(SEED)
    rows, truths, weights = [], [], []
    for page in pages:
        share = MENUS if page.variant == 0 else 1.0
        chosen = (page.truth == 0) | ((page.truth == 1) & (draw.random(len(page.truth)) < share))
        rows.append(page.values[chosen])
        truths.append(page.truth[chosen])
        weight = (100 / max(1, len(page.truth))) ** 0.5
        weights.append(np.where(truths[-1] == 1, weight * MENU_WEIGHT, weight))
    model = HistGradientBoostingClassifier(**SETTINGS)
    return model.fit(np.concatenate(rows), np.concatenate(truths), sample_weight=np.concatenate(weights))


def out_of_fold(pages: Sequence[Page]) -> list[NDArray[np.float32]]:
    """Return what models that have seen no page of its domain think of each page."""
    order = np.random.default_rng(SEED).permutation(max(page.domain for page in pages) + 1)
    folds = [int(order[page.domain]) % FOLDS for page in pages]
    found: dict[int, NDArray[np.float32]] = {}
    for fold in range(FOLDS):
        model = fitted([page for page, other in zip(pages, folds, strict=True) if other != fold])
        asked = [n for n, other in enumerate(folds) if other == fold]
        thought = model.predict_proba(np.concatenate([pages[n].values for n in asked]))[:, 1].astype(
            np.float32
        )
        ends = np.cumsum([len(pages[n].values) for n in asked])[:-1]
        found |= dict(zip(asked, np.split(thought, ends), strict=True))
    return [found[n] for n in range(len(pages))]


def figures_of(pages: Sequence[Page], thought: Sequence[NDArray[np.float32]]) -> list[tuple[str, float]]:
    """Return how well units are told apart, at the classifier's thresholds, without the rules."""
    figures = []
    for shape in ("as they are", "reshaped"):
        chosen = [n for n, page in enumerate(pages) if (page.variant > 0) == (shape == "reshaped")]
        truth = np.concatenate([pages[n].truth for n in chosen])
        found = np.concatenate([thought[n] for n in chosen])
        for least in (0.5, 0.8, 0.95):
            drop, other, article = found >= least, truth == 1, truth == 0
            right = float((other & drop).sum())
            figures += [
                (f"{shape}, {least}: precision", right / max(1.0, float((drop & (truth >= 0)).sum()))),
                (f"{shape}, {least}: recall", right / float(other.sum())),
                (f"{shape}, {least}: article kept", float((article & ~drop).sum()) / float(article.sum())),
            ]
    return figures


if __name__ == "__main__":
    main()
