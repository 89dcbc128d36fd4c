"""One loaded Argos package: texts to tokens, tokens through CTranslate2, tokens to English.

What a sentence becomes must not hang on those beside it. How far a text is padded changes the last bits of what a
model computes, and with them, of made-up weights, every third answer. So each text is padded to a length that only it
decides; then 8-bit weights give to the last bit what it gives alone (ctranslate2 4.8.5, tried in
`tests/corpus/test_translate_argos.py`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from corpus.errors import ModelError
from corpus.translate.texts import split_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus.translate.argos_packages import ArgosPackage

MAX_TOKENS = 200
BATCH_TOKENS = 2048
PADDED_TO = (
    8  # texts are padded to a multiple of so many tokens: a few fuller batches in place of many small ones
)
CORES_A_WORKER = 4  # more threads on one batch gain little; batches run beside each other instead
BEAM = 4
LENGTH_PENALTY = 0.2
PATIENCE = 2
"""Hypotheses to finish, times the beam, before CTranslate2 stops looking.

At its default of 1, four short and unlikely endings end the search before the long and likely one: the tiny model of
the tests then gets 27 of 40 sentences right, at 2 39, at 3 all 40 (ctranslate2 4.8.5); 2 costs 12 % more time.
"""
_EXACT = "int8"  # as Argos packages are; of floats, the last bits hang on how many texts a batch has
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
        """Translate the texts of about one length in one call."""
        prefix = self.package.package.target_prefix
        tokens = [self._tokens(text) for text in texts]
        batches = list(_padded_alike([len(row) for row in tokens]))
        begun = []
        for length, numbers in batches:
            batch = _filled([tokens[number] for number in numbers], length)
            begun.append(
                self._model.translate_batch(
                    batch,
                    target_prefix=[[prefix]] * len(batch) if prefix else None,
                    beam_size=BEAM,
                    patience=PATIENCE,
                    length_penalty=LENGTH_PENALTY,
                    replace_unknowns=True,
                    return_scores=True,
                    asynchronous=True,
                )
            )
        answers: dict[int, Answer] = {}
        for (_, numbers), waiting in zip(batches, begun, strict=True):
            for number, found in zip(numbers, waiting, strict=False):  # a filler's answer is nobody's
                result = found.result()
                best = result.hypotheses[0]
                answers[number] = (self._text(best, prefix), _trust(result.scores[0], best))
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


def _padded_alike(lengths: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield batches: the length to pad to, in tokens, and the numbers of the texts."""
    alike: dict[int, list[int]] = {}
    for number, length in enumerate(lengths):
        alike.setdefault(-(-length // PADDED_TO) * PADDED_TO, []).append(number)
    for length, numbers in alike.items():
        most = max(1, BATCH_TOKENS // max(1, length))
        for first in range(0, len(numbers), most):
            yield length, numbers[first : first + most]


def _filled(batch: list[list[str]], length: int) -> list[list[str]]:
    """Return a batch that is padded to `length`: where no text has it, the longest drawn out joins as a filler."""
    longest = max(batch, key=len)
    missing = length - len(longest)
    return [*batch, longest + longest[-1:] * missing] if missing else batch


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
