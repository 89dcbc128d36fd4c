"""Go on where an engine fails on a few texts of a batch: the others are done, those get the reason.

A failure that a later try may not meet (StepError) is waited for, a little longer each time; any other is not: the
batch is halved until the texts that fail for good stand alone. An engine that fails on plain words as well is broken
as a whole: that is no text's fault, and raised.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from corpus.errors import StepError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

PAUSES = (0.5, 2.0)
"""Seconds before a second and a third try; whoever runs the batch may try it again after longer ones."""
PROBES = ("a", "Every project needs a sponsor.")
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Failure:
    """What stands in the place of an answer: why there is none, for a person."""

    reason: str


def endure(work: Callable[[Sequence[str]], Sequence[T]], texts: Sequence[str]) -> list[T | Failure]:
    """Return the answer of `work` to each text, in order, or a Failure where it has none even for that text alone.

    Raises what `work` raised where it answers none of PROBES either.
    """
    try:
        return list(_patiently(work, texts))
    except Exception as error:
        if not any(_answers(work, probe) for probe in PROBES * 2):
            raise
        return _halved(work, texts, error)


def _patiently(work: Callable[[Sequence[str]], Sequence[T]], texts: Sequence[str]) -> Sequence[T]:
    for pause in PAUSES:
        try:
            return work(texts)
        except StepError:
            time.sleep(pause)
    return work(texts)


def _answers(work: Callable[[Sequence[str]], Sequence[T]], probe: str) -> bool:
    try:
        return len(work([probe])) == 1
    except Exception:
        return False


def _halved(
    work: Callable[[Sequence[str]], Sequence[T]], texts: Sequence[str], error: Exception
) -> list[T | Failure]:
    if len(texts) == 1:
        return [Failure(f"{type(error).__name__}: {' '.join(str(error).split())}"[:_LONGEST_REASON])]
    middle = len(texts) // 2
    return [*_part(work, texts[:middle]), *_part(work, texts[middle:])]


def _part(work: Callable[[Sequence[str]], Sequence[T]], texts: Sequence[str]) -> list[T | Failure]:
    """Do a half: patience is for a text that stands alone, because a bad one may be in every larger part."""
    try:
        return list(_patiently(work, texts) if len(texts) == 1 else work(texts))
    except Exception as error:
        return _halved(work, texts, error)
