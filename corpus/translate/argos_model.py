"""One loaded Argos package: texts to tokens, tokens through CTranslate2, tokens to English.

What a sentence becomes must not hang on those beside it. Padding changes the last bits of what a model computes, and
with them, of made-up weights, every third answer; so a batch holds texts of one length only, and then 8-bit weights
give to the last bit what each text gives alone (ctranslate2 4.8.5, `tests/corpus/test_translate_argos.py`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from corpus.errors import ModelError
from corpus.translate.texts import split_long

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.translate.argos_packages import ArgosPackage

MAX_TOKENS = 200
BATCH_TOKENS = 2048
CORES_A_WORKER = 4  # more threads on one batch gain little; batches run beside each other instead
BEAM = 4
LENGTH_PENALTY = 0.2
PATIENCE = 2
"""Hypotheses to finish, times the beam, before CTranslate2 stops looking.

At its default of 1, four short and unlikely endings end the search before the long and likely one: the tiny model of
the tests then gets 27 of 40 sentences right, at 2 39, at 3 all 40 (ctranslate2 4.8.5); 2 costs 12 % more time.
"""
_EXACT = "int8"  # as Argos packages are; of floats, the last bits hang on how many texts are in a batch
Answer = tuple[str, float]
FAILED: Answer = ("", 0.0)
"""What stands for a text that breaks the model."""


class Step:
    """One loaded package: tokens and model."""

    def __init__(self, package: ArgosPackage, threads: int) -> None:
        """Load the model, on a GPU where there is one, else for `threads` cores; raises ModelError if it is damaged."""
        self.package = package
        self._tokenizer: Any = package.package.tokenizer
        try:
            self._tokenizer.encode("a")
            self._model = _load(str(package.folder / "model"), threads)
        except Exception as error:  # both libraries raise bare RuntimeError, OSError, ValueError, …
            raise ModelError(
                f"Argos package {package.folder} is damaged: {error}; set it up again"
            ) from error

    def pieces(self, text: str) -> list[str]:
        """Cut `text` at line breaks, and where a line is too long for the model, at clauses; joined: `text`."""
        return [
            piece
            for line in text.splitlines(keepends=True)
            for piece in split_long(line, lambda part: len(self._tokens(part)), MAX_TOKENS)
        ]

    def translate(self, texts: Sequence[str]) -> list[Answer]:
        """Translate texts of at most a few hundred tokens each; a text that breaks the model becomes `FAILED`.

        Raises ModelError if no text at all goes through.
        """
        answers = self._halving(texts)
        if texts and all(answer is FAILED for answer in answers):
            raise ModelError(f"Argos package {self.package.folder} translates nothing; set it up again")
        return answers

    def _halving(self, texts: Sequence[str]) -> list[Answer]:
        try:
            return self._batch(texts)
        except (RuntimeError, ValueError):  # CTranslate2 does not say which text it was
            if len(texts) < 2:
                return [FAILED] * len(texts)
            middle = len(texts) // 2
            return self._halving(texts[:middle]) + self._halving(texts[middle:])

    def _batch(self, texts: Sequence[str]) -> list[Answer]:
        """Translate the texts of each length in one call."""
        prefix = self.package.package.target_prefix
        tokens = [self._tokens(text) for text in texts]
        lengths: dict[int, list[int]] = {}
        for number, row in enumerate(tokens):
            lengths.setdefault(len(row), []).append(number)
        begun = {
            length: self._model.translate_batch(
                [tokens[number] for number in numbers],
                target_prefix=[[prefix]] * len(numbers) if prefix else None,
                max_batch_size=BATCH_TOKENS,
                batch_type="tokens",
                beam_size=BEAM,
                patience=PATIENCE,
                length_penalty=LENGTH_PENALTY,
                replace_unknowns=True,
                return_scores=True,
                asynchronous=True,
            )
            for length, numbers in lengths.items()
        }
        answers: dict[int, Answer] = {}
        for length, numbers in lengths.items():
            for number, waited in zip(numbers, begun[length], strict=True):
                found = waited.result()
                best = found.hypotheses[0]
                answers[number] = (self._text(best, prefix), _trust(found.scores[0], best))
        return [answers[number] for number in range(len(texts))]

    def _tokens(self, text: str) -> list[str]:
        clean = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate breaks SentencePiece
        return list(self._tokenizer.encode(clean))

    def _text(self, tokens: list[str], prefix: str) -> str:
        words = tokens[1:] if prefix and tokens[:1] == [prefix] else tokens
        processor = getattr(self._tokenizer, "lazy_processor", None)
        if processor is None:  # BPE: Moses' detokenizer knows where the spaces go
            return str(self._tokenizer.decode(words)).strip()
        return str(processor().decode_pieces(words)).replace("▁", " ").strip()


def _load(folder: str, cores: int) -> Any:
    """Return the model on a GPU, or where there is none that works, on `cores` cores: one worker for every few."""
    import ctranslate2

    if ctranslate2.get_cuda_device_count():
        try:
            return ctranslate2.Translator(folder, device="cuda")
        except (RuntimeError, ValueError):  # no driver, no memory left, an old card
            pass
    threads = min(cores, CORES_A_WORKER)
    return ctranslate2.Translator(
        folder, inter_threads=max(1, cores // threads), intra_threads=threads, compute_type=_EXACT
    )


def _trust(score: float, tokens: list[str]) -> float:
    """Turn CTranslate2's score, log-probability over length to the penalty, into a mean probability of a token."""
    length = len(tokens) + 1
    return math.exp(min(0.0, score * length**LENGTH_PENALTY / length))
