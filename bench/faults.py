"""Engines and an encoder that fail: `python -m bench.faults --pages 10000 --seed 1 [--model NAME]`.

Around the real engines and the real model stand wrappers that fail: in the first calls, one of five with an error that
passes (StepError); for ever, on one text of fifty (by its hash), with an error that does not. Every page must be loaded
or quarantined with its reason, what has no English or no vector must say why, and when the faults are over a plain run
must end with the contents of a run that never met any. Pages are seven made-up sentences each, from the shipped ones.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bench.common import machine, print_table
from bench.crash import contents_of
from bench.made_up_pages import Generator
from bench.small_corpus import tiny_settings
from corpus import embed
from corpus.errors import StepError
from corpus.identity import text_hash
from corpus.settings import Settings
from corpus.translate import translator
from flows.progress import Quiet
from flows.runner import execute_directly, run
from warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from corpus.embed import Embedder
    from corpus.models import Translation
    from corpus.translate.engine import Engine
    from corpus.translate.texts import Source
    from flows.report import RunReport

SHARE_THAT_PASSES, ONE_IN = 0.2, 50
CALLS_THAT_MAY_PASS = 200
_SENTENCES = 7
_HELD = """
select
    (select count(*) from pages) as pages,
    (select count(*) from quarantine where reason <> '') as quarantined,
    (select count(*) from passages) as passages,
    (select count(*) from passages semi join embeddings using (text_hash)) as with_vector,
    (select count(*) from passages semi join failures using (text_hash)) as with_reason,
    (select count(*) from passages semi join failures using (text_hash)
        semi join (select passage_id from passage_vectors semi join postings using (passage_no)) using (passage_id)
    ) as found_by_words,
    (select count(*) from translations where reason like '% failed: %') as sentences_with_reason,
    (select count(*) from translations where status = 'untranslated' and reason = '') as without_reason
"""


@dataclass
class Faults:
    """What is to fail, and what has failed."""

    seed: int
    calls: int = 0
    passed: int = 0
    lasted: int = 0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Begin to draw."""
        self.chance = random.Random(self.seed)  # noqa: S311 - no secret hangs on it

    def strike(self, texts: Sequence[str]) -> None:
        """Raise what this call is to raise, if anything."""
        self.calls += 1
        if self.calls <= CALLS_THAT_MAY_PASS and self.chance.random() < SHARE_THAT_PASSES:
            self.passed += 1
            raise StepError("the engine is busy")
        if any(self.is_doomed(text) for text in texts):
            self.lasted += 1
            raise RuntimeError("the engine cannot read this")

    def is_doomed(self, text: str) -> bool:
        """Tell whether this text fails for ever."""
        return int(text_hash(f"{self.seed} {text}"), 16) % ONE_IN == 0


class FaultyEmbedder:
    """A model that fails as `faults` says."""

    def __init__(self, model: Embedder, faults: Faults) -> None:
        self._model, self._faults = model, faults

    def __getattr__(self, name: str) -> Any:
        """Be as the model in all else."""
        return getattr(self._model, name)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Embed, or fail."""
        self._faults.strike(texts)
        return self._model.embed_passages(texts, progress)


class FaultyEngine:
    """An engine that fails as `faults` says."""

    def __init__(self, engine: Engine, faults: Faults) -> None:
        self._engine, self._faults = engine, faults

    def __getattr__(self, name: str) -> Any:
        """Be as the engine in all else."""
        return getattr(self._engine, name)

    def translate(self, sources: Sequence[Source], language: str) -> list[Translation]:
        """Translate, or fail."""
        self._faults.strike([source.text for source in sources])
        return self._engine.translate(sources, language)


@contextlib.contextmanager
def injected(faults: Faults) -> Iterator[None]:
    """Put the wrappers around whatever engines and model a run loads."""
    load, load_engines = embed.load, translator.load_engines
    with (
        patch.object(embed, "load", lambda settings: FaultyEmbedder(load(settings), faults)),
        patch.object(
            translator, "load_engines", lambda s: [FaultyEngine(engine, faults) for engine in load_engines(s)]
        ),
    ):
        yield


def write_small_pages(path: Path, count: int, seed: int) -> Path:
    """Write so many pages as JSON Lines; one in a hundred is none."""
    generator = Generator.of_the_project()
    draw = random.Random(seed)  # noqa: S311 - it only varies
    languages = sorted(generator._sentences)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            language = draw.choice(languages)
            said = [generator._sentence(language, draw) for _ in range(_SENTENCES)]
            text = "" if number % 100 == 99 else "\n\n".join([said[0], *("\n".join(said[1:]),)])
            url = f"https://www.small-{number % 500}.example/{seed}/{number}"
            file.write(json.dumps({"url": url, "text": text}, ensure_ascii=False) + "\n")
    return path


def measure(folder: Path, settings: Settings, pages: int, seed: int) -> dict[str, Any]:
    """Run without faults; with them, twice; and without them again. Return what each held."""
    source = write_small_pages(folder / "pages.jsonl", pages, seed)
    settings = settings.with_changes(batch_pages=200, batch_sentences=200, batch_passages=200)
    calm = settings.with_changes(warehouse=folder / "calm.duckdb")
    faulty = settings.with_changes(warehouse=folder / "faulty.duckdb")
    rows = [_row("no faults", *_timed(source, calm), calm)]
    faults = Faults(seed)
    with injected(faults):
        rows.append(_row("faults", *_timed(source, faulty), faulty))
        rows.append(_row("the next run, those for ever still there", *_timed(source, faulty), faulty))
    rows.append(_row("faults over", *_timed(source, faulty), faulty))
    unlike = contents_of(faulty.warehouse).differences(contents_of(calm.warehouse))
    return {
        "rows": rows,
        "faults": faults,
        "unlike": [name for name in unlike if not name.startswith(("theme", "sub_theme"))],
    }


def _timed(source: Path, settings: Settings) -> tuple[RunReport, float]:
    started = time.perf_counter()
    report = run([str(source)], settings, execute_directly, Quiet())
    return report, time.perf_counter() - started


def _row(name: str, report: RunReport, seconds: float, settings: Settings) -> dict[str, Any]:
    with Warehouse.open(settings.warehouse) as warehouse:
        result = warehouse.sql(_HELD)
        held = dict(zip(result.columns, result.rows()[0], strict=True))
    return {"run": name, "seen": report.pages["pages_seen"], **held, "seconds": seconds}


def problems(found: dict[str, Any], pages: int) -> list[str]:
    """Return what was lost, silent, or not made good."""
    said = [f"not as a run without faults: {name}" for name in found["unlike"]]
    for row in found["rows"]:
        lost = {
            "pages": row["seen"] != pages or row["pages"] + row["quarantined"] != pages,
            "passages": row["with_vector"] + row["with_reason"] != row["passages"],
            "words": row["found_by_words"] != row["with_reason"],
            "reasons": row["without_reason"] != 0,
        }
        said += [f"{row['run']}: {name}" for name, is_lost in lost.items() if is_lost]
    return said


def main() -> int:
    """Print what each run held; return 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", help="an embedding model of the installation in place of a tiny one")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = tiny_settings(Path(folder) / "models")
        if chosen.model:
            settings = settings.with_changes(models_dir=Settings().models_dir, embedding_model=chosen.model)
        found = measure(Path(folder), settings, chosen.pages, chosen.seed)
    print(f"{machine()}, seed {chosen.seed}")
    rows = found["rows"]
    print_table(f"{chosen.pages} pages", tuple(rows[0]), [tuple(row.values()) for row in rows])
    faults = found["faults"]
    print(
        f"\n{faults.calls} calls of engines and model, {faults.passed} failed for a while, {faults.lasted} for good"
    )
    lost = problems(found, chosen.pages)
    for problem in lost:
        print(f"PROBLEM: {problem}")
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
