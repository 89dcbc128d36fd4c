"""How good is the English: every installed route against references, beside leaving the text as it is.

`python -m bench.translation`: 150 sentences of news in each of four languages with a human translation (NTREX-128,
CC-BY-SA-4.0), by sacrebleu's BLEU and chrF2; the mean trust, how well trust tells better from worse sentences
(Spearman's rank correlation with the sentence's chrF2), the share that is flagged, and CPU seconds for 1,000 words. For
Apertium the other pivots are tried too, so that the order in `corpus.translate.routes.PIVOTS` can be checked, and the
start of its tools for every batch beside keeping them.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.common import print_table, shared
from corpus.settings import Settings
from corpus.translate import Translator, load_engines
from corpus.translate.apertium import ApertiumEngine
from corpus.translate.apertium_modes import MODES_DIR
from corpus.translate.texts import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus.models import Translation
    from corpus.translate import Engine

LANGUAGES = {"it": "ita", "fr": "fra", "es": "spa", "de": "deu"}
BATCH, BATCHES = 10, 15


def pairs(language: str) -> list[tuple[str, str]]:
    """Return (sentence, human English) of a language; none where the public data is not there."""
    path = shared(f"data/translation_{LANGUAGES[language]}_eng.tsv")
    lines = path.read_text("utf-8").splitlines() if path else []
    return [(source, english) for source, english, *_ in (line.split("\t") for line in lines)]


def cpu_seconds() -> float:
    """Return the CPU time of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def routes(language: str) -> Iterator[Engine]:
    """Yield every way into English for `language` once, with Apertium's one pivot at a time."""
    seen = set()
    for engine in _routes(language):
        if engine.languages()[language] not in seen:
            seen.add(engine.languages()[language])
            yield engine


def _routes(language: str) -> Iterator[Engine]:
    for engine in load_engines(Settings.load()):
        if engine.name != ApertiumEngine.name and language in engine.languages():
            yield engine
    for pivot in ("spa|es", "cat|ca", "por|pt", "fra|fr"):
        with tempfile.TemporaryDirectory() as folder:
            _link_modes(Path(folder), LANGUAGES[language], language, pivot)
            engine = ApertiumEngine(Path(folder))
            if language in engine.languages():
                yield engine


def _link_modes(folder: Path, long: str, short: str, pivot: str) -> None:
    via = re.compile(rf"(?:{long}|{short})-(?:{pivot})|(?:{pivot})-(?:eng|en)|(?:{long}|{short})-(?:eng|en)")
    for mode in MODES_DIR.glob("*.mode"):
        if via.fullmatch(mode.stem):
            (folder / mode.name).symlink_to(mode)


def chrf(texts: Sequence[str], references: Sequence[str]) -> float:
    """Return sacrebleu's corpus chrF2, 0..100."""
    import sacrebleu

    return float(sacrebleu.corpus_chrf(list(texts), [list(references)]).score)


def measure(engine: Engine, language: str, told: Sequence[tuple[str, str]]) -> tuple[Any, ...]:
    """Return BLEU, chrF2, trust, its rank correlation, the share flagged and CPU seconds for 1,000 words."""
    import sacrebleu
    from scipy.stats import spearmanr

    start = cpu_seconds()
    with Translator([engine]) as translator:
        rows = translator.translate([(source, language) for source, _ in told])
    seconds = cpu_seconds() - start
    texts, references = [row.text_en or row.text for row in rows], [english for _, english in told]
    each = [sacrebleu.sentence_chrf(a, [b]).score for a, b in zip(texts, references, strict=True)]
    words = sum(len(source.split()) for source, _ in told)
    return (
        float(sacrebleu.corpus_bleu(texts, [references]).score),
        chrf(texts, references),
        sum(row.trust for row in rows) / len(rows),
        float(spearmanr([row.trust for row in rows], each).statistic),
        sum(map(_is_flagged, rows)) / len(rows),
        seconds / words * 1000,
    )


def _is_flagged(row: Translation) -> bool:
    return any(not flag.startswith(("unknown-words", "pieces", "verbatim")) for flag in row.flags)


def floor_figures() -> dict[str, float]:
    """Return what is gated: chrF2 of each language that the installed engines serve."""
    figures = {}
    with Translator.open(Settings.load()) as translator:
        for language in LANGUAGES.keys() & translator.routes().keys():
            told = pairs(language)
            rows = translator.translate([(source, language) for source, _ in told])
            score = chrf([row.text_en or "" for row in rows], [english for _, english in told])
            figures[f"translation: {language} chrF2"] = score
    return figures


def _kept_or_started(told: Sequence[tuple[str, str]]) -> list[tuple[Any, ...]]:
    """Return CPU seconds for small batches by tools that are kept, and by tools that are started for each."""
    found = []
    for name, closes in (("kept", False), ("started for every batch", True)):
        engine = ApertiumEngine()
        engine.translate([prepare("ciao")], "it")
        start = cpu_seconds()
        for batch in range(BATCHES):
            engine.translate(
                [prepare(source) for source, _ in told[batch * BATCH : (batch + 1) * BATCH]], "it"
            )
            if closes:
                engine.close()
        engine.close()
        found.append((name, cpu_seconds() - start))
    return [(name, seconds, seconds / found[0][1]) for name, seconds in found]


def main() -> None:
    """Print the tables."""
    rows: list[tuple[Any, ...]] = []
    for language in LANGUAGES:
        told = pairs(language)
        if told:
            as_it_is = chrf([source for source, _ in told], [english for _, english in told])
            rows.append((language, "left as it is", "", as_it_is, "", "", "", ""))
        for engine in routes(language) if told else ():
            name = " ".join(engine.languages()[language].split()[:3])
            rows.append((language, name, *measure(engine, language, told)))
    header = (
        "language",
        "route",
        "BLEU",
        "chrF2",
        "trust",
        "trust and chrF2",
        "flagged",
        "CPU s for 1,000 words",
    )
    print_table("English against human translations, 150 sentences a language (NTREX-128)", header, rows)
    if (told := pairs("it")) and "it" in ApertiumEngine().languages():
        title = f"Apertium's tools over {BATCHES} batches of {BATCH} Italian sentences"
        print_table(title, ("tools", "CPU s", "times"), _kept_or_started(told))


if __name__ == "__main__":
    main()
