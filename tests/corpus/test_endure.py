from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import endure as module
from corpus.embed.enduring import EnduringEmbedder
from corpus.endure import PROBES, Failure, endure
from corpus.errors import ModelError, StepError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray


@pytest.fixture(autouse=True, scope="module")
def hasty() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PAUSES", (0.0, 0.0))
        yield


class Engine:
    """Answers with capitals; fails for good on `bad` texts, and at first on `slow` ones."""

    def __init__(
        self, bad: frozenset[str] = frozenset(), slow: int = 0, error: type[Exception] = ValueError
    ) -> None:
        self._bad, self._slow, self._error = bad, slow, error
        self.asked: Counter[str] = Counter()
        self.calls = 0

    def __call__(self, texts: Sequence[str]) -> list[str]:
        self.calls += 1
        self.asked.update(texts)
        if self.calls <= self._slow:
            raise StepError("busy")
        if bad := [text for text in texts if text in self._bad]:
            raise self._error(f"cannot say {bad[0]}")
        return [text.upper() for text in texts]


@given(
    st.lists(st.text("abcd", min_size=2, max_size=3), max_size=40),
    st.sets(st.text("abcd", min_size=2, max_size=3)),
)
def test_every_text_has_its_answer_or_its_reason_in_order(texts: list[str], bad: set[str]) -> None:
    answers = endure(Engine(frozenset(bad)), texts)

    assert [isinstance(answer, Failure) for answer in answers] == [text in bad for text in texts]
    assert [a for a in answers if not isinstance(a, Failure)] == [t.upper() for t in texts if t not in bad]


def test_one_bad_text_costs_a_few_calls_and_not_one_a_text() -> None:
    texts = [f"text {number}" for number in range(500)]
    engine = Engine(frozenset(("text 123",)))

    answers = endure(engine, texts)

    assert answers[123] == Failure("ValueError: cannot say text 123")
    assert sum(isinstance(answer, Failure) for answer in answers) == 1
    assert engine.calls < 25


def test_what_passes_is_waited_for_and_nothing_is_set_aside() -> None:
    engine = Engine(slow=2)

    assert endure(engine, ["x", "y"]) == ["X", "Y"]
    assert engine.calls == 3


def test_what_does_not_pass_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(_seconds: float) -> None:
        raise AssertionError("waited in vain")

    monkeypatch.setattr("time.sleep", sleep)

    assert endure(Engine(frozenset(("x",))), ["x", "y"]) == [Failure("ValueError: cannot say x"), "Y"]


@pytest.mark.parametrize("error", [ModelError, StepError, RuntimeError])
def test_an_engine_that_fails_on_everything_is_no_text_s_fault(error: type[Exception]) -> None:
    engine = Engine(frozenset(("x", "y", *PROBES)), error=error)

    with pytest.raises(error, match="cannot say x"):
        endure(engine, ["x", "y"])
    assert engine.calls < 10


class Model:
    name, backend, fingerprint, dimension, max_tokens = "m", "b", "f", 3, 9

    def __init__(self, embed: Callable[[Sequence[str]], Sequence[object]]) -> None:
        self._embed = embed

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        if progress:
            progress(len(texts) // 2)
        answers = self._embed(texts)
        if progress:
            progress(len(texts) - len(texts) // 2)
        return np.ones((len(answers), 3), np.float32)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embed_passages(texts)


def test_a_model_that_fails_on_a_text_gives_it_no_vector_says_why_and_counts_right() -> None:
    done: list[int] = []
    embedder = EnduringEmbedder(Model(Engine(frozenset(("bad",)))))

    vectors = embedder.embed_passages(["x", "bad", "y"], done.append)

    assert vectors.any(axis=1).tolist() == [True, False, True]
    assert embedder.failures == {"bad": "ValueError: cannot say bad"}
    assert sum(done) == 3
    embedder.model = Model(Engine())
    assert embedder.embed_passages(["bad"]).any()
    assert embedder.failures == {}
