"""The work that may be made elsewhere: pure functions of engines and items, one result an item, in order.

A local run calls them, and so does a worker on another machine: there is one code for both.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from corpus import parse
from corpus.identity import digest
from corpus.models import Advice, ParsedPage, RawPage, RejectedPage, Rereading, Translation

if TYPE_CHECKING:
    from flows.session import Engines

Advance = Callable[[int], None]
Vector = NDArray[np.float32]
Sentence = tuple[str, str, str, bool, str]
Item = TypeVar("Item")
Made = TypeVar("Made")
_ELSEWHERE = RawPage("", b"", "")


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a page: one of the two. Their `page` stays with whoever asked."""

    parsed: ParsedPage | None
    rejected: RejectedPage | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a sentence: advice or none, its vector where that is advice, or why the model failed on it."""

    advice: Advice | None
    vector: Vector | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vector of a text, or why it has none: one of the two."""

    vector: Vector | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class Kind(Generic[Item, Made]):
    """One kind of work: types of an item and of what is sent back, what results depend on, and how they are made.

    `pack` and `unpack` turn a result into what is sent back, and back again with its item at hand; `unpack`
    raises ValueError where the two do not belong together.
    """

    name: str
    item: Any
    sent: Any
    fingerprint: Callable[[Engines], str]
    make: Callable[[Engines, Sequence[Item], Advance], Sequence[Made]]
    pack: Callable[[Made], Any]
    unpack: Callable[[Item, Any], Made]


def _parse(engines: Engines, pages: Sequence[RawPage], advance: Advance) -> list[ParsedPage | RejectedPage]:
    return engines.workers.parse(pages, lambda: advance(1)) if pages else []


def _reread(
    engines: Engines, stored: Sequence[Rereading], advance: Advance
) -> list[ParsedPage | RejectedPage]:
    return engines.workers.reread(stored, lambda: advance(1)) if stored else []


def _pack_page(made: ParsedPage | RejectedPage) -> Reading:
    sent = dataclasses.replace(made, page=_ELSEWHERE)
    return Reading(sent, None) if isinstance(sent, ParsedPage) else Reading(None, sent)


def _unpack_page(page: RawPage, reading: Reading) -> ParsedPage | RejectedPage:
    sent = reading.parsed or reading.rejected
    if sent is None or (reading.parsed and reading.rejected):
        raise ValueError("a page that is neither read nor rejected, or both")
    return dataclasses.replace(sent, page=page)


def _translate(engines: Engines, sentences: Sequence[tuple[str, str]], advance: Advance) -> list[Translation]:
    rows = engines.translator.translate(sentences)
    advance(len(rows))
    return rows


def _translated_this(sentence: tuple[str, str], row: Translation) -> Translation:
    if (row.text, row.language) != sentence:
        raise ValueError("the translation of another sentence")
    return row


def _judge(engines: Engines, sentences: Sequence[Sentence], advance: Advance) -> list[Judged]:
    documents = [document for *_, document in sentences]
    found, vectors = engines.judge([item[:4] for item in sentences], documents, advance)
    failures = {} if vectors is None else engines.embedder.failures
    rows = zip(found, [None] * len(found) if vectors is None else vectors, strict=True)
    judged = {advice.sentence_id: (advice, vector) for advice, vector in rows}
    made = []
    for sentence_id, text, *_ in sentences:
        advice, vector = judged.get(sentence_id, (None, None))
        failure = failures.get(text)
        made.append(Judged(advice, None if failure else vector, failure))
    return made


def _judged_this(sentence: Sentence, made: Judged) -> Judged:
    if made.advice is not None and made.advice.sentence_id != sentence[0]:
        raise ValueError("the judgement of another sentence")
    return made


def _embed(engines: Engines, texts: Sequence[str], advance: Advance) -> list[Embedded]:
    vectors = engines.embedder.embed_passages(texts, progress=advance)
    failures = [engines.embedder.failures.get(text) for text in texts]
    return [
        Embedded(None if failure else vector, failure)
        for vector, failure in zip(vectors, failures, strict=True)
    ]


def _embedded(_text: str, made: Embedded) -> Embedded:
    if (made.vector is None) == (made.failure is None):
        raise ValueError("a text with neither vector nor failure, or with both")
    return made


def _as_it_is(made: Any) -> Any:
    return made


def _routes(engines: Engines) -> str:
    return digest(
        *(f"{language} {engine}" for language, engine in sorted(engines.translator.routes().items()))
    )


PARSE: Kind[RawPage, ParsedPage | RejectedPage] = Kind(
    "parse",
    RawPage,
    Reading,
    lambda engines: parse.fingerprint(engines.settings),
    _parse,
    _pack_page,
    _unpack_page,
)
REREAD: Kind[Rereading, ParsedPage | RejectedPage] = Kind(
    "reread",
    Rereading,
    Reading,
    lambda engines: parse.fingerprint(engines.settings),
    _reread,
    _pack_page,
    lambda stored, reading: _unpack_page(stored.page, reading),
)
TRANSLATE: Kind[tuple[str, str], Translation] = Kind(
    "translate", tuple[str, str], Translation, _routes, _translate, _as_it_is, _translated_this
)
JUDGE: Kind[Sentence, Judged] = Kind(
    "judge",
    Sentence,
    Judged,
    lambda engines: engines.judge.fingerprint,
    _judge,
    _as_it_is,
    _judged_this,
)
EMBED: Kind[str, Embedded] = Kind(
    "embed", str, Embedded, lambda engines: engines.embedder.fingerprint, _embed, _as_it_is, _embedded
)
KINDS: dict[str, Kind[Any, Any]] = {kind.name: kind for kind in (PARSE, REREAD, TRANSLATE, JUDGE, EMBED)}
