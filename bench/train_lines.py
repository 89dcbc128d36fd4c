"""Train the line classifier of text dumps: `python -m bench.train_lines [--step N] [--write]`.

It learns from `bench.public_lines`' pages (article or not) and from the written dumps and shipped pages that are tuned
on (all kinds), each as it is and in copies (`bench.line_copies`). Prints figures of folds by domain; `--write` trains
on all and writes the two files of the model under corpus/boilerplate/data.
"""

from __future__ import annotations

import argparse
import json
import random
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bench.common import ROOT, print_table
from bench.dumps import gold_dumps, written_dumps
from bench.line_copies import KINDS, NUMBERS, Labelled, grafted, trimmed
from bench.line_network import ENSEMBLE, IN_DOUBT, NOT_ARTICLE, SETTINGS, fitted, weights_of
from bench.public_lines import PublicDump, public_dumps
from corpus.boilerplate import judge_draft
from corpus.boilerplate.features import FEATURES, features
from corpus.boilerplate.tagger import Tagger
from corpus.extract.text import line_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from bench.dumps import Dump

FOLDS = 4
SEED = 7
DATA = ROOT / "corpus" / "boilerplate" / "data"
CATALOGUES = frozenset(("collection", "listing", "product"))  # their main content is no text
_PUBLIC = {"article": 0, "title": 1, "other": NOT_ARTICLE}
TRIMMED, GRAFTED = 2, 2  # copies of each page: see bench.line_copies


class Page(NamedTuple):
    """A page to learn from: features and truth of its units. `group` is public, written or trimmed (and written)."""

    values: NDArray[np.float32]
    truth: NDArray[np.int64]
    domain: int
    group: str


def main() -> None:
    """Print cross-validated figures and, if asked, write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=int, default=4, help="every Nth public page")
    parser.add_argument("--write", action="store_true", help="train on all pages and write the model's files")
    arguments = parser.parse_args()
    public, written = public_pages(arguments.step), written_pages()
    pages = pages_of(public, written)
    figures = figures_of(pages, out_of_fold(pages))
    sizes = f"{len(written)} written and {len(public)} public pages"
    print_table(f"Line classifier, {sizes}, folds by domain", ("figure", "value"), figures)
    if arguments.write:
        write(tagger_of(pages, ENSEMBLE, about(sizes, figures)))


def public_pages(step: int = 1) -> list[PublicDump]:
    """Return the public pages whose main content is text."""
    return [dump for dump in public_dumps(step) if dump.page_type not in CATALOGUES]


def written_pages() -> list[Dump]:
    """Return the written dumps that are tuned on and the shipped pages."""
    return [*written_dumps("tuned"), *gold_dumps()]


def about(sizes: str, figures: list[tuple[str, float]]) -> dict[str, Any]:
    """Return what the model says of itself."""
    return {
        "what": "probability of each kind of a unit of a text dump",
        "trained on": f"{sizes}; the public ones are WCXB's (development split) as text dumps",
        "licence of the data": "CC-BY-4.0 (public pages); this project's own (written pages)",
        "method": f"gated convolutions {SETTINGS}, {ENSEMBLE} members",
        "cross-validated": {name: round(value, 3) for name, value in figures},
    }


def pages_of(public: Sequence[PublicDump], written: Sequence[Dump]) -> list[Page]:
    """Return the pages to learn from: public ones, written ones, and copies of them."""
    domains = {domain: number for number, domain in enumerate(sorted({dump.domain for dump in public}))}
    labelled = [
        Labelled(d.lines, [_PUBLIC.get(x, IN_DOUBT) for x in d.labels], domains[d.domain], "public", "")
        for d in public
    ]
    for number, dump in enumerate(written, len(domains)):
        told = [NUMBERS.get(dump.kinds.get(n, ""), IN_DOUBT) for n in range(1, len(dump.lines) + 1)]
        labelled.append(Labelled(dump.lines, told, number, "written", dump.language))
    draw = random.Random(SEED)  # noqa: S311 - a repeatable draw, not a secret
    with_article = [page for page in labelled if 0 in page.told]
    copies = [trimmed(page, draw) for page in with_article for _ in range(TRIMMED)]
    for page, others in _among(with_article, folds_of(len(domains) + len(written))):
        copies += [grafted(page, others, draw) for _ in range(GRAFTED)]
    return [Page(*learn(page.lines, page.told), page.domain, page.group) for page in (*labelled, *copies)]


def _among(pages: Sequence[Labelled], folds: Sequence[int]) -> Iterator[tuple[Labelled, list[Labelled]]]:
    """Yield each written page with the others of its language and fold: what a fold learns from holds no other's."""
    groups: dict[tuple[str, int], list[Labelled]] = {}
    for page in pages:
        if page.group == "written":
            groups.setdefault((page.language, folds[page.domain]), []).append(page)
    for group in groups.values():
        for page in group:
            if others := [other for other in group if other is not page]:
                yield page, others


def folds_of(domains: int) -> list[int]:
    """Return the fold of each domain."""
    return [int(place) % FOLDS for place in np.random.default_rng(SEED).permutation(domains)]


def learn(lines: Sequence[str], told: Sequence[int]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return features and truth of the units of a page; units whose lines disagree are in doubt."""
    text = "\n".join(lines)
    blocks = line_blocks(text)
    draft = judge_draft(blocks, "text")
    by_block = [told[text.count("\n", 0, block.span.start)] for block in blocks]
    found = [{by_block[member] for member in unit.members} for unit in draft.units]
    truth = [labels.pop() if len(labels) == 1 else IN_DOUBT for labels in found]
    return features(draft), np.array(truth, dtype=np.int64)


def tagger_of(pages: Sequence[Page], members: int, told: dict[str, Any]) -> Tagger:
    """Return the ensemble that learnt from `pages`."""
    rows = np.concatenate([page.values for page in pages])
    centre, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    draw = random.Random(SEED)  # noqa: S311 - a repeatable draw, not a secret
    networks = [fitted(pages, centre, scale, len(KINDS), draw.randrange(2**31)) for _ in range(members)]
    weights = weights_of(networks) | {"centre": centre, "scale": scale}
    return Tagger(KINDS, {name: np.asarray(w, dtype=np.float32) for name, w in weights.items()}, told)


def write(tagger: Tagger) -> None:
    """Write the model's two files."""
    from safetensors.numpy import save_file

    weights = {name: np.ascontiguousarray(w, dtype=np.float16) for name, w in tagger.weights.items()}
    weights |= {name: tagger.weights[name] for name in ("centre", "scale")}
    save_file(weights, DATA / "lines.safetensors")
    told = {"about": tagger.about, "sha256": sha256((DATA / "lines.safetensors").read_bytes()).hexdigest()}
    told |= {"kinds": [kind.value for kind in tagger.kinds], "features": list(FEATURES)}
    (DATA / "lines.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(
        f"\nwrote lines.json and lines.safetensors: {(DATA / 'lines.safetensors').stat().st_size / 1e3:.0f} kB"
    )


def out_of_fold(pages: Sequence[Page]) -> list[NDArray[np.float32]]:
    """Return what one network that has seen no page of its domain thinks of each page, shape (units, kinds)."""
    of_domain = folds_of(max(page.domain for page in pages) + 1)
    folds = [of_domain[page.domain] for page in pages]
    found: dict[int, NDArray[np.float32]] = {}
    for fold in range(FOLDS):
        learnt = tagger_of([page for page, other in zip(pages, folds, strict=True) if other != fold], 1, {})
        found |= {n: learnt.probabilities(pages[n].values) for n, other in enumerate(folds) if other == fold}
    return [found[n] for n in range(len(pages))]


def figures_of(pages: Sequence[Page], thought: Sequence[NDArray[np.float32]]) -> list[tuple[str, float]]:
    """Return how well units are told apart by the network alone, at some thresholds."""
    figures = []
    for group in ("public", "written", "trimmed"):
        chosen = [n for n, page in enumerate(pages) if page.group == group]
        truth = np.concatenate([pages[n].truth for n in chosen])
        found = 1 - np.concatenate([thought[n] for n in chosen])[:, 0]
        article, other = truth == 0, (truth > 0) | (truth == NOT_ARTICLE)
        for least in (0.5, 0.7, 0.9):
            drop = found >= least
            right = float((other & drop).sum())
            figures += [
                (f"{group}, {least}: precision", right / max(1.0, float((drop & (truth != IN_DOUBT)).sum()))),
                (f"{group}, {least}: recall", right / float(other.sum())),
                (f"{group}, {least}: article kept", float((article & ~drop).sum()) / float(article.sum())),
            ]
    return figures


if __name__ == "__main__":
    main()
