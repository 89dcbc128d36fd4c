"""Which sentences tell somebody to do something, or not to, on the original text: cue rules and a model over them.

    judge = Judge(floor=0.5, embedder=embedder, means=prior.passages)
    found = judge(sentences)

Cues are data (`cues/<language>.toml`, described in `corpus.advice.cues`): a language without a file has no advice. The
model (`corpus.advice.model`) weighs the rules' verdict with what the sentence means. Its prefilter goes by what costs
next to nothing, and only the sentences that may be advice get a vector. Where the embedding model is not
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
from corpus.threads import one_blas_thread

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
        return digest(code_fingerprint("corpus.advice", "corpus.meaning"), str(self._floor), embedded)

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
        from corpus.advice.features import featurize

        assert self._embedder is not None  # noqa: S101 - else there is a reason
        verdicts = [explain(text, language, heading) for _, text, language, heading in sentences]
        codes = [primary(language) for _, _, language, _ in sentences]
        with one_blas_thread():
            features = featurize(
                [(text, heading) for _, text, _, heading in sentences], verdicts, documents, codes
            )
        spoken = np.array([code in languages() for code in codes])
        chosen = np.flatnonzero(model.load().prefilter(features) & spoken).tolist()
        if progress:
            progress(len(sentences) - len(chosen))
        raw = self._embedder.embed_passages([sentences[n][1] for n in chosen], progress)
        blind = np.asarray(~raw.any(axis=1))  # the embedding model failed on them: the rules decide
        vectors = model.centred(raw, [codes[n] for n in chosen], self._means)
        vectors[blind] = 0
        chances, donts, targets = model.load().judge(vectors, features.part(chosen))
        found, places = [], []
        for place, n in enumerate(chosen):
            verdict, chance, dont = verdicts[n], float(chances[place]), bool(donts[place] >= 0.5)
            if blind[place]:
                chance, dont = verdict.score if verdict.cue else 0.0, verdict.polarity == "dont"
            if chance >= self._floor:
                target = None if blind[place] else targets[place]
                found.append(_advice(sentences[n], chance, verdict, _is_dont(verdict, dont), target))
                places.append(place)
        return found, raw[places]


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


def _is_dont(verdict: Judgement, otherwise: bool) -> bool:
    """Whether advice is not to do something: the rules say so where one fired, else the model."""
    return verdict.polarity == "dont" if verdict.polarity else otherwise


def _advice(sentence: Sentence, score: float, verdict: Judgement, dont: bool, target: str | None) -> Advice:
    name, text, language, _ = sentence
    span = condition(text, primary(language))
    target = named_target(text, primary(language), verdict) or target
    held = text[span[0] : span[1]] if span else None
    return Advice(name, round(score, 4), verdict.cue or MEANING, "dont" if dont else "do", target, held)
