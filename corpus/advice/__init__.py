"""Which sentences tell somebody to do something, or not to, on the original text: cue rules and a model over them.

    judge = Judge(floor=0.5, embedder=embedder, means=prior.passages)
    found = judge(sentences)

Cues are data (`cues/<language>.toml`, described in `corpus.advice.cues`): a language without a file has no advice. The
model (`corpus.advice.model`) weighs the rules' verdict with what the sentence means; where the embedding model is not
the one that it was trained with, the rules decide alone, and `Judge.reason` says so.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from corpus.advice.conditions import condition
from corpus.advice.cues import cue_set, languages
from corpus.advice.scoring import NOTHING, Fired, Judgement, judgement
from corpus.advice.targets import named_target
from corpus.identity import code_fingerprint, digest
from corpus.language import primary
from corpus.models import Advice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from corpus.embed import Embedder

    Sentence = tuple[str, str, str, bool]
    Sentences = Sequence[Sentence]

__all__ = ["Fired", "Judge", "Judgement", "explain", "judge", "languages"]

MEANING = "model:meaning"
"""The cue of advice in which no rule fired."""


class Judge:
    """Judges sentences; `reason` says why the rules decide alone, and is empty where the model has its say."""

    def __init__(
        self,
        floor: float,
        embedder: Embedder | None = None,
        means: Mapping[str, NDArray[np.float32]] | None = None,
    ) -> None:
        self._floor, self._embedder, self._means = floor, embedder, dict(means or {})

    @cached_property
    def reason(self) -> str:
        """Whether the model fits the embedding model that there is: asked once, at the first sentence."""
        from corpus.advice import model

        if self._embedder is None:
            return "advice is found by cue words alone: there is no embedding model"
        shipped = model.load()
        if shipped.fits(self._embedder.embed_passages(shipped.probes)):
            return ""
        return (
            f"advice is found by cue words alone: the advice model was not trained with {self._embedder.name}"
        )

    @property
    def fingerprint(self) -> str:
        """What a judgement depends on: code, cues, model, floor, embedding model; asked without loading any weights."""
        embedded = self._embedder.fingerprint if self._embedder else ""
        return digest(code_fingerprint("corpus.advice"), str(self._floor), embedded)

    def __call__(
        self,
        sentences: Sentences,
        documents: Sequence[str],
        progress: Callable[[int], None] | None = None,
    ) -> tuple[list[Advice], NDArray[np.float32] | None]:
        """Return the advice among `sentences`, in their order, and its raw vectors where the model had its say.

        Each sentence is (sentence_id, text, language code, is_heading), `documents` names its document. Those of
        a document must come together, whole and in order: what stands around a sentence has its say, too.
        """
        if self.reason or not sentences:
            found = judge(sentences, self._floor)
            if progress:
                progress(len(sentences))
            return found, None
        return self._by_meaning(sentences, documents, progress)

    def _by_meaning(
        self, sentences: Sentences, documents: Sequence[str], progress: Callable[[int], None] | None
    ) -> tuple[list[Advice], NDArray[np.float32]]:
        import numpy as np

        from corpus.advice import model
        from corpus.advice.features import contexts, features
        from corpus.advice.ngrams import ngrams

        assert self._embedder is not None  # noqa: S101 - else there is a reason
        verdicts = [explain(text, language, heading) for _, text, language, heading in sentences]
        raw = self._embedder.embed_passages([text for _, text, _, _ in sentences], progress)
        codes = [primary(language) for _, _, language, _ in sentences]
        rows = features([(text, heading) for _, text, _, heading in sentences], verdicts, documents, codes)
        blind = [not vector.any() for vector in raw]  # the embedding model failed on them: the rules decide
        vectors = model.centred(raw, codes, self._means)
        vectors[blind] = 0
        words = ngrams([text for _, text, _, _ in sentences], codes)
        chances, donts, targets = model.load().judge(vectors, contexts(vectors, documents), rows, words)
        chances = np.where(blind, [verdict.score if verdict.cue else 0.0 for verdict in verdicts], chances)
        donts = np.where(blind, [verdict.polarity == "dont" for verdict in verdicts], donts)
        kept = [
            n
            for n, (chance, code) in enumerate(zip(chances, codes, strict=True))
            if chance >= self._floor and code in languages()
        ]
        found = [
            _advice(
                sentences[n],
                float(chances[n]),
                verdicts[n],
                _is_dont(verdicts[n], donts[n]),
                None if blind[n] else targets[n],
            )
            for n in kept
        ]
        return found, raw[kept]


def judge(sentences: Sentences, floor: float) -> list[Advice]:
    """Return the advice among `sentences` by the rules alone, in their order; `floor` is the lowest score (0..1).

    Never raises: what cannot be judged (no cue file, empty text) is not advice. Whom it
    tells is known only where it says so.
    """
    found = []
    for sentence in sentences:
        _, text, language, is_heading = sentence
        verdict = explain(text, language, is_heading)
        if verdict.cue is not None and verdict.polarity is not None and verdict.score >= floor:
            found.append(_advice(sentence, verdict.score, verdict, verdict.polarity == "dont", None))
    return found


def explain(text: str, language: str, is_heading: bool = False) -> Judgement:
    """Return the verdict on one sentence with every cue that fired for it and against it."""
    cues = cue_set(primary(language))
    return judgement(text, cues, heading=is_heading) if cues else NOTHING


def _is_dont(verdict: Judgement, chance: float) -> bool:
    """Whether advice is not to do something: the rules say so where one fired, else the model."""
    return verdict.polarity == "dont" if verdict.polarity else chance >= 0.5


def _advice(sentence: Sentence, score: float, verdict: Judgement, dont: bool, target: str | None) -> Advice:
    name, text, language, _ = sentence
    span = condition(text, primary(language))
    target = named_target(text, primary(language), verdict) or target
    held = text[span[0] : span[1]] if span else None
    return Advice(name, round(score, 4), verdict.cue or MEANING, "dont" if dont else "do", target, held)
